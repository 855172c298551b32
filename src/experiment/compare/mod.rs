//! Variants of a scenario under common random numbers.

mod error;
mod grid;
mod judge;
mod result;
mod variant;
mod variation;
mod work;

pub use error::CompareError;
pub(super) use grid::run_one;
pub use grid::{assemble, compare, plan_variants, runs};
pub use judge::{FAMILY_ERROR, Judged, Judgement};
pub use result::{Comparison, Difference, VariantResult};
pub use variant::{Factor, Variant, group};
pub use variation::{Variation, variants};
pub(super) use work::first_difference_of;
pub use work::{DifferentWork, Work};
