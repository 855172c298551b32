//! How much results hang on what ties decide.

use crate::json::{Setting, SettingError};

use super::compare::{Comparison, Variant, VariantResult};

/// A metric of one variant, with ties as documented and by lot.
#[derive(Clone, Debug, PartialEq)]
pub struct TieRange {
    /// The variant.
    pub variant: String,
    /// The metric.
    pub metric: String,
    /// Its mean with ties as documented.
    pub documented: f64,
    /// Least mean over the shuffles.
    pub low: f64,
    /// Greatest mean over the shuffles.
    pub high: f64,
}

impl TieRange {
    /// The farthest that a shuffle moved the mean, as a part of it; infinite where it was 0.
    pub fn movement(&self) -> f64 {
        let farthest = (self.high - self.documented).abs().max((self.documented - self.low).abs());
        if farthest == 0.0 { 0.0 } else { farthest / self.documented.abs() }
    }
}

/// `chosen`, then each of them with ties shuffled in `shuffles` ways.
///
/// # Errors
/// Never in practice: the setting is always well formed.
pub fn with_shuffled_ties(chosen: &[Variant], shuffles: u32) -> Result<Vec<Variant>, SettingError> {
    let mut all = chosen.to_vec();
    for (index, variant) in chosen.iter().enumerate() {
        for seed in 1..=shuffles {
            let mut shuffled = variant.clone();
            shuffled.settings.push(Setting::new("policies.shuffle_ties", seed.into())?);
            shuffled.baseline = index;
            shuffled.label = format!("{} (ties {seed})", variant.label);
            all.push(shuffled);
        }
    }
    Ok(all)
}

/// Takes the shuffled variants out of a comparison of `variants` and `shuffles` of each, and tells what they moved.
pub fn take_ties(comparison: &mut Comparison, variants: usize, shuffles: u32) -> Vec<TieRange> {
    let shuffled = comparison.variants.split_off(variants.min(comparison.variants.len()));
    let metrics = comparison.metrics();
    let groups = shuffled.chunks(shuffles.max(1) as usize);
    let of = |(variant, group): (&VariantResult, &[VariantResult])| -> Vec<TieRange> {
        metrics.iter().filter_map(|metric| range(variant, group, metric)).collect()
    };
    comparison.variants.iter().zip(groups).flat_map(of).collect()
}

fn range(variant: &VariantResult, shuffled: &[VariantResult], metric: &str) -> Option<TieRange> {
    let (documented, _) = variant.mean(metric)?;
    let means: Vec<f64> = shuffled.iter().filter_map(|s| Some(s.mean(metric)?.0)).collect();
    let low = means.iter().copied().reduce(f64::min)?;
    let high = means.iter().copied().reduce(f64::max)?;
    Some(TieRange { variant: variant.label.clone(), metric: metric.to_owned(), documented, low, high })
}
