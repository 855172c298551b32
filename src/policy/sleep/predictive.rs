//! Sleep as deep as the next idle period is expected to be worth.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::{Seconds, SubError};
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{SleepPolicy, UnitView};
use crate::units::{SimDuration, UnitId};

use super::{Descent, IdlePeriod};

/// A unit that becomes idle goes at once to the deepest state that pays within the idle period that is expected and wakes
/// within the latency limit. Expected is `alpha` times the unit's last idle period plus `1 − alpha` times what had been
/// expected before; with `alpha` 1 the last idle period itself. Before the first one, zero.
///
/// Where no state pays within what is expected the unit stays awake; should the idle period go on beyond the break-even
/// time of a state all the same, it goes there: an expectation that is too short is corrected.
///
/// Sources: Hwang & Wu, ACM TODAES 5(2), 2000, for the exponential average and its correction; the menu governor of Linux
/// for the choice among states.
#[derive(Clone, Debug)]
pub struct Predictive {
    alpha: f64,
    latency: SimDuration,
    expected: BTreeMap<UnitId, SimDuration>,
}

/// Parameters of [`Predictive`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Weight of the last idle period, in (0, 1]; default 0.5, with 1 the last one alone counts.
    pub alpha: f64,
    /// The longest wake-up time that is allowed; default: any.
    pub latency: Option<Seconds>,
}

impl Default for Params {
    fn default() -> Self {
        Self { alpha: 0.5, latency: None }
    }
}

impl Predictive {
    /// The deepest state that pays within `length`.
    fn deepest(&self, unit: UnitView<'_>, length: SimDuration) -> Option<u8> {
        self.allowed(unit).filter(|(_, break_even)| *break_even <= length).map(|(state, _)| state).last()
    }

    /// The states that wake in time, with their break-even times.
    fn allowed<'a>(&self, unit: UnitView<'a>) -> impl Iterator<Item = (u8, SimDuration)> + use<'a> {
        let latency = self.latency;
        let in_time = (0..=u8::MAX).zip(unit.sleep_states()).filter(move |(_, s)| s.wake <= latency);
        in_time.filter_map(move |(state, _)| Some((state, unit.break_even(state)?)))
    }

    /// The state, deeper than `from`, that is first to pay.
    fn correction(&self, unit: UnitView<'_>, from: Option<u8>) -> Option<Descent> {
        let deeper = self.allowed(unit).filter(|(state, _)| from.is_none_or(|from| *state > from));
        deeper.map(|(state, after)| Descent { state, after }).min_by_key(|d| (d.after, u8::MAX - d.state))
    }
}

impl SleepPolicy for Predictive {
    fn descend(&mut self, unit: UnitView<'_>, _period: IdlePeriod) -> Option<Descent> {
        let expected = self.expected.get(&unit.id()).copied().unwrap_or(SimDuration::ZERO);
        match self.deepest(unit, expected) {
            Some(state) => Some(Descent { state, after: SimDuration::ZERO }),
            None => self.correction(unit, None),
        }
    }

    fn deepen(&mut self, unit: UnitView<'_>) -> Option<Descent> {
        self.correction(unit, Some(unit.depth()))
    }

    fn learns(&self) -> bool {
        true
    }

    fn on_busy(&mut self, unit: UnitView<'_>, idle: SimDuration) {
        let expected = self.expected.entry(unit.id()).or_insert(SimDuration::ZERO);
        *expected = SimDuration::from_nanos(
            idle.scaled(self.alpha).as_nanos().saturating_add(expected.scaled(1.0 - self.alpha).as_nanos()),
        );
    }
}

impl Plugin for Predictive {
    const NAME: &'static str = "predictive";
    const ABOUT: &'static str = "the deepest state that pays within the expected idle period (Hwang & Wu 2000)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        let alpha = params.alpha;
        if !(alpha > 0.0 && alpha <= 1.0) {
            return Err(SubError::new(format_args!("found {alpha}, expected a number in (0, 1]")).inside("alpha"));
        }
        let latency = params.latency.map_or(SimDuration::MAX, Seconds::duration);
        Ok(Self { alpha, latency, expected: BTreeMap::new() })
    }
}
