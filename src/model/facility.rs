//! The building around the machine: what its energy costs, in money and in carbon.
//!
//! Facility energy is the machine's times the power usage effectiveness (PUE, ISO/IEC 30134-2). Its cost and its
//! carbon are integrals of power times rates that are constant between known instants, so sums of integers.

use crate::units::{Energy, SimDuration, SimTime};

use super::steps::Steps;

/// Rates are kept in millionths.
const SCALE: f64 = 1e6;

/// Femtojoules in a picojoule, the unit of energy that rates are multiplied with.
const FEMTO_PER_PICO: u128 = 1000;

/// Picojoules in a kilowatt-hour, times [`SCALE`].
const PICO_PER_KWH_SCALED: f64 = 3.6e18 * SCALE;

/// A rate in millionths.
pub type Rate = u64;

/// `x` in millionths; what is negative counts as 0.
pub fn rate(x: f64) -> Rate {
    (x.clamp(0.0, 1e12) * SCALE).round_ties_even() as Rate
}

/// The carbon of making a unit's devices, spread over their life (Software Carbon Intensity, ISO/IEC 21031:2024).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Embodied {
    /// Of one device, in grams of CO2e.
    pub grams: f64,
    /// How long it is used.
    pub lifetime: SimDuration,
}

impl Embodied {
    /// Grams that belong to `load`, in device-seconds of work: `grams × load / lifetime`.
    pub fn share(&self, load: f64) -> f64 {
        self.grams * load / self.lifetime.as_secs_f64().max(1e-9)
    }
}

/// The building's terms.
#[derive(Clone, Debug, PartialEq)]
pub struct FacilityTerms {
    /// Facility power over the machine's, in millionths.
    pub pue: Steps<Rate>,
    /// Price of electricity, millionths of a USD per kWh.
    pub price: Option<Steps<Rate>>,
    /// Carbon intensity of the grid, g CO2e per kWh; hourly averages unless the scenario has others.
    pub carbon: Option<Steps<f64>>,
    /// Carbon of the devices themselves.
    pub embodied: Option<Embodied>,
}

impl FacilityTerms {
    /// The first instant after `at` at which a rate changes.
    pub fn next_change(&self, at: SimTime) -> SimTime {
        let price = self.price.as_ref().map_or(SimTime::NEVER, |s| s.next_change(at));
        let carbon = self.carbon.as_ref().map_or(SimTime::NEVER, |s| s.next_change(at));
        self.pue.next_change(at).min(price).min(carbon)
    }
}

/// What has been booked. The sums are whole numbers: nothing depends on how often they were closed, but for less
/// than a picojoule each time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bill {
    /// Of the machine.
    pub machine: Energy,
    /// Of the machine and the building.
    pub facility: Energy,
    /// Picojoules times millionths of a USD per kWh.
    cost: u128,
    /// Picojoules times millionths of a gram per kWh.
    carbon: u128,
}

impl Bill {
    /// What has been paid for electricity, in USD.
    pub fn usd(&self) -> f64 {
        self.cost as f64 / PICO_PER_KWH_SCALED
    }

    /// Operational carbon, in grams of CO2e.
    pub fn grams(&self) -> f64 {
        self.carbon as f64 / PICO_PER_KWH_SCALED
    }

    /// What has come since `earlier`.
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            machine: self.machine - earlier.machine,
            facility: self.facility - earlier.facility,
            cost: self.cost.saturating_sub(earlier.cost),
            carbon: self.carbon.saturating_sub(earlier.carbon),
        }
    }
}

/// The bill in the making.
#[derive(Clone, Debug)]
pub struct Facility {
    /// The terms.
    pub terms: FacilityTerms,
    /// What has been booked up to `since`.
    pub bill: Bill,
    since: SimTime,
}

impl Facility {
    /// Nothing booked yet.
    pub fn new(terms: FacilityTerms) -> Self {
        Self { terms, bill: Bill::default(), since: SimTime::ZERO }
    }

    /// Books the machine's energy up to `now`, of which it has used `total` since the start, at the rates that have
    /// held since the last booking. No rate may have changed in between.
    pub fn book(&mut self, now: SimTime, total: Energy) {
        let used = total - self.bill.machine;
        let at = |steps: &Steps<Rate>| u128::from(steps.at(self.since).unwrap_or_default());
        let facility = used.portion(at(&self.terms.pue), SCALE as u128);
        let pico = facility.as_femtojoules() / FEMTO_PER_PICO;
        let cost = self.terms.price.as_ref().map_or(0, at);
        let carbon = self.terms.carbon.as_ref().and_then(|c| c.at(self.since)).map_or(0, |c| u128::from(rate(c)));
        self.bill.machine = total;
        self.bill.facility += facility;
        self.bill.cost = self.bill.cost.saturating_add(pico.saturating_mul(cost));
        self.bill.carbon = self.bill.carbon.saturating_add(pico.saturating_mul(carbon));
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Power;

    /// 1 kW for an hour at PUE 1.2, 0.10 USD/kWh and 400 g/kWh, then 2 kW for half an hour at 0.30 USD/kWh and
    /// 100 g/kWh: 1.2 kWh each, so 0.12 + 0.36 USD and 480 + 120 g.
    #[test]
    fn energy_is_booked_at_the_rates_of_its_time() {
        let hour = SimDuration::from_secs(3600);
        let steps = |a: f64, b: f64| Steps::new(None, vec![(SimDuration::ZERO, a), (hour, b)]).unwrap();
        let mut facility = Facility::new(FacilityTerms {
            pue: Steps::constant(rate(1.2)),
            price: Some(steps(0.1, 0.3).map(rate)),
            carbon: Some(steps(400.0, 100.0)),
            embodied: None,
        });
        assert_eq!(facility.terms.next_change(SimTime::ZERO), SimTime::ZERO + hour);
        let kilowatt = Power::try_from_watts(1000.0).unwrap();
        let first = kilowatt.during(hour);
        facility.book(SimTime::ZERO + hour, first);
        let before = facility.bill;
        facility.book(SimTime::ZERO + hour + hour, first + kilowatt.during(hour));
        let bill = facility.bill;
        assert_eq!((bill.machine.as_joules(), bill.facility.as_joules()), (7.2e6, 8.64e6));
        assert!((bill.usd() - 0.48).abs() < 1e-15 && (bill.grams() - 600.0).abs() < 1e-12);
        let later = bill.since(&before);
        assert!((later.usd() - 0.36).abs() < 1e-15 && (later.grams() - 120.0).abs() < 1e-12);
    }

    /// 150 kg over four years of 365 days; an hour of work: 150000 / 35040 g.
    #[test]
    fn embodied_carbon_goes_by_the_time_of_use() {
        let embodied = Embodied { grams: 150_000.0, lifetime: SimDuration::from_secs(4 * 365 * 86_400) };
        assert!((embodied.share(3600.0) - 150_000.0 / 35_040.0).abs() < 1e-12);
    }
}
