//! The interface of the first XPU manager over the simulator: a few units, a memory pool, tasks, one
//! call; the crate's front page shows it.
//!
//! Nothing sleeps: `run` simulates. All tasks arrive at time 0 and stand in line by priority, higher
//! first, equals as they were added. A task takes one whole unit, and its memory from the pool that all
//! units share; where the first in line does not fit, it waits, and the others behind it.
//!
//! The units are an example device of 20 W idle with three P-states: half speed at 40 W, three quarters
//! at 65 W, full speed at 100 W. An execution time is one at full speed. Every policy of power starts
//! in the lowest state and looks at the load ten times a second, so a task that is alone on its unit
//! runs at half speed for a tenth of a second: 5 s become 5.05 s.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::json::Document;
use crate::model::task::Label;
use crate::policy::registry::{BuildError, Registry};
use crate::record::{Observer, Record};
use crate::scenario::{LoadError, Loader, Plan};
use crate::sim::SimError;
use crate::sink::Fold;
use crate::units::SimTime;

const MIB: u64 = 1 << 20;
/// The largest pool, 1 EiB; its bytes stay well within 64 bits.
const MOST_MIB: u64 = 1 << 40;
/// 100 years; the clock has 584.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 86_400);

/// An enum whose variants have names that can be written and read.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident, $what:literal, { $($(#[$about:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum $name { $($(#[$about])* $variant),* }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $word),* })
            }
        }

        impl FromStr for $name {
            type Err = OptimizerError;

            /// Reads a name in any case, with hyphens, underscores, blanks or nothing between its words.
            fn from_str(text: &str) -> Result<Self, OptimizerError> {
                $(if letters(text) == letters($word) { return Ok(Self::$variant); })*
                Err(OptimizerError::Unknown($what, text.to_owned(), &[$($word),*]))
            }
        }
    };
}

fn letters(text: &str) -> String {
    text.trim().chars().filter(|c| !matches!(c, '-' | '_' | ' ')).map(|c| c.to_ascii_lowercase()).collect()
}

choice! {
    /// Who is next, and on which unit.
    SchedulerType, "scheduler type", {
        /// In line by priority, units in turn.
        #[default]
        RoundRobin = "round-robin",
        /// In line by priority, the free unit that has done the least.
        LoadBalancing = "load-balancing",
        /// Shortest predicted time first (the mean of the last two run times, where known); priority
        /// decides among equals. All tasks arrive together, so here the predictions are the times given.
        AiPredictive = "ai-predictive",
    }
}

choice! {
    /// How a unit's memory is handed out. A unit holds one task here, so the two differ only where
    /// blocks are rounded, not in who runs when.
    MemoryManagerType, "memory manager type", {
        /// Bytes are counted.
        #[default]
        Simple = "simple",
        /// Contiguous blocks, best fit.
        Dynamic = "dynamic",
    }
}

choice! {
    /// When a unit runs in its lowest, middle and highest P-state: below, between and above two loads.
    PowerManagementPolicy, "power management policy", {
        /// Loads 0.3 and 0.7.
        #[default]
        Default = "default",
        /// Loads 0.2 and 0.6: fast early.
        Aggressive = "aggressive",
        /// Loads 0.4 and 0.8: slow for longer.
        Conservative = "conservative",
    }
}

choice! {
    /// Which tasks run in an elastic cloud of the units' speed, 50 ms away.
    CloudOffloadingPolicy, "cloud offloading policy", {
        /// Those that find four tasks per unit in line before them.
        #[default]
        Default = "default",
        /// All.
        Always = "always",
        /// None.
        Never = "never",
    }
}

choice! {
    /// What is learnt while tasks run.
    AdaptiveOptimizationPolicy, "adaptive optimization policy", {
        /// What the scheduler type wants: run times for `AiPredictive`, else nothing.
        #[default]
        Default = "default",
        /// Run times, from the last two.
        LastTwo = "last-two",
        /// Which scheduler does best: UCB1 over all three, a choice every 10 s.
        Bandit = "bandit",
    }
}

/// What the machine is like, and who decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XpuOptimizerConfig {
    /// Units, at least one.
    pub num_processing_units: u32,
    /// Memory that all units share, in MiB, at least 1.
    pub memory_pool_size: u64,
    /// Who is next, and where.
    pub scheduler_type: SchedulerType,
    /// How memory is handed out.
    pub memory_manager_type: MemoryManagerType,
    /// How fast units run.
    pub power_management_policy: PowerManagementPolicy,
    /// Which tasks leave.
    pub cloud_offloading_policy: CloudOffloadingPolicy,
    /// What is learnt.
    pub adaptive_optimization_policy: AdaptiveOptimizationPolicy,
}

impl Default for XpuOptimizerConfig {
    /// Four units, 1024 MiB, and the default of every policy.
    fn default() -> Self {
        Self {
            num_processing_units: 4,
            memory_pool_size: 1024,
            scheduler_type: SchedulerType::RoundRobin,
            memory_manager_type: MemoryManagerType::Simple,
            power_management_policy: PowerManagementPolicy::Default,
            cloud_offloading_policy: CloudOffloadingPolicy::Default,
            adaptive_optimization_policy: AdaptiveOptimizationPolicy::Default,
        }
    }
}

