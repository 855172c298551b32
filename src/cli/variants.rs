//! The variants that flags ask for, and what is told of them before they run.

use crate::experiment::{Variant, Variation, Work, group, variants};
use crate::json::did_you_mean;
use crate::scenario::Plan;

use super::Session;
use super::args::{Common, Load, Pairing, Precision};
use super::failure::Failure;
use super::output::tell;
use super::run::{on_threads, warn};
use super::statistics::warm_up;

/// What is to be compared.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// What varies.
    pub vary: &'a [Variation],
    /// At which loads.
    pub load: &'a Load,
    /// With what.
    pub pairing: &'a Pairing,
    /// What must hold.
    pub expect: &'a [String],
    /// In how many ways ties are shuffled.
    pub tie_sweep: Option<u32>,
    /// How many replications, and from when on they count.
    pub precision: &'a Precision,
}

/// The variants that were asked for, with their baseline.
pub(super) fn chosen(asked: &Asked<'_>) -> Result<Vec<Variant>, Failure> {
    if let Some(empty) = asked.vary.iter().find(|v| v.values.is_empty()) {
        return Err(Failure::new(Failure::USAGE, format_args!("--vary {}: no values", empty.path)));
    }
    let mut chosen = variants(asked.vary).map_err(|e| Failure::new(Failure::USAGE, e))?;
    if let [only] = chosen.as_mut_slice()
        && only.label.is_empty()
    {
        only.label = "as documented".to_owned();
    }
    if let Some(twin) = chosen.iter().enumerate().find(|(i, v)| chosen[..*i].iter().any(|w| w.label == v.label)) {
        return Err(Failure::new(Failure::USAGE, format_args!("--vary: two variants are called `{}`", twin.1.label)));
    }
    let paths: Vec<&str> = asked.vary.iter().map(|v| v.path.as_str()).collect();
    let within: Vec<&str> = asked.pairing.within.iter().map(String::as_str).collect();
    if let Some(unknown) = within.iter().find(|path| !paths.contains(path)) {
        return Err(no_such("--within", unknown, &paths));
    }
    let baseline = asked.pairing.baseline.as_deref();
    group(&mut chosen, &within, baseline)
        .map_err(|labels| no_such("--baseline", baseline.unwrap_or_default(), &labels))?;
    Ok(chosen)
}

fn no_such<S: AsRef<str>>(flag: &str, found: &str, known: &[S]) -> Failure {
    let hint = did_you_mean(found, known).map(|h| format!("; {h}")).unwrap_or_default();
    let known: Vec<String> = known.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    let known = known.join(", ");
    Failure::new(Failure::USAGE, format_args!("{flag}: found `{found}`, expected one of {known}{hint}"))
}

pub(super) const fn work(pairing: &Pairing) -> Work {
    if pairing.different_work { Work::MayDiffer } else { Work::Same }
}

/// Finds the warm-up, where that was asked for.
pub(super) fn settle(session: &Session, plans: &mut [Plan], asked: &Asked<'_>, common: &Common) -> Result<(), Failure> {
    let options = session.options(common, &());
    on_threads(common.jobs, || warm_up(session, plans, asked.precision, &options, common.quiet))?.map(|_| ())
}

/// What the first of them has to say, and what was done to its logs.
pub(super) fn tell_of(plans: &[Plan], common: &Common) {
    if common.quiet {
        return;
    }
    if let Some(plan) = plans.first() {
        warn(plan);
        for trace in &plan.traces {
            tell(&format!("{}: {}", trace.path, trace.report));
        }
    }
}
