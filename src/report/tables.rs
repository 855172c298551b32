//! Tables for a terminal.

use crate::experiment::{Comparison, Judged, Judgement, TieRange, VariantResult};
use crate::sink::metric::{Measure, measure};

use super::comparison::{headlines, is_headline, remark, verdict_word};
use super::summary::Summary;

/// Metrics of the short table, with the words for them.
pub(in crate::report) const HEADLINES: &[(&str, &str)] = &[
    ("tasks.submitted", "tasks submitted"),
    ("tasks.completed", "tasks completed"),
    ("tasks.rejected", "tasks rejected"),
    ("tasks.failed", "tasks failed"),
    ("tasks.killed", "tasks killed"),
    ("tasks.censored", "tasks still in the system"),
    ("wait_s.mean", "mean wait"),
    ("wait_s.p50", "median wait"),
    ("wait_s.p99", "99 % of waits up to"),
    ("response_s.mean", "mean response"),
    ("bounded_slowdown.mean", "mean bounded slowdown"),
    ("makespan_s", "makespan"),
    ("queue.mean", "mean queue"),
    ("utilization.", "utilization"),
    ("energy_j.total", "energy"),
    ("power_w.mean", "mean power"),
    ("temperature_c.max", "highest temperature"),
    ("throttle_s", "unit time throttled by heat"),
    ("facility.energy_j", "energy with the building"),
    ("cost.energy_usd", "cost of energy"),
    ("carbon.operational_g", "operational carbon"),
    ("carbon.embodied_g", "embodied carbon"),
    ("deadline.miss_ratio", "deadlines missed"),
    ("memory.peak_fraction", "most memory in use"),
    ("memory.fragmentation.mean", "mean fragmentation"),
    ("memory.oom_waits", "tasks that waited for memory"),
    ("memory.spilled_bytes", "most on hosts at once"),
    ("memory.oom_stalls", "stalls for want of memory"),
    ("memory.oom_kills", "killed for want of memory"),
    ("memory.cache.misses", "loads of model weights"),
    ("packing.arrived", "demand that arrived"),
    ("packing.allocated", "units allocated"),
    ("packing.fragmented", "units in fragments"),
    ("cloud.offloaded", "tasks in the cloud"),
    ("cloud.cost_usd", "cloud cost"),
    ("preemptions", "preemptions"),
    ("failures.tasks_hit", "tasks hit by failures"),
    ("failures.lost_s", "unit seconds lost to failures"),
    ("checkpoint.overhead_s", "unit seconds for checkpoints"),
    ("availability.", "availability"),
    ("goodput.share", "goodput"),
];

/// Counts that are only worth a line when there are some.
pub(in crate::report) const QUIET_WHEN_ZERO: &[&str] = &[
    "tasks.rejected",
    "tasks.failed",
    "tasks.killed",
    "tasks.censored",
    "preemptions",
    "memory.oom_waits",
    "memory.spilled_bytes",
    "memory.oom_stalls",
    "memory.oom_kills",
    "memory.cache.misses",
    "cloud.offloaded",
    "cloud.cost_usd",
    "memory.peak_fraction",
    "throttle_s",
];

/// The headline metrics of a run.
pub fn summary(summary: &Summary) -> String {
    let mut rows = Vec::new();
    for (name, words) in HEADLINES {
        for (key, metric) in &summary.metrics {
            let is_family = name.ends_with('.') && key.starts_with(name);
            if key != name && !is_family {
                continue;
            }
            if QUIET_WHEN_ZERO.contains(name) && metric.values.iter().flatten().all(|v| *v == 0.0) {
                continue;
            }
            let label = if is_family { format!("{words} {}", &key[name.len()..]) } else { (*words).to_owned() };
            let spread = match metric.ci95 {
                Some([low, high]) => format!("± {}", human(key, (high - low) / 2.0)),
                None => String::new(),
            };
            rows.push(vec![label, human(key, metric.mean), spread, key.clone()]);
        }
    }
    render(&[("", false), ("", true), ("", false), ("", false)], &rows)
}

