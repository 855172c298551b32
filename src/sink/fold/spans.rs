//! Durations and their quantiles.

use super::Metrics;
use crate::stats::QuantileSketch;
use crate::units::SimDuration;

/// Durations: an exact sum and quantiles.
#[derive(Clone, Debug)]
pub(super) struct Spans {
    pub(super) sum: u128,
    pub(super) sketch: QuantileSketch,
}

impl Spans {
    pub(super) fn new() -> Self {
        Self { sum: 0, sketch: QuantileSketch::new() }
    }

    pub(super) fn record(&mut self, span: SimDuration) {
        self.sum += u128::from(span.as_nanos());
        self.sketch.record(span.as_nanos());
    }

    pub(super) fn report(&self, name: &str, metrics: &mut Metrics) {
        let count = self.sketch.count();
        if count == 0 {
            return;
        }
        metrics.insert(format!("{name}.mean"), self.sum as f64 / 1e9 / count as f64);
        report_quantiles(name, &self.sketch, 1e9, metrics);
    }
}

pub(super) fn report_quantiles(name: &str, sketch: &QuantileSketch, scale: f64, metrics: &mut Metrics) {
    for (label, q) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)] {
        if let Some(x) = sketch.quantile(q) {
            metrics.insert(format!("{name}.{label}"), x as f64 / scale);
        }
    }
    if let Some(x) = sketch.max() {
        metrics.insert(format!("{name}.max"), x as f64 / scale);
    }
}
