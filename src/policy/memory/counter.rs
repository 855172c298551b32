//! Memory as a number of bytes.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::memory::Allocator;
use crate::policy::MemoryPolicy;
use crate::policy::registry::{BuildError, Plugin};
use crate::units::Bytes;

/// A task fits while the sum of what is asked for stays within the capacity: no fragmentation, and so a
/// bound on what any allocator can admit.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counter;

/// No parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {}

impl MemoryPolicy for Counter {
    fn allocator(&self, _capacity: Bytes) -> Option<Box<dyn Allocator>> {
        None
    }
}

impl Plugin for Counter {
    const NAME: &'static str = "counter";
    const ABOUT: &'static str = "only the sum of bytes counts; no fragmentation";
    type Params = Params;

    fn build(_: Params) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
