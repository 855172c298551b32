//! A fixed frequency, as a user sets it.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::{Hertz, Seconds};
use crate::policy::Governor;
use crate::policy::registry::{BuildError, Plugin};
use crate::units::SimTime;

use super::{Choice, Look};

/// Which P-state: by number, or by clock.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wish {
    State(usize),
    Clock(f64),
}

impl Wish {
    fn read(state: Option<u8>, frequency: Option<Hertz>) -> Result<Self, BuildError> {
        match (state, frequency) {
            (Some(state), None) => Ok(Self::State(usize::from(state))),
            (None, Some(frequency)) => Ok(Self::Clock(frequency.get())),
            _ => Err(BuildError::new("expected either `state` or `frequency`")),
        }
    }

    fn of(self, frequencies: &[f64]) -> usize {
        let top = frequencies.len().saturating_sub(1);
        match self {
            Self::State(state) => state.min(top),
            Self::Clock(clock) => frequencies.iter().position(|f| *f >= clock).unwrap_or(top),
        }
    }
}

/// All units stay in the state that is set, or in the lowest with at least the clock that is set, or the highest of
/// all, as with Linux's governor of that name. At given times something else can be set.
#[derive(Clone, Debug)]
pub struct Userspace {
    first: Wish,
    /// By time.
    changes: Vec<(SimTime, Wish)>,
}

/// Parameters of [`Userspace`]: `state` or `frequency`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Number of the P-state, from 0, the slowest.
    pub state: Option<u8>,
    /// Clock: hertz, or text with a unit.
    pub frequency: Option<Hertz>,
    /// What is set later.
    pub changes: Vec<ChangeParams>,
}

/// A later setting: `state` or `frequency`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeParams {
    /// When: seconds after the start, or text with a unit; ascending, more than 0.
    pub at: Seconds,
    /// Number of the P-state, from 0, the slowest.
    #[serde(default)]
    pub state: Option<u8>,
    /// Clock: hertz, or text with a unit.
    #[serde(default)]
    pub frequency: Option<Hertz>,
}

impl Governor for Userspace {
    fn initial(&self, count: usize) -> usize {
        self.first.of(&vec![0.0; count])
    }

    fn starts_in(&self, frequencies: &[f64]) -> usize {
        self.first.of(frequencies)
    }

    fn next_change(&self, after: SimTime) -> Option<SimTime> {
        self.changes.iter().map(|(at, _)| *at).find(|at| *at > after)
    }

    fn look(&mut self, look: &Look<'_>) -> Choice {
        let last = self.changes.iter().rev().find(|(at, _)| *at <= look.now);
        Choice { state: last.map_or(self.first, |(_, wish)| *wish).of(look.frequencies), settled: true }
    }
}

impl Plugin for Userspace {
    const NAME: &'static str = "userspace";
    const ABOUT: &'static str = "a fixed P-state or clock, which may change at given times (Linux governor)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        let first = Wish::read(params.state, params.frequency)?;
        let mut changes = Vec::new();
        let mut before = SimTime::ZERO;
        for (i, change) in params.changes.iter().enumerate() {
            let inside = |e: BuildError| e.inside(i.to_string()).inside("changes");
            let at = SimTime::ZERO + change.at.duration();
            if at <= before {
                let found = change.at.get();
                let error = BuildError::new(format_args!("found {found} s, expected more than {before} s"));
                return Err(inside(error.inside("at")));
            }
            before = at;
            changes.push((at, Wish::read(change.state, change.frequency).map_err(inside)?));
        }
        Ok(Self { first, changes })
    }
}

#[cfg(test)]
mod tests {
    use super::super::look::look;
    use super::*;
    use serde_json::{Value, json};

    const F: [f64; 3] = [1.0e9, 1.5e9, 2.0e9];

    fn build(params: Value) -> Result<Userspace, BuildError> {
        Userspace::build(serde_json::from_value(params).unwrap())
    }

    #[test]
    fn a_clock_is_the_lowest_state_that_has_it() {
        for (clock, state) in [("0.9 GHz", 0), ("1 GHz", 0), ("1.01 GHz", 1), ("2 GHz", 2), ("3 GHz", 2)] {
            assert_eq!(build(json!({"frequency": clock})).unwrap().starts_in(&F), state, "{clock}");
        }
        assert_eq!(build(json!({"state": 1})).unwrap().starts_in(&F), 1);
        assert_eq!(build(json!({"state": 7})).unwrap().starts_in(&F), 2);
    }

    #[test]
    fn what_was_set_last_counts() {
        let changes = json!([{"at": 5, "state": 0}, {"at": "7 s", "frequency": "1.2 GHz"}]);
        let mut governor = build(json!({"state": 2, "changes": changes})).unwrap();
        assert_eq!([4, 5, 6, 7, 8].map(|now| governor.look(&look(now, 0, 1.0, &F)).state), [2, 0, 0, 1, 1]);
        let seconds = |s| SimTime::ZERO + crate::units::SimDuration::from_secs(s);
        assert_eq!(governor.next_change(SimTime::ZERO), Some(seconds(5)));
        assert_eq!(governor.next_change(seconds(5)), Some(seconds(7)));
        assert_eq!(governor.next_change(seconds(7)), None);
    }

    #[test]
    fn parameters_are_checked() {
        for (params, word) in [
            (json!({}), "either"),
            (json!({"state": 1, "frequency": 1e9}), "either"),
            (json!({"state": 1, "changes": [{"at": 1}]}), "/changes/0"),
            (json!({"state": 1, "changes": [{"at": 0, "state": 1}]}), "/changes/0/at"),
            (json!({"state": 1, "changes": [{"at": 2, "state": 1}, {"at": 2, "state": 0}]}), "/changes/1/at"),
        ] {
            let error = build(params.clone()).unwrap_err().to_string();
            assert!(error.contains(word), "{params}: {error}");
        }
    }
}
