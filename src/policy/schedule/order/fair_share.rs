//! Weighted fair share by what users have had.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::Seconds;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::policy::{ClusterView, TaskView};
use crate::units::SimTime;

use super::weights::Weights;

/// Parameters of [`FairShare`].
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Weights by user id, such as `{"3": 2.0}`. Default 1 for all.
    pub weights: Weights,
    /// Time in which what was had comes to count half: seconds, or text with a unit. Absent: it counts for ever.
    pub half_life: Option<Seconds>,
}

/// The user goes first who has had the least: unit seconds held so far, those of running tasks included, over
/// the user's weight. Tasks of one user go in order of arrival. Host resources do not count.
///
/// With a half-life what a user held `t` ago counts `2^(−t / half_life)`. What users hold is constant between two
/// passes, so this is exact, not a sum of samples. A scheduler that takes over in mid-run takes what was had
/// before as had evenly since the start.
///
/// Source: Kay & Lauder, CACM 1988.
pub struct FairShare {
    weights: Weights,
    half_life: Option<f64>,
    users: BTreeMap<u32, Decayed>,
    looked: SimTime,
}

/// What a user has had, decayed.
#[derive(Clone, Copy, Debug, Default)]
struct Decayed {
    /// Unit seconds, as they count at the last look.
    counts: f64,
    /// Unit seconds at the last look, undecayed.
    had: f64,
}

impl Order for FairShare {
    fn key(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) -> Key {
        let user = task.user();
        let had = match self.half_life {
            None => view.user(user).usage(),
            Some(_) => self.users.get(&user).map_or(0.0, |d| d.counts),
        };
        Key::ascending_real(had / self.weights.of(user))
    }

    fn changes_with_time(&self) -> bool {
        true
    }

    fn look(&mut self, view: &ClusterView<'_>) {
        let Some(half_life) = self.half_life else { return };
        let passed = (view.now() - self.looked).as_secs_f64();
        if passed == 0.0 {
            return;
        }
        self.looked = view.now();
        let (old, new) = decay(passed / half_life);
        for (user, account) in view.users() {
            let known = self.users.entry(user).or_default();
            let had = account.usage();
            known.counts = known.counts * old + (had - known.had) * new;
            known.had = had;
        }
    }
}

/// After `x` half-lives: what counts of what was had before, and of what was had evenly in this time, the mean of
/// `2^−u` for u in [0, x].
fn decay(x: f64) -> (f64, f64) {
    let old = libm::exp2(-x);
    (old, -libm::expm1(-x * std::f64::consts::LN_2) / (x * std::f64::consts::LN_2))
}

impl Plugin for FairShare {
    const NAME: &'static str = "fair-share";
    const ABOUT: &'static str = "the user with the least unit time so far, by weight (Kay & Lauder 1988)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        let half_life = params.half_life.map(Seconds::get);
        if half_life.is_some_and(|h| h <= 0.0) {
            return Err(BuildError::new("found 0 s, expected a half-life above 0").inside("half_life"));
        }
        Ok(Self { weights: params.weights, half_life, users: BTreeMap::new(), looked: SimTime::ZERO })
    }
}

#[cfg(test)]
mod tests {
    use super::decay;

    /// ∫ 2^−u du over [0, 1] is (1 − 1/2)/ln 2; two steps of one half-life are one step of two.
    #[test]
    fn decay_is_a_half_per_half_life() {
        let (old, new) = decay(1.0);
        assert_eq!(old, 0.5);
        assert!((new - 0.5 / std::f64::consts::LN_2).abs() < 1e-15);
        let (old2, new2) = decay(2.0);
        assert_eq!(old2, 0.25);
        assert!((2.0 * new2 - (new * old + new)).abs() < 1e-15);
        assert!((decay(1e-12).1 - 1.0).abs() < 1e-12);
    }
}
