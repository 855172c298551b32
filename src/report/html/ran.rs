//! What ran, from `manifest.json`: scenario, machine, workload, policies, warnings, traces.

use std::fmt::Write as _;

use serde_json::Value;

use crate::report::policy;
use crate::report::tables::human;

use super::escape::{html, lines};

/// Where a title, a sentence and the facts of the page's head come from.
#[derive(Clone, Debug, Default)]
pub(super) struct Ran {
    pub(super) title: String,
    pub(super) description: String,
    /// The section's HTML.
    pub(super) facts: String,
}

/// Reads a manifest; `name` is the scenario's name where there is no manifest, `compared` tells that the scenario is
/// that of the first of several variants.
pub(super) fn ran(manifest: &Value, name: Option<&str>, compared: bool) -> Ran {
    let scenario = &manifest["scenario"];
    let title = scenario["name"].as_str().or(name).unwrap_or("Results");
    let mut facts = String::new();
    if let Some(status) = manifest["status"].as_str().filter(|s| *s != "complete") {
        let why = manifest["error"].as_str().map_or_else(String::new, |e| format!(": {e}"));
        let _ = writeln!(
            facts,
            "<p class=\"warning\" role=\"note\"><strong>This run did not complete</strong> (status “{}”{}). What stands \
             below may be partial or of another run.</p>",
            html(status),
            html(&why)
        );
    }
    facts += &warnings(&manifest["warnings"]);
    facts += "<dl class=\"facts\">\n";
    for (term, text) in [
        ("Machine", machine(scenario)),
        ("Workload", workload(&scenario["workload"])),
        (if compared { "Baseline policies" } else { "Policies" }, policies(&scenario["policies"])),
        ("Runs", runs(manifest)),
        ("Window", window(scenario)),
        ("Program", program(manifest)),
    ] {
        if !text.is_empty() {
            let _ = writeln!(facts, "<dt>{term}</dt><dd>{text}</dd>");
        }
    }
    facts += "</dl>\n";
    facts += &traces(&manifest["traces"]);
    Ran { title: title.to_owned(), description: scenario["description"].as_str().unwrap_or_default().to_owned(), facts }
}

/// The manifest as it stands in its file, folded.
pub(super) fn manifest(text: &str) -> String {
    format!(
        "<details id=\"manifest\"><summary>manifest.json</summary>\n<pre tabindex=\"0\">{}</pre></details>\n",
        lines(text)
    )
}

fn warnings(list: &Value) -> String {
    let texts: Vec<&str> = list.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if texts.is_empty() {
        return String::new();
    }
    let items: String = texts.iter().map(|text| format!("<li>{}</li>\n", html(text))).collect();
    format!("<div class=\"warning\" role=\"note\"><strong>Warnings</strong>\n<ul>\n{items}</ul></div>\n")
}

fn machine(scenario: &Value) -> String {
    let nodes = scenario["cluster"]["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let node = |node: &Value| {
        let units = node["units"].as_array().into_iter().flatten();
        let units: Vec<String> = units.map(|u| counted(&u["count"], &word(&u["device"]))).collect();
        format!("{}: {}", counted(&node["count"], &word(&node["name"])), units.join(", "))
    };
    nodes.iter().map(|n| html(&node(n))).collect::<Vec<_>>().join("<br>")
}

/// `4 × h100-sxm`; one is not counted.
fn counted(count: &Value, what: &str) -> String {
    match count.as_u64() {
        None | Some(1) => what.to_owned(),
        Some(n) => format!("{n} × {what}"),
    }
}

