//! `packing.csv`: how full a cluster becomes, and how fragmented, as demand arrives.

use crate::model::fragmentation::{NodeWatch, Shapes};
use crate::model::task::Status;
use crate::model::world::World;
use crate::record::{Observer, Record};
use crate::units::{PoolId, Share, SimTime};

use super::Metrics;
use super::row::Row;

const HEADER: &[u8] = b"arrived_percent,arrived,placed,turned_away,allocated,fragmented,fragmented_of_idle\n";

/// More rows than this are thinned: a run that goes on for ever still ends as a table.
const MOST_ROWS: usize = 1 << 14;

/// What has come and what has become of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct State {
    /// Demand that has arrived: units times share, in millionths of a unit.
    demand: u64,
    arrived: u64,
    placed: u64,
    turned_away: u64,
    /// Free share in millionths of a unit.
    idle: u64,
    /// Sum of the nodes' fragments.
    fragment: u128,
}

/// Follows allocation and fragmentation over the demand that has arrived.
///
/// Fragments are those of the workload's common shapes ([`Shapes::COMMON`]), whatever the placement knows.
/// Only units that some class of tasks can use count. The demand is a part of their number; the row of a per cent is
/// the state after the last arrival, and what was decided at its instant, with which no more than that had arrived.
pub struct Packing {
    /// Units of these pools count.
    used: Vec<bool>,
    /// Their number in millionths.
    capacity: u64,
    shapes: Shapes,
    watch: NodeWatch,
    fragments: Vec<u128>,
    /// With all that was heard.
    now: State,
    /// After the last arrival.
    last: State,
    /// Whether something has arrived since.
    arrived: bool,
    /// The window of a run that is drained is over: what comes now is no part of the experiment.
    over: bool,
    rows: Vec<(u64, State)>,
    /// Distance of the rows in per cent.
    step: u64,
    next: u64,
}

impl Packing {
    /// Follows `world`, which is empty.
    pub fn new(world: &World) -> Self {
        let mut used = vec![false; world.cluster.pools.len()];
        for option in world.classes.iter().flat_map(|c| &c.options) {
            if let Some(used) = used.get_mut(option.pool.index()) {
                *used = true;
            }
        }
        let places = world.cluster.pools.iter().zip(&used).filter(|(_, used)| **used).map(|(p, _)| p.places);
        let mut packing = Self {
            capacity: places.sum(),
            used,
            shapes: world.shapes.covering(Shapes::COMMON),
            watch: NodeWatch::default(),
            fragments: vec![0; world.nodes.len()],
            now: State::default(),
            last: State::default(),
            arrived: false,
            over: false,
            rows: Vec::new(),
            step: 1,
            next: 0,
        };
        packing.see(world);
        packing.last = packing.now;
        packing
    }

    /// Reads idle share and fragments off the world.
    fn see(&mut self, world: &World) {
        self.now.idle = world.pools.iter().zip(&self.used).filter(|(_, used)| **used).map(|(p, _)| p.share).sum();
        let (mut state, mut free) = (Vec::new(), Vec::new());
        for (number, (node, left)) in world.cluster.nodes.iter().zip(&world.nodes).enumerate() {
            state.clear();
            state.push(left.cpus);
            free.clear();
            for unit in node.units.clone().map(|u| u as usize) {
                let (Some(place), Some(unit)) = (world.cluster.units.get(unit), world.units.get(unit)) else {
                    continue;
                };
                if self.used.get(place.pool.index()) == Some(&true) {
                    state.push(u64::from(unit.free.0));
                    free.push((place.pool, unit.free));
                }
            }
            if !self.watch.look(number, &state) {
                continue;
            }
            // Units of one pool need not stand side by side.
            free.sort_by_key(|(pool, _): &(PoolId, Share)| *pool);
            if let Some(fragment) = self.fragments.get_mut(number) {
                let after = self.shapes.fragment(left.cpus, &free);
                self.now.fragment = self.now.fragment + after - *fragment;
                *fragment = after;
            }
        }
    }

    /// Per cent of the capacity, rounded up.
    fn percent(&self, demand: u64) -> u64 {
        (u128::from(demand) * 100).div_ceil(u128::from(self.capacity.max(1))) as u64
    }

    /// Writes the rows of the last state, up to but not including the per cent `end`.
    fn fill(&mut self, end: u64) {
        while self.next < end {
            self.rows.push((self.next, self.last));
            self.next += self.step;
            if self.rows.len() >= MOST_ROWS {
                self.step *= 2;
                let step = self.step;
                self.rows.retain(|(percent, _)| percent % step == 0);
                self.next = self.rows.last().map_or(0, |(percent, _)| percent + step);
            }
        }
    }

    fn allocated(&self, state: &State) -> f64 {
        (self.capacity - state.idle.min(self.capacity)) as f64 / self.capacity.max(1) as f64
    }

    /// Fragments as a part of `units`, in millionths of a unit; nothing of nothing.
    fn fragmented(&self, state: &State, units: u64) -> Option<f64> {
        let whole = f64::from(Share::WHOLE.0);
        (units > 0).then(|| self.shapes.in_units(state.fragment) / (units as f64 / whole))
    }

    /// Adds the metrics of the end, and returns the file's text.
    pub fn finish(mut self, metrics: &mut Metrics) -> Vec<u8> {
        // A row holds what came up to its per cent, so the last one is the end.
        self.fill(self.percent(self.last.demand) + 1);
        let last = self.last;
        let mut put = |name: &str, x: Option<f64>| _ = x.and_then(|x| metrics.insert(format!("packing.{name}"), x));
        put("arrived", Some(last.demand as f64 / self.capacity.max(1) as f64));
        put("allocated", Some(self.allocated(&last)));
        put("fragmented", self.fragmented(&last, self.capacity));
        put("fragmented_of_idle", self.fragmented(&last, last.idle));
        let mut bytes = HEADER.to_vec();
        let mut row = Row::default();
        for (percent, state) in &self.rows {
            row.int(*percent).int(state.arrived).int(state.placed).int(state.turned_away);
            row.real(self.allocated(state));
            for units in [self.capacity, state.idle] {
                match self.fragmented(state, units) {
                    Some(part) => row.real(part),
                    None => row.empty(),
                };
            }
            row.end();
        }
        bytes.extend(row.take());
        bytes
    }
}

impl Observer for Packing {
    fn on(&mut self, _at: SimTime, record: &Record<'_>) {
        if self.over {
            return;
        }
        match record {
            Record::WindowEnded => self.over = true,
            Record::Submitted(task) => {
                self.arrived = true;
                self.now.arrived += 1;
                self.now.demand = self.now.demand.saturating_add(task.spec.demand());
            }
            Record::Placed(task) => self.now.placed += u64::from(task.preemptions == 0),
            Record::Ended(_, Status::Rejected) => self.now.turned_away += 1,
            _ => {}
        }
    }

    fn quiet(&mut self, _at: SimTime, world: &World) {
        if !std::mem::take(&mut self.arrived) {
            return;
        }
        // The state before is that of all per cents which only what came now has passed.
        self.fill(self.percent(self.now.demand));
        self.see(world);
        self.last = self.now;
    }
}
