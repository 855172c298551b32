//! Adaptation: what learners are told, and what they may change.

use crate::model::event::Event;
use crate::model::task::{Phase, Status};
use crate::policy::{ClusterView, EpochStats};
use crate::queue::EventQueue;
use crate::record::Observer;
use crate::units::{Energy, SimDuration, SimTime, TaskId};

use super::Simulation;

/// Bounded slowdown's threshold (Feitelson & Rudolph 1998).
pub const SLOWDOWN_TAU: SimDuration = SimDuration::from_secs(10);

/// Sums over the present epoch.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct EpochState {
    ended: u64,
    wait: f64,
    slowdown: f64,
    energy_before: Energy,
}

impl<O: Observer> Simulation<O> {
    /// An ended task is told to the learner.
    pub(super) fn learn_end(&mut self, id: TaskId, status: Status, now: SimTime) {
        if !self.setup.learns {
            return;
        }
        let run = self.reference_run(id);
        let view = ClusterView::new(&self.world, now);
        self.policies.adaptive.on_end(view.task(id), status, run);
        let task = &self.world.tasks[id];
        if task.first_start != SimTime::NEVER && self.policies.adaptive.epoch().is_some() {
            let response = (now - task.arrival).as_secs_f64();
            self.epoch.ended += 1;
            self.epoch.wait += (task.first_start - task.arrival).as_secs_f64();
            self.epoch.slowdown += (response / task.run.max(SLOWDOWN_TAU).as_secs_f64()).max(1.0);
        }
    }

    /// An epoch is over: the learner may pick another scheduler.
    pub(super) fn epoch_ends(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        self.world.close_all(now);
        let energy: Energy = self.world.units.iter().flat_map(|u| u.totals.energy).sum();
        let sums = std::mem::take(&mut self.epoch);
        let n = sums.ended.max(1) as f64;
        let stats = EpochStats {
            ended: sums.ended,
            wait_mean: sums.wait / n,
            slowdown_mean: sums.slowdown / n,
            energy: (energy - sums.energy_before).as_joules(),
            waiting: u64::from(self.world.gauges.waiting),
        };
        self.epoch.energy_before = energy;
        if let Some(arm) = self.policies.adaptive.choose(&stats, &mut self.adaptive_rng)
            && let Some(name) = self.policies.adaptive.arms().get(arm)
            && let Some(scheduler) = (self.policies.arms)(name)
        {
            self.policies.scheduler = scheduler;
            self.hand_over(now);
            self.dirty = true;
        }
        // Without anything else to come, more epochs would only hide that the run is stuck.
        if let Some(epoch) = self.policies.adaptive.epoch()
            && (self.dirty || queue.len() > usize::from(self.tariff_pending))
        {
            queue.push(now + epoch, Event::AdaptEpoch);
        }
    }

    /// Tells a new scheduler which tasks wait, and which are blocked, in order of arrival.
    fn hand_over(&mut self, now: SimTime) {
        let stays = |phase| matches!(phase, Phase::Waiting | Phase::Blocked);
        let mut tasks: Vec<(u64, TaskId, Phase)> =
            self.world.tasks.iter().filter(|(_, t)| stays(t.phase)).map(|(id, t)| (t.seq, id, t.phase)).collect();
        tasks.sort_unstable_by_key(|(seq, ..)| *seq);
        let view = ClusterView::new(&self.world, now);
        for (_, id, phase) in tasks {
            match phase {
                Phase::Blocked => self.policies.scheduler.on_blocked(id, &view),
                _ => self.policies.scheduler.on_ready(id, &view),
            }
        }
    }
}
