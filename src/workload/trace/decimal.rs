//! Decimal text to integers, exactly: `0.1` s and `0.2` s meet `0.3` s on the same nanosecond.

/// Largest magnitude that [`nanos`] returns, so that sums of two fit an `i128` by far.
const LIMIT: i128 = 1 << 80;

/// `text` seconds as nanoseconds, rounded to the nearest (halves to even).
///
/// Accepts an optional sign, ASCII digits and an optional point: no exponent, no separators, no
/// `NaN`. `None` for anything else, or beyond 2^80 ns.
pub(super) fn nanos(text: &[u8]) -> Option<i128> {
    scaled(text, 9)
}

/// `text` as a whole number; `16.00` is one, `16.5` is not.
pub(super) fn whole(text: &[u8]) -> Option<i128> {
    let (_, _, fraction) = parts(text)?;
    if fraction.iter().any(|d| *d != b'0') { None } else { scaled(text, 0) }
}

/// Sign, integer digits and fraction digits of a plain decimal number.
fn parts(text: &[u8]) -> Option<(bool, &[u8], &[u8])> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let mut halves = digits.splitn(2, |b| *b == b'.');
    let integer = halves.next()?;
    let fraction = halves.next().unwrap_or_default();
    let plain = integer.iter().chain(fraction).all(u8::is_ascii_digit) && integer.len() + fraction.len() > 0;
    plain.then_some((negative, integer, fraction))
}

/// `text` in units of 10^-`places`, rounded to the nearest (halves to even); `None` as for [`nanos`].
pub(super) fn scaled(text: &[u8], places: usize) -> Option<i128> {
    let (negative, integer, fraction) = parts(text)?;
    let padding = std::iter::repeat_n(&b'0', places.saturating_sub(fraction.len()));
    let mut value: i128 = 0;
    for digit in integer.iter().chain(fraction.iter().take(places)).chain(padding) {
        value = value * 10 + i128::from(digit - b'0');
        if value > LIMIT {
            return None;
        }
    }
    let rest = fraction.get(places..).unwrap_or_default();
    let above_half = rest.iter().skip(1).any(|d| *d != b'0');
    let up = match rest.first() {
        Some(b'6'..=b'9') => true,
        Some(b'5') => above_half || value % 2 == 1,
        _ => false,
    };
    value += i128::from(up);
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_exact_nanoseconds() {
        let cases: [(&str, i128); 9] = [
            ("0", 0),
            ("-0.0", 0),
            ("-1", -1_000_000_000),
            ("489.00", 489_000_000_000),
            ("0.1", 100_000_000),
            (".5", 500_000_000),
            ("3.", 3_000_000_000),
            ("843480031.123456789", 843_480_031_123_456_789),
            ("9007199.254740993", 9_007_199_254_740_993), // 2^53 + 1 ns: lost by a double
        ];
        for (text, expected) in cases {
            assert_eq!(nanos(text.as_bytes()), Some(expected), "{text}");
        }
    }

    #[test]
    fn below_a_nanosecond_halves_go_to_even() {
        for (text, expected) in
            [("0.0000000005", 0), ("0.0000000015", 2), ("0.00000000050001", 1), ("0.0000000004999", 0), ("1e-320", -1)]
        {
            assert_eq!(nanos(text.as_bytes()).unwrap_or(-1), expected, "{text}");
        }
    }

    #[test]
    fn hundredths_and_thousandths_round_alike() {
        for (text, places, expected) in
            [("0.32", 2, 32), ("0.125", 2, 12), ("0.135", 2, 14), ("0.1250001", 2, 13), ("8", 3, 8000), ("-0.5", 0, 0)]
        {
            assert_eq!(scaled(text.as_bytes(), places), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_numbers() {
        let long = "9".repeat(400);
        for text in ["", ".", "-", "1e3", "12,5", "1'000", "0x10", "1_000", "nan", "inf", "−5", "５", "1.2.3", &long]
        {
            assert_eq!(nanos(text.as_bytes()), None, "{text}");
        }
        assert_eq!(whole(b"16.00"), Some(16));
        assert_eq!(whole(b"16.5"), None);
    }
}
