//! From a scenario and what is asked of it to the answer.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use crate::experiment::{Replication, RunError, RunOptions};
use crate::json::{Document, nearest};
use crate::policy::registry::Registry;
use crate::scenario::{Loader, Plan};
use crate::sink::metric::{Better, better};

use super::halving::{Rung, successive_halving};
use super::holdout::{Window, hold_out};
use super::improvement::{Curve, expected_improvement_search};
use super::search::{Direction, Trail};
use super::space::{Candidate, Space};
use super::trial::{Trial, TuneError};
use super::verdict::{Answer, Final, edges};

/// Replications that show whether a scenario draws anything at random.
const PROBE: u32 = 2;
/// Candidates of a search by a Gaussian process, whose cost grows with their cube; a larger budget buys replications.
const MOST_POINTS: u32 = 120;

/// How to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Successive halving.
    Halving,
    /// Expected improvement over a Gaussian process.
    Gp,
}

impl Method {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Halving => "halving",
            Self::Gp => "gp",
        }
    }
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The metric to make best.
    pub objective: String,
    /// Which way that is; `None`: as the metric's name tells.
    pub direction: Option<Direction>,
    /// How to search.
    pub method: Method,
    /// Replications of the search in all.
    pub budget: u32,
    /// Least replications of a candidate.
    pub replications: u32,
    /// Fresh replications of the final comparison.
    pub last: u32,
    /// Part of each log, in (0, 1), that the search does not see.
    pub holdout: Option<f64>,
}

/// A search and its answer.
#[derive(Clone, Debug)]
pub struct Tuning {
    /// What was asked.
    pub asked: Asked,
    /// What was searched.
    pub space: Space,
    /// Which way was better.
    pub direction: Direction,
    /// The scenario's seed.
    pub seed: u64,
    /// Whether the scenario draws anything at random; else one replication tells all.
    pub redraws: bool,
    /// The search.
    pub trail: Trail,
    /// Its rungs, of successive halving.
    pub rungs: Vec<Rung>,
    /// What a Gaussian process knows at the end, of a single numeric parameter.
    pub curve: Option<Curve>,
    /// Number of the best candidate.
    pub winner: usize,
    /// How logs were split.
    pub windows: Vec<Window>,
    /// The final comparison.
    pub verdict: Final,
    /// The winner's runs in the final comparison, for a manifest.
    pub ran: Vec<Replication>,
    /// What should be looked at.
    pub warnings: Vec<String>,
}

impl Tuning {
    /// The best candidate.
    pub fn best(&self) -> Option<&Candidate> {
        self.trail.candidates.get(self.winner)
    }
}

/// Which way is better: what was said, or else what the name tells.
fn direction(asked: &Asked) -> Result<Direction, TuneError> {
    match (asked.direction, better(&asked.objective)) {
        (Some(said), _) => Ok(said),
        (None, Better::Lower) => Ok(Direction::Minimize),
        (None, Better::Higher) => Ok(Direction::Maximize),
        (None, Better::Neither) => Err(TuneError::Direction(asked.objective.clone())),
    }
}

/// Whether two replications of the scenario as it stands differ, and whether it has the objective. A scenario that cannot
/// be run as it stands tells neither; then its replications are taken to differ.
fn probe(trial: &Trial<'_>, plan: &Plan) -> Result<bool, TuneError> {
    let ran = match trial.run(plan, 0..PROBE) {
        Err(error) => return trial.objective(Err(error)).map(|_| true).map_err(TuneError::Run),
        Ok(ran) => ran,
    };
    if let Some(first) = ran.first().filter(|r| !r.metrics.contains_key(trial.objective)) {
        let known: Vec<&String> = first.metrics.keys().collect();
        let near = nearest(trial.objective, &known).map(ToString::to_string);
        return Err(TuneError::Objective { found: trial.objective.to_owned(), near });
    }
    Ok(ran.windows(2).any(|pair| pair[0].fingerprint != pair[1].fingerprint))
}

/// What a search brings.
struct Found {
    trail: Trail,
    rungs: Vec<Rung>,
    curve: Option<Curve>,
}

/// Searches by the method asked for.
fn search_by(
    asked: &Asked,
    direction: Direction,
    redraws: bool,
    seed: u64,
    search: &mut Trial<'_>,
) -> Result<Found, TuneError> {
    let space = search.space;
    match asked.method {
        Method::Halving => {
            let budget = (asked.budget, asked.replications);
            let (trail, rungs) = successive_halving(space, direction, budget, redraws, seed, search)?;
            Ok(Found { trail, rungs, curve: None })
        }
        Method::Gp => {
            let each = if redraws { asked.replications.max(asked.budget / MOST_POINTS).min(asked.budget) } else { 1 };
            let count = (asked.budget / each.max(1)).min(MOST_POINTS) as usize;
            let (trail, curve) = expected_improvement_search(space, direction, count, each, seed, search)?;
            Ok(Found { trail, rungs: Vec::new(), curve })
        }
    }
}