/// One task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its number, unique.
    pub id: u64,
    /// Higher is more urgent.
    pub priority: u32,
    /// Time that it takes at full speed, at most 100 years.
    pub execution_time: Duration,
    /// Memory from the shared pool, in MiB.
    pub memory_requirement: u64,
}

/// What the optimizer cannot do.
#[derive(Debug, thiserror::Error)]
pub enum OptimizerError {
    /// No unit.
    #[error("num_processing_units is 0, at least one is needed")]
    NoUnits,
    /// An empty or an absurd pool.
    #[error("memory_pool_size is {0} MiB, expected 1 to {MOST_MIB}")]
    Pool(u64),
    /// A number is taken.
    #[error("task {0} has been added before")]
    DuplicateId(u64),
    /// A task that never fits: its number, its memory and the pool, in MiB.
    #[error("task {0} needs {1} MiB, the pool has {2} MiB")]
    TooLarge(u64, u64, u64),
    /// A task that outlasts the clock.
    #[error("task {0} takes over 100 years")]
    TooLong(u64),
    /// Nothing to run.
    #[error("no task has been added")]
    NoTasks,
    /// A word that names nothing: what was to be named, the word, and what there is.
    #[error("unknown {0} `{1}`, expected one of: {known}", known = .2.join(", "))]
    Unknown(&'static str, String, &'static [&'static str]),
    /// The scenario made of all this is wrong.
    #[error(transparent)]
    Scenario(#[from] LoadError),
    /// A policy cannot be made.
    #[error("policy: {0}")]
    Policy(BuildError),
    /// The simulation stopped.
    #[error(transparent)]
    Simulation(#[from] SimError),
}

/// What became of one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskReport {
    /// Its number.
    pub id: u64,
    /// When it began; as all arrive at 0, also how long it waited.
    pub start: Duration,
    /// When it ended.
    pub finish: Duration,
    /// Its unit, counted from 0; `None` in the cloud.
    pub unit: Option<u32>,
}

/// What became of all tasks.
#[derive(Clone, Debug, PartialEq)]
pub struct XpuReport {
    /// Tasks that did all their work.
    pub completed: u64,
    /// End of the last task.
    pub makespan: Duration,
    /// Mean time from arrival to start.
    pub mean_wait: Duration,
    /// Energy of all units from 0 to the makespan, in joules.
    pub energy: f64,
    /// Busy share of all units over the makespan, in [0, 1].
    pub utilization: f64,
    /// The tasks, in order of their end.
    pub tasks: Vec<TaskReport>,
}

impl fmt::Display for XpuReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secs = |d: Duration| format!("{:.3}", d.as_secs_f64());
        writeln!(f, "tasks completed  {:>10}", self.completed)?;
        writeln!(f, "makespan         {:>10} s", secs(self.makespan))?;
        writeln!(f, "mean wait        {:>10} s", secs(self.mean_wait))?;
        writeln!(f, "energy           {:>10.1} J", self.energy)?;
        writeln!(f, "utilization      {:>10.1} %", self.utilization * 100.0)?;
        write!(f, "\n    task      start s     finish s  where")?;
        for task in &self.tasks {
            let place = task.unit.map_or_else(|| "cloud".to_owned(), |u| format!("unit {u}"));
            write!(f, "\n{:>8} {:>12} {:>12}  {place}", task.id, secs(task.start), secs(task.finish))?;
        }
        Ok(())
    }
}

/// Takes tasks and simulates them.
#[derive(Clone, Debug)]
pub struct XpuOptimizer {
    config: XpuOptimizerConfig,
    tasks: Vec<Task>,
    ids: BTreeSet<u64>,
}

/// Remembers how tasks ended.
#[derive(Default)]
struct Ends(Vec<TaskReport>);

impl Observer for Ends {
    fn on(&mut self, at: SimTime, record: &Record<'_>) {
        if let Record::Ended(task, _) = record
            && let Label::Number(id) = task.spec.label
        {
            let since_start = |t: SimTime| Duration::from_nanos(t.as_nanos());
            let unit = task.units.as_slice().first().map(|u| u.0);
            self.0.push(TaskReport { id, start: since_start(task.first_start), finish: since_start(at), unit });
        }
    }
}

impl XpuOptimizer {
    /// A machine without tasks.
    ///
    /// # Errors
    /// No unit, no memory, or more than 2^40 MiB.
    pub fn new(config: XpuOptimizerConfig) -> Result<Self, OptimizerError> {
        if config.num_processing_units == 0 {
            return Err(OptimizerError::NoUnits);
        }
        if !(1..=MOST_MIB).contains(&config.memory_pool_size) {
            return Err(OptimizerError::Pool(config.memory_pool_size));
        }
        Ok(Self { config, tasks: Vec::new(), ids: BTreeSet::new() })
    }

