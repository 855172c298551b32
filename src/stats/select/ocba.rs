//! OCBA: how to share a budget of samples so that the best is found with the greatest probability.

use statrs::distribution::{ContinuousCDF, Normal};

/// Means nearer to the best than this part of the whole range count as this far: an equal one would take everything.
const NEAREST: f64 = 1e-3;

/// Shares of the budget, summing to 1, for systems with these means and variances; larger is better.
///
/// With the best system b, `δ_i` the distance of the i-th mean from its mean and `σ_i²` the variances:
/// `N_i / N_j = (σ_i / δ_i)² / (σ_j / δ_j)²` for all but b, and `N_b = σ_b sqrt(Σ N_i² / σ_i²)` over those (Chen, Lin,
/// Yücesan and Chick, "Simulation budget allocation for further enhancing the efficiency of ordinal optimization",
/// Discrete Event Dynamic Systems 10, 2000). A system without variance needs no more samples. Where none has any, or all
/// means are equal, shares are equal. `None` without systems, with unequal numbers, or what is not finite.
pub fn ocba(means: &[f64], variances: &[f64]) -> Option<Vec<f64>> {
    let is_fit = means.iter().all(|x| x.is_finite()) && variances.iter().all(|v| v.is_finite() && *v >= 0.0);
    let best = best_of(means)?;
    if means.len() != variances.len() || !is_fit {
        return None;
    }
    let top = *means.get(best)?;
    let range = means.iter().fold(0.0f64, |most, mean| most.max(top - mean));
    let equal = vec![1.0 / means.len() as f64; means.len()];
    if range <= 0.0 || !range.is_finite() {
        return Some(equal);
    }
    let weight = |(index, (mean, variance)): (usize, (&f64, &f64))| {
        let distance = ((top - mean) / range).max(NEAREST);
        if index == best { 0.0 } else { variance / (distance * distance) }
    };
    let mut weights: Vec<f64> = means.iter().zip(variances).enumerate().map(weight).collect();
    let squares = weights.iter().zip(variances).filter(|(_, v)| **v > 0.0).map(|(w, v)| w * w / v);
    let of_best = (variances.get(best)? * squares.sum::<f64>()).sqrt();
    *weights.get_mut(best)? = of_best;
    let total: f64 = weights.iter().sum();
    if total > 0.0 && total.is_finite() { Some(weights.iter().map(|w| w / total).collect()) } else { Some(equal) }
}

/// Shares `more` samples among systems that have had `taken`, so that all come as near to [`ocba`]'s shares of the new
/// total as they can without taking any back. The answer sums to `more`; of equal claims the first is served first.
pub fn ocba_step(means: &[f64], variances: &[f64], taken: &[u64], more: u64) -> Option<Vec<u64>> {
    let shares = ocba(means, variances).filter(|s| s.len() == taken.len())?;
    let total = (taken.iter().sum::<u64>() + more) as f64;
    let claims: Vec<f64> = shares.iter().zip(taken).map(|(s, n)| (s * total - *n as f64).max(0.0)).collect();
    let claimed: f64 = claims.iter().sum();
    // What is claimed is at least `more`, but for rounding.
    let exact: Vec<f64> = claims.iter().map(|c| if claimed > 0.0 { c / claimed * more as f64 } else { 0.0 }).collect();
    let mut given: Vec<u64> = exact.iter().map(|x| x.floor() as u64).collect();
    let mut order: Vec<(usize, f64)> = exact.iter().map(|x| x - x.floor()).enumerate().collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut rest = more.saturating_sub(given.iter().sum());
    for (index, _) in order.into_iter().cycle().take(taken.len().saturating_mul(2)) {
        if rest == 0 {
            break;
        }
        if let Some(n) = given.get_mut(index) {
            *n += 1;
            rest -= 1;
        }
    }
    Some(given)
}

