//! Chrome trace events (JSON array format), which Perfetto and other viewers open.
//!
//! A node is a process, a unit a track of it; a task that shares a unit gets a track beside the first. The cloud is
//! a process of its own. Queue, running tasks, power and utilization are counters.

use std::collections::{BTreeMap, btree_map::Entry};
use std::path::Path;

use serde_json::{Value, json};

use crate::report::plots::PlotError;
use crate::report::plots::read::table::Csv;
use crate::sink::OutputFile;

use super::folder::{Piece, Run, Task, Unit};
use super::seconds::{micros, nanos};

/// Process of what belongs to the whole machine.
const MACHINE: u64 = 1;
/// Process of the cloud.
const CLOUD: u64 = 2;
/// The first node; tracks have numbers beyond all nodes, for a track with the number of its process loses its name.
const FIRST_NODE: u64 = 3;

/// Columns of `timeline.csv` that become counters, by the beginning of their names.
const COUNTERS: [&str; 6] = ["queue", "running", "cloud_running", "power_w", "memory_used_bytes", "utilization_"];

/// Writes the run in `folder` as trace events to `target`; returns how many slices it has.
///
/// # Errors
/// `tasks.csv` is absent or a table is malformed; the file cannot be written.
pub fn write_perfetto(folder: &Path, target: &Path) -> Result<usize, PlotError> {
    let run = Run::read(folder)?;
    let cannot = |source| PlotError::Write { path: target.to_owned(), source };
    let mut out = Events { file: OutputFile::create(target).map_err(cannot)?, first: true };
    out.file.put(b"{\"displayTimeUnit\":\"ms\",\"traceEvents\":[");
    let mut tracks = Tracks::new(&run.units);
    out.names(&tracks);
    let mut slices = 0;
    for piece in &run.pieces {
        slices += slice(&mut out, &mut tracks, &run, piece);
    }
    counters(&mut out, &folder.join("timeline.csv"))?;
    out.file.put(b"\n]}\n");
    out.file.finish().map_err(cannot)?;
    Ok(slices)
}

/// The array of events, one a line.
struct Events {
    file: OutputFile,
    first: bool,
}

impl Events {
    fn put(&mut self, event: &Value) {
        self.file.put(if self.first { b"\n" } else { b",\n" });
        self.first = false;
        self.file.put(event.to_string().as_bytes());
    }

    /// An event of which `ts` and perhaps `dur` are exact decimals, which no float is.
    fn put_at(&mut self, from: u64, lasting: Option<u64>, event: &Value) {
        let text = event.to_string();
        let rest = text.strip_prefix('{').unwrap_or(&text);
        self.file.put(if self.first { b"\n" } else { b",\n" });
        self.first = false;
        self.file.put(format!("{{\"ts\":{},", micros(from)).as_bytes());
        if let Some(lasting) = lasting {
            self.file.put(format!("\"dur\":{},", micros(lasting)).as_bytes());
        }
        self.file.put(rest.as_bytes());
    }

    fn name(&mut self, what: &str, pid: u64, tid: u64, name: &str) {
        self.put(&json!({"ph": "M", "name": what, "pid": pid, "tid": tid, "args": {"name": name}}));
    }

    fn names(&mut self, tracks: &Tracks) {
        self.name("process_name", MACHINE, 0, "machine");
        self.name("process_name", CLOUD, 0, "cloud");
        for (pid, node) in (FIRST_NODE..).zip(&tracks.nodes) {
            self.name("process_name", pid, 0, node);
        }
        for pid in MACHINE..FIRST_NODE + tracks.nodes.len() as u64 {
            let order = if pid == CLOUD { u64::MAX >> 32 } else { pid };
            let args = json!({"sort_index": order});
            self.put(&json!({"ph": "M", "name": "process_sort_index", "pid": pid, "tid": 0, "args": args}));
        }
    }
}

/// Where slices go: a track shows one slice at a time, so what overlaps needs several.
struct Tracks {
    nodes: Vec<String>,
    /// Process and name of each unit.
    units: BTreeMap<u64, (u64, String)>,
    /// When each track of a unit is free again; `u64::MAX` is the cloud's key.
    free: BTreeMap<u64, Vec<(u64, u64)>>,
    next: u64,
}