    /// Puts a task in line.
    ///
    /// # Errors
    /// Its id is taken, it needs more memory than the pool has, or it takes over 100 years.
    pub fn add_task(&mut self, task: Task) -> Result<(), OptimizerError> {
        let pool = self.config.memory_pool_size;
        if task.memory_requirement > pool {
            return Err(OptimizerError::TooLarge(task.id, task.memory_requirement, pool));
        }
        if task.execution_time > LONGEST {
            return Err(OptimizerError::TooLong(task.id));
        }
        if !self.ids.insert(task.id) {
            return Err(OptimizerError::DuplicateId(task.id));
        }
        self.tasks.push(task);
        Ok(())
    }

    /// Simulates all tasks from time 0. Running again gives the same report.
    ///
    /// # Errors
    /// There is no task, more units than a scenario may have, or the simulation cannot go on.
    pub fn run(&self) -> Result<XpuReport, OptimizerError> {
        if self.tasks.is_empty() {
            return Err(OptimizerError::NoTasks);
        }
        let registry = Arc::new(Registry::builtin());
        let plan = Plan::new(&Document::from_value(self.scenario()), &Loader::default(), &registry)?;
        let makers = Arc::clone(&registry);
        let arms = Box::new(move |name: &str| makers.scheduler(&json!(name)).ok());
        let made = plan.simulation(&registry, arms, 0, false, u64::MAX, |_| (Fold::new(), Ends::default()));
        let mut simulation = made.map_err(OptimizerError::Policy)?;
        let outcome = simulation.run(&mut |_, _| true)?;
        let (fold, Ends(tasks)) = simulation.observer;
        let metrics = fold.finish(outcome.end, &simulation.world, simulation.counts);
        let metric = |name: &str| metrics.get(name).copied().unwrap_or(0.0);
        Ok(XpuReport {
            completed: simulation.counts.completed,
            makespan: tasks.last().map_or(Duration::ZERO, |t| t.finish),
            mean_wait: Duration::try_from_secs_f64(metric("wait_s.mean")).unwrap_or(Duration::MAX),
            energy: metric("energy_j.total"),
            utilization: metric("utilization.gpu"),
            tasks,
        })
    }

    /// The scenario file that says the same.
    pub fn scenario(&self) -> Value {
        let config = &self.config;
        let scheduler = match config.scheduler_type {
            SchedulerType::RoundRobin => "round-robin",
            SchedulerType::LoadBalancing => "least-loaded",
            SchedulerType::AiPredictive => "sjf",
        };
        let (low, high) = match config.power_management_policy {
            PowerManagementPolicy::Default => (0.3, 0.7),
            PowerManagementPolicy::Aggressive => (0.2, 0.6),
            PowerManagementPolicy::Conservative => (0.4, 0.8),
        };
        let backlog = u64::from(config.num_processing_units) * 4;
        let cloud = match config.cloud_offloading_policy {
            CloudOffloadingPolicy::Default => json!({"name": "threshold", "backlog": backlog}),
            CloudOffloadingPolicy::Always => json!("always"),
            CloudOffloadingPolicy::Never => json!("never"),
        };
        let adaptive = match (config.adaptive_optimization_policy, config.scheduler_type) {
            (AdaptiveOptimizationPolicy::Bandit, _) => {
                let others = ["round-robin", "least-loaded", "sjf"].into_iter().filter(|s| *s != scheduler);
                let arms: Vec<&str> = std::iter::once(scheduler).chain(others).collect();
                json!({"name": "bandit", "arms": arms, "epoch": "10 s"})
            }
            (AdaptiveOptimizationPolicy::LastTwo, _) | (_, SchedulerType::AiPredictive) => json!("last-two"),
            (AdaptiveOptimizationPolicy::Default, _) => json!("none"),
        };
        let counts = config.memory_manager_type == MemoryManagerType::Simple;
        let memory = if counts { "counter" } else { "best-fit" };
        let mut line: Vec<&Task> = self.tasks.iter().collect();
        line.sort_by_key(|task| std::cmp::Reverse(task.priority));
        let written = |task: &&Task| {
            json!({"id": task.id, "name": "task", "runs_on": ["gpu"], "priority": task.priority,
                "duration": task.execution_time.as_secs_f64(),
                "memory": task.memory_requirement * MIB, "host_memory": task.memory_requirement * MIB})
        };
        let pool = config.memory_pool_size * MIB;
        json!({
            "name": "xpu-optimizer",
            "devices": {"xpu": {"kind": "gpu", "memory": pool, "power": {"idle": 20, "active": 100, "pstates": [
                {"frequency": 5e8, "power": 40}, {"frequency": 7.5e8, "power": 65}, {"frequency": 1e9, "power": 100}]}}},
            "cluster": {"nodes": [{"name": "node", "host_memory": pool,
                "units": [{"device": "xpu", "count": config.num_processing_units}]}]},
            "workload": [{"source": "tasks", "tasks": line.iter().map(written).collect::<Vec<_>>()}],
            "policies": {"scheduler": scheduler, "memory": memory, "cloud": cloud, "adaptive": adaptive,
                "power": {"name": "thresholds", "low": low, "high": high, "period": "100 ms"}},
            "cloud": {"rtt": "50 ms"}
        })
    }
}

#[cfg(test)]
mod tests;
