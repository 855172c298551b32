//! A quantity as it stands in a file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::{Dimension, QuantityError, parse_quantity};

/// A number in SI base units, or a text with a unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Quantity {
    /// In SI base units.
    Number(f64),
    /// Such as `"16 GiB"`.
    Text(String),
}

impl Quantity {
    /// The quantity in SI base units of `dimension`.
    ///
    /// # Errors
    /// The text is not a finite number with a unit of `dimension`, or the number is not finite.
    pub fn si(&self, dimension: Dimension) -> Result<f64, QuantityError> {
        match self {
            Self::Number(value) if value.is_finite() => Ok(*value),
            Self::Number(value) => Err(QuantityError::Number(value.to_string())),
            Self::Text(text) => parse_quantity(text, dimension),
        }
    }
}
