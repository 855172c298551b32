//! The metrics that comparisons are judged by.

use crate::experiment::Comparison;

/// Metrics that comparisons are judged by. A dot at the end stands for all that begin so.
const COMPARED: &[&str] = &[
    "wait_s.mean",
    "wait_s.p99",
    "response_s.mean",
    "bounded_slowdown.mean",
    "makespan_s",
    "utilization.",
    "energy_j.total",
    "power_w.mean",
    "temperature_c.max",
    "throttle_s",
    "facility.energy_j",
    "cost.energy_usd",
    "carbon.total_g",
    "edp_js",
    "deadline.miss_ratio",
    "tasks.rejected",
    "cloud.offloaded",
    "cloud.cost_usd",
    "preemptions",
    "failures.tasks_hit",
    "failures.lost_s",
    "checkpoint.overhead_s",
    "availability.",
    "goodput.share",
    "memory.oom_waits",
    "memory.spilled_bytes",
    "memory.oom_kills",
    "memory.cache.misses",
    "memory.pressure.full",
    "memory.fragmentation.mean",
    "packing.allocated",
    "packing.fragmented",
];

/// Whether `metric` is one that comparisons are judged by.
pub fn is_headline(metric: &str) -> bool {
    COMPARED.iter().any(|name| is_meant(name, metric))
}

/// The headline metrics of a comparison in the order of its table, without those that are 0 in all runs.
pub fn headlines(comparison: &Comparison) -> Vec<String> {
    let metrics = comparison.metrics();
    let named = COMPARED.iter().flat_map(|name| metrics.iter().filter(move |m| is_meant(name, m)));
    let is_seen = |m: &&String| {
        let mut runs = comparison.variants.iter().flat_map(|v| &v.replications);
        runs.any(|r| r.metrics.get(*m).is_some_and(|x| *x != 0.0))
    };
    named.filter(is_seen).cloned().collect()
}

/// The places in `metrics` of those that are headlines, in the order of the table.
pub fn headlines_among(metrics: &[String]) -> Vec<usize> {
    let places = |name: &'static &'static str| {
        metrics.iter().enumerate().filter(move |(_, metric)| is_meant(name, metric)).map(|(place, _)| place)
    };
    COMPARED.iter().flat_map(places).collect()
}

fn is_meant(name: &str, metric: &str) -> bool {
    metric == name || (name.ends_with('.') && metric.starts_with(name))
}
