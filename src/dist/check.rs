//! What a parameter may be, and the error that says so.

use thiserror::Error;

/// Largest value, mean, scale or bound. It keeps every finite moment a finite double.
const LARGEST: f64 = 1e30;
/// Smallest positive one.
const SMALLEST: f64 = 1e-30;
/// Most entries in a list: the index of an entry fits a `u32` with room to spare.
const MOST_ENTRIES: usize = 1 << 24;

/// A parameter that a distribution cannot have.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum DistError {
    /// A number is outside its range, or not a number.
    #[error("`{parameter}` is {found}, expected {expected}")]
    OutOfRange {
        /// Name of the parameter, as in a scenario file.
        parameter: &'static str,
        /// The value found.
        found: f64,
        /// The values that would have been accepted.
        expected: &'static str,
    },
    /// A list has the wrong number of entries.
    #[error("`{parameter}` has {found} entries, expected {expected}")]
    Length {
        /// Name of the parameter, as in a scenario file.
        parameter: &'static str,
        /// The number of entries found.
        found: usize,
        /// The lengths that would have been accepted.
        expected: &'static str,
    },
}

/// `found` if `accepted`, otherwise the error that names it.
pub(super) fn require(
    accepted: bool,
    parameter: &'static str,
    found: f64,
    expected: &'static str,
) -> Result<f64, DistError> {
    if accepted { Ok(found) } else { Err(DistError::OutOfRange { parameter, found, expected }) }
}

/// A value that may be zero.
pub(super) fn non_negative(parameter: &'static str, x: f64) -> Result<f64, DistError> {
    require((0.0..=LARGEST).contains(&x), parameter, x, "a number from 0 to 1e30")
}

/// A value that may not be zero.
pub(super) fn positive(parameter: &'static str, x: f64) -> Result<f64, DistError> {
    require((SMALLEST..=LARGEST).contains(&x), parameter, x, "a number from 1e-30 to 1e30")
}

/// A coefficient of variation.
pub(super) fn cv(x: f64) -> Result<f64, DistError> {
    require(x == 0.0 || (1e-6..=1e3).contains(&x), "cv", x, "0 or a number from 1e-6 to 1000")
}

/// A list of values, none empty or too long.
pub(super) fn list(parameter: &'static str, values: &[f64]) -> Result<(), DistError> {
    length(parameter, values.len(), (1..=MOST_ENTRIES).contains(&values.len()), "1 to 16777216")
}

/// A list as long as its partner, without negative entries, and not all zero.
pub(super) fn weights(parameter: &'static str, weights: &[f64], partner: usize) -> Result<(), DistError> {
    length(parameter, weights.len(), weights.len() == partner, "one for each value")?;
    for &w in weights {
        non_negative(parameter, w)?;
    }
    let largest = weights.iter().fold(0.0, |a: f64, &b| a.max(b));
    require(largest >= SMALLEST, parameter, largest, "a weight of at least 1e-30")?;
    Ok(())
}

fn length(parameter: &'static str, found: usize, accepted: bool, expected: &'static str) -> Result<(), DistError> {
    if accepted { Ok(()) } else { Err(DistError::Length { parameter, found, expected }) }
}
