//! Quantities as scenarios write them: a number in SI base units, or text with a unit.

use super::decimal;
use crate::units::{Bytes, Dimension, NANOS_PER_SEC, QuantityError, SimDuration, parse_quantity};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// What one kind of quantity accepts, and how that is said.
struct Rule {
    dimension: Dimension,
    /// With its article: "a duration".
    what: &'static str,
    /// The unit of a bare number.
    base: &'static str,
    /// Text with a unit.
    example: &'static str,
    /// Largest value in base units.
    max: f64,
}

impl Rule {
    /// `value` if it is within range; -0 becomes 0.
    fn check<E: Error>(&self, value: f64, found: Unexpected<'_>) -> Result<f64, E> {
        if value < 0.0 {
            return Err(E::invalid_value(found, &format!("{} >= 0", self.what).as_str()));
        }
        // Also refuses what is not a number.
        if value <= self.max {
            return Ok(value + 0.0);
        }
        Err(E::invalid_value(found, &format!("{} of at most {:e} {}", self.what, self.max, self.base).as_str()))
    }

    fn read<E: Error>(&self, text: &str) -> Result<f64, E> {
        match parse_quantity(text, self.dimension) {
            Ok(value) => self.check(value, Unexpected::Str(text)),
            // `12,5 s`, `1_000` and `0x10` are slips in the number, whatever follows it.
            Err(QuantityError::Unit { found, known }) if !found.contains(|c: char| c.is_ascii_digit()) => {
                let names: Vec<&str> = known.split(", ").collect();
                let hint = super::suggest::did_you_mean(&found, &names).map(|h| format!("; {h}")).unwrap_or_default();
                let expected = format!("{} with a unit out of {known}{hint}", self.what);
                Err(E::invalid_value(Unexpected::Str(text), &expected.as_str()))
            }
            Err(_) => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }

    fn schema(&self) -> Schema {
        let Self { what, base, example, .. } = self;
        json_schema!({
            "description": format!("{what}: a number in {base}, or text with a unit such as \"{example}\""),
            "anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}],
        })
    }
}

impl serde::de::Expected for &Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: a number in {}, or text such as \"{}\"", self.what, self.base, self.example)
    }
}

/// Reads base units as a double.
struct Real(&'static Rule);

impl Visitor<'_> for Real {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        serde::de::Expected::fmt(&self.0, f)
    }

    fn visit_u64<E: Error>(self, v: u64) -> Result<f64, E> {
        self.0.check(v as f64, Unexpected::Unsigned(v))
    }

    fn visit_i64<E: Error>(self, v: i64) -> Result<f64, E> {
        self.0.check(v as f64, Unexpected::Signed(v))
    }

    fn visit_f64<E: Error>(self, v: f64) -> Result<f64, E> {
        self.0.check(v, Unexpected::Float(v))
    }

    fn visit_str<E: Error>(self, v: &str) -> Result<f64, E> {
        self.0.read(v)
    }
}

/// Reads base units as an integer. A number without a unit must be whole; one with a unit
/// (`"1.1 GiB"`) is rounded to the nearest integer.
struct Whole(&'static Rule);

impl Whole {
    fn exact<E: Error>(&self, number: &str, found: Unexpected<'_>) -> Result<u64, E> {
        match decimal::scaled(number, 1) {
            Some((value, true)) => Ok(value),
            Some((_, false)) => Err(E::invalid_value(found, &format!("a whole number of {}", self.0.base).as_str())),
            None => Err(self.too_large(found)),
        }
    }

    fn too_large<E: Error>(&self, found: Unexpected<'_>) -> E {
        E::invalid_value(found, &format!("at most {} {}", u64::MAX, self.0.base).as_str())
    }
}

impl Visitor<'_> for Whole {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        serde::de::Expected::fmt(&self.0, f)
    }

    fn visit_u64<E: Error>(self, v: u64) -> Result<u64, E> {
        Ok(v)
    }

    fn visit_i64<E: Error>(self, v: i64) -> Result<u64, E> {
        self.0.check::<E>(v as f64, Unexpected::Signed(v)).map(|_| v.unsigned_abs())
    }

    fn visit_f64<E: Error>(self, v: f64) -> Result<u64, E> {
        self.0.check::<E>(v, Unexpected::Float(v))?;
        self.exact(&format!("{v:e}"), Unexpected::Float(v))
    }

    fn visit_str<E: Error>(self, v: &str) -> Result<u64, E> {
        self.0.read::<E>(v)?;
        let text = v.trim();
        // No unit begins with `e`, so an exponent stays with its number.
        let split = text.find(|c: char| c.is_alphabetic() && !matches!(c, 'e' | 'E')).unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let factor = parse_quantity(&format!("1{unit}"), self.0.dimension).unwrap_or(1.0);
        if factor == 1.0 {
            return self.exact(number.trim(), Unexpected::Str(v));
        }
        // Factors are powers of ten or two below 2^53.
        match decimal::scaled(number.trim(), factor as u64) {
            Some((value, _)) => Ok(value),
            None => Err(self.too_large(Unexpected::Str(v))),
        }
    }
}

