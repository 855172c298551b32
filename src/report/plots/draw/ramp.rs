//! Colours of a scale from low to high.

use super::theme::Rgb;

/// Ten stops of cividis, from its light end to its dark one: lightness falls evenly, so that it is read alike in grey,
/// in print and with every common form of colour blindness (Nuñez, Anderton & Renslow, PLOS ONE 13(7), 2018).
const STOPS: [Rgb; 10] = [
    (254, 232, 56),
    (225, 204, 85),
    (195, 179, 105),
    (165, 156, 116),
    (138, 134, 120),
    (112, 113, 115),
    (87, 93, 109),
    (59, 73, 108),
    (18, 53, 112),
    (0, 34, 78),
];

/// The colour of `share` of the way from the low end (light, 0) to the high end (dark, 1).
pub(in crate::report::plots) fn ramp(share: f64) -> Rgb {
    let last = STOPS.len() - 1;
    let at = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 } * last as f64;
    let stop = (at as usize).min(last - 1);
    let part = at - stop as f64;
    let [from, to] = [stop, stop + 1].map(|i| STOPS.get(i).copied().unwrap_or_default());
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * part).round() as u8;
    (mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CIE lightness of a colour (CIE 1976, sRGB with its own white).
    fn lightness((r, g, b): Rgb) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { libm::pow((c + 0.055) / 1.055, 2.4) }
        };
        let y = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
        if y > 216.0 / 24_389.0 { 116.0 * libm::cbrt(y) - 16.0 } else { y * 24_389.0 / 27.0 }
    }

    /// From L* 91 to 13 in 20 steps of 3.9 each: every step is darker, by no less than 2 and no more than 6.
    #[test]
    fn lightness_falls_evenly() {
        let steps: Vec<f64> = (0..=20).map(|i| lightness(ramp(f64::from(i) / 20.0))).collect();
        for pair in steps.windows(2) {
            assert!((2.0..=6.0).contains(&(pair[0] - pair[1])), "{steps:?}");
        }
        assert_eq!((ramp(-1.0), ramp(2.0), ramp(f64::NAN)), (STOPS[0], STOPS[9], STOPS[0]));
    }
}
