//! Times of the CSV files: decimal seconds with up to nine digits, read without loss.

/// Nanoseconds of a decimal number of seconds; `None` where it is none, is negative or does not fit.
pub(super) fn nanos(text: &str) -> Option<u64> {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || fraction.len() > 9 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let part: u64 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let scale = 10u64.checked_pow(9 - fraction.len() as u32)?;
    whole.parse::<u64>().ok()?.checked_mul(1_000_000_000)?.checked_add(part.checked_mul(scale)?)
}

/// The same time as decimal seconds, without trailing zeros.
pub(super) fn seconds(nanos: u64) -> String {
    decimal(nanos, 9)
}

/// The same time as decimal microseconds.
pub(super) fn micros(nanos: u64) -> String {
    decimal(nanos, 3)
}

fn decimal(value: u64, places: u32) -> String {
    let scale = 10u64.pow(places);
    let (whole, part) = (value / scale, value % scale);
    if part == 0 {
        return whole.to_string();
    }
    let fraction = format!("{part:0width$}", width = places as usize);
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_nanosecond_is_lost() {
        for (text, ns) in [("0", 0), ("1.5", 1_500_000_000), ("18446744073.709551615", u64::MAX), ("0.000000001", 1)] {
            assert_eq!(nanos(text), Some(ns));
            assert_eq!(seconds(ns), text);
        }
        for text in ["", "-1", "1e3", ".5", "1.0000000001", "18446744073.709551616", "x", "1.5.2"] {
            assert_eq!(nanos(text), None, "{text}");
        }
        assert_eq!(micros(1_234_500), "1234.5");
        assert_eq!(micros(2_000), "2");
    }
}