/// Whole values as integers, so that `5` does not come back as `5.0`.
fn write_real<S: Serializer>(value: f64, serializer: S) -> Result<S::Ok, S::Error> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        v if v.fract() == 0.0 && (0.0..=EXACT).contains(&v) => serializer.serialize_u64(v as u64),
        v => serializer.serialize_f64(v),
    }
}

fn write_whole<S: Serializer>(value: u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(value)
}

macro_rules! quantities {
    ($($(#[$doc:meta])* $name:ident($type:ty), $visitor:ident, $write:expr,
        $dimension:ident, $what:literal, $base:literal, $example:literal, $max:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
        pub struct $name(pub $type);

        impl $name {
            const RULE: Rule = Rule {
                dimension: Dimension::$dimension, what: $what, base: $base, example: $example, max: $max,
            };

            /// The value in base units.
            pub const fn get(self) -> $type {
                self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any($visitor(&Self::RULE)).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $write(self.0, serializer)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                Self::RULE.schema()
            }
        }
    )*};
}

/// The longest duration in a scenario, 2^63 ns: the sum of any two is still a time.
const LONGEST: f64 = 9_223_372_036.0;

quantities! {
    /// A duration or an instant in seconds, 0 to 292 years.
    Seconds(f64), Real, write_real, Time, "a duration", "seconds", "250 ms", LONGEST;
    /// An amount of memory or data in whole bytes.
    ByteCount(u64), Whole, write_whole, Bytes, "an amount of data", "bytes", "16 GiB", f64::MAX;
    /// Electrical power in watts, at most 1 TW.
    Watts(f64), Real, write_real, Power, "a power", "watts", "700 W", 1e12;
    /// A frequency in hertz.
    Hertz(f64), Real, write_real, Frequency, "a frequency", "hertz", "1.41 GHz", f64::MAX;
    /// A bandwidth in bytes per second.
    BytesPerSecond(f64), Real, write_real, Bandwidth, "a bandwidth", "bytes per second", "25 GB/s", f64::MAX;
    /// A computing rate in floating-point operations per second.
    FlopsPerSecond(f64), Real, write_real, ComputeRate, "a computing rate", "FLOP/s", "989 TFLOP/s", f64::MAX;
    /// An amount of computing in floating-point operations.
    Flops(f64), Real, write_real, Compute, "an amount of computing", "FLOP", "2 TFLOP", f64::MAX;
    /// Energy in joules.
    Joules(f64), Real, write_real, Energy, "an energy", "joules", "1.5 kJ", f64::MAX;
    /// Money in United States dollars.
    Dollars(f64), Real, write_real, Money, "an amount of money", "dollars", "2.5 USD", f64::MAX;
    /// A rate of events per second.
    PerSecond(f64), Real, write_real, Rate, "a rate", "events per second", "30 /min", f64::MAX;
}

impl Seconds {
    /// The nearest whole number of nanoseconds, halves to even, from the shortest decimal text
    /// of the number: exact where the scenario wrote up to 15 digits.
    ///
    /// Values that no scenario can hold are clamped to zero or to the longest duration.
    pub fn duration(self) -> SimDuration {
        if self.0 > LONGEST {
            return SimDuration::MAX;
        }
        if self.0 > 0.0
            && let Some((nanos, _)) = decimal::scaled(&format!("{:e}", self.0), NANOS_PER_SEC)
        {
            return SimDuration::from_nanos(nanos);
        }
        SimDuration::ZERO
    }
}

impl From<ByteCount> for Bytes {
    fn from(count: ByteCount) -> Self {
        Self(count.0)
    }
}
