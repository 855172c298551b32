//! Charts that set variants beside each other, one a file.

pub(super) mod bars;
pub(super) mod bars_draw;
pub(super) mod energy_response;
pub(super) mod tuning;
