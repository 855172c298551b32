//! A power budget for the whole machine, shared out as the run goes on.
//!
//! Each unit has an allotment, and the fastest P-state that keeps to it under full load is the most that it is left.
//! Allotments are lowered before others are raised, and a unit that has not yet come down holds what it draws: so
//! their sum is never above the budget, unless the lowest P-states alone are.

use crate::model::event::Event;
use crate::model::power_cap::{CapLevel, fastest_within, floor_power, full_power};
use crate::model::task::{PoolOption, Work};
use crate::model::world::World;
use crate::policy::power::cap::{CapShare, Claim, Step};
use crate::queue::EventQueue;
use crate::record::Observer;
use crate::sim::Simulation;
use crate::sim::check::{Broken, hold};
use crate::units::{Power, Share, SimDuration, SimTime, UnitId};

/// Parts of the budget between which a cap comes and goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bands {
    /// Above it the budget is shared out.
    pub cap: f64,
    /// The part that is then shared out.
    pub target: f64,
    /// Below it the units are let go.
    pub release: f64,
}

/// A power budget and how it is shared out.
pub struct CapConfig {
    /// Most power of all units together.
    pub budget: Power,
    /// The rule.
    pub share: Box<dyn CapShare>,
    /// Changes of load are answered at multiples of it; more than zero.
    pub period: SimDuration,
    /// Leaves the units alone until they draw too much.
    pub bands: Option<Bands>,
}

/// The budget in motion.
pub(in crate::sim) struct CapState {
    config: CapConfig,
    /// By unit, in microwatts.
    allotted: Vec<u64>,
    /// Whether the allotments bind.
    in_force: bool,
    /// A tick is in the queue.
    ticking: bool,
    /// A unit falls asleep or wakes: the budget is shared out before this instant ends.
    due: bool,
}

/// A part of the budget.
fn part(budget: Power, part: f64) -> u64 {
    Power::try_from_watts(budget.as_watts() * part).unwrap_or(Power::ZERO).as_microwatts()
}

fn total(powers: &[u64]) -> u64 {
    powers.iter().fold(0, |sum, p| sum.saturating_add(*p))
}

/// The fastest P-state that a unit could have without the cap, whatever its governor asks.
fn open_state(world: &World, unit: usize) -> u8 {
    let place = &world.cluster.units[unit];
    let pool = &world.cluster.pools[place.pool.index()];
    world.units[unit].clocks.heat.min(place.ceiling).min(pool.ceiling).min(pool.device.top())
}

/// What a unit claims, in the P-state that its governor asks for; and the most that it could draw.
fn claim(world: &World, unit: usize, with_steps: bool) -> (Claim, u64) {
    let at = &world.units[unit];
    let device = world.cluster.device(UnitId(unit as u32));
    let floor = floor_power(at, device).as_microwatts();
    let power = |p: u8| full_power(device, at.size.devices, p).as_microwatts();
    let open = open_state(world, unit);
    let priorities = at.residents.iter().map(|id| world.tasks[*id].spec.priority);
    let claim = Claim {
        floor,
        demand: power(open.min(at.clocks.asked)).max(floor),
        priority: priorities.fold(f64::NEG_INFINITY, f64::max),
        steps: if with_steps { steps(world, unit, open) } else { Vec::new() },
    };
    (claim, power(open).max(floor))
}

/// Power and speed of a unit's P-states up to `open`, for the tasks on it; for any task where there are none.
fn steps(world: &World, unit: usize, open: u8) -> Vec<Step> {
    let at = &world.units[unit];
    let device = world.cluster.device(UnitId(unit as u32));
    let busy = at.residents.iter().map(|id| &world.tasks[*id]).filter(|task| task.is_busy());
    let runners: Vec<(f64, &PoolOption, &Work)> = busy
        .filter_map(|task| {
            let option = world.class_of(task).option(task.pool)?;
            Some((task.spec.share.as_fraction() * option.speed, option, &task.spec.work))
        })
        .collect();
    let speed = |p: u8| -> f64 {
        let p = usize::from(p);
        if runners.is_empty() {
            return device.speed * at.size.devices.as_fraction() * device.rate(p, device.scaling());
        }
        runners.iter().map(|(weight, option, work)| weight * option.rate(device, p, work)).sum()
    };
    let power = |p: u8| full_power(device, at.size.devices, p).as_microwatts();
    (0..=open).map(|p| Step { power: power(p), speed: speed(p) }).collect()
}

impl CapState {
    pub(in crate::sim) fn new(config: CapConfig, units: usize) -> Self {
        Self { config, allotted: vec![0; units], in_force: false, ticking: false, due: false }
    }

