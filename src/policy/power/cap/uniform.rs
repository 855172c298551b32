//! The same for all.

use crate::policy::registry::{BuildError, NoParams, Plugin};

use super::level::greatest_level;
use super::{CapShare, Claim};

/// `B / n` for each of `n` units. Where a floor is above that, the others have the same less: the greatest `λ` with
/// `Σ max(m, λ) ≤ B`. What a unit has no use for is left unused.
#[derive(Clone, Copy, Debug, Default)]
pub struct Uniform;

impl CapShare for Uniform {
    fn share(&self, budget: u64, claims: &[Claim], allotted: &mut [u64]) {
        let level = greatest_level(budget, budget, claims, |c, level| c.floor.max(level));
        for (given, claim) in allotted.iter_mut().zip(claims) {
            *given = claim.floor.max(level).min(claim.demand);
        }
    }
}

impl Plugin for Uniform {
    const NAME: &'static str = "uniform";
    const ABOUT: &'static str = "the same for every unit: B/n";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
