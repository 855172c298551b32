//! What time on an instance costs.

use crate::units::SimDuration;

/// The price of an instance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tariff {
    /// USD for an hour of one instance.
    pub usd_per_hour: f64,
    /// Shortest time that is charged.
    pub billed_at_least: SimDuration,
    /// Charged time is a multiple of this, rounded up; above 0.
    pub granularity: SimDuration,
}

impl Tariff {
    /// USD for `time` on each of `instances`: `price × ⌈max(time, minimum) / granularity⌉ × granularity`.
    pub fn cost(&self, time: SimDuration, instances: u32) -> f64 {
        let steps = time.max(self.billed_at_least).as_nanos().div_ceil(self.granularity.as_nanos().max(1));
        let billed = steps as f64 * self.granularity.as_secs_f64();
        self.usd_per_hour / 3600.0 * billed * f64::from(instances)
    }

    /// The same at `factor` times the price.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self { usd_per_hour: self.usd_per_hour * factor, ..self }
    }

    /// USD for exactly `time` of one instance, neither rounded nor with a minimum.
    pub fn pro_rata(&self, time: SimDuration) -> f64 {
        self.usd_per_hour / 3600.0 * time.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minimum_and_a_granularity_round_up() {
        // 3.6 USD an hour are 0.001 a second.
        let tariff = |least, step| Tariff {
            usd_per_hour: 3.6,
            billed_at_least: SimDuration::from_secs(least),
            granularity: SimDuration::from_secs(step),
        };
        let time = SimDuration::from_nanos(61_200_000_000);
        let near = |x: f64, y: f64| assert!((x - y).abs() < 1e-15, "{x} {y}");
        // 61.2 s: 62 by the second, 120 by the minute, 3600 by the hour, 90 with a minimum of 90.
        near(tariff(0, 1).cost(time, 1), 0.062);
        near(tariff(0, 60).cost(time, 1), 0.12);
        near(tariff(0, 3600).cost(time, 2), 7.2);
        near(tariff(90, 1).cost(time, 1), 0.09);
        // The minimum too is charged in whole steps; nothing costs nothing without one.
        near(tariff(90, 60).cost(time, 1), 0.12);
        near(tariff(0, 1).cost(SimDuration::ZERO, 1), 0.0);
        near(tariff(0, 1).scaled(0.3).cost(time, 1), 0.0186);
        near(tariff(60, 60).pro_rata(SimDuration::from_secs(7)), 0.007);
    }
}
