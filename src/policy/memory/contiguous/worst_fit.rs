//! Worst fit.

use super::{Fit, Space};

/// The largest hole, of several the lowest.
#[derive(Clone, Copy, Debug, Default)]
pub struct WorstFit;

impl Fit for WorstFit {
    const NAME: &'static str = "worst-fit";
    const ABOUT: &'static str = "contiguous blocks, largest hole (Wilson et al., IWMM 1995)";

    fn choose(space: &Space<'_>, size: u64, _last: u64) -> Option<u64> {
        space.longest(size).map(|(start, _)| start)
    }
}
