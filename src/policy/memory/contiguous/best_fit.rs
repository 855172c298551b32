//! Best fit.

use super::{Fit, Space};

/// The smallest hole that is large enough, of several the lowest.
#[derive(Clone, Copy, Debug, Default)]
pub struct BestFit;

impl Fit for BestFit {
    const NAME: &'static str = "best-fit";
    const ABOUT: &'static str = "contiguous blocks, smallest hole that is large enough (Knuth, TAOCP 1)";

    fn choose(space: &Space<'_>, size: u64, _last: u64) -> Option<u64> {
        space.shortest(size).map(|(start, _)| start)
    }
}