/// Winner and own setting on the same replications, and the winner's runs.
fn compare_on(
    fresh: Range<u32>,
    last: &Trial<'_>,
    own: &Plan,
    best: &Plan,
) -> Result<(Final, Vec<Replication>), TuneError> {
    let (baseline, won) = (last.run(own, fresh.clone()), last.run(best, fresh.clone()));
    let hashes = |ran: &Result<Vec<Replication>, RunError>| {
        ran.as_ref().ok().map(|r| r.iter().map(|r| r.workload).collect::<Vec<_>>())
    };
    let same_workload = match (hashes(&baseline), hashes(&won)) {
        (Some(a), Some(b)) => a == b,
        // Without two there is nothing to tell apart.
        _ => true,
    };
    let ran = won.as_ref().map(Clone::clone).unwrap_or_default();
    let winner = last.objective(won).map_err(TuneError::Run)?;
    let baseline = last.objective(baseline).map_err(TuneError::Run)?;
    Ok((Final { replications: fresh, winner, baseline, same_workload }, ran))
}

/// Searches, and compares the winner with the scenario as it stands where the search has not been.
///
/// The search uses replications from 0 on; the final comparison uses those that follow, and the end of each log where some
/// of it is held out.
///
/// # Errors
/// The scenario or the parameters are wrong, no candidate can be measured, or a run was interrupted or shows a bug.
pub fn tune(
    document: &Document,
    loader: &Loader,
    registry: &Arc<Registry>,
    space: Space,
    asked: Asked,
    options: &RunOptions<'_>,
) -> Result<Tuning, TuneError> {
    let whole = Plan::new(document, loader, registry).map_err(TuneError::Load)?;
    let seed = whole.scenario.seed;
    let (searched, held_out, windows) = match asked.holdout {
        None => (document.clone(), document.clone(), Vec::new()),
        Some(share) => hold_out(document, &whole, share).map_err(TuneError::Holdout)?,
    };
    let trial = |document| Trial {
        document,
        loader,
        registry,
        options,
        space: &space,
        objective: &asked.objective,
        done: AtomicU32::new(0),
    };
    let mut search = trial(&searched);
    search.check()?;
    let redraws = probe(&search, &Plan::new(&searched, loader, registry).map_err(TuneError::Load)?)?;
    let direction = direction(&asked)?;
    let Found { trail, rungs, curve } = search_by(&asked, direction, redraws, seed, &mut search)?;
    let winner = match trail.ranking(asked.method == Method::Halving).first() {
        Some(best) if best.mean().is_some() => best.candidate,
        other => {
            let why = other.and_then(|e| e.outcome.as_ref().err().cloned()).unwrap_or_default();
            return Err(TuneError::NoneMeasured(why));
        }
    };
    let last = Trial { done: search.done, ..trial(&held_out) };
    let own = Plan::new(&held_out, loader, registry).map_err(TuneError::Load)?;
    let best =
        last.plan(trail.candidates.get(winner).unwrap_or(&Candidate { values: Vec::new(), shares: Vec::new() }))?;
    let from = trail.replications;
    let fresh = if redraws { from..from.saturating_add(asked.last) } else { 0..1 };
    let (verdict, ran) = compare_on(fresh, &last, &own, &best)?;
    let mut tuning = Tuning {
        asked,
        space,
        direction,
        seed,
        redraws,
        trail,
        rungs,
        curve,
        winner,
        windows,
        verdict,
        ran,
        warnings: Vec::new(),
    };
    tuning.warnings = warnings(&tuning);
    Ok(tuning)
}

/// What should be looked at before the answer is believed.
fn warnings(tuning: &Tuning) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(best) = tuning.best() {
        for (path, end) in edges(&tuning.space, best) {
            all.push(format!("{path} stands at the {end} end of its range: better values may lie beyond"));
        }
    }
    let failed: Vec<_> = tuning.trail.evaluations.iter().filter_map(|e| e.outcome.as_ref().err()).collect();
    if let Some(first) = failed.first() {
        let count = tuning.trail.candidates.len();
        all.push(format!("{} of {count} candidates could not be measured; the first: {first}", failed.len()));
    }
    if !tuning.redraws {
        let hint = if tuning.windows.is_empty() { "; hold a part of a log out with --holdout" } else { "" };
        all.push(format!("the scenario draws nothing at random: one run tells all of it, and no interval{hint}"));
    }
    match tuning.verdict.answer(tuning.direction) {
        Answer::NotShown => all.push("no difference shown against the scenario's own setting".to_owned()),
        Answer::Worse => all.push("the winner is worse than the scenario's own setting: keep that".to_owned()),
        Answer::NotMeasured => {
            for (who, measured) in
                [("the winner", &tuning.verdict.winner), ("the scenario's own setting", &tuning.verdict.baseline)]
            {
                if let Err(why) = measured {
                    all.push(format!("{who} could not be measured in the final comparison: {why}"));
                }
            }
        }
        Answer::Better | Answer::OneRun => {}
    }
    if !tuning.verdict.same_workload {
        all.push("winner and own setting did not see the same tasks: a parameter changes the workload".to_owned());
    }
    all
}
