//! In which unit an axis counts, and where its ticks stand.

use crate::sink::metric::{Measure, measure};

/// What an axis measures, in the SI base unit of the CSV files.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::report::plots) enum Quantity {
    Time,
    Energy,
    Power,
    Bytes,
    Money,
    /// Grams of CO2 equivalent.
    Carbon,
    /// Degrees Celsius.
    Temperature,
    /// What is always shown in one unit, chosen by hand.
    Chosen(&'static Rung),
    /// A share from 0 to 1, shown in per cent.
    Percent,
    /// Things that come in whole numbers; the name of one kind of them.
    Count(&'static str),
    /// A number without a unit.
    Plain,
}

/// How values are shown: divided by `factor`, with `symbol`.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report::plots) struct Unit {
    pub(in crate::report::plots) factor: f64,
    pub(in crate::report::plots) symbol: String,
    /// Tick distances that read well; beyond them 1, 2, 5 times powers of ten.
    steps: &'static [f64],
    /// No tick between whole numbers.
    whole: bool,
}

/// (largest value shown in the unit, its size, its symbol).
pub(in crate::report::plots) type Rung = (f64, f64, &'static str);

/// Units of a quantity, rising.
type Ladder = &'static [Rung];

const TIME: Ladder = &[
    (0.9e-6, 1e-9, "ns"),
    (0.9e-3, 1e-6, "µs"),
    (0.9, 1e-3, "ms"),
    (600.0, 1.0, "s"),
    (7200.0, 60.0, "min"),
    (360_000.0, 3600.0, "h"),
    (f64::MAX, 86_400.0, "d"),
];
// Joules while small; from 10 kWh on what electricity is billed in.
const ENERGY: Ladder = &[
    (1e-3, 1e-6, "µJ"),
    (0.9, 1e-3, "mJ"),
    (1e3, 1.0, "J"),
    (1e6, 1e3, "kJ"),
    (3.6e7, 1e6, "MJ"),
    (3.6e9, 3.6e6, "kWh"),
    (3.6e12, 3.6e9, "MWh"),
    (f64::MAX, 3.6e12, "GWh"),
];
const POWER: Ladder = &[(0.9, 1e-3, "mW"), (1e3, 1.0, "W"), (1e6, 1e3, "kW"), (1e9, 1e6, "MW"), (f64::MAX, 1e9, "GW")];
const BYTES: Ladder = &[
    (2048.0, 1.0, "B"),
    (2_097_152.0, 1024.0, "KiB"),
    (2_147_483_648.0, 1_048_576.0, "MiB"),
    (2_199_023_255_552.0, 1_073_741_824.0, "GiB"),
    (2_251_799_813_685_248.0, 1_099_511_627_776.0, "TiB"),
    (f64::MAX, 1_125_899_906_842_624.0, "PiB"),
];

const CARBON: Ladder = &[(1e3, 1.0, "g CO2e"), (1e6, 1e3, "kg CO2e"), (f64::MAX, 1e6, "t CO2e")];

const MINUTES: &[f64] = &[1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0];
const HOURS: &[f64] = &[1.0, 2.0, 3.0, 6.0, 12.0, 24.0];
const DAYS: &[f64] = &[1.0, 2.0, 7.0, 14.0, 28.0];
const BINARY: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

impl Quantity {
    /// What a metric measures, told by its name.
    pub(in crate::report::plots) fn of(metric: &str) -> Self {
        match measure(metric) {
            Measure::Time => Self::Time,
            Measure::Energy => Self::Energy,
            Measure::Power => Self::Power,
            Measure::Bytes => Self::Bytes,
            Measure::Money => Self::Money,
            Measure::Carbon => Self::Carbon,
            Measure::Temperature => Self::Temperature,
            Measure::Share => Self::Percent,
            Measure::Count | Measure::Plain => Self::Plain,
        }
    }

    /// What `units` of a `plots.json` may be called for all metrics of this quantity at once.
    pub(in crate::report::plots) const NAMED: [(&'static str, Self); 5] = [
        ("time", Self::Time),
        ("energy", Self::Energy),
        ("power", Self::Power),
        ("bytes", Self::Bytes),
        ("carbon", Self::Carbon),
    ];

    /// The units it can be shown in.
    fn ladder(self) -> Ladder {
        match self {
            Self::Time => TIME,
            Self::Energy => ENERGY,
            Self::Power => POWER,
            Self::Bytes => BYTES,
            Self::Carbon => CARBON,
            Self::Money | Self::Temperature | Self::Chosen(_) | Self::Percent | Self::Count(_) | Self::Plain => &[],
        }
    }

    /// The symbols of the units that it can be shown in.
    pub(in crate::report::plots) fn symbols(self) -> Vec<&'static str> {
        self.ladder().iter().map(|(_, _, symbol)| *symbol).collect()
    }

    /// The same, always shown in the unit with this symbol; `None` where it has no such unit.
    pub(in crate::report::plots) fn shown_in(self, symbol: &str) -> Option<Self> {
        self.ladder().iter().find(|rung| rung.2 == symbol).map(Self::Chosen)
    }

    /// The unit of a logarithmic axis: the base unit, but for the chosen and the per cent.
    pub(in crate::report::plots) fn unit_of_logs(self) -> Unit {
        match self {
            Self::Percent | Self::Chosen(_) => self.unit(1.0),
            Self::Bytes | Self::Power | Self::Energy | Self::Time | Self::Carbon => {
                let base = self.ladder().iter().find(|rung| rung.1 == 1.0);
                Unit { factor: 1.0, symbol: base.map_or("", |rung| rung.2).to_owned(), steps: &[], whole: false }
            }
            Self::Money | Self::Temperature | Self::Count(_) | Self::Plain => self.unit(1.0),
        }
    }

    /// The unit in which values up to `max` are short numbers.
    pub(in crate::report::plots) fn unit(self, max: f64) -> Unit {
        match self {
            Self::Money => return Unit::plain(max, "USD", false),
            Self::Percent => return Unit { factor: 0.01, symbol: "%".to_owned(), steps: &[], whole: false },
            Self::Count(noun) => return Unit::plain(max, noun, true),
            Self::Plain => return Unit::plain(max, "", false),
            Self::Temperature => return Unit::plain(max, "°C", false),
            Self::Chosen(&(_, factor, symbol)) => {
                return Unit { factor, symbol: symbol.to_owned(), steps: steps(symbol), whole: false };
            }
            Self::Time | Self::Energy | Self::Power | Self::Bytes | Self::Carbon => {}
        }
        let rung = self.ladder().iter().find(|(limit, ..)| max.abs() <= *limit);
        let (factor, symbol) = rung.map_or((1.0, ""), |&(_, factor, symbol)| (factor, symbol));
        // Nothing to show: the base unit, not the smallest.
        let (factor, symbol) = match (max == 0.0, self) {
            (true, Self::Time) => (1.0, "s"),
            (true, Self::Energy) => (1.0, "J"),
            (true, Self::Power) => (1.0, "W"),
            _ => (factor, symbol),
        };
        let steps = steps(symbol);
        if max.abs() / factor < 1e6 {
            return Unit { factor, symbol: symbol.to_owned(), steps, whole: false };
        }
        Unit { factor, ..Unit::plain(max / factor, symbol, false) }.times(max)
    }
}

impl Unit {
    fn plain(max: f64, symbol: &str, whole: bool) -> Self {
        Self { factor: 1.0, symbol: symbol.to_owned(), steps: &[], whole }.times(max)
    }

    /// Millions and more (or less than a thousandth) go into the unit as a power of ten.
    fn times(mut self, max: f64) -> Self {
        let shown = max.abs() / self.factor;
        if shown >= 1e6 || (shown > 0.0 && shown < 1e-3) {
            let power = (libm::floor(libm::log10(shown) / 3.0) * 3.0) as i32;
            self.factor *= libm::pow(10.0, f64::from(power));
            let gap = if self.symbol.is_empty() { "" } else { " " };
            // The font has no raised minus.
            let ten = if power < 0 { format!("1e−{}", -power) } else { format!("10{}", superscript(power)) };
            self.symbol = format!("{ten}{gap}{}", self.symbol);
            self.whole = false;
        }
        self
    }

    /// An axis title: `name`, and the unit in brackets where there is one.
    pub(in crate::report::plots) fn title(&self, name: &str) -> String {
        if self.symbol.is_empty() { name.to_owned() } else { format!("{name} ({})", self.symbol) }
    }

    /// Tick distance, in shown units, so that `span` has at most `count`.
    pub(in crate::report::plots) fn step(&self, span: f64, count: usize) -> f64 {
        let least = (span / count.max(1) as f64).max(1e-30);
        if let Some(&step) = self.steps.iter().find(|&&step| step >= least)
            && least > 0.5
        {
            return step;
        }
        let decade = libm::pow(10.0, libm::floor(libm::log10(least)));
        let step = [1.0, 2.0, 5.0].into_iter().map(|m| m * decade).find(|step| *step >= least * 0.999_999);
        let step = step.unwrap_or(10.0 * decade);
        if self.whole { step.max(1.0) } else { step }
    }
}

/// Tick distances that read well in a unit.
fn steps(symbol: &str) -> &'static [f64] {
    match symbol {
        "min" => MINUTES,
        "h" => HOURS,
        "d" => DAYS,
        "B" => BINARY,
        _ if symbol.ends_with("iB") => BINARY,
        _ => &[],
    }
}

