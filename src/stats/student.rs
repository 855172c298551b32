//! Quantiles of Student's t for a whole number of degrees of freedom.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// Beyond so many degrees the normal quantile is right to seven digits, and statrs' inversion is not.
const NORMAL_FROM: f64 = 100_000.0;

/// The two-sided quantile: the t that holds `level` of the probability in [-t, t].
///
/// `None` without degrees of freedom, or for a level outside (0, 1). Rounded to 11 significant digits, so
/// that the last bits of a platform's logarithm do not reach the results.
pub fn student_t(freedom: u64, level: f64) -> Option<f64> {
    student_t_real(freedom as f64, level)
}

/// As [`student_t`], for degrees of freedom that need not be whole, as those of Welch's interval.
pub fn student_t_real(freedom: f64, level: f64) -> Option<f64> {
    if !(freedom > 0.0 && level > 0.0 && level < 1.0) {
        return None;
    }
    let upper = 0.5 + level / 2.0;
    let quantile = if freedom < NORMAL_FROM {
        StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(upper)
    } else {
        Normal::new(0.0, 1.0).ok()?.inverse_cdf(upper)
    };
    rounded(quantile)
}

/// The probability of a t outside [-t, t]: the two-sided p-value. 1 without degrees of freedom or for a t that
/// is not a number. Rounded to 11 significant digits.
pub fn student_t_outside(freedom: f64, t: f64) -> f64 {
    let lower = StudentsT::new(0.0, 1.0, freedom).ok().filter(|_| !t.is_nan()).map(|d| 2.0 * d.cdf(-t.abs()));
    lower.and_then(rounded).map_or(1.0, |p| p.clamp(0.0, 1.0))
}

fn rounded(x: f64) -> Option<f64> {
    format!("{x:.10e}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_the_printed_tables() {
        for (freedom, level, t) in [
            (1, 0.95, 12.706_205),
            (2, 0.95, 4.302_653),
            (4, 0.95, 2.776_445),
            (9, 0.95, 2.262_157),
            (29, 0.95, 2.045_230),
            (120, 0.95, 1.979_930),
            (10_000_000, 0.95, 1.959_964),
            (9, 0.90, 1.833_113),
            (9, 0.99, 3.249_836),
            (1, 0.90, 6.313_752),
        ] {
            assert!((student_t(freedom, level).unwrap() - t).abs() < 1e-6, "{freedom} {level}");
        }
    }

    /// One degree: `tan(π level / 2)`; two degrees: `level sqrt(2 / (1 - level^2))`.
    #[test]
    fn quantiles_in_closed_form() {
        for level in [0.1, 0.5, 0.9, 0.95, 0.99] {
            let one = libm::tan(std::f64::consts::FRAC_PI_2 * level);
            let two = level * (2.0 / (1.0 - level * level)).sqrt();
            assert!((student_t(1, level).unwrap() / one - 1.0).abs() < 1e-9);
            assert!((student_t(2, level).unwrap() / two - 1.0).abs() < 1e-9);
        }
    }

    /// The quantile and the probability undo each other.
    #[test]
    fn the_tails_hold_what_the_quantile_leaves() {
        for (freedom, level) in [(1.0, 0.9), (9.0, 0.95), (24.5, 0.9), (39.0, 0.99)] {
            let t = student_t_real(freedom, level).unwrap();
            assert!((student_t_outside(freedom, t) - (1.0 - level)).abs() < 1e-8, "{freedom} {level}");
        }
    }

    /// Two degrees: `1 - t / sqrt(2 + t^2)`, for t = 1e4 about 1e-8: small values keep their digits.
    #[test]
    fn small_p_values_keep_their_digits() {
        let p = student_t_outside(2.0, -1e4);
        // 1 - (1 + 2e-8)^(-1/2) = 1e-8 - 1.5e-16.
        assert!((p / (1e-8 - 1.5e-16) - 1.0).abs() < 1e-9, "{p}");
        assert_eq!((student_t_outside(3.0, 0.0), student_t_outside(3.0, f64::INFINITY)), (1.0, 0.0));
        assert_eq!((student_t_outside(0.0, 5.0), student_t_outside(3.0, f64::NAN)), (1.0, 1.0));
    }

    #[test]
    fn nonsense_has_no_quantile() {
        assert_eq!(student_t(0, 0.95), None);
        assert_eq!(student_t(5, 1.0), None);
        assert_eq!(student_t(5, f64::NAN), None);
    }
}
