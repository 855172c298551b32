//! What can be wrong with a device although it parses.

use std::fmt;

use super::{DeviceSpec, Quantity};
use crate::units::Dimension;

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
    /// JSON pointer below the device.
    pub pointer: String,
    /// What is wrong and what was expected.
    pub message: String,
    /// Whether it stops a run.
    pub severity: Severity,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.severity == Severity::Warning { "warning: " } else { "" };
        write!(f, "{mark}{}: {}", self.pointer, self.message)
    }
}

/// Which numbers a field takes.
#[derive(Clone, Copy)]
enum Range {
    /// A transfer or computation at rate 0 would never end.
    Positive,
    NotNegative,
}

/// Everything that is wrong with `device`; empty for a good one.
pub fn check(device: &DeviceSpec) -> Vec<Finding> {
    let mut findings = Findings::default();
    findings.optional("/memory", &device.memory, Dimension::Bytes, Range::Positive);
    findings.optional("/memory_bandwidth", &device.memory_bandwidth, Dimension::Bandwidth, Range::Positive);
    for (precision, rate) in &device.peak {
        findings.number(format!("/peak/{}", precision.name()), rate, Dimension::ComputeRate, Range::Positive);
    }
    if let Some(efficiency) = &device.efficiency {
        findings.within("/efficiency/compute", efficiency.compute, 0.0, 2.0, "in (0, 2]");
        if let Some(memory) = efficiency.memory {
            findings.within("/efficiency/memory", memory, 0.0, 2.0, "in (0, 2]");
        }
    }
    findings.optional("/tdp", &device.tdp, Dimension::Power, Range::Positive);
    check_power(device, &mut findings);
    findings.optional("/host_link", &device.host_link, Dimension::Bandwidth, Range::Positive);
    findings.optional("/interconnect", &device.interconnect, Dimension::Bandwidth, Range::Positive);
    findings.optional("/price_per_hour", &device.price_per_hour, Dimension::Money, Range::NotNegative);
    findings.within("/speed", device.speed, 0.0, f64::MAX, "positive");
    findings.0
}

