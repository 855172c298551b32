//! The words for contiguous memory.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Contiguous, Fit};
use crate::json::{ByteCount, BytesPerSecond};
use crate::model::memory::{Allocator, Compaction, CompactionWhen};
use crate::policy::MemoryPolicy;
use crate::policy::registry::{BuildError, Plugin};
use crate::units::Bytes;

/// What starts a compaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CompactionWord {
    /// A waiting task would fit by the bytes that are free, but there is no hole for it.
    Failure,
    /// External fragmentation is greater than `threshold`.
    External,
}

/// Compaction: the unit's tasks stand still while all that lies above the lowest hole is moved down.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompactionParams {
    /// What starts it.
    pub when: CompactionWord,
    /// External fragmentation above which it starts, in [0, 1); only with `external`. Default 0.3.
    pub threshold: Option<f64>,
    /// Memory bandwidth, of which moving gets half; absent: that of the device.
    pub bandwidth: Option<BytesPerSecond>,
}

impl CompactionParams {
    /// The rule, checked.
    pub(super) fn rule(&self) -> Result<Compaction, BuildError> {
        let wrong = |field: &str, found: f64, expected: &str| {
            Err(BuildError::new(format_args!("found {found}, expected {expected}")).inside(field))
        };
        let when = match (self.when, self.threshold) {
            (CompactionWord::Failure, None) => CompactionWhen::Failure,
            (CompactionWord::Failure, Some(t)) => return wrong("threshold", t, "no threshold with `failure`"),
            (CompactionWord::External, threshold) => {
                let threshold = threshold.unwrap_or(0.3);
                if !(0.0..1.0).contains(&threshold) {
                    return wrong("threshold", threshold, "a number in [0, 1)");
                }
                CompactionWhen::External((threshold * 1e6).round() as u32)
            }
        };
        let bandwidth = self.bandwidth.map(|b| b.get());
        if let Some(rate) = bandwidth.filter(|rate| *rate < 1.0) {
            return wrong("bandwidth", rate, "at least 1 B/s: a move must end");
        }
        Ok(Compaction { when, bandwidth })
    }
}

/// Parameters of the contiguous allocators.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Blocks start at multiples of it and are as long as multiples of it. Default 1 B.
    pub align: Option<ByteCount>,
    /// Moves blocks together, at a cost. Default: never.
    pub compaction: Option<CompactionParams>,
}

/// At least one byte.
pub(in crate::policy::memory) fn positive(
    size: Option<ByteCount>,
    default: u64,
    field: &str,
) -> Result<u64, BuildError> {
    match size.map_or(default, |s| Bytes::from(s).get()) {
        0 => Err(BuildError::new("found 0 B, expected at least 1 B").inside(field)),
        size => Ok(size),
    }
}

/// Contiguous blocks, placed as `F` says.
#[derive(Clone, Copy, Debug)]
pub struct ByFit<F> {
    align: u64,
    compaction: Option<Compaction>,
    fit: PhantomData<F>,
}

impl<F: Fit> MemoryPolicy for ByFit<F> {
    fn allocator(&self, capacity: Bytes) -> Option<Box<dyn Allocator>> {
        Some(Box::new(Contiguous::<F>::new(capacity, self.align)))
    }

    fn compaction(&self) -> Option<Compaction> {
        self.compaction
    }
}

impl<F: Fit> Plugin for ByFit<F> {
    const NAME: &'static str = F::NAME;
    const ABOUT: &'static str = F::ABOUT;
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        let compaction = params.compaction.map(|c| c.rule()).transpose().map_err(|e| e.inside("compaction"))?;
        Ok(Self { align: positive(params.align, 1, "align")?, compaction, fit: PhantomData })
    }
}
