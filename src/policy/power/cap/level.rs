//! One level for all: what uniform, proportional and water-filling shares have in common.

use super::Claim;

/// The greatest whole level in `0..=top` at which the allotments add up to at most `budget`. `allot` grows with the
/// level; at level 0 it gives the floors, which the budget holds.
pub(super) fn greatest_level(budget: u64, top: u64, claims: &[Claim], allot: impl Fn(&Claim, u64) -> u64) -> u64 {
    let fits = |level| claims.iter().fold(0u64, |sum, c| sum.saturating_add(allot(c, level))) <= budget;
    if fits(top) {
        return top;
    }
    let (mut low, mut high) = (0, top.saturating_sub(1));
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if fits(middle) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}
