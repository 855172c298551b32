//! Memory as a number of bytes.

use crate::model::memory::Allocator;
use crate::policy::MemoryPolicy;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::units::Bytes;

/// A task fits while the sum of what is asked for stays within the capacity: no fragmentation, and so a
/// bound on what any allocator can admit.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counter;

impl MemoryPolicy for Counter {
    fn allocator(&self, _capacity: Bytes) -> Option<Box<dyn Allocator>> {
        None
    }
}

impl Plugin for Counter {
    const NAME: &'static str = "counter";
    const ABOUT: &'static str = "only the sum of bytes counts; no fragmentation";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
