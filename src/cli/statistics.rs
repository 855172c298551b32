//! How much is run and from when it counts: `--precision`, `--warmup`.

use crate::experiment::{PILOTS, PrecisionError, Reached, RunOptions, Target, WarmUp, WarmUpError, find_warmup};
use crate::json::did_you_mean;
use crate::scenario::Plan;
use crate::sink::TaskValue;
use crate::stats::StoppingRule;

use super::Session;
use super::args::{Precision, WarmUpChoice};
use super::failure::Failure;
use super::output::tell;

/// The target of `--precision`, where it is given.
pub(super) fn target(args: &Precision) -> Option<Target> {
    let rule = StoppingRule::new(args.precision?, args.max_replications)?;
    Some(Target { metric: args.metric.clone(), rule })
}

/// Gives all plans the warm-up that `--warmup` asks for. Returns what the pilots found, where there were any.
///
/// # Errors
/// The pilots failed or do not settle; a warm-up as long as the run.
pub(super) fn warm_up(
    session: &Session,
    plans: &mut [Plan],
    args: &Precision,
    options: &RunOptions<'_>,
    quiet: bool,
) -> Result<Option<WarmUp>, Failure> {
    let (seconds, found) = match &args.warmup {
        None => return Ok(None),
        Some(WarmUpChoice::Time(seconds)) => (*seconds, None),
        Some(WarmUpChoice::Mser5) => {
            let all: Vec<&Plan> = plans.iter().collect();
            let value = TaskValue::of_metric(&args.metric);
            let found = find_warmup(&all, &session.registry, options, value)?;
            if !quiet {
                told(&found, value);
            }
            (crate::json::Seconds(found.start.as_secs_f64()), Some(found))
        }
    };
    for plan in plans.iter_mut() {
        if let Some(stop) = plan.scenario.stop.as_ref().filter(|s| s.time <= seconds) {
            let (time, found) = (stop.time.get(), seconds.get());
            let message = format!("--warmup: {found} s is as long as the run of {time} s: no task would be counted");
            return Err(Failure::new(Failure::USAGE, message));
        }
        plan.scenario.warmup = seconds;
    }
    Ok(found)
}

fn told(found: &WarmUp, value: TaskValue) {
    let cut = found.deciding().map_or(String::new(), |p| format!("{} of {} tasks left out, ", p.delete, p.tasks));
    let many = if found.pilots.len() > 1 {
        format!(", the longest of {} variants", found.pilots.len())
    } else {
        String::new()
    };
    tell(&format!(
        "warm-up {} s by MSER-5 on {} over {PILOTS} pilot replications: {cut}statistics start there{many}",
        found.start.as_secs_f64(),
        value.name(),
    ));
}

/// How far `--precision` came, in a line.
pub(super) fn precision_line(target: &Target, reached: &Reached) -> String {
    let Target { metric, rule } = target;
    let part = reached.widest().filter(|x| x.is_finite());
    let part = part.map_or_else(|| "unknown".to_owned(), |x| format!("{:.2} % of the mean", x * 100.0));
    let (asked, error) = (rule.bound() * 100.0, rule.gamma * 100.0);
    format!(
        "precision  half-width of {metric} is {part} after {} replications; {asked:.2} % makes an error of {error} %\n",
        reached.replications,
    )
}

/// Warns where the cap came before the precision.
pub(super) fn warn_of_cap(target: &Target, reached: &Reached) {
    if !reached.is_precise {
        tell(&format!(
            "warning: --max-replications {} came before the precision of {} that was asked for; its interval is wider",
            target.rule.cap, target.metric
        ));
    }
}

impl From<PrecisionError> for Failure {
    fn from(error: PrecisionError) -> Self {
        match error {
            PrecisionError::Run { error, .. } => error.into(),
            PrecisionError::NoMetric { metric, known, .. } => {
                let hint = did_you_mean(&metric, &known).map(|h| format!("; {h}")).unwrap_or_default();
                let message = format!("--metric: no replication has the metric `{metric}`{hint}");
                Self::new(Self::USAGE, message)
            }
        }
    }
}

impl From<WarmUpError> for Failure {
    fn from(error: WarmUpError) -> Self {
        match error {
            WarmUpError::Run { error, .. } => error.into(),
            other => Self::new(Self::INPUT, format_args!("--warmup: {other}")),
        }
    }
}
