//! What can be wrong with powers and clocks.

use crate::catalogue::{ClocksSpec, LawSpec, LoadSpec, PStateSpec, PowerSpec};

use super::{Findings, MOST_PSTATES, is_positive};

pub(super) fn check(power: &PowerSpec, findings: &mut Findings) {
    let (idle, active) = (power.idle.get(), power.full().get());
    findings.positive("/power/active", Some(active), "W");
    if active > 0.0 && idle > active {
        findings.warn("/power/idle", format!("{idle} W is more than the {active} W of a busy device"));
    }
    if !(0.0..=1.0).contains(&power.beta) {
        findings.error("/power/beta", power.beta.to_string(), "a number in [0, 1]");
    }
    findings.positive("/power/valid_from", power.valid_from.map(|f| f.get()), "Hz");
    let states = power.states();
    match (&power.law, &power.clocks) {
        (Some(law), Some(clocks)) => check_law(law, clocks, findings),
        (Some(_), None) => findings.error("/power/law", "no `clocks`".into(), "the `clocks` that the law is for"),
        (None, Some(_)) => findings.error("/power/clocks", "no `law`".into(), "a `law` that gives their power"),
        (None, None) => {}
    }
    if power.law.is_some() && !power.pstates.is_empty() {
        findings.error("/power/pstates", "both `pstates` and a `law`".into(), "one of them");
        return;
    }
    check_states(&states, power, findings);
    check_top(&states, power, findings);
    if let Some(LoadSpec::Points(points)) = &power.load {
        let points: Vec<f64> = points.iter().map(|p| p.get()).collect();
        check_load(&points, &states, power, findings);
    }
}

fn check_law(law: &LawSpec, clocks: &ClocksSpec, findings: &mut Findings) {
    for (name, value) in law.factors() {
        if !(value >= 0.0 && value.is_finite()) {
            findings.error(&format!("/power/law/{name}"), value.to_string(), "a number >= 0");
        }
    }
    if let LawSpec::Knee(knee) = law {
        findings.positive("/power/law/knee", Some(knee.knee.get()), "Hz");
    }
    match clocks {
        ClocksSpec::List(list) if list.is_empty() => {
            findings.error("/power/clocks", "an empty list".into(), "at least one clock");
        }
        ClocksSpec::List(_) => {}
        ClocksSpec::Range(range) => {
            findings.positive("/power/clocks/from", Some(range.from.get()), "Hz");
            findings.positive("/power/clocks/step", Some(range.step.get()), "Hz");
            if range.to < range.from {
                let expected = format!("at least `from`, {} Hz", range.from.get());
                findings.error("/power/clocks/to", format!("{} Hz", range.to.get()), &expected);
            }
        }
    }
}

/// Where the clock, and where the power of state `i` is written.
fn places(power: &PowerSpec, i: usize) -> (String, String) {
    match (&power.law, &power.clocks) {
        (Some(_), Some(ClocksSpec::List(_))) => (format!("/power/clocks/{i}"), "/power/law".into()),
        (Some(_), _) => ("/power/clocks".into(), "/power/law".into()),
        (None, _) => (format!("/power/pstates/{i}/frequency"), format!("/power/pstates/{i}/power")),
    }
}

fn check_states(states: &[PStateSpec], power: &PowerSpec, findings: &mut Findings) {
    if states.len() > MOST_PSTATES {
        let at = if power.law.is_some() { "/power/clocks" } else { "/power/pstates" };
        findings.error(at, format!("{} P-states", states.len()), &format!("at most {MOST_PSTATES}"));
    }
    let known_from = power.valid_from.map_or(0.0, |f| f.get());
    for (i, state) in states.iter().enumerate() {
        let (clock_at, power_at) = places(power, i);
        let clock = state.frequency.get();
        findings.positive(&clock_at, Some(clock), "Hz");
        findings.positive(&power_at, Some(state.power.get()), "W");
        if clock > 0.0 && clock < known_from {
            let expected =
                format!("at least the {known_from} Hz of `valid_from`: below, speed and power are not known");
            findings.error(&clock_at, format!("P-state {i} at {clock} Hz"), &expected);
        }
        let base = state.base.or(state.idle).unwrap_or(power.idle);
        if state.power.get() > 0.0 && (state.base.is_some() || state.idle.is_some()) && base > state.power {
            let sentence = format!("{} W is less than the {} W of its least load", state.power.get(), base.get());
            findings.warn(&power_at, sentence);
        }
    }
    for (i, (lower, state)) in (1..).zip(states.iter().zip(states.iter().skip(1))) {
        let (clock_at, power_at) = places(power, i);
        if state.frequency <= lower.frequency && state.frequency.get() > 0.0 {
            let found = format!("{} Hz after {} Hz", state.frequency.get(), lower.frequency.get());
            findings.error(&clock_at, found, "ascending clocks, each once");
        }
        if state.power < lower.power && state.power.get() > 0.0 {
            let (here, below) = (state.power.get(), lower.power.get());
            findings.warn(&power_at, format!("{here} W is less than the {below} W of the state below it"));
        }
    }
}

