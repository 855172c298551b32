//! What went to the cloud, what it cost, and what went wrong there.

use super::Metrics;
use crate::model::cloud::Fact;
use crate::model::task::Task;
use crate::model::world::World;
use crate::units::SimDuration;

#[derive(Clone, Debug, Default)]
pub(super) struct CloudFold {
    offloaded: u64,
    usd: f64,
    bytes: u128,
    facts: Option<Box<Facts>>,
}

/// What only some clouds bring.
#[derive(Clone, Debug, Default)]
struct Facts {
    failures: u64,
    retries: u64,
    spot_taken: u64,
    hedges: u64,
    came_home: u64,
    boots: u64,
    boot_time: SimDuration,
    breaker_open: SimDuration,
    idle_usd: f64,
    carbon: f64,
}

impl CloudFold {
    /// Something happened there.
    pub(super) fn on(&mut self, fact: Fact) {
        let facts = self.facts.get_or_insert_default();
        match fact {
            Fact::Failure => facts.failures += 1,
            Fact::Retry => facts.retries += 1,
            Fact::SpotTaken => facts.spot_taken += 1,
            Fact::Hedge => facts.hedges += 1,
            Fact::CameHome => facts.came_home += 1,
            Fact::Boot(time) => {
                facts.boots += 1;
                facts.boot_time += time;
            }
            Fact::BreakerOpen(time) => facts.breaker_open += time,
            Fact::Idle(usd) => facts.idle_usd += usd,
            Fact::Carbon(grams) => facts.carbon += grams,
        }
    }

    /// A task has ended, here or there.
    pub(super) fn end(&mut self, task: &Task) {
        if task.in_cloud {
            self.offloaded += 1;
            self.bytes += u128::from(task.spec.input.get()) + u128::from(task.spec.output.get());
        }
        // One that came home may have cost something before.
        self.usd += task.cost_usd;
    }

    pub(super) fn report(&self, world: &World, m: &mut Metrics) {
        if self.offloaded == 0 && self.facts.is_none() && world.classes.iter().all(|c| c.cloud_factor.is_none()) {
            return;
        }
        let idle = self.facts.as_ref().map_or(0.0, |f| f.idle_usd);
        m.insert("cloud.offloaded".into(), self.offloaded as f64);
        m.insert("cloud.cost_usd".into(), self.usd + idle);
        m.insert("cloud.bytes".into(), self.bytes as f64);
        if let Some(facts) = &self.facts {
            facts.report(m);
        }
    }
}

impl Facts {
    fn report(&self, m: &mut Metrics) {
        for (name, count) in [
            ("failures", self.failures),
            ("retries", self.retries),
            ("spot_preemptions", self.spot_taken),
            ("hedges", self.hedges),
            ("came_home", self.came_home),
            ("boots", self.boots),
        ] {
            if count > 0 {
                m.insert(format!("cloud.{name}"), count as f64);
            }
        }
        if self.boots > 0 {
            m.insert("cloud.boot_s.mean".into(), self.boot_time.as_secs_f64() / self.boots as f64);
        }
        for (name, amount) in [
            ("breaker_open_s", self.breaker_open.as_secs_f64()),
            ("idle_usd", self.idle_usd),
            ("carbon_g", self.carbon),
        ] {
            if amount > 0.0 {
                m.insert(format!("cloud.{name}"), amount);
            }
        }
    }
}
