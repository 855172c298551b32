//! `tune`: the best values of some parameters.

use std::time::Instant;

use serde_json::Value;

use crate::json::{Document, printable};
use crate::report::manifest::Manifest;
use crate::report::plots::{PlotOptions, draw_tuning};
use crate::report::tuning;
use crate::scenario::{Loader, Plan};
use crate::tune::{Asked, Direction, Space, TuneError, Tuning, moved, place, tune};

use super::Session;
use super::args::{Common, Tune};
use super::failure::Failure;
use super::folder::Folder;
use super::output::{print, tell};
use super::progress::Bar;
use super::run::{apply_flags, on_threads, warn};

/// Replications of a candidate on the first rung, and of every one in a search by expected improvement.
const REPLICATIONS: u32 = 4;
/// Candidates on the screen.
const SHOWN: usize = 5;

impl From<TuneError> for Failure {
    fn from(error: TuneError) -> Self {
        match error {
            TuneError::Load(error) => error.into(),
            TuneError::Run(error) => error.into(),
            other @ TuneError::NoneMeasured(_) => Self::new(Self::STUCK, other),
            other => Self::new(Self::USAGE, other),
        }
    }
}

pub(super) fn tune_command(session: &Session, args: &Tune) -> Result<(), Failure> {
    let (loader, document) = Loader::open(&args.scenario, &args.common.set, &args.common.allow_path)?;
    execute(session, document, &loader, args)
}

/// Tunes a document that is given.
pub(super) fn execute(session: &Session, mut document: Document, loader: &Loader, args: &Tune) -> Result<(), Failure> {
    let given = document.value().clone();
    let common = Common { replications: None, ..args.common.clone() };
    apply_flags(&mut document, &common)?;
    let space = Space { parameters: args.param.clone() };
    let paths: Vec<&str> = space.parameters.iter().map(|p| p.path.as_str()).collect();
    if let Some(twice) = paths.iter().enumerate().find(|(i, p)| paths[..*i].contains(p)) {
        return Err(Failure::new(Failure::USAGE, format_args!("--param: `{}` is given twice", twice.1)));
    }
    let plan = Plan::new(&document, loader, &session.registry)?;
    if !common.quiet {
        warn(&plan);
        for trace in &plan.traces {
            tell(&format!("{}: {}", trace.path, trace.report));
        }
    }
    let name = plan.scenario.name.clone();
    drop(plan);
    let folder = Folder::prepare(&common, &format!("{name}-tuned"))?;
    let job = Job { session, document: &document, given: &given, loader, common: &common, name: &name };
    folder.while_running(|| job.produce(space, asked(args), &folder))
}

fn asked(args: &Tune) -> Asked {
    let direction = match (args.minimize, args.maximize) {
        (true, _) => Some(Direction::Minimize),
        (_, true) => Some(Direction::Maximize),
        _ => None,
    };
    Asked {
        objective: args.objective.clone(),
        direction,
        method: args.method.into(),
        budget: args.budget,
        replications: args.common.replications.unwrap_or(REPLICATIONS),
        last: args.last,
        holdout: args.holdout,
    }
}

/// What is tuned, and for whom.
struct Job<'a> {
    session: &'a Session,
    document: &'a Document,
    /// The document, before flags changed it.
    given: &'a Value,
    loader: &'a Loader,
    common: &'a Common,
    name: &'a str,
}

impl Job<'_> {
    /// Searches and writes everything into the folder.
    fn produce(&self, space: Space, asked: Asked, folder: &Folder) -> Result<(), Failure> {
        let started = Instant::now();
        let runs = asked.budget.saturating_add(asked.last.saturating_mul(2)).saturating_add(2);
        let bar = Bar::new(self.name, runs, self.common.quiet || self.common.json);
        let options = self.session.options(self.common, &bar);
        let registry = &self.session.registry;
        let outcome =
            on_threads(self.common.jobs, || tune(self.document, self.loader, registry, space, asked, &options))?;
        bar.done();
        let tuned = outcome?;
        let leads_out = self.write(&tuned, folder, started)?;
        self.tell(&tuned, folder, leads_out, started)
    }

    /// Writes the results; whether the winning scenario needs files outside its folder.
    fn write(&self, tuned: &Tuning, folder: &Folder, started: Instant) -> Result<bool, Failure> {
        let memory = |e| Failure::new(Failure::FILES, e);
        if !self.common.summary_only {
            folder.write("tuning.csv", &tuning::csv(tuned).map_err(memory)?)?;
            if let Some(model) = tuning::model_csv(tuned).map_err(memory)? {
                folder.write("tuning_model.csv", &model)?;
            }
        }
        folder.write("tuning.json", pretty(&tuning::to_json(self.name, tuned)).as_bytes())?;
        let best = tuned.best().map(|c| tuned.space.settings(c)).transpose().map_err(TuneError::Setting)?;
        let best = place(self.document, &best.unwrap_or_default())?;
        let (scenario, leads_out) = moved(best.value(), &self.loader.base, &folder.0);
        folder.write("best.json", pretty(&scenario).as_bytes())?;
        let plan = Plan::new(&best, self.loader, &self.session.registry)?;
        let wall = started.elapsed().as_secs_f64();
        let mut manifest = Manifest::new(&plan, &tuned.ran, self.session.said.clone(), wall).of_document(self.given);
        for (entry, number) in manifest.replications.iter_mut().zip(tuned.verdict.replications.clone()) {
            entry.replication = number as usize;
        }
        manifest.warnings.extend(tuned.warnings.iter().cloned());
        folder.write("manifest.json", manifest.to_json().as_bytes())?;
        if !self.common.no_plots && !self.common.summary_only {
            draw_tuning(&folder.0, &PlotOptions { png: self.common.png })?;
        }
        Ok(leads_out)
    }

    fn tell(&self, tuned: &Tuning, folder: &Folder, leads_out: bool, started: Instant) -> Result<(), Failure> {
        if self.common.json {
            return print(&pretty(&tuning::to_json(self.name, tuned)));
        }
        if self.common.quiet {
            return Ok(());
        }
        for warning in &tuned.warnings {
            tell(&format!("warning: {warning}"));
        }
        let best = folder.0.join("best.json");
        let mut text = format!(
            "{}: {} {} by {}, {} candidates\n\n",
            printable(self.name, 200),
            tuned.direction.name(),
            tuned.asked.objective,
            tuned.asked.method.name(),
            tuned.trail.candidates.len()
        );
        text += &tuning::table(tuned, SHOWN);
        text += &format!("\n{}", tuning::answer(tuned));
        text += &format!("\n{:.2} s; results in {}", started.elapsed().as_secs_f64(), folder.shown());
        let allow = if leads_out { format!(" --allow-path {}", self.loader.base.display()) } else { String::new() };
        text += &format!("\nthe winner: xpusim run {}{allow}\n", best.display());
        print(&text)
    }
}

fn pretty(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}
