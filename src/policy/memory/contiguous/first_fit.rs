//! First fit.

use super::{Fit, Space};

/// The lowest hole that is large enough.
#[derive(Clone, Copy, Debug, Default)]
pub struct FirstFit;

impl Fit for FirstFit {
    const NAME: &'static str = "first-fit";
    const ABOUT: &'static str = "contiguous blocks, lowest hole that is large enough (Knuth, TAOCP 1)";

    fn choose(space: &Space<'_>, size: u64, _last: u64) -> Option<u64> {
        space.first(0, size).map(|(start, _)| start)
    }
}
