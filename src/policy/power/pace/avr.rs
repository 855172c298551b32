//! The sum of the tasks' mean rates.

use std::collections::BTreeMap;

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{ClusterView, Governor, UnitView};
use crate::units::{SimTime, UnitId};

use super::due::due;
use super::{Hears, Pace};

/// Average Rate (Yao, Demers & Shenker, FOCS 1995): each task counts with its work over the time from its arrival to its
/// deadline, up to its deadline, even when it is done before. The sum is rounded up to a P-state.
///
/// Work is as estimated. Of a task that waits, each unit of a pool of `n` counts `1/n`, and it counts in full on the
/// units where it then runs. Tasks without a deadline ask for nothing. A task that is late or runs longer than was
/// estimated has the top P-state.
#[derive(Clone, Debug, Default)]
pub struct AverageRate {
    /// By unit and number of the task: those that ran there and are not due yet.
    kept: BTreeMap<UnitId, BTreeMap<u64, Rate>>,
}

/// The part of the top speed that a task takes until its deadline.
#[derive(Clone, Copy, Debug)]
struct Rate {
    rate: f64,
    until: SimTime,
}

impl Governor for AverageRate {
    fn initial(&self, _count: usize) -> usize {
        0
    }

    fn hears(&self) -> Hears {
        Hears::Queue
    }

    fn pace(&mut self, unit: UnitView<'_>, view: &ClusterView<'_>, states: usize) -> Option<Pace> {
        let now = view.now();
        let top = states.saturating_sub(1);
        let kept = self.kept.entry(unit.id()).or_default();
        kept.retain(|_, rate| rate.until > now);
        let mut waiting = 0.0;
        let mut pressed = false;
        for d in due(unit, view) {
            let window = (d.task.deadline() - d.task.arrival()).as_secs_f64();
            let rate = d.weight * view.estimated_time(d.task, unit.pool()).as_secs_f64() / window;
            pressed |= d.room(now) <= 0.0 || (d.runs && d.left <= 0.0);
            if d.runs {
                kept.insert(d.task.number(), Rate { rate, until: d.task.deadline() });
            } else {
                waiting += rate;
            }
        }
        let until = kept.values().map(|r| r.until).filter(|t| *t > now).min().unwrap_or(SimTime::NEVER);
        if unit.running(view).next().is_none() {
            return Some(Pace { pstate: 0, until });
        }
        if pressed {
            return Some(Pace { pstate: top, until });
        }
        let sum = waiting + kept.values().map(|r| r.rate).sum::<f64>();
        let enough = |p: &usize| unit.running(view).all(|t| view.progress(t, unit.pool(), *p) >= sum * (1.0 - 1e-12));
        Some(Pace { pstate: (0..top).find(enough).unwrap_or(top), until })
    }
}

impl Plugin for AverageRate {
    const NAME: &'static str = "avr";
    const ABOUT: &'static str = "Average Rate: sum of work over time to the deadline of each task (Yao et al. 1995)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self::default())
    }
}
