//! What the name of a metric tells: what it is measured in, and which way is better.

/// What a metric measures, in the unit of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Seconds.
    Time,
    /// Joules.
    Energy,
    /// Watts.
    Power,
    /// Bytes.
    Bytes,
    /// US dollars.
    Money,
    /// Grams of CO2 equivalent.
    Carbon,
    /// Degrees Celsius.
    Temperature,
    /// A part of a whole, from 0 to 1.
    Share,
    /// A number of things.
    Count,
    /// A number without a unit, or with one that the name tells.
    Plain,
}

/// Which of two values of a metric one would rather have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// The lower one, as of waits and costs.
    Lower,
    /// The higher one, as of throughput and goodput.
    Higher,
    /// Neither by itself: utilization, the number of tasks that came.
    Neither,
}

/// What `metric` measures, told by its dotted name; those of a class (`class.NAME.wait_s.mean`) included.
pub fn measure(metric: &str) -> Measure {
    let (metric, family) = own_name(metric);
    let ends = |unit: &str| metric.split('.').any(|part| part.ends_with(unit));
    match family {
        "utilization" | "deadline" | "packing" | "availability" | "goodput" | "fairness" => Measure::Share,
        "tasks" | "failures" if !ends("_s") => Measure::Count,
        _ if metric.contains("fragmentation") || ends("fraction") || ends("ratio") || ends("share") => Measure::Share,
        _ if metric.starts_with("memory.pressure") || metric == "memory.internal.mean" => Measure::Share,
        _ if ends("_usd") => Measure::Money,
        _ if ends("bytes") => Measure::Bytes,
        _ if ends("_j") => Measure::Energy,
        _ if ends("_w") => Measure::Power,
        _ if family == "carbon" => Measure::Carbon,
        "temperature_c" => Measure::Temperature,
        _ if ends("_per_s") => Measure::Plain,
        _ if ends("_s") => Measure::Time,
        "preemptions" | "cloud" => Measure::Count,
        _ => Measure::Plain,
    }
}

/// Which way `metric` is better.
///
/// Only what hardly anyone would dispute has a direction: less waiting, energy, money, carbon, heat and loss;
/// more throughput, goodput, availability and fairness. A busy machine is neither good nor bad by itself.
pub fn better(metric: &str) -> Better {
    let (metric, family) = own_name(metric);
    match family {
        "throughput_per_s" | "availability" | "goodput" | "fairness" => Better::Higher,
        "wait_s" | "response_s" | "bounded_slowdown" | "makespan_s" | "in_system" | "queue" | "instance" => {
            Better::Lower
        }
        "energy_j" | "power_w" | "edp_js" | "facility" | "cost" | "carbon" | "temperature_c" | "throttle_s" => {
            Better::Lower
        }
        "deadline" | "preemptions" | "failures" | "checkpoint" => Better::Lower,
        _ => match metric {
            "tasks.completed" | "packing.allocated" | "memory.cache.hits" => Better::Higher,
            "tasks.rejected" | "tasks.failed" | "tasks.killed" | "tasks.abandoned" | "tasks.censored" => Better::Lower,
            "packing.fragmented" | "cloud.cost_usd" | "power.cap_violation_s" | "memory.cache.misses" => Better::Lower,
            _ if metric.starts_with("memory.fragmentation") || metric.starts_with("memory.oom") => Better::Lower,
            _ if metric.starts_with("memory.pressure") || metric.starts_with("memory.spilled") => Better::Lower,
            _ => Better::Neither,
        },
    }
}

/// The name without the class that it may be of, and the first part of that.
fn own_name(metric: &str) -> (&str, &str) {
    // A class may have dots in its name: its metrics end in these.
    let own = match metric.strip_prefix("class.") {
        Some(rest) => ["wait_s.mean", "response_s.mean", "tasks"].into_iter().find(|own| rest.ends_with(own)),
        None => None,
    };
    let metric = own.unwrap_or(metric);
    (metric, metric.split('.').next().unwrap_or(metric))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_measures() {
        for (metric, expected) in [
            ("wait_s.p99", Measure::Time),
            ("class.a.b.wait_s.mean", Measure::Time),
            ("class.a.tasks", Measure::Count),
            ("energy_j.total", Measure::Energy),
            ("facility.energy_j", Measure::Energy),
            ("power_w.max", Measure::Power),
            ("power.cap_violation_s", Measure::Time),
            ("memory.spilled_bytes", Measure::Bytes),
            ("memory.spilled_bytes.mean", Measure::Bytes),
            ("cloud.bytes", Measure::Bytes),
            ("cloud.cost_usd", Measure::Money),
            ("cost.energy_usd", Measure::Money),
            ("cloud.offloaded", Measure::Count),
            ("carbon.total_g", Measure::Carbon),
            ("temperature_c.max", Measure::Temperature),
            ("utilization.gpu", Measure::Share),
            ("memory.fragmentation.mean", Measure::Share),
            ("memory.peak_fraction", Measure::Share),
            ("deadline.miss_ratio", Measure::Share),
            ("goodput.share", Measure::Share),
            ("tasks.completed", Measure::Count),
            ("failures.tasks_hit", Measure::Count),
            ("failures.lost_s", Measure::Time),
            ("throughput_per_s", Measure::Plain),
            ("bounded_slowdown.mean", Measure::Plain),
            ("edp_js", Measure::Plain),
        ] {
            assert_eq!(measure(metric), expected, "{metric}");
        }
    }

    #[test]
    fn directions_are_those_that_nobody_disputes() {
        for (metric, expected) in [
            ("wait_s.mean", Better::Lower),
            ("class.x.response_s.mean", Better::Lower),
            ("throughput_per_s", Better::Higher),
            ("availability.gpu", Better::Higher),
            ("fairness.jain", Better::Higher),
            ("utilization.gpu", Better::Neither),
            ("tasks.submitted", Better::Neither),
            ("tasks.completed", Better::Higher),
            ("memory.oom_waits", Better::Lower),
            ("cloud.offloaded", Better::Neither),
        ] {
            assert_eq!(better(metric), expected, "{metric}");
        }
    }
}
