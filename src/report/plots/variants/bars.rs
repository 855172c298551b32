//! Which metrics of a comparison become bar charts.

use super::bars_draw::{Bar, Chart, Group};
use crate::report::plots::PlotError;
use crate::report::plots::draw::canvas::Canvas;
use crate::report::plots::draw::scale::Quantity;
use crate::report::plots::read::comparison::Comparison;

/// Metric, axis title and what it is measured in.
const METRICS: [(&str, &str, Quantity); 8] = [
    ("wait_s.mean", "Mean waiting time", Quantity::Time),
    ("wait_s.p99", "99th percentile of waiting time", Quantity::Time),
    ("response_s.mean", "Mean response time", Quantity::Time),
    ("bounded_slowdown.mean", "Mean bounded slowdown", Quantity::Plain),
    ("makespan_s", "Makespan", Quantity::Time),
    ("energy_j.total", "Energy", Quantity::Energy),
    ("cloud.cost_usd", "Cloud cost", Quantity::Money),
    ("deadline.miss_ratio", "Missed deadlines", Quantity::Percent),
];

/// Variants in one chart of single bars.
const MOST: usize = 60;
/// Variants in one chart of grouped bars.
const MOST_GROUPED: usize = 8;

/// Every bar chart with something to show, and its name.
pub(in crate::report::plots) fn draw_all(comparison: &Comparison) -> Result<Vec<(String, Canvas)>, PlotError> {
    let mut charts = Vec::new();
    for (metric, title, quantity) in METRICS {
        if comparison.shows(metric) {
            charts.push((file_name(metric), single(comparison, metric, title, quantity)?));
        }
    }
    let kinds: Vec<&str> = comparison
        .metrics
        .list
        .iter()
        .filter(|name| comparison.shows(name))
        .filter_map(|name| name.strip_prefix("utilization."))
        .collect();
    match kinds.as_slice() {
        [] => {}
        [kind] => {
            let metric = format!("utilization.{kind}");
            let title = format!("Utilization of {kind}");
            charts.push((file_name("utilization"), single(comparison, &metric, &title, Quantity::Percent)?));
        }
        kinds => charts.push((file_name("utilization"), grouped(comparison, kinds)?)),
    }
    Ok(charts)
}

fn file_name(metric: &str) -> String {
    // LaTeX takes a second dot in a file's name for its ending.
    format!("bars_{}", metric.replace('.', "_"))
}

fn bar(comparison: &Comparison, metric: &str, variant: usize) -> Bar {
    Bar { color: variant, cell: comparison.cell(metric, variant) }
}

fn notes(comparison: &Comparison, most: usize) -> Vec<String> {
    let mut notes: Vec<String> = comparison.remark().into_iter().collect();
    if comparison.variants.len() > most {
        notes.push(format!("first {most} of {} variants shown", comparison.variants.len()));
    }
    notes
}

fn single(comparison: &Comparison, metric: &str, title: &str, quantity: Quantity) -> Result<Canvas, PlotError> {
    let groups = comparison.variants.list.iter().enumerate().take(MOST);
    let groups = groups.map(|(number, name)| Group { name: name.clone(), bars: vec![bar(comparison, metric, number)] });
    Chart { title, quantity, groups: groups.collect(), names: Vec::new(), notes: notes(comparison, MOST) }.draw()
}

fn grouped(comparison: &Comparison, kinds: &[&str]) -> Result<Canvas, PlotError> {
    let shown = comparison.variants.len().min(MOST_GROUPED);
    let groups = kinds.iter().map(|kind| {
        let metric = format!("utilization.{kind}");
        Group { name: (*kind).to_owned(), bars: (0..shown).map(|number| bar(comparison, &metric, number)).collect() }
    });
    let names = comparison.variants.list.iter().take(shown).cloned().collect();
    let notes = notes(comparison, MOST_GROUPED);
    Chart { title: "Utilization", quantity: Quantity::Percent, groups: groups.collect(), names, notes }.draw()
}
