//! Random quantities, where scenarios look for them.

pub use crate::json::{Random, Scalar};
