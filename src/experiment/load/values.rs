//! The loads of a sweep: `0.5:0.95:0.05` or `0.5,0.7,0.9`.

use std::str::FromStr;

/// Most loads of one sweep.
const MOST: usize = 1000;
/// Greatest load.
const LARGEST: f64 = 1000.0;
/// Most decimals of a bound or a step.
const DECIMALS: usize = 9;

/// Loads in the order in which they were asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Loads(Vec<f64>);

/// Why a text is not a list of loads.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("found `{found}`, expected {expected}")]
pub struct LoadsError {
    found: String,
    expected: String,
}

impl LoadsError {
    fn new(found: &str, expected: impl Into<String>) -> Self {
        Self { found: found.to_owned(), expected: expected.into() }
    }
}

impl Loads {
    /// The loads; at least one, all different.
    pub fn values(&self) -> &[f64] {
        &self.0
    }
}

impl FromStr for Loads {
    type Err = LoadsError;

    fn from_str(text: &str) -> Result<Self, LoadsError> {
        let values = match text.split(':').collect::<Vec<_>>().as_slice() {
            [from, to, step] => range(text, from, to, step)?,
            [list] => list.split(',').map(load).collect::<Result<Vec<f64>, _>>()?,
            _ => return Err(LoadsError::new(text, "FROM:TO:STEP such as 0.5:0.95:0.05, or loads such as 0.5,0.7,0.9")),
        };
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        if let Some(twin) = sorted.windows(2).find(|w| w[0] == w[1]) {
            return Err(LoadsError::new(text, format!("each load once, but {} comes twice", twin[0])));
        }
        Ok(Self(values))
    }
}

/// One load.
fn load(text: &str) -> Result<f64, LoadsError> {
    let value = text.trim().parse::<f64>().ok().filter(|x| *x > 0.0 && *x <= LARGEST);
    value.ok_or_else(|| LoadsError::new(text, format!("an offered load above 0 and up to {LARGEST}, such as 0.8")))
}

/// All loads from `from` to `to`, both included, computed in whole decimals, so that no rounding adds or loses one.
fn range(text: &str, from: &str, to: &str, step: &str) -> Result<Vec<f64>, LoadsError> {
    for part in [from, to, step] {
        load(part)?;
    }
    let parts = [from, to, step].map(str::trim);
    let decimals = parts.iter().map(|p| p.split_once('.').map_or(0, |(_, d)| d.len())).max().unwrap_or(0);
    let scale = 10u64.pow(decimals.min(DECIMALS) as u32);
    let whole = |part: &str| (part.parse::<f64>().unwrap_or(0.0) * scale as f64).round() as u64;
    let [from, to, step] = parts.map(whole);
    let plain = parts.iter().all(|p| p.chars().all(|c| c.is_ascii_digit() || c == '.'));
    if decimals > DECIMALS || step == 0 || !plain {
        return Err(LoadsError::new(text, format!("plain decimals with at most {DECIMALS} digits after the point")));
    }
    if from > to {
        return Err(LoadsError::new(text, "FROM:TO:STEP with FROM not above TO"));
    }
    let (steps, rest) = ((to - from) / step, (to - from) % step);
    let value = |i: u64| (from + i * step) as f64 / scale as f64;
    if rest != 0 {
        let last = value(steps);
        let expected = format!("an end that is a whole number of steps away, such as {last} or {}", value(steps + 1));
        return Err(LoadsError::new(text, expected));
    }
    if steps >= MOST as u64 {
        return Err(LoadsError::new(text, format!("at most {MOST} loads")));
    }
    Ok((0..=steps).map(value).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<f64> {
        text.parse::<Loads>().unwrap().0
    }

    /// Added up in floating point, 0.5 and nine times 0.05 end at 0.9500000000000002.
    #[test]
    fn both_ends_of_a_range_belong_to_it() {
        assert_eq!(read("0.5:0.95:0.05"), [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]);
        assert_eq!(read("0.1:0.3:0.1"), [0.1, 0.2, 0.3]);
        assert_eq!(read("1:3:1"), [1.0, 2.0, 3.0]);
        assert_eq!(read("0.7:0.7:0.1"), [0.7]);
        assert_eq!(read("0.9,0.5, 1.2"), [0.9, 0.5, 1.2]);
    }

    #[test]
    fn what_is_no_list_of_loads_is_told() {
        for (text, word) in [
            ("0.5:0.9", "FROM:TO:STEP"),
            ("0.9:0.5:0.1", "FROM not above"),
            ("0.5:0.93:0.1", "0.9 or 1"),
            ("0.5:0.9:0", "above 0"),
            ("0:0.9:0.1", "above 0"),
            ("0.5,x", "`x`"),
            ("0.5,,0.6", "``"),
            ("", "``"),
            ("0.5,-1", "`-1`"),
            ("nan", "above 0"),
            ("0.5,0.50", "twice"),
            ("0.001:1000:0.001", "at most 1000"),
            ("1e-1:2e-1:1e-1", "plain decimals"),
        ] {
            let error = text.parse::<Loads>().unwrap_err().to_string();
            assert!(error.contains(word), "{text}: {error}");
        }
    }
}
