//! Decimal text to an integer, exactly: `0.3` times 10^9 is 300000000, whatever doubles say.

/// A decimal number times `factor`, rounded to the nearest integer, halves to even, and whether
/// that was exact.
///
/// `text` is digits with an optional sign, point and exponent; the sign is ignored. `None` where
/// the result is above `u64::MAX` or the text is not such a number. `factor` is at most 10^18.
pub(super) fn scaled(text: &str, factor: u64) -> Option<(u64, bool)> {
    /// More digits than any `u64` has; the rest only breaks ties.
    const KEPT: u32 = 20;
    let text = text.trim_start_matches(['+', '-']);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (mut number, mut kept, mut power, mut rest) = (0_u128, 0, exponent, false);
    let mut after_point = false;
    for b in mantissa.bytes() {
        match b {
            b'.' if !after_point => after_point = true,
            b'0'..=b'9' => {
                let digit = u128::from(b - b'0');
                if kept < KEPT {
                    number = number * 10 + digit;
                    kept += u32::from(number > 0);
                    power = power.saturating_sub(i64::from(after_point));
                } else {
                    rest |= digit > 0;
                    power = power.saturating_add(i64::from(!after_point));
                }
            }
            _ => return None,
        }
    }
    if number == 0 {
        return Some((0, true));
    }
    // At most 10^20 * 10^18, below 2^128.
    let product = number.checked_mul(u128::from(factor))?;
    if power >= 0 {
        let tens = 10_u128.checked_pow(u32::try_from(power).ok()?)?;
        return Some((u64::try_from(product.checked_mul(tens)?).ok()?, !rest));
    }
    let Some(tens) = u32::try_from(power.unsigned_abs()).ok().and_then(|p| 10_u128.checked_pow(p)) else {
        // Divided by 10^39 or more: less than a half.
        return Some((0, false));
    };
    let (whole, left) = (product / tens, product % tens);
    let up = match (left * 2).cmp(&tens) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => rest || whole % 2 == 1,
        std::cmp::Ordering::Greater => true,
    };
    Some((u64::try_from(whole + u128::from(up)).ok()?, left == 0 && !rest))
}

#[cfg(test)]
mod tests {
    use super::scaled;

    #[test]
    fn rounds_halves_to_even_and_keeps_every_digit() {
        let nano = 1_000_000_000;
        let cases = [
            ("0.3", Some((300_000_000, true))),
            ("3e-1", Some((300_000_000, true))),
            ("0.0000000005", Some((0, false))),
            ("0.0000000015", Some((2, false))),
            ("0.00000000050000000000000000000000000001", Some((1, false))),
            ("31536000.000000001", Some((31_536_000_000_000_001, true))),
            ("18446744073.709551615", Some((u64::MAX, true))),
            ("18446744073.709551616", None),
            ("1e-320", Some((0, false))),
            ("1e300", None),
            ("0e999", Some((0, true))),
            ("00000000000000000000000000000000001", Some((nano, true))),
            ("-0.0", Some((0, true))),
        ];
        for (text, expected) in cases {
            assert_eq!(scaled(text, nano), expected, "{text}");
        }
    }
}
