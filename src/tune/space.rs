//! What is searched: parameters, each with its domain, and candidates with a value for each.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use crate::experiment::Variation;
use crate::json::{Setting, SettingError};

/// The values that a parameter may take.
#[derive(Clone, Debug, PartialEq)]
pub enum Domain {
    /// Real numbers from `low` to `high`, rounded to six digits.
    Real {
        /// Lowest value.
        low: f64,
        /// Highest value.
        high: f64,
        /// Whether equal ratios, not equal differences, are equally far apart.
        log: bool,
        /// Unit of the values as text (`s`), empty for plain numbers.
        unit: String,
    },
    /// Whole numbers from `low` to `high`.
    Whole {
        /// Lowest value.
        low: i64,
        /// Highest value.
        high: i64,
        /// Unit of the values as text, empty for plain numbers.
        unit: String,
    },
    /// One of some values.
    Choice(Vec<Value>),
}

/// A path of the scenario, and the values to try there: `PATH=LO:HI`, `PATH=LO:HI:log`, `PATH=LO:HI:int` or
/// `PATH=A,B,C`.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Dotted path.
    pub path: String,
    /// What it may be.
    pub domain: Domain,
    text: String,
}

/// Why a text is not a [`Parameter`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// Not a path and a value at all.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// Neither a range nor a choice.
    #[error("found `{0}`, expected LO:HI, LO:HI:log, LO:HI:int, or a choice A,B,C of two values or more")]
    Form(String),
    /// The third word of a range.
    #[error("found `{0}` after the range, expected `log` or `int`")]
    Scale(String),
    /// An end of a range is no number.
    #[error("found `{0}` as an end of the range, expected a number with or without a unit, such as 0.5 or 10s")]
    Number(String),
    /// The ends have different units.
    #[error("found the units `{0}` and `{1}`, expected the same at both ends of the range")]
    Units(String, String),
    /// Nothing lies between the ends.
    #[error("found the range {0} to {1}, expected the lower end first, and a range that is not empty")]
    Empty(String, String),
    /// A logarithm of nothing.
    #[error("found {0} as the lower end of a log range, expected a number above 0")]
    NotPositive(String),
    /// A choice between equals.
    #[error("found {0} twice among the values to choose from")]
    Twice(String),
    /// Half a step.
    #[error("found {0} as an end of an int range, expected a whole number")]
    NotWhole(String),
}

/// A number and the unit behind it.
fn quantity(text: &str) -> Result<(f64, &str), ParameterError> {
    let text = text.trim();
    let wrong = || ParameterError::Number(text.to_owned());
    // The longest beginning that is a number: `1e3 s`, but not the `e` of a unit.
    let ends = text.char_indices().map(|(i, c)| i + c.len_utf8()).rev();
    let plain = |s: &str| s.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E'));
    let split = ends.into_iter().find(|&i| plain(&text[..i]) && text[..i].parse::<f64>().is_ok()).ok_or_else(wrong)?;
    let value: f64 = text[..split].parse().map_err(|_| wrong())?;
    let unit = text[split..].trim();
    let lettered = unit.chars().all(|c| c.is_alphabetic() || matches!(c, '/' | '%'));
    if value.is_finite() && lettered { Ok((value, unit)) } else { Err(wrong()) }
}

impl Domain {
    fn range(low: &str, high: &str, scale: &str) -> Result<Self, ParameterError> {
        let ((a, unit), (b, other)) = (quantity(low)?, quantity(high)?);
        if unit != other {
            return Err(ParameterError::Units(unit.to_owned(), other.to_owned()));
        }
        let (low, high, unit) = (low.trim().to_owned(), high.trim().to_owned(), unit.to_owned());
        if a >= b || !(b - a).is_finite() {
            return Err(ParameterError::Empty(low, high));
        }
        match scale {
            "" => Ok(Self::Real { low: a, high: b, log: false, unit }),
            "log" if a > 0.0 => Ok(Self::Real { low: a, high: b, log: true, unit }),
            "log" => Err(ParameterError::NotPositive(low)),
            // Beyond 2^53 not every whole number is a double.
            "int" => match [(a, low), (b, high)].into_iter().find(|(x, _)| x.fract() != 0.0 || x.abs() > 9e15) {
                Some((_, text)) => Err(ParameterError::NotWhole(text)),
                None => Ok(Self::Whole { low: a as i64, high: b as i64, unit }),
            },
            other => Err(ParameterError::Scale(other.to_owned())),
        }
    }

    /// How many values it has; `None` for real numbers.
    pub fn size(&self) -> Option<u64> {
        match self {
            Self::Real { .. } => None,
            Self::Whole { low, high, .. } => Some(high.abs_diff(*low).saturating_add(1)),
            Self::Choice(values) => Some(values.len() as u64),
        }
    }

