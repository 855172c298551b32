//! Experiments: a scenario run many times, alone or against variants of itself.

mod compare;
mod run;
mod ties;

pub use compare::{
    CompareError, Comparison, Difference, DifferentWork, FAMILY_ERROR, Factor, Judged, Judgement, Variant,
    VariantResult, Variation, Work, choose_baseline, compare, plan_variants, runs, variants,
};
pub use run::{Outputs, Progress, Replication, RunError, RunOptions, replicate, replicate_range};
pub use ties::{TieRange, take_ties, with_shuffled_ties};
