//! The cloud, from words to what a simulation needs.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::dist::Dist;
use crate::model::cloud::{BackOff, InstanceType, Jitter, Region, Spot, Tariff};
use crate::model::cluster::Cluster;
use crate::model::kind::UnitKind;
use crate::sim::{CloudConfig, HedgeAfter, RegionConfig, Resilience, TypeDraws};
use crate::units::SimDuration;

use super::checks::{Findings, number};
use super::schema::{CloudSpec, HedgeSpec, InstanceSpec, JitterSpec, RegionSpec, SpotSpec, ThenSpec};

/// More options than this have no numbers.
const MOST_TYPES: usize = 10_000;
/// Most attempts of a task.
const MOST_RETRIES: u32 = 1000;

/// Speed of the cloud over that of a task's best unit at home, as far as all types have it in common.
pub(super) fn speed_of_classes(spec: &CloudSpec) -> f64 {
    if spec.regions.is_empty() { spec.speed.max(1e-9) } else { 1.0 }
}

/// Checks the words and makes them ready.
pub(super) fn config(spec: &CloudSpec, cluster: &Cluster, findings: &mut Findings) -> CloudConfig {
    let regions = if spec.regions.is_empty() {
        vec![plain(spec, findings)]
    } else {
        check_plain_words(spec, findings);
        let mut names = BTreeSet::new();
        let mut regions = Vec::new();
        for (i, region) in spec.regions.iter().enumerate() {
            let pointer = format!("/cloud/regions/{i}");
            if !names.insert(region.name.as_str()) {
                findings.wrong(format!("{pointer}/name"), format!("`{}` again", region.name), "a name of its own");
            }
            regions.push(self::region(region, &pointer, cluster, findings));
        }
        regions
    };
    let types: usize = regions.iter().map(|r| r.region.types.len()).sum();
    findings.require(types <= MOST_TYPES, "/cloud/regions", format!("{types} types"), "at most 10000 types");
    CloudConfig { regions, resilience: resilience(spec, findings) }
}

/// The form without regions: one region with one type.
fn plain(spec: &CloudSpec, findings: &mut Findings) -> RegionConfig {
    check_speed(spec.speed, "/cloud/speed", findings);
    for (name, rate) in [("uplink", spec.uplink.get()), ("downlink", spec.downlink.get())] {
        check_rate(rate, format!("/cloud/{name}"), findings);
    }
    let instance = InstanceType {
        name: Arc::from("cloud"),
        kind: None,
        // The classes of tasks know it already.
        speed: 1.0,
        tariff: Tariff {
            usd_per_hour: spec.price_per_hour.get(),
            billed_at_least: spec.billed_at_least.duration(),
            granularity: SimDuration::from_secs(1),
        },
        spot: None,
        limit: u32::MAX,
        warm: 0,
        keep_alive: SimDuration::ZERO,
        boots_early: false,
        power: 0.0,
        boots: false,
    };
    RegionConfig {
        region: Region {
            name: Arc::from("cloud"),
            uplink: spec.uplink.get(),
            downlink: spec.downlink.get(),
            shared: false,
            per_task: f64::INFINITY,
            usd_per_gb_out: spec.price_per_gb_out.get(),
            carbon: 0.0,
            types: vec![instance],
        },
        rtt: spec.rtt.dist().clone(),
        correlation: 0.0,
        draws: vec![TypeDraws { boot: Dist::zero(), life: Dist::zero() }],
    }
}

/// With regions the words of the plain form must be left at their defaults.
fn check_plain_words(spec: &CloudSpec, findings: &mut Findings) {
    let Ok(default) = serde_json::from_value::<CloudSpec>(serde_json::json!({})) else { return };
    for (name, is_default) in [
        ("speed", spec.speed == default.speed),
        ("rtt", spec.rtt == default.rtt),
        ("uplink", spec.uplink == default.uplink),
        ("downlink", spec.downlink == default.downlink),
        ("price_per_hour", spec.price_per_hour == default.price_per_hour),
        ("price_per_gb_out", spec.price_per_gb_out == default.price_per_gb_out),
        ("billed_at_least", spec.billed_at_least == default.billed_at_least),
    ] {
        if !is_default {
            findings.broken(format!("/cloud/{name}"), "with `regions` this stands in the regions and their instances");
        }
    }
}

