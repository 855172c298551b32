//! From what was gathered to metrics by name.

use crate::model::world::World;
use crate::sim::Counts;
use crate::stats::jain;
use crate::units::SimTime;

use super::spans::report_quantiles;
use super::{Fold, Mean, Metrics, SLOWDOWN_SCALE};

impl Fold {
    /// The metrics of a run that ended at `end`.
    ///
    /// Of a run that is drained: statistics and counts of tasks are over the tasks of the window, all else is over
    /// its time.
    pub fn finish(mut self, end: SimTime, world: &World, counts: Counts) -> Metrics {
        let over_time = self.window.metrics.take();
        let mut m = over_time.unwrap_or_else(|| self.over_time(end, world));
        if self.measured.is_drained() {
            put_counts(&mut m, self.window.counts, self.window.censored());
        } else {
            put_counts(&mut m, counts, world.tasks.in_system() as u64);
        }
        self.over_tasks(world, &mut m);
        m
    }

    /// What is counted or averaged over the time from the start of statistics to `end`.
    pub(super) fn over_time(&self, end: SimTime, world: &World) -> Metrics {
        let mut m = Metrics::new();
        let mut put = |name: &str, x: f64| {
            if x.is_finite() {
                m.insert(name.to_owned(), x);
            }
        };
        if self.abandoned > 0 {
            put("tasks.abandoned", self.abandoned as f64);
        }
        if self.retries > 0 {
            put("tasks.retries", self.retries as f64);
        }
        let window = (end - self.measured.from()).as_secs_f64();
        if self.first_arrival != SimTime::NEVER && self.last_end > SimTime::ZERO {
            put("makespan_s", (self.last_end - self.first_arrival).as_secs_f64());
        }
        if window > 0.0 {
            put("throughput_per_s", self.ended as f64 / window);
            for (name, level) in [("in_system.mean", &self.in_system), ("queue.mean", &self.queue)] {
                if let Some(mean) = level.mean(end) {
                    put(name, mean);
                }
            }
        }
        put("preemptions", self.preemptions as f64);
        for (name, time) in [("preemption.overhead_s", self.overhead), ("preemption.lost_s", self.lost)] {
            if !time.is_zero() {
                put(name, time.as_secs_f64());
            }
        }
        self.memory.report(end, world, &mut m);
        self.pressure.report(end, world, &mut m);
        self.cloud.report(world, &mut m);
        self.sleep.report(end, world, &mut m);
        self.power.report(window, world, &mut m);
        self.failures.report(window, &self.power.at_start, world, &mut m);
        self.heat.report(window, world, &mut m);
        self.facility.report(world, &mut m);
        self.cap.report(end, self.measured.from(), world, &mut m);
        m
    }

    /// What is over the tasks that are measured.
    fn over_tasks(&mut self, world: &World, m: &mut Metrics) {
        let mut put = |name: &str, x: f64| {
            if x.is_finite() {
                m.insert(name.to_owned(), x);
            }
        };
        if self.gangs_of_instances {
            let n = self.by_instance.count.max(1) as f64;
            put("instance.wait_s.mean", self.by_instance.wait as f64 / 1e9 / n);
            put("instance.response_s.mean", self.by_instance.response as f64 / 1e9 / n);
        }
        put("tasks.measured", self.wait.sketch.count() as f64);
        if self.deadlines.0 > 0 {
            put("deadline.miss_ratio", self.deadlines.1 as f64 / self.deadlines.0 as f64);
        }
        self.put_user_back();
        let means: Vec<f64> = self.by_user.values().filter_map(Mean::get).collect();
        if means.len() > 1
            && let Some(index) = jain(&means)
        {
            put("fairness.jain", index);
        }
        if let Some(mean) = self.slowdown.get() {
            put("bounded_slowdown.mean", mean);
        }
        self.classes(world, m);
        self.wait.report("wait_s", m);
        self.response.report("response_s", m);
        report_quantiles("bounded_slowdown", &self.slowdown_sketch, SLOWDOWN_SCALE, m);
        if let (Some(energy), Some(response)) = (m.get("energy_j.total"), m.get("response_s.mean")) {
            let edp = energy * response;
            m.insert("edp_js".into(), edp);
        }
    }

    /// `class.NAME.wait_s.mean` and its kin, where there are several classes.
    fn classes(&self, world: &World, m: &mut Metrics) {
        if world.classes.len() < 2 {
            return;
        }
        for (index, (class, sums)) in world.classes.iter().zip(&self.by_class).enumerate() {
            if sums.count == 0 {
                continue;
            }
            let name: String = class.name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
            // Two classes of one name are told apart by their number.
            let taken = m.contains_key(&format!("class.{name}.tasks"));
            let name = if taken { format!("{name}-{index}") } else { name };
            let mean = |sum: u128| sum as f64 / 1e9 / sums.count as f64;
            m.insert(format!("class.{name}.tasks"), sums.count as f64);
            m.insert(format!("class.{name}.wait_s.mean"), mean(sums.wait));
            m.insert(format!("class.{name}.response_s.mean"), mean(sums.response));
        }
    }
}

/// `tasks.submitted` and its kin.
fn put_counts(m: &mut Metrics, counts: Counts, censored: u64) {
    for (name, n) in [
        ("submitted", counts.submitted),
        ("completed", counts.completed),
        ("rejected", counts.rejected),
        ("failed", counts.failed),
        ("killed", counts.killed),
        ("censored", censored),
    ] {
        m.insert(format!("tasks.{name}"), n as f64);
    }
}
