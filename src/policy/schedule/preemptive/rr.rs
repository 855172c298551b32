//! Round-robin in time.

use std::collections::{BTreeMap, VecDeque};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::json::Seconds;
use crate::model::task::Phase;
use crate::model::world::Site;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::placement::FirstFit;
use crate::policy::schedule::{PoolFilter, try_start};
use crate::policy::{ClusterView, Pass, Preempted, Scheduler};
use crate::units::{SimDuration, TaskId};

use super::room::victims;

/// A task runs for a quantum; if then somebody waits who can use its units, it goes to the end of the queue. A quantum
/// is time of work: saving and restoring do not count. Whoever finds nobody waiting at the end of its quantum begins
/// another. At one instant newcomers join the queue before those whose quantum is over, and of these the longest
/// overdue goes first, then the first to come.
///
/// A quantum as long as the longest task is first come, first served; as it shrinks, tasks share the units.
/// Source: Kleinrock, Naval Research Logistics Quarterly 11, 1964.
pub struct Rr {
    quantum: SimDuration,
    queue: VecDeque<TaskId>,
    /// Of each task that holds units, the attained service at which its quantum is over.
    ends: BTreeMap<TaskId, SimDuration>,
    /// Nobody waited after the last pass.
    calm: bool,
    placement: FirstFit,
    site: Site,
}

impl Rr {
    /// Quanta that ended while nobody waited have been followed by others.
    fn renew(&mut self, view: &ClusterView<'_>) {
        let quantum = self.quantum.as_nanos().max(1);
        for (task, end) in &mut self.ends {
            let past = view.task(*task).attained(view.now()) - *end;
            let more = past.as_nanos().div_ceil(quantum).saturating_mul(quantum);
            *end += SimDuration::from_nanos(more);
        }
    }

    /// Running tasks whose quantum is over, the longest overdue first, then by order of arrival.
    fn overdue(&self, view: &ClusterView<'_>) -> Vec<TaskId> {
        let mut overdue: Vec<_> = view
            .running()
            .filter(|r| r.phase() == Phase::Running)
            .filter_map(|r| {
                let attained = r.attained(view.now());
                let end = self.ends.get(&r.id()).copied().unwrap_or(attained);
                (attained >= end).then(|| (std::cmp::Reverse(attained - end), r.seq(), r.id()))
            })
            .collect();
        overdue.sort_unstable();
        overdue.into_iter().map(|(_, _, id)| id).collect()
    }

    /// Preempts whoever must give way to `task`; `true` where their units are free at once.
    fn make_room(&mut self, task: TaskId, pass: &mut Pass<'_>) -> bool {
        let view = pass.view();
        let overdue = self.overdue(&view);
        if overdue.is_empty() {
            return false;
        }
        let Some(victims) = victims(view.task(task), &overdue, &view) else { return false };
        let mut at_once = !victims.is_empty();
        for victim in victims {
            self.ends.remove(&victim);
            match pass.preempt(victim) {
                Ok(Preempted::Waiting) => self.queue.push_back(victim),
                Ok(Preempted::Saving(_)) => at_once = false,
                Err(_) => return false,
            }
        }
        at_once
    }
}

impl Scheduler for Rr {
    fn on_ready(&mut self, task: TaskId, _view: &ClusterView<'_>) {
        self.queue.push_back(task);
    }

    fn on_end(&mut self, task: TaskId, _view: &ClusterView<'_>) {
        self.ends.remove(&task);
    }

    fn on_leave(&mut self, task: TaskId, _view: &ClusterView<'_>) {
        self.queue.retain(|waiting| *waiting != task);
    }

    fn pass(&mut self, pass: &mut Pass<'_>) {
        if self.calm && !self.queue.is_empty() {
            self.renew(&pass.view());
        }
        while let Some(&head) = self.queue.front() {
            if try_start(head, PoolFilter::Any, &mut self.placement, pass, &mut self.site) {
                self.queue.pop_front();
                let attained = pass.view().task(head).attained(pass.now());
                self.ends.insert(head, attained + self.quantum);
            } else if !self.make_room(head, pass) {
                break;
            }
        }
        self.calm = self.queue.is_empty();
        if self.calm {
            return;
        }
        let view = pass.view();
        let due = |(task, end): (&TaskId, &SimDuration)| {
            let task = view.task(*task);
            (task.attained(view.now()) < *end).then(|| view.attains(task, *end))
        };
        let next = self.ends.iter().filter_map(due).min();
        if let Some(at) = next {
            pass.wake_at(at);
        }
    }
}

/// Parameters.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RrParams {
    /// Time of work before others get their turn; default 1 s.
    quantum: Seconds,
}

impl Default for RrParams {
    fn default() -> Self {
        Self { quantum: Seconds(1.0) }
    }
}

/// A quantum that comes to an end, and not at once.
pub(super) fn quantum(seconds: Seconds) -> Result<SimDuration, BuildError> {
    let quantum = seconds.duration();
    if quantum.is_zero() {
        return Err(
            BuildError::new(format_args!("found {} s, expected a duration > 0", seconds.get())).inside("quantum")
        );
    }
    Ok(quantum)
}

impl Plugin for Rr {
    const NAME: &'static str = "rr";
    const ABOUT: &'static str = "round-robin in time: everybody works for a quantum in turn (Kleinrock 1964)";
    type Params = RrParams;

    fn build(params: RrParams) -> Result<Self, BuildError> {
        Ok(Self {
            quantum: quantum(params.quantum)?,
            queue: VecDeque::new(),
            ends: BTreeMap::new(),
            calm: true,
            placement: FirstFit,
            site: Site::default(),
        })
    }
}
