//! Charts of one run, one a file.

pub(super) mod gantt;
pub(super) mod gantt_rows;
pub(super) mod memory;
pub(super) mod packing;
pub(super) mod power;
pub(super) mod queue;
pub(super) mod utilization;
pub(super) mod wait_cdf;
