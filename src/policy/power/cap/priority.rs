//! First come the most urgent.

use std::cmp::Reverse;

use crate::policy::registry::{BuildError, NoParams, Plugin};

use super::{CapShare, Claim};

/// Each has its floor; of what is left, the unit with the highest priority among its tasks takes what it can use,
/// then the next. Ties go to the lower number.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByPriority;

/// A float's place in the order of `total_cmp`, as an integer.
fn rank(x: f64) -> i64 {
    let bits = x.to_bits() as i64;
    if bits < 0 { bits ^ i64::MAX } else { bits }
}

impl CapShare for ByPriority {
    fn share(&self, budget: u64, claims: &[Claim], allotted: &mut [u64]) {
        let mut left = budget;
        for (given, claim) in allotted.iter_mut().zip(claims) {
            *given = claim.floor;
            left = left.saturating_sub(claim.floor);
        }
        let mut order: Vec<usize> = (0..claims.len()).collect();
        order.sort_by_key(|i| (Reverse(claims.get(*i).map(|c| rank(c.priority))), *i));
        for i in order {
            if let (Some(given), Some(claim)) = (allotted.get_mut(i), claims.get(i)) {
                let more = claim.demand.saturating_sub(*given).min(left);
                *given += more;
                left -= more;
            }
        }
    }
}

impl Plugin for ByPriority {
    const NAME: &'static str = "priority";
    const ABOUT: &'static str = "units with the most urgent task first, each as much as it can use";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
