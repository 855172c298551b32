//! Estimators: pure functions and small accumulators, one to a file.
//!
//! None draws a random number, reads a clock or knows what it measures.

mod batch_means;
mod fairness;
mod holm;
mod interval;
mod moments;
mod mser;
mod paired;
mod precision;
mod quantile;
mod rank_interval;
mod ratio;
pub mod select;
mod student;
mod time_average;
mod welch;

pub use batch_means::{BatchMeans, Batches, DEPENDENCE_TEST, batch_means};
pub use fairness::jain;
pub use holm::holm;
pub use interval::{Interval, mean_interval};
pub use moments::Moments;
pub use mser::{MSER_BATCH, Mser, mser5};
pub use paired::{MeanDifference, Verdict, paired};
pub use precision::{StoppingRule, relative_half_width};
pub use quantile::{QuantileSketch, nearest_rank};
pub use rank_interval::{RankInterval, quantile_ranks};
pub use ratio::{Ratio, ratio_of_means};
pub use student::{student_t, student_t_outside, student_t_real};
pub use time_average::{LevelAverage, TimeAverage};
pub use welch::welch;
