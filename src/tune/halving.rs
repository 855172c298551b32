//! Successive halving: many candidates measured a little, the best of them again and more.

use super::design::{spread, stream};
use super::search::{Direction, Evaluate, Evaluation, Trail};
use super::space::Space;

/// One candidate in so many goes on to the next rung.
pub const ETA: usize = 3;

/// A stage of successive halving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rung {
    /// Candidates in it.
    pub candidates: usize,
    /// Replications that each of them is measured in, beside those before.
    pub replications: u32,
}

/// The rungs for `candidates` within a budget of so many replications in all: each rung has an equal part of it, shared
/// equally by its candidates, and a third of them, rounded up, goes on. With K = ⌈log₃ n⌉ rungs and n_k candidates in rung
/// k each is measured in ⌊B / (K n_k)⌋ more replications, at least 1 (Jamieson & Talwalkar, AISTATS 2016, algorithm 1,
/// there with halves).
pub(super) fn rungs(candidates: usize, budget: u32) -> Vec<Rung> {
    let mut sizes = vec![candidates.max(1)];
    while let Some(&last) = sizes.last()
        && last > ETA
    {
        sizes.push(last.div_ceil(ETA));
    }
    let parts = sizes.len() as u64;
    let each = |n: usize| (u64::from(budget) / (parts * n as u64)).max(1);
    sizes
        .into_iter()
        .map(|n| Rung { candidates: n, replications: u32::try_from(each(n)).unwrap_or(u32::MAX) })
        .collect()
}

/// The most candidates that the budget measures in at least `least` replications each on the first rung.
pub(super) fn most_candidates(budget: u32, least: u32) -> usize {
    let fits = |n: &usize| {
        let parts = rungs(*n, budget).len() as u64;
        parts * *n as u64 * u64::from(least.max(1)) <= u64::from(budget)
    };
    (1..=budget as usize).take_while(fits).last().unwrap_or(1)
}

