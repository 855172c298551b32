//! What failures take from a task, and what checkpoints keep.

use crate::units::{SimDuration, SimTime, TaskId};

use super::super::preemption::Work;
use super::super::recovery::Saved;
use super::super::task::{Phase, Task};
use super::World;

impl World {
    /// A task has just been started: what it has is safe, and its first checkpoint is set. Costs nothing where
    /// nothing fails and nothing is saved.
    pub(super) fn begin_recovery(&mut self, id: TaskId) {
        if self.outages.is_none() && self.checkpoints.is_none() {
            return;
        }
        let (interval, cost) = self.checkpointing(&self.tasks[id]);
        let task = &mut self.tasks[id];
        let at = Saved { remaining: task.remaining, run: task.run };
        task.recovery.get_or_insert_default().begin(at, interval, cost);
    }

    /// Work between two checkpoints of a task on the units that it holds, zero for none, and the time of one.
    fn checkpointing(&self, task: &Task) -> (SimDuration, SimDuration) {
        let Some(law) = &self.checkpoints else { return Default::default() };
        let cost = law.cost.of(task.checkpoint());
        let units = task.units.as_slice();
        let mut nodes: Vec<_> = units.iter().map(|u| self.cluster.units[u.index()].node).collect();
        nodes.extend(task.nodes.as_slice());
        nodes.sort_unstable();
        nodes.dedup();
        // Any failure stops a gang: rates add up.
        let of_units: f64 = units.iter().filter_map(|u| law.unit_rates.get(u.index())).sum();
        let of_nodes: f64 = nodes.iter().filter_map(|n| law.node_rates.get(n.index())).sum();
        (law.interval.work(cost, of_units + of_nodes).unwrap_or_default(), cost)
    }

    /// A running task begins a checkpoint: it stands still until that is written. The caller has settled it.
    pub fn begin_checkpoint(&mut self, id: TaskId, now: SimTime) {
        let task = &mut self.tasks[id];
        let Some(recovery) = &mut task.recovery else { return };
        task.remaining = recovery.next();
        let done = recovery.checkpoint(Saved { remaining: task.remaining, run: task.run }, now);
        task.restore = done - task.last_start;
    }

    /// The units of `id` fail under it: it gives everything back. What it has done since it was last safe is lost,
    /// unless work is kept; the lost time is returned. The list of its units stays readable.
    pub fn strike(&mut self, id: TaskId, work: Work, now: SimTime) -> SimDuration {
        if self.tasks[id].phase != Phase::Placed {
            self.stop_running(id, now);
        }
        let restart = match &self.checkpoints {
            Some(law) => law.restart.of(self.tasks[id].checkpoint()),
            None => SimDuration::ZERO,
        };
        let task = &mut self.tasks[id];
        task.epoch = task.epoch.wrapping_add(1);
        let mut lost = SimDuration::ZERO;
        let recovery = task.recovery.get_or_insert_default();
        let safe = recovery.hit(now, restart);
        if work == Work::Lost && task.phase != Phase::Placed {
            lost = task.run - safe.run;
            recovery.lost += lost;
            (task.remaining, task.run) = (safe.remaining, safe.run);
            if safe.remaining == task.service {
                // Nothing is left of it: it starts as if for the first time.
                task.service = SimDuration::ZERO;
            }
        }
        self.vacate(id, now);
        lost
    }
}