impl Tracks {
    fn new(list: &[Unit]) -> Self {
        let mut nodes: Vec<String> = Vec::new();
        let mut units = BTreeMap::new();
        for unit in list {
            // Units of a node stand together in the file.
            if nodes.last() != Some(&unit.node) {
                nodes.push(unit.node.clone());
            }
            let pid = FIRST_NODE + nodes.len() as u64 - 1;
            units.insert(unit.number, (pid, format!("{} {} {}", unit.kind, unit.number, unit.device)));
        }
        let next = FIRST_NODE + nodes.len() as u64;
        Self { nodes, units, free: BTreeMap::new(), next }
    }

    /// Process and track for a slice on `unit` (or in the cloud) from `from` to `to`.
    fn place(&mut self, out: &mut Events, unit: Option<u64>, from: u64, to: u64) -> (u64, u64) {
        let (pid, name) = match unit {
            None => (CLOUD, "tasks".to_owned()),
            Some(unit) => match self.units.entry(unit) {
                Entry::Occupied(known) => known.get().clone(),
                Entry::Vacant(new) => new.insert((MACHINE, format!("unit {unit}"))).clone(),
            },
        };
        let lanes = self.free.entry(unit.unwrap_or(u64::MAX)).or_default();
        if let Some((tid, free)) = lanes.iter_mut().find(|(_, free)| *free <= from) {
            *free = to;
            return (pid, *tid);
        }
        let tid = self.next;
        self.next += 1;
        lanes.push((tid, to));
        let name = if lanes.len() > 1 { format!("{name} ({})", lanes.len()) } else { name };
        out.name("thread_name", pid, tid, &name);
        let order = unit.unwrap_or(0).saturating_mul(64).saturating_add(lanes.len() as u64);
        let args = json!({"sort_index": order});
        out.put(&json!({"ph": "M", "name": "thread_sort_index", "pid": pid, "tid": tid, "args": args}));
        (pid, tid)
    }
}

/// A slice on every unit of a piece, one in the cloud where it has none; returns how many.
fn slice(out: &mut Events, tracks: &mut Tracks, run: &Run, piece: &Piece) -> usize {
    let task = piece.task.and_then(|number| run.tasks.get(number));
    if piece.units.is_empty() && !task.is_some_and(|t| t.cloud) {
        return 0;
    }
    let places: Vec<Option<u64>> =
        if piece.units.is_empty() { vec![None] } else { piece.units.iter().copied().map(Some).collect() };
    let (name, category, args) = words(task, piece);
    for unit in &places {
        let (pid, tid) = tracks.place(out, *unit, piece.from, piece.to);
        let event = json!({"ph": "X", "name": name, "cat": category, "pid": pid, "tid": tid, "args": args});
        out.put_at(piece.from, Some(piece.to - piece.from), &event);
    }
    places.len()
}

/// Name, category and arguments of a slice.
fn words(task: Option<&Task>, piece: &Piece) -> (String, String, Value) {
    let Some(task) = task else { return (piece.what.clone(), piece.what.clone(), json!({})) };
    let name = match piece.what.as_str() {
        "run" => task.label.clone(),
        what => format!("{} ({what})", task.label),
    };
    let args = json!({
        "class": task.class, "source": task.source, "status": task.status, "units": piece.units,
        "arrival_s": super::seconds::seconds(task.arrival), "run_s": task.run, "response_s": task.response,
    });
    (name, task.class.clone(), args)
}

