//! Carbon-aware shifting: tasks that can wait are held back until electricity is cleaner.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::json::SubError;
use crate::model::steps::Steps;
use crate::policy::registry::{BuildError, Plugin, Registry};
use crate::policy::{ClusterView, Pass, Scheduler};
use crate::units::{SimDuration, SimTime, TaskId};

/// How far ahead intensities are known from the day-ahead market.
const DAY: SimDuration = SimDuration::from_secs(86_400);

/// Holds back tasks that may wait (their `deferrable`), and hands them on to another scheduler when their time has
/// come. The intensities to come are known. A task is not interrupted once it runs, and one that was preempted is
/// not held again.
///
/// With a `threshold` a task is handed on at the first instant at which the intensity is at most that; with a
/// `quantile`, at most that quantile of the intensities of the 24 h after its arrival. Without either, at the
/// instant from which the mean intensity over its estimated time is lowest; of several, the first. If there is no
/// such instant as long as it may wait, and still make its deadline by its estimate, the threshold gives way: it is
/// handed on at the cleanest such instant, the first of several.
///
/// Source: Wiesner et al., Middleware 2021: shifting without interruption, with the day-ahead intensities known.
pub struct CarbonAware {
    inner: Box<dyn Scheduler>,
    rule: Rule,
    /// Tasks held back, by when they are handed on; the second part is their place in ties.
    held: BTreeMap<(SimTime, u64), TaskId>,
    keys: BTreeMap<TaskId, (SimTime, u64)>,
}

/// When the waiting is over.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rule {
    /// From the instant with the lowest mean over the task's time.
    LowestMean,
    /// At so many g/kWh or less.
    Threshold(f64),
    /// At this quantile of the coming day, or less.
    Quantile(f64),
}

/// Parameters of [`CarbonAware`].
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// The scheduler that gets the tasks. Default `fifo`.
    pub scheduler: Option<Value>,
    /// Intensity in g/kWh at which tasks are handed on.
    pub threshold: Option<f64>,
    /// Instead of `threshold`: that quantile of the intensities of the coming 24 h, in [0, 1].
    pub quantile: Option<f64>,
}

/// The least value such that the intensity is at most that for `q` of the time from `from` to `to`.
fn quantile(carbon: &Steps<f64>, q: f64, from: SimTime, to: SimTime) -> f64 {
    let mut pieces: Vec<(f64, SimDuration)> = carbon.pieces(from, to).map(|(span, value)| (value, span)).collect();
    pieces.sort_by(|a, b| a.0.total_cmp(&b.0));
    let wanted = q * (to - from).as_secs_f64();
    let mut passed = 0.0;
    for (value, span) in &pieces {
        passed += span.as_secs_f64();
        if passed >= wanted {
            return *value;
        }
    }
    pieces.last().map_or(0.0, |(value, _)| *value)
}

/// The instants from `from` to `to` at which the intensity changes, with both ends.
fn changes(carbon: &Steps<f64>, from: SimTime, to: SimTime) -> impl Iterator<Item = SimTime> + '_ {
    let first = Some(from);
    let inside = std::iter::successors(first, move |at| Some(carbon.next_change(*at)).filter(|next| *next < to));
    inside.chain((to > from).then_some(to))
}

/// The instant from `from` to `to` of the lowest cost; of several, the first.
fn cheapest(candidates: impl Iterator<Item = SimTime>, cost: impl Fn(SimTime) -> f64) -> Option<SimTime> {
    let priced = candidates.map(|at| (cost(at), at));
    priced.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))).map(|(_, at)| at)
}

