//! `sweep plan`.

use std::fs;
use std::path::Path;

use crate::json::printable;
use crate::scenario::Loader;
use crate::sink::OutputFile;
use crate::sweep::{Source, Store, SweepPlan, make};

use super::super::Session;
use super::super::args::{Common, Load, Precision, SweepPlan as Arguments};
use super::super::failure::Failure;
use super::super::output::print;
use super::super::run::{apply_flags, on_threads};
use super::super::variants::{Asked, chosen, work};
use super::{count, shown};

pub(super) fn plan(session: &Session, args: &Arguments) -> Result<(), Failure> {
    let precision = Precision::default();
    let load = Load::default();
    let asked = Asked {
        vary: &args.vary,
        load: &load,
        pairing: &args.pairing,
        expect: &[],
        tie_sweep: None,
        precision: &precision,
    };
    let chosen = chosen(&asked)?;
    let work = work(&args.pairing);
    let common = Common { seed: args.seed, replications: args.replications, ..Common::default() };
    let mut sources = Vec::new();
    for path in &args.scenarios {
        let (loader, mut document) = Loader::open(path, &args.set, &args.allow_path)?;
        apply_flags(&mut document, &common)?;
        sources.push(Source { loader, document });
    }
    let store = Store::new(&args.out);
    fs::create_dir_all(&args.out).map_err(|e| Failure::io(&args.out, &e))?;
    refuse_foreign(&store, args)?;
    let made =
        on_threads(args.jobs, || make(&args.out, &sources, &chosen, work, &session.registry, &session.stop.flag()))??;
    refuse_other_plan(&store, &made, args)?;
    let path = store.plan_path();
    OutputFile::write(&path, made.to_json().as_bytes()).map_err(|e| Failure::io(&path, &e))?;
    if args.quiet { Ok(()) } else { print(&describe(&args.out, &made)) }
}

/// A folder of other people's files is not made a sweep's.
fn refuse_foreign(store: &Store, args: &Arguments) -> Result<(), Failure> {
    let holds_anything = fs::read_dir(&args.out).map_err(|e| Failure::io(&args.out, &e))?.next().is_some();
    if holds_anything && !store.plan_path().exists() && !args.force {
        let message = format!(
            "{}: the folder is not empty and holds no sweep; choose another with --out, or write into it with --force",
            args.out.display()
        );
        return Err(Failure::new(Failure::FILES, message));
    }
    Ok(())
}

/// Cells of one plan are not left to another.
fn refuse_other_plan(store: &Store, made: &SweepPlan, args: &Arguments) -> Result<(), Failure> {
    if args.force || !store.plan_path().exists() {
        return Ok(());
    }
    let there = store.read_plan()?;
    if there.plan_sha256 == made.plan_sha256 {
        return Ok(());
    }
    let mut changed = there.differences(made);
    if changed.is_empty() {
        changed.push("what a variant sets".to_owned());
    }
    let message = format!(
        "{}: another plan is here already; what differs: {}. Choose another folder, or replace it with --force",
        args.out.display(),
        printable(&changed.join(", "), 1000)
    );
    Err(Failure::new(Failure::INPUT, message))
}

fn describe(folder: &Path, plan: &SweepPlan) -> String {
    let dir = shown(folder);
    let mut text = String::new();
    for s in &plan.scenarios {
        let (variants, runs) = (count(s.variants.len() as u64, "variant"), count(s.replications.into(), "replication"));
        text += &format!("{}: {variants} × {runs}\n", printable(&s.name, 200));
    }
    text + &format!(
        "{} in {}\n\nhere       xpusim sweep run {dir}\none of 8   xpusim sweep run {dir} --shard 0 --of 8\n\
         on Slurm   xpusim sweep submit {dir} --slurm --shards 8\nthen       xpusim sweep collect {dir}\n",
        count(plan.cells, "cell"),
        folder.join("sweep.json").display()
    )
}
