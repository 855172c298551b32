//! Expected improvement: measure next where a Gaussian process promises most.

use statrs::distribution::{ContinuousCDF, Normal};

use super::design::{latin_hypercube, spread, stream};
use super::gp::{Features, GaussianProcess};
use super::search::{Direction, Evaluate, Evaluation, Measured, Trail};
use super::space::{Candidate, Domain, Space};

/// Points that compete for the next evaluation, beside those near the best.
const FAR: usize = 512;
/// Points near the best, at each of the distances below.
const NEAR: usize = 64;
/// Distances from the best, in parts of a parameter's range.
const DISTANCES: [f64; 2] = [0.1, 0.01];
/// Points of a curve.
const CURVE: usize = 100;

/// `E max(best − Y, 0)` for Y normal with `mean` and `sd`: `(b − m) Φ(z) + s φ(z)`, z = (b − m)/s (Jones, Schonlau &
/// Welch, Journal of Global Optimization 13, 1998, equation 15). Without spread it is what the mean itself promises.
///
/// Rounded to 11 digits, so that the last bits of a platform's error function decide nothing.
pub fn expected_improvement(best: f64, mean: f64, sd: f64) -> f64 {
    let gain = best - mean;
    if sd.is_nan() || sd <= 0.0 {
        return gain.max(0.0);
    }
    let z = gain / sd;
    let below = Normal::new(0.0, 1.0).map_or(0.0, |n| n.cdf(z));
    let density = libm::exp(-0.5 * z * z) / std::f64::consts::TAU.sqrt();
    let expected = (gain * below + sd * density).max(0.0);
    format!("{expected:.10e}").parse().unwrap_or(expected)
}

/// Variance of a candidate's mean in what is its own: the residuals of replications after the effects of candidate and
/// of replication, over the number of replications. What a replication does to all candidates alike (a busy day) is no
/// noise under common random numbers. 0 with fewer than two candidates or replications.
fn noise(evaluations: &[Evaluation]) -> f64 {
    let rows: Vec<&Vec<f64>> = evaluations.iter().filter_map(|e| e.outcome.as_ref().ok()).collect();
    let columns = rows.iter().map(|r| r.len()).min().unwrap_or(0);
    if rows.len() < 2 || columns < 2 {
        return 0.0;
    }
    let mean = |values: &mut dyn Iterator<Item = f64>, count: usize| values.sum::<f64>() / count as f64;
    let effects: Vec<f64> =
        (0..columns).map(|j| mean(&mut rows.iter().filter_map(|r| r.get(j).copied()), rows.len())).collect();
    let all = mean(&mut effects.iter().copied(), columns);
    let mut squares = 0.0;
    for row in &rows {
        let own = mean(&mut row.iter().take(columns).copied(), columns);
        squares += row.iter().zip(&effects).map(|(x, e)| x - own - e + all).map(|d| d * d).sum::<f64>();
    }
    squares / ((rows.len() - 1) * (columns - 1) * columns) as f64
}

/// The process that the evaluations tell of, in costs. A candidate that failed counts as the worst that was measured,
/// so that the search keeps away from it.
fn process(space: &Space, trail: &Trail) -> Option<GaussianProcess> {
    let cost = |e: &Evaluation| e.mean().map(|m| trail.direction.cost(m));
    let worst = trail.evaluations.iter().filter_map(cost).max_by(f64::total_cmp)?;
    let known: Vec<(Features, f64)> = trail
        .evaluations
        .iter()
        .filter_map(|e| Some((space.features(trail.candidates.get(e.candidate)?), cost(e).unwrap_or(worst))))
        .collect();
    let (points, costs): (Vec<Features>, Vec<f64>) = known.into_iter().unzip();
    GaussianProcess::fit(&points, &costs, noise(&trail.evaluations))
}

/// What the process says along one parameter, to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Value of the parameter, mean of the objective, its standard deviation.
    pub points: Vec<(f64, f64, f64)>,
}

/// Searches with `evaluations` candidates of `replications` each: a third of them, but two more than parameters at
/// least, in a Latin hypercube, the others one by one where the expected improvement over the best so far is highest.
/// Ends early when a finite space has been tried whole.
///
/// # Errors
/// Those of the evaluator.
pub fn expected_improvement_search<E: Evaluate>(
    space: &Space,
    direction: Direction,
    evaluations: usize,
    replications: u32,
    seed: u64,
    evaluator: &mut E,
) -> Result<(Trail, Option<Curve>), E::Error> {
    let first = (evaluations / 3).max(space.parameters.len() + 2).min(evaluations).max(1);
    let candidates = spread(space, first, &mut stream(seed, 0));
    let brought = evaluator.evaluate(&candidates.iter().collect::<Vec<_>>(), 0..replications)?;
    let mut trail = Trail { direction, candidates, evaluations: Vec::new(), replications };
    let begun = brought.into_iter().enumerate();
    trail.evaluations.extend(begun.map(|(candidate, outcome)| Evaluation { candidate, stage: 0, outcome }));
    // Fewer than asked for, where there are no more.
    let first = trail.candidates.len();
    while trail.candidates.len() < evaluations {
        let iteration = (trail.candidates.len() + 1 - first) as u32;
        let Some(next) = promising(space, &trail, seed, iteration) else { break };
        let outcome = evaluator.evaluate(&[&next], 0..replications)?.pop();
        let outcome: Measured = outcome.unwrap_or_else(|| Err("not measured".to_owned()));
        trail.evaluations.push(Evaluation { candidate: trail.candidates.len(), stage: iteration, outcome });
        trail.candidates.push(next);
    }
    let curve = curve(space, &trail);
    Ok((trail, curve))
}