    /// The value at `share` of the way, in [0, 1], from the first to the last, and the share at which that value itself
    /// stands: rounding moves it a little.
    pub fn at(&self, share: f64) -> (Value, f64) {
        let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
        match self {
            Self::Real { low, high, log, unit } => {
                let exact = if *log {
                    libm::exp(libm::log(*low) + share * (libm::log(*high) - libm::log(*low)))
                } else {
                    low + share * (high - low)
                };
                let value = six_digits(exact).clamp(*low, *high);
                (
                    with_unit(serde_json::Number::from_f64(value).map_or(Value::Null, Value::Number), unit),
                    self.share(value),
                )
            }
            Self::Whole { low, high, unit } => {
                let index = step(share, self.size().unwrap_or(1));
                let value = low.saturating_add_unsigned(index).min(*high);
                (with_unit(value.into(), unit), self.share(value as f64))
            }
            Self::Choice(values) => {
                let index = step(share, values.len() as u64);
                let value = usize::try_from(index).ok().and_then(|i| values.get(i)).cloned();
                (value.unwrap_or_default(), (index as f64 + 0.5) / values.len().max(1) as f64)
            }
        }
    }

    /// Where a number stands between the ends.
    fn share(&self, value: f64) -> f64 {
        match self {
            Self::Real { low, high, log: true, .. } => {
                (libm::log(value) - libm::log(*low)) / (libm::log(*high) - libm::log(*low))
            }
            Self::Real { low, high, .. } => (value - low) / (high - low),
            Self::Whole { low, high, .. } => (value - *low as f64) / (*high as f64 - *low as f64),
            Self::Choice(_) => 0.0,
        }
    }
}

/// Which of `count` equal parts of [0, 1] a share lies in.
fn step(share: f64, count: u64) -> u64 {
    ((share * count as f64) as u64).min(count.saturating_sub(1))
}

/// Enough for a parameter, and so few that the last bits of a machine's arithmetic do not show.
fn six_digits(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

fn with_unit(value: Value, unit: &str) -> Value {
    if unit.is_empty() { value } else { Value::String(format!("{value} {unit}")) }
}

impl FromStr for Parameter {
    type Err = ParameterError;

    fn from_str(text: &str) -> Result<Self, ParameterError> {
        let variation: Variation = text.parse()?;
        let path = variation.path.trim().to_owned();
        let spec = text.split_once('=').map_or("", |(_, spec)| spec).trim();
        let domain = match variation.values.as_slice() {
            [only] if !only.trim_start().starts_with(['{', '[', '"']) => {
                let parts: Vec<&str> = only.split(':').map(str::trim).collect();
                match parts.as_slice() {
                    [low, high] => Domain::range(low, high, "")?,
                    [low, high, scale] if !scale.is_empty() => Domain::range(low, high, scale)?,
                    _ => return Err(ParameterError::Form(spec.to_owned())),
                }
            }
            [] | [_] => return Err(ParameterError::Form(spec.to_owned())),
            several => {
                let read = |v: &String| format!("{path}={v}").parse::<Setting>().map(|s| s.value().clone());
                let values: Vec<Value> = several.iter().map(read).collect::<Result<_, _>>()?;
                let twice = values.iter().enumerate().find(|(i, v)| values[..*i].contains(v));
                if let Some((_, value)) = twice {
                    return Err(ParameterError::Twice(value.to_string()));
                }
                Domain::Choice(values)
            }
        };
        Ok(Self { path, domain, text: spec.to_owned() })
    }
}

impl fmt::Display for Parameter {
    /// The domain as it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A value for every parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// In the order of the parameters.
    pub values: Vec<Value>,
    /// Where each value stands in its domain, in [0, 1].
    pub shares: Vec<f64>,
}

/// All parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Space {
    /// In the order of the command.
    pub parameters: Vec<Parameter>,
}

impl Space {
    /// The candidate nearest to a point of the unit cube.
    pub fn candidate(&self, point: &[f64]) -> Candidate {
        let at = |(p, share): (&Parameter, &f64)| p.domain.at(*share);
        let (values, shares) = self.parameters.iter().zip(point).map(at).unzip();
        Candidate { values, shares }
    }

    /// How many candidates there are; `None` with a real parameter or more than 2^64.
    pub fn size(&self) -> Option<u64> {
        self.parameters.iter().try_fold(1u64, |product, p| product.checked_mul(p.domain.size()?))
    }

    /// Every candidate of a finite space, the last parameter changing fastest.
    pub fn all(&self) -> Vec<Candidate> {
        let mut points: Vec<Vec<f64>> = vec![Vec::new()];
        for parameter in &self.parameters {
            let count = parameter.domain.size().unwrap_or(0);
            let middle = |i: u64| (i as f64 + 0.5) / count as f64;
            points = points.iter().flat_map(|p| (0..count).map(|i| [p.as_slice(), &[middle(i)]].concat())).collect();
        }
        points.iter().map(|p| self.candidate(p)).collect()
    }