fn counters(out: &mut Events, path: &Path) -> Result<(), PlotError> {
    let Some(mut csv) = Csv::open(path)? else { return Ok(()) };
    let clock = csv.required("time_s")?;
    let is_counter = |name: &str| COUNTERS.iter().any(|c| name == *c || (c.ends_with('_') && name.starts_with(c)));
    let header = csv.header().iter().enumerate();
    let columns: Vec<(usize, String)> =
        header.filter(|(_, name)| is_counter(name)).map(|(i, n)| (i, n.clone())).collect();
    let mut last = vec![None; columns.len()];
    while let Some(row) = csv.next()? {
        let bad = || row.bad(Some(clock), "expected seconds with at most nine decimals");
        let now = nanos(row.text(Some(clock))?).ok_or_else(bad)?;
        for ((column, name), last) in columns.iter().zip(&mut last) {
            let value = row.number(Some(*column))?;
            if value.is_some() && value != *last {
                *last = value;
                let event = json!({"ph": "C", "name": name, "pid": MACHINE, "args": {"value": value}});
                out.put_at(now, None, &event);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const TASKS: &str = "task,source,class,arrival_s,start_s,finish_s,status,location,unit_kind,units,wait_s,run_s,response_s\n\
                         a,s,c,0,0,2.000000001,completed,local,gpu,0;1,0,2,2\n\
                         b,s,c,0,1,3,completed,local,gpu,1,1,2,3\n\
                         d,s,c,0,1,3,completed,cloud,,,1,2,3\n\
                         e,s,c,0,,,rejected,local,,,,,\n";
    const UNITS: &str = "unit,kind,device,node,energy_j\n0,gpu,x,n0,1\n1,gpu,x,n1,1\n";

    fn export(name: &str, intervals: &str) -> Vec<Value> {
        let folder = std::env::temp_dir().join(format!("xpusim-perfetto-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("tasks.csv"), TASKS).unwrap();
        fs::write(folder.join("units.csv"), UNITS).unwrap();
        fs::write(folder.join("timeline.csv"), "time_s,queue,other\n0,1,5\n1,1,6\n2,0,7\n").unwrap();
        if !intervals.is_empty() {
            fs::write(folder.join("intervals.csv"), intervals).unwrap();
        }
        write_perfetto(&folder, &folder.join("trace.json")).unwrap();
        let text = fs::read_to_string(folder.join("trace.json")).unwrap();
        fs::remove_dir_all(folder).unwrap();
        let trace: Value = serde_json::from_str(&text).unwrap();
        trace["traceEvents"].as_array().unwrap().clone()
    }

    fn slices(events: &[Value]) -> Vec<(String, f64, f64, u64, u64)> {
        let number = |v: &Value| v.as_u64().unwrap();
        let of = |e: &Value| {
            let (from, to) = (e["ts"].as_f64().unwrap(), e["dur"].as_f64().unwrap());
            (e["name"].as_str().unwrap().to_owned(), from, to, number(&e["pid"]), number(&e["tid"]))
        };
        events.iter().filter(|e| e["ph"] == "X").map(of).collect()
    }

    /// The gang has a slice on each unit; `b` overlaps it on unit 1 and so stands on a second track; `d` is in the cloud.
    #[test]
    fn what_overlaps_stands_on_tracks_of_its_own() {
        let events = export("overlap", "");
        let found = slices(&events);
        let expected = [
            ("a", 0.0, 2_000_000.001, 3, 5),
            ("a", 0.0, 2_000_000.001, 4, 6),
            ("b", 1e6, 2e6, 4, 7),
            ("d", 1e6, 2e6, 2, 8),
        ];
        let expected: Vec<_> = expected.into_iter().map(|(n, f, d, p, t)| (n.to_owned(), f, d, p, t)).collect();
        assert_eq!(found, expected);
        let track = events.iter().find(|e| e["name"] == "thread_name" && e["tid"] == 7).unwrap();
        assert_eq!(track["args"]["name"], "gpu 1 x (2)");
        let counters: Vec<_> = events.iter().filter(|e| e["ph"] == "C").collect();
        assert_eq!(counters.len(), 2, "only what changed: {counters:?}");
    }

    #[test]
    fn pieces_replace_the_whole_and_units_speak_for_themselves() {
        let told =
            "what,task,units,from_s,to_s,detail\nrun,b,0,1,1.5,preempted\nrun,b,1,2.5,3,completed\ndown,,0,2.5,4,\n";
        let found = slices(&export("pieces", told));
        let of_b: Vec<_> = found.iter().filter(|s| s.0 == "b").map(|s| (s.1, s.2)).collect();
        assert_eq!(of_b, [(1e6, 5e5), (2.5e6, 5e5)]);
        assert_eq!(found.iter().filter(|s| s.0 == "down").count(), 1);
    }
}
