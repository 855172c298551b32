//! One value of a trace with its place, so that every conversion can say what was wrong where.

use std::path::Path;

use super::decimal;
use super::error::{TraceError, shown};
use crate::units::{SimDuration, SimTime};

/// Shown where a time does not fit the clock.
const TIME_RANGE: &str = "a time of at most 18446744073 s (584 years)";

/// A field of one record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell<'a> {
    pub(crate) file: &'a Path,
    pub(crate) line: u64,
    pub(crate) name: &'static str,
    pub(crate) text: &'a [u8],
}

impl<'a> Cell<'a> {
    /// The cell was `expected` to be something else.
    pub(crate) fn error(&self, expected: &str) -> TraceError {
        TraceError::input(self.file, Some(self.line), shown(self.text), expected).field(self.name)
    }

    /// The text, which the reader has checked to be UTF-8 where it matters.
    pub(crate) fn text(&self) -> Result<&'a str, TraceError> {
        std::str::from_utf8(self.text).map_err(|_| self.error("UTF-8 text"))
    }

    /// A decimal number in billionths.
    pub(crate) fn billionths(&self) -> Result<i128, TraceError> {
        decimal::nanos(self.text).ok_or_else(|| self.error("a plain decimal number"))
    }

    /// A whole number up to `most`; `None` where it is negative, which in logs means unknown.
    pub(crate) fn whole_if_known(&self, most: u64) -> Result<Option<u64>, TraceError> {
        let value = decimal::whole(self.text).ok_or_else(|| self.error("a whole number"))?;
        match u64::try_from(value) {
            Ok(value) if value <= most => Ok(Some(value)),
            Ok(_) => Err(self.error(&format!("at most {most}"))),
            // A negative number; one too large for u64 is a fault like any above `most`.
            Err(_) if value < 0 => Ok(None),
            Err(_) => Err(self.error(&format!("at most {most}"))),
        }
    }

    /// As [`Cell::whole_if_known`] for the 32-bit numbers of logs.
    pub(crate) fn small_if_known(&self) -> Result<Option<u32>, TraceError> {
        let value = self.whole_if_known(u64::from(u32::MAX))?;
        Ok(value.and_then(|v| u32::try_from(v).ok()))
    }

    /// A whole number from 0 up to `most`.
    pub(crate) fn whole(&self, most: u64) -> Result<u64, TraceError> {
        self.whole_if_known(most)?.ok_or_else(|| self.error("a number that is not negative"))
    }

    /// A number that is not negative, in units of 10^-`places` (halves to even), up to `most` of them.
    pub(crate) fn fixed(&self, places: usize, most: u64) -> Result<u64, TraceError> {
        let value = decimal::scaled(self.text, places).ok_or_else(|| self.error("a plain decimal number"))?;
        match u64::try_from(value) {
            Ok(value) if value <= most => Ok(value),
            Err(_) if value < 0 => Err(self.error("a number that is not negative")),
            _ => Err(self.error(&format!("at most {}", most / 10_u64.saturating_pow(places as u32)))),
        }
    }

    /// A decimal number as a double.
    pub(crate) fn real(&self) -> Result<f64, TraceError> {
        self.billionths()?;
        self.text()?.parse().map_err(|_| self.error("a plain decimal number"))
    }

    /// The cell, if anything stands in it.
    pub(crate) fn known(self) -> Option<Self> {
        (!self.text.is_empty()).then_some(self)
    }

    /// Seconds as an instant, from 0 on.
    pub(crate) fn instant(&self) -> Result<SimTime, TraceError> {
        self.instant_if_known()?.ok_or_else(|| self.error("a time of 0 or later"))
    }

    /// Seconds as an instant; `None` where negative.
    pub(crate) fn instant_if_known(&self) -> Result<Option<SimTime>, TraceError> {
        let nanos = self.billionths()?;
        if nanos < 0 {
            return Ok(None);
        }
        match u64::try_from(nanos) {
            Ok(nanos) if nanos < u64::MAX => Ok(Some(SimTime::from_nanos(nanos))),
            _ => Err(self.error(TIME_RANGE).hint("is it in milliseconds?")),
        }
    }

    /// Seconds as a duration; `None` where not positive.
    pub(crate) fn duration_if_positive(&self) -> Result<Option<SimDuration>, TraceError> {
        let length = self.instant_if_known()?.map(|end| end - SimTime::ZERO);
        Ok(length.filter(|d| !d.is_zero()))
    }

    /// As [`Cell::duration_if_positive`]; `None` also where nothing stands.
    pub(crate) fn duration_if_known(self) -> Result<Option<SimDuration>, TraceError> {
        self.known().map_or(Ok(None), |cell| cell.duration_if_positive())
    }
}
