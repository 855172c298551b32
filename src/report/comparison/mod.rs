//! Files of a comparison: tidy CSV, JSON, and tables for papers.

pub mod csv;
mod headline;
mod json;
mod latex;
mod markdown;
mod paper;
mod words;

pub use headline::{headlines, headlines_among, is_headline};
pub use json::to_json;
pub use latex::latex;
pub use markdown::markdown;
pub use words::{remark, verdict_word};

use crate::experiment::{Comparison, Judgement};

/// All differences, with verdicts for the headline metrics of the comparison: their family is every pair of a variant and
/// one of [`headlines`].
pub fn judge(comparison: &Comparison) -> Judgement {
    comparison.judge(&headlines(comparison))
}
