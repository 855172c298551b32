//! A scheduler of three parts.

use crate::units::TaskId;

use super::super::{ClusterView, Pass, Scheduler};
use super::{Backfill, Order, OrderedQueue, Placement};

/// Order × backfill × placement.
pub struct Composed {
    queue: OrderedQueue,
    backfill: Box<dyn Backfill>,
    placement: Box<dyn Placement>,
}

impl Composed {
    /// Puts the parts together.
    pub fn new(order: Box<dyn Order>, backfill: Box<dyn Backfill>, placement: Box<dyn Placement>) -> Self {
        Self { queue: OrderedQueue::new(order), backfill, placement }
    }
}

impl Scheduler for Composed {
    fn on_ready(&mut self, task: TaskId, view: &ClusterView<'_>) {
        self.queue.insert(task, view);
        self.backfill.on_ready(task, view);
    }

    fn on_end(&mut self, task: TaskId, view: &ClusterView<'_>) {
        self.backfill.on_end(task, view);
    }

    fn on_leave(&mut self, task: TaskId, view: &ClusterView<'_>) {
        self.queue.remove(task);
        self.backfill.on_leave(task, view);
    }

    fn pass(&mut self, pass: &mut Pass<'_>) {
        self.queue.refresh(&pass.view());
        if self.queue.is_empty() {
            return;
        }
        self.backfill.pass(&mut self.queue, self.placement.as_mut(), pass);
    }
}
