//! Ranking and selection: which of many is the best, with as few samples as may be.

mod kn;
mod ocba;

pub use kn::{Kn, KnRules};
pub use ocba::{correct_selection, ocba, ocba_step};
