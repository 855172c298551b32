//! Next fit.

use super::{Fit, Space};

/// First fit that goes on where the last block ends, and round again from the lowest address. A hole that reaches back
/// over that end, because its neighbour was released, is asked first and filled from its start.
#[derive(Clone, Copy, Debug, Default)]
pub struct NextFit;

impl Fit for NextFit {
    const NAME: &'static str = "next-fit";
    const ABOUT: &'static str = "contiguous blocks, first fit from the end of the last one on (Knuth, TAOCP 1, 2.5)";

    fn choose(space: &Space<'_>, size: u64, last: u64) -> Option<u64> {
        let across = space.at_or_before(last).filter(|(start, length)| last - start < *length);
        let here = across.filter(|(_, length)| *length >= size);
        let (start, _) = here.or_else(|| space.first(last, size)).or_else(|| space.first(0, size))?;
        Some(start)
    }
}
