//! Candidates measured by the simulator.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rayon::prelude::*;
use serde_json::json;

use crate::experiment::{Outputs, Replication, RunError, RunOptions, replicate_range};
use crate::json::{Document, Setting, SettingError};
use crate::policy::registry::Registry;
use crate::scenario::{LoadError, Loader, Plan};
use crate::sim::SimError;

use super::search::{Evaluate, Measured};
use super::space::{Candidate, Space};

/// Why a search ended without an answer.
#[derive(Debug, thiserror::Error)]
pub enum TuneError {
    /// The scenario is wrong with any of the candidates.
    #[error("{0}")]
    Load(LoadError),
    /// A run was interrupted, or shows a bug.
    #[error("{0}")]
    Run(RunError),
    /// A path that is none.
    #[error("--param: {0}")]
    Setting(SettingError),
    /// No such metric.
    #[error("--objective: the scenario has no metric `{found}`{}", near.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Objective {
        /// What was asked for.
        found: String,
        /// The nearest that there is.
        near: Option<String>,
    },
    /// Nothing tells which way is better.
    #[error("--objective {0}: neither lower nor higher values are better by themselves; say --minimize or --maximize")]
    Direction(String),
    /// Nothing can be held out.
    #[error("--holdout: {0}")]
    Holdout(String),
    /// Every candidate failed.
    #[error("no candidate could be measured; the first: {0}")]
    NoneMeasured(String),
}

/// The scenario with a candidate's values in it. Where a path leads into a policy that is given by its name alone
/// (`policies.scheduler.ageing` under `"scheduler": "priority"`), the name becomes an object that can have parameters.
///
/// # Errors
/// A path leads into a value that has no parts.
pub fn place(document: &Document, settings: &[Setting]) -> Result<Document, LoadError> {
    let mut changed = document.clone();
    for setting in settings {
        let pointer = setting.pointer();
        for (end, _) in pointer.match_indices('/').skip(1) {
            let Some(above) = pointer.get(..end) else { continue };
            if let Some(name) = changed.value().pointer(above).and_then(|v| v.as_str()).map(str::to_owned) {
                let object = Setting::new(&dotted(above), json!({"name": name}));
                if let Ok(object) = object {
                    changed.set(&object)?;
                }
            }
        }
        changed.set(setting)?;
    }
    Ok(changed)
}

/// A JSON pointer as a path with dots.
fn dotted(pointer: &str) -> String {
    let segment = |s: &str| s.replace("~1", "/").replace("~0", "~").replace('\\', "\\\\").replace('.', "\\.");
    pointer.split('/').skip(1).map(segment).collect::<Vec<_>>().join(".")
}

/// Measures candidates by simulating the scenario with their values.
pub struct Trial<'a> {
    /// The scenario.
    pub document: &'a Document,
    /// Where its files are.
    pub loader: &'a Loader,
    /// The policies.
    pub registry: &'a Arc<Registry>,
    /// How to run; progress is told once for each replication, by how many there have been.
    pub options: &'a RunOptions<'a>,
    /// The parameters.
    pub space: &'a Space,
    /// The metric.
    pub objective: &'a str,
    /// Replications that have been run.
    pub done: AtomicU32,
}

