//! Estimators: pure functions and small accumulators, one to a file.
//!
//! None draws a random number, reads a clock or knows what it measures.

mod fairness;
mod holm;
mod interval;
mod moments;
mod paired;
mod quantile;
mod student;
mod time_average;
mod welch;

pub use fairness::jain;
pub use holm::holm;
pub use interval::{Interval, mean_interval};
pub use moments::Moments;
pub use paired::{MeanDifference, Verdict, paired};
pub use quantile::{QuantileSketch, nearest_rank};
pub use student::{student_t, student_t_outside, student_t_real};
pub use time_average::{LevelAverage, TimeAverage};
pub use welch::welch;
