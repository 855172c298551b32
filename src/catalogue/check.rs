//! What can be wrong with a device although it parses.
//!
//! Negative and non-finite quantities never get here: the types of [`crate::json`] refuse them.

use super::{DeviceSpec, SleepStates, WakeTime};
use crate::json::{Problem, Watts};

mod power;

/// P-states are numbered by one byte.
pub(super) const MOST_PSTATES: usize = 256;

/// More sleep states than any device has.
pub(super) const MOST_SLEEP_STATES: usize = 64;

/// Whether a finding stops a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Legal, but probably not meant.
    Warning,
    /// No simulation can use it.
    Error,
}

/// Something wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong; its pointer begins at the device.
    pub problem: Problem,
    /// Whether it stops a run.
    pub severity: Severity,
}

impl Finding {
    /// The same finding in a document where the device stands at `pointer`.
    #[must_use]
    pub fn below(mut self, pointer: &str) -> Self {
        self.problem.pointer.insert_str(0, pointer);
        self
    }
}

/// Everything that is wrong with `device`; empty for a good one.
pub fn check(device: &DeviceSpec) -> Vec<Finding> {
    let mut findings = Findings::default();
    findings.positive("/memory", device.memory.map(|m| m.get() as f64), "bytes");
    findings.positive("/memory_bandwidth", device.memory_bandwidth.map(|b| b.get()), "B/s");
    for (precision, rate) in &device.peak {
        findings.positive(&format!("/peak/{}", precision.name()), Some(rate.get()), "FLOP/s");
    }
    if let Some(efficiency) = &device.efficiency {
        for (at, share) in [("compute", Some(efficiency.compute)), ("memory", efficiency.memory)] {
            if let Some(share) = share.filter(|&s| !is_efficiency(s)) {
                findings.error(&format!("/efficiency/{at}"), share.to_string(), "a number in (0, 2]");
            }
        }
    }
    findings.positive("/tdp", device.tdp.map(Watts::get), "W");
    power::check(&device.power, &mut findings);
    if let Some(sleep) = &device.sleep {
        check_sleep(sleep, device.power.idle, &mut findings);
    }
    let thermal = super::thermal::problems(device).into_iter();
    findings.0.extend(thermal.map(|problem| Finding { problem, severity: Severity::Error }));
    findings.positive("/host_link", device.host_link.map(|b| b.get()), "B/s");
    findings.positive("/interconnect", device.interconnect.map(|b| b.get()), "B/s");
    if !is_positive(device.speed) {
        findings.error("/speed", device.speed.to_string(), "a positive number");
    }
    findings.0
}

fn check_sleep(sleep: &SleepStates, idle: Watts, findings: &mut Findings) {
    let count = sleep.states().len();
    if !(1..=MOST_SLEEP_STATES).contains(&count) {
        let expected = format!("1 to {MOST_SLEEP_STATES} of them");
        findings.error("/sleep", format!("{count} sleep states"), &expected);
    }
    for (i, state) in sleep.states().iter().enumerate() {
        let here = sleep.pointer(i);
        if state.power > idle {
            let (asleep, idle) = (state.power.get(), idle.get());
            findings.warn(&format!("{here}/power"), format!("{asleep} W is more than the {idle} W of an idle device"));
        }
        let above = i.checked_sub(1).and_then(|above| sleep.states().get(above));
        if let Some(above) = above.filter(|above| state.power >= above.power) {
            let sentence = format!(
                "{} W is no less than the {} W of the state above it: states go from shallow to deep",
                state.power.get(),
                above.power.get()
            );
            findings.warn(&format!("{here}/power"), sentence);
        }
        if let WakeTime::Drawn(wake) = &state.wake
            && !wake.dist().mean().is_finite()
        {
            findings.error(
                &format!("{here}/wake"),
                "a distribution without a mean".to_owned(),
                "one with a finite mean",
            );
        }
    }
}

/// A rate of 0 would never end, one of infinity would end at once.
pub(super) fn is_positive(value: f64) -> bool {
    value > 0.0 && value.is_finite()
}

