//! Charts of one run, one a file.

pub(super) mod boxes;
pub(super) mod gantt;
mod gantt_paint;
mod gantt_pieces;
pub(super) mod gantt_rows;
pub(super) mod memory;
pub(super) mod packing;
pub(super) mod power;
pub(super) mod queue;
pub(super) mod residency;
pub(super) mod temperature;
pub(super) mod utilization;
pub(super) mod wait_ccdf;
pub(super) mod wait_cdf;
