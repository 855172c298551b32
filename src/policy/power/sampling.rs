//! How Linux's ondemand and conservative sample the load of a unit.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::Seconds;
use crate::policy::registry::BuildError;
use crate::units::{SimDuration, SimTime};

use super::Look;

/// Whether a unit without work is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Idle {
    /// It is, like any other.
    #[default]
    Sampled,
    /// It is not, as in Linux: its clock stays. When it works again, the first sample covers the whole time since
    /// the last; if it was idle for more than two periods of it, the load before counts once more, then no longer.
    Deferred,
}

/// The load of a unit between two samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sample {
    /// Busy share, in [0, 1].
    pub(super) load: f64,
    /// How many whole periods it was idle, where these are more than two.
    pub(super) idle_periods: u64,
}

/// What is remembered of a unit from sample to sample.
#[derive(Clone, Copy, Debug, Default)]
struct Watch {
    busy_s: f64,
    elapsed: SimDuration,
    last: SimTime,
    previous: f64,
}

/// Samples of all units.
#[derive(Clone, Debug, Default)]
pub(super) struct Samples {
    idle: Idle,
    watches: Vec<Watch>,
}

impl Samples {
    pub(super) fn new(idle: Idle) -> Self {
        Self { idle, watches: Vec::new() }
    }

    /// Takes the period of a look into the next sample.
    pub(super) fn add(&mut self, look: &Look<'_>) {
        let at = look.unit.index();
        if self.watches.len() <= at {
            self.watches.resize(at + 1, Watch::default());
        }
        if let Some(watch) = self.watches.get_mut(at) {
            watch.busy_s += look.load * look.period.as_secs_f64();
            watch.elapsed += look.period;
        }
    }

    /// Whether the unit is left alone now.
    pub(super) fn is_deferred(&self, look: &Look<'_>) -> bool {
        self.idle == Idle::Deferred && look.busy == 0.0
    }

    /// The sample that ends now.
    pub(super) fn take(&mut self, look: &Look<'_>) -> Sample {
        let deferred = self.idle == Idle::Deferred;
        let Some(watch) = self.watches.get_mut(look.unit.index()) else {
            return Sample { load: look.load, idle_periods: 0 };
        };
        let elapsed = if deferred { look.now - watch.last } else { watch.elapsed };
        let busy_s = std::mem::take(&mut watch.busy_s);
        (watch.elapsed, watch.last) = (SimDuration::ZERO, look.now);
        let period = look.period.as_secs_f64();
        // One period is what it always is but for deferred or skipped looks: then no rounding is done.
        let load = if elapsed == look.period { look.load } else { (busy_s / elapsed.as_secs_f64()).min(1.0) };
        let idle_s = elapsed.as_secs_f64() - busy_s;
        let long = deferred && idle_s > 2.0 * period;
        let idle_periods = if long { (idle_s / period) as u64 } else { 0 };
        if long && watch.previous > 0.0 {
            return Sample { load: std::mem::take(&mut watch.previous), idle_periods };
        }
        watch.previous = load;
        Sample { load, idle_periods }
    }
}

/// The period of a governor, at least a microsecond.
pub(super) fn period(period: Seconds, field: &str) -> Result<SimDuration, BuildError> {
    let span = period.duration();
    if span < SimDuration::from_nanos(1_000) {
        return Err(BuildError::new(format_args!("found {span} s, expected at least 1 us")).inside(field));
    }
    Ok(span)
}

/// A number that must lie above 0 and not above 1.
pub(super) fn share(x: f64, field: &str) -> Result<f64, BuildError> {
    if x > 0.0 && x <= 1.0 {
        return Ok(x);
    }
    Err(BuildError::new(format_args!("found {x}, expected a number in (0, 1]")).inside(field))
}

/// How many samples make one: at least 1.
pub(super) fn factor(n: u32, field: &str) -> Result<u32, BuildError> {
    if n >= 1 {
        return Ok(n);
    }
    Err(BuildError::new("found 0, expected at least 1").inside(field))
}

#[cfg(test)]
mod tests {
    use super::super::look::look;
    use super::*;

    const F: [f64; 2] = [1.0, 2.0];

    fn sample(samples: &mut Samples, now: u64, load: f64) -> Sample {
        let at = look(now, 0, load, &F);
        samples.add(&at);
        samples.take(&at)
    }

    /// Busy for 0.9 of second 1, then idle until second 10, of which it works the last half: 9 s with 8.5 idle. The
    /// load before counts once. In the next such gap there is none to count: 0.5 s of 9.
    #[test]
    fn after_a_long_rest_the_load_before_counts_once() {
        let mut samples = Samples::new(Idle::Deferred);
        assert_eq!(sample(&mut samples, 1, 0.9), Sample { load: 0.9, idle_periods: 0 });
        assert_eq!(sample(&mut samples, 10, 0.5), Sample { load: 0.9, idle_periods: 8 });
        let again = sample(&mut samples, 19, 0.5);
        assert!((again.load - 0.5 / 9.0).abs() < 1e-15 && again.idle_periods == 8, "{again:?}");
    }

    #[test]
    fn without_deferring_a_sample_is_what_was_looked_at() {
        let mut samples = Samples::new(Idle::Sampled);
        assert_eq!(sample(&mut samples, 1, 0.9).load, 0.9);
        assert_eq!(sample(&mut samples, 10, 0.5), Sample { load: 0.5, idle_periods: 0 });
        // Two periods in one sample: (1 + 0.5) / 2.
        samples.add(&look(11, 0, 1.0, &F));
        assert_eq!(sample(&mut samples, 12, 0.5).load, 0.75);
    }
}
