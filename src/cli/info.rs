//! `list`, `init`, `schema` and `completions`.

use clap::CommandFactory;
use serde_json::{Value, json};

use crate::dist::FAMILIES;
use crate::json::did_you_mean;
use crate::policy::registry::{ALIASES, PRESETS, Slot};
use crate::policy::schedule::formula::FUNCTIONS;
use crate::policy::schedule::order::VARIABLES;
use crate::report::plots::PlotChoice;
use crate::report::tables::render;
use crate::scenario::{PROCESSES, Scenario};
use crate::workload::trace::FORMATS;

use super::Session;
use super::args::{Completions, Init, List, Options, Schema, SchemaOf};
use super::failure::Failure;
use super::output::print;

/// What `list` knows, in its order.
const TOPICS: &[&str] = &[
    "schedulers",
    "orders",
    "backfills",
    "placements",
    "memory",
    "evictions",
    "power",
    "cap-shares",
    "sleep",
    "cloud",
    "adaptive",
    "formula",
    "devices",
    "formats",
    "distributions",
    "processes",
];

/// The parts of a scheduler.
const PARTS: [&str; 3] = ["orders", "backfills", "placements"];

/// Words for the arrival processes, in the order of [`PROCESSES`].
const PROCESS_WORDS: &[&str] = &[
    "rate: independent arrivals at a mean rate (Erlang 1909)",
    "interarrival: independent times between arrivals, of any distribution",
    "interval: equal times between arrivals",
    "states [{rate, mean_time}]: Poisson with a rate that changes at random (Fischer & Meier-Hellstern 1993)",
    "rate, hourly: Poisson with a weight for each hour, repeated",
    "interarrival, size: several tasks at a time",
    "clients, think_time: each client thinks, submits, waits (Schroeder et al., NSDI 2006)",
    "time: all tasks together",
];

pub(super) fn list(session: &Session, args: &List) -> Result<(), Failure> {
    match &args.what {
        // What schedulers are put together from belongs to them.
        Some(topic) if topic == "schedulers" => {
            let parts = PARTS.map(|part| titled(session, part));
            print(&format!("{}\n{}", render_topic(session, topic), parts.join("\n")))
        }
        Some(topic) if TOPICS.contains(&topic.as_str()) => print(&render_topic(session, topic)),
        Some(topic) => {
            let hint = did_you_mean(topic, TOPICS).map(|h| format!("; {h}")).unwrap_or_default();
            let message = format!("found `{topic}`, expected one of {}{hint}", TOPICS.join(", "));
            Err(Failure::new(Failure::USAGE, message))
        }
        None => {
            let all: Vec<String> = TOPICS.iter().map(|t| titled(session, t)).collect();
            print(&all.join("\n"))
        }
    }
}

fn titled(session: &Session, topic: &str) -> String {
    format!("{}\n{}", topic.to_uppercase(), render_topic(session, topic))
}

fn render_topic(session: &Session, topic: &str) -> String {
    let r = &session.registry;
    let rows = match topic {
        "schedulers" => {
            let presets = PRESETS.iter().map(|p| {
                let parts = format!("{} + {} + {}", p.order, p.backfill, p.placement);
                vec![p.name.to_owned(), parts, p.about.to_owned()]
            });
            let others = r.schedulers.entries().iter();
            let others = others.map(|e| vec![e.name.to_owned(), "whole".into(), e.about.to_owned()]);
            let aliases = ALIASES.iter().map(|a| vec![a.name.to_owned(), a.parts(), a.about.to_owned()]);
            presets.chain(others).chain(aliases).collect()
        }
        "orders" => slot_rows(&r.orders),
        "backfills" => slot_rows(&r.backfills),
        "placements" => slot_rows(&r.placements),
        "memory" => slot_rows(&r.memory),
        "evictions" => slot_rows(&r.evict),
        "power" => slot_rows(&r.power),
        "cap-shares" => slot_rows(&r.cap_shares),
        "sleep" => slot_rows(&r.sleep),
        "cloud" => slot_rows(&r.cloud),
        "adaptive" => slot_rows(&r.adaptive),
        "formula" => formula_rows(),
        "devices" => super::devices::rows(),
        "formats" => FORMATS.iter().map(|(n, about)| vec![(*n).to_owned(), (*about).to_owned()]).collect(),
        "distributions" => {
            FAMILIES.iter().map(|(n, p, about)| vec![(*n).to_owned(), (*p).to_owned(), (*about).to_owned()]).collect()
        }
        _ => PROCESSES.iter().zip(PROCESS_WORDS).map(|(n, w)| vec![(*n).to_owned(), (*w).to_owned()]).collect(),
    };
    let columns = vec![("", false); rows.first().map_or(0, Vec::len)];
    render(&columns, &rows)
}

