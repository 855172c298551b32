//! The cloud as a scenario describes it.

use crate::dist::Dist;
use crate::model::cloud::{BackOff, InstanceType, Region, Tariff};
use crate::units::{Bytes, SimDuration};

/// A cloud: regions, and how to live with their failures.
///
/// `response = RTT + input / uplink + wait for an instance + boot + run + output / downlink`.
#[derive(Clone, Debug)]
pub struct CloudConfig {
    /// Regions, in order.
    pub regions: Vec<RegionConfig>,
    /// What can go wrong, and what is done about it.
    pub resilience: Resilience,
}

/// A region with what is drawn there.
#[derive(Clone, Debug)]
pub struct RegionConfig {
    /// Links, prices, types.
    pub region: Region,
    /// Round-trip time in seconds, drawn once per attempt.
    pub rtt: Dist,
    /// Correlation of the logarithms of the round-trip times of tasks that arrive one after the other; 0 for none.
    pub correlation: f64,
    /// Of each type what is drawn for its instances.
    pub draws: Vec<TypeDraws>,
}

/// What is drawn for an instance.
#[derive(Clone, Debug)]
pub struct TypeDraws {
    /// Seconds until a new one can work.
    pub boot: Dist,
    /// Seconds until a spot instance is taken.
    pub life: Dist,
}

/// Failures, and what is done about them.
#[derive(Clone, Debug)]
pub struct Resilience {
    /// Probability that an attempt fails.
    pub failure: f64,
    /// Share of its run after which it does.
    pub fails_at: Dist,
    /// An attempt that takes longer is called off.
    pub timeout: Option<SimDuration>,
    /// How many attempts may follow the first.
    pub retries: u32,
    /// How long to stay away before each.
    pub back_off: BackOff,
    /// Whether a task without attempts left runs at home; else it fails.
    pub then_local: bool,
    /// Failures in a row that open a region's breaker, and the time until it is tried again.
    pub breaker: Option<(u32, SimDuration)>,
    /// When a second copy is sent.
    pub hedge: Option<HedgeAfter>,
}

/// When a second copy of a task is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HedgeAfter {
    /// When the first has been away for so long.
    Time(SimDuration),
    /// When it has been away for longer than this share of the attempts that came back.
    Quantile(f64),
}

/// One way to run in the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) region: usize,
    pub(super) kind: usize,
    pub(super) spot: bool,
    /// Its pool, shared by spot and on demand.
    pub(super) pool: usize,
}

impl CloudConfig {
    /// Every way to run: by region, by type, on demand before spot.
    pub(super) fn choices(&self) -> Vec<Choice> {
        let mut choices = Vec::new();
        let mut pool = 0;
        for (region, config) in self.regions.iter().enumerate() {
            for (kind, instance) in config.region.types.iter().enumerate() {
                choices.push(Choice { region, kind, spot: false, pool });
                if instance.spot.is_some() {
                    choices.push(Choice { region, kind, spot: true, pool });
                }
                pool += 1;
            }
        }
        choices
    }

    pub(super) fn region(&self, choice: Choice) -> &Region {
        &self.regions[choice.region].region
    }

    pub(super) fn instance(&self, choice: Choice) -> &InstanceType {
        &self.region(choice).types[choice.kind]
    }

    pub(super) fn draws(&self, choice: Choice) -> &TypeDraws {
        &self.regions[choice.region].draws[choice.kind]
    }

    /// The price of an instance under the terms of `choice`.
    pub(super) fn tariff(&self, choice: Choice) -> Tariff {
        let instance = self.instance(choice);
        match instance.spot.filter(|_| choice.spot) {
            Some(spot) => instance.tariff.scaled(spot.factor),
            None => instance.tariff,
        }
    }
}

/// Time of `bytes` at `rate` B/s.
pub(super) fn transfer(bytes: Bytes, rate: f64) -> SimDuration {
    SimDuration::from_secs_f64_clamped(bytes.get() as f64 / rate)
}

/// USD for `bytes` brought back.
pub(super) fn egress(region: &Region, bytes: Bytes) -> f64 {
    region.usd_per_gb_out * bytes.get() as f64 / 1e9
}
