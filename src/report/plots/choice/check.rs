//! Whether what a `plots.json` says can be done.

use super::PlotChoice;
use crate::json::{Problem, Problems, did_you_mean, nearest};
use crate::report::plots::catalogue::{self, CHARTS, METRIC_CHARTS};
use crate::report::plots::draw::palette;
use crate::report::plots::draw::scale::Quantity;
use crate::report::plots::draw::theme::Rgb;
use crate::report::plots::read::comparison::Comparison;

/// Everything that is wrong without a look at the results.
pub(super) fn values(choice: &PlotChoice) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(columns) = choice.columns.filter(|columns| !(1..=2).contains(columns)) {
        problems.push(Problem::new("/columns", columns.to_string(), "1 or 2"));
    }
    for (key, value, from, to) in [("height", choice.height, 0.3, 4.0), ("font_size", choice.font_size, 5.0, 16.0)] {
        if let Some(value) = value.filter(|value| !(from..=to).contains(value)) {
            let expected = format!("a number from {from} to {to}");
            problems.push(Problem::new(format!("/{key}"), value.to_string(), expected));
        }
    }
    for (name, text) in &choice.colors {
        if color(text).is_none() {
            let found = format!("`{text}`");
            problems.push(Problem::new(pointer("colors", name), found, "a colour as `#0072B2` or `#07B`"));
        }
    }
    problems.extend(choice.units.iter().filter_map(|(name, symbol)| unit(name, symbol)));
    for (key, names) in [("charts", choice.charts.as_deref().unwrap_or_default()), ("exclude", &choice.exclude)] {
        let names = names.iter().enumerate();
        problems.extend(names.filter_map(|(index, name)| chart(&format!("/{key}/{index}"), name)));
    }
    problems
}

/// A unit that cannot be.
fn unit(name: &str, symbol: &str) -> Option<Problem> {
    let named = Quantity::NAMED.iter().find(|(word, _)| *word == name).map(|(_, quantity)| *quantity);
    let quantity = named.unwrap_or_else(|| Quantity::of(name));
    if quantity.shown_in(symbol).is_some() {
        return None;
    }
    let symbols = quantity.symbols();
    if symbols.is_empty() {
        let sentence = format!("`{name}` is shown without a choice of units");
        let words: Vec<&str> = Quantity::NAMED.iter().map(|(word, _)| *word).collect();
        return Some(Problem::sentence(pointer("units", name), sentence).hint(did_you_mean(name, &words)).on_key());
    }
    let expected = format!("one of `{}`", symbols.join("`, `"));
    Some(Problem::new(pointer("units", name), format!("`{symbol}`"), expected).hint(did_you_mean(symbol, &symbols)))
}

/// A chart that nobody draws.
fn chart(pointer: &str, name: &str) -> Option<Problem> {
    if catalogue::is_chart(name) {
        return None;
    }
    let mut known: Vec<String> = CHARTS.iter().map(|chart| chart.name.to_owned()).collect();
    known.extend(METRIC_CHARTS.iter().map(|(prefix, _)| format!("{prefix}METRIC")));
    let hint = did_you_mean(name, &known);
    let expected = format!("one of `{}`", known.join("`, `"));
    Some(Problem::new(pointer, format!("unknown chart `{name}`"), expected).hint(hint))
}

/// Whether the metrics behind charts such as `bars_wait_s_mean` are there.
///
/// # Errors
/// [`Problems`] with each chart of a metric that the comparison does not have.
pub(in crate::report::plots) fn charts_known(choice: &PlotChoice, comparison: &Comparison) -> Result<(), Problems> {
    let mut problems = Vec::new();
    for (index, name) in choice.charts.iter().flatten().enumerate() {
        let Some((prefix, metric)) = catalogue::metric_chart(name) else { continue };
        if comparison.metric_of_chart(metric).is_none() {
            let near = nearest(metric, &comparison.metrics.list).map(|near| format!("did you mean `{prefix}{near}`?"));
            let found = format!("`{name}`");
            problems.push(Problem::new(format!("/charts/{index}"), found, "a metric of the comparison").hint(near));
        }
    }
    done(choice, problems)
}

/// Whether all names of variants and metrics are those of the comparison.
///
/// # Errors
/// [`Problems`] with each unknown name and the nearest known one.
pub(in crate::report::plots) fn names_known(choice: &PlotChoice, comparison: &Comparison) -> Result<(), Problems> {
    let variants: Vec<&str> = comparison.variants.list.iter().map(String::as_str).collect();
    let metrics: Vec<&str> = comparison.metrics.list.iter().map(String::as_str).collect();
    let mut parts = variants.clone();
    parts.extend(variants.iter().flat_map(|name| palette::split(name)));
    let all: Vec<&str> = parts.iter().chain(&metrics).copied().collect();
    let units: Vec<&str> = metrics.iter().copied().chain(Quantity::NAMED.iter().map(|(word, _)| *word)).collect();
    let mut problems = Vec::new();
    for (key, names, known, what) in [
        ("variants", choice.variants.as_deref().unwrap_or_default(), &variants, "a variant of the comparison"),
        ("metrics", choice.metrics.as_deref().unwrap_or_default(), &metrics, "a metric of the comparison"),
        ("log", &choice.log, &metrics, "a metric of the comparison"),
    ] {
        for (index, name) in names.iter().enumerate().filter(|(_, name)| !known.contains(&name.as_str())) {
            let problem = Problem::new(format!("/{key}/{index}"), format!("`{name}`"), what);
            problems.push(problem.hint(did_you_mean(name, known)));
        }
    }
    for (key, map, known) in
        [("labels", &choice.labels, &all), ("colors", &choice.colors, &parts), ("units", &choice.units, &units)]
    {
        // One file may serve several folders: policies that are not in this one are no mistake.
        for name in map.keys().filter(|name| !known.contains(&name.as_str()) && !palette::is_known(name)) {
            let problem =
                Problem::new(pointer(key, name), format!("unknown name `{name}`"), "a name in the comparison");
            problems.push(problem.hint(did_you_mean(name, known)).on_key());
        }
    }
    done(choice, problems)
}

fn done(choice: &PlotChoice, problems: Vec<Problem>) -> Result<(), Problems> {
    if problems.is_empty() { Ok(()) } else { Err(choice.document.locate(problems)) }
}

/// The JSON pointer of `name` in the object `key`.
fn pointer(key: &str, name: &str) -> String {
    format!("/{key}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// `#rrggbb` or `#rgb`.
pub(super) fn color(text: &str) -> Option<Rgb> {
    let digits: Option<Vec<u8>> = text.strip_prefix('#')?.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect();
    match digits?.as_slice() {
        &[a, b, c, d, e, f] => Some((16 * a + b, 16 * c + d, 16 * e + f)),
        &[r, g, b] => Some((17 * r, 17 * g, 17 * b)),
        _ => None,
    }
}
