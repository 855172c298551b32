//! Tasks to CSV, so that reading them back gives the same tasks.

use super::super::task::TraceTask;
use crate::units::{Bytes, NANOS_PER_SEC, Share, SimTime};

/// A column's name and what stands in it.
type Column = (&'static str, fn(&TraceTask) -> String);

/// Columns that are always written.
const ALWAYS: [Column; 4] = [
    ("task", |t| t.id.to_string()),
    ("arrival_s", |t| seconds(t.arrival.as_nanos())),
    ("run_s", |t| seconds(t.run.as_nanos())),
    ("units", |t| t.units.to_string()),
];

/// Columns that are written where some task has something in them.
const WHERE_NEEDED: [Column; 13] = [
    ("class", |t| t.class.clone().unwrap_or_default()),
    ("estimate_s", |t| t.estimate.map(|d| seconds(d.as_nanos())).unwrap_or_default()),
    ("instances", |t| if t.instances == 1 { String::new() } else { t.instances.to_string() }),
    ("share", |t| if t.share == Share::WHOLE { String::new() } else { decimal(u64::from(t.share.0), 6) }),
    ("memory_bytes", |t| bytes(t.memory)),
    ("host_cpus", |t| if t.host_cpus == 0 { String::new() } else { decimal(t.host_cpus, 3) }),
    ("host_memory_bytes", |t| bytes(t.host_memory)),
    // The shortest text that reads back as the same number.
    ("priority", |t| if t.priority == 0.0 { String::new() } else { t.priority.to_string() }),
    ("deadline_s", |t| deadline(t).map(|at| seconds(at.as_nanos())).unwrap_or_default()),
    ("user", |t| if t.user == 0 { String::new() } else { t.user.to_string() }),
    ("runs_on", |t| t.runs_on.join("|")),
    ("device", |t| t.devices.join("|")),
    ("one_node", |t| if t.one_node { "true".to_owned() } else { String::new() }),
];

/// The tasks as a CSV text with a header, in their order.
pub fn write_tasks(tasks: &[TraceTask]) -> Vec<u8> {
    let needed = WHERE_NEEDED.iter().filter(|(_, cell)| tasks.iter().any(|task| !cell(task).is_empty()));
    let columns: Vec<&Column> = ALWAYS.iter().chain(needed).collect();
    let mut csv = csv::Writer::from_writer(Vec::new());
    // Writing to a vector cannot fail.
    drop(csv.write_record(columns.iter().map(|(name, _)| *name)));
    for task in tasks {
        drop(csv.write_record(columns.iter().map(|(_, cell)| cell(task))));
    }
    csv.into_inner().unwrap_or_default()
}

fn deadline(task: &TraceTask) -> Option<SimTime> {
    task.deadline.map(|allowed| task.arrival + allowed)
}

fn bytes(bytes: Bytes) -> String {
    if bytes.is_zero() { String::new() } else { bytes.get().to_string() }
}

fn seconds(nanos: u64) -> String {
    decimal(nanos, NANOS_PER_SEC.ilog10() as usize)
}

/// `value` in units of 10^-`places`, without zeros at the end.
fn decimal(value: u64, places: usize) -> String {
    let unit = 10_u64.pow(places as u32);
    let text = format!("{}.{:0places$}", value / unit, value % unit);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
