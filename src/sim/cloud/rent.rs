//! Instances: standing in line for them, booting, giving back, paying.

use crate::model::cloud::{Fact, Instance};
use crate::model::event::Event;
use crate::queue::EventQueue;
use crate::record::Observer;
use crate::units::{SimDuration, SimTime};

use super::super::Simulation;
use super::Cloud;
use super::config::Choice;
use super::draw::{Key, What};
use super::job::{Copy, CopyId, Held, Timer};

/// Grams of CO2 of `time` on so many instances.
fn carbon(cloud: &Cloud, choice: Choice, time: SimDuration, instances: usize) -> Option<Fact> {
    let kilowatts = cloud.config.instance(choice).power / 1e3;
    let hours = time.as_secs_f64() * instances as f64 / 3600.0;
    let grams = kilowatts * hours * cloud.config.region(choice).carbon;
    (grams > 0.0).then_some(Fact::Carbon(grams))
}

impl Cloud {
    /// What the time costs that nobody had `instance`, which is let go at `end`; and what of it is rounding.
    pub(super) fn idle_facts(&self, choice: Choice, instance: Instance, end: SimTime) -> Vec<Fact> {
        let tariff = self.config.tariff(Choice { spot: false, ..choice });
        let life = end - instance.since;
        let rest = tariff.cost(life, 1) - tariff.pro_rata(instance.held);
        let idle = (rest > 0.0).then_some(Fact::Idle(rest));
        idle.into_iter().chain(carbon(self, choice, life - instance.held, 1)).collect()
    }

    /// Gives back what a copy has rented. Tells what it costs, and what else there is to tell.
    pub(super) fn give_back(&mut self, copy: &mut Copy, units: u32, now: SimTime) -> (f64, Option<Fact>) {
        let choice = self.choice(copy);
        let tariff = self.config.tariff(choice);
        let time = now - copy.held_since;
        match std::mem::replace(&mut copy.held, Held::Nothing) {
            Held::Nothing | Held::InLine => (0.0, None),
            Held::Fresh => (tariff.cost(time, units), carbon(self, choice, time, units as usize)),
            Held::Pooled(instances) => {
                let count = instances.len();
                let keep = !choice.spot && copy.booted;
                let mut usd = 0.0;
                for instance in instances {
                    usd += self.return_one(choice, instance, time, keep, now);
                }
                (usd, carbon(self, choice, time, count))
            }
        }
    }

    /// Gives back one instance that was held for `time`. Who has it when it is let go pays what rounding and minimum
    /// add; of one that is kept, its time alone.
    fn return_one(&mut self, choice: Choice, instance: Instance, time: SimDuration, keep: bool, now: SimTime) -> f64 {
        let tariff = self.config.tariff(choice);
        let Some(rented) = &mut self.pools[choice.pool] else { return 0.0 };
        let mut after = instance;
        after.held += time;
        if !keep {
            rented.pool.let_go(choice.spot);
        } else if rented.pool.give_back(after, now).is_none() {
            return tariff.pro_rata(time);
        }
        let paid = if instance.held.is_zero() { 0.0 } else { tariff.pro_rata(instance.held) };
        (tariff.cost(now - instance.since, 1) - paid).max(0.0)
    }

    /// Puts the time at which the next instance may be let go into the event queue.
    fn arm_expiry(&mut self, pool: usize, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(Some(rented)) = self.pools.get_mut(pool) else { return };
        if let Some(at) = rented.pool.next_expiry().map(|at| at.max(now))
            && rented.armed.is_none_or(|armed| at < armed)
        {
            rented.armed = Some(at);
            queue.push(at, Event::CloudTimer { timer: pool as u32 });
        }
    }
}

impl<O: Observer> Simulation<O> {
    /// A copy asks for its instances, unless it has.
    pub(super) fn rent(&mut self, id: CopyId, now: SimTime, queue: &mut EventQueue<Event>) {
        let units = self.world.tasks[id.task].spec.units.max(1);
        let Some(cloud) = &mut self.cloud else { return };
        let Some(copy) = cloud.copy(id).filter(|c| c.held == Held::Nothing) else { return };
        copy.held = Held::InLine;
        let option = usize::from(copy.option);
        let choice = cloud.choices[option];
        let Some(rented) = &mut cloud.pools[choice.pool] else {
            self.rented(id, Held::Fresh, true, now, queue);
            return;
        };
        let taken = rented.pool.take(id, units, choice.spot, now);
        if let Some(instances) = taken {
            let booted = instances.iter().all(|i| i.booted);
            self.rented(id, Held::Pooled(instances), booted, now, queue);
        }
    }