/// Fits of an additive roofline exceed 1; above 2 it is a percentage or a slip.
pub(super) fn is_efficiency(value: f64) -> bool {
    value > 0.0 && value <= 2.0
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn error(&mut self, at: &str, found: String, expected: &str) {
        self.0.push(Finding { problem: Problem::new(at, found, expected), severity: Severity::Error });
    }

    fn warn(&mut self, at: &str, sentence: String) {
        self.0.push(Finding { problem: Problem::sentence(at, sentence), severity: Severity::Warning });
    }

    fn positive(&mut self, at: &str, value: Option<f64>, unit: &str) {
        if let Some(value) = value.filter(|&v| !is_positive(v)) {
            self.error(at, format!("{value} {unit}"), "more than 0");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Document, Limits};

    fn parse(json: &str) -> Result<DeviceSpec, String> {
        let document = Document::parse("", json.as_bytes(), &Limits::default()).map_err(|p| p.to_string())?;
        document.decode().map_err(|p| p.to_string())
    }

    /// Pointers of the findings, warnings with a `?`.
    fn pointers(json: &str) -> Vec<String> {
        let mark = |f: Finding| f.problem.pointer + if f.severity == Severity::Warning { "?" } else { "" };
        check(&parse(json).unwrap()).into_iter().map(mark).collect()
    }

    #[test]
    fn the_smallest_device_is_fine() {
        assert_eq!(pointers(r#"{"kind": "npu", "power": {"idle": 1, "active": "2 W"}}"#), [""; 0]);
        assert_eq!(pointers(r#"{"kind": "npu", "power": {"idle": 0, "active": 2, "beta": 0}}"#), [""; 0]);
    }

    #[test]
    fn every_fault_has_its_pointer() {
        for (json, pointer) in [
            (r#"{"kind": "npu", "memory": "0 GiB", "power": {"idle": 1, "active": 2}}"#, "/memory"),
            (r#"{"kind": "npu", "host_link": 0, "power": {"idle": 1, "active": 2}}"#, "/host_link"),
            (r#"{"kind": "npu", "interconnect": 0, "power": {"idle": 1, "active": 2}}"#, "/interconnect"),
            (r#"{"kind": "npu", "memory_bandwidth": 0, "power": {"idle": 1, "active": 2}}"#, "/memory_bandwidth"),
            (r#"{"kind": "npu", "tdp": 0, "power": {"idle": 1, "active": 2}}"#, "/tdp"),
            (r#"{"kind": "npu", "peak": {"int8": 0}, "power": {"idle": 1, "active": 2}}"#, "/peak/int8"),
            (r#"{"kind": "npu", "power": {"idle": 1, "active": 0}}"#, "/power/active"),
            (r#"{"kind": "npu", "power": {"idle": 3, "active": 2}}"#, "/power/idle?"),
            (r#"{"kind": "npu", "power": {"idle": 1, "active": 2, "beta": 1.5}}"#, "/power/beta"),
            (r#"{"kind": "npu", "power": {"idle": 1, "active": 2, "beta": -0.1}}"#, "/power/beta"),
            (r#"{"kind": "npu", "speed": 0, "power": {"idle": 1, "active": 2}}"#, "/speed"),
            (
                r#"{"kind": "npu", "power": {"idle": 1, "active": 2},
                    "efficiency": {"compute": 75, "memory": 0.5, "form": "add"}}"#,
                "/efficiency/compute",
            ),
            (
                r#"{"kind": "npu", "power": {"idle": 1, "active": 2},
                    "efficiency": {"compute": 2, "memory": 0, "form": "max"}}"#,
                "/efficiency/memory",
            ),
            (
                r#"{"kind": "npu", "power": {"idle": 1, "active": 2},
                    "sleep": {"power": 2, "entry": 0, "wake": 1, "wake_power": 2}}"#,
                "/sleep/power?",
            ),
        ] {
            assert_eq!(pointers(json), [pointer], "{json}");
        }
    }

    #[test]
    fn pstates_ascend_and_end_at_the_active_power() {
        let states = |list: &str| {
            pointers(&format!(r#"{{"kind": "gpu", "power": {{"idle": 1, "active": 9, "pstates": [{list}]}}}}"#))
        };
        let state = |hertz: f64, watts: f64| format!(r#"{{"frequency": {hertz}, "power": {watts}}}"#);
        let table = |rows: &[(f64, f64)]| rows.iter().map(|(f, p)| state(*f, *p)).collect::<Vec<_>>().join(",");
        assert_eq!(states(&table(&[(1e9, 5.0), (2e9, 9.0)])), [""; 0]);
        assert_eq!(states(&table(&[(2e9, 5.0), (1e9, 9.0)])), ["/power/pstates/1/frequency"]);
        assert_eq!(states(&table(&[(1e9, 9.0), (1e9, 9.0)])), ["/power/pstates/1/frequency"]);
        assert_eq!(states(&table(&[(0.0, 5.0), (1e9, 9.0)])), ["/power/pstates/0/frequency"]);
        assert_eq!(states(&table(&[(1e9, 0.0), (2e9, 9.0)])), ["/power/pstates/0/power"]);
        assert_eq!(states(&table(&[(1e9, 10.0), (2e9, 9.0)])), ["/power/pstates/1/power?"]);
        assert_eq!(states(&table(&[(1e9, 5.0), (2e9, 8.0)])), ["/power/active"]);
        let many = |count: u32| (1..=count).map(|f| (f64::from(f), 9.0)).collect::<Vec<_>>();
        assert_eq!(states(&table(&many(256))), [""; 0]);
        assert_eq!(states(&table(&many(257))), ["/power/pstates"]);
    }

    #[test]
    fn misspelt_and_repeated_keys_and_wrong_quantities_are_refused_where_they_stand() {
        for (json, says) in [
            (r#"{"kind": "npu", "memroy": 1, "power": {"idle": 1, "active": 2}}"#, "did you mean `memory`"),
            (r#"{"kind": "npu", "peak": {"fp17": 1}, "power": {"idle": 1, "active": 2}}"#, "(/peak/fp17)"),
            (r#"{"kind": "npu", "peak": {"fp16": "1 W"}, "power": {"idle": 1, "active": 2}}"#, "(/peak/fp16)"),
            (r#"{"kind": "npu", "peak": {"int8": 1, "int8": 2}, "power": {"idle": 1, "active": 2}}"#, "second time"),
            (r#"{"kind": "npu", "memory": "5 GHz", "power": {"idle": 1, "active": 2}}"#, "(/memory)"),
            (r#"{"kind": "npu", "power": {"idle": -1, "active": 2}}"#, "(/power/idle)"),
        ] {
            let error = parse(json).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn a_finding_is_told_by_its_place_in_the_document() {
        let text =
            "{\"devices\": {\"x\": {\"kind\": \"npu\",\n  \"speed\": 0, \"power\": {\"idle\": 1, \"active\": 2}}}}";
        let document = Document::parse("a.json", text.as_bytes(), &Limits::default()).unwrap();
        let device: DeviceSpec = serde_json::from_value(document.value()["devices"]["x"].clone()).unwrap();
        let found = check(&device).into_iter().map(|f| f.below("/devices/x").problem).collect();
        let expected = "error: a.json:2:12 (/devices/x/speed): found 0, expected a positive number";
        assert_eq!(document.locate(found).to_string(), expected);
    }
}
