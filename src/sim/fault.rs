//! Failures and repairs: when, and what goes down with them.
//!
//! Units and nodes fail each for itself; a unit works while neither it nor its node is down. Each draws its times from
//! a stream of its own, so no policy changes them. At one instant finishes come first: a task that ends when its unit
//! fails has ended.

use crate::dist::Dist;
use crate::model::event::Event;
use crate::model::outage::Place;
use crate::model::unit::{EnergyState, UnitPhase};
use crate::queue::EventQueue;
use crate::record::{Observer, Record};
use crate::rng::{Purpose, StreamRng, Streams};
use crate::units::{NodeId, SimDuration, SimTime, TaskId, UnitId};

use super::{Aftermath, Simulation};

/// When something fails, and for how long.
#[derive(Clone, Debug)]
pub enum FaultLaw {
    /// Up for a time, down for a time, again and again: an alternating renewal process.
    Renewal {
        /// Time up before a failure, s.
        up: Dist,
        /// Time until it is repaired, s.
        down: Dist,
        /// Whether only time under load counts as time up.
        while_busy: bool,
    },
    /// Once.
    Once {
        /// When it fails.
        at: SimTime,
        /// Until it is repaired; `None` is never.
        down_for: Option<SimDuration>,
    },
}

/// Something that fails.
#[derive(Clone, Debug)]
pub struct FaultSource {
    /// What.
    pub place: Place,
    /// Which of the laws, by index.
    pub law: usize,
}

/// All that fails in a run.
#[derive(Clone, Debug)]
pub struct Faults {
    /// When things fail.
    pub laws: Vec<FaultLaw>,
    /// What fails.
    pub sources: Vec<FaultSource>,
    /// What becomes of the tasks that are hit.
    pub aftermath: Aftermath,
}

/// One source in motion.
struct Source {
    place: Place,
    law: usize,
    rng: StreamRng,
    down: bool,
    /// Where only time under load counts: the time under load at which it fails, in ns.
    due: u64,
    /// Whether its next event is in the queue.
    armed: bool,
}

/// All sources in motion.
pub(super) struct FaultState {
    laws: Vec<FaultLaw>,
    sources: Vec<Source>,
    /// By unit, the source that watches its load, if one does.
    watchers: Vec<Option<u32>>,
    pub(super) aftermath: Aftermath,
    /// Failures and repairs since a task was last started.
    since_start: u32,
}

/// After so many failures and repairs, with tasks waiting and none running, none will ever run.
const PATIENCE: u32 = 100_000;

impl FaultState {
    pub(super) fn new(faults: Faults, streams: &Streams, units: usize) -> Self {
        let mut watchers = Vec::new();
        let mut sources = Vec::with_capacity(faults.sources.len());
        for FaultSource { place, law } in faults.sources {
            let entity = match place {
                Place::Unit(unit) => u64::from(unit.0) << 1,
                Place::Node(node) => u64::from(node.0) << 1 | 1,
            };
            let busy = matches!(faults.laws.get(law), Some(FaultLaw::Renewal { while_busy: true, .. }));
            if let (true, Place::Unit(unit)) = (busy, place) {
                watchers.resize(units, None);
                watchers[unit.index()] = Some(sources.len() as u32);
            }
            let rng = streams.stream(Purpose::Failures, entity);
            sources.push(Source { place, law, rng, down: false, due: 0, armed: false });
        }
        Self { laws: faults.laws, sources, watchers, aftermath: faults.aftermath, since_start: 0 }
    }

    /// A time that takes time.
    fn draw(dist: &Dist, rng: &mut StreamRng) -> SimDuration {
        SimDuration::from_secs_f64_clamped(dist.sample(rng)).max(SimDuration::from_nanos(1))
    }
}

/// The next event of a source. What lies beyond the end of time never happens.
fn push(at: SimTime, place: u32, queue: &mut EventQueue<Event>) {
    if at < SimTime::NEVER {
        queue.push(at, Event::Fault { place, epoch: 0 });
    }
}

impl<O: Observer> Simulation<O> {
    /// Puts the first failure of each source into the event queue.
    pub(super) fn arm_faults(&mut self, queue: &mut EventQueue<Event>) {
        let count = self.faults.as_ref().map_or(0, |f| f.sources.len());
        for index in 0..count {
            self.arm_fault(index, SimTime::ZERO, queue);
        }
    }

    /// A source is up from now on: its next failure is set.
    fn arm_fault(&mut self, index: usize, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(state) = self.faults.as_deref_mut() else { return };
        let Some(source) = state.sources.get_mut(index) else { return };
        match state.laws.get(source.law) {
            Some(FaultLaw::Renewal { up, while_busy: true, .. }) => {
                let up = FaultState::draw(up, &mut source.rng).as_nanos();
                let Place::Unit(unit) = source.place else { return };
                source.due = self.world.units[unit.index()].time_in(EnergyState::Active, now).saturating_add(up);
            }
            Some(FaultLaw::Renewal { up, .. }) => {
                let at = now + FaultState::draw(up, &mut source.rng);
                push(at, index as u32, queue);
            }
            Some(FaultLaw::Once { at, .. }) => push(*at, index as u32, queue),
            None => {}
        }
    }