    /// A copy has got its instances; new ones boot first.
    fn rented(&mut self, id: CopyId, held: Held, booted: bool, now: SimTime, queue: &mut EventQueue<Event>) {
        let seq = self.world.tasks[id.task].seq;
        let Some(cloud) = &mut self.cloud else { return };
        let Some(copy) = cloud.copy(id) else { return };
        (copy.held, copy.held_since, copy.booted) = (held, now, booted);
        let (option, attempt) = (usize::from(copy.option), copy.attempt);
        let choice = cloud.choices[option];
        let key = Key { task: seq, attempt };
        let draws = cloud.config.draws(choice);
        let boot = if booted { SimDuration::ZERO } else { cloud.draws.seconds(What::Boot, key, &draws.boot) };
        if choice.spot {
            let life = cloud.draws.seconds(What::Life, key, &draws.life);
            self.set_timer(id.task, Timer::Taken(id.which), life, now, queue);
        }
        if booted {
            return;
        }
        if boot.is_zero() {
            self.booted_now(id);
            return;
        }
        self.fact(Fact::Boot(boot), now);
        self.set_timer(id.task, Timer::Booted(id.which), boot, now, queue);
    }

    fn booted_now(&mut self, id: CopyId) {
        if let Some(copy) = self.cloud.as_mut().and_then(|c| c.copy(id)) {
            copy.booted = true;
        }
    }

    pub(super) fn booted(&mut self, id: CopyId, now: SimTime, queue: &mut EventQueue<Event>) {
        self.booted_now(id);
        self.run_if_ready(id, now, queue);
    }

    /// A copy gives back its instances, pays for them, and others may have them.
    pub(super) fn pay(&mut self, id: CopyId, copy: &mut Copy, now: SimTime, queue: &mut EventQueue<Event>) {
        let units = self.world.tasks[id.task].spec.units.max(1);
        let Some(cloud) = &mut self.cloud else { return };
        let pool = cloud.choice(copy).pool;
        if copy.held == Held::InLine
            && let Some(rented) = &mut cloud.pools[pool]
        {
            rented.pool.leave(id);
        }
        let (usd, fact) = cloud.give_back(copy, units, now);
        self.world.tasks[id.task].cost_usd += usd;
        if let Some(fact) = fact {
            self.fact(fact, now);
        }
        self.serve_line(pool, now, queue);
    }

    /// Those in line for a type get what there is.
    fn serve_line(&mut self, pool: usize, now: SimTime, queue: &mut EventQueue<Event>) {
        loop {
            let Some(cloud) = &mut self.cloud else { return };
            let (jobs, choices) = (&cloud.jobs, &cloud.choices);
            let is_spot = |id: CopyId| {
                let copy = jobs.get(id.task.index()).and_then(|j| j.copies.get(usize::from(id.which))?.as_ref());
                copy.is_some_and(|c| choices[usize::from(c.option)].spot)
            };
            let Some(Some(rented)) = cloud.pools.get_mut(pool) else { return };
            let Some((id, instances)) = rented.pool.serve_next(now, is_spot) else { break };
            let booted = instances.iter().all(|i| i.booted);
            self.rented(id, Held::Pooled(instances), booted, now, queue);
            self.run_if_ready(id, now, queue);
        }
        if let Some(cloud) = &mut self.cloud {
            cloud.arm_expiry(pool, now, queue);
        }
    }

    /// Instances that have idled long enough are let go.
    pub(super) fn expire_instances(&mut self, pool: usize, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(cloud) = &mut self.cloud else { return };
        let Some(choice) = cloud.choices.iter().find(|c| c.pool == pool && !c.spot).copied() else { return };
        let Some(Some(rented)) = cloud.pools.get_mut(pool) else { return };
        if rented.armed.is_some_and(|at| at <= now) {
            rented.armed = None;
        }
        let gone: Vec<Instance> = std::iter::from_fn(|| rented.pool.expire(now)).collect();
        let facts: Vec<Fact> = gone.into_iter().flat_map(|i| cloud.idle_facts(choice, i, now)).collect();
        for fact in facts {
            self.fact(fact, now);
        }
        self.serve_line(pool, now, queue);
    }
}
