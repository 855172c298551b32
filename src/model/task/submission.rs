//! What is asked for, and what is true.

use std::sync::Arc;

use crate::units::{Bytes, Share, SimDuration};

use super::super::elastic::Elastic;

/// A task's name in its trace or scenario; numbers come before texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// A number.
    Number(u64),
    /// A text.
    Text(Arc<str>),
}

impl std::fmt::Display for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(n) => write!(f, "{n}"),
            Self::Text(t) => f.write_str(t),
        }
    }
}

/// The true amount of work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Work {
    /// Time on the reference.
    Time(SimDuration),
    /// Operations and bytes moved: the time is the device's roofline.
    Roofline {
        /// Floating-point operations.
        flops: f64,
        /// Bytes moved to and from device memory.
        bytes: f64,
    },
}

/// Predicted times on the reference: means over earlier tasks that are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forecasts {
    /// Of the same user.
    pub user: SimDuration,
    /// Of the same user and group.
    pub group: SimDuration,
    /// Of the same user, group and number of devices.
    pub group_devices: SimDuration,
}

/// Data that a task needs from another of its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// Position of the other task.
    pub from: u32,
    /// How much.
    pub bytes: Bytes,
}

/// A task as its source hands it in.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Name in its source.
    pub label: Label,
    /// Class, an index into the run's classes.
    pub class: u32,
    /// True work; never shown to a policy.
    pub work: Work,
    /// The user's estimate of the time on the reference; `None` is the truth.
    pub estimate: Option<SimDuration>,
    /// Whether it is killed when the estimate is over.
    pub kill_at_estimate: bool,
    /// Gang width; 0 for a task that needs only its host.
    pub units: u32,
    /// Other widths that a scheduler may choose; its work is then that at `units`.
    pub elastic: Option<Arc<Elastic>>,
    /// Equal parts that may be in different nodes; each has its part of the units and host resources of its own.
    pub instances: u32,
    /// Part of each unit; more than the whole of one device only on pooled units.
    pub share: Share,
    /// Device memory per unit.
    pub memory: Bytes,
    /// Standard deviation of what it uses of that, per unit: what admission by quantile keeps back for it.
    pub memory_sd: Bytes,
    /// State per unit that preemption saves and restores; `None` is all its device memory.
    pub checkpoint: Option<Bytes>,
    /// Host processors of each instance, in thousandths.
    pub host_cpus: u64,
    /// Host memory of each instance.
    pub host_memory: Bytes,
    /// Higher is more urgent.
    pub priority: f64,
    /// Time allowed from arrival to end; `None` has no deadline.
    pub deadline: Option<SimDuration>,
    /// How long it waits in the queue for its first start before it leaves; `None` waits for ever.
    pub patience: Option<SimDuration>,
    /// Who submitted it.
    pub user: u32,
    /// What the log's own predictors said of the time on the reference.
    pub forecasts: Option<Arc<Forecasts>>,
    /// Bytes to upload before a run in the cloud.
    pub input: Bytes,
    /// Bytes to download after it.
    pub output: Bytes,
    /// Positions, in the same source, of the tasks that must have completed.
    pub after: Vec<u32>,
    /// Of those, the ones whose data it needs, in ascending order of position.
    pub needs: Vec<Need>,
    /// Returned to the source when the task ends.
    pub tag: u32,
}

impl Submission {
    /// Units times share, in millionths of a unit.
    pub fn demand(&self) -> u64 {
        u64::from(self.units) * u64::from(self.share.0)
    }

    /// One unit, no memory, no deadline: the plain task of queueing theory.
    pub fn plain(label: Label, class: u32, duration: SimDuration) -> Self {
        Self {
            label,
            class,
            work: Work::Time(duration),
            estimate: None,
            kill_at_estimate: false,
            units: 1,
            instances: 1,
            elastic: None,
            share: Share::WHOLE,
            memory: Bytes::ZERO,
            memory_sd: Bytes::ZERO,
            checkpoint: None,
            host_cpus: 0,
            host_memory: Bytes::ZERO,
            priority: 0.0,
            deadline: None,
            patience: None,
            user: 0,
            forecasts: None,
            input: Bytes::ZERO,
            output: Bytes::ZERO,
            after: Vec::new(),
            needs: Vec::new(),
            tag: 0,
        }
    }
}
