//! The table that papers print, before it is set: rows are metrics, columns variants.

use crate::experiment::{Comparison, FAMILY_ERROR, Judgement};
use crate::report::tables::{digits, steps};
use crate::sink::metric::measure;

use super::headline::headlines;
use super::words::{metric_words, verdict_word};

/// Digits beyond which no mean is printed.
const MOST_DIGITS: i32 = 7;

/// What a cell's difference from the baseline shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nothing, or it is the baseline's own.
    None,
    Better,
    Worse,
    /// Another value, of which neither is better by itself.
    Differs,
}

/// A mean with the half-width of its interval, as text in the row's unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) mean: String,
    pub(super) half: Option<String>,
    pub(super) mark: Mark,
}

/// A metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) words: String,
    /// The unit, empty for none.
    pub(super) unit: &'static str,
    /// Values are in units of ten to this power.
    pub(super) power: i32,
    /// By variant; `None` where it lacks the metric.
    pub(super) cells: Vec<Option<Cell>>,
}

/// The whole table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) variants: Vec<String>,
    pub(super) rows: Vec<Row>,
    /// Sentences of the caption, without the one about marks.
    pub(super) caption: String,
    /// What marks mean: better, worse or else different than what, by what test; `None` without marks.
    pub(super) marks: Option<String>,
}

impl Table {
    pub(super) fn new(scenario: &str, seeds: &[u64], comparison: &Comparison, judgement: &Judgement) -> Self {
        let rows = headlines(comparison).iter().map(|metric| row(metric, comparison, judgement)).collect();
        Self {
            variants: comparison.variants.iter().map(|v| v.label.clone()).collect(),
            rows,
            caption: caption(scenario, seeds, comparison),
            marks: marks(comparison, judgement),
        }
    }
}

fn caption(scenario: &str, seeds: &[u64], comparison: &Comparison) -> String {
    let counts: Vec<usize> = comparison.variants.iter().map(|v| v.replications.len()).collect();
    let (least, most) = (counts.iter().min().copied().unwrap_or(0), counts.iter().max().copied().unwrap_or(0));
    let runs = match (least, most) {
        (1, 1) => "one replication".to_owned(),
        _ if least == most => format!("means over {most} replications"),
        _ => format!("means over {least} to {most} replications"),
    };
    let listed: Vec<String> = seeds.iter().map(u64::to_string).collect();
    let seed = if seeds.len() == 1 { "seed" } else { "seeds" };
    let spread = if most > 1 { ", ± half-width of the 95 % Student t interval" } else { "" };
    format!("{scenario}: {runs} of {seed} {}{spread}.", listed.join(", "))
}

fn marks(comparison: &Comparison, judgement: &Judgement) -> Option<String> {
    let mut bases: Vec<&str> =
        (0..comparison.variants.len()).filter_map(|i| comparison.baseline_of(i)).map(|b| b.label.as_str()).collect();
    bases.sort_unstable();
    bases.dedup();
    let base = match bases.as_slice() {
        _ if judgement.family == 0 => return None,
        [only] => (*only).to_owned(),
        _ => "the baseline of its group".to_owned(),
    };
    let test = if comparison.same_workload {
        "paired t tests on the same tasks"
    } else {
        "Welch's t tests on different tasks"
    };
    let (family, percent) = (judgement.family, 100.0 * FAMILY_ERROR);
    Some(format!("than {base}, by {test} with Holm's adjustment over {family} comparisons at {percent:.0} %"))
}

fn row(metric: &str, comparison: &Comparison, judgement: &Judgement) -> Row {
    let means: Vec<Option<(f64, Option<f64>)>> = comparison
        .variants
        .iter()
        .map(|v| v.mean(metric).map(|(mean, interval)| (mean, interval.map(|i| i.half_width))))
        .collect();
    let largest = means.iter().flatten().map(|(mean, _)| mean.abs()).fold(0.0, f64::max);
    let (factor, unit, power) = unit(metric, largest);
    let cell = |(index, value): (usize, &Option<(f64, Option<f64>)>)| {
        let (mean, half) = (*value)?;
        let (mean, half) = written(mean / factor, half.map(|h| h / factor));
        let verdict = judgement.of(index, metric).and_then(|j| j.verdict).map(|v| verdict_word(metric, v));
        let mark = match verdict {
            Some("better") => Mark::Better,
            Some("worse") => Mark::Worse,
            Some("lower" | "higher") => Mark::Differs,
            _ => Mark::None,
        };
        Some(Cell { mean, half, mark })
    };
    Row { words: metric_words(metric), unit, power, cells: means.iter().enumerate().map(cell).collect() }
}

/// The unit of a row by its largest value: what to divide by, its name, and a power of ten where there is no name.
fn unit(metric: &str, largest: f64) -> (f64, &'static str, i32) {
    let steps = steps(measure(metric));
    let step = steps.iter().rev().find(|(factor, _)| largest >= *factor).or(steps.first());
    let (factor, name) = step.copied().unwrap_or((1.0, ""));
    let rest = largest / factor;
    // `x.log10()` is a matter of the platform's last bits, the exponent of the shortest text is not.
    let exponent = exponent(rest);
    let power = if largest > 0.0 && !(-3..6).contains(&exponent) { exponent } else { 0 };
    let scale: f64 = format!("1e{power}").parse().unwrap_or(1.0);
    (factor * scale, name, power)
}

/// Power of ten of the first digit; 0 for 0.
fn exponent(x: f64) -> i32 {
    let text = format!("{x:e}");
    if x == 0.0 { 0 } else { text.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0) }
}

/// The half-width to two digits, and the mean to as many decimals.
fn written(mean: f64, half: Option<f64>) -> (String, Option<String>) {
    let Some(half) = half else { return (digits(mean), None) };
    if half == 0.0 {
        return (digits(mean), Some("0".to_owned()));
    }
    let most = (MOST_DIGITS - 1 - exponent(mean)).max(0);
    // Rounding may carry: 0.0996 has its first digit at 0.1.
    let rounded: f64 = format!("{half:.1e}").parse().unwrap_or(half);
    let decimals = (1 - exponent(rounded)).clamp(0, most) as usize;
    (format!("{mean:.decimals$}"), Some(format!("{half:.decimals$}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_half_width_decides_on_the_digits() {
        let both = |mean: f64, half: f64| {
            let (mean, half) = written(mean, Some(half));
            format!("{mean} ± {}", half.unwrap())
        };
        assert_eq!(both(0.614_14, 0.371), "0.61 ± 0.37");
        assert_eq!(both(41.31, 4.62), "41.3 ± 4.6");
        assert_eq!(both(41.31, 0.0996), "41.31 ± 0.10");
        assert_eq!(both(11_684.0, 4081.0), "11684 ± 4081");
        assert_eq!(both(1.0, 0.0), "1 ± 0");
        // Seven digits of the mean are enough.
        assert_eq!(both(41.312_345_678, 1e-9), "41.31235 ± 0.00000");
        assert_eq!(written(90.5, None), ("90.50".to_owned(), None));
    }

    #[test]
    fn a_row_has_one_unit() {
        assert_eq!(unit("wait_s.mean", 90.0), (60.0, "min", 0));
        assert_eq!(unit("wait_s.mean", 0.0), (1e-6, "us", 0));
        assert_eq!(unit("utilization.gpu", 0.5), (0.01, "%", 0));
        assert_eq!(unit("edp_js", 2.979e14), (1e14, "", 14));
        assert_eq!(unit("preemptions", 12.0), (1.0, "", 0));
    }
}
