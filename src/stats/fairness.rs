//! Jain's fairness index.

/// `(sum x)^2 / (n sum x^2)`: 1 where all shares are equal, k/n where k of n share alike and the others get nothing.
///
/// Jain, Chiu & Hawe, DEC-TR-301 (1984). In [1/n, 1], and the same in every unit of x. `None` where
/// there is no value, a value is negative or not finite, or all are 0 (0/0: nothing was shared).
pub fn jain(shares: &[f64]) -> Option<f64> {
    if shares.iter().any(|x| !(x.is_finite() && *x >= 0.0)) {
        return None;
    }
    let largest = shares.iter().fold(0.0, |a: f64, &b| a.max(b));
    if largest == 0.0 {
        return None;
    }
    // Relative to the largest share, so that no square overflows or vanishes.
    let (sum, squares) = shares.iter().map(|x| x / largest).fold((0.0, 0.0), |(s, q), x| (s + x, q + x * x));
    Some((sum * sum / (shares.len() as f64 * squares)).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_examples() {
        assert_eq!(jain(&[3.0, 3.0, 3.0]), Some(1.0));
        assert_eq!(jain(&[1.0, 0.0, 0.0, 0.0]), Some(0.25));
        assert_eq!(jain(&[2.0, 2.0, 0.0, 0.0]), Some(0.5));
        // (1 + 2 + 3)^2 / (3 * 14) = 36/42.
        assert!((jain(&[1.0, 2.0, 3.0]).unwrap() - 6.0 / 7.0).abs() < 1e-15);
        // The unit does not matter, not even where squares would overflow or vanish.
        for unit in [1e-200, 1e300] {
            assert!((jain(&[unit, 2.0 * unit, 3.0 * unit]).unwrap() - 6.0 / 7.0).abs() < 1e-15);
        }
    }

    #[test]
    fn undefined_cases_are_absent() {
        for bad in [&[][..], &[0.0, 0.0], &[1.0, -1.0], &[1.0, f64::NAN], &[1.0, f64::INFINITY]] {
            assert_eq!(jain(bad), None);
        }
    }
}
