//! A bandit that picks the scheduler of each epoch.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::Seconds;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{Adaptive, EpochStats};
use crate::rng::StreamRng;
use crate::units::SimDuration;

/// UCB1 over schedulers: tries each arm once, then the one with the greatest
/// `mean + sqrt(2 ln t / n)`. The reward of an epoch is one over the mean bounded slowdown of the tasks
/// that ended in it, so in (0, 1]; an epoch in which none ended teaches nothing.
///
/// Source: Auer, Cesa-Bianchi & Fischer, Machine Learning 2002. Rewards are those seen, not those that
/// another arm would have had; the queue that one arm leaves is the next one's start.
#[derive(Clone, Debug)]
pub struct Bandit {
    arms: Vec<String>,
    epoch: SimDuration,
    current: usize,
    /// Pulls and summed reward of each arm.
    seen: Vec<(f64, f64)>,
}

/// Parameters of [`Bandit`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Scheduler presets to choose among; the first one starts.
    pub arms: Vec<String>,
    /// Length of an epoch: seconds, or text with a unit. Default one hour.
    pub epoch: Seconds,
}

impl Default for Params {
    fn default() -> Self {
        Self { arms: ["easy", "sjf-greedy", "fifo-greedy"].map(String::from).to_vec(), epoch: Seconds(3600.0) }
    }
}

impl Adaptive for Bandit {
    fn epoch(&self) -> Option<SimDuration> {
        Some(self.epoch)
    }

    fn arms(&self) -> &[String] {
        &self.arms
    }

    fn choose(&mut self, stats: &EpochStats, _rng: &mut StreamRng) -> Option<usize> {
        if stats.ended == 0 {
            return None;
        }
        let (pulls, reward) = &mut self.seen[self.current];
        *pulls += 1.0;
        *reward += 1.0 / stats.slowdown_mean.max(1.0);
        let total: f64 = self.seen.iter().map(|(n, _)| n).sum();
        let bound = |&(n, sum): &(f64, f64)| {
            if n == 0.0 { f64::INFINITY } else { sum / n + (2.0 * libm::log(total) / n).sqrt() }
        };
        // The first of the greatest, so that ties are no matter of luck.
        let best = (0..self.seen.len())
            .fold(0, |best, i| if bound(&self.seen[i]) > bound(&self.seen[best]) { i } else { best });
        let changed = best != self.current;
        self.current = best;
        changed.then_some(best)
    }
}

impl Plugin for Bandit {
    const NAME: &'static str = "bandit";
    const ABOUT: &'static str = "UCB1 picks the scheduler of each epoch from rewards seen (Auer et al. 2002)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        if params.arms.is_empty() {
            return Err(BuildError::new("found no arm, expected at least one scheduler").inside("arms"));
        }
        let epoch = params.epoch.duration();
        if epoch.is_zero() {
            return Err(BuildError::new("found 0, expected a positive duration").inside("epoch"));
        }
        let seen = vec![(0.0, 0.0); params.arms.len()];
        Ok(Self { arms: params.arms, epoch, current: 0, seen })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Streams};

    #[test]
    fn settles_on_the_better_arm() {
        let params = Params { arms: vec!["a".into(), "b".into()], epoch: Seconds(1.0) };
        let mut bandit = Bandit::build(params).unwrap();
        let mut rng = Streams::new(0, 0).stream(Purpose::Adaptive, 0);
        let mut pulls = [0, 0];
        for _ in 0..1000 {
            pulls[bandit.current] += 1;
            // Arm 0 earns 0.1, arm 1 earns 1.
            let slowdown_mean = if bandit.current == 0 { 10.0 } else { 1.0 };
            bandit.choose(&EpochStats { ended: 5, slowdown_mean, ..EpochStats::default() }, &mut rng);
        }
        // Auer et al., theorem 1: the worse arm is pulled at most 8 ln(1000) / 0.9² + 1 + π²/3 ≈ 72.5 times.
        assert!(pulls[0] <= 72, "{pulls:?}");
    }
}
