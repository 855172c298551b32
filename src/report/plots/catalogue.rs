//! The charts there are.

/// A chart: its name, what it shows, and the file it is drawn from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
}

const fn known(name: &'static str, title: &'static str) -> Known {
    Known { name, title }
}

/// Charts with a fixed name, first those of one run.
pub(super) const CHARTS: &[Known] = &[
    known("gantt", "What ran where and when"),
    known("wait_cdf", "Distribution of waiting times"),
    known("wait_ccdf", "Tails of waiting, response and slowdown"),
    known("box", "Waiting times by class and width"),
    known("utilization", "Utilization over time"),
    known("queue", "Tasks in the system"),
    known("power", "Power over time"),
    known("power_by_kind", "Power over time, by kind of unit"),
    known("temperature", "The hottest unit over time"),
    known("residency", "Time at each clock"),
    known("memory", "Device memory over time"),
    known("packing", "Packing"),
    known("bars_utilization", "Utilization"),
    known("forest", "Differences from the baseline"),
    known("energy_response", "Energy and response time"),
    known("cdf_wait", "Distribution of waiting times"),
    known("ccdf_wait", "Tail of the waiting times"),
    known("cdf_response", "Distribution of response times"),
    known("ccdf_response", "Tail of the response times"),
    known("cdf_slowdown", "Distribution of bounded slowdowns"),
    known("ccdf_slowdown", "Tail of the bounded slowdowns"),
    known("fairness_cdf", "Distribution over users of their mean bounded slowdown"),
];

/// Charts that there may be for each metric: what stands before the metric's name, and what they show.
pub(super) const METRIC_CHARTS: &[(&str, &str)] = &[("bars_", "Mean over replications"), ("box_", "Replications")];

/// (prefix, metric) of a chart of one metric.
pub(super) fn metric_chart(name: &str) -> Option<(&'static str, &str)> {
    let fixed = CHARTS.iter().any(|chart| chart.name == name);
    let mut prefixes = METRIC_CHARTS.iter().filter(|_| !fixed);
    prefixes.find_map(|(prefix, _)| Some((*prefix, name.strip_prefix(prefix)?)))
}

/// Whether there can be such a chart.
pub(super) fn is_chart(name: &str) -> bool {
    CHARTS.iter().any(|chart| chart.name == name) || metric_chart(name).is_some()
}

/// A metric's name in the name of a file: LaTeX takes a second dot for the ending.
pub(super) fn in_file_name(metric: &str) -> String {
    metric.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect()
}

/// What axes call metrics; others are called by their names.
const TITLES: &[(&str, &str)] = &[
    ("wait_s.mean", "Mean waiting time"),
    ("wait_s.p50", "Median waiting time"),
    ("wait_s.p90", "90th percentile of waiting time"),
    ("wait_s.p99", "99th percentile of waiting time"),
    ("wait_s.max", "Longest waiting time"),
    ("response_s.mean", "Mean response time"),
    ("response_s.p50", "Median response time"),
    ("response_s.p90", "90th percentile of response time"),
    ("response_s.p99", "99th percentile of response time"),
    ("response_s.max", "Longest response time"),
    ("bounded_slowdown.mean", "Mean bounded slowdown"),
    ("bounded_slowdown.p99", "99th percentile of bounded slowdown"),
    ("makespan_s", "Makespan"),
    ("throughput_per_s", "Throughput (tasks per second)"),
    ("in_system.mean", "Mean number of tasks in the system"),
    ("queue.mean", "Mean number of waiting tasks"),
    ("energy_j.total", "Energy"),
    ("power_w.mean", "Mean power"),
    ("power_w.max", "Peak power"),
    ("edp_js", "Energy–delay product (J s)"),
    ("cloud.cost_usd", "Cloud cost"),
    ("deadline.miss_ratio", "Missed deadlines"),
    ("fairness.jain", "Jain's fairness index over users"),
    ("preemptions", "Preemptions"),
    ("utilization", "Utilization"),
    ("carbon.total_g", "Carbon"),
    ("tasks.completed", "Completed tasks"),
    ("user_slowdown", "Mean bounded slowdown of a user"),
    ("wait_s", "Waiting time"),
    ("response_s", "Response time"),
    ("bounded_slowdown", "Bounded slowdown"),
];

/// Metrics with bars and boxes of their own where nothing is chosen, those that matter most first.
pub(super) const HEADLINES: [&str; 8] = [
    "wait_s.mean",
    "wait_s.p99",
    "response_s.mean",
    "bounded_slowdown.mean",
    "makespan_s",
    "energy_j.total",
    "cloud.cost_usd",
    "deadline.miss_ratio",
];

/// What an axis calls a metric, without its unit.
pub(super) fn title_of(metric: &str) -> String {
    if let Some((_, title)) = TITLES.iter().find(|(name, _)| *name == metric) {
        return (*title).to_owned();
    }
    match metric.strip_prefix("utilization.") {
        Some(kind) => format!("Utilization of {kind}"),
        None => metric.to_owned(),
    }
}
