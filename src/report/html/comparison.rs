//! The tables of a comparison, from `comparison.csv`: means by variant, and paired differences from the first.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use crate::report::comparison::headlines_among;
use crate::report::plots::PlotError;
use crate::report::plots::read::table::{Csv, Names};
use crate::report::tables::human;
use crate::sink::metric::{Better, better};

use super::encode::Table;
use super::escape::html;

/// Variants up to which each has a column.
const COLUMNS: usize = 6;
/// Variants up to which tables stand in the page; of more there is the one that can be searched.
const TABLED: usize = 40;
/// Metrics that have a column where variants have rows.
const SHOWN: usize = 5;
/// Values of single replications that the page holds.
const VALUES: usize = 100_000;

/// One metric of one variant.
#[derive(Clone, Debug, Default)]
struct Cell {
    mean: f64,
    interval: Option<(f64, f64)>,
    difference: Option<f64>,
    between: Option<(f64, f64)>,
    p: Option<f64>,
    holm: Option<f64>,
    /// What the file says; `None` where it has no such column, empty where the metric was not judged.
    verdict: Option<String>,
}

/// Everything in the file.
#[derive(Clone, Debug, Default)]
pub(super) struct Comparison {
    variants: Names,
    metrics: Names,
    cells: BTreeMap<(usize, usize), Cell>,
    replications: f64,
}

