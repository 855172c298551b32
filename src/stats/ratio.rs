//! Ratios of means, such as joules per task over replications.

use super::{Interval, mean_interval};

/// The ratio of two means, with the jackknife's interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// Mean of the numerators through mean of the denominators: consistent, but biased by a part of order 1/n.
    pub plain: f64,
    /// The jackknife's estimate, whose bias is of order 1/n², with its interval.
    pub interval: Interval,
}

/// `mean(numerators) / mean(denominators)`, which is not the mean of the ratios.
///
/// The jackknife (Quenouille 1956; Tukey 1958; Law, Simulation Modeling and Analysis, section 9.5.3): with θ the
/// ratio of all n pairs and θ_i that without pair i, the pseudo-values `n θ − (n − 1) θ_i` are treated as
/// independent, and their mean gets a Student interval with n − 1 degrees of freedom. Values at the same index
/// must belong to the same replication.
///
/// `None` where the lengths differ, there are fewer than two pairs, or a denominator (of all, or of all but one)
/// adds up to 0.
pub fn ratio_of_means(numerators: &[f64], denominators: &[f64], level: f64) -> Option<Ratio> {
    let count = numerators.len();
    if count != denominators.len() || count < 2 {
        return None;
    }
    let (above, below): (f64, f64) = (numerators.iter().sum(), denominators.iter().sum());
    let plain = above / below;
    let n = count as f64;
    let without = |(x, y): (&f64, &f64)| n * plain - (n - 1.0) * ((above - x) / (below - y));
    let pseudo: Vec<f64> = numerators.iter().zip(denominators).map(without).collect();
    let interval = mean_interval(&pseudo, level)?;
    plain.is_finite().then_some(Ratio { plain, interval })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By numpy and scipy: pseudo-values 3.009, 2.990, 3.333, 3.455, 2.533; the mean of ratios would be 3.1067.
    #[test]
    fn agrees_with_independent_code() {
        let r = ratio_of_means(&[12.0, 15.0, 9.0, 20.0, 13.0], &[4.0, 5.0, 2.5, 6.0, 5.0], 0.95).unwrap();
        assert!((r.plain - 69.0 / 22.5).abs() < 1e-14);
        assert!((r.interval.mean - 3.064_139_464).abs() < 1e-9);
        assert!((r.interval.half_width - 0.445_575_312).abs() < 1e-8);
    }

    /// A constant ratio is exact, whatever the sizes.
    #[test]
    fn proportional_values_have_no_spread() {
        let r = ratio_of_means(&[2.0, 4.0, 8.0], &[1.0, 2.0, 4.0], 0.95).unwrap();
        assert_eq!((r.plain, r.interval.mean, r.interval.half_width), (2.0, 2.0, 0.0));
    }

    #[test]
    fn refusals() {
        assert_eq!(ratio_of_means(&[1.0], &[1.0], 0.95), None);
        assert_eq!(ratio_of_means(&[1.0, 2.0], &[1.0], 0.95), None);
        assert_eq!(ratio_of_means(&[1.0, 2.0], &[0.0, 0.0], 0.95), None);
        // Without the second pair the denominator is 0.
        assert_eq!(ratio_of_means(&[1.0, 2.0], &[0.0, 1.0], 0.95), None);
    }
}
