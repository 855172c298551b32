//! `distributions.csv`: quantiles by variant and metric.

use super::table::Csv;
use crate::report::plots::PlotError;
use std::collections::BTreeMap;
use std::path::Path;

/// (share, quantile), both never falling.
pub(in crate::report::plots) type Curve = Vec<(f64, f64)>;

/// The curves, by metric and variant.
#[derive(Clone, Debug, Default)]
pub(in crate::report::plots) struct Distributions(BTreeMap<(String, String), Curve>);

impl Distributions {
    /// Reads the file; `None` when there is none.
    pub(in crate::report::plots) fn read(path: &Path) -> Result<Option<Self>, PlotError> {
        let Some(mut csv) = Csv::open(path)? else { return Ok(None) };
        let [variant, metric, q, value] = ["variant", "metric", "q", "value"].map(|name| csv.required(name));
        let (variant, metric, share, value) = (variant?, metric?, q?, value?);
        let mut distributions = Self::default();
        while let Some(row) = csv.next()? {
            let key = (row.text(Some(metric))?.to_owned(), row.text(Some(variant))?.to_owned());
            let (q, value_here) = (row.needed(share)?, row.needed(value)?);
            if !(0.0..=1.0).contains(&q) {
                return Err(row.bad(Some(share), "expected a share from 0 to 1"));
            }
            let curve: &mut Curve = distributions.0.entry(key).or_default();
            if curve.last().is_some_and(|&(before, _)| before >= q) {
                return Err(row.bad(Some(share), "expected a larger share than in the row before"));
            }
            if curve.last().is_some_and(|&(_, before)| before > value_here) {
                return Err(row.bad(Some(value), "quantiles fall"));
            }
            curve.push((q, value_here));
        }
        Ok(Some(distributions))
    }

    /// The curve of a metric of a variant.
    pub(in crate::report::plots) fn get(&self, metric: &str, variant: &str) -> Option<&Curve> {
        self.0.get(&(metric.to_owned(), variant.to_owned()))
    }
}
