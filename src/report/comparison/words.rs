//! Verdicts in words.

use crate::experiment::{Comparison, FAMILY_ERROR, Judgement};
use crate::sink::metric::{Better, better};
use crate::stats::Verdict;

/// `better` or `worse` where one would rather have one of two values, else `lower` or `higher`.
pub fn verdict_word(metric: &str, verdict: Verdict) -> &'static str {
    match (verdict, better(metric)) {
        (Verdict::NotShown, _) => "no difference shown",
        (Verdict::Lower, Better::Lower) | (Verdict::Higher, Better::Higher) => "better",
        (Verdict::Lower, Better::Higher) | (Verdict::Higher, Better::Lower) => "worse",
        (Verdict::Lower, Better::Neither) => "lower",
        (Verdict::Higher, Better::Neither) => "higher",
    }
}

/// How differences were found and judged; `None` where there are no intervals.
pub fn remark(comparison: &Comparison, judgement: &Judgement) -> Option<String> {
    let pairs = match judgement.family {
        0 => return None,
        1 => "1 comparison".to_owned(),
        n => format!("{n} comparisons"),
    };
    let how = if comparison.same_workload {
        "Differences are paired by replication, on the same tasks"
    } else {
        "The variants saw different tasks: differences are not paired, their intervals are Welch's"
    };
    let percent = 100.0 * FAMILY_ERROR;
    Some(format!(
        "{how}. Verdicts: Holm's adjustment over {pairs} at {percent:.0} %; each interval stands alone at 95 %."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_knows_what_is_better() {
        for (metric, verdict, word) in [
            ("wait_s.mean", Verdict::Lower, "better"),
            ("wait_s.mean", Verdict::Higher, "worse"),
            ("goodput.share", Verdict::Lower, "worse"),
            ("availability.gpu", Verdict::Higher, "better"),
            ("utilization.gpu", Verdict::Lower, "lower"),
            ("utilization.gpu", Verdict::Higher, "higher"),
            ("wait_s.mean", Verdict::NotShown, "no difference shown"),
        ] {
            assert_eq!(verdict_word(metric, verdict), word, "{metric}");
        }
    }
}
