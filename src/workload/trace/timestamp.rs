//! Dates of logs as instants: `2017-10-09 07:01:55`, in UTC.

use super::cell::Cell;
use super::error::TraceError;
use crate::units::{NANOS_PER_SEC, SimTime};

impl Cell<'_> {
    /// `YYYY-MM-DD HH:MM:SS` (UTC, from 1970 to 2553) as time since 1970.
    pub(super) fn timestamp(&self) -> Result<SimTime, TraceError> {
        let seconds = seconds(self.text).ok_or_else(|| self.error("a time as YYYY-MM-DD HH:MM:SS"))?;
        let nanos = seconds.checked_mul(NANOS_PER_SEC).filter(|nanos| *nanos < u64::MAX);
        nanos.map(SimTime::from_nanos).ok_or_else(|| self.error("a year from 1970 to 2553"))
    }
}

/// Seconds since 1970-01-01 00:00:00 UTC, without leap seconds.
fn seconds(text: &[u8]) -> Option<u64> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b' ', h1, h2, b':', n1, n2, b':', s1, s2] = text else {
        return None;
    };
    let (year, month, day) = (digits(&[y1, y2, y3, y4])?, digits(&[m1, m2])?, digits(&[d1, d2])?);
    let (hour, minute, second) = (digits(&[h1, h2])?, digits(&[n1, n2])?, digits(&[s1, s2])?);
    if year < 1970 || hour > 23 || minute > 59 || second > 59 || day == 0 || day > days_in(year, month)? {
        return None;
    }
    let before: u64 = (1..month).filter_map(|m| days_in(year, m)).sum();
    let days = days_before(year) - days_before(1970) + before + day - 1;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

fn digits(text: &[u8]) -> Option<u64> {
    text.iter().try_fold(0, |value, b| b.is_ascii_digit().then(|| value * 10 + u64::from(b - b'0')))
}

/// Days from the year 1 to the beginning of `year`, in the Gregorian calendar.
fn days_before(year: u64) -> u64 {
    let past = year.saturating_sub(1);
    past * 365 + past / 4 - past / 100 + past / 400
}

fn days_in(year: u64, month: u64) -> Option<u64> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if leap { 29 } else { 28 }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values of `date -u -d TEXT +%s`.
    #[test]
    fn dates_are_seconds_since_1970() {
        for (text, expected) in [
            ("1970-01-01 00:00:00", 0),
            ("1972-03-01 00:00:00", 68_256_000),  // behind a leap day
            ("2000-02-29 23:59:59", 951_868_799), // a leap year, though it ends a century
            ("2017-10-09 07:01:55", 1_507_532_515),
            ("2100-03-01 00:00:00", 4_107_542_400), // no leap year
        ] {
            assert_eq!(seconds(text.as_bytes()), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "2017-10-09",
            "2017-10-09T07:01:55",
            "2017-10-09 07:01:55Z",
            "2017-10-09 07:01",
            "1969-12-31 23:59:59",
            "2017-13-01 00:00:00",
            "2017-00-01 00:00:00",
            "2017-02-29 00:00:00",
            "2017-04-31 00:00:00",
            "2017-04-00 00:00:00",
            "2017-04-01 24:00:00",
            "2017-04-01 00:60:00",
            "2017-04-01 00:00:60",
            "2017-4-01 000:00:00",
            "2017-04-+1 00:00:00",
            "２017-04-01 00:00",
        ] {
            assert_eq!(seconds(text.as_bytes()), None, "{text}");
        }
    }
}