impl Rule {
    /// When a task of `length` is handed on that arrives at `now` and may wait until `latest`.
    fn release(self, carbon: &Steps<f64>, length: SimDuration, now: SimTime, latest: SimTime) -> SimTime {
        let threshold = match self {
            Self::LowestMean => return lowest_mean(carbon, length, now, latest),
            Self::Threshold(grams) => grams,
            Self::Quantile(q) => quantile(carbon, q, now, now + DAY),
        };
        let intensity = |at| carbon.at(at).unwrap_or(0.0);
        let clean = changes(carbon, now, latest).find(|at| intensity(*at) <= threshold);
        clean.or_else(|| cheapest(changes(carbon, now, latest), intensity)).unwrap_or(now)
    }
}

/// The instant from which the mean intensity over `length` is lowest. Between two instants at which the task's
/// beginning or its end meets a change the mean is linear, so only those are compared.
fn lowest_mean(carbon: &Steps<f64>, length: SimDuration, now: SimTime, latest: SimTime) -> SimTime {
    let ends =
        changes(carbon, now + length, latest + length).map(|end| SimTime::ZERO + ((end - SimTime::ZERO) - length));
    let candidates = changes(carbon, now, latest).chain(ends);
    // To a thousandth of a gram-second: equal means are equal, however they were added up.
    cheapest(candidates, |at| (carbon.integral(at, at + length) * 1e3).round()).unwrap_or(now)
}

impl CarbonAware {
    /// When `task`, which is ready now, is handed on.
    fn release(&self, task: TaskId, view: &ClusterView<'_>) -> SimTime {
        let (now, task) = (view.now(), view.task(task));
        let Some(carbon) = view.carbon() else { return now };
        let may_wait = view.deferrable(task);
        if may_wait.is_zero() || task.preemptions() > 0 {
            return now;
        }
        let length = view.shortest_remaining(task);
        let in_time = match task.deadline() {
            SimTime::NEVER => SimTime::NEVER,
            deadline => SimTime::ZERO + ((deadline - SimTime::ZERO) - length),
        };
        let latest = (task.arrival() + may_wait).min(in_time).max(now);
        self.rule.release(carbon, length, now, latest)
    }

    /// Hands on the tasks whose time has come.
    fn hand_on(&mut self, view: &ClusterView<'_>) {
        while let Some(first) = self.held.first_entry().filter(|first| first.key().0 <= view.now()) {
            let task = first.remove();
            self.keys.remove(&task);
            self.inner.on_ready(task, view);
        }
    }
}

impl Scheduler for CarbonAware {
    fn on_blocked(&mut self, task: TaskId, view: &ClusterView<'_>) {
        self.inner.on_blocked(task, view);
    }

    fn on_lost(&mut self, task: TaskId, view: &ClusterView<'_>) {
        self.inner.on_lost(task, view);
    }

    fn on_ready(&mut self, task: TaskId, view: &ClusterView<'_>) {
        let at = self.release(task, view);
        if at <= view.now() {
            return self.inner.on_ready(task, view);
        }
        let key = (at, view.task(task).seq());
        self.held.insert(key, task);
        self.keys.insert(task, key);
    }

    fn on_end(&mut self, task: TaskId, view: &ClusterView<'_>) {
        self.inner.on_end(task, view);
    }

    fn on_leave(&mut self, task: TaskId, view: &ClusterView<'_>) {
        match self.keys.remove(&task) {
            Some(key) => drop(self.held.remove(&key)),
            None => self.inner.on_leave(task, view),
        }
    }

    fn pass(&mut self, pass: &mut Pass<'_>) {
        self.hand_on(&pass.view());
        self.inner.pass(pass);
        if let Some(((next, _), _)) = self.held.first_key_value() {
            pass.wake_at(*next);
        }
    }
}

