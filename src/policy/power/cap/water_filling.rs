//! Max-min fair.

use crate::policy::registry::{BuildError, NoParams, Plugin};

use super::level::greatest_level;
use super::{CapShare, Claim};

/// Max-min fairness: the least is made as great as it can be, then the next (Bertsekas & Gallager, Data Networks,
/// 1992, section 6.5). Each gets `min(d, max(m, λ))` with the greatest `λ` that the budget allows.
#[derive(Clone, Copy, Debug, Default)]
pub struct WaterFilling;

impl CapShare for WaterFilling {
    fn share(&self, budget: u64, claims: &[Claim], allotted: &mut [u64]) {
        let part = |c: &Claim, level: u64| level.max(c.floor).min(c.demand);
        let top = claims.iter().map(|c| c.demand).max().unwrap_or(0);
        let level = greatest_level(budget, top, claims, part);
        for (given, claim) in allotted.iter_mut().zip(claims) {
            *given = part(claim, level);
        }
    }
}

impl Plugin for WaterFilling {
    const NAME: &'static str = "water-filling";
    const ABOUT: &'static str =
        "max-min fair: what one unit does not need goes to the others (Bertsekas & Gallager 1992)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
