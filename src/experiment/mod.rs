//! Experiments: a scenario run many times, alone or against variants of itself.

mod compare;
mod precision;
mod run;
mod select;
mod ties;
mod warmup;

pub use compare::{
    CompareError, Comparison, Difference, DifferentWork, FAMILY_ERROR, Factor, Judged, Judgement, Variant,
    VariantResult, Variation, Work, assemble, compare, group, plan_variants, runs, variants,
};
pub use precision::{PrecisionError, Reached, Target, replicate_until_precise};
pub use run::{Outputs, Progress, Replication, RunError, RunOptions, replicate, replicate_range};
pub use select::{Fate, Indifference, Objective, Procedure, SelectError, SelectGrid, Selection, select};
pub use ties::{TieRange, take_ties, with_shuffled_ties};
pub use warmup::{PILOTS, Pilot, WarmUp, WarmUpError, find_warmup};
