//! Flags that choose how much to run, and from when to measure.

use std::str::FromStr;

use clap::Args;

use crate::json::{Seconds, did_you_mean, inner};

/// How many replications, and from when on they count.
#[derive(Debug, Default, Clone, Args)]
#[command(next_help_heading = "Statistics")]
pub struct Precision {
    /// Replicate until the half-width of the 95 % interval is this part of the mean (0.02: 2 %), looking after 10
    /// replications and then after every 5
    #[arg(long, value_name = "PART", value_parser = part, conflicts_with = "replications")]
    pub precision: Option<f64>,
    /// The metric that is to be precise, or from whose tasks the warm-up is found
    #[arg(long, value_name = "NAME", default_value = "wait_s.mean")]
    pub metric: String,
    /// Most replications of --precision
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    pub max_replications: u32,
    /// Statistics start here: a time such as 10min, or mser-5 to find it by pilot replications
    #[arg(long, value_name = "TIME|mser-5")]
    pub warmup: Option<WarmUpChoice>,
}

/// How the warm-up is chosen.
#[derive(Debug, Clone, PartialEq)]
pub enum WarmUpChoice {
    /// By pilot replications.
    Mser5,
    /// As given.
    Time(Seconds),
}

impl FromStr for WarmUpChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "mser-5" {
            return Ok(Self::Mser5);
        }
        if !text.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            let hint = did_you_mean(text, &["mser-5"]).map(|h| format!("; {h}")).unwrap_or_default();
            return Err(format!("expected mser-5 or a time such as 10min{hint}"));
        }
        inner(serde_json::Value::from(text)).map(Self::Time).map_err(|e| e.to_string())
    }
}

/// A relative error.
fn part(text: &str) -> Result<f64, String> {
    let found = text.parse().ok().filter(|x| *x > 0.0 && *x < 1.0);
    found.ok_or_else(|| "expected a part of the mean between 0 and 1, such as 0.02 for 2 %".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warm_up_is_a_time_or_a_rule() {
        assert_eq!("mser-5".parse(), Ok(WarmUpChoice::Mser5));
        assert_eq!("2min".parse(), Ok(WarmUpChoice::Time(Seconds(120.0))));
        assert_eq!("90".parse(), Ok(WarmUpChoice::Time(Seconds(90.0))));
        for wrong in ["mser5", "-1", "", "5 GiB"] {
            assert!(wrong.parse::<WarmUpChoice>().is_err(), "{wrong}");
        }
        assert!("mser5".parse::<WarmUpChoice>().unwrap_err().contains("mser-5"));
    }

    #[test]
    fn a_precision_is_a_part() {
        assert_eq!(part("0.02"), Ok(0.02));
        for wrong in ["0", "1", "2%", "NaN", "-0.1"] {
            assert!(part(wrong).is_err(), "{wrong}");
        }
    }
}
