//! Where the initial transient of a series ends: MSER-5.

use super::Moments;

/// Observations that are averaged before the rule looks at them.
pub const MSER_BATCH: usize = 5;

/// Fewest batches left at the end: the statistic of a handful says nothing.
const FEWEST_LEFT: usize = 5;

/// Where to cut a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mser {
    /// Observations to delete from the beginning, a multiple of [`MSER_BATCH`].
    pub delete: usize,
    /// The statistic there.
    pub statistic: f64,
    /// Observations that were looked at: the whole batches.
    pub length: usize,
    /// Whether the cut lies within the first half. If not, the series is too short to tell where its transient
    /// ends, and `delete` must not be used: run longer.
    pub is_settled: bool,
}

/// MSER-5: the cut after which the mean of the rest is known best.
///
/// With `z` the m means of 5 observations each, `d` minimises `1 / (m − d)² · Σ_{i > d} (z_i − mean of the
/// rest)²`, the squared width of an interval of the rest's mean (White, Simulation 69, 1997; White, Cobb & Spratt,
/// Winter Simulation Conference 2000). The first of equal minima counts. A minimum beyond `m / 2` is that of a
/// series that has not settled. The last 5 batches are never cut.
///
/// The rule may cut too little where a series starts far from its mean for short, or has rare large values (Wang &
/// Glynn 2016): look at the series too. `None` with fewer than 10 batches, or a value that is not finite.
pub fn mser5(series: &[f64]) -> Option<Mser> {
    let batches: Vec<f64> =
        series.chunks_exact(MSER_BATCH).map(|batch| batch.iter().sum::<f64>() / MSER_BATCH as f64).collect();
    let count = batches.len();
    if count < 2 * FEWEST_LEFT || batches.iter().any(|z| !z.is_finite()) {
        return None;
    }
    // From the end, so that each rest is the one before it with one batch more.
    let mut rest = Moments::new();
    let mut best = (f64::INFINITY, count);
    for (cut, batch) in batches.iter().enumerate().rev() {
        rest.record(*batch);
        let left = rest.count() as f64;
        let squares = rest.variance().unwrap_or(0.0) * (left - 1.0);
        let statistic = squares / (left * left);
        if count - cut >= FEWEST_LEFT && statistic <= best.0 {
            best = (statistic, cut);
        }
    }
    let (statistic, cut) = best;
    let is_settled = cut <= count / 2;
    statistic.is_finite().then_some(Mser {
        delete: cut * MSER_BATCH,
        statistic,
        length: count * MSER_BATCH,
        is_settled,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each value five times, so that the batches are the values themselves.
    fn batches(values: &[f64]) -> Vec<f64> {
        values.iter().flat_map(|x| [*x; MSER_BATCH]).collect()
    }

    /// Ten batches 9, 5, 1, 2, 1, 2, 1, 2, 1, 2. After two cuts: eight with mean 1.5 and squares 8 · 0.25 = 2, so
    /// 2/64 = 0.03125. After one: mean 17/9, squares 45 − 289/9 = 12.89, 12.89/81 = 0.159. After three: mean 11/7,
    /// squares 19 − 121/7 = 1.714, 1.714/49 = 0.03499. After four: squares 1.5, 1.5/36 = 0.0417. After five: squares
    /// 1.2, 1.2/25 = 0.048.
    #[test]
    fn worked_by_hand() {
        let cut = mser5(&batches(&[9.0, 5.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0])).unwrap();
        assert_eq!((cut.delete, cut.length, cut.is_settled), (10, 50, true));
        assert!((cut.statistic - 0.03125).abs() < 1e-15, "{}", cut.statistic);
    }

    /// A decaying start under a periodic ripple; by numpy from the definition: cut after 8 of 40 batches.
    #[test]
    fn agrees_with_the_definition_term_by_term() {
        let series: Vec<f64> = (0..200).map(|i| 10.0 * 0.9f64.powi(i) + f64::from(i * 7 % 11) / 11.0).collect();
        let cut = mser5(&series).unwrap();
        assert_eq!((cut.delete, cut.is_settled), (40, true));
        assert!((cut.statistic - 0.000_163_797_381_927_866_2).abs() < 1e-15, "{}", cut.statistic);
    }

    /// A series that grows for ever is best cut as late as possible (numpy: 15 of 20 batches): run longer.
    #[test]
    fn a_trend_never_settles() {
        let series: Vec<f64> = (0..100).map(f64::from).collect();
        let cut = mser5(&series).unwrap();
        assert!(!cut.is_settled);
        assert_eq!(cut.delete, 75);
    }

    #[test]
    fn what_does_not_change_needs_no_cut() {
        assert_eq!(mser5(&[3.0; 60]).map(|c| (c.delete, c.is_settled)), Some((0, true)));
    }

    #[test]
    fn too_short_or_not_finite_is_no_answer() {
        assert_eq!(mser5(&[1.0; 49]), None);
        assert_eq!(mser5(&[f64::NAN; 100]), None);
        assert_eq!(mser5(&[f64::MAX; 100]), None);
    }
}
