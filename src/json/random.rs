//! Random quantities: a quantity, or `{"dist": …}` with quantities as parameters.

use std::borrow::Cow;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::{ByteCount, Flops, Seconds, SubError, inner, union};
use crate::dist::{Dist, DistError, FAMILIES};

/// A number in few characters: 1e300 rather than three hundred zeros.
pub fn number(x: f64) -> String {
    if x != 0.0 && !(1e-6..1e15).contains(&x.abs()) { format!("{x:e}") } else { x.to_string() }
}

/// A quantity that can be random.
pub trait Scalar: DeserializeOwned + JsonSchema {
    /// The value in base units.
    fn base(self) -> f64;
}

impl Scalar for Seconds {
    fn base(self) -> f64 {
        self.get()
    }
}

impl Scalar for ByteCount {
    fn base(self) -> f64 {
        self.get() as f64
    }
}

impl Scalar for Flops {
    fn base(self) -> f64 {
        self.get()
    }
}

impl Scalar for f64 {
    fn base(self) -> f64 {
        self
    }
}

/// A random quantity of dimension `Q`; remembers its text for the manifest.
#[derive(Clone, Debug, PartialEq)]
pub struct Random<Q> {
    text: Value,
    dist: Dist,
    quantity: PhantomData<Q>,
}

impl<Q: Scalar> Random<Q> {
    /// The distribution in base units.
    pub const fn dist(&self) -> &Dist {
        &self.dist
    }

    /// The quantity itself, always. Its value must be one that a scenario can hold.
    pub fn constant(value: Q) -> Self
    where
        Q: Serialize + Copy,
    {
        let text = serde_json::to_value(value).unwrap_or_default();
        let dist = Dist::constant(value.base()).unwrap_or_else(|_| Dist::zero());
        Self { text, dist, quantity: PhantomData }
    }

    fn read(text: Value) -> Result<Self, SubError> {
        let dist = if text.is_object() {
            union(text.clone(), "dist", &names(), family::<Q>)?
        } else {
            Dist::constant(inner::<Q>(text.clone())?.base()).map_err(|e| out_of_range(e, false))?
        };
        Ok(Self { text, dist, quantity: PhantomData })
    }
}

/// Declares the parameters of families: quantities, and plain numbers.
macro_rules! parameters {
    ($($name:ident { $($quantity:ident),* ; $($number:ident: $type:ty),* })*) => {
        $(#[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct $name<Q> { $($quantity: Q,)* $($number: $type,)* #[serde(skip)] _q: PhantomData<Q> })*
    };
}

parameters! {
    OfValue { value; }
    OfBounds { low, high; }
    OfMean { mean; }
    OfMeanSd { mean, sd; }
    OfMeanCv { mean; cv: f64 }
    OfShifted { shift, mean; cv: f64 }
    OfScale { scale; shape: f64 }
    OfShapeBounds { low, high; shape: f64 }
    OfStages { mean; k: u32 }
    OfRanks { ; n: u32, exponent: f64 }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfMixture<Q> {
    weights: Vec<f64>,
    means: Vec<Q>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfValues<Q> {
    values: Vec<Q>,
    weights: Option<Vec<f64>>,
}

/// Names of all families.
fn names() -> Vec<&'static str> {
    FAMILIES.iter().map(|(name, _, _)| *name).collect()
}

fn bases<Q: Scalar>(values: Vec<Q>) -> Vec<f64> {
    values.into_iter().map(Scalar::base).collect()
}

fn family<Q: Scalar>(name: &str, parameters: Value) -> Result<Dist, SubError> {
    let made = match name {
        "constant" => inner::<OfValue<Q>>(parameters).map(|p| Dist::constant(p.value.base()))?,
        "uniform" => inner::<OfBounds<Q>>(parameters).map(|p| Dist::uniform(p.low.base(), p.high.base()))?,
        "exponential" => inner::<OfMean<Q>>(parameters).map(|p| Dist::exponential(p.mean.base()))?,
        "normal" => inner::<OfMeanSd<Q>>(parameters).map(|p| Dist::normal(p.mean.base(), p.sd.base()))?,
        "lognormal" => inner::<OfMeanCv<Q>>(parameters).map(|p| Dist::lognormal(p.mean.base(), p.cv))?,
        "shifted-lognormal" => inner::<OfShifted<Q>>(parameters)
            .map(|p| Dist::lognormal(p.mean.base(), p.cv).and_then(|d| d.shifted(p.shift.base())))?,
        "shifted-gamma" => inner::<OfShifted<Q>>(parameters)
            .map(|p| Dist::gamma(p.mean.base(), p.cv).and_then(|d| d.shifted(p.shift.base())))?,
        "gamma" => inner::<OfMeanCv<Q>>(parameters).map(|p| Dist::gamma(p.mean.base(), p.cv))?,
        "weibull" => inner::<OfScale<Q>>(parameters).map(|p| Dist::weibull(p.shape, p.scale.base()))?,
        "pareto" => inner::<OfScale<Q>>(parameters).map(|p| Dist::pareto(p.shape, p.scale.base()))?,
        "bounded-pareto" => {
            inner::<OfShapeBounds<Q>>(parameters).map(|p| Dist::bounded_pareto(p.shape, p.low.base(), p.high.base()))?
        }
        "erlang" => inner::<OfStages<Q>>(parameters).map(|p| Dist::erlang(p.k, p.mean.base()))?,
        "hyperexponential" => {
            inner::<OfMixture<Q>>(parameters).map(|p| Dist::hyperexponential(&p.weights, &bases(p.means)))?
        }
        "zipf" => inner::<OfRanks<Q>>(parameters).map(|p| Dist::zipf(p.n, p.exponent))?,
        _ => inner::<OfValues<Q>>(parameters).map(|p| Dist::empirical(&bases(p.values), p.weights.as_deref()))?,
    };
    made.map_err(|e| out_of_range(e, true))
}

/// The error in the words of a scenario; a plain quantity has no parameters to stand in.
fn out_of_range(error: DistError, is_object: bool) -> SubError {
    let (parameter, words) = match error {
        DistError::OutOfRange { parameter, found, expected } => {
            (parameter, format!("found {}, expected {expected}", number(found)))
        }
        DistError::Length { parameter, found, expected } => {
            (parameter, format!("found {found} entries, expected {expected}"))
        }
    };
    let error = SubError::new(words);
    if is_object { error.inside(parameter) } else { error }
}

impl<'de, Q: Scalar> Deserialize<'de> for Random<Q> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(Value::deserialize(deserializer)?).map_err(SubError::into_error)
    }
}

