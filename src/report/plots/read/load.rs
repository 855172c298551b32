//! `load.csv`: metrics of each variant by offered load.

use super::comparison::Cell;
use super::table::{Csv, Names};
use crate::report::plots::PlotError;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A metric of a variant at one load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::report::plots) struct LoadPoint {
    /// The offered load that was reached, or asked for where that is not known.
    pub(in crate::report::plots) load: f64,
    pub(in crate::report::plots) cell: Cell,
    /// Without a steady state, so that the value says nothing.
    pub(in crate::report::plots) saturated: bool,
}

/// Load curves.
#[derive(Clone, Debug, Default)]
pub(in crate::report::plots) struct Loads {
    /// Variants without their loads, in the order of the file.
    pub(in crate::report::plots) curves: Names,
    /// Variants with their loads, as comparisons call them, that were saturated.
    pub(in crate::report::plots) saturated: BTreeSet<String>,
    /// By metric and curve.
    points: BTreeMap<(String, usize), Vec<LoadPoint>>,
    /// Whether any value has an interval.
    pub(in crate::report::plots) intervals: bool,
}

impl Loads {
    /// Reads the file; `None` when there is none.
    pub(in crate::report::plots) fn read(path: &Path) -> Result<Option<Self>, PlotError> {
        let Some(mut csv) = Csv::open(path)? else { return Ok(None) };
        let [variant, load, metric, mean] = ["variant", "load", "metric", "mean"].map(|name| csv.required(name));
        let (variant, load, metric, mean) = (variant?, load?, metric?, mean?);
        let is_saturated = csv.required("saturated")?;
        let [offered, low, high] = ["offered", "ci95_low", "ci95_high"].map(|name| csv.column(name));
        let mut loads = Self::default();
        while let Some(row) = csv.next()? {
            let name = row.text(Some(variant))?.to_owned();
            let saturated = match row.text(Some(is_saturated))? {
                "true" => true,
                "false" => false,
                _ => return Err(row.bad(Some(is_saturated), "expected true or false")),
            };
            let asked = row.needed(load)?;
            if saturated {
                let word = format!("load {}", row.text(Some(load))?.trim());
                loads.saturated.insert(word.clone());
                loads.saturated.insert(format!("{name} / {word}"));
            }
            let curve = loads.curves.number(&name);
            let interval = row.number(low)?.zip(row.number(high)?);
            if interval.is_some_and(|(low, high)| high < low) {
                return Err(row.bad(high, "the interval ends before it begins"));
            }
            let Some(mean) = row.number(Some(mean))? else { continue };
            loads.intervals |= interval.is_some();
            let load = row.number(offered)?.unwrap_or(asked);
            let point = LoadPoint { load, cell: Cell { mean, interval }, saturated };
            loads.points.entry((row.text(Some(metric))?.to_owned(), curve)).or_default().push(point);
        }
        for points in loads.points.values_mut() {
            points.sort_by(|a, b| a.load.total_cmp(&b.load));
        }
        Ok(Some(loads))
    }

    /// The points of a metric on one curve, by rising load.
    pub(in crate::report::plots) fn points(&self, metric: &str, curve: usize) -> &[LoadPoint] {
        self.points.get(&(metric.to_owned(), curve)).map_or(&[], Vec::as_slice)
    }
}