/// A lower bound of the probability that the system with the largest mean is the best: one minus the sum over the
/// others of `Φ(-δ / sqrt(σ_b²/N_b + σ_i²/N_i))`, and no less than 0. Rounded to 11 significant digits.
pub fn correct_selection(means: &[f64], variances: &[f64], taken: &[u64]) -> Option<f64> {
    let best = best_of(means)?;
    let normal = Normal::new(0.0, 1.0).ok()?;
    let spread = |i: usize| Some(variances.get(i)? / *taken.get(i).filter(|n| **n > 0)? as f64);
    let of_best = spread(best)?;
    let top = *means.get(best)?;
    let mut wrong = 0.0;
    for (index, mean) in means.iter().enumerate().filter(|(index, _)| *index != best) {
        let error = (of_best + spread(index)?).sqrt();
        wrong += match top - mean {
            distance if error > 0.0 => normal.cdf(-distance / error),
            0.0 => 0.5,
            _ => 0.0,
        };
    }
    format!("{:.10e}", (1.0 - wrong).max(0.0)).parse().ok()
}

/// The first of the largest means.
fn best_of(means: &[f64]) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for (index, mean) in means.iter().enumerate() {
        if best.is_none_or(|(_, top)| *mean > top) {
            best = Some((index, *mean));
        }
    }
    best.map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Means 5, 4, 3 with variances 1, 1, 4: distances 1 and 2. Weights: 1 / 1 = 1 and 4 / 4 = 1, of the best
    /// sqrt(1 x (1 / 1 + 1 / 4)) = 1.118034. Shares 1.118034, 1 and 1 of 3.118034.
    #[test]
    fn worked_example() {
        let shares = ocba(&[5.0, 4.0, 3.0], &[1.0, 1.0, 4.0]).unwrap();
        for (found, expected) in shares.iter().zip([0.358_570_1, 0.320_714_9, 0.320_714_9]) {
            assert!((found - expected).abs() < 1e-6, "{shares:?}");
        }
    }

    /// Twenty more for those who have had ten each: shares of 50 are 17.93, 16.04 and 16.04, claims 7.93, 6.04 and 6.04.
    #[test]
    fn a_step_brings_all_nearer() {
        let step = |taken: &[u64], more| ocba_step(&[5.0, 4.0, 3.0], &[1.0, 1.0, 4.0], taken, more).unwrap();
        assert_eq!(step(&[10, 10, 10], 20), [8, 6, 6]);
        // The third has had more than its share of 20 (6.41), so the others claim 5.17 and 4.41 of 2: 1.08 and 0.92.
        assert_eq!(step(&[2, 2, 14], 2), [1, 1, 0]);
        assert_eq!(step(&[10, 10, 10], 0), [0, 0, 0]);
    }

    /// By hand: errors sqrt(0.1 + 0.1) and sqrt(0.1 + 0.4); Φ(-2.236068) = 0.012674, Φ(-2.828427) = 0.002339.
    #[test]
    fn the_probability_of_a_correct_selection() {
        let p = correct_selection(&[5.0, 4.0, 3.0], &[1.0, 1.0, 4.0], &[10, 10, 10]).unwrap();
        assert!((p - (1.0 - 0.012_673_66 - 0.002_338_87)).abs() < 1e-6, "{p}");
        assert_eq!(correct_selection(&[1.0, 0.0], &[0.0, 0.0], &[1, 1]), Some(1.0));
        assert_eq!(correct_selection(&[1.0, 0.0], &[0.0, 0.0], &[1, 0]), None);
    }

    #[test]
    fn edges() {
        assert_eq!(ocba(&[1.0, 1.0], &[1.0, 9.0]), Some(vec![0.5, 0.5]));
        assert_eq!(ocba(&[1.0, 2.0], &[0.0, 0.0]), Some(vec![0.5, 0.5]));
        assert_eq!(ocba(&[1.0, 2.0], &[0.0, 1.0]), Some(vec![0.5, 0.5]));
        assert_eq!(ocba(&[1.0, f64::NAN], &[1.0, 1.0]), None);
        assert_eq!(ocba(&[1.0], &[1.0, 1.0]), None);
        assert_eq!(ocba(&[], &[]), None);
        // Two that are equally good share; the third, far behind, gets little.
        let shares = ocba(&[2.0, 2.0, 0.0], &[1.0; 3]).unwrap();
        assert!(shares[0] > 0.49 && shares[1] > 0.49 && shares[2] < 1e-3, "{shares:?}");
    }
}