impl<Q> Serialize for Random<Q> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(serializer)
    }
}

impl<Q: Scalar> JsonSchema for Random<Q> {
    fn schema_name() -> Cow<'static, str> {
        format!("Random{}", Q::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let quantity = generator.subschema_for::<Q>();
        json_schema!({
            "description": "a quantity, or a distribution of it",
            "anyOf": [
                quantity,
                {"type": "object", "required": ["dist"], "properties": {"dist": {"enum": names()}}},
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: Value) -> Result<Random<Seconds>, String> {
        inner(text).map_err(|e: SubError| e.to_string())
    }

    #[test]
    fn every_family_reads() {
        for (text, mean) in [
            (json!("2 min"), 120.0),
            (json!({"dist": "constant", "value": 3}), 3.0),
            (json!({"dist": "uniform", "low": 1, "high": "3 s"}), 2.0),
            (json!({"dist": "exponential", "mean": "10min"}), 600.0),
            (json!({"dist": "lognormal", "mean": 5, "cv": 1.5}), 5.0),
            (json!({"dist": "shifted-lognormal", "shift": "20 ms", "mean": "10 ms", "cv": 1}), 0.03),
            (json!({"dist": "gamma", "mean": 5, "cv": 0.5}), 5.0),
            (json!({"dist": "shifted-gamma", "shift": "20 ms", "mean": "10 ms", "cv": 2}), 0.03),
            (json!({"dist": "erlang", "k": 4, "mean": 2}), 2.0),
            (json!({"dist": "pareto", "shape": 2, "scale": 3}), 6.0),
            (json!({"dist": "hyperexponential", "weights": [1, 3], "means": [4, 8]}), 7.0),
            (json!({"dist": "zipf", "n": 2, "exponent": 1}), 4.0 / 3.0),
            (json!({"dist": "empirical", "values": [1, 2], "weights": [3, 1]}), 1.25),
        ] {
            let found = read(text.clone()).unwrap().dist().mean();
            assert!((found - mean).abs() < 1e-9, "{text}: {found}");
        }
        for text in [
            json!({"dist": "normal", "mean": 5, "sd": 1}),
            json!({"dist": "weibull", "shape": 1, "scale": 1}),
            json!({"dist": "bounded-pareto", "shape": 1.1, "low": 1, "high": 9}),
        ] {
            assert!(read(text).is_ok());
        }
    }

    #[test]
    fn a_wrong_parameter_is_named_where_it_stands() {
        for (text, pointer) in [
            (json!({"dist": "exponential", "mean": -1}), "/mean: "),
            (json!({"dist": "lognormal", "mean": 1, "cv": -2}), "/cv: "),
            (json!({"dist": "exponentail", "mean": 1}), "/dist: "),
            (json!({"dist": "pareto", "shape": 1e300, "scale": 1}), "/shape: found 1e300, expected"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.starts_with(pointer), "{error}");
        }
    }
}
