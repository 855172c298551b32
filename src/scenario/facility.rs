//! From the words about air and bills to step functions.

use crate::model::cluster::Cluster;
use crate::model::facility::{Embodied, FacilityTerms, rate};
use crate::model::heat::ROOM;
use crate::model::steps::Steps;

use super::checks::{Findings, number};
use super::schema::{ClusterSpec, EmbodiedSpec, FacilitySpec, StepsSpec};

/// What a value may be, in numbers and in words.
struct Range {
    least: f64,
    most: f64,
    expected: &'static str,
}

const DEGREES: Range = Range { least: -100.0, most: 100.0, expected: "an air temperature from -100 to 100 °C" };
const PUE: Range = Range { least: 1.0, most: 100.0, expected: "a number from 1 to 100" };
const PRICE: Range = Range { least: 0.0, most: 1000.0, expected: "a price from 0 to 1000 USD/kWh" };
const CARBON: Range = Range { least: 0.0, most: 10_000.0, expected: "an intensity from 0 to 10000 g/kWh" };

/// The step function at `pointer`.
fn steps(spec: &StepsSpec, range: &Range, pointer: &str, findings: &mut Findings) -> Steps<f64> {
    let inside = |value: f64, at: String, findings: &mut Findings| {
        findings.require((range.least..=range.most).contains(&value), at, number(value), range.expected);
    };
    let list = match spec {
        StepsSpec::Constant(value) => {
            inside(*value, pointer.to_owned(), findings);
            return Steps::constant(*value);
        }
        StepsSpec::Steps(list) => list,
    };
    for (i, (_, value)) in list.steps.iter().enumerate() {
        inside(*value, format!("{pointer}/steps/{i}/1"), findings);
    }
    let points = list.steps.iter().map(|(at, value)| (at.duration(), *value)).collect();
    Steps::new(list.period.map(|p| p.duration()), points).unwrap_or_else(|why| {
        findings.broken(format!("{pointer}/steps"), why.to_string());
        Steps::constant(range.least.max(0.0))
    })
}

fn embodied(spec: &EmbodiedSpec, pointer: &str, findings: &mut Findings) -> Embodied {
    let (kg, life) = (spec.kg_per_device, spec.lifetime.get());
    findings.require((0.0..=1e9).contains(&kg), format!("{pointer}/kg_per_device"), number(kg), "0 to 1e9 kg");
    findings.require(life > 0.0, format!("{pointer}/lifetime"), number(life), "a duration > 0");
    Embodied { grams: kg * 1000.0, lifetime: spec.lifetime.duration() }
}

fn terms(spec: &FacilitySpec, findings: &mut Findings) -> FacilityTerms {
    let at = |field: &str| format!("/cluster/facility/{field}");
    let pue = spec.pue.as_ref().map_or_else(|| Steps::constant(1.0), |s| steps(s, &PUE, &at("pue"), findings));
    FacilityTerms {
        pue: pue.map(rate),
        price: spec.price.as_ref().map(|s| steps(s, &PRICE, &at("price"), findings).map(rate)),
        carbon: spec.carbon.as_ref().map(|s| steps(s, &CARBON, &at("carbon"), findings)),
        embodied: spec.embodied.as_ref().map(|e| embodied(e, &at("embodied"), findings)),
    }
}

/// Gives the machine its air and its building.
pub(super) fn surround(cluster: &mut Cluster, spec: &ClusterSpec, findings: &mut Findings) {
    if let Some(facility) = &spec.facility {
        cluster.facility = Some(Box::new(terms(facility, findings)));
    }
    if let Some(ambient) = &spec.ambient {
        cluster.ambient = Some(steps(ambient, &DEGREES, "/cluster/ambient", findings));
        if cluster.pools.iter().all(|p| p.device.thermal.is_none()) {
            findings.warn("the cluster has an `ambient` temperature, but no device has `thermal` figures");
        }
    }
    check_leakage(cluster, findings);
}

/// Leakage that is linear in the temperature would be negative in air that is too cold.
fn check_leakage(cluster: &Cluster, findings: &mut Findings) {
    let air = cluster.ambient.clone().unwrap_or_else(|| Steps::constant(ROOM));
    let coldest = air.values().fold(f64::INFINITY, f64::min);
    for pool in &cluster.pools {
        let Some(thermal) = &pool.device.thermal else { continue };
        let least = pool.device.pstates.iter().map(|p| p.active).fold(pool.device.idle, std::cmp::Ord::min).as_watts();
        let power = least + thermal.leakage * (coldest - thermal.reference);
        if thermal.leakage > 0.0 && power < 0.0 {
            let found = format!("{coldest} °C, at which `{}` would draw {power:.1} W", pool.device.name);
            findings.wrong("/cluster/ambient", found, "air in which linear leakage leaves its power above 0");
        }
    }
}
