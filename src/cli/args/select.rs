//! Arguments of `compare --select`.

use std::str::FromStr;

use clap::Args;

use crate::experiment::{Indifference, Objective};
use crate::sink::metric::{Better, better};

/// How the best variant is found.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Selection")]
pub struct Selecting {
    /// Find the variant that is best in this metric, with as few replications as may be, at most --max-replications of
    /// each; min: or max: before it says which is better where the metric does not
    #[arg(long, value_name = "METRIC", requires = "vary",
        conflicts_with_all = ["tie_sweep", "expect", "precision", "within", "replications"])]
    pub select: Option<Objective>,
    /// A difference that does not matter: a value, or a part of the first variant's mean
    #[arg(long, value_name = "VALUE|PART%", default_value = "5%", requires = "select", value_parser = indifference)]
    pub indifference: Indifference,
    /// Probability of choosing the best, or one that differs from it by less than what matters
    #[arg(long, value_name = "P", default_value_t = 0.95, requires = "select", value_parser = probability)]
    pub confidence: f64,
    /// Replications of each variant to begin with
    #[arg(long, value_name = "N", default_value_t = 10, requires = "select",
        value_parser = clap::value_parser!(u32).range(2..=10_000))]
    pub first_stage: u32,
    /// Share so many replications among the variants (OCBA) instead of going on until the best is known (KN)
    #[arg(long, value_name = "N", requires = "select", conflicts_with_all = ["indifference", "confidence"],
        value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    pub budget: Option<u32>,
}

impl FromStr for Objective {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (largest, metric) = match (text.strip_prefix("max:"), text.strip_prefix("min:")) {
            (Some(metric), _) => (true, metric),
            (_, Some(metric)) => (false, metric),
            _ => match better(text) {
                Better::Higher => (true, text),
                Better::Lower => (false, text),
                Better::Neither => {
                    return Err(format!("which is better is not known of `{text}`: write max:{text} or min:{text}"));
                }
            },
        };
        if metric.is_empty() {
            return Err("expected a metric such as wait_s.mean".to_owned());
        }
        Ok(Self { metric: metric.to_owned(), largest })
    }
}

fn indifference(text: &str) -> Result<Indifference, String> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|x| *x > 0.0 && x.is_finite());
    let found = match text.strip_suffix('%') {
        Some(part) => number(part).map(|part| Indifference::Relative(part / 100.0)),
        None => number(text).map(Indifference::Absolute),
    };
    found.ok_or_else(|| "expected a number above 0, or a percentage such as 5%".to_owned())
}

fn probability(text: &str) -> Result<f64, String> {
    let found = text.parse().ok().filter(|p| (0.5..1.0).contains(p));
    found.ok_or_else(|| "expected a probability from 0.5 to below 1, such as 0.95".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_objective_has_a_direction() {
        let objective = |text: &str| text.parse::<Objective>().map(|o| (o.metric, o.largest));
        assert_eq!(objective("wait_s.mean"), Ok(("wait_s.mean".to_owned(), false)));
        assert_eq!(objective("throughput_per_s"), Ok(("throughput_per_s".to_owned(), true)));
        assert_eq!(objective("max:utilization.gpu"), Ok(("utilization.gpu".to_owned(), true)));
        assert_eq!(objective("min:throughput_per_s"), Ok(("throughput_per_s".to_owned(), false)));
        assert!(objective("utilization.gpu").unwrap_err().contains("max:utilization.gpu"));
        assert!(objective("max:").is_err());
    }

    #[test]
    fn what_does_not_matter_is_above_nothing() {
        assert_eq!(indifference("5%"), Ok(Indifference::Relative(0.05)));
        assert_eq!(indifference("0.5"), Ok(Indifference::Absolute(0.5)));
        for wrong in ["0", "-1%", "five", "%", "inf", "NaN"] {
            assert!(indifference(wrong).is_err(), "{wrong}");
        }
        assert!(probability("0.95").is_ok() && probability("1").is_err() && probability("0.3").is_err());
    }
}
