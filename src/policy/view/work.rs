//! What there is to do, as far as one can know: for those who choose speeds.

use crate::model::task::Phase;
use crate::units::{PoolId, SimDuration};

use super::{ClusterView, TaskView, UnitView};

impl<'a> ClusterView<'a> {
    /// Progress per second of `task` in P-state `p` of `pool`, relative to its top one.
    pub fn progress(&self, task: TaskView<'_>, pool: PoolId, p: usize) -> f64 {
        let device = &self.world.cluster.pools[pool.index()].device;
        match self.world.class_of(task.task).option(pool) {
            Some(option) => option.rate(device, p, &task.task.spec.work),
            None => device.rate(p, device.scaling()),
        }
    }

    /// Estimated work left of `task`, as time on `pool` at the top clock; zero where it has run for longer than was
    /// estimated. What a task has done can be seen, what is left cannot.
    pub fn work_left(&self, task: TaskView<'_>, pool: PoolId) -> SimDuration {
        let full = self.estimated_time(task, pool);
        let t = task.task;
        let begun = t.phase == Phase::Running || t.preemptions > 0;
        if !begun {
            return full;
        }
        let mut done = t.service.as_secs_f64() - t.remaining.as_secs_f64();
        if t.phase == Phase::Running {
            let passed = self.now() - t.settled;
            done += (passed - t.overhead_until(self.now())).as_secs_f64() * t.rate;
        }
        if t.pool != pool {
            done *= full.as_secs_f64() / self.estimated_time(task, t.pool).as_secs_f64().max(1e-9);
        }
        SimDuration::from_nanos(full.as_nanos().saturating_sub(SimDuration::from_secs_f64_clamped(done).as_nanos()))
    }

    /// Tasks in the scheduler's queue that may run in `pool`, in no order that means anything.
    pub fn waiting_for(&self, pool: PoolId) -> impl Iterator<Item = TaskView<'a>> + use<'a> {
        let world = self.world;
        let may = move |task: &crate::model::task::Task| {
            task.phase == Phase::Waiting && task.spec.units > 0 && world.class_of(task).option(pool).is_some()
        };
        let waits = world.tasks.iter().filter(move |(_, task)| may(task));
        waits.map(|(id, task)| TaskView { id, task, width: None })
    }
}

impl<'a> UnitView<'a> {
    /// The tasks that work on it.
    pub fn running(&self, view: &ClusterView<'a>) -> impl Iterator<Item = TaskView<'a>> + use<'a> {
        let view = *view;
        self.residents().iter().map(move |id| view.task(*id)).filter(|task| task.phase() == Phase::Running)
    }
}
