//! One axis: its range, ticks and title, and where a value stands on it.

use super::scale::{Quantity, Unit, number};

/// A tick at `at` (in the data's unit), marked `label`.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report::plots) struct Tick {
    pub(in crate::report::plots) at: f64,
    pub(in crate::report::plots) label: String,
    /// Drawn small and raised after the label: 10 and 4 for ten thousand.
    pub(in crate::report::plots) exponent: String,
}

/// A linear or logarithmic axis. Values are in the data's unit.
#[derive(Clone, Debug)]
pub(in crate::report::plots) struct Axis {
    pub(in crate::report::plots) title: String,
    pub(in crate::report::plots) low: f64,
    pub(in crate::report::plots) high: f64,
    log: bool,
    pub(in crate::report::plots) ticks: Vec<Tick>,
}

impl Axis {
    /// Exactly from `low` to `high`, with at most `count` ticks.
    pub(in crate::report::plots) fn exact(name: &str, quantity: Quantity, low: f64, high: f64, count: usize) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        let unit = quantity.unit(low.abs().max(high.abs()));
        let step = unit.step((high - low) / unit.factor, count);
        Self { title: unit.title(name), low, high, log: false, ticks: ticks(&unit, low, high, step) }
    }

    /// From 0 to the first tick at or above `max`.
    pub(in crate::report::plots) fn from_zero(name: &str, quantity: Quantity, max: f64, count: usize) -> Self {
        Self::rounded(name, quantity, 0.0, if max > 0.0 { max } else { 1.0 }, count)
    }

    /// From the last tick at or below `low` to the first at or above `high`.
    pub(in crate::report::plots) fn rounded(name: &str, quantity: Quantity, low: f64, high: f64, count: usize) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        let unit = quantity.unit(low.abs().max(high.abs()));
        let step = unit.step((high - low) / unit.factor, count);
        let edge = |value: f64, round: fn(f64) -> f64| round(value / unit.factor / step) * step * unit.factor;
        let low = edge(low * (1.0 + 1e-12), f64::floor);
        let high = edge(high * (1.0 - 1e-12), f64::ceil);
        Self { title: unit.title(name), low, high, log: false, ticks: ticks(&unit, low, high, step) }
    }

    /// Whole decades around `low` to `high`, both above 0; `title` has the unit.
    pub(in crate::report::plots) fn log(title: &str, low: f64, high: f64, count: usize) -> Self {
        let low = low.max(1e-30);
        let first = libm::floor(libm::log10(low) + 1e-9) as i32;
        let last = (libm::ceil(libm::log10(high.max(low)) - 1e-9) as i32).max(first + 1);
        let every = ((last - first) as usize).div_ceil(count.max(1)).max(1);
        let ticks = (first..=last).step_by(every).map(decade).collect();
        let edge = |power: i32| libm::pow(10.0, f64::from(power));
        Self { title: title.to_owned(), low: edge(first), high: edge(last), log: true, ticks }
    }

    /// Whole decades of `unit` around `low` to `high`, both above 0 and in the data's unit.
    pub(in crate::report::plots) fn log_in(unit: &Unit, name: &str, low: f64, high: f64, count: usize) -> Self {
        let mut axis = Self::log(&unit.title(name), low / unit.factor, high / unit.factor, count);
        (axis.low, axis.high) = (axis.low * unit.factor, axis.high * unit.factor);
        for tick in &mut axis.ticks {
            tick.at *= unit.factor;
        }
        axis
    }

    /// Where `value` stands, 0 at the low end to 1 at the high end; what lies
    /// beyond an end stands at it.
    pub(in crate::report::plots) fn share(&self, value: f64) -> f64 {
        let share = if self.log {
            let value = value.max(self.low);
            libm::log10(value / self.low) / libm::log10(self.high / self.low)
        } else {
            (value - self.low) / (self.high - self.low)
        };
        if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
    }
}

fn ticks(unit: &Unit, low: f64, high: f64, step: f64) -> Vec<Tick> {
    let (low, high) = (low / unit.factor, high / unit.factor);
    let first = (low / step - 1e-9).ceil();
    let mut ticks = Vec::new();
    for index in 0..100 {
        let shown = (first + f64::from(index)) * step;
        if shown > high + 1e-9 * step {
            break;
        }
        ticks.push(Tick { at: shown * unit.factor, label: number(shown, step), exponent: String::new() });
    }
    ticks
}

fn decade(power: i32) -> Tick {
    let at = libm::pow(10.0, f64::from(power));
    let (label, exponent) = match power {
        -3..=-1 => (format!("{at:.*}", power.unsigned_abs() as usize), String::new()),
        0..=3 => (format!("{at:.0}"), String::new()),
        _ => ("10".to_owned(), power.to_string().replace('-', "−")),
    };
    Tick { at, label, exponent }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<String> {
        axis.ticks.iter().map(|t| format!("{}{}", t.label, t.exponent)).collect()
    }

    #[test]
    fn a_rounded_axis_ends_on_ticks() {
        let axis = Axis::from_zero("Waiting time", Quantity::Time, 47.0, 5);
        assert_eq!(axis.title, "Waiting time (s)");
        assert_eq!(labels(&axis), ["0", "10", "20", "30", "40", "50"]);
        assert_eq!(axis.high, 50.0);
        assert!((axis.share(25.0) - 0.5).abs() < 1e-12);
        assert_eq!((axis.share(-1.0), axis.share(99.0)), (0.0, 1.0));
    }

    #[test]
    fn a_maximum_on_a_tick_needs_no_further_one() {
        assert_eq!(Axis::from_zero("x", Quantity::Plain, 50.0, 5).high, 50.0);
        assert_eq!(Axis::from_zero("x", Quantity::Percent, 1.0, 5).high, 1.0);
    }

    #[test]
    fn a_logarithmic_axis_has_whole_decades() {
        let axis = Axis::log("Waiting time (s)", 0.02, 30_000.0, 8);
        assert_eq!(labels(&axis), ["0.01", "0.1", "1", "10", "100", "1000", "104", "105"]);
        // 10 is 3 of the 7 decades up from 0.01.
        assert!((axis.share(10.0) - 3.0 / 7.0).abs() < 1e-12);
        assert_eq!(axis.share(0.0), 0.0);
    }

    #[test]
    fn a_logarithmic_axis_counts_in_its_unit() {
        // 36 s to 360 h are 0.01 h to 360 h.
        let axis = Axis::log_in(&Quantity::Time.shown_in("h").unwrap().unit_of_logs(), "Wait", 36.0, 1_296_000.0, 8);
        assert_eq!(axis.title, "Wait (h)");
        assert_eq!(labels(&axis), ["0.01", "0.1", "1", "10", "100", "1000"]);
        // 1 h is 2 of the 5 decades up.
        assert!((axis.share(3600.0) - 0.4).abs() < 1e-12);
    }

    #[test]
    fn no_range_is_too_odd_for_an_axis() {
        for (low, high) in [(0.0, 0.0), (5.0, 5.0), (0.0, 1e30), (1e-30, 1e30), (3.0, -3.0)] {
            for axis in [Axis::exact("x", Quantity::Time, low, high, 6), Axis::log("x", low, high, 6)] {
                assert!(axis.high > axis.low && !axis.ticks.is_empty() && axis.ticks.len() < 60, "{low} {high}");
                assert!(axis.share(high).is_finite());
            }
        }
    }
}