/// Searches with at most `budget` replications, at least `least` for each candidate. `redraws` is false for a
/// scenario that draws nothing: then one replication tells all, and every candidate gets one.
///
/// Ties go to the earlier candidate. A candidate that fails is out.
///
/// # Errors
/// Those of the evaluator.
pub fn successive_halving<E: Evaluate>(
    space: &Space,
    direction: Direction,
    (budget, least): (u32, u32),
    redraws: bool,
    seed: u64,
    evaluator: &mut E,
) -> Result<(Trail, Vec<Rung>), E::Error> {
    let count = if redraws { most_candidates(budget, least) } else { budget as usize };
    let candidates = spread(space, count, &mut stream(seed, 0));
    let plan = if redraws {
        rungs(candidates.len(), budget)
    } else {
        vec![Rung { candidates: candidates.len(), replications: 1 }]
    };
    let mut trail = Trail { direction, candidates, evaluations: Vec::new(), replications: 0 };
    let mut alive: Vec<usize> = (0..trail.candidates.len()).collect();
    let mut seen: Vec<Vec<f64>> = vec![Vec::new(); alive.len()];
    for (stage, rung) in plan.iter().enumerate() {
        alive.truncate(rung.candidates);
        // In the order of their numbers, so that a table reads well.
        alive.sort_unstable();
        let asked: Vec<_> = alive.iter().filter_map(|&i| trail.candidates.get(i)).collect();
        let end = trail.replications.saturating_add(rung.replications);
        let brought = evaluator.evaluate(&asked, trail.replications..end)?;
        trail.replications = end;
        let mut now = Vec::new();
        for (&candidate, measured) in alive.iter().zip(brought) {
            let outcome = measured.map(|more| {
                let all = seen.get_mut(candidate);
                all.map(|all| {
                    all.extend(more);
                    all.clone()
                })
                .unwrap_or_default()
            });
            now.push(Evaluation { candidate, stage: stage as u32, outcome });
        }
        let mut order: Vec<&Evaluation> = now.iter().filter(|e| e.mean().is_some()).collect();
        order.sort_by(|a, b| a.order(b, direction));
        alive = order.iter().map(|e| e.candidate).collect();
        trail.evaluations.extend(now);
        if alive.is_empty() {
            break;
        }
    }
    Ok((trail, plan))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tune::search::Measured;
    use crate::tune::space::Candidate;
    use std::ops::Range;

    /// By hand: 20 candidates need three rungs (3³ = 27 ≥ 20) of 80 replications of a budget of 240:
    /// ⌊80/20⌋ = 4, ⌊80/7⌋ = 11, ⌊80/3⌋ = 26.
    #[test]
    fn a_schedule_by_hand() {
        let rung = |candidates, replications| Rung { candidates, replications };
        assert_eq!(rungs(20, 240), [rung(20, 4), rung(7, 11), rung(3, 26)]);
        // 27 candidates, 3 rungs of 81: 3, 9 and 27 replications.
        assert_eq!(rungs(27, 243), [rung(27, 3), rung(9, 9), rung(3, 27)]);
        assert_eq!(rungs(1, 10), [rung(1, 10)]);
        assert_eq!(rungs(4, 3), [rung(4, 1), rung(2, 1)]);
        // n candidates in three rungs (10 to 27 of them) at 4 each: 12 n ≤ 240 up to 20.
        assert_eq!(most_candidates(240, 4), 20);
        // In two rungs (4 to 9): 2 n · 5 ≤ 60 up to 6.
        assert_eq!(most_candidates(60, 5), 6);
        assert_eq!(most_candidates(3, 5), 1);
    }

    /// (x − 0.3)² with noise that is the same for all, and a third of the range that fails.
    struct Parabola {
        asked: Vec<(usize, Range<u32>)>,
    }

    impl Evaluate for Parabola {
        type Error = ();

        fn evaluate(&mut self, candidates: &[&Candidate], replications: Range<u32>) -> Result<Vec<Measured>, ()> {
            self.asked.push((candidates.len(), replications.clone()));
            let noise = |r: u32| f64::from(r * 7919 % 101);
            let at = |c: &&Candidate| match c.shares[0] {
                x if x > 0.7 => Err("deadlock".to_owned()),
                x => Ok(replications.clone().map(|r| (x - 0.3) * (x - 0.3) + noise(r)).collect()),
            };
            Ok(candidates.iter().map(at).collect())
        }
    }

    #[test]
    fn the_best_of_the_candidates_wins_under_common_noise() {
        let space = Space { parameters: vec!["a=0:1".parse().unwrap()] };
        let mut parabola = Parabola { asked: Vec::new() };
        let (trail, _) = successive_halving(&space, Direction::Minimize, (240, 4), true, 7, &mut parabola).unwrap();
        assert_eq!(parabola.asked, [(20, 0..4), (7, 4..15), (3, 15..41)]);
        assert_eq!(trail.replications, 41);
        let far = |i: usize| (trail.candidates[i].shares[0] - 0.3).abs();
        let nearest = (0..20).min_by(|a, b| far(*a).total_cmp(&far(*b))).unwrap();
        let ranking = trail.ranking(true);
        assert_eq!(ranking[0].candidate, nearest);
        assert_eq!(ranking[0].replications(), 41);
        // A part of a twentieth has one candidate: the nearest is within that.
        assert!(far(nearest) < 0.05);
        assert_eq!(trail.evaluations.iter().filter(|e| e.mean().is_none()).count(), 6);
    }

    #[test]
    fn if_all_fail_the_search_ends() {
        struct Never;
        impl Evaluate for Never {
            type Error = ();
            fn evaluate(&mut self, candidates: &[&Candidate], _: Range<u32>) -> Result<Vec<Measured>, ()> {
                Ok(candidates.iter().map(|_| Err("no".to_owned())).collect())
            }
        }
        let space = Space { parameters: vec!["a=0:1".parse().unwrap()] };
        let (trail, _) = successive_halving(&space, Direction::Maximize, (30, 1), true, 7, &mut Never).unwrap();
        assert!(trail.ranking(true)[0].mean().is_none());
        assert!(trail.evaluations.iter().all(|e| e.stage == 0));
    }

    /// Where nothing is drawn every candidate gets one run, and the whole budget goes into candidates.
    #[test]
    fn one_run_is_enough_where_nothing_is_drawn() {
        let space = Space { parameters: vec!["a=0:1".parse().unwrap()] };
        let mut parabola = Parabola { asked: Vec::new() };
        successive_halving(&space, Direction::Minimize, (50, 4), false, 7, &mut parabola).unwrap();
        assert_eq!(parabola.asked, [(50, 0..1)]);
    }
}
