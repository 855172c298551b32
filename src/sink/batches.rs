//! Batch means of one long run, gathered as it goes on.

use crate::record::{Observer, Record};
use crate::stats::{BatchMeans, Batches, batch_means};
use crate::units::SimTime;

use super::fold::{Measured, bounded_slowdown};

/// What the batches of one metric say.
#[derive(Clone, Debug, PartialEq)]
pub struct Batched {
    /// The metric.
    pub metric: &'static str,
    /// Number of batches.
    pub batches: u32,
    /// Tasks in each.
    pub size: u64,
    /// Interval and dependence.
    pub found: BatchMeans,
}

/// Batches of the measured tasks, in order of their end.
pub struct BatchedTasks {
    measured: Measured,
    wanted: u32,
    wait: Batches,
    response: Batches,
    slowdown: Batches,
}

impl BatchedTasks {
    /// `wanted` batches of the tasks that `measured` counts.
    pub fn new(measured: Measured, wanted: u32) -> Self {
        let batches = || Batches::new(wanted);
        Self { measured, wanted, wait: batches(), response: batches(), slowdown: batches() }
    }

    /// Intervals at the 95 % level of the metrics that have one value per task; none with fewer tasks than batches.
    pub fn finish(self) -> Vec<Batched> {
        let metrics = [
            ("wait_s.mean", &self.wait),
            ("response_s.mean", &self.response),
            ("bounded_slowdown.mean", &self.slowdown),
        ];
        let tell = |(metric, batches): (&'static str, &Batches)| {
            let (means, size) = batches.means()?;
            Some(Batched { metric, batches: self.wanted, size, found: batch_means(&means, 0.95)? })
        };
        metrics.into_iter().filter_map(tell).collect()
    }
}

impl Observer for BatchedTasks {
    fn on(&mut self, at: SimTime, record: &Record<'_>) {
        match record {
            Record::Ended(task, status) if self.measured.counts(task, *status) => {
                let response = at - task.arrival;
                self.wait.record((task.first_start - task.arrival).as_secs_f64());
                self.response.record(response.as_secs_f64());
                self.slowdown.record(bounded_slowdown(response, task.run));
            }
            Record::WarmedUp => {
                self.measured.start_over(at);
                for batches in [&mut self.wait, &mut self.response, &mut self.slowdown] {
                    batches.clear();
                }
            }
            _ => {}
        }
    }
}
