//! Text such as `"250 ms"`, `"16 GiB"` or `"989 TFLOP/s"` to a number in SI base units.

/// What a quantity measures, and so which unit names it may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// Seconds.
    Time,
    /// Bytes.
    Bytes,
    /// Watts.
    Power,
    /// Hertz.
    Frequency,
    /// Bytes per second.
    Bandwidth,
    /// Floating-point operations per second.
    ComputeRate,
    /// Floating-point operations.
    Compute,
    /// Joules.
    Energy,
    /// United States dollars.
    Money,
    /// Events per second.
    Rate,
}

/// Why a text is not a quantity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// The part before the unit is not a plain decimal number.
    #[error("`{0}` is not a number: expected digits with an optional point and exponent, then a unit")]
    Number(String),
    /// The unit is not one of this dimension.
    #[error("unit `{found}` is not known here: expected one of {known}")]
    Unit {
        /// The text found after the number.
        found: String,
        /// The units of this dimension.
        known: String,
    },
}

/// Decimal prefixes for a base unit, from 1 up.
macro_rules! decimal {
    ($($name:literal => $factor:expr),* $(,)?) => { &[$(($name, $factor)),*] };
}

impl Dimension {
    /// Unit names with their factor to the base unit; the first is the base unit.
    fn units(self) -> &'static [(&'static str, f64)] {
        const KI: f64 = 1024.0;
        match self {
            Self::Time => decimal! {
                "s" => 1.0, "ns" => 1e-9, "us" => 1e-6, "µs" => 1e-6, "ms" => 1e-3,
                "min" => 60.0, "h" => 3600.0, "d" => 86_400.0,
            },
            Self::Bytes => decimal! {
                "B" => 1.0, "kB" => 1e3, "KB" => 1e3, "MB" => 1e6, "GB" => 1e9, "TB" => 1e12, "PB" => 1e15,
                "KiB" => KI, "MiB" => KI * KI, "GiB" => KI * KI * KI, "TiB" => KI * KI * KI * KI,
            },
            Self::Power => decimal! {
                "W" => 1.0, "uW" => 1e-6, "mW" => 1e-3, "kW" => 1e3, "MW" => 1e6, "GW" => 1e9,
            },
            Self::Frequency => decimal! { "Hz" => 1.0, "kHz" => 1e3, "MHz" => 1e6, "GHz" => 1e9 },
            Self::Bandwidth => decimal! {
                "B/s" => 1.0, "kB/s" => 1e3, "KB/s" => 1e3, "MB/s" => 1e6, "GB/s" => 1e9, "TB/s" => 1e12,
                "KiB/s" => KI, "MiB/s" => KI * KI, "GiB/s" => KI * KI * KI,
                "bit/s" => 0.125, "kbit/s" => 125.0, "Mbit/s" => 125e3, "Gbit/s" => 125e6,
            },
            Self::ComputeRate => decimal! {
                "FLOP/s" => 1.0, "MFLOP/s" => 1e6, "GFLOP/s" => 1e9, "TFLOP/s" => 1e12, "PFLOP/s" => 1e15,
                "GOP/s" => 1e9, "TOP/s" => 1e12,
            },
            Self::Compute => decimal! {
                "FLOP" => 1.0, "MFLOP" => 1e6, "GFLOP" => 1e9, "TFLOP" => 1e12, "PFLOP" => 1e15,
                "GOP" => 1e9, "TOP" => 1e12,
            },
            Self::Energy => decimal! {
                "J" => 1.0, "mJ" => 1e-3, "kJ" => 1e3, "MJ" => 1e6, "Wh" => 3600.0, "kWh" => 3.6e6,
            },
            Self::Money => decimal! { "USD" => 1.0, "$" => 1.0 },
            Self::Rate => decimal! {
                "/s" => 1.0, "1/s" => 1.0, "/min" => 1.0 / 60.0, "/h" => 1.0 / 3600.0, "Hz" => 1.0,
            },
        }
    }

    /// The unit names of this dimension, for messages.
    pub fn unit_names(self) -> String {
        self.units().iter().map(|(n, _)| *n).collect::<Vec<_>>().join(", ")
    }
}

/// Reads `text` as a number with an optional unit of `dimension`, in base units.
///
/// # Errors
/// The number is not plain decimal text (no `NaN`, no hexadecimal, no digit separators), or the
/// unit does not belong to `dimension`.
pub fn parse_quantity(text: &str, dimension: Dimension) -> Result<f64, QuantityError> {
    let text = text.trim();
    let split = number_length(text);
    let (number, unit) = text.split_at(split);
    let value: f64 = number.parse().map_err(|_| QuantityError::Number(text.to_owned()))?;
    if !value.is_finite() {
        return Err(QuantityError::Number(text.to_owned()));
    }
    let unit = unit.trim();
    if unit.is_empty() {
        return Ok(value);
    }
    match dimension.units().iter().find(|(name, _)| *name == unit) {
        // Dividing by the inverse keeps "250 ms" at exactly 0.25.
        Some((_, factor)) if *factor < 1.0 && (1.0 / factor).fract() == 0.0 => Ok(value / (1.0 / factor)),
        Some((_, factor)) => Ok(value * factor),
        None => Err(QuantityError::Unit { found: unit.to_owned(), known: dimension.unit_names() }),
    }
}

/// How many leading bytes of `text` are a decimal number.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
    let digits = |mut i: usize| {
        while bytes.get(i).is_some_and(u8::is_ascii_digit) {
            i += 1;
        }
        i
    };
    at = digits(at);
    if bytes.get(at) == Some(&b'.') {
        at = digits(at + 1);
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'-' | b'+')));
        let end = digits(at + 1 + sign);
        if end > at + 1 + sign {
            at = end;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_the_contract() {
        let cases = [
            ("250 ms", Dimension::Time, 0.25),
            ("2h", Dimension::Time, 7200.0),
            ("10min", Dimension::Time, 600.0),
            ("16 GiB", Dimension::Bytes, 17_179_869_184.0),
            ("1.41 GHz", Dimension::Frequency, 1.41e9),
            ("700 W", Dimension::Power, 700.0),
            ("40 kW", Dimension::Power, 40_000.0),
            ("25 GB/s", Dimension::Bandwidth, 25e9),
            ("989 TFLOP/s", Dimension::ComputeRate, 989e12),
            ("1e3", Dimension::Time, 1000.0),
        ];
        for (text, dimension, expected) in cases {
            assert_eq!(parse_quantity(text, dimension), Ok(expected), "{text}");
        }
    }

    #[test]
    fn texts_that_are_no_numbers() {
        for text in ["", "ms", "12,5 s", "1'000", "0x10", "1_000", "NaN", "inf", "1e400", "−5", "５ s"] {
            assert!(parse_quantity(text, Dimension::Time).is_err(), "{text}");
        }
    }

    #[test]
    fn a_wrong_unit_names_the_right_ones() {
        let error = parse_quantity("5 GiB", Dimension::Time).unwrap_err().to_string();
        assert!(error.contains("`GiB`") && error.contains("min"), "{error}");
    }
}