    /// A task has started: units that fail only under load begin to wear.
    pub(super) fn watch_busy_units(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(state) = self.faults.as_deref_mut() else { return };
        state.since_start = 0;
        if state.watchers.is_empty() {
            return;
        }
        for unit in self.world.tasks[id].units.as_slice() {
            let Some(index) = state.watchers.get(unit.index()).copied().flatten() else { continue };
            let Some(source) = state.sources.get_mut(index as usize).filter(|s| !s.armed) else { continue };
            let worn = self.world.units[unit.index()].time_in(EnergyState::Active, now);
            source.armed = true;
            let left = SimDuration::from_nanos(source.due.saturating_sub(worn));
            push(now + left, index, queue);
        }
    }

    /// Something fails or is repaired.
    pub(super) fn fault(&mut self, index: u32, _epoch: u32, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(state) = self.faults.as_deref_mut() else { return };
        let Some(source) = state.sources.get_mut(index as usize) else { return };
        let place = source.place;
        if source.down {
            source.down = false;
            state.since_start += 1;
            self.mend(place, now);
            if !matches!(self.law_of(index), Some(FaultLaw::Once { .. })) {
                self.arm_fault(index as usize, now, queue);
            }
            self.give_up_waiting(now);
            return;
        }
        source.armed = false;
        if let (Some(FaultLaw::Renewal { while_busy: true, .. }), Place::Unit(unit)) =
            (state.laws.get(source.law), place)
        {
            let at = &self.world.units[unit.index()];
            let left = source.due.saturating_sub(at.time_in(EnergyState::Active, now));
            if left > 0 {
                // It was idle for a while: it fails later, or is looked at again when it works.
                if at.state == EnergyState::Active {
                    source.armed = true;
                    push(now + SimDuration::from_nanos(left), index, queue);
                }
                return;
            }
        }
        source.down = true;
        let down_for = match state.laws.get(source.law) {
            Some(FaultLaw::Renewal { down, .. }) => Some(FaultState::draw(down, &mut source.rng)),
            Some(FaultLaw::Once { down_for, .. }) => *down_for,
            None => None,
        };
        self.break_down(place, now, queue);
        if let Some(length) = down_for {
            push(now + length, index, queue);
        }
    }

    fn law_of(&self, index: u32) -> Option<&FaultLaw> {
        let state = self.faults.as_deref()?;
        state.laws.get(state.sources.get(index as usize)?.law)
    }

    /// A place goes down, where it was not down before; tasks on it are hit.
    fn break_down(&mut self, place: Place, now: SimTime, queue: &mut EventQueue<Event>) {
        self.observer.on(now, &Record::Down(place));
        let Some(outages) = self.world.outages.as_deref_mut() else { return };
        let (units, node): (Vec<UnitId>, Option<NodeId>) = match place {
            Place::Unit(unit) => (outages.hit_unit(unit).then_some(unit).into_iter().collect(), None),
            Place::Node(node) => {
                let first = outages.hit_node(node);
                let units = self.world.cluster.nodes[node.index()].units.clone().map(UnitId);
                (units.filter(|u| outages.hit_unit(*u)).collect(), first.then_some(node))
            }
        };
        let hit = self.take_from(&units, node, now, queue);
        for &unit in &units {
            let phase = self.world.close_unit(unit, now);
            self.observer.on(now, &Record::UnitPhase(unit, phase));
        }
        if let Some(node) = node {
            self.world.close_node(node);
        }
        self.tell_of_hits(hit, &units, now, queue);
        self.cap_due();
        self.dirty = true;
    }

    /// A place is repaired: what has no other reason to be down works again.
    fn mend(&mut self, place: Place, now: SimTime) {
        self.observer.on(now, &Record::Up(place));
        let Some(outages) = self.world.outages.as_deref_mut() else { return };
        let (units, node): (Vec<UnitId>, Option<NodeId>) = match place {
            Place::Unit(unit) => (outages.mend_unit(unit).then_some(unit).into_iter().collect(), None),
            Place::Node(node) => {
                let last = outages.mend_node(node);
                let units = self.world.cluster.nodes[node.index()].units.clone().map(UnitId);
                (units.filter(|u| outages.mend_unit(*u)).collect(), last.then_some(node))
            }
        };
        if let Some(node) = node {
            self.world.open_node(node);
        }
        for &unit in &units {
            self.world.open_unit(unit, now);
            self.observer.on(now, &Record::UnitPhase(unit, UnitPhase::Awake));
            self.unloaded.push(unit);
        }
        self.tell_of_repairs(&units, now);
        self.cap_due();
        self.dirty = true;
    }

    /// Failures go on for ever; a run in which nothing else does must end.
    fn give_up_waiting(&mut self, now: SimTime) {
        let gauges = self.world.gauges;
        let stuck = gauges.waiting > 0 && gauges.running == 0 && gauges.in_cloud == 0 && self.open_sources == 0;
        if stuck && self.faults.as_ref().is_some_and(|f| f.since_start > PATIENCE) {
            let error = self.deadlock(now);
            self.fail(error);
        }
    }
}