fn workload(sources: &Value) -> String {
    let one = |source: &Value| {
        let name = source["name"].as_str().unwrap_or("unnamed");
        let classes: Vec<String> =
            source["tasks"].as_array().into_iter().flatten().filter_map(|t| t["name"].as_str()).map(html).collect();
        let mut text = format!("<b>{}</b>: ", html(name));
        match source["source"].as_str() {
            Some("trace") => {
                let _ =
                    write!(text, "trace {}, format {}", html(&word(&source["path"])), html(&word(&source["format"])));
            }
            kind => {
                text += &html(kind.unwrap_or("tasks"));
                if let Some(count) = source["count"].as_u64() {
                    let _ = write!(text, ", {count} tasks");
                }
                if let Some(process) = source["arrivals"]["process"].as_str() {
                    let _ = write!(text, ", {} arrivals", html(process));
                }
            }
        }
        match classes.len() {
            0 => {}
            1..=12 => text += &format!("; {}", classes.join(", ")),
            n => text += &format!("; {n} classes of tasks"),
        }
        text
    };
    sources.as_array().into_iter().flatten().map(one).collect::<Vec<_>>().join("<br>")
}

fn policies(policies: &Value) -> String {
    let Some(slots) = policies.as_object() else { return String::new() };
    let order = ["scheduler", "memory", "power", "sleep", "cloud", "adaptive"];
    let rank = |slot: &str| order.iter().position(|known| *known == slot).unwrap_or(order.len());
    let mut slots: Vec<_> = slots.iter().collect();
    slots.sort_by_key(|(slot, _)| rank(slot));
    let text = |(slot, chosen): (&String, &Value)| format!("{} <b>{}</b>", html(slot), html(&policy::in_short(chosen)));
    slots.into_iter().map(text).collect::<Vec<_>>().join("<br>")
}

fn runs(manifest: &Value) -> String {
    let Some(list) = manifest["replications"].as_array() else { return String::new() };
    let mut text = format!("{}, seed {}", list.len(), html(&word(&manifest["seed"])));
    let number = |entry: &Value, key: &str| entry[key].as_f64();
    let ends: Vec<f64> = list.iter().filter_map(|entry| number(entry, "end_s")).collect();
    if let Some(longest) = ends.iter().copied().reduce(f64::max) {
        let most = if ends.len() > 1 { "up to " } else { "" };
        let _ = write!(text, "; {most}{} simulated", html(&human("makespan_s", longest)));
    }
    let events: f64 = list.iter().filter_map(|entry| number(entry, "events")).sum();
    let _ = write!(text, ", {events} events");
    if let [only] = list.as_slice()
        && let Some(hash) = only["workload_hash"].as_str()
    {
        let _ = write!(text, ", workload <code>{}</code>", html(hash));
    }
    text
}

fn window(scenario: &Value) -> String {
    let mut parts = Vec::new();
    match &scenario["warmup"] {
        Value::Null => {}
        warmup if warmup.as_f64() == Some(0.0) => parts.push("no warm-up".to_owned()),
        Value::Number(n) => parts.push(format!("warm-up {}", human("makespan_s", n.as_f64().unwrap_or_default()))),
        other => parts.push(format!("warm-up {}", word(other))),
    }
    match &scenario["stop"] {
        Value::Null if scenario.is_object() => parts.push("until every task has ended".to_owned()),
        Value::Null => {}
        stop => parts.push(format!("until {}", limits(stop))),
    }
    html(&parts.join(", "))
}

/// What ends a run: a time, a count of tasks, or whatever else it names.
fn limits(stop: &Value) -> String {
    let Some(members) = stop.as_object() else { return word(stop) };
    let one = |(name, value): (&String, &Value)| match (name.as_str(), value.as_f64()) {
        ("time", Some(seconds)) => human("makespan_s", seconds),
        _ => format!("{name} {}", word(value)),
    };
    members.iter().map(one).collect::<Vec<_>>().join(" or ")
}