impl Comparison {
    /// Reads the file; `None` when there is none.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, PlotError> {
        let Some(mut csv) = Csv::open(path)? else { return Ok(None) };
        let (variant, metric, mean) = (csv.required("variant")?, csv.required("metric")?, csv.required("mean")?);
        let [count, low, high] = ["replications", "ci95_low", "ci95_high"].map(|name| csv.column(name));
        let [difference, from, to] =
            ["difference", "difference_ci95_low", "difference_ci95_high"].map(|name| csv.column(name));
        let [p, holm, verdict] = ["p_value", "p_holm", "verdict"].map(|name| csv.column(name));
        let mut comparison = Self::default();
        while let Some(row) = csv.next()? {
            let key = (
                comparison.metrics.number(row.text(Some(metric))?),
                comparison.variants.number(row.text(Some(variant))?),
            );
            comparison.replications = comparison.replications.max(row.number(count)?.unwrap_or(1.0));
            let Some(mean) = row.number(Some(mean))? else { continue };
            let cell = Cell {
                mean,
                interval: row.number(low)?.zip(row.number(high)?),
                difference: row.number(difference)?,
                between: row.number(from)?.zip(row.number(to)?),
                p: row.number(p)?,
                holm: row.number(holm)?,
                verdict: verdict.map(|_| row.text(verdict).map(str::to_owned)).transpose()?,
            };
            if comparison.cells.insert(key, cell).is_some() {
                return Err(row.bad(None, "a second row for this variant and metric"));
            }
        }
        Ok(Some(comparison))
    }

    /// The names of the variants, the baseline first.
    pub(super) fn variants(&self) -> &[String] {
        &self.variants.list
    }

    /// Those that others are compared with: they have no differences. In groups, as at several loads, there are several.
    fn baselines(&self) -> Vec<&str> {
        let compared: BTreeSet<usize> =
            self.cells.iter().filter(|(_, cell)| cell.difference.is_some()).map(|(key, _)| key.1).collect();
        (0..self.variants.len()).filter(|v| !compared.contains(v)).map(|v| self.variants.get(v)).collect()
    }

    /// A sentence on what was compared.
    pub(super) fn sentence(&self) -> String {
        let baselines = self.baselines();
        let names: Vec<String> = baselines.iter().map(|name| format!("<b>{}</b>", html(name))).collect();
        let base = match names.as_slice() {
            [one] => format!("Baseline: {one}."),
            many => format!("Each is compared with the baseline of its own group: {}.", many.join(", ")),
        };
        let runs = self.replications;
        let paired = if runs > 1.0 { "; intervals are of 95 %, differences are paired by replication" } else { "" };
        format!(
            "<p>{} variants, {runs} replication{} each{paired}. {base}</p>\n",
            self.variants.len(),
            if runs == 1.0 { "" } else { "s" },
        )
    }

    /// The tables' HTML.
    pub(super) fn tables(&self) -> String {
        let metrics = self.chosen();
        match self.variants.len() {
            0 => String::new(),
            n if n <= COLUMNS => self.by_metric(&metrics) + &self.differences(&metrics),
            n if n <= TABLED => self.by_variant(&metrics) + &self.differences(&metrics),
            n => format!(
                "<p class=\"note\">{n} variants are too many for tables in print; all stand in the table of all values.</p>\n"
            ),
        }
    }

    /// Metrics worth a line: those of the screen's table that are other than 0 somewhere.
    fn chosen(&self) -> Vec<usize> {
        let named = headlines_among(&self.metrics.list).into_iter();
        named.filter(|&metric| self.row(metric).any(|(_, cell)| cell.mean != 0.0)).collect()
    }

    fn row(&self, metric: usize) -> impl Iterator<Item = (usize, &Cell)> {
        self.cells.range((metric, 0)..=(metric, usize::MAX)).map(|(key, cell)| (key.1, cell))
    }

    fn cell(&self, metric: usize, variant: usize) -> String {
        let name = self.metrics.get(metric);
        let Some(cell) = self.cells.get(&(metric, variant)) else { return "<td class=\"n\">n/a</td>".to_owned() };
        let spread = cell.interval.map_or_else(String::new, |(low, high)| {
            format!(" <span class=\"pm\">± {}</span>", html(&human(name, (high - low) / 2.0)))
        });
        format!("<td class=\"n\">{}{spread}{}</td>", html(&human(name, cell.mean)), change(name, cell))
    }

    /// A row per metric, a column per variant.
    fn by_metric(&self, metrics: &[usize]) -> String {
        let many = if self.variants.len() > 3 { " many" } else { "" };
        let mut out = format!("<div class=\"wide\"><table class=\"plain matrix{many}\"><thead><tr><th>metric</th>");
        for name in &self.variants.list {
            let _ = write!(out, "<th class=\"n\">{}</th>", html(name));
        }
        out += "</tr></thead><tbody>\n";
        for &metric in metrics {
            let _ = write!(out, "<tr><td><code>{}</code></td>", html(self.metrics.get(metric)));
            out.extend((0..self.variants.len()).map(|variant| self.cell(metric, variant)));
            out += "</tr>\n";
        }
        out + "</tbody></table></div>\n"
    }

    /// A row per variant, a column for each of the first metrics that tell variants apart.
    fn by_variant(&self, metrics: &[usize]) -> String {
        let differs = |metric: &&usize| {
            let mut means = self.row(**metric).map(|(_, cell)| cell.mean);
            let first = means.next();
            means.any(|mean| Some(mean) != first)
        };
        let metrics: Vec<usize> = metrics.iter().filter(differs).take(SHOWN).copied().collect();
        let mut out = "<div class=\"wide\"><table class=\"plain matrix many\"><thead><tr><th>variant</th>".to_owned();
        for &metric in &metrics {
            let _ = write!(out, "<th class=\"n\"><code>{}</code></th>", html(self.metrics.get(metric)));
        }
        out += "</tr></thead><tbody>\n";
        for (variant, name) in self.variants.list.iter().enumerate() {
            let _ = write!(out, "<tr><td>{}</td>", html(name));
            out.extend(metrics.iter().map(|&metric| self.cell(metric, variant)));
            out += "</tr>\n";
        }
        out + "</tbody></table></div>\n"
    }

    /// Paired differences from the first variant, a row each.
    fn differences(&self, metrics: &[usize]) -> String {
        let tested = self.cells.values().any(|cell| cell.p.is_some());
        let adjusted = self.cells.values().any(|cell| cell.holm.is_some());
        let mut out = format!(
            "<details{}><summary>Differences from {}</summary>\n<div class=\"wide\"><table class=\"plain differences\"><thead><tr><th>metric</th>\
             <th>variant</th><th class=\"n\">difference</th><th>95 % interval</th><th class=\"n\">relative</th>{}{}\
             <th>verdict</th></tr></thead><tbody>\n",
            if self.variants.len() <= COLUMNS { " open" } else { "" },
            match self.baselines().as_slice() {
                [one] => html(one),
                _ => "the baselines".to_owned(),
            },
            if tested { "<th class=\"n\">p</th>" } else { "" },
            if adjusted { "<th class=\"n\">p (Holm)</th>" } else { "" }
        );
        let mut any = false;
        for &metric in metrics {
            let name = self.metrics.get(metric);
            let mut label = format!("<code>{}</code>", html(name));
            for (variant, cell) in self.row(metric) {
                let Some(difference) = cell.difference.filter(|_| variant > 0) else { continue };
                any = true;
                let interval = cell
                    .between
                    .map_or_else(String::new, |(low, high)| format!("{} to {}", signed(name, low), signed(name, high)));
                let (class, words) = verdict(name, cell);
                let first = if label.is_empty() { "" } else { " class=\"first\"" };
                let _ = write!(
                    out,
                    "<tr{first}><td>{label}</td><td>{}</td><td class=\"n\">{}</td><td class=\"interval\">{interval}</td>\
                     <td class=\"n\">{}</td>",
                    html(self.variants.get(variant)),
                    signed(name, difference),
                    relative(cell).unwrap_or_default()
                );
                for p in [(tested, cell.p), (adjusted, cell.holm)].into_iter().filter_map(|(on, p)| on.then_some(p)) {
                    let _ = write!(out, "<td class=\"n\">{}</td>", p.map(probability).unwrap_or_default());
                }
                let _ = writeln!(out, "<td class=\"{class}\">{}</td></tr>", html(&words));
                label.clear();
            }
        }
        if any { out + "</tbody></table></div></details>\n" } else { String::new() }
    }

    /// All cells as data for the chart and the table that can be searched.
    pub(super) fn data(&self) -> String {
        // As people read them: variant by variant within a metric.
        let cells: Vec<_> = self.cells.iter().collect();
        let mut table = Table::new(cells.len());
        table.words("metric", cells.iter().map(|(key, _)| self.metrics.get(key.0)));
        table.words("variant", cells.iter().map(|(key, _)| self.variants.get(key.1)));
        type Of = fn(&Cell) -> Option<f64>;
        let columns: [(&str, Of); 8] = [
            ("mean", |c| Some(c.mean)),
            ("ci95_low", |c| c.interval.map(|i| i.0)),
            ("ci95_high", |c| c.interval.map(|i| i.1)),
            ("difference", |c| c.difference),
            ("difference_ci95_low", |c| c.between.map(|i| i.0)),
            ("difference_ci95_high", |c| c.between.map(|i| i.1)),
            ("p_value", |c| c.p),
            ("p_holm", |c| c.holm),
        ];
        for (name, of) in columns {
            if cells.iter().any(|(_, cell)| of(cell).is_some()) {
                table.reals(name, 7, cells.iter().map(|(_, cell)| of(cell)));
            }
        }
        let verdicts: Vec<String> = cells.iter().map(|(key, cell)| verdict(self.metrics.get(key.0), cell).1).collect();
        if verdicts.iter().any(|v| !v.is_empty()) {
            table.words("verdict", verdicts.iter().map(String::as_str));
        }
        let headlines: Vec<String> = self.chosen().into_iter().map(|m| m.to_string()).collect();
        table.json(&format!("\"headlines\":[{}],", headlines.join(",")))
    }
}

