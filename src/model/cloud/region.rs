//! Regions and what can be rented there.

use std::sync::Arc;

use crate::model::kind::UnitKind;
use crate::units::SimDuration;

use super::Tariff;

/// A place of the cloud, with the links to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// Its name.
    pub name: Arc<str>,
    /// Uplink in B/s: of every task, or of all together where it is shared.
    pub uplink: f64,
    /// Downlink in B/s.
    pub downlink: f64,
    /// Whether transfers share the links equally; else each has the whole link.
    pub shared: bool,
    /// Most B/s of one transfer over a shared link.
    pub per_task: f64,
    /// USD for 10^9 B brought back.
    pub usd_per_gb_out: f64,
    /// Grams of CO2 for a kWh.
    pub carbon: f64,
    /// What can be rented.
    pub types: Vec<InstanceType>,
}

/// A kind of machine that can be rented.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceType {
    /// Its name.
    pub name: Arc<str>,
    /// The kind of unit that it has: tasks need one like it at home. `None` runs every task.
    pub kind: Option<UnitKind>,
    /// Speed over that of the task's best unit at home (of that kind).
    pub speed: f64,
    /// Price on demand.
    pub tariff: Tariff,
    /// Terms of spot instances, if there are any.
    pub spot: Option<Spot>,
    /// Most instances at once.
    pub limit: u32,
    /// Instances that are never let go; they are there from the beginning.
    pub warm: u32,
    /// How long an instance without a task is kept.
    pub keep_alive: SimDuration,
    /// Whether a new instance is ordered when the upload begins, not when it ends.
    pub boots_early: bool,
    /// Watts of one instance while it is rented, for its carbon.
    pub power: f64,
    /// Whether it takes time until a new instance can work.
    pub boots: bool,
}

impl InstanceType {
    /// Whether instances have to be told apart: they boot, are kept, or are few.
    pub fn is_pooled(&self) -> bool {
        self.boots || self.limit != u32::MAX || self.warm > 0 || !self.keep_alive.is_zero()
    }
}

/// Instances that the provider may take back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// Price over that on demand.
    pub factor: f64,
    /// Mean life in seconds; lives are exponential.
    pub mean_life: f64,
    /// Time between the notice and the end.
    pub notice: SimDuration,
    /// Time of work between two saved states; `None`: what it has done is lost with the instance.
    pub checkpoint: Option<SimDuration>,
}

impl Spot {
    /// Of `done` time of work, what is still there when the instance is taken. A notice is used to save all of it.
    pub fn kept(&self, done: SimDuration) -> SimDuration {
        match self.checkpoint {
            None => SimDuration::ZERO,
            Some(_) if !self.notice.is_zero() => done,
            Some(every) => {
                let step = every.as_nanos().max(1);
                SimDuration::from_nanos(done.as_nanos() / step * step)
            }
        }
    }

    /// Expected seconds until `run` seconds of work are done, each loss being made good at once.
    ///
    /// Work that starts anew: `(e^{λ r} − 1) / λ`; work that is kept: `r` and half an interval for each loss
    /// (Young, CACM 17, 1974).
    pub fn expected_run(&self, run: f64) -> f64 {
        let rate = 1.0 / self.mean_life;
        match self.checkpoint {
            None => libm::expm1(rate * run) / rate,
            Some(_) if !self.notice.is_zero() => run,
            Some(every) => run + rate * run * every.as_secs_f64().min(run) / 2.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spot_keeps_what_it_saved() {
        let spot = Spot { factor: 0.3, mean_life: 100.0, notice: SimDuration::ZERO, checkpoint: None };
        let s = SimDuration::from_secs;
        assert_eq!(spot.kept(s(65)), s(0));
        let saved = Spot { checkpoint: Some(s(20)), ..spot };
        assert_eq!(saved.kept(s(65)), s(60));
        assert_eq!(Spot { notice: s(30), ..saved }.kept(s(65)), s(65));
        // A run as long as the mean life takes e - 1 lives on average.
        assert!((spot.expected_run(100.0) - 171.828_182_845_904_5).abs() < 1e-9);
        assert!((saved.expected_run(100.0) - 110.0).abs() < 1e-12);
    }
}
