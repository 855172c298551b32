//! A policy from outside the crate can do all that a built-in one can.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};
use xpu_manager_rust::experiment::{Outputs, RunOptions, replicate};
use xpu_manager_rust::json::{Document, Seconds};
use xpu_manager_rust::model::world::Site;
use xpu_manager_rust::policy::registry::{BuildError, NoParams, Plugin, Registry};
use xpu_manager_rust::policy::schedule::placement::{FirstFit, Rank, Ranking};
use xpu_manager_rust::policy::schedule::{Key, Order, PoolFilter, try_start};
use xpu_manager_rust::policy::{ClusterView, Pass, Preempted, Scheduler, TaskView};
use xpu_manager_rust::scenario::{Loader, Plan};
use xpu_manager_rust::units::{NodeId, SimDuration, SimTime, TaskId, UnitId};

use super::support::{Folder, Row, cpus, rows, run, under};

/// Round robin on one unit: it has a parameter, asks for timers, preempts, and places with a part of ours.
struct Turns {
    quantum: SimDuration,
    waiting: Vec<TaskId>,
    running: Option<(TaskId, SimTime)>,
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Params {
    quantum: Seconds,
}

impl Plugin for Turns {
    const NAME: &'static str = "turns";
    const ABOUT: &'static str = "round robin from outside";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Ok(Self { quantum: params.quantum.duration(), waiting: Vec::new(), running: None })
    }
}

impl Scheduler for Turns {
    fn on_ready(&mut self, task: TaskId, _: &ClusterView<'_>) {
        self.waiting.push(task);
    }

    fn on_end(&mut self, task: TaskId, _: &ClusterView<'_>) {
        self.running = self.running.filter(|(running, _)| *running != task);
    }

    fn on_leave(&mut self, task: TaskId, _: &ClusterView<'_>) {
        self.waiting.retain(|t| *t != task);
    }

    fn pass(&mut self, pass: &mut Pass<'_>) {
        if let Some((task, since)) = self.running
            && pass.now() >= since + self.quantum
            && !self.waiting.is_empty()
        {
            self.running = None;
            if pass.preempt(task) == Ok(Preempted::Waiting) {
                self.waiting.push(task);
            }
        }
        if self.running.is_none() && !self.waiting.is_empty() {
            let task = self.waiting.remove(0);
            if try_start(task, PoolFilter::Any, &mut FirstFit, pass, &mut Site::default()) {
                self.running = Some((task, pass.now()));
                pass.wake_at(pass.now() + self.quantum);
            } else {
                self.waiting.insert(0, task);
            }
        }
    }
}

/// An order: the last to come first.
struct Newest;

impl Plugin for Newest {
    const NAME: &'static str = "newest";
    const ABOUT: &'static str = "the last to come first";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}

impl Order for Newest {
    fn key(&mut self, task: TaskView<'_>, _: &ClusterView<'_>) -> Key {
        Key::descending(task.number())
    }
}

/// A placement: the highest-numbered units.
struct Highest;

impl Plugin for Highest {
    const NAME: &'static str = "highest";
    const ABOUT: &'static str = "the highest numbers";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}

impl Ranking for Highest {
    fn unit(&mut self, _: TaskView<'_>, unit: UnitId, _: &ClusterView<'_>) -> Rank {
        (u64::MAX - u64::from(unit.0), 0, 0)
    }

    fn node(&mut self, _: TaskView<'_>, node: NodeId, _: &ClusterView<'_>) -> Rank {
        (u64::MAX - u64::from(node.0), 0, 0)
    }
}

/// The scenario under policies from outside.
fn run_outside(mut scenario: Value) -> Vec<Row> {
    scenario["name"] = json!("outside");
    let mut registry = Registry::builtin();
    registry.scheduler_plugin::<Turns>().order_plugin::<Newest>().placement_plugin::<Highest>();
    let registry = Arc::new(registry);
    let plan = Plan::new(&Document::from_value(scenario), &Loader::default(), &registry).unwrap();
    let folder = Folder::new();
    let outputs = Outputs { folder: Some(folder.path().to_owned()), events: false, ..Outputs::default() };
    let stop = Arc::new(AtomicBool::new(false));
    let options = RunOptions { check: true, max_events: 100_000, stop, progress: &() };
    replicate(&plan, &registry, &outputs, &options).unwrap();
    rows(&folder.read("tasks.csv"))
}

fn tasks() -> Value {
    let task = |(i, (arrival, duration)): (usize, (u32, u32))| json!({"id": i, "arrival": arrival, "duration": duration, "runs_on": ["cpu"]});
    json!([(0, 7), (1, 3), (4, 2), (4, 9), (15, 1)].into_iter().enumerate().map(task).collect::<Vec<Value>>())
}

/// Quantum 2, those that come first going before the one whose turn is over: 0 to 2, 1 to 4, 0 to 6, 2 ends at 8, 3 to
/// 10, 1 ends at 11, 0 to 13, 3 to 15, 0 ends at 16, 4 at 17, 3 at 22.
#[test]
fn a_preemptive_scheduler_from_outside() {
    let built_in = run(under(cpus(1, tasks()), json!({"name": "rr", "quantum": "2 s"})));
    let outside = run_outside(under(cpus(1, tasks()), json!({"name": "turns", "quantum": 2})));
    let ends = |rows: &[Row]| -> Vec<(String, u64)> {
        rows.iter().map(|r| (r.text("task").to_owned(), r.nanos("finish_s") / 1_000_000_000)).collect()
    };
    let by_hand = [("2", 8), ("1", 11), ("0", 16), ("4", 17), ("3", 22)].map(|(task, end)| (task.to_owned(), end));
    assert_eq!(ends(&outside), by_hand);
    assert_eq!(ends(&built_in.tasks), by_hand);
}

#[test]
fn parts_from_outside_join_ours() {
    let scheduler = json!({"order": "newest", "backfill": "greedy", "placement": "highest"});
    let found = run_outside(under(cpus(2, tasks()), scheduler));
    let start = |name: &str| found.iter().find(|r| r.text("task") == name).unwrap();
    assert_eq!(start("0").list("units"), [1]);
    assert_eq!(start("1").list("units"), [0]);
    // At 4 unit 0 is free, and the later one of the two that have just come goes first.
    assert_eq!(["3", "2"].map(|t| start(t).real("start_s")), [4.0, 7.0]);
}
