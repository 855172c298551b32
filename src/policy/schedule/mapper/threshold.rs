//! Slow units only for long queues.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::json::{SubError, inner};
use crate::model::world::Site;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::placement::FirstFit;
use crate::policy::schedule::{PoolFilter, try_start};
use crate::policy::{ClusterView, Pass, Scheduler, TaskView};
use crate::units::{PoolId, TaskId};

/// Order of arrival, fastest units first; a slower unit is used only while at least so many tasks wait, the one that
/// would get it among them. The head blocks.
///
/// Fast are the pools where the head takes least time. With one fast and one slow unit such a rule minimises the mean
/// response: a short queue is better off waiting for the fast one. Source: Lin & Kumar, IEEE Trans. Automatic Control
/// 29(8), 1984.
pub struct Threshold {
    slow_at: SlowAt,
    waiting: BTreeSet<(u64, TaskId)>,
    site: Site,
}

/// Least number of waiting tasks that makes a slow unit worth its while.
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema)]
#[serde(untagged)]
pub enum SlowAt {
    /// For all slow units.
    All(u32),
    /// By device id; 1 where none is given.
    ByDevice(BTreeMap<String, u32>),
}

impl<'de> Deserialize<'de> for SlowAt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let read = if value.is_object() { inner(value).map(Self::ByDevice) } else { inner(value).map(Self::All) };
        read.map_err(SubError::into_error)
    }
}

impl SlowAt {
    fn of(&self, device: &str) -> usize {
        match self {
            Self::All(n) => *n as usize,
            Self::ByDevice(by_device) => by_device.get(device).map_or(1, |n| *n as usize),
        }
    }
}

/// When slow units are used.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ThresholdParams {
    /// So many tasks must wait for a slow unit to be used: a number, or numbers by device id; default 2.
    pub slow_at: SlowAt,
}

impl Default for ThresholdParams {
    fn default() -> Self {
        Self { slow_at: SlowAt::All(2) }
    }
}

impl Plugin for Threshold {
    const NAME: &'static str = "threshold";
    const ABOUT: &'static str = "fastest units first, slow ones only while `slow_at` tasks wait (Lin & Kumar 1984)";
    type Params = ThresholdParams;

    fn build(params: ThresholdParams) -> Result<Self, BuildError> {
        Ok(Self { slow_at: params.slow_at, waiting: BTreeSet::new(), site: Site::default() })
    }
}

impl Threshold {
    /// The pools that `task` may have while so many wait, fastest first.
    fn pools(&self, task: TaskView<'_>, view: &ClusterView<'_>) -> Vec<PoolId> {
        let mut timed: Vec<_> = view.possible(task).map(|o| (view.estimated_remaining(task, o.pool), o.pool)).collect();
        timed.sort_by_key(|(time, _)| *time);
        let fast = timed.first().map(|(time, _)| *time);
        let device = |pool: PoolId| view.pool_units(pool).first().map_or("", |unit| view.unit(*unit).device());
        timed.retain(|(time, pool)| Some(*time) == fast || self.waiting.len() >= self.slow_at.of(device(*pool)));
        timed.into_iter().map(|(_, pool)| pool).collect()
    }

    fn start(&mut self, id: TaskId, pass: &mut Pass<'_>) -> bool {
        let view = pass.view();
        let task = view.task(id);
        if task.units() == 0 {
            return try_start(id, PoolFilter::Any, &mut FirstFit, pass, &mut self.site);
        }
        let pools = self.pools(task, &view);
        pools.into_iter().any(|pool| try_start(id, PoolFilter::Only(pool), &mut FirstFit, pass, &mut self.site))
    }
}

impl Scheduler for Threshold {
    fn on_ready(&mut self, task: TaskId, view: &ClusterView<'_>) {
        self.waiting.insert((view.task(task).seq(), task));
    }

    fn on_leave(&mut self, task: TaskId, view: &ClusterView<'_>) {
        self.waiting.remove(&(view.task(task).seq(), task));
    }

    fn pass(&mut self, pass: &mut Pass<'_>) {
        while let Some(&(seq, id)) = self.waiting.first() {
            if !self.start(id, pass) {
                return;
            }
            self.waiting.remove(&(seq, id));
        }
    }
}
