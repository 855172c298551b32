//! Verdicts over a family of comparisons.

use std::collections::BTreeMap;

use crate::stats::{Verdict, holm};

use super::result::{Comparison, Difference};

/// Probability that a family of comparisons of equal variants shows any difference.
pub const FAMILY_ERROR: f64 = 0.05;

/// A difference and what it shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// The difference.
    pub difference: Difference,
    /// Its p-value adjusted for the family; `None` outside the family, or with one replication.
    pub p_holm: Option<f64>,
    /// What is shown, by the adjusted p-value; `None` where that is.
    pub verdict: Option<Verdict>,
}

impl Judged {
    /// The p-value of this comparison alone.
    pub fn p_value(&self) -> Option<f64> {
        self.difference.test.map(|t| t.p_value)
    }
}

/// All differences of a comparison with their verdicts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// Number of comparisons that the p-values are adjusted for.
    pub family: usize,
    judged: BTreeMap<(usize, String), Judged>,
}

impl Judgement {
    /// The difference of a variant from its baseline in a metric.
    pub fn of(&self, variant: usize, metric: &str) -> Option<&Judged> {
        // A map by owned names is asked with one.
        self.judged.get(&(variant, metric.to_owned()))
    }
}

impl Comparison {
    /// Differences in all metrics, with verdicts for those named in `family`.
    ///
    /// The family of Holm's adjustment is every pair of a variant that has a baseline and a metric of `family` for which
    /// there is a p-value. A difference is shown where the adjusted p-value is below [`FAMILY_ERROR`]: then the probability
    /// of showing any difference that is none, in the whole table, is at most that.
    pub fn judge(&self, family: &[String]) -> Judgement {
        let metrics = self.metrics();
        let pairs = (0..self.variants.len()).flat_map(|v| metrics.iter().map(move |m| (v, m)));
        let mut judged: BTreeMap<(usize, String), Judged> = pairs
            .filter_map(|(v, m)| {
                let difference = self.difference(v, m)?;
                Some(((v, m.clone()), Judged { difference, p_holm: None, verdict: None }))
            })
            .collect();
        let members = judged.iter().filter(|((_, metric), _)| family.contains(metric));
        let members: Vec<_> = members.filter_map(|(key, j)| Some((key.clone(), j.p_value()?))).collect();
        let values: Vec<f64> = members.iter().map(|(_, p)| *p).collect();
        for ((key, _), adjusted) in members.iter().zip(holm(&values)) {
            if let Some(one) = judged.get_mut(key) {
                one.p_holm = Some(adjusted);
                one.verdict = Some(Verdict::new(one.difference.mean, adjusted, FAMILY_ERROR));
            }
        }
        Judgement { family: members.len(), judged }
    }
}