/// The untried candidate with the highest expected improvement; the less known one where several promise the same. `None`
/// when there is none.
fn promising(space: &Space, trail: &Trail, seed: u64, iteration: u32) -> Option<Candidate> {
    let mut rng = stream(seed, u64::from(iteration));
    let dimensions = space.parameters.len();
    let mut points = latin_hypercube(FAR, dimensions, &mut rng);
    let best = trail.evaluations.iter().filter(|e| e.mean().is_some()).min_by(|a, b| a.order(b, trail.direction));
    if let Some(centre) = best.and_then(|b| trail.candidates.get(b.candidate)) {
        for distance in DISTANCES {
            let steps = latin_hypercube(NEAR, dimensions, &mut rng);
            let step = |(c, s): (&f64, &f64)| (c + distance * (2.0 * s - 1.0)).clamp(0.0, 1.0);
            points.extend(steps.iter().map(|s| centre.shares.iter().zip(s).map(step).collect::<Vec<f64>>()));
        }
    }
    let all: Vec<Candidate> = match space.size() {
        Some(size) if size <= points.len() as u64 => space.all(),
        _ => points.iter().map(|p| space.candidate(p)).collect(),
    };
    let fresh = all.into_iter().filter(|c| !trail.candidates.iter().any(|t| t.values == c.values));
    let lowest = best.and_then(Evaluation::mean).map(|m| trail.direction.cost(m));
    let (Some(process), Some(lowest)) = (process(space, trail), lowest) else {
        // Nothing is known yet: anywhere is as good.
        return fresh.into_iter().next();
    };
    let mut chosen: Option<(f64, f64, Candidate)> = None;
    for candidate in fresh {
        let (mean, sd) = process.predict(&space.features(&candidate));
        let gain = expected_improvement(lowest, mean, sd);
        if chosen.as_ref().is_none_or(|(g, s, _)| gain > *g || gain == *g && sd > *s) {
            chosen = Some((gain, sd, candidate));
        }
    }
    chosen.map(|(_, _, candidate)| candidate)
}

