//! One level for all: what uniform, proportional and water-filling shares have in common.

use super::Claim;

/// The greatest whole level in `0..=top` at which the allotments add up to at most `budget`. `allot` grows with the
/// level; at level 0 it gives the floors, which the budget holds.
pub(super) fn greatest_level(budget: u64, top: u64, claims: &[Claim], allot: impl Fn(&Claim, u64) -> u64) -> u64 {
    let fits = |level| claims.iter().map(|c| u128::from(allot(c, level))).sum::<u128>() <= u128::from(budget);
    let (mut low, mut high) = (0, top);
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
