//! Experiments: a scenario run many times, alone or against variants of itself.

mod compare;
mod precision;
mod run;
mod ties;
mod warmup;

pub use compare::{
    CompareError, Comparison, Difference, Variant, VariantResult, Variation, compare, plan_variants, variants,
};
pub use precision::{PrecisionError, Reached, Target, replicate_until_precise};
pub use run::{Outputs, Progress, Replication, RunError, RunOptions, replicate, replicate_range};
pub use ties::{TieRange, take_ties, with_shuffled_ties};
pub use warmup::{PILOTS, Pilot, WarmUp, WarmUpError, find_warmup};
