//! Power by clock and by load as laws, and the clocks that a law is asked for.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::json::{Hertz, SubError, Watts, inner, tagged};

/// Power of a fully busy device by its clock.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "form", rename_all = "lowercase")]
pub enum LawSpec {
    /// Constant voltage up to a knee, rising with the clock above it.
    Knee(KneeSpec),
    /// Voltage in proportion to the clock.
    Cubic(CubicSpec),
}

/// `base + per_ghz · f · V(f)²` with `V = 1` up to the knee and `1 + slope (f − knee)` above it (dynamic power of
/// CMOS: Chandrakasan, Sheng & Brodersen, IEEE JSSC 1992).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KneeSpec {
    /// What does not depend on the clock, leakage included, in W.
    pub base: Watts,
    /// Effective switched capacitance in W per GHz.
    pub per_ghz: f64,
    /// Highest clock at the least voltage, in Hz.
    pub knee: Hertz,
    /// Rise of the voltage, relative to the least one, per GHz.
    pub slope: f64,
}

/// `base + coefficient · f³`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CubicSpec {
    /// What does not depend on the clock, leakage included, in W.
    pub base: Watts,
    /// In W per GHz³.
    pub coefficient: f64,
}

impl<'de> Deserialize<'de> for LawSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        tagged(deserializer, "form", &["knee", "cubic"], |name, body| {
            Ok(match name {
                "knee" => Self::Knee(inner(body)?),
                _ => Self::Cubic(inner(body)?),
            })
        })
    }
}

impl LawSpec {
    /// What does not depend on the clock.
    pub const fn base(&self) -> Watts {
        match self {
            Self::Knee(law) => law.base,
            Self::Cubic(law) => law.base,
        }
    }

    /// Fully busy at a clock.
    pub fn power(&self, clock: Hertz) -> Watts {
        let ghz = clock.get() / 1e9;
        Watts(match self {
            Self::Knee(law) => {
                let volts = 1.0 + law.slope * (ghz - law.knee.get() / 1e9).max(0.0);
                law.base.get() + law.per_ghz * ghz * volts * volts
            }
            Self::Cubic(law) => law.base.get() + law.coefficient * ghz * ghz * ghz,
        })
    }

    /// Its numbers that may be any: name, value.
    pub(in crate::catalogue) fn factors(&self) -> Vec<(&'static str, f64)> {
        match self {
            Self::Knee(law) => vec![("per_ghz", law.per_ghz), ("slope", law.slope)],
            Self::Cubic(law) => vec![("coefficient", law.coefficient)],
        }
    }
}

/// Equally spaced clocks, both ends included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockRange {
    /// The lowest in Hz.
    pub from: Hertz,
    /// The highest in Hz.
    pub to: Hertz,
    /// From one to the next in Hz; the last step may be shorter.
    pub step: Hertz,
}

/// Clocks: a list in ascending order, or `{"from", "to", "step"}`.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ClocksSpec {
    /// Each by itself.
    List(Vec<Hertz>),
    /// Equally spaced.
    Range(ClockRange),
}

impl<'de> Deserialize<'de> for ClocksSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = match Value::deserialize(deserializer)? {
            list @ Value::Array(_) => inner(list).map(Self::List),
            range @ Value::Object(_) => inner(range).map(Self::Range),
            other => Err(SubError::new(format_args!(
                "found {other}, expected a list of clocks, or {{\"from\": \"0.9 GHz\", \"to\": \"1.5 GHz\", \"step\": \"15 MHz\"}}"
            ))),
        };
        read.map_err(SubError::into_error)
    }
}

impl ClocksSpec {
    /// The clocks, as far as there may be so many.
    pub fn list(&self) -> Vec<Hertz> {
        match self {
            Self::List(list) => list.clone(),
            Self::Range(ClockRange { from, to, step }) => {
                let (from, to, step) = (from.get(), to.get(), step.get());
                // Steps that are no numbers, or too many, become as many as the check refuses.
                let steps = ((to - from) / step).max(0.0);
                let whole = (steps + 1e-9).floor().min(super::super::check::MOST_PSTATES as f64) as usize;
                let mut clocks: Vec<Hertz> = (0..=whole).map(|k| Hertz(from + k as f64 * step)).collect();
                if to > from && steps - whole as f64 > 1e-9 {
                    clocks.push(Hertz(to));
                }
                clocks
            }
        }
    }
}

