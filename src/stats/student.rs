//! Quantiles of Student's t for a whole number of degrees of freedom.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// Beyond so many degrees the normal quantile is right to seven digits, and statrs' inversion is not.
const NORMAL_FROM: u64 = 100_000;

/// The two-sided quantile: the t that holds `level` of the probability in [-t, t].
///
/// `None` without degrees of freedom, or for a level outside (0, 1). Rounded to 11 significant digits, so
/// that the last bits of a platform's logarithm do not reach the results.
pub fn student_t(freedom: u64, level: f64) -> Option<f64> {
    if freedom == 0 || !(level > 0.0 && level < 1.0) {
        return None;
    }
    let upper = 0.5 + level / 2.0;
    let quantile = if freedom < NORMAL_FROM {
        StudentsT::new(0.0, 1.0, freedom as f64).ok()?.inverse_cdf(upper)
    } else {
        Normal::new(0.0, 1.0).ok()?.inverse_cdf(upper)
    };
    format!("{quantile:.10e}").parse().ok()
}

/// The probability of a t outside [-t, t]; 1 without degrees of freedom.
pub fn student_t_outside(freedom: u64, t: f64) -> f64 {
    StudentsT::new(0.0, 1.0, freedom as f64).map_or(1.0, |d| 2.0 * (1.0 - d.cdf(t.abs())))
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
        for (freedom, level) in [(1, 0.9), (9, 0.95), (39, 0.99)] {
            let t = student_t(freedom, level).unwrap();
            assert!((student_t_outside(freedom, t) - (1.0 - level)).abs() < 1e-8, "{freedom} {level}");
        }
    }

    #[test]
    fn nonsense_has_no_quantile() {
        assert_eq!(student_t(0, 0.95), None);
        assert_eq!(student_t(5, 1.0), None);
        assert_eq!(student_t(5, f64::NAN), None);
    }
}
