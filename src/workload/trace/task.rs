//! A job of any log in the words of a task: what a scenario replays and what `import` writes.

use crate::model::task::Label;
use crate::units::{Bytes, Share, SimDuration, SimTime};

/// One job of a log.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceTask {
    /// Name in the log.
    pub id: Label,
    /// Name of its class, where the log sorts its jobs.
    pub class: Option<String>,
    /// Arrival.
    pub arrival: SimTime,
    /// How long it runs on a unit of speed 1.
    pub run: SimDuration,
    /// What its user said of that; `None`: the truth.
    pub estimate: Option<SimDuration>,
    /// Gang width; 0 for a task that needs only its host.
    pub units: u32,
    /// Equal parts that may be in different nodes; divides the width.
    pub instances: u32,
    /// Part of each unit; more than one device only for pooled units.
    pub share: Share,
    /// Device memory per unit.
    pub memory: Bytes,
    /// Host processors in thousandths.
    pub host_cpus: u64,
    /// Host memory.
    pub host_memory: Bytes,
    /// Higher is more urgent.
    pub priority: f64,
    /// Time allowed from arrival to end.
    pub deadline: Option<SimDuration>,
    /// Who submitted it.
    pub user: u32,
    /// Kinds or devices that can run it; empty: the format's default.
    pub runs_on: Vec<String>,
    /// Device models that it is bound to; empty: any of those it runs on.
    pub devices: Vec<String>,
    /// Whether all its units must be in one node.
    pub one_node: bool,
}

impl TraceTask {
    /// A task of one unit that asks for nothing else.
    pub fn plain(id: Label, arrival: SimTime, run: SimDuration) -> Self {
        Self {
            id,
            class: None,
            arrival,
            run,
            estimate: None,
            units: 1,
            instances: 1,
            share: Share::WHOLE,
            memory: Bytes::ZERO,
            host_cpus: 0,
            host_memory: Bytes::ZERO,
            priority: 0.0,
            deadline: None,
            user: 0,
            runs_on: Vec::new(),
            devices: Vec::new(),
            one_node: false,
        }
    }
}
