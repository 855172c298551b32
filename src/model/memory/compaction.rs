//! When memory is compacted, and how long that takes.

use crate::units::{Bytes, SimDuration};

/// What starts a compaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompactionWhen {
    /// A waiting task would fit by the bytes that are free, but there is no hole for it.
    Failure,
    /// External fragmentation is greater than this, in millionths.
    External(u32),
}

/// Compaction: live bytes are read and written again, at half the memory bandwidth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compaction {
    /// What starts it.
    pub when: CompactionWhen,
    /// Memory bandwidth in B/s; `None` is that of the device.
    pub bandwidth: Option<f64>,
}

impl Compaction {
    /// How long it takes to move `bytes` on a device with memory bandwidth `device` (B/s): `2 bytes / B`.
    /// Without any bandwidth it takes no time.
    pub fn time(&self, bytes: Bytes, device: Option<f64>) -> SimDuration {
        self.bandwidth
            .or(device)
            .map_or(SimDuration::ZERO, |rate| SimDuration::from_secs_f64_clamped(2.0 * bytes.get() as f64 / rate))
    }
}
