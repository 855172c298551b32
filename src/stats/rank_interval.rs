//! An interval of a quantile from the ranks of independent values.

use statrs::distribution::{Binomial, DiscreteCDF};

/// Most values: beyond, the ranks are searched for too long.
const MOST: usize = 100_000_000;

/// Two ranks between which a quantile lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankInterval {
    /// Rank of the lower end among the sorted values, from 1.
    pub low: usize,
    /// Rank of the upper end.
    pub high: usize,
    /// Probability that the quantile lies between the two values, at least the level asked for.
    pub coverage: f64,
}

/// Ranks whose order statistics hold the `q` quantile with probability `level` or more, for **independent** values
/// of any continuous law.
///
/// How many of n values lie below the quantile is binomial (n, q), so `P(X_(l) <= x_q <= X_(u)) = B(u − 1) − B(l −
/// 1)`, B its distribution function; l is the largest and u the smallest rank that leaves at most `(1 − level) /
/// 2` on its side (David & Nagaraja, Order Statistics, 3rd edition, section 7.1). The waits of one run are
/// dependent: for them take the quantile of each replication and [`mean_interval`](super::mean_interval) across.
///
/// `None` where there are too few values for such ranks (at least 6 for a median at 95 %, 368 for the 99th
/// percentile), or `q` or `level` is outside (0, 1).
pub fn quantile_ranks(count: usize, q: f64, level: f64) -> Option<RankInterval> {
    let inside = |p: f64| p > 0.0 && p < 1.0;
    if !inside(q) || !inside(level) || count == 0 || count > MOST {
        return None;
    }
    let binomial = Binomial::new(q, count as u64).ok()?;
    // Rounded, so that the last bits of a platform's logarithm decide nothing.
    let below = |k: usize| (binomial.cdf(k as u64) * 1e12).round() / 1e12;
    let side = (1.0 - level) / 2.0;
    // The least k in 0..=count for which a growing property holds.
    let least = |holds: &dyn Fn(usize) -> bool| {
        let (mut from, mut to) = (0, count);
        while from < to {
            let middle = from + (to - from) / 2;
            if holds(middle) { to = middle } else { from = middle + 1 }
        }
        from
    };
    // The first k with B(k) above the side is the largest l with B(l − 1) within it.
    let low = least(&|k| below(k) > side);
    let high = least(&|k| 1.0 - below(k) <= side + 1e-12) + 1;
    (low >= 1 && high <= count).then(|| RankInterval { low, high, coverage: below(high - 1) - below(low - 1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The printed ranks for the median (such as Conover, Practical Nonparametric Statistics, table A3); others by
    /// scipy's binomial.
    #[test]
    fn ranks_of_the_printed_tables() {
        for (n, q, low, high, coverage) in [
            (6, 0.5, 1, 6, 0.968_75),
            (10, 0.5, 2, 9, 0.978_515_625),
            (20, 0.5, 6, 15, 0.958_610_535),
            (100, 0.9, 84, 96, 0.955_690_107),
            (1000, 0.99, 983, 997, 0.976_094_763),
        ] {
            let found = quantile_ranks(n, q, 0.95).unwrap();
            assert_eq!((found.low, found.high), (low, high), "{n} {q}");
            assert!((found.coverage - coverage).abs() < 1e-8, "{n} {q}: {}", found.coverage);
        }
    }

    /// With 5 values the median lies outside all of them with probability 2/32; `0.99^367` is above 2.5 % and
    /// `0.99^368` below.
    #[test]
    fn too_few_values_have_no_such_ranks() {
        assert_eq!(quantile_ranks(5, 0.5, 0.95), None);
        assert_eq!(quantile_ranks(50, 0.99, 0.95), None);
        assert!(quantile_ranks(367, 0.99, 0.95).is_none() && quantile_ranks(368, 0.99, 0.95).is_some());
        for (n, q, level) in [(0, 0.5, 0.95), (10, 0.0, 0.95), (10, 1.0, 0.95), (10, 0.5, 1.0), (10, f64::NAN, 0.95)] {
            assert_eq!(quantile_ranks(n, q, level), None);
        }
    }
}
