//! Lines at the units, and who joins which.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::world::Site;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::lines::Lines;
use crate::policy::{ClusterView, Pass, Scheduler, TaskView};
use crate::units::{NodeId, PoolId, SimDuration, TaskId, UnitId};

use super::{
    Choose, FastestFinish, FastestUnit, JoinIdleQueue, JoinShortestQueue, LeastWork, Load, PowerOfD, Random,
    RoundRobin, Steal,
};

/// Every task is bound to a unit at the instant at which it becomes ready, in order of becoming ready, and served there
/// first come, first served. A gang stands in line at all its units and starts when it is first at every one.
///
/// With stealing, a unit with nothing on it and nobody in line takes from the longest other line with a task that it
/// can serve (ties: lowest unit), oldest tasks first; gangs stay. Stealing is free. Sources: Blumofe & Leiserson, JACM
/// 46(5), 1999, where the victim is drawn by lot; Mitzenmacher, SPAA 1998.
///
/// A decision costs O(log n) of n units, or O(d log n); a task that must stay within a node may cost O(n). While units
/// are idle and the tasks in line are none that they can serve, a pass looks at all tasks in line.
pub struct Dispatch {
    rule: Box<dyn Choose>,
    steal: Steal,
    load: Load,
    lines: Lines,
    arrived: Vec<TaskId>,
}

/// Which line a task joins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChooseBy {
    /// Any at random.
    #[default]
    Random,
    /// The next in turn.
    RoundRobin,
    /// The shortest.
    Jsq,
    /// The shortest of `d` drawn at random.
    PowerOfD,
    /// That of an idle unit, else any at random.
    Jiq,
    /// The one whose work is done first.
    LeastWork,
    /// The one where the task would end first.
    FastestFinish,
    /// The least loaded among the fastest units.
    Met,
    /// As `least-work`.
    Olb,
}

/// How tasks are dispatched.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DispatchParams {
    /// Which line a task joins; default `random`.
    pub choose: ChooseBy,
    /// How many lines `power-of-d` looks at; default 2.
    pub d: Option<u32>,
    /// What idle units take from others; default `none`.
    pub steal: Steal,
}

impl Plugin for Dispatch {
    const NAME: &'static str = "dispatch";
    const ABOUT: &'static str = "a line at every unit; `choose` binds tasks to them, `steal` moves them";
    type Params = DispatchParams;

    fn build(params: DispatchParams) -> Result<Self, BuildError> {
        if params.d.is_some() && params.choose != ChooseBy::PowerOfD {
            return Err(BuildError::new("`d` belongs to `\"choose\": \"power-of-d\"`").inside("d"));
        }
        let d = params.d.unwrap_or(2);
        if d == 0 {
            return Err(BuildError::new("found 0, expected at least 1 unit to draw").inside("d"));
        }
        let rule: Box<dyn Choose> = match params.choose {
            ChooseBy::Random => Box::new(Random),
            ChooseBy::RoundRobin => Box::new(RoundRobin::default()),
            ChooseBy::Jsq => Box::new(JoinShortestQueue),
            ChooseBy::PowerOfD => Box::new(PowerOfD { d }),
            ChooseBy::Jiq => Box::new(JoinIdleQueue),
            ChooseBy::LeastWork | ChooseBy::Olb => Box::new(LeastWork),
            ChooseBy::FastestFinish => Box::new(FastestFinish),
            ChooseBy::Met => Box::new(FastestUnit),
        };
        let (load, lines) = (Load::default(), Lines::default());
        Ok(Self { rule, steal: params.steal, load, lines, arrived: Vec::new() })
    }
}

impl Scheduler for Dispatch {
    fn on_ready(&mut self, task: TaskId, _view: &ClusterView<'_>) {
        self.arrived.push(task);
    }

    fn on_end(&mut self, task: TaskId, view: &ClusterView<'_>) {
        let task = view.task(task);
        if self.load.knows_cluster() {
            for &unit in task.held() {
                self.load.end(unit, view);
            }
        }
        self.lines.freed(task, view);
    }