    /// A candidate as a point of the space in which distances mean something: a number for a numeric parameter, and for
    /// a choice a corner of a simplex, so that any two values are 1 apart. With the number of the parameter that
    /// each coordinate belongs to.
    pub fn features(&self, candidate: &Candidate) -> Vec<(usize, f64)> {
        let mut features = Vec::new();
        for (number, (parameter, value)) in self.parameters.iter().zip(&candidate.values).enumerate() {
            match &parameter.domain {
                Domain::Choice(values) => features.extend(
                    values.iter().map(|v| (number, if v == value { std::f64::consts::FRAC_1_SQRT_2 } else { 0.0 })),
                ),
                _ => features.push((number, candidate.shares.get(number).copied().unwrap_or(0.0))),
            }
        }
        features
    }

    /// What a candidate sets.
    ///
    /// # Errors
    /// A path that cannot be one.
    pub fn settings(&self, candidate: &Candidate) -> Result<Vec<Setting>, SettingError> {
        self.parameters.iter().zip(&candidate.values).map(|(p, v)| Setting::new(&p.path, v.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn domain(text: &str) -> Domain {
        format!("a.b={text}").parse::<Parameter>().unwrap().domain
    }

    #[test]
    fn every_form_is_read() {
        let real = |low, high, log, unit: &str| Domain::Real { low, high, log, unit: unit.to_owned() };
        assert_eq!(domain("0.5:2"), real(0.5, 2.0, false, ""));
        assert_eq!(domain("0.001:1:log"), real(0.001, 1.0, true, ""));
        assert_eq!(domain("-1e-3:1e3"), real(-0.001, 1000.0, false, ""));
        assert_eq!(domain("10 s:2e2s:log"), real(10.0, 200.0, true, "s"));
        assert_eq!(domain("1 /h:20 /h"), real(1.0, 20.0, false, "/h"));
        assert_eq!(domain("-3:12:int"), Domain::Whole { low: -3, high: 12, unit: String::new() });
        assert_eq!(domain("easy,fifo"), Domain::Choice(vec![json!("easy"), json!("fifo")]));
        let objects = domain(r#"{"name":"timeout","after":"1:2"},never,3"#);
        assert_eq!(objects, Domain::Choice(vec![json!({"name": "timeout", "after": "1:2"}), json!("never"), json!(3)]));
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (text, words) in [
            ("a", "no `=`"),
            ("a=", "LO:HI"),
            ("a=3", "LO:HI"),
            ("a=1:2:3:4", "LO:HI"),
            ("a=1:x", "`x`"),
            ("a=1:inf", "`inf`"),
            ("a=2:1", "lower end first"),
            ("a=1:1", "not empty"),
            ("a=0:1:log", "above 0"),
            ("a=1:2:ln", "`ln`"),
            ("a=1.5:2:int", "whole"),
            ("a=x,y,x", "twice"),
            ("a=1s:2h", "`s` and `h`"),
            ("a..b=1:2", "empty key"),
        ] {
            let error = text.parse::<Parameter>().err().map(|e| e.to_string()).unwrap_or_default();
            assert!(error.contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn shares_are_places_between_the_ends() {
        // Half way between 0.01 and 100 by ratios is 1; a quarter of the way is 0.1.
        let log = domain("0.01:100:log");
        assert_eq!([0.0, 0.25, 0.5, 1.0].map(|s| log.at(s).0), [json!(0.01), json!(0.1), json!(1.0), json!(100.0)]);
        assert!((log.at(0.25).1 - 0.25).abs() < 1e-12);
        // Seven values from -3 to 3: each has a seventh of the way.
        let whole = domain("-3:3:int");
        assert_eq!(
            [0.0, 0.142, 0.143, 0.5, 0.999, 1.0].map(|s| whole.at(s).0),
            [-3, -3, -2, 0, 3, 3].map(|n| json!(n))
        );
        assert_eq!(whole.at(0.5).1, 0.5);
        let choice = domain("x,y");
        assert_eq!([0.0, 0.49, 0.5, 1.0].map(|s| choice.at(s).0), ["x", "x", "y", "y"].map(|n| json!(n)));
        assert_eq!(domain("1s:4s").at(1.0 / 3.0).0, json!("2.0 s"));
        assert_eq!(domain("0:1").at(1.0 / 3.0).0, json!(0.333333));
    }

    #[test]
    fn a_finite_space_is_counted_out() {
        let parameters = ["a=1:3:int", "b=x,y"].map(|t| t.parse().unwrap()).to_vec();
        let space = Space { parameters };
        assert_eq!(space.size(), Some(6));
        let all: Vec<String> = space.all().iter().map(|c| serde_json::to_string(&c.values).unwrap()).collect();
        assert_eq!(all, ["[1,\"x\"]", "[1,\"y\"]", "[2,\"x\"]", "[2,\"y\"]", "[3,\"x\"]", "[3,\"y\"]"]);
        // Two values of a choice are 1 apart.
        let (x, y) = (space.features(&space.all()[0]), space.features(&space.all()[1]));
        let apart: f64 = x.iter().zip(&y).map(|(a, b)| (a.1 - b.1) * (a.1 - b.1)).sum();
        assert!((apart - 1.0).abs() < 1e-12);
        assert_eq!(x.iter().map(|f| f.0).collect::<Vec<_>>(), [0, 1, 1]);
    }
}
