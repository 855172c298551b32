//! First fit in whole blocks, as the first XPU manager placed memory.

use schemars::JsonSchema;
use serde::Deserialize;

use super::params::{CompactionParams, positive};
use super::{Contiguous, FirstFit};
use crate::json::ByteCount;
use crate::model::memory::{Allocator, Compaction};
use crate::policy::MemoryPolicy;
use crate::policy::registry::{BuildError, Plugin};
use crate::units::Bytes;

/// First fit; requests are rounded up to whole blocks.
#[derive(Clone, Copy, Debug)]
pub struct Dynamic {
    block: u64,
    compaction: Option<Compaction>,
}

/// Parameters of [`Dynamic`].
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Size of a block. Default 2 MiB, the large page of current devices.
    pub block: Option<ByteCount>,
    /// Moves blocks together, at a cost. Default: never.
    pub compaction: Option<CompactionParams>,
}

impl MemoryPolicy for Dynamic {
    fn allocator(&self, capacity: Bytes) -> Option<Box<dyn Allocator>> {
        Some(Box::new(Contiguous::<FirstFit>::new(capacity, self.block)))
    }

    fn compaction(&self) -> Option<Compaction> {
        self.compaction
    }
}

impl Plugin for Dynamic {
    const NAME: &'static str = "dynamic";
    const ABOUT: &'static str = "first fit in whole blocks of 2 MiB (the first XPU manager's `dynamic`)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        let compaction = params.compaction.map(|c| c.rule()).transpose().map_err(|e| e.inside("compaction"))?;
        Ok(Self { block: positive(params.block, 2 << 20, "block")?, compaction })
    }
}