    /// Allotments of `budget` for the machine as it is: first for what the units under load are asked for, then for the
    /// others; what is left raises all, so that the next wish of a governor finds room.
    fn divide(&self, world: &World, budget: u64) -> Vec<u64> {
        let with_steps = self.config.share.looks_at_speed();
        let (mut claims, most): (Vec<Claim>, Vec<u64>) =
            (0..world.units.len()).map(|unit| claim(world, unit, with_steps)).unzip();
        let all: Vec<usize> = (0..claims.len()).collect();
        let (busy, idle) = all.iter().partition(|i| world.units[**i].load > Share::ZERO);
        self.give(budget, &mut claims, busy);
        self.give(budget, &mut claims, idle);
        for (claim, most) in claims.iter_mut().zip(most) {
            claim.demand = most.max(claim.floor);
        }
        self.give(budget, &mut claims, all);
        claims.into_iter().map(|c| c.floor).collect()
    }

    /// Divides what the floors leave of `budget` among `members`; what they get are their floors from then on.
    fn give(&self, budget: u64, claims: &mut [Claim], members: Vec<usize>) {
        let sum = |claims: &[Claim]| claims.iter().fold(0u64, |sum, c| sum.saturating_add(c.floor));
        let Some(spare) = budget.checked_sub(sum(claims)).filter(|spare| *spare > 0) else { return };
        if members.iter().all(|i| claims[*i].demand <= claims[*i].floor) {
            return;
        }
        let claimed: Vec<Claim> = members.iter().map(|i| claims[*i].clone()).collect();
        let mut given: Vec<u64> = claimed.iter().map(|c| c.floor).collect();
        self.config.share.share(sum(&claimed).saturating_add(spare), &claimed, &mut given);
        for (i, power) in members.into_iter().zip(given) {
            claims[i].floor = power;
        }
    }
}

impl<O: Observer> Simulation<O> {
    /// The first tick is at time zero.
    pub(in crate::sim) fn begin_cap(&mut self, queue: &mut EventQueue<Event>) {
        if let Some(cap) = &mut self.cap {
            cap.ticking = true;
            queue.push(SimTime::ZERO, Event::CapTick);
        }
    }

    /// The load of a unit, or what it is asked for, has changed: at the next tick the budget is shared out anew.
    pub(in crate::sim) fn arm_cap(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(cap) = &mut self.cap else { return };
        if !cap.ticking {
            cap.ticking = true;
            let period = cap.config.period.as_nanos().max(1);
            let next = now.as_nanos() / period + 1;
            queue.push(SimTime::from_nanos(next.saturating_mul(period)), Event::CapTick);
        }
    }

    /// A unit falls asleep or wakes: what it draws is no longer a matter of its P-state.
    pub(in crate::sim) fn cap_due(&mut self) {
        if let Some(cap) = &mut self.cap {
            cap.due = true;
        }
    }

    /// Before an instant ends: shares out the budget where that cannot wait.
    pub(in crate::sim) fn settle_cap(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        if self.cap.as_ref().is_some_and(|cap| cap.due) {
            self.share_power(now, queue);
        }
    }

    /// A cap tick.
    pub(in crate::sim) fn cap_tick(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        if let Some(cap) = &mut self.cap {
            cap.ticking = false;
        }
        self.share_power(now, queue);
    }

    /// Looks at the bands, and shares out the budget.
    fn share_power(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        // Without the state in its place, the clocks that are set here arm no tick.
        let Some(mut cap) = self.cap.take() else { return };
        cap.due = false;
        let budget = cap.config.budget;
        let drawn = self.world.gauges.total_power().as_microwatts();
        let again = match cap.config.bands {
            None => self.set_allotments(&mut cap, budget.as_microwatts(), now, queue),
            Some(bands) if drawn > part(budget, bands.cap) => {
                self.set_allotments(&mut cap, part(budget, bands.target), now, queue)
            }
            Some(bands) if cap.in_force && drawn < part(budget, bands.release) => {
                self.let_go(&mut cap, now, queue);
                true
            }
            Some(_) => false,
        };
        let allotted = if cap.in_force { total(&cap.allotted) } else { budget.as_microwatts() };
        self.world.cap = Some(CapLevel { budget, allotted: Power::from_microwatts(allotted) });
        self.cap = Some(cap);
        if again {
            self.arm_cap(now, queue);
        }
    }