fn check_power(device: &DeviceSpec, findings: &mut Findings) {
    let power = &device.power;
    let idle = findings.number("/power/idle", &power.idle, Dimension::Power, Range::NotNegative);
    let active = findings.number("/power/active", &power.active, Dimension::Power, Range::Positive);
    if let (Some(idle), Some(active)) = (idle, active)
        && idle > active
    {
        findings.warn("/power/idle", format!("{idle} W is more than the {active} W of a busy device"));
    }
    if !(0.0..=1.0).contains(&power.beta) {
        findings.error("/power/beta", format!("{}: expected a number in [0, 1]", power.beta));
    }
    findings.optional("/power/transition", &power.transition, Dimension::Time, Range::NotNegative);

    let mut below: Option<(Option<f64>, Option<f64>)> = None;
    for (at, state) in power.pstates.iter().enumerate() {
        let [clock_at, watts_at] = ["frequency", "power"].map(|name| format!("/power/pstates/{at}/{name}"));
        let clock = findings.number(&clock_at, &state.frequency, Dimension::Frequency, Range::Positive);
        let watts = findings.number(&watts_at, &state.power, Dimension::Power, Range::Positive);
        if let Some((clock_below, watts_below)) = below {
            if let (Some(lower), Some(clock)) = (clock_below, clock)
                && clock <= lower
            {
                findings.error(&clock_at, format!("{clock} Hz after {lower} Hz: expected ascending clocks, each once"));
            }
            if let (Some(lower), Some(watts)) = (watts_below, watts)
                && watts < lower
            {
                findings.warn(&watts_at, format!("{watts} W is less than the {lower} W of the state below it"));
            }
        }
        below = Some((clock, watts));
    }
    if let (Some((_, Some(top))), Some(active)) = (below, active)
        && top != active
    {
        findings.error("/power/active", format!("{active} W: expected the {top} W of the highest P-state"));
    }

    if let Some(sleep) = &device.sleep {
        let asleep = findings.number("/sleep/power", &sleep.power, Dimension::Power, Range::NotNegative);
        findings.number("/sleep/entry", &sleep.entry, Dimension::Time, Range::NotNegative);
        findings.number("/sleep/wake", &sleep.wake, Dimension::Time, Range::NotNegative);
        findings.number("/sleep/wake_power", &sleep.wake_power, Dimension::Power, Range::NotNegative);
        if let (Some(asleep), Some(idle)) = (asleep, idle)
            && asleep > idle
        {
            findings.warn("/sleep/power", format!("{asleep} W is more than the {idle} W of an idle device"));
        }
    }
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn error(&mut self, pointer: impl Into<String>, message: String) {
        self.0.push(Finding { pointer: pointer.into(), message, severity: Severity::Error });
    }

    fn warn(&mut self, pointer: impl Into<String>, message: String) {
        self.0.push(Finding { pointer: pointer.into(), message, severity: Severity::Warning });
    }

    /// The value of a quantity, if it is one and in range.
    fn number(&mut self, at: impl Into<String>, quantity: &Quantity, of: Dimension, range: Range) -> Option<f64> {
        match (quantity.si(of), range) {
            (Ok(value), Range::Positive) if value > 0.0 => return Some(value),
            (Ok(value), Range::NotNegative) if value >= 0.0 => return Some(value),
            (Ok(value), Range::Positive) => self.error(at, format!("{value}: expected a positive quantity")),
            (Ok(value), Range::NotNegative) => self.error(at, format!("{value}: expected 0 or more")),
            (Err(error), _) => self.error(at, error.to_string()),
        }
        None
    }

    fn optional(&mut self, at: &str, quantity: &Option<Quantity>, of: Dimension, range: Range) {
        if let Some(quantity) = quantity {
            self.number(at, quantity, of, range);
        }
    }

    /// Reports a plain number outside (`above`, `most`].
    fn within(&mut self, at: &str, value: f64, above: f64, most: f64, expected: &str) {
        if !(value > above && value <= most) {
            self.error(at, format!("{value}: expected a number {expected}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(json: &str) -> DeviceSpec {
        serde_json::from_str(json).unwrap()
    }

    /// Pointers of the findings, warnings with a `?`.
    fn pointers(json: &str) -> Vec<String> {
        let mark = |f: Finding| if f.severity == Severity::Warning { f.pointer + "?" } else { f.pointer };
        check(&device(json)).into_iter().map(mark).collect()
    }

    #[test]
    fn the_smallest_device_is_fine() {
        assert_eq!(check(&device(r#"{"kind": "npu", "power": {"idle": 1, "active": "2 W"}}"#)), []);
        assert_eq!(check(&device(r#"{"kind": "npu", "power": {"idle": 0, "active": 2, "beta": 0}}"#)), []);
    }

    #[test]
    fn every_fault_has_its_pointer() {
        for (json, pointer) in [
            (r#"{"kind": "npu", "memory": "0 GiB", "power": {"idle": 1, "active": 2}}"#, "/memory"),
            (r#"{"kind": "npu", "memory": "5 GHz", "power": {"idle": 1, "active": 2}}"#, "/memory"),
            (r#"{"kind": "npu", "host_link": -1, "power": {"idle": 1, "active": 2}}"#, "/host_link"),
            (r#"{"kind": "npu", "peak": {"int8": 0}, "power": {"idle": 1, "active": 2}}"#, "/peak/int8"),
            (r#"{"kind": "npu", "power": {"idle": -1, "active": 2}}"#, "/power/idle"),
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
        assert_eq!(states(&table(&[(1e9, 10.0), (2e9, 9.0)])), ["/power/pstates/1/power?"]);
        assert_eq!(states(&table(&[(1e9, 5.0), (2e9, 8.0)])), ["/power/active"]);
    }

    #[test]
    fn misspelt_and_repeated_keys_are_refused() {
        let parse = |json: &str| serde_json::from_str::<DeviceSpec>(json).map(drop).unwrap_err().to_string();
        assert!(parse(r#"{"kind": "npu", "memroy": 1, "power": {"idle": 1, "active": 2}}"#).contains("memroy"));
        assert!(parse(r#"{"kind": "npu", "peak": {"fp17": 1}, "power": {"idle": 1, "active": 2}}"#).contains("fp17"));
        let twice = r#"{"kind": "npu", "peak": {"int8": 1, "int8": 2}, "power": {"idle": 1, "active": 2}}"#;
        assert!(parse(twice).contains("twice"));
    }
}
