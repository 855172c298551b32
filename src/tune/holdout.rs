//! Jobs of a log that the search does not see.

use crate::json::{Document, Setting};
use crate::scenario::{LoadError, Plan, SourceSpec};

/// How the jobs of one source are split by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Number of the source.
    pub source: usize,
    /// Jobs that the search sees: the first.
    pub searched: u64,
    /// Jobs that only the final comparison sees: the last.
    pub held_out: u64,
}

/// The scenario on the first jobs of each of its logs, the scenario on the last `share` of them, in (0, 1), and how many
/// that is. Of n jobs ⌊n (1 − share)⌋ are searched.
///
/// # Errors
/// In words: no source is a log, or one has too few jobs, or draws its tasks.
pub fn hold_out(document: &Document, plan: &Plan, share: f64) -> Result<(Document, Document, Vec<Window>), String> {
    let (mut first, mut last, mut windows) = (document.clone(), document.clone(), Vec::new());
    for (source, spec) in plan.scenario.workload.iter().enumerate() {
        let SourceSpec::Trace(spec) = spec else { continue };
        if spec.draw.is_some() {
            return Err(format!("source {source} draws its tasks from the log: they have no order to be split by"));
        }
        let jobs = plan.source_size(source).unwrap_or(0);
        let searched = (jobs as f64 * (1.0 - share)) as u64;
        if searched == 0 || searched >= jobs {
            return Err(format!("source {source} has {jobs} usable jobs: too few to hold {share} of them out"));
        }
        let held_out = jobs - searched;
        let skip = spec.skip.unwrap_or(0).saturating_add(searched);
        set(&mut first, source, "limit", searched)?;
        set(&mut last, source, "limit", held_out)?;
        set(&mut last, source, "skip", skip)?;
        windows.push(Window { source, searched, held_out });
    }
    if windows.is_empty() {
        return Err("no source of the scenario is a trace: fresh replications are held out anyway".to_owned());
    }
    Ok((first, last, windows))
}

fn set(document: &mut Document, source: usize, key: &str, value: u64) -> Result<(), String> {
    let setting = Setting::new(&format!("workload.{source}.{key}"), value.into()).map_err(|e| e.to_string())?;
    document.set(&setting).map_err(|e| LoadError::from(e).to_string())
}
