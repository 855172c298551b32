//! Memory as a number of bytes, under the first XPU manager's name.

use crate::model::memory::Allocator;
use crate::policy::MemoryPolicy;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::units::Bytes;

/// The first XPU manager's `simple` strategy: it adds up what is asked for, and so is [`Counter`](super::Counter)
/// under another name.
#[derive(Clone, Copy, Debug, Default)]
pub struct Simple;

impl MemoryPolicy for Simple {
    fn allocator(&self, _capacity: Bytes) -> Option<Box<dyn Allocator>> {
        None
    }
}

impl Plugin for Simple {
    const NAME: &'static str = "simple";
    const ABOUT: &'static str = "as `counter` (the first XPU manager's `simple`)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
