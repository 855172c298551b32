//! `--load`: variants at several offered loads.

use crate::experiment::{
    Comparison, Judgement, LoadPoint, LoadSweepError, Variant, cross_loads, load_points, plan_variants,
};
use crate::json::Document;
use crate::report::load;
use crate::scenario::{Loader, Plan};

use super::Session;
use super::args::Load;
use super::failure::Failure;
use super::folder::Folder;

/// The variants at every load that was asked for; as they are where none was.
pub(super) fn cross(
    session: &Session,
    document: &Document,
    loader: &Loader,
    chosen: Vec<Variant>,
    asked: &Load,
) -> Result<Vec<Variant>, Failure> {
    let Some(loads) = &asked.load else { return Ok(chosen) };
    let baseline: Vec<Variant> = chosen.first().and_then(|v| chosen.get(v.baseline)).into_iter().cloned().collect();
    let plans = plan_variants(document, loader, &session.registry, &baseline)?;
    let offered = match plans.first().map(Plan::offered_load) {
        Some(Ok(offered)) => offered.load,
        Some(Err(none)) => return Err(LoadSweepError::from(none).into()),
        None => return Ok(chosen),
    };
    Ok(cross_loads(document, &chosen, offered, loads, asked.load_by.into())?)
}

impl From<LoadSweepError> for Failure {
    fn from(error: LoadSweepError) -> Self {
        Self::new(Self::INPUT, format_args!("--load: {error}"))
    }
}

/// What a load sweep adds to a comparison; nothing where no load was asked for.
#[derive(Default)]
pub(super) struct Sweep(Vec<LoadPoint>);

impl Sweep {
    pub(super) fn new(result: &Comparison, plans: &[Plan]) -> Self {
        Self(load_points(result, plans))
    }

    /// Writes `load.csv`.
    pub(super) fn write(&self, folder: &Folder, result: &Comparison) -> Result<(), Failure> {
        if self.0.is_empty() {
            return Ok(());
        }
        let rows = load::csv(result, &self.0).map_err(|e| Failure::new(Failure::FILES, e))?;
        folder.write("load.csv", &rows)
    }

    /// Adds its points to `comparison.json`.
    pub(super) fn tell(&self, json: &mut serde_json::Value, result: &Comparison) {
        if !self.0.is_empty() {
            json["loads"] = load::to_json(result, &self.0);
        }
    }

    /// The tables for the screen, in place of one that has a row for every load.
    pub(super) fn tables(&self, result: &Comparison, judgement: &Judgement) -> Option<String> {
        (!self.0.is_empty()).then(|| load::tables(result, judgement, &self.0))
    }
}