fn check_speed(speed: f64, pointer: impl Into<String>, findings: &mut Findings) {
    findings.require((1e-9..=1e9).contains(&speed), pointer, number(speed), "a number from 1e-9 to 1e9");
}

fn check_rate(rate: f64, pointer: impl Into<String>, findings: &mut Findings) {
    findings.require(rate >= 1.0, pointer, number(rate), "at least 1 B/s: a transfer must end");
}

fn region(spec: &RegionSpec, pointer: &str, cluster: &Cluster, findings: &mut Findings) -> RegionConfig {
    let at = |field: &str| format!("{pointer}/{field}");
    check_rate(spec.uplink.get(), at("uplink"), findings);
    check_rate(spec.downlink.get(), at("downlink"), findings);
    if let Some(limit) = spec.per_task {
        check_rate(limit.get(), at("per_task"), findings);
        if !spec.shared {
            findings.broken(at("per_task"), "only shared links have a limit for each task");
        }
    }
    let correlation = spec.correlation.unwrap_or(0.0);
    findings.require((0.0..1.0).contains(&correlation), at("correlation"), number(correlation), "a number in [0, 1)");
    let is_lognormal = spec.rtt.dist().at_normal(0.0).is_some();
    if correlation > 0.0 && !is_lognormal {
        findings.broken(at("correlation"), "only lognormal and shifted-lognormal round-trip times can be correlated");
    }
    let carbon = spec.carbon.unwrap_or(0.0);
    findings.require((0.0..=1e6).contains(&carbon), at("carbon"), number(carbon), "g/kWh from 0 to 1e6");
    findings.require(!spec.instances.is_empty(), at("instances"), "none", "at least one type of instances");
    let types = spec.instances.iter().enumerate();
    let types: Vec<InstanceType> =
        types.map(|(i, t)| instance(t, &at(&format!("instances/{i}")), cluster, findings)).collect();
    let draws = |t: &InstanceSpec| TypeDraws {
        boot: t.boot.as_ref().map_or_else(Dist::zero, |b| b.dist().clone()),
        life: t.spot.as_ref().map_or_else(Dist::zero, |s| s.life.dist().clone()),
    };
    RegionConfig {
        region: Region {
            name: Arc::from(spec.name.as_str()),
            uplink: spec.uplink.get(),
            downlink: spec.downlink.get(),
            shared: spec.shared,
            per_task: spec.per_task.map_or(f64::INFINITY, |r| r.get()),
            usd_per_gb_out: spec.price_per_gb_out.get(),
            carbon,
            types,
        },
        rtt: spec.rtt.dist().clone(),
        correlation: if is_lognormal { correlation } else { 0.0 },
        draws: spec.instances.iter().map(draws).collect(),
    }
}

fn instance(spec: &InstanceSpec, pointer: &str, cluster: &Cluster, findings: &mut Findings) -> InstanceType {
    let at = |field: &str| format!("{pointer}/{field}");
    check_speed(spec.speed, at("speed"), findings);
    let granularity = spec.granularity.duration();
    findings.require(!granularity.is_zero(), at("granularity"), spec.granularity.get(), "a time > 0");
    let limit = spec.limit.unwrap_or(u32::MAX);
    findings.require(limit > 0, at("limit"), limit, "at least 1");
    let warm = spec.warm.unwrap_or(0);
    findings.require(warm <= limit.min(1_000_000), at("warm"), warm, "at most the limit, and at most 1000000");
    InstanceType {
        name: Arc::from(spec.name.as_str()),
        kind: kind(&spec.kind, &at("kind"), cluster, findings),
        speed: spec.speed,
        tariff: Tariff {
            usd_per_hour: spec.price_per_hour.get(),
            billed_at_least: spec.billed_at_least.duration(),
            granularity,
        },
        spot: spec.spot.as_ref().map(|s| spot(s, &at("spot"), findings)),
        limit,
        warm,
        keep_alive: spec.keep_alive.map_or(SimDuration::ZERO, |s| s.duration()),
        boots_early: spec.boot_during_upload,
        power: spec.power.map_or(0.0, |w| w.get()),
        boots: spec.boot.is_some(),
    }
}

