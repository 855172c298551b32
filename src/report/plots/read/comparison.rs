//! `comparison.csv`: one value per variant and metric, with its interval.

use super::table::{Csv, Names};
use crate::report::plots::PlotError;
use crate::report::plots::catalogue::in_file_name;
use std::collections::BTreeMap;
use std::path::Path;

/// A metric of a variant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::report::plots) struct Cell {
    pub(in crate::report::plots) mean: f64,
    /// 95 % confidence interval; `None` with one replication.
    pub(in crate::report::plots) interval: Option<(f64, f64)>,
}

/// How a metric of a variant differs from the baseline's, in paired replications.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::report::plots) struct Difference {
    /// Share of the baseline's mean: 0.1 is 10 % more.
    pub(in crate::report::plots) mean: f64,
    /// 95 % interval, as a share too; `None` with one replication.
    pub(in crate::report::plots) interval: Option<(f64, f64)>,
    /// Whether a difference is shown: after Holm's correction where the file has it, else by the interval.
    pub(in crate::report::plots) shown: bool,
}

/// All metrics of all variants.
#[derive(Clone, Debug, Default)]
pub(in crate::report::plots) struct Comparison {
    /// In the order of the file; the first is the base.
    pub(in crate::report::plots) variants: Names,
    pub(in crate::report::plots) metrics: Names,
    /// By (metric, variant).
    cells: BTreeMap<(usize, usize), Cell>,
    differences: BTreeMap<(usize, usize), Difference>,
    /// The variant that the others are compared with; empty where there are several.
    pub(in crate::report::plots) base: String,
    /// Whether verdicts are corrected for their number.
    pub(in crate::report::plots) holm: bool,
    /// Most replications of any row.
    pub(in crate::report::plots) replications: f64,
}

impl Comparison {
    /// Reads the file; `None` when there is none.
    pub(in crate::report::plots) fn read(path: &Path) -> Result<Option<Self>, PlotError> {
        let Some(mut csv) = Csv::open(path)? else { return Ok(None) };
        let (variant, metric, mean) = (csv.required("variant")?, csv.required("metric")?, csv.required("mean")?);
        let [replications, low, high] = ["replications", "ci95_low", "ci95_high"].map(|name| csv.column(name));
        let columns = ["difference", "difference_ci95_low", "difference_ci95_high", "p_holm"];
        let [difference, from, to, p_holm] = columns.map(|name| csv.column(name));
        let mut comparison = Self { holm: p_holm.is_some(), ..Self::default() };
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
            if let Some(mean) = row.number(difference)? {
                let interval = row.number(from)?.zip(row.number(to)?);
                let outside = interval.is_some_and(|(low, high)| low > 0.0 || high < 0.0);
                let shown = row.number(p_holm)?.map_or(outside && !comparison.holm, |p| p <= 0.05);
                let found = Difference { mean, interval, shown };
                comparison.differences.insert((key_metric, key_variant), found);
            }
        }
        comparison.base = comparison.only_base();
        comparison.relate();
        Ok(Some(comparison))
    }

    /// The cell of a metric and the variant with this number.
    pub(in crate::report::plots) fn cell(&self, metric: &str, variant: usize) -> Option<Cell> {
        let metric = self.metrics.list.iter().position(|name| name == metric)?;
        self.cells.get(&(metric, variant)).copied()
    }

    /// The one variant that differs from nothing; empty where there are several baselines.
    fn only_base(&self) -> String {
        let differs = |number: &usize| self.differences.keys().any(|(_, variant)| variant == number);
        let mut bases = (0..self.variants.len()).filter(|number| !differs(number));
        match (bases.next(), bases.next()) {
            (Some(base), None) => self.variants.get(base).to_owned(),
            _ => String::new(),
        }
    }

    /// Differences as shares of the baseline's mean, which is the variant's own less the difference; those from
    /// nothing have none.
    fn relate(&mut self) {
        let cells = &self.cells;
        let base = |key: &(usize, usize), found: &Difference| {
            cells.get(key).map_or(0.0, |cell| (cell.mean - found.mean).abs())
        };
        // A last digit is not a baseline.
        self.differences.retain(|key, found| base(key, found) > 1e-12 * found.mean.abs());
        for (key, found) in &mut self.differences {
            let whole = base(key, found);
            let share = |x: f64| x / whole;
            found.mean = share(found.mean);
            found.interval = found.interval.map(|(low, high)| (share(low), share(high)));
        }
    }

    /// How a metric of the variant with this number differs from the baseline's.
    pub(in crate::report::plots) fn difference(&self, metric: &str, variant: usize) -> Option<Difference> {
        let metric = self.metrics.list.iter().position(|name| name == metric)?;
        self.differences.get(&(metric, variant)).copied()
    }

    /// The metric of a chart's name, in which dots may be underscores.
    pub(in crate::report::plots) fn metric_of_chart(&self, name: &str) -> Option<&str> {
        let wanted = in_file_name(name);
        let by_name = self.metrics.list.iter().find(|metric| *metric == name);
        let found = by_name.or_else(|| self.metrics.list.iter().find(|metric| in_file_name(metric) == wanted));
        found.map(String::as_str)
    }

    /// These variants alone, in this order; unknown ones are passed over.
    pub(in crate::report::plots) fn keep(&mut self, wanted: &[String]) {
        let mut kept = Names::default();
        let mut numbers = BTreeMap::new();
        for name in wanted {
            if let Some(before) = self.variants.list.iter().position(|known| known == name) {
                numbers.insert(before, kept.number(name));
            }
        }
        let moved = |&(metric, variant): &(usize, usize)| numbers.get(&variant).map(|&now| (metric, now));
        self.cells = self.cells.iter().filter_map(|(key, cell)| Some((moved(key)?, *cell))).collect();
        self.differences = self.differences.iter().filter_map(|(key, found)| Some((moved(key)?, *found))).collect();
        self.variants = kept;
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