/// A row per variant and headline metric: mean, interval, difference from the baseline and what it shows.
pub fn comparison(comparison: &Comparison, judgement: &Judgement) -> String {
    let mut rows = Vec::new();
    for metric in headlines(comparison) {
        for (i, variant) in comparison.variants.iter().enumerate() {
            rows.push(compared(judgement.of(i, &metric), i, variant, &metric));
        }
        rows.push(vec![String::new(); 5]);
    }
    rows.pop();
    let mut bases: Vec<&str> =
        (0..comparison.variants.len()).filter_map(|i| comparison.baseline_of(i)).map(|b| b.label.as_str()).collect();
    bases.dedup();
    let against = match bases.as_slice() {
        [] => String::new(),
        [only] => format!("difference from {only}"),
        _ => "difference from the baseline".to_owned(),
    };
    let head =
        [("metric", false), ("variant", false), ("mean", true), ("95 % interval", false), (against.as_str(), false)];
    let mut text = render(&head, &rows);
    if let Some(remark) = remark(comparison, judgement) {
        text += &format!("\n{remark}\n");
    }
    text
}

/// How far ties by lot move the headline metrics that they move.
pub fn ties(ranges: &[TieRange]) -> String {
    let rows: Vec<Vec<String>> = ranges
        .iter()
        .filter(|r| is_headline(&r.metric) && r.movement() > 0.0)
        .map(|r| {
            let show = |x: f64| human(&r.metric, x);
            let moved = if r.movement().is_finite() { format!("{:.2} %", 100.0 * r.movement()) } else { String::new() };
            vec![r.metric.clone(), r.variant.clone(), show(r.documented), show(r.low), show(r.high), moved]
        })
        .collect();
    if rows.is_empty() {
        return "Ties decide nothing here: no metric moves when they go by lot.\n".to_owned();
    }
    let head = [("ties by lot move", false), ("variant", false), ("documented", true), ("least", true), ("most", true)];
    render(&[&head[..], &[("by", true)]].concat(), &rows)
}

fn compared(judged: Option<&Judged>, index: usize, variant: &VariantResult, metric: &str) -> Vec<String> {
    let label = if index == 0 { metric.to_owned() } else { String::new() };
    let Some((mean, interval)) = variant.mean(metric) else {
        return vec![label, variant.label.clone(), "n/a".into(), String::new(), String::new()];
    };
    let spread = interval.map_or(String::new(), |i| format!("± {}", human(metric, i.half_width)));
    let difference = judged.map_or(String::new(), |judged| {
        let d = judged.difference;
        let base = mean - d.mean;
        let percent = if base == 0.0 { String::new() } else { format!(" ({:+.1} %)", 100.0 * d.mean / base.abs()) };
        let sign = if d.mean < 0.0 { "-" } else { "+" };
        let spread = d.interval().map_or(String::new(), |i| format!(" ± {}", human(metric, i.half_width)));
        let shown = judged.verdict.map_or(String::new(), |v| format!(", {}", verdict_word(metric, v)));
        format!("{sign}{}{spread}{percent}{shown}", human(metric, d.mean.abs()))
    });
    vec![label, variant.label.clone(), human(metric, mean), spread, difference]
}

/// A value with the unit that its metric's name tells.
pub fn human(metric: &str, x: f64) -> String {
    match measure(metric) {
        Measure::Money if x.abs() < 1e9 => format!("{x:.2} USD"),
        Measure::Temperature => format!("{x:.1} °C"),
        // Where the last nine count.
        Measure::Share if ["packing", "availability", "goodput"].iter().any(|f| metric.starts_with(f)) => {
            format!("{:.2} %", x * 100.0)
        }
        Measure::Share => format!("{:.1} %", x * 100.0),
        measure => {
            let steps = steps(measure);
            let step = steps.iter().rev().find(|(factor, _)| x.abs() >= *factor).or(steps.first());
            let (factor, unit) = step.copied().unwrap_or((1.0, ""));
            format!("{} {unit}", digits(x / factor)).trim_end().to_owned()
        }
    }
}