    /// Divides `budget` and sets the clocks; `true` where it is to be looked at again.
    fn set_allotments(&mut self, cap: &mut CapState, budget: u64, now: SimTime, queue: &mut EventQueue<Event>) -> bool {
        let target = cap.divide(&self.world, budget);
        let before = std::mem::replace(&mut cap.in_force, true);
        if !before {
            // Nothing was allotted: the present clocks are what each unit holds.
            cap.allotted = (0..target.len()).map(|unit| self.drawn_at_full_load(unit)).collect();
        }
        let mut changed = false;
        for (unit, power) in target.iter().enumerate() {
            if *power < cap.allotted[unit] {
                cap.allotted[unit] = *power;
            }
            changed |= self.set_cap(unit, cap.allotted[unit], now, queue);
        }
        // What a unit draws that has not come down yet is not free.
        let held = |world: &Self, unit: usize, allotted: u64| allotted.max(world.drawn_now(unit));
        let mut sum: u64 = (0..target.len()).fold(0, |s, u| s.saturating_add(held(self, u, cap.allotted[u])));
        let mut waits = false;
        for (unit, power) in target.iter().enumerate() {
            if *power <= cap.allotted[unit] {
                continue;
            }
            let now_held = held(self, unit, cap.allotted[unit]);
            let then = sum - now_held + (*power).max(now_held);
            let floor = floor_power(&self.world.units[unit], self.world.cluster.device(UnitId(unit as u32)));
            if then > budget && *power > floor.as_microwatts() {
                waits = true;
                continue;
            }
            sum = then;
            cap.allotted[unit] = *power;
            changed |= self.set_cap(unit, *power, now, queue);
        }
        waits || (changed && cap.config.bands.is_some())
    }

    /// Full-load power of the clock that a unit is left, in microwatts.
    fn drawn_at_full_load(&self, unit: usize) -> u64 {
        let at = &self.world.units[unit];
        full_power(self.world.cluster.device(UnitId(unit as u32)), at.size.devices, at.pstate).as_microwatts()
    }

    /// Full-load power of a unit's present clock where that is above what it is left; else 0.
    fn drawn_now(&self, unit: usize) -> u64 {
        let at = &self.world.units[unit];
        if at.pstate > at.clocks.lowest() { self.drawn_at_full_load(unit) } else { 0 }
    }

    /// Leaves a unit the fastest P-state that keeps to `power`, or its lowest; whether that is another.
    fn set_cap(&mut self, unit: usize, power: u64, now: SimTime, queue: &mut EventQueue<Event>) -> bool {
        let id = UnitId(unit as u32);
        let devices = self.world.units[unit].size.devices;
        let within = fastest_within(self.world.cluster.device(id), devices, Power::from_microwatts(power));
        self.leave(id, within.unwrap_or(0), now, queue)
    }

    /// Leaves a unit the P-states up to `cap`, as far as its own limit does.
    fn leave(&mut self, unit: UnitId, cap: u8, now: SimTime, queue: &mut EventQueue<Event>) -> bool {
        let place = &self.world.cluster.units[unit.index()];
        let cap = cap.min(place.ceiling).min(self.world.cluster.pools[place.pool.index()].ceiling);
        let clocks = &mut self.world.units[unit.index()].clocks;
        if clocks.cap == cap {
            return false;
        }
        clocks.cap = cap;
        self.reclock(unit, now, queue);
        true
    }

    /// The units draw little: each may do what its own limit allows.
    fn let_go(&mut self, cap: &mut CapState, now: SimTime, queue: &mut EventQueue<Event>) {
        cap.in_force = false;
        for unit in 0..self.world.units.len() {
            self.leave(UnitId(unit as u32), u8::MAX, now, queue);
        }
    }

    /// That the allotments keep to the budget, and the units to their allotments.
    pub(in crate::sim) fn check_cap(&self) -> Result<(), Broken> {
        let Some(cap) = &self.cap else { return Ok(()) };
        if !cap.in_force {
            return Ok(());
        }
        let world = &self.world;
        let mut floors = 0u64;
        for (i, (unit, allotted)) in world.units.iter().zip(&cap.allotted).enumerate() {
            let device = world.cluster.device(UnitId(i as u32));
            let floor = floor_power(unit, device);
            floors = floors.saturating_add(floor.as_microwatts());
            let full = full_power(device, unit.size.devices, unit.clocks.lowest());
            let kept = full <= Power::from_microwatts(*allotted).max(floor);
            hold(kept, || format!("unit {i}: its P-state draws {} uW of {allotted} uW", full.as_microwatts()))?;
        }
        let (sum, budget) = (total(&cap.allotted), cap.config.budget.as_microwatts());
        hold(sum <= budget.max(floors), || format!("{sum} uW are allotted of a budget of {budget} uW"))
    }
}
