//! Which metrics of a comparison become bar charts.

use super::bars_draw::{Bar, Chart, Group};
use crate::report::plots::PlotError;
use crate::report::plots::catalogue::{self, HEADLINES};
use crate::report::plots::draw::canvas::Canvas;
use crate::report::plots::draw::scale::Quantity;
use crate::report::plots::read::comparison::Comparison;
use crate::report::plots::sheet::Sheet;

/// Smallest ratio of the largest to the smallest mean for a logarithmic axis that nobody asked for.
const LOG_FROM: f64 = 1000.0;
/// Variants in one chart of single bars.
const MOST: usize = 60;
/// Variants in one chart of grouped bars.
const MOST_GROUPED: usize = 8;

/// Every bar chart with something to show, and its name.
pub(in crate::report::plots) fn draw_all(
    comparison: &Comparison,
    sheet: &Sheet,
) -> Result<Vec<(String, Canvas)>, PlotError> {
    let mut charts = Vec::new();
    for metric in metrics(comparison, sheet, "bars_") {
        let name = format!("bars_{}", catalogue::in_file_name(&metric));
        if comparison.shows(&metric) && sheet.wants(&name) {
            charts.push((name, single(comparison, &metric, sheet)?));
        }
    }
    let prefix = "utilization.";
    let shown = comparison.metrics.list.iter().filter(|name| comparison.shows(name));
    let kinds: Vec<&str> = shown.filter_map(|name| name.strip_prefix(prefix)).collect();
    let chart = match kinds.as_slice() {
        [] => return Ok(charts),
        [kind] => single(comparison, &format!("{prefix}{kind}"), sheet)?,
        kinds => grouped(comparison, kinds, sheet)?,
    };
    charts.push(("bars_utilization".to_owned(), chart));
    Ok(charts)
}

/// The metrics that have a chart each: those chosen or the usual ones, and those that a chart `PREFIX…` asks for.
pub(in crate::report::plots) fn metrics(comparison: &Comparison, sheet: &Sheet, prefix: &str) -> Vec<String> {
    let usual = || HEADLINES.iter().map(|name| (*name).to_owned()).collect();
    let mut metrics: Vec<String> = sheet.choice().metrics.clone().unwrap_or_else(usual);
    let asked = sheet.choice().charts.iter().flatten().filter_map(|name| catalogue::metric_chart(name));
    for metric in asked.filter(|(kind, _)| *kind == prefix).filter_map(|(_, name)| comparison.metric_of_chart(name)) {
        if !metrics.iter().any(|known| known == metric) {
            metrics.push(metric.to_owned());
        }
    }
    metrics
}

fn bar(comparison: &Comparison, metric: &str, variant: usize, sheet: &Sheet) -> Bar {
    let color = sheet.look(comparison.variants.get(variant)).fill;
    Bar { color, cell: comparison.cell(metric, variant) }
}

fn notes(comparison: &Comparison, most: usize) -> Vec<String> {
    let mut notes: Vec<String> = comparison.remark().into_iter().collect();
    if comparison.variants.len() > most {
        notes.push(format!("first {most} of {} variants shown", comparison.variants.len()));
    }
    notes
}

fn single(comparison: &Comparison, metric: &str, sheet: &Sheet) -> Result<Canvas, PlotError> {
    let names = comparison.variants.list.iter().enumerate().take(MOST);
    let groups: Vec<Group> = names
        .map(|(number, name)| Group { name: sheet.label(name), bars: vec![bar(comparison, metric, number, sheet)] })
        .collect();
    let means = || groups.iter().flat_map(|group| &group.bars).filter_map(|bar| bar.cell).map(|cell| cell.mean);
    let (least, most) = (means().fold(f64::INFINITY, f64::min), means().fold(0.0, f64::max));
    let log = least > 0.0 && (sheet.is_log(metric) || most > LOG_FROM * least);
    let mut notes = notes(comparison, MOST);
    if log {
        notes.push("logarithmic axis: points, because bars would have no length".to_owned());
    }
    Chart { title: sheet.title(metric), quantity: sheet.quantity(metric), log, groups, names: Vec::new(), notes }
        .draw(sheet)
}

fn grouped(comparison: &Comparison, kinds: &[&str], sheet: &Sheet) -> Result<Canvas, PlotError> {
    let shown = comparison.variants.len().min(MOST_GROUPED);
    let groups = kinds.iter().map(|kind| {
        let metric = format!("utilization.{kind}");
        Group {
            name: (*kind).to_owned(),
            bars: (0..shown).map(|number| bar(comparison, &metric, number, sheet)).collect(),
        }
    });
    let names = comparison.variants.list.iter().take(shown).map(|name| (sheet.label(name), sheet.look(name).fill));
    Chart {
        title: sheet.title("utilization"),
        quantity: Quantity::Percent,
        log: false,
        groups: groups.collect(),
        names: names.collect(),
        notes: notes(comparison, MOST_GROUPED),
    }
    .draw(sheet)
}