fn kind(name: &str, pointer: &str, cluster: &Cluster, findings: &mut Findings) -> Option<UnitKind> {
    if name == "any" {
        return None;
    }
    let Ok(kind) = name.parse::<UnitKind>() else {
        let mut known: Vec<&str> = UnitKind::ALL.iter().map(|k| k.name()).collect();
        known.push("any");
        findings.unknown(pointer, "a kind of unit, or `any`", name, &known);
        return None;
    };
    let is_here = cluster.pools.iter().any(|p| p.device.kind == kind && !p.units.is_empty());
    if !is_here && findings.problems.is_empty() {
        findings.broken(pointer, format!("no unit at home is a {name}: no task could run there; say `any`"));
    }
    Some(kind)
}

fn spot(spec: &SpotSpec, pointer: &str, findings: &mut Findings) -> Spot {
    let at = |field: &str| format!("{pointer}/{field}");
    findings.require((0.0..=1.0).contains(&spec.factor), at("factor"), number(spec.factor), "a number in [0, 1]");
    let mean_life = spec.life.dist().mean();
    findings.require(mean_life > 0.0, at("life"), number(mean_life), "a mean > 0");
    let checkpoint = spec.checkpoint.map(|c| c.duration());
    if checkpoint.is_some_and(SimDuration::is_zero) {
        findings.wrong(at("checkpoint"), "0", "a time > 0");
    }
    Spot {
        factor: spec.factor,
        mean_life: mean_life.max(1e-9),
        notice: spec.notice.map_or(SimDuration::ZERO, |n| n.duration()),
        checkpoint,
    }
}

fn resilience(spec: &CloudSpec, findings: &mut Findings) -> Resilience {
    let failure = spec.failures.as_ref().map_or(0.0, |f| f.probability);
    findings.require(
        (0.0..=1.0).contains(&failure),
        "/cloud/failures/probability",
        number(failure),
        "a probability in [0, 1]",
    );
    let fails_at = spec.failures.as_ref().and_then(|f| f.at.as_ref());
    if spec.timeout.is_some_and(|t| t.duration().is_zero()) {
        findings.wrong("/cloud/timeout", "0", "a time > 0");
    }
    let retry = spec.retry.as_ref();
    let retries = retry.map_or(0, |r| r.budget);
    findings.require(retries <= MOST_RETRIES, "/cloud/retry/budget", retries, "at most 1000");
    if let Some(breaker) = &spec.breaker {
        findings.require(breaker.after > 0, "/cloud/breaker/after", breaker.after, "at least 1");
    }
    Resilience {
        failure,
        fails_at: fails_at.map_or_else(Dist::zero, |d| d.dist().clone()),
        timeout: spec.timeout.map(|t| t.duration()),
        retries,
        back_off: BackOff {
            base: retry.map_or(0.0, |r| r.base.get()),
            cap: retry.map_or(0.0, |r| r.cap.get()),
            jitter: match retry.map_or(JitterSpec::None, |r| r.jitter) {
                JitterSpec::None => Jitter::None,
                JitterSpec::Full => Jitter::Full,
                JitterSpec::Equal => Jitter::Equal,
                JitterSpec::Decorrelated => Jitter::Decorrelated,
            },
        },
        then_local: retry.is_some_and(|r| r.then == ThenSpec::Local),
        breaker: spec.breaker.as_ref().map(|b| (b.after, b.probe_after.duration())),
        hedge: spec.hedge.as_ref().and_then(|h| hedge(h, findings)),
    }
}

fn hedge(spec: &HedgeSpec, findings: &mut Findings) -> Option<HedgeAfter> {
    match (spec.after, spec.quantile) {
        (Some(after), None) => Some(HedgeAfter::Time(after.duration())),
        (None, Some(q)) => {
            findings.require(q > 0.0 && q < 1.0, "/cloud/hedge/quantile", number(q), "a number in (0, 1)");
            Some(HedgeAfter::Quantile(q))
        }
        _ => {
            findings.broken("/cloud/hedge", "found neither or both of `after` and `quantile`, expected one");
            None
        }
    }
}