/// What is known along a single numeric parameter.
fn curve(space: &Space, trail: &Trail) -> Option<Curve> {
    let [parameter] = space.parameters.as_slice() else { return None };
    let process = process(space, trail)?;
    let at = |i: usize| {
        let share = i as f64 / CURVE as f64;
        let value = match &parameter.domain {
            Domain::Choice(_) => return None,
            Domain::Real { low, high, log: true, .. } => {
                libm::exp(libm::log(*low) + share * (libm::log(*high) - libm::log(*low)))
            }
            Domain::Real { low, high, .. } => low + share * (high - low),
            Domain::Whole { low, high, .. } => *low as f64 + share * (*high as f64 - *low as f64),
        };
        let (cost, sd) = process.predict(&[(0, share)]);
        Some((value, trail.direction.cost(cost), sd))
    };
    (0..=CURVE).map(at).collect::<Option<Vec<_>>>().map(|points| Curve { points })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::Range;

    /// z = 0: EI = s φ(0) = s/√(2π). z = 1 with s = 2: 2 Φ(1) + 2 φ(1) = 2 (0.8413447461 + 0.2419707245).
    #[test]
    fn expected_improvement_by_hand() {
        assert!((expected_improvement(5.0, 5.0, 3.0) - 3.0 * 0.398_942_280_4).abs() < 1e-9);
        assert!((expected_improvement(5.0, 3.0, 2.0) - 2.166_630_941_2).abs() < 1e-8);
        // z = −2, s = 1: −2 Φ(−2) + φ(2) = −0.0455002639 + 0.0539909665.
        assert!((expected_improvement(0.0, 2.0, 1.0) - 0.008_490_702_6).abs() < 1e-9);
        assert_eq!((expected_improvement(3.0, 1.0, 0.0), expected_improvement(1.0, 3.0, 0.0)), (2.0, 0.0));
        assert_eq!(expected_improvement(0.0, 1e3, 1.0), 0.0);
    }

    #[test]
    fn what_all_candidates_share_is_no_noise() {
        let row = |candidate, values: [f64; 3]| Evaluation { candidate, stage: 0, outcome: Ok(values.to_vec()) };
        // Additive effects only.
        assert_eq!(noise(&[row(0, [1.0, 5.0, 9.0]), row(1, [2.0, 6.0, 10.0])]), 0.0);
        // Rows (0, 0, 3) and (0, 0, −3): own means ±1, effects 0; residuals ∓1, ∓1, ±2 of squares 12; 12/(1·2)/3 = 2.
        assert!((noise(&[row(0, [0.0, 0.0, 3.0]), row(1, [0.0, 0.0, -3.0])]) - 2.0).abs() < 1e-12);
        assert_eq!(noise(&[row(0, [1.0, 2.0, 3.0])]), 0.0);
    }

    /// A function of the shares, the same in all replications but for common noise.
    struct Function<F>(F);

    impl<F: Fn(&[f64]) -> Measured> Evaluate for Function<F> {
        type Error = ();

        fn evaluate(&mut self, candidates: &[&Candidate], replications: Range<u32>) -> Result<Vec<Measured>, ()> {
            let noise = |r: u32| f64::from(r * 7919 % 101) / 10.0;
            let at = |c: &&Candidate| {
                let value = (self.0)(&c.shares)?[0];
                Ok(replications.clone().map(|r| value + noise(r)).collect())
            };
            Ok(candidates.iter().map(at).collect())
        }
    }

    fn space(parameters: &[&str]) -> Space {
        Space { parameters: parameters.iter().map(|t| t.parse().unwrap()).collect() }
    }

    #[test]
    fn a_parabola_is_searched_to_its_lowest_point() {
        let mut parabola = Function(|x: &[f64]| Ok(vec![(x[0] - 0.37) * (x[0] - 0.37)]));
        let (trail, curve) =
            expected_improvement_search(&space(&["a=0:1"]), Direction::Minimize, 15, 2, 3, &mut parabola).unwrap();
        let best = &trail.candidates[trail.ranking(false)[0].candidate];
        assert!((best.shares[0] - 0.37).abs() < 0.003, "{best:?}");
        assert_eq!(trail.candidates.len(), 15);
        assert_eq!(curve.unwrap().points.len(), 101);
    }

    /// Branin's function has three minima of 0.397887 and reaches 300 (Dixon & Szegö 1978). The values stand on common
    /// noise of mean (0 + 4.1)/2: 7919 is 41 modulo 101.
    #[test]
    fn branin_is_searched_to_one_of_its_three_minima() {
        use std::f64::consts::PI;
        let branin = |x: f64, y: f64| {
            let fold = y - 5.1 / (4.0 * PI * PI) * x * x + 5.0 / PI * x - 6.0;
            fold * fold + 10.0 * (1.0 - 1.0 / (8.0 * PI)) * libm::cos(x) + 10.0
        };
        assert!((branin(PI, 2.275) - 0.397_887).abs() < 1e-6);
        let mut function = Function(|s: &[f64]| Ok(vec![-branin(15.0 * s[0] - 5.0, 15.0 * s[1])]));
        let space = space(&["x=-5:10", "y=0:15"]);
        let (trail, curve) = expected_improvement_search(&space, Direction::Maximize, 30, 2, 1, &mut function).unwrap();
        let found = 2.05 - trail.ranking(false)[0].mean().unwrap();
        assert!((0.397_887..0.6).contains(&(found + 1e-9)), "{found}");
        assert_eq!(curve, None);
    }

    /// Only the corner beyond the failures is best; what fails is neither chosen nor in the way.
    #[test]
    fn candidates_that_fail_are_survived() {
        let fails = |x: f64| (0.4..0.6).contains(&x);
        let mut function = Function(|x: &[f64]| if fails(x[0]) { Err("deadlock".into()) } else { Ok(vec![-x[0]]) });
        let (trail, _) =
            expected_improvement_search(&space(&["a=0:1"]), Direction::Minimize, 14, 2, 1, &mut function).unwrap();
        assert!(trail.evaluations.iter().any(|e| e.outcome.is_err()));
        let best = &trail.candidates[trail.ranking(false)[0].candidate];
        assert!(best.shares[0] > 0.99, "{best:?}");
    }

    #[test]
    fn a_finite_space_is_tried_once() {
        let mut function = Function(|x: &[f64]| Ok(vec![x[0]]));
        let space = space(&["a=1:3:int", "b=x,y"]);
        let (trail, _) = expected_improvement_search(&space, Direction::Maximize, 50, 1, 1, &mut function).unwrap();
        assert_eq!(trail.candidates.len(), 6);
        let mut all = trail.candidates.iter().map(|c| c.values.clone()).collect::<Vec<_>>();
        all.dedup();
        assert_eq!(all.len(), 6);
    }
}