impl Plugin for CarbonAware {
    const NAME: &'static str = "carbon-aware";
    const ABOUT: &'static str = "tasks that may wait are held until electricity is cleaner (Wiesner et al. 2021)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        let rule = match (params.threshold, params.quantile) {
            (None, None) => Rule::LowestMean,
            (Some(_), Some(_)) => {
                return Err(SubError::new("found a `threshold` and a `quantile`, expected one of them"));
            }
            (Some(grams), None) if !(grams >= 0.0 && grams.is_finite()) => {
                let wrong = SubError::new(format_args!("found {grams}, expected an intensity >= 0 in g/kWh"));
                return Err(wrong.inside("threshold"));
            }
            (Some(grams), None) => Rule::Threshold(grams),
            (None, Some(q)) if !(0.0..=1.0).contains(&q) => {
                return Err(SubError::new(format_args!("found {q}, expected a number in [0, 1]")).inside("quantile"));
            }
            (None, Some(q)) => Rule::Quantile(q),
        };
        let choice = params.scheduler.unwrap_or_else(|| Value::from("fifo"));
        let inner = Registry::builtin().scheduler(&choice).map_err(|error| error.inside("scheduler"))?;
        Ok(Self { inner, rule, held: BTreeMap::new(), keys: BTreeMap::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(h: u64) -> SimDuration {
        SimDuration::from_secs(h * 3600)
    }

    fn at(h: u64) -> SimTime {
        SimTime::ZERO + hours(h)
    }

    /// 400 at night, 100 from 10 to 14, 300 from 14 to 18, then 400 again.
    fn day() -> Steps<f64> {
        let points = [(0, 400.0), (10, 100.0), (14, 300.0), (18, 400.0)];
        Steps::new(Some(hours(24)), points.map(|(h, g)| (hours(h), g)).to_vec()).unwrap()
    }

    fn release(rule: Rule, length: u64, now: u64, latest: u64) -> SimTime {
        rule.release(&day(), hours(length), at(now), at(latest))
    }

    #[test]
    fn a_threshold_waits_for_the_first_clean_instant() {
        assert_eq!(release(Rule::Threshold(300.0), 1, 6, 20), at(10));
        assert_eq!(release(Rule::Threshold(300.0), 1, 15, 20), at(15));
        assert_eq!(release(Rule::Threshold(50.0), 1, 16, 20), at(16));
        // No hour is clean enough: the cleanest that can be had, at 14.
        assert_eq!(release(Rule::Threshold(200.0), 1, 15, 33), at(15));
        assert_eq!(release(Rule::Threshold(200.0), 1, 19, 22), at(19));
        assert_eq!(release(Rule::Threshold(200.0), 1, 19, 34), at(34));
    }

    /// Of 24 h, 4 have 100, 4 have 300: up to a sixth is 100, up to a third 300.
    #[test]
    fn a_quantile_is_over_the_coming_day() {
        let found = [0.0, 0.16, 0.17, 0.33, 0.34, 1.0].map(|q| quantile(&day(), q, at(5), at(29)));
        assert_eq!(found, [100.0, 100.0, 300.0, 300.0, 400.0, 400.0]);
        assert_eq!(release(Rule::Quantile(0.3), 1, 15, 40), at(15));
        assert_eq!(release(Rule::Quantile(0.1), 1, 15, 40), at(34));
    }

    /// Six hours have 4 · 100 + 2 · 300 from 10 on, against 2 · 400 + 4 · 100 from 8 on. Three hours are all clean
    /// from 10 on, and from 11 on too: the first counts. One that must begin by 9 begins then: 1 of 3 is dirty.
    #[test]
    fn the_lowest_mean_is_where_the_task_fits_best() {
        assert_eq!(release(Rule::LowestMean, 6, 6, 20), at(10));
        assert_eq!(release(Rule::LowestMean, 3, 6, 20), at(10));
        assert_eq!(release(Rule::LowestMean, 3, 6, 9), at(9));
        // 5 h from 13 to 18 beat those that begin later; before, it may not begin.
        assert_eq!(release(Rule::LowestMean, 5, 13, 30), at(13));
        // Two hours from 19 on, until 33 + 2 = 35: the last of them is clean.
        assert_eq!(release(Rule::LowestMean, 2, 19, 33), at(33));
    }
}
