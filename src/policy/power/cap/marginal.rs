//! To where a watt brings the most speed.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::policy::registry::{BuildError, NoParams, Plugin};

use super::{CapShare, Claim, Step};

/// Greedy by marginal performance: of all steps to a higher P-state the one is taken that gains the most speed
/// per watt, while the budget holds one (Fox, Operations Research 14, 1966). Optimal where speed is concave in
/// power and the steps are of equal power, or the budget ends with a step; elsewhere a step over several P-states
/// counts by its mean gain. Ties go to the lower number.
#[derive(Clone, Copy, Debug, Default)]
pub struct Marginal;

/// A unit's best step from where it stands.
#[derive(Clone, Copy, Debug)]
struct Move {
    claim: usize,
    to: usize,
    /// More power, in microwatts.
    cost: u64,
    /// Gain in speed.
    gain: f64,
}

impl Move {
    /// Gain per microwatt; what costs nothing comes first.
    fn value(&self) -> f64 {
        if self.cost == 0 { f64::INFINITY } else { self.gain / self.cost as f64 }
    }
}

impl PartialEq for Move {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Move {}

impl PartialOrd for Move {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Move {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value().total_cmp(&other.value()).then(other.claim.cmp(&self.claim))
    }
}

/// What a step costs from the power `held`.
fn cost(step: Step, held: u64) -> u64 {
    step.power.saturating_sub(held)
}

/// The best step that `left` pays for, of the unit `claim` that stands at P-state `at` with the power `held`.
fn best(claims: &[Claim], claim: usize, at: usize, held: u64, left: u64) -> Option<Move> {
    let Claim { steps, demand, .. } = claims.get(claim)?;
    let here = steps.get(at)?;
    let higher = steps.iter().enumerate().skip(at + 1);
    let open = higher.filter(|(_, s)| s.power <= *demand && s.speed > here.speed && cost(**s, held) <= left);
    let moves = open.map(|(to, s)| Move { claim, to, cost: cost(*s, held), gain: s.speed - here.speed });
    // The first of equals: the smallest step.
    moves.fold(None, |found: Option<Move>, m| match found {
        Some(f) if m.value() <= f.value() => Some(f),
        _ => Some(m),
    })
}

impl CapShare for Marginal {
    fn looks_at_speed(&self) -> bool {
        true
    }

    fn share(&self, budget: u64, claims: &[Claim], allotted: &mut [u64]) {
        let mut left = budget;
        for (given, claim) in allotted.iter_mut().zip(claims) {
            *given = claim.floor;
            left = left.saturating_sub(claim.floor);
        }
        let mut moves: BinaryHeap<Move> =
            (0..claims.len()).filter_map(|i| best(claims, i, 0, *allotted.get(i)?, left)).collect();
        let mut at = vec![0; claims.len()];
        while let Some(next) = moves.pop() {
            let (Some(given), Some(at)) = (allotted.get_mut(next.claim), at.get_mut(next.claim)) else { continue };
            if next.cost <= left {
                left -= next.cost;
                *given += next.cost;
                *at = next.to;
            }
            moves.extend(best(claims, next.claim, *at, *given, left));
        }
    }
}

impl Plugin for Marginal {
    const NAME: &'static str = "marginal";
    const ABOUT: &'static str = "P-state steps by their gain in speed per watt, best first (Fox 1966)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
