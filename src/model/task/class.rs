//! Classes of tasks: what all of one kind have in common.

use std::sync::Arc;

use crate::units::{PoolId, SimDuration};

use super::super::device::{Activity, Device, Roofline, Scaling};
use super::Work;

/// One pool that a class of tasks may use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PoolOption {
    /// The pool.
    pub pool: PoolId,
    /// Time there over the reference duration; at least 1e-9.
    pub factor: f64,
    /// Reference time done there per time, as it was stated: of this `factor` is the rounded inverse.
    pub speed: f64,
    /// How its time scales with the clock.
    pub scaling: Scaling,
    /// Time of operations and bytes there, at the class's precision.
    pub roofline: Roofline,
}

impl PoolOption {
    /// Progress per second of `work` in P-state `p` of the pool's device, relative to the top one.
    pub fn rate(&self, device: &Device, p: usize, work: &Work) -> f64 {
        match work {
            Work::Roofline { flops, bytes } if self.scaling.counts => {
                device.slowness(p).map_or(1.0, |ratio| self.roofline.rate(*flops, *bytes, ratio))
            }
            _ => device.rate(p, self.scaling),
        }
    }

    /// Full time of `work` at full speed.
    #[inline]
    pub fn time_of(&self, work: &Work) -> SimDuration {
        match work {
            Work::Time(duration) => duration.scaled(self.factor),
            Work::Roofline { flops, bytes } => {
                SimDuration::from_secs_f64_clamped(self.roofline.seconds(*flops, *bytes) * self.factor)
            }
        }
    }
}

/// What all tasks of one class have in common.
#[derive(Clone, Debug)]
pub struct Class {
    /// Name of the class.
    pub name: Arc<str>,
    /// Index of its source.
    pub source: u16,
    /// Pools it may use, fastest first, then in the order of the cluster. A gang never mixes pools.
    pub options: Vec<PoolOption>,
    /// Whether all units must be in one node.
    pub one_node: bool,
    /// Time in the cloud over the reference duration; `None` stays local.
    pub cloud_factor: Option<f64>,
    /// What its tasks make of their units; `None`: nothing is said.
    pub activity: Option<Activity>,
    /// How long after its arrival a task may be held back; not, where it is zero.
    pub deferrable: SimDuration,
}

impl Class {
    /// The option for `pool`.
    pub fn option(&self, pool: PoolId) -> Option<&PoolOption> {
        self.options.iter().find(|o| o.pool == pool)
    }
}
