//! What went to the cloud, and what it cost.

use super::Metrics;
use crate::model::task::Task;
use crate::model::world::World;

#[derive(Clone, Debug, Default)]
pub(super) struct CloudFold {
    offloaded: u64,
    usd: f64,
    bytes: u128,
}

impl CloudFold {
    /// A task has ended, here or there.
    pub(super) fn end(&mut self, task: &Task) {
        if task.in_cloud {
            self.offloaded += 1;
            self.usd += task.cost_usd;
            self.bytes += u128::from(task.spec.input.get()) + u128::from(task.spec.output.get());
        }
    }

    pub(super) fn report(&self, world: &World, m: &mut Metrics) {
        if self.offloaded == 0 && world.classes.iter().all(|c| c.cloud_factor.is_none()) {
            return;
        }
        m.insert("cloud.offloaded".into(), self.offloaded as f64);
        m.insert("cloud.cost_usd".into(), self.usd);
        m.insert("cloud.bytes".into(), self.bytes as f64);
    }
}
