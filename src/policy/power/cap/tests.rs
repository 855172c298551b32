//! Each rule against hand-made divisions; the bounds of all; marginal against trying everything.

use proptest::prelude::*;

use super::*;

fn claim(floor: u64, demand: u64) -> Claim {
    Claim { floor, demand, priority: 0.0, steps: Vec::new() }
}

fn divide(rule: &dyn CapShare, budget: u64, claims: &[Claim]) -> Vec<u64> {
    let mut allotted = vec![0; claims.len()];
    rule.share(budget, claims, &mut allotted);
    allotted
}

/// Demands 100, 200 and 300 of a budget of 300, floors 30.
fn three() -> [Claim; 3] {
    [claim(30, 100), claim(30, 200), claim(30, 300)]
}

#[test]
fn uniform_gives_each_the_same_and_lets_the_rest_lie() {
    // 300 / 3. With 450: 150 each, of which the first needs 100; its 50 are not handed on.
    assert_eq!(divide(&Uniform, 300, &three()), [100, 100, 100]);
    assert_eq!(divide(&Uniform, 450, &three()), [100, 150, 150]);
}

#[test]
fn a_floor_above_the_uniform_level_lowers_the_others() {
    // 60 / 2 = 30, but one cannot go below 50: the other has 10.
    assert_eq!(divide(&Uniform, 60, &[claim(50, 90), claim(5, 90)]), [50, 10]);
}

#[test]
fn proportional_gives_each_the_same_part_of_its_demand() {
    // Half of 600.
    assert_eq!(divide(&Proportional, 300, &three()), [50, 100, 150]);
    // d B / sum of d = 15, 30, 45 of 90; the floors are 30: what is left for the third is 30.
    assert_eq!(divide(&Proportional, 90, &three()), [30, 30, 30]);
    // 100 X / 600 below its floor of 30; (200 + 300) X / 600 = 120 - 30: X = 108, parts 36 and 54.
    assert_eq!(divide(&Proportional, 120, &three()), [30, 36, 54]);
    assert_eq!(divide(&Proportional, 900, &three()), [100, 200, 300]);
}

#[test]
fn water_filling_raises_the_least_first() {
    // A level of 100 fills all of 300; of 450, the first is full at 100, the others share 350.
    assert_eq!(divide(&WaterFilling, 300, &three()), [100, 100, 100]);
    assert_eq!(divide(&WaterFilling, 450, &three()), [100, 175, 175]);
    // The second is full at 200: the third has what is left.
    assert_eq!(divide(&WaterFilling, 560, &three()), [100, 200, 260]);
    assert_eq!(divide(&WaterFilling, 600, &three()), [100, 200, 300]);
}

#[test]
fn priority_fills_the_most_urgent_above_everyones_floor() {
    let [mut a, mut b, mut c] = three();
    (a.priority, b.priority, c.priority) = (-1.0, 5.0, 5.0);
    // Floors take 90 of 300; the second takes 170 more, the third the last 40.
    assert_eq!(divide(&ByPriority, 300, &[a, b, c]), [30, 200, 70]);
}

fn curve(floor: u64, steps: &[(u64, f64)]) -> Claim {
    let steps: Vec<Step> = steps.iter().map(|(power, speed)| Step { power: *power, speed: *speed }).collect();
    Claim { floor, demand: steps.iter().map(|s| s.power).max().unwrap_or(floor), priority: 0.0, steps }
}

#[test]
fn marginal_takes_the_steepest_step_that_is_paid_for() {
    // A: 20 W at 1.0, +10 W +0.5, +10 W +0.1. B: 20 W at 1.0, +10 W +0.3, +10 W +0.2.
    let a = curve(20, &[(20, 1.0), (30, 1.5), (40, 1.6)]);
    let b = curve(20, &[(20, 1.0), (30, 1.3), (40, 1.5)]);
    let two = [a, b];
    // A's first, B's first, B's second, A's second.
    for (budget, expected) in
        [(40, [20, 20]), (49, [20, 20]), (50, [30, 20]), (60, [30, 30]), (70, [30, 40]), (80, [40, 40])]
    {
        assert_eq!(divide(&Marginal, budget, &two), expected, "{budget}");
    }
}

