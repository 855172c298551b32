//! Charts that set variants beside each other, one a file.

mod area;
pub(super) mod bars;
mod bars_draw;
pub(super) mod boxes;
pub(super) mod curves;
pub(super) mod energy_response;
pub(super) mod forest;
pub(super) mod heat_map;
pub(super) mod load_curve;
pub(super) mod tuning;
