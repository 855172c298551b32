//! `comparison.csv`: one value per variant and metric, with its interval.

use super::table::{Csv, Names};
use crate::report::plots::PlotError;
use std::collections::BTreeMap;
use std::path::Path;

/// A metric of a variant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::report::plots) struct Cell {
    pub(in crate::report::plots) mean: f64,
    /// 95 % confidence interval; `None` with one replication.
    pub(in crate::report::plots) interval: Option<(f64, f64)>,
}

/// All metrics of all variants.
#[derive(Clone, Debug, Default)]
pub(in crate::report::plots) struct Comparison {
    /// In the order of the file; the first is the base.
    pub(in crate::report::plots) variants: Names,
    pub(in crate::report::plots) metrics: Names,
    /// By (metric, variant).
    cells: BTreeMap<(usize, usize), Cell>,
    /// Most replications of any row.
    pub(in crate::report::plots) replications: f64,
}

impl Comparison {
    /// Reads the file; `None` when there is none.
    pub(in crate::report::plots) fn read(path: &Path) -> Result<Option<Self>, PlotError> {
        let Some(mut csv) = Csv::open(path)? else { return Ok(None) };
        let (variant, metric, mean) = (csv.required("variant")?, csv.required("metric")?, csv.required("mean")?);
        let [replications, low, high] = ["replications", "ci95_low", "ci95_high"].map(|name| csv.column(name));
        let mut comparison = Self::default();
        while let Some(row) = csv.next()? {
            let key_variant = comparison.variants.number(row.text(Some(variant))?);
            let key_metric = comparison.metrics.number(row.text(Some(metric))?);
            comparison.replications = comparison.replications.max(row.number(replications)?.unwrap_or(1.0));
            let interval = row.number(low)?.zip(row.number(high)?);
            if interval.is_some_and(|(low, high)| high < low) {
                return Err(row.bad(high, "the interval ends before it begins"));
            }
            // A metric without meaning in this variant has no mean.
            let Some(mean) = row.number(Some(mean))? else { continue };
            if comparison.cells.insert((key_metric, key_variant), Cell { mean, interval }).is_some() {
                return Err(row.bad(None, "a second row for this variant and metric"));
            }
        }
        Ok(Some(comparison))
    }

    /// The cell of a metric and the variant with this number.
    pub(in crate::report::plots) fn cell(&self, metric: &str, variant: usize) -> Option<Cell> {
        let metric = self.metrics.list.iter().position(|name| name == metric)?;
        self.cells.get(&(metric, variant)).copied()
    }

    /// Whether `metric` is other than 0 for any variant.
    pub(in crate::report::plots) fn shows(&self, metric: &str) -> bool {
        (0..self.variants.len()).any(|variant| self.cell(metric, variant).is_some_and(|cell| cell.mean != 0.0))
    }

    /// What whiskers mean, where there are any.
    pub(in crate::report::plots) fn remark(&self) -> Option<String> {
        let any = self.cells.values().any(|cell| cell.interval.is_some());
        any.then(|| format!("whiskers: 95 % confidence intervals, {} replications", self.replications))
    }
}