    fn on_down(&mut self, unit: UnitId, view: &ClusterView<'_>) {
        // Whoever stood in line there joins another line, before those that come now.
        let homeless: Vec<TaskId> = self.lines.waiting(unit).collect();
        for task in &homeless {
            self.unbind(view.task(*task), view);
        }
        self.arrived.splice(0..0, homeless);
    }

    fn on_up(&mut self, unit: UnitId, _view: &ClusterView<'_>) {
        self.lines.repaired(unit);
    }

    fn on_leave(&mut self, task: TaskId, view: &ClusterView<'_>) {
        self.arrived.retain(|arrived| *arrived != task);
        self.unbind(view.task(task), view);
    }

    fn pass(&mut self, pass: &mut Pass<'_>) {
        if !self.load.knows_cluster() {
            self.load.see_cluster(&pass.view());
        }
        for id in std::mem::take(&mut self.arrived) {
            let (view, rng) = pass.parts();
            let task = view.task(id);
            let host_only = (task.units() == 0).then(Site::default);
            match host_only.or_else(|| self.rule.choose(task, &mut self.load, &view, rng)) {
                Some(site) => self.bind(task, site, &view),
                None => self.arrived.push(id),
            }
        }
        self.start(pass);
        if self.steal != Steal::None {
            while self.steal_once(&pass.view()) {
                self.start(pass);
            }
        }
    }
}

/// Estimated time of `task` at `unit`.
fn time_at(task: TaskView<'_>, unit: UnitId, view: &ClusterView<'_>) -> SimDuration {
    view.estimated_remaining(task, view.pool_of(unit))
}

impl Dispatch {
    fn bind(&mut self, task: TaskView<'_>, site: Site, view: &ClusterView<'_>) {
        for &unit in &site.units {
            self.load.join(unit, time_at(task, unit, view), view);
        }
        self.lines.join(task.seq(), task.id(), site);
    }

    fn unbind(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) {
        let Some(site) = self.lines.leave(task.seq()) else { return };
        for unit in site.units {
            self.load.leave(unit, time_at(task, unit, view), view);
        }
    }

    fn start(&mut self, pass: &mut Pass<'_>) {
        let load = &mut self.load;
        self.lines.start(pass, |id, view| {
            let task = view.task(id);
            for &unit in task.held() {
                load.start(unit, time_at(task, unit, view), view);
            }
        });
    }

    /// One idle unit takes what it may; `false` where none can.
    fn steal_once(&mut self, view: &ClusterView<'_>) -> bool {
        if self.load.longest_lines().next().is_none() {
            return false;
        }
        // Units of one kind in one node can serve the same tasks.
        let mut in_vain: BTreeSet<(PoolId, NodeId)> = BTreeSet::new();
        for pool in (0..view.pool_count()).map(|p| PoolId(p as u16)) {
            let mut from = 0;
            while let Some(thief) = view.next_whole_free(pool, from) {
                from = view.local_index(thief) + 1;
                let kind = (pool, view.unit(thief).node());
                if self.load.length(thief) > 0 || in_vain.contains(&kind) {
                    continue;
                }
                let loot = self.loot(thief, view);
                if loot.is_empty() {
                    in_vain.insert(kind);
                    continue;
                }
                for id in loot {
                    let task = view.task(id);
                    self.unbind(task, view);
                    let node = view.one_node(task).then(|| view.unit(thief).node());
                    self.bind(task, Site::new(vec![thief], node), view);
                }
                return true;
            }
        }
        false
    }

    /// What `thief` takes: of the longest line with tasks that it can serve, the oldest of them.
    fn loot(&self, thief: UnitId, view: &ClusterView<'_>) -> Vec<TaskId> {
        let (pool, node) = (view.pool_of(thief), view.unit(thief).node());
        let serves = |id: &TaskId| {
            let task = view.task(*id);
            let here = task.units() == 1 && view.options(task).iter().any(|o| o.pool == pool) && view.fits(task, thief);
            here && (!view.one_node(task) || view.node_fits(task, node))
        };
        for (_, victim) in self.load.longest_lines() {
            let mut found: Vec<TaskId> = self.lines.waiting(victim).filter(serves).collect();
            found.truncate(self.steal.loot(found.len()));
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }
}
