//! Holm's step-down adjustment of a family of p-values.

/// The p-values of a family, adjusted so that rejecting those below α errs on any true hypothesis with
/// probability α at most, however the tests depend on each other.
///
/// With the m values in rising order the i-th (from 0) is multiplied by `m - i`; none becomes smaller than one
/// before it, none larger than 1. What is not a number counts as 1. In the order of the input (Holm, "A simple
/// sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979).
pub fn holm(values: &[f64]) -> Vec<f64> {
    let clean: Vec<f64> = values.iter().map(|p| if p.is_nan() { 1.0 } else { p.clamp(0.0, 1.0) }).collect();
    let mut order: Vec<(usize, f64)> = clean.iter().copied().enumerate().collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut adjusted = vec![1.0; values.len()];
    let mut least = 0.0f64;
    for (done, (index, p)) in order.into_iter().enumerate() {
        least = least.max(((values.len() - done) as f64 * p).min(1.0));
        if let Some(slot) = adjusted.get_mut(index) {
            *slot = least;
        }
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?} {expected:?}");
    }

    /// Four tests: 4 x 0.005, 3 x 0.01, 2 x 0.03, and 1 x 0.04, which may not fall below the one before it.
    /// At 5 % the fourth and the first are rejected and the rest are not, as in the usual textbook example.
    #[test]
    fn worked_example() {
        near(&holm(&[0.01, 0.04, 0.03, 0.005]), &[0.03, 0.06, 0.06, 0.02]);
    }

    /// As `p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm")` of R: 5, 4, 3, 2 and 1 times, never falling.
    #[test]
    fn adjusted_values_never_fall() {
        near(&holm(&[0.01, 0.02, 0.03, 0.04, 0.05]), &[0.05, 0.08, 0.09, 0.09, 0.09]);
    }

    #[test]
    fn edges() {
        near(&holm(&[]), &[]);
        near(&holm(&[0.04]), &[0.04]);
        near(&holm(&[0.6, 0.7]), &[1.0, 1.0]);
        near(&holm(&[0.0, f64::NAN]), &[0.0, 1.0]);
        near(&holm(&[0.02, 0.02]), &[0.04, 0.04]);
    }
}
