//! Estimators: pure functions and small accumulators, one to a file.
//!
//! None draws a random number, reads a clock or knows what it measures.

mod fairness;
mod interval;
mod moments;
mod paired;
mod precision;
mod quantile;
mod student;
mod time_average;

pub use fairness::jain;
pub use interval::{Interval, mean_interval};
pub use moments::Moments;
pub use paired::{Paired, Verdict, paired};
pub use precision::{StoppingRule, relative_half_width};
pub use quantile::{QuantileSketch, nearest_rank};
pub use student::{student_t, student_t_outside};
pub use time_average::{LevelAverage, TimeAverage};
