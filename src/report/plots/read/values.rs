//! `values.csv`: one value per variant, metric and replication.

use super::table::Csv;
use crate::report::plots::PlotError;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The values of some metrics, by metric and variant.
#[derive(Clone, Debug, Default)]
pub(in crate::report::plots) struct Values(BTreeMap<(String, String), Vec<f64>>);

impl Values {
    /// Reads the rows of `metrics`; `None` when there is no file.
    pub(in crate::report::plots) fn read(path: &Path, metrics: &BTreeSet<&str>) -> Result<Option<Self>, PlotError> {
        let Some(mut csv) = Csv::open(path)? else { return Ok(None) };
        let [variant, metric, value] = ["variant", "metric", "value"].map(|name| csv.required(name));
        let (variant, metric, value) = (variant?, metric?, value?);
        let mut values = Self::default();
        while let Some(row) = csv.next()? {
            let name = row.text(Some(metric))?;
            let Some(value) = row.number(Some(value))?.filter(|_| metrics.contains(name)) else { continue };
            let key = (name.to_owned(), row.text(Some(variant))?.to_owned());
            values.0.entry(key).or_default().push(value);
        }
        Ok(Some(values))
    }

    /// The values of a metric of a variant, rising; none where there are none.
    pub(in crate::report::plots) fn sorted(&self, metric: &str, variant: &str) -> Vec<f64> {
        let mut values = self.0.get(&(metric.to_owned(), variant.to_owned())).cloned().unwrap_or_default();
        values.sort_unstable_by(f64::total_cmp);
        values
    }
}