impl Trial<'_> {
    /// The scenario with a candidate's values.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn plan(&self, candidate: &Candidate) -> Result<Plan, TuneError> {
        let settings = self.space.settings(candidate).map_err(TuneError::Setting)?;
        let document = place(self.document, &settings).map_err(TuneError::Load)?;
        Plan::new(&document, self.loader, self.registry).map_err(TuneError::Load)
    }

    /// Checks the middle of the space and the ends of each parameter's domain, before anything runs.
    ///
    /// # Errors
    /// None of them can be run: then it is not the values that are wrong. The first problem.
    pub fn check(&self) -> Result<(), TuneError> {
        let middle = vec![0.5; self.space.parameters.len()];
        let mut points = vec![middle.clone()];
        for i in 0..middle.len() {
            for end in [0.0, 1.0] {
                let mut point = middle.clone();
                point.iter_mut().skip(i).take(1).for_each(|x| *x = end);
                points.push(point);
            }
        }
        let mut first = None;
        for point in points {
            match self.plan(&self.space.candidate(&point)) {
                Ok(_) => return Ok(()),
                Err(error) => first = first.or(Some(error)),
            }
        }
        first.map_or(Ok(()), Err)
    }

    /// Runs replications of a plan.
    ///
    /// # Errors
    /// As [`replicate_range`].
    pub fn run(&self, plan: &Plan, replications: Range<u32>) -> Result<Vec<Replication>, RunError> {
        let options = RunOptions { stop: Arc::clone(&self.options.stop), progress: &(), ..*self.options };
        let one = |number: u32| {
            let brought = replicate_range(plan, self.registry, &Outputs::default(), &options, number..number + 1);
            self.options.progress.at(self.done.fetch_add(1, Ordering::Relaxed), 1.0);
            brought
        };
        let results: Vec<_> = replications.into_par_iter().map(one).collect();
        Ok(results.into_iter().collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// The objective of each replication, or why there is none.
    ///
    /// # Errors
    /// What is no fault of the candidate's.
    pub fn objective(&self, ran: Result<Vec<Replication>, RunError>) -> Result<Measured, RunError> {
        match ran {
            Ok(replications) => {
                let value = |r: &Replication| r.metrics.get(self.objective).copied().filter(|v| v.is_finite());
                let values: Option<Vec<f64>> = replications.iter().map(value).collect();
                Ok(values.ok_or_else(|| format!("a run without {}", self.objective)))
            }
            Err(error) if is_the_candidates(&error) => Ok(Err(first_line(&error))),
            Err(error) => Err(error),
        }
    }

    fn one(&self, candidate: &Candidate, replications: Range<u32>) -> Result<Measured, TuneError> {
        let plan = match self.plan(candidate) {
            Ok(plan) => plan,
            Err(TuneError::Load(error @ (LoadError::Input(_) | LoadError::Trace(_)))) => {
                return Ok(Err(first_line(&error)));
            }
            Err(error) => return Err(error),
        };
        self.objective(self.run(&plan, replications)).map_err(TuneError::Run)
    }
}

impl Evaluate for Trial<'_> {
    type Error = TuneError;

    fn evaluate(&mut self, candidates: &[&Candidate], replications: Range<u32>) -> Result<Vec<Measured>, TuneError> {
        let this = &*self;
        let results: Vec<_> = candidates.par_iter().map(|c| this.one(c, replications.clone())).collect();
        results.into_iter().collect()
    }
}

/// Whether a run failed for what it was asked to do.
fn is_the_candidates(error: &RunError) -> bool {
    let RunError::Simulation { error, .. } = error else { return false };
    matches!(
        error,
        SimError::Deadlock { .. }
            | SimError::Futile { .. }
            | SimError::Livelock { .. }
            | SimError::EventLimit { .. }
            | SimError::Overflow { .. }
    )
}

fn first_line(error: &impl ToString) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_given_by_name_takes_parameters() {
        let document = Document::from_value(json!({"policies": {"scheduler": "priority", "a.b": "x"}, "seed": 3}));
        let set = |text: &str| place(&document, &[text.parse().unwrap()]).map(|d| d.value().clone());
        let policies = set("policies.scheduler.ageing=2").unwrap()["policies"].clone();
        assert_eq!(policies["scheduler"], json!({"name": "priority", "ageing": 2}));
        // Deeper than one step: each name on the way.
        let deep = set("policies.scheduler.order.ageing=2").unwrap()["policies"]["scheduler"].clone();
        assert_eq!(deep, json!({"name": "priority", "order": {"ageing": 2}}));
        assert_eq!(set("policies.a\\.b.c=2").unwrap()["policies"]["a.b"], json!({"name": "x", "c": 2}));
        assert_eq!(set("policies.scheduler=easy").unwrap()["policies"]["scheduler"], "easy");
        assert!(set("seed.x=1").is_err());
    }
}