fn program(manifest: &Value) -> String {
    let Some(program) = manifest["program"].as_str() else { return String::new() };
    let mut text = html(program);
    if let Some(wall) = manifest["wall_s"].as_f64() {
        let _ = write!(text, ", {wall:.2} s of wall-clock time");
    }
    if let Some(hash) = manifest["scenario_sha256"].as_str() {
        let _ = write!(text, "; scenario SHA-256 <code title=\"{0}\">{1}…</code>", html(hash), html(&first(hash, 16)));
    }
    let said: Vec<&str> = manifest["command"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if !said.is_empty() {
        // Where the program stands on the machine tells nothing.
        let said = said.iter().enumerate().map(|(i, w)| if i == 0 { "xpusim".to_owned() } else { quoted(w) });
        let _ = write!(text, "<br><code>{}</code>", html(&said.collect::<Vec<_>>().join(" ")));
    }
    text
}

/// A word of a command line as a shell would take it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

fn first(text: &str, count: usize) -> String {
    text.chars().take(count).collect()
}

fn word(value: &Value) -> String {
    match value {
        Value::Null => "?".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn traces(list: &Value) -> String {
    let rows: Vec<&Value> = list.as_array().into_iter().flatten().collect();
    if rows.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "<h3>Traces</h3>\n<table class=\"plain\"><thead><tr><th>source</th><th>file</th><th class=\"n\">read</th>\
         <th class=\"n\">kept</th><th>left out</th><th>changed</th></tr></thead><tbody>\n",
    );
    for row in rows {
        let tallies = |key: &str| {
            let list = row[key].as_array().into_iter().flatten().map(tally);
            let list: Vec<String> = list.collect();
            if list.is_empty() { "none".to_owned() } else { list.join("<br>") }
        };
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td><td>{}</td></tr>",
            html(&word(&row["source"])),
            html(&word(&row["path"])),
            html(&word(&row["read"])),
            html(&word(&row["kept"])),
            tallies("skipped"),
            tallies("changed"),
        );
    }
    out + "</tbody></table>\n"
}

/// A reason and how many: whatever the members are called, the text and the number in them.
fn tally(entry: &Value) -> String {
    let Some(members) = entry.as_object() else { return html(&word(entry)) };
    let count = members.values().find(|v| v.is_number()).map(word).unwrap_or_default();
    let reason = members.values().find_map(Value::as_str).unwrap_or_default();
    format!("{} {}", html(&count), html(reason))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_ran_is_told_from_the_manifest() {
        let manifest = json!({
            "program": "xpusim 0.1.0", "command": ["/opt/x/xpusim", "run", "a b.json"], "seed": 7, "wall_s": 1.5,
            "replications": [{"replication": 0, "workload_hash": "abc", "events": 12, "end_s": 90.0}],
            "warnings": ["a <b> warning"],
            "traces": [{"source": "s", "path": "t.swf", "read": 10, "kept": 8, "skipped": [{"reason": "too wide", "count": 2}], "changed": []}],
            "scenario": {"name": "n<1>", "description": "d", "warmup": 0, "stop": {"time": 7200}, "replications": 1,
                "cluster": {"nodes": [{"name": "box", "count": 4, "units": [{"device": "h100", "count": 8}, {"device": "cpu", "count": 1}]}]},
                "workload": [{"source": "synthetic", "name": "w", "count": 30, "arrivals": {"process": "poisson"}, "tasks": [{"name": "c"}]}],
                "policies": {"sleep": "never", "scheduler": {"name": "easy", "k": 2}}},
        });
        let ran = ran(&manifest, None, false);
        assert_eq!((ran.title.as_str(), ran.description.as_str()), ("n<1>", "d"));
        for text in [
            "4 × box: 8 × h100, cpu",
            "<b>w</b>: synthetic, 30 tasks, poisson arrivals; c",
            "scheduler <b>easy (k 2)</b><br>sleep <b>never</b>",
            "1, seed 7; 1.500 min simulated, 12 events, workload <code>abc</code>",
            "no warm-up, until 2 h",
            "xpusim 0.1.0, 1.50 s of wall-clock time",
            "<code>xpusim run &#39;a b.json&#39;</code>",
            "<li>a &lt;b&gt; warning</li>",
            "<td class=\"n\">10</td><td class=\"n\">8</td><td>2 too wide</td><td>none</td>",
        ] {
            assert!(ran.facts.contains(text), "{text} is not in\n{}", ran.facts);
        }
        assert!(!ran.facts.contains("did not complete"));
    }

    #[test]
    fn a_run_that_was_cut_off_says_so() {
        let ran = ran(&json!({"status": "incomplete", "error": "no progress"}), Some("x"), true);
        assert_eq!(ran.title, "x");
        assert!(ran.facts.contains("did not complete") && ran.facts.contains("no progress"));
    }
}
