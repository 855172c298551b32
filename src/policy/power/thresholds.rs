//! Three speeds by load.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::Seconds;
use crate::policy::Governor;
use crate::policy::registry::{BuildError, Plugin};
use crate::units::{SimDuration, UnitId};

use super::sampling;

/// The lowest P-state below one load, the highest above another, the middle one between them: the rule
/// of the first XPU manager. The load is the busy share of the last period; before the first it is 0.
///
/// The middle one of `n` states is number `n / 2`, counted from 0; the thresholds themselves belong to it.
///
/// The thresholds of the three variants are examples.
#[derive(Clone, Copy, Debug)]
pub struct Thresholds<V = Balanced> {
    period: SimDuration,
    low: f64,
    high: f64,
    variant: PhantomData<V>,
}

/// A pair of thresholds with a name.
pub trait Variant: Send + 'static {
    /// Name of the governor.
    const NAME: &'static str;
    /// What it does.
    const ABOUT: &'static str;
    /// Load below which the lowest state is taken.
    const LOW: f64;
    /// Load above which the highest state is taken.
    const HIGH: f64;
}

/// 0.3 and 0.7.
#[derive(Clone, Copy, Debug)]
pub struct Balanced;

impl Variant for Balanced {
    const NAME: &'static str = "thresholds";
    const ABOUT: &'static str = "lowest, middle or highest P-state by two load thresholds";
    const LOW: f64 = 0.3;
    const HIGH: f64 = 0.7;
}

/// 0.2 and 0.5: fast clocks early.
#[derive(Clone, Copy, Debug)]
pub struct Aggressive;

impl Variant for Aggressive {
    const NAME: &'static str = "thresholds-aggressive";
    const ABOUT: &'static str = "as thresholds, with fast clocks from a lower load on";
    const LOW: f64 = 0.2;
    const HIGH: f64 = 0.5;
}

/// 0.4 and 0.9: fast clocks late.
#[derive(Clone, Copy, Debug)]
pub struct Cautious;

impl Variant for Cautious {
    const NAME: &'static str = "thresholds-conservative";
    const ABOUT: &'static str = "as thresholds, with fast clocks from a higher load on";
    const LOW: f64 = 0.4;
    const HIGH: f64 = 0.9;
}

/// Parameters of [`Thresholds`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Time between two looks: seconds, or text with a unit. Default 1 s.
    pub period: Seconds,
    /// Load below which the lowest state is taken, in [0, 1]. Default 0.3; aggressive 0.2, conservative 0.4.
    pub low: Option<f64>,
    /// Load above which the highest state is taken, in [0, 1], not below `low`. Default 0.7; aggressive 0.5,
    /// conservative 0.9.
    pub high: Option<f64>,
}

impl Default for Params {
    fn default() -> Self {
        Self { period: Seconds(1.0), low: None, high: None }
    }
}

impl<V> Thresholds<V> {
    fn state(&self, load: f64, count: usize) -> usize {
        if load < self.low {
            0
        } else if load > self.high {
            count.saturating_sub(1)
        } else {
            count / 2
        }
    }
}

impl<V: Variant> Governor for Thresholds<V> {
    fn initial(&self, count: usize) -> usize {
        self.state(0.0, count)
    }

    fn period(&self) -> Option<SimDuration> {
        Some(self.period)
    }

    fn choose(&mut self, _unit: UnitId, _current: usize, load: f64, frequencies: &[f64]) -> usize {
        self.state(load, frequencies.len())
    }
}

impl<V: Variant> Plugin for Thresholds<V> {
    const NAME: &'static str = V::NAME;
    const ABOUT: &'static str = V::ABOUT;
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        let period = sampling::period(params.period, "period")?;
        let (low, high) = (params.low.unwrap_or(V::LOW), params.high.unwrap_or(V::HIGH));
        for (name, load) in [("low", low), ("high", high)] {
            if !(0.0..=1.0).contains(&load) {
                return Err(BuildError::new(format_args!("found {load}, expected a number in [0, 1]")).inside(name));
            }
        }
        if low > high {
            return Err(BuildError::new(format_args!("found {high}, expected at least {low}, `low`")).inside("high"));
        }
        Ok(Self { period, low, high, variant: PhantomData })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thresholds_belong_to_the_middle() {
        let mut governor = Thresholds::<Balanced>::build(Params::default()).unwrap();
        let mut choose = |load| governor.choose(UnitId(0), 0, load, &[1.0, 2.0, 3.0]);
        assert_eq!([0.0, 0.29, 0.3, 0.5, 0.7, 0.71, 1.0].map(&mut choose), [0, 0, 1, 1, 1, 2, 2]);
        assert_eq!(governor.initial(3), 0);
    }

    #[test]
    fn any_number_of_states_will_do() {
        let mut governor = Thresholds::<Balanced>::build(Params::default()).unwrap();
        let mut choose = |load, count: usize| governor.choose(UnitId(0), 0, load, &vec![1.0; count]);
        assert_eq!([choose(0.5, 1), choose(1.0, 1), choose(0.5, 2), choose(0.5, 4)], [0, 0, 1, 2]);
    }

    #[test]
    fn the_variants_have_their_thresholds() {
        fn states<V: Variant>() -> [usize; 4] {
            let mut governor = Thresholds::<V>::build(Params::default()).unwrap();
            [0.25, 0.35, 0.6, 0.8].map(|load| governor.choose(UnitId(0), 0, load, &[1.0, 2.0, 3.0]))
        }
        assert_eq!(states::<Balanced>(), [0, 1, 1, 2]);
        assert_eq!(states::<Aggressive>(), [1, 1, 2, 2]);
        assert_eq!(states::<Cautious>(), [0, 0, 1, 1]);
    }

    #[test]
    fn parameters_are_checked() {
        let build =
            |low, high| Thresholds::<Balanced>::build(Params { low: Some(low), high: Some(high), ..Params::default() });
        assert!(build(0.0, 1.0).is_ok() && build(0.5, 0.5).is_ok());
        for (low, high) in [(-0.1, 0.5), (0.2, 1.1), (0.6, 0.5), (f64::NAN, 0.5)] {
            assert!(build(low, high).is_err(), "{low} {high}");
        }
    }
}