#[test]
fn marginal_sees_over_a_shallow_step() {
    // 10 W for 0.1, but 20 W for 1.0: 0.05 per watt, more than the other's 0.04.
    let a = curve(20, &[(20, 1.0), (30, 1.1), (40, 2.0)]);
    let b = curve(20, &[(20, 1.0), (30, 1.4)]);
    assert_eq!(divide(&Marginal, 60, &[a.clone(), b.clone()]), [40, 20]);
    // Where the long step is not paid for, the other's goes first.
    assert_eq!(divide(&Marginal, 55, &[a, b]), [20, 30]);
}

#[test]
fn nobody_claims_nothing() {
    for rule in rules() {
        assert_eq!(divide(rule.as_ref(), 10, &[]), [0; 0]);
    }
}

fn rules() -> [Box<dyn CapShare>; 5] {
    [Box::new(Uniform), Box::new(Proportional), Box::new(WaterFilling), Box::new(ByPriority), Box::new(Marginal)]
}

/// The greatest sum of speeds over all choices of P-states that `budget` pays for.
fn best_of_all(budget: u64, claims: &[Claim]) -> f64 {
    let Some((first, rest)) = claims.split_first() else { return 0.0 };
    let reserved: u64 = rest.iter().map(|c| c.floor).sum();
    let affordable = first.steps.iter().filter(|s| s.power + reserved <= budget);
    affordable.map(|s| s.speed + best_of_all(budget - s.power, rest)).fold(f64::NEG_INFINITY, f64::max)
}

fn speed(claims: &[Claim], allotted: &[u64]) -> f64 {
    let of = |(c, a): (&Claim, &u64)| c.steps.iter().filter(|s| s.power <= *a).map(|s| s.speed).fold(0.0, f64::max);
    claims.iter().zip(allotted).map(of).sum()
}

proptest! {

    /// Sum within the budget, each within its floor and its demand, whatever the claims.
    #[test]
    fn every_rule_keeps_its_bounds(
        units in prop::collection::vec((1u64..1000, 0u64..1000, -3i32..3, prop::collection::vec((0u64..500, 0.0..2.0), 0..5)), 1..8),
        spare in 0u64..4000,
    ) {
        let claims: Vec<Claim> = units.iter().map(|(floor, more, priority, steps)| {
            let mut at = Step { power: *floor, speed: 1.0 };
            let mut all = vec![at];
            for (power, speed) in steps {
                at = Step { power: at.power + power, speed: at.speed + speed };
                all.push(at);
            }
            Claim { floor: *floor, demand: floor + more, priority: f64::from(*priority), steps: all }
        }).collect();
        let budget = claims.iter().map(|c| c.floor).sum::<u64>() + spare;
        for rule in rules() {
            let allotted = divide(rule.as_ref(), budget, &claims);
            prop_assert!(allotted.iter().sum::<u64>() <= budget);
            for (given, claim) in allotted.iter().zip(&claims) {
                prop_assert!((claim.floor..=claim.demand).contains(given), "{given} of {claim:?}");
            }
        }
    }

    /// On concave curves with steps of 10 W nothing is better.
    #[test]
    fn marginal_is_optimal_on_concave_curves(
        gains in prop::collection::vec(prop::collection::vec(1u32..100, 0..4), 1..4),
        spare in 0u64..120,
    ) {
        let claims: Vec<Claim> = gains.iter().map(|gains| {
            let mut gains = gains.clone();
            gains.sort_unstable_by(|a, b| b.cmp(a));
            let mut steps = vec![(20, 1.0)];
            let mut speed = 1.0;
            for (i, gain) in (1..).zip(gains) {
                speed += f64::from(gain);
                steps.push((20 + 10 * i, speed));
            }
            curve(20, &steps)
        }).collect();
        let budget = 20 * claims.len() as u64 + spare;
        let found = speed(&claims, &divide(&Marginal, budget, &claims));
        prop_assert!((found - best_of_all(budget, &claims)).abs() < 1e-9);
    }
}
