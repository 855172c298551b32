//! The simulator against queueing theory in closed form.
//!
//! Each system is a scenario like any other, run through the whole simulator; what it measures must lie
//! within three standard errors of the formula, over independent replications. Last it counts how often its own
//! intervals hold the truth ([`coverage`]); there the verdict is a band, not three standard errors.

mod cloud;
pub mod coverage;
mod failures;
mod heat;
mod memory;
mod preemptive;
mod service;
mod sleep;
mod systems;

pub use systems::systems;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::Value;

use crate::experiment::{Outputs, Replication, RunOptions, replicate};
use crate::json::Document;
use crate::policy::registry::Registry;
use crate::scenario::{Loader, Plan};
use crate::stats::{Moments, mean_interval};

/// How much to simulate.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Expected tasks of a replication.
    pub tasks: u64,
    /// Replications.
    pub replications: u32,
    /// Seed.
    pub seed: u64,
}

/// Reads one quantity off a replication.
pub type Measure = Box<dyn Fn(&Replication) -> Option<f64> + Send + Sync>;

/// One quantity of a system, with what theory says.
pub struct Expectation {
    /// What it is.
    pub quantity: &'static str,
    /// What theory says.
    pub expected: f64,
    /// How a replication measures it.
    pub measure: Measure,
}

/// A system with a closed form.
pub struct System {
    /// Its name in Kendall's notation, or words.
    pub name: &'static str,
    /// The scenario for an expected number of tasks.
    pub scenario: fn(tasks: f64) -> Value,
    /// What theory says about it.
    pub expectations: fn() -> Vec<Expectation>,
}

/// One compared quantity.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The system.
    pub system: &'static str,
    /// The quantity.
    pub quantity: &'static str,
    /// What theory says.
    pub expected: f64,
    /// Mean over replications.
    pub measured: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Standard error of the mean.
    pub standard_error: f64,
    /// Where it must lie; `None`: within three standard errors of theory.
    pub band: Option<(f64, f64)>,
}

impl Row {
    /// Distance from theory in standard errors.
    pub fn deviation(&self) -> f64 {
        let difference = self.measured - self.expected;
        // An exact law has no spread; rounding is not a deviation.
        if difference.abs() <= 1e-9 * self.expected.abs() { 0.0 } else { difference / self.standard_error }
    }

    /// Whether it lies within its band or, without one, within three standard errors.
    pub fn holds(&self) -> bool {
        match self.band {
            Some((low, high)) => (low..=high).contains(&self.measured),
            None => self.deviation().abs() <= 3.0,
        }
    }
}

/// Simulates a system and compares it with theory.
///
/// # Errors
/// The run failed, in words: a bug of the simulator.
pub fn verify(
    system: &System,
    size: Size,
    registry: &Arc<Registry>,
    stop: Arc<AtomicBool>,
) -> Result<Vec<Row>, String> {
    let mut scenario = (system.scenario)(size.tasks as f64);
    scenario["name"] = system.name.into();
    scenario["seed"] = size.seed.into();
    scenario["replications"] = size.replications.into();
    let document = Document::from_value(scenario);
    let plan = Plan::new(&document, &Loader::default(), registry).map_err(|e| format!("{}: {e}", system.name))?;
    let options = RunOptions { check: false, max_events: u64::MAX, stop, progress: &() };
    let results =
        replicate(&plan, registry, &Outputs::default(), &options).map_err(|e| format!("{}: {e}", system.name))?;
    (system.expectations)().iter().map(|e| row(system.name, e, &results)).collect()
}

fn row(system: &'static str, e: &Expectation, results: &[Replication]) -> Result<Row, String> {
    let values: Vec<f64> = results.iter().filter_map(|r| (e.measure)(r)).collect();
    let interval = mean_interval(&values, 0.95).ok_or_else(|| format!("{system}: {} was not measured", e.quantity))?;
    let moments: Moments = values.iter().copied().collect();
    let sd = moments.variance().unwrap_or(0.0).sqrt();
    Ok(Row {
        system,
        quantity: e.quantity,
        expected: e.expected,
        measured: interval.mean,
        low: interval.low(),
        high: interval.high(),
        standard_error: sd / (values.len() as f64).sqrt(),
        band: None,
    })
}