/// Relative change and verdict under the mean of a cell.
fn change(metric: &str, cell: &Cell) -> String {
    let Some(relative) = relative(cell) else { return String::new() };
    let (class, _) = verdict(metric, cell);
    format!("<small class=\"{class}\">{relative}</small>")
}

/// The difference as a part of the baseline's mean.
fn relative(cell: &Cell) -> Option<String> {
    let difference = cell.difference?;
    let base = cell.mean - difference;
    (base != 0.0).then(|| format!("{:+.1} %", 100.0 * difference / base.abs()).replace('-', "−"))
}

fn signed(metric: &str, value: f64) -> String {
    let sign = if value < 0.0 { "−" } else { "+" };
    html(&format!("{sign}{}", human(metric, value.abs())))
}

/// Four decimal places; a smaller one is only said to be small.
fn probability(p: f64) -> String {
    if p < 0.0001 { "&lt; 0.0001".to_owned() } else { format!("{p:.4}") }
}

/// A style's name, and the verdict in words: that of the file or, where it has none, of the interval alone.
fn verdict(metric: &str, cell: &Cell) -> (&'static str, String) {
    let way = match (cell.between, better(metric)) {
        (Some((low, high)), _) if low <= 0.0 && high >= 0.0 => "same",
        (Some(_), Better::Neither) | (None, _) => "",
        (Some((low, _)), direction) if (low > 0.0) == (direction == Better::Higher) => "better",
        _ => "worse",
    };
    // What was judged with others in mind is not judged again by its interval alone.
    match cell.verdict.as_deref() {
        None => {}
        Some(said @ "better") => return ("better", said.to_owned()),
        Some(said @ "worse") => return ("worse", said.to_owned()),
        Some(said @ "no difference shown") => return ("same", said.to_owned()),
        Some(said) => return ("", said.to_owned()),
    }
    let words = match (way, cell.between) {
        ("same", _) => "no difference shown",
        ("", Some((low, _))) => {
            if low > 0.0 {
                "higher"
            } else {
                "lower"
            }
        }
        (way, _) => way,
    };
    (way, words.to_owned())
}

