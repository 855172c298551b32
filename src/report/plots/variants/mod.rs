//! Charts that set variants beside each other, one a file.

mod area;
pub(super) mod bars;
mod bars_draw;
pub(super) mod boxes;
pub(super) mod curves;
pub(super) mod energy_response;
pub(super) mod forest;