/// What is fully busy in the highest P-state is said once, or twice alike; of a law to a thousandth.
fn check_top(states: &[PStateSpec], power: &PowerSpec, findings: &mut Findings) {
    let Some(top) = states.last().map(|state| state.power.get()).filter(|top| is_positive(*top)) else { return };
    let active = power.active.get();
    let differs = match &power.law {
        None => top != active,
        Some(_) => active > 0.0 && (top - active).abs() > 1e-3 * top,
    };
    if differs {
        findings.error("/power/active", format!("{active} W"), &format!("the {top} W of the highest P-state"));
    }
}

fn check_load(points: &[f64], states: &[PStateSpec], power: &PowerSpec, findings: &mut Findings) {
    let at = |i: usize| format!("/power/load/{i}");
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return findings.error("/power/load", "no points".into(), "watts from idle to fully busy, at least two");
    };
    if points.len() < 2 || points.len() > 1001 {
        return findings.error("/power/load", format!("{} points", points.len()), "2 to 1001");
    }
    for (i, (below, here)) in (1..).zip(points.iter().zip(points.iter().skip(1))) {
        if here < below {
            findings.error(&at(i), format!("{here} W after {below} W"), "powers that do not fall with the load");
        }
    }
    let base = states.last().and_then(|s| s.base.or(s.idle)).unwrap_or(power.idle).get();
    let full = power.full().get();
    if *first != base {
        findings.error(&at(0), format!("{first} W"), &format!("the {base} W of the least load"));
    }
    if (last - full).abs() > 1e-3 * full || last <= first {
        findings.error(&at(points.len() - 1), format!("{last} W"), &format!("the {full} W of a busy device"));
    }
}

#[cfg(test)]
mod tests {
    use crate::catalogue::{DeviceSpec, check};
    use serde_json::{Value, json};

    /// The findings on a device with this power, in words.
    fn found(power: Value) -> Vec<String> {
        let device: DeviceSpec = serde_json::from_value(json!({"kind": "gpu", "power": power})).unwrap();
        check(&device).into_iter().map(|f| f.problem.to_string()).collect()
    }

    fn knee(clocks: Value) -> Value {
        json!({"idle": 18, "clocks": clocks,
               "law": {"form": "knee", "base": 18, "per_ghz": 87, "knee": "1.049 GHz", "slope": 0.313}})
    }

    #[test]
    fn a_law_needs_no_active_power_and_no_table() {
        assert_eq!(found(knee(json!({"from": "0.7 GHz", "to": "1.4 GHz", "step": "0.1 GHz"}))), [""; 0]);
        assert_eq!(found(knee(json!(["0.7 GHz", "1.4 GHz"]))), [""; 0]);
    }

    #[test]
    fn a_state_below_the_floor_is_refused_by_number_and_clock() {
        let mut power = knee(json!(["0.7 GHz", "1.4 GHz"]));
        power["valid_from"] = json!("0.705 GHz");
        let all = found(power);
        assert_eq!(all.len(), 1);
        for word in ["/power/clocks/0", "P-state 0 at 700000000 Hz", "705000000 Hz of `valid_from`"] {
            assert!(all[0].contains(word), "{word}: {all:?}");
        }
        let table = json!({"idle": 1, "active": 9, "valid_from": 2e9,
                           "pstates": [{"frequency": 1e9, "power": 5}, {"frequency": 2e9, "power": 9}]});
        assert!(found(table)[0].contains("/power/pstates/0/frequency"));
    }

    #[test]
    fn laws_and_loads_are_checked_where_they_stand() {
        let with = |at: &str, value: Value| {
            let mut power = knee(json!(["0.7 GHz", "1.4 GHz"]));
            *power.pointer_mut(at).unwrap() = value;
            power
        };
        let plain = |load: Value| json!({"idle": 10, "active": 30, "load": load});
        for (power, pointer) in [
            (with("/law/slope", json!(-1)), "/power/law/slope"),
            (with("/law/knee", json!(0)), "/power/law/knee"),
            (with("/clocks", json!([])), "/power/clocks"),
            (with("/clocks", json!(["1 GHz", "1 GHz"])), "/power/clocks/1"),
            (with("/clocks", json!({"from": 2e9, "to": 1e9, "step": 1e8})), "/power/clocks/to"),
            (with("/clocks", json!({"from": 1e9, "to": 2e9, "step": 1})), "/power/clocks"),
            (json!({"idle": 1, "active": 2, "clocks": [1e9]}), "/power/clocks"),
            (plain(json!([10])), "/power/load"),
            (plain(json!([9, 30])), "/power/load/0"),
            (plain(json!([10, 31])), "/power/load/1"),
            (plain(json!([10, 25, 20, 30])), "/power/load/2"),
        ] {
            let all = found(power);
            assert!(all.iter().any(|f| f.contains(&format!("({pointer})"))), "{pointer}: {all:?}");
        }
        assert_eq!(found(plain(json!("fan"))), [""; 0]);
        assert_eq!(found(plain(json!([10, 20, 26, 30]))), [""; 0]);
    }
}
