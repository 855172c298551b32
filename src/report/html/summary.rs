//! The tables of a run, from `summary.json`: headlines, and all metrics with the value of each replication, folded.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::report::tables::{HEADLINES, QUIET_WHEN_ZERO, human};

use super::encode::real;
use super::escape::html;

/// Values of one metric that are listed one by one.
const LISTED: usize = 200;
/// Significant digits of values that are told as they are.
pub(super) const DIGITS: usize = 7;

/// The section's HTML, empty where the file has no metrics.
pub(super) fn tables(summary: &Value) -> String {
    let Some(metrics) = summary["metrics"].as_object().filter(|m| !m.is_empty()) else { return String::new() };
    let several = metrics.values().any(|m| m["ci95"].is_array());
    let head = if several { "<th>95 % interval</th>" } else { "" };
    let mut out = format!(
        "<table class=\"plain headline\"><thead><tr><th>quantity</th><th class=\"n\">{}</th>{head}\
         <th>metric</th></tr></thead><tbody>\n",
        if several { "mean" } else { "value" }
    );
    for (label, key, metric) in chosen(metrics) {
        let mean = metric["mean"].as_f64().unwrap_or_default();
        let spread = match interval(metric) {
            Some((low, high)) => format!("<td class=\"interval\">{} to {}</td>", shown(key, low), shown(key, high)),
            None if several => "<td></td>".to_owned(),
            None => String::new(),
        };
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td class=\"n\">{}</td>{spread}<td><code>{}</code></td></tr>",
            html(&label),
            shown(key, mean),
            html(key)
        );
    }
    out += "</tbody></table>\n";
    out + &all(metrics, several)
}

/// Label, name and entry of the metrics that belong on the first screen.
fn chosen(metrics: &Map<String, Value>) -> Vec<(String, &String, &Value)> {
    let mut rows = Vec::new();
    for (name, words) in HEADLINES {
        for (key, metric) in metrics {
            let member = key.strip_prefix(name).filter(|_| name.ends_with('.'));
            if key != name && member.is_none() {
                continue;
            }
            let nothing =
                || metric["values"].as_array().into_iter().flatten().all(|v| v.as_f64().unwrap_or(0.0) == 0.0);
            if QUIET_WHEN_ZERO.contains(name) && nothing() {
                continue;
            }
            rows.push((member.map_or((*words).to_owned(), |m| format!("{words} {m}")), key, metric));
        }
    }
    rows
}

fn interval(metric: &Value) -> Option<(f64, f64)> {
    Some((metric["ci95"][0].as_f64()?, metric["ci95"][1].as_f64()?))
}

fn shown(metric: &str, value: f64) -> String {
    html(&human(metric, value))
}

fn all(metrics: &Map<String, Value>, several: bool) -> String {
    let head = if several { "<th class=\"n\">95 % from</th><th class=\"n\">to</th><th>replications</th>" } else { "" };
    let mut out = format!(
        "<details><summary>All {} metrics</summary>\n<table class=\"plain\"><thead><tr><th>metric</th>\
         <th class=\"n\">{}</th>{head}</tr></thead><tbody>\n",
        metrics.len(),
        if several { "mean" } else { "value" }
    );
    for (key, metric) in metrics {
        let number = |v: f64| real(v, DIGITS);
        let mean = metric["mean"].as_f64().map(number).unwrap_or_default();
        let _ = write!(out, "<tr><td><code>{}</code></td><td class=\"n\">{mean}</td>", html(key));
        if several {
            let (low, high) = interval(metric).map(|(l, h)| (number(l), number(h))).unwrap_or_default();
            let _ = write!(out, "<td class=\"n\">{low}</td><td class=\"n\">{high}</td><td>{}</td>", values(metric));
        }
        out += "</tr>\n";
    }
    out + "</tbody></table></details>\n"
}

/// What each replication gave, folded.
fn values(metric: &Value) -> String {
    let list = metric["values"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text: Vec<String> =
        list.iter().take(LISTED).map(|v| v.as_f64().map_or("n/a".to_owned(), |v| real(v, DIGITS))).collect();
    let rest = if list.len() > LISTED { format!(" and {} more", list.len() - LISTED) } else { String::new() };
    format!("<details class=\"values\"><summary>{}</summary>{}{rest}</details>", list.len(), text.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn metrics_stand_with_interval_and_values() {
        let text = tables(&json!({"metrics": {
            "wait_s.mean": {"mean": 90.0, "ci95": [60.0, 120.0], "values": [60.0, 120.0]},
            "tasks.killed": {"mean": 0.0, "ci95": [0.0, 0.0], "values": [0.0, 0.0]},
            "utilization.<gpu>": {"mean": 0.5, "ci95": null, "values": [0.5, null]},
        }}));
        for part in [
            "<td>mean wait</td><td class=\"n\">1.500 min</td><td class=\"interval\">1 min to 2 min</td>",
            "<td>utilization &lt;gpu&gt;</td><td class=\"n\">50.0 %</td><td></td>",
            "<summary>2</summary>60 · 120</details>",
            "<summary>2</summary>0.5 · n/a</details>",
            "All 3 metrics",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        assert!(!text.contains("<td>tasks killed"), "none were killed");
        assert_eq!(tables(&json!({})), "");
    }
}