/// The units of a measure: what to divide by, and the name; from the smallest.
pub(super) const fn steps(measure: Measure) -> &'static [(f64, &'static str)] {
    match measure {
        Measure::Time => &[(1e-6, "us"), (1e-3, "ms"), (1.0, "s"), (60.0, "min"), (3600.0, "h"), (86_400.0, "d")],
        Measure::Energy => &[(1.0, "J"), (1e3, "kJ"), (1e6, "MJ"), (1e9, "GJ")],
        Measure::Power => &[(1.0, "W"), (1e3, "kW"), (1e6, "MW")],
        Measure::Bytes => &[(1.0, "B"), (1e3, "kB"), (1e6, "MB"), (1e9, "GB"), (1e12, "TB")],
        Measure::Carbon => &[(1.0, "g"), (1e3, "kg"), (1e6, "t")],
        Measure::Money => &[(1.0, "USD")],
        Measure::Temperature => &[(1.0, "°C")],
        Measure::Share => &[(0.01, "%")],
        Measure::Count | Measure::Plain => &[(1.0, "")],
    }
}

/// Four significant digits, whole numbers whole.
pub(super) fn digits(x: f64) -> String {
    // Of a larger whole number nobody reads the last digits.
    if x.fract() == 0.0 && x.abs() < 1e9 {
        return format!("{x:.0}");
    }
    match x.abs() {
        a if !(1e-3..1e6).contains(&a) => format!("{x:.3e}"),
        a if a >= 1000.0 => format!("{x:.0}"),
        a if a >= 100.0 => format!("{x:.1}"),
        a if a >= 10.0 => format!("{x:.2}"),
        _ => format!("{x:.3}"),
    }
}

/// Columns, aligned; `true` to the right. A header is printed where there is one.
pub fn render(columns: &[(&str, bool)], rows: &[Vec<String>]) -> String {
    let width = |i: usize| {
        let cells = rows.iter().filter_map(|r| r.get(i)).map(|c| c.chars().count());
        cells.chain([columns[i].0.chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let line = |cells: &[String]| {
        let padded = cells.iter().zip(columns).zip(&widths).map(|((cell, (_, right)), w)| {
            let blank = " ".repeat(w - cell.chars().count().min(*w));
            if *right { format!("{blank}{cell}") } else { format!("{cell}{blank}") }
        });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let header: Vec<String> = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut lines = Vec::new();
    if header.iter().any(|h| !h.is_empty()) {
        lines.push(line(&header));
        lines.push("-".repeat(lines[0].chars().count()));
    }
    lines.extend(rows.iter().map(|r| line(r)));
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_carry_readable_units() {
        for (metric, x, text) in [
            ("wait_s.mean", 0.0, "0 us"),
            ("wait_s.mean", 90.0, "1.500 min"),
            ("memory.spilled_bytes", 2.5e9, "2.500 GB"),
            ("memory.spilled_bytes.mean", 12.0, "12 B"),
            ("class.a.wait_s.mean", 0.002, "2 ms"),
            ("energy_j.total", 2.5e6, "2.500 MJ"),
            ("facility.energy_j", 2.5e6, "2.500 MJ"),
            ("cost.energy_usd", 0.591, "0.59 USD"),
            ("carbon.total_g", 959.0, "959 g"),
            ("temperature_c.max", 84.96, "85.0 °C"),
            ("throttle_s", 90.0, "1.500 min"),
            ("utilization.gpu", 0.512, "51.2 %"),
            ("tasks.completed", 1200.0, "1200"),
            ("cloud.cost_usd", 1.5, "1.50 USD"),
            ("cloud.cost_usd", 2e300, "2.000e300 USD"),
            ("edp_js", 297_926_816_526_700.0, "2.979e14"),
        ] {
            assert_eq!(human(metric, x), text);
        }
    }

    #[test]
    fn columns_line_up() {
        let table = render(&[("a", false), ("bb", true)], &[vec!["xyz".into(), "1".into()]]);
        assert_eq!(table, "a    bb\n-------\nxyz   1\n");
    }
}
