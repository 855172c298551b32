//! A scheduling policy from outside the crate: smallest area first, with patience.
//!
//! ```text
//! cargo run --example external_policy                     compares it with fifo and EASY
//! cargo run --example external_policy -- list schedulers  the whole command line, one policy richer
//! ```

use std::process::ExitCode;
use std::sync::Arc;

use xpu_manager_rust::cli;
use xpu_manager_rust::experiment::{RunOptions, Variation, Work, compare, plan_variants, variants};
use xpu_manager_rust::json::{Document, Limits, Seconds};
use xpu_manager_rust::model::world::Site;
use xpu_manager_rust::policy::registry::{BuildError, Plugin, Registry};
use xpu_manager_rust::policy::schedule::placement::FirstFit;
use xpu_manager_rust::policy::schedule::{PoolFilter, try_start};
use xpu_manager_rust::policy::{ClusterView, Pass, Scheduler};
use xpu_manager_rust::report::comparison::judge;
use xpu_manager_rust::report::tables;
use xpu_manager_rust::scenario::Loader;
use xpu_manager_rust::units::{SimDuration, TaskId};

/// The task with the least `units x estimate` goes first; what does not fit is skipped. A task that has
/// waited for longer than its patience goes before all others, and is not skipped.
struct SmallestArea {
    patience: SimDuration,
    waiting: Vec<TaskId>,
}

#[derive(serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Params {
    /// How long a task lets others overtake it. Default one day.
    patience: Seconds,
}

impl Default for Params {
    fn default() -> Self {
        Self { patience: Seconds(86_400.0) }
    }
}

impl Plugin for SmallestArea {
    const NAME: &'static str = "smallest-area";
    const ABOUT: &'static str = "least units x estimate first, skip what does not fit; after `patience` a task blocks";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Ok(Self { patience: params.patience.duration(), waiting: Vec::new() })
    }
}

impl Scheduler for SmallestArea {
    fn on_ready(&mut self, task: TaskId, _: &ClusterView<'_>) {
        self.waiting.push(task);
    }

    fn on_leave(&mut self, task: TaskId, _: &ClusterView<'_>) {
        self.waiting.retain(|t| *t != task);
    }

    fn pass(&mut self, pass: &mut Pass<'_>) {
        let (view, patience) = (pass.view(), self.patience);
        let is_late = |view: &ClusterView<'_>, id: TaskId| view.now() - view.task(id).arrival() > patience;
        self.waiting.sort_by_cached_key(|id| {
            let task = view.task(*id);
            let area = u128::from(task.units()) * u128::from(task.estimate().as_nanos());
            if is_late(&view, *id) { (0, 0, task.seq()) } else { (1, area, task.seq()) }
        });
        let (mut site, mut blocked) = (Site::default(), false);
        self.waiting.retain(|id| {
            let started = !blocked && try_start(*id, PoolFilter::Any, &mut FirstFit, pass, &mut site);
            blocked = blocked || (!started && is_late(&pass.view(), *id));
            !started
        });
    }
}

fn main() -> ExitCode {
    let mut registry = Registry::builtin();
    registry.scheduler_plugin::<SmallestArea>();
    if std::env::args_os().len() > 1 {
        return cli::main_with(registry);
    }
    match comparison(registry) {
        Ok(table) => {
            println!("{table}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Ten replications of gangs on 32 GPUs under three schedulers, on the same random numbers.
fn comparison(registry: Registry) -> Result<String, Box<dyn std::error::Error>> {
    let text = include_bytes!("../scenarios/templates/cluster.json");
    let mut document = Document::parse("cluster.json", text, &Limits::default())?.without_remarks();
    document.set(&"replications=10".parse()?)?;
    let schedulers: Variation = "policies.scheduler=fifo,easy,smallest-area".parse()?;
    let options = RunOptions { check: false, max_events: u64::MAX, stop: Arc::default(), progress: &() };
    let chosen = variants(&[schedulers])?;
    let registry = Arc::new(registry);
    let plans = plan_variants(&document, &Loader::default(), &registry, &chosen)?;
    let result = compare(&plans, &registry, &chosen, &options, Work::Same)?;
    Ok(tables::comparison(&result, &judge(&result)))
}