fn slot_rows<T: ?Sized>(slot: &Slot<T>) -> Vec<Vec<String>> {
    slot.entries()
        .iter()
        .map(|e| {
            let parameters = e.parameters();
            let shown = if parameters.is_empty() { "-".into() } else { parameters.join(", ") };
            vec![e.name.to_owned(), shown, e.about.to_owned()]
        })
        .collect()
}

/// What a formula may use.
fn formula_rows() -> Vec<Vec<String>> {
    let variables = VARIABLES.iter().map(|v| [v.name, v.unit, v.about].map(str::to_owned).to_vec());
    let functions = FUNCTIONS.iter().map(|f| vec![format!("{}()", f.name), String::new(), f.about.to_owned()]);
    let last = ["+ - * / ^ ( )", "", "as in print: -x^2 is -(x^2)"].map(str::to_owned).to_vec();
    variables.chain(functions).chain([last]).collect()
}

/// Starter scenarios.
const TEMPLATES: &[(&str, &str)] = &[
    ("basic", include_str!("../../scenarios/templates/basic.json")),
    ("cluster", include_str!("../../scenarios/templates/cluster.json")),
    ("energy", include_str!("../../scenarios/templates/energy.json")),
    ("cloud", include_str!("../../scenarios/templates/cloud.json")),
];

pub(super) fn init(args: &Init) -> Result<(), Failure> {
    let names: Vec<&str> = TEMPLATES.iter().map(|(n, _)| *n).collect();
    match TEMPLATES.iter().find(|(n, _)| *n == args.template) {
        Some((_, text)) => print(text),
        None => {
            let hint = did_you_mean(&args.template, &names).map(|h| format!("; {h}")).unwrap_or_default();
            let message = format!("found `{}`, expected a template: {}{hint}", args.template, names.join(", "));
            Err(Failure::new(Failure::USAGE, message))
        }
    }
}

pub(super) fn schema(session: &Session, args: &Schema) -> Result<(), Failure> {
    let schema = match args.of {
        SchemaOf::Scenario => scenario_schema(session),
        SchemaOf::Plots => schemars::schema_for!(PlotChoice).to_value(),
    };
    print(&(serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"))
}

/// The schema of scenarios, with the names of the policies there are.
fn scenario_schema(session: &Session) -> Value {
    let mut schema = schemars::schema_for!(Scenario).to_value();
    let r = &session.registry;
    let slots: [(&str, Vec<&str>); 6] = [
        ("scheduler", r.scheduler_names()),
        ("memory", r.memory.names().collect()),
        ("power", r.power.names().collect()),
        ("sleep", r.sleep.names().collect()),
        ("cloud", r.cloud.names().collect()),
        ("adaptive", r.adaptive.names().collect()),
    ];
    if let Some(properties) = schema.pointer_mut("/$defs/PolicySpec/properties").and_then(Value::as_object_mut) {
        for (slot, names) in slots {
            let description = properties.get(slot).and_then(|p| p.get("description")).cloned();
            properties.insert(
                slot.to_owned(),
                json!({"description": description, "anyOf": [{"enum": names}, {"type": "object"}]}),
            );
        }
    }
    schema
}

pub(super) fn completions(args: &Completions) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    clap_complete::generate(args.shell, &mut Options::command(), "xpusim", &mut bytes);
    print(&String::from_utf8_lossy(&bytes))
}
