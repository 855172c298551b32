//! Variants of a scenario under common random numbers.

mod error;
mod grid;
mod judge;
mod result;
mod variant;
mod variation;
mod work;

pub use error::CompareError;
pub use grid::{compare, plan_variants, runs};
pub use judge::{FAMILY_ERROR, Judged, Judgement};
pub use result::{Comparison, Difference, VariantResult};
pub use variant::{Factor, Variant, choose_baseline};
pub use variation::{Variation, variants};
pub use work::{DifferentWork, Work};