fn superscript(number: i32) -> String {
    let digit = |c: char| match c {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '0' => '⁰',
        other => other.to_digit(10).and_then(|d| char::from_u32(0x2070 + d)).unwrap_or(other),
    };
    number.to_string().chars().map(digit).collect()
}

/// `value` with as many decimals as ticks `step` apart need, thousands set off.
pub(in crate::report::plots) fn number(value: f64, step: f64) -> String {
    let decimals = (-libm::floor(libm::log10(step.abs().max(1e-12)) + 1e-9)).clamp(0.0, 12.0) as usize;
    grouped(&format!("{value:.decimals$}"))
}

/// `value` to three significant digits, for labels beside bars.
pub(in crate::report::plots) fn three_digits(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let size = |value: f64| libm::floor(libm::log10(value.abs()) + 1e-12);
    let unit = libm::pow(10.0, size(value) - 2.0);
    let rounded = (value / unit).round() * unit;
    // Of the rounded value: 99.96 is 100, not 100.0.
    let decimals = (2.0 - size(rounded)).clamp(0.0, 6.0) as usize;
    grouped(&format!("{rounded:.decimals$}"))
}

/// As [`three_digits`] without zeros that say nothing.
pub(in crate::report::plots) fn short(value: f64) -> String {
    let text = three_digits(value);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn grouped(text: &str) -> String {
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("−", rest));
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(w, f)| (w, Some(f)));
    let zero = rest.chars().all(|c| c == '0' || c == '.');
    let mut out = String::from(if zero { "" } else { sign });
    for (index, digit) in whole.chars().enumerate() {
        // Four digits stay together: 1000, but 10,000.
        if index > 0 && whole.len() > 4 && (whole.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_what_a_reader_would_choose() {
        let symbol = |quantity: Quantity, max: f64| quantity.unit(max).symbol;
        assert_eq!(symbol(Quantity::Time, 45.0), "s");
        assert_eq!(symbol(Quantity::Time, 3600.0), "min");
        assert_eq!(symbol(Quantity::Time, 86_400.0), "h");
        assert_eq!(symbol(Quantity::Time, 30.0 * 86_400.0), "d");
        assert_eq!(symbol(Quantity::Time, 0.0), "s");
        assert_eq!(symbol(Quantity::Energy, 5e5), "kJ");
        assert_eq!(symbol(Quantity::Energy, 3.6e8), "kWh");
        assert_eq!(symbol(Quantity::Bytes, 80.0 * 1_073_741_824.0), "GiB");
        assert_eq!(symbol(Quantity::Plain, 3.2e7), "10⁶");
        assert_eq!(Quantity::Plain.unit(3.2e7).factor, 1e6);
        assert_eq!(symbol(Quantity::Money, 0.0001), "1e−6 USD");
        assert_eq!(symbol(Quantity::of("carbon.total_g"), 2.5e3), "kg CO2e");
        let hours = Quantity::of("wait_s.mean").shown_in("h").unwrap();
        assert_eq!((hours.unit(1e9).symbol.as_str(), hours.unit(0.0).factor), ("h", 3600.0));
        assert_eq!(Quantity::of("wait_s.mean").shown_in("kWh"), None);
    }

    #[test]
    fn steps_are_round_and_few_enough() {
        let minutes = Quantity::Time.unit(3600.0);
        assert_eq!(minutes.step(60.0, 6), 10.0);
        assert_eq!(minutes.step(60.0, 5), 15.0);
        let hours = Quantity::Time.unit(86_400.0);
        assert_eq!(hours.step(24.0, 6), 6.0);
        let tasks = Quantity::Count("tasks").unit(3.0);
        assert_eq!(tasks.step(3.0, 10), 1.0);
        let plain = Quantity::Plain.unit(0.3);
        assert!((plain.step(0.3, 6) - 0.05).abs() < 1e-15);
        for span in [1e-6, 0.37, 1.0, 7.3, 99.0, 12_345.0, 1e20] {
            for count in 1..12 {
                let step = plain.step(span, count);
                assert!(span / step <= count as f64 * 1.000_001 && step / span <= 10.0, "{span} {count} {step}");
            }
        }
    }

    #[test]
    fn numbers_have_the_decimals_of_their_step() {
        assert_eq!(number(0.15, 0.05), "0.15");
        assert_eq!(number(2.0, 1.0), "2");
        assert_eq!(number(12_000.0, 2000.0), "12,000");
        assert_eq!(number(-0.0, 0.1), "0.0");
        assert_eq!(three_digits(1234.5), "1230");
        assert_eq!(three_digits(0.012_34), "0.0123");
        assert_eq!(three_digits(99.96), "100");
    }
}