/// The values of single replications from `values.csv`, where they are not too many.
pub(super) fn values(path: &Path) -> Result<Option<String>, PlotError> {
    let Some(mut csv) = Csv::open(path)? else { return Ok(None) };
    let (variant, metric, value) = (csv.required("variant")?, csv.required("metric")?, csv.required("value")?);
    let (mut variants, mut metrics, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(row) = csv.next()? {
        if numbers.len() == VALUES {
            return Ok(None);
        }
        variants.push(row.text(Some(variant))?.to_owned());
        metrics.push(row.text(Some(metric))?.to_owned());
        numbers.push(row.number(Some(value))?);
    }
    let mut table = Table::new(numbers.len());
    table.words("variant", variants.iter().map(String::as_str));
    table.words("metric", metrics.iter().map(String::as_str));
    table.reals("value", 6, numbers.into_iter());
    Ok(Some(table.json("")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(mean: f64, difference: f64, between: (f64, f64)) -> Cell {
        Cell { mean, difference: Some(difference), between: Some(between), ..Cell::default() }
    }

    #[test]
    fn verdicts_follow_the_direction_of_the_metric() {
        for (metric, between, expected) in [
            ("wait_s.mean", (-3.0, -1.0), ("better", "better")),
            ("wait_s.mean", (1.0, 3.0), ("worse", "worse")),
            ("throughput_per_s", (1.0, 3.0), ("better", "better")),
            ("utilization.gpu", (1.0, 3.0), ("", "higher")),
            ("utilization.gpu", (-3.0, -1.0), ("", "lower")),
            ("wait_s.mean", (-1.0, 1.0), ("same", "no difference shown")),
        ] {
            let (class, words) = verdict(metric, &cell(5.0, 2.0, between));
            assert_eq!((class, words.as_str()), expected, "{metric}");
        }
        let said = Cell { verdict: Some("no difference shown".into()), ..cell(5.0, -2.0, (-3.0, -1.0)) };
        assert_eq!(verdict("wait_s.mean", &said).0, "same");
        let unjudged = Cell { verdict: Some(String::new()), ..said };
        assert_eq!(verdict("wait_s.mean", &unjudged), ("", String::new()));
    }

    /// 8 after 10 is 20 % less.
    #[test]
    fn a_change_is_relative_to_the_baseline() {
        assert_eq!(relative(&cell(8.0, -2.0, (-3.0, -1.0))).as_deref(), Some("−20.0 %"));
        assert_eq!(relative(&cell(2.0, 2.0, (1.0, 3.0))), None);
    }
}