/// Laws of power over load that have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LoadWord {
    /// In proportion to the load (Fan, Weber & Barroso, ISCA 2007).
    Linear,
    /// By `2u − u^1.4` (the same).
    Fan,
}

/// Power over load: `"linear"`, `"fan"`, or watts at equal steps of load from idle to fully busy, as SPECpower gives
/// them.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum LoadSpec {
    /// By name.
    Word(LoadWord),
    /// By points, of the highest P-state.
    Points(Vec<Watts>),
}

impl<'de> Deserialize<'de> for LoadSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let read = if value.is_array() { inner(value).map(Self::Points) } else { inner(value).map(Self::Word) };
        read.map_err(SubError::into_error)
    }
}

/// The p of a p-norm: a number from 1 on, or `"max"`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Norm(pub f64);

impl Norm {
    /// The p; infinity for `"max"`.
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Norm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let read = if value == "max" { Some(f64::INFINITY) } else { value.as_f64() };
        read.filter(|p| *p >= 1.0).map(Self).ok_or_else(|| {
            let shown = crate::json::printable(&value.to_string(), 60);
            SubError::new(format_args!("found {shown}, expected a number from 1 on, or \"max\"")).into_error()
        })
    }
}

impl Serialize for Norm {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_finite() { serializer.serialize_f64(self.0) } else { serializer.serialize_str("max") }
    }
}

impl JsonSchema for Norm {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Norm".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "the p of a p-norm: 1 adds up, \"max\" takes the greater",
            "anyOf": [{"type": "number", "minimum": 1}, {"const": "max"}],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law(json: &str) -> LawSpec {
        serde_json::from_str(json).unwrap()
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "found {found}, expected {expected}");
    }

    /// Parameters fitted to a V100: 18 W, 87 W per GHz, knee at 1.049 GHz, 0.313 per GHz. At 1 GHz V = 1: 18 + 87. At
    /// 1.38 GHz V = 1 + 0.313 · 0.331 = 1.103603, V² = 1.217939581609: 18 + 120.06 · 1.217939581609.
    #[test]
    fn the_knee_law_has_the_values_of_a_v100() {
        let v100 = law(r#"{"form": "knee", "base": "18 W", "per_ghz": 87, "knee": "1.049 GHz", "slope": 0.313}"#);
        close(v100.power(Hertz(1e9)).get(), 105.0);
        close(v100.power(Hertz(1.049e9)).get(), 18.0 + 87.0 * 1.049);
        close(v100.power(Hertz(1.38e9)).get(), 164.225_826_167_976_52);
        assert_eq!(v100.base(), Watts(18.0));
    }

    /// 10 + 5 · 8 W at 2 GHz.
    #[test]
    fn the_cubic_law_is_a_cube() {
        close(law(r#"{"form": "cubic", "base": 10, "coefficient": 5}"#).power(Hertz(2e9)).get(), 50.0);
    }

    #[test]
    fn a_range_of_clocks_has_both_its_ends() {
        let clocks = |json: &str| -> Vec<f64> {
            serde_json::from_str::<ClocksSpec>(json).unwrap().list().iter().map(|f| f.get() / 1e6).collect()
        };
        assert_eq!(clocks(r#"{"from": 700e6, "to": 1e9, "step": "100 MHz"}"#), [700.0, 800.0, 900.0, 1000.0]);
        assert_eq!(clocks(r#"{"from": 700e6, "to": 950e6, "step": 1e8}"#), [700.0, 800.0, 900.0, 950.0]);
        assert_eq!(clocks(r#"{"from": 700e6, "to": 700e6, "step": 1e8}"#), [700.0]);
        assert_eq!(clocks(r#"[1e9, "2 GHz"]"#), [1000.0, 2000.0]);
    }

    #[test]
    fn a_norm_is_a_number_from_one_on_or_the_greatest() {
        let norm = |json: &str| serde_json::from_str::<Norm>(json).map(Norm::get).ok();
        assert_eq!([norm("1"), norm("2.5"), norm("\"max\"")], [Some(1.0), Some(2.5), Some(f64::INFINITY)]);
        assert_eq!([norm("0.5"), norm("\"min\""), norm("null")], [None; 3]);
        assert_eq!(serde_json::to_string(&Norm(f64::INFINITY)).unwrap(), "\"max\"");
        assert_eq!(serde_json::to_string(&Norm(2.0)).unwrap(), "2.0");
    }
}
