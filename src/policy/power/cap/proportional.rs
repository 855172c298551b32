//! To each in proportion to its demand.

use crate::policy::registry::{BuildError, NoParams, Plugin};

use super::level::greatest_level;
use super::{CapShare, Claim};

/// `d B / Σd`, at most `d`. Where a floor is above that, the others have less: the greatest `X ≤ B` with
/// `Σ max(m, d X / Σd) ≤ B`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Proportional;

impl CapShare for Proportional {
    fn share(&self, budget: u64, claims: &[Claim], allotted: &mut [u64]) {
        let sum: u128 = claims.iter().map(|c| u128::from(c.demand)).sum();
        let part = |c: &Claim, of: u64| {
            let part = (u128::from(c.demand) * u128::from(of)).checked_div(sum).unwrap_or(0);
            u64::try_from(part).unwrap_or(u64::MAX).min(c.demand).max(c.floor)
        };
        let of = greatest_level(budget, budget, claims, part);
        for (given, claim) in allotted.iter_mut().zip(claims) {
            *given = part(claim, of);
        }
    }
}

impl Plugin for Proportional {
    const NAME: &'static str = "proportional";
    const ABOUT: &'static str = "in proportion to the power that each unit asks for: d B / sum of d";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
