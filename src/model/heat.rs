//! Temperatures of the units in motion. There is none of this where no device has thermal figures.

use crate::units::{Power, SimDuration, SimTime, UnitId};

use super::cluster::Cluster;
use super::device::Device;
use super::steps::Steps;
use super::thermal::{Segment, Thermal};
use super::unit::{EnergyState, Unit};

/// Temperature of the air where the scenario does not say, in °C.
pub const ROOM: f64 = 25.0;

/// Sums over the life of one unit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HeatTotals {
    /// Highest temperature so far in °C.
    pub peak: f64,
    /// Integral of the temperature in °C s.
    pub degree_seconds: f64,
    /// Energy beyond that at the reference temperature in J, for all its devices; negative for a cold unit.
    pub leakage: f64,
    /// How long heat has held its clock down.
    pub throttled: SimDuration,
    /// How often heat took its clock down, not counting further steps.
    pub throttles: u64,
}

/// One unit with thermal figures. A pooled unit counts as so many equal devices.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its device's figures.
    pub thermal: Thermal,
    /// The P-state that heat forces; `None`: it does not.
    pub level: Option<u8>,
    /// Sums up to the last closing.
    pub totals: HeatTotals,
    /// Highest temperature since statistics started.
    pub window_peak: f64,
    segment: Segment,
    since: SimTime,
    /// The course up to the last closing, and since when.
    before: (Segment, SimTime),
    devices: f64,
    /// Of one device at the reference temperature, in W.
    power: f64,
    leaks: bool,
    /// Highest temperature that it can ever have.
    bound: f64,
    /// In the list of units whose course has changed.
    listed: bool,
}

/// Leakage is that of a powered chip: the powers of sleep and of the ways there are taken as they are.
fn leaks(state: EnergyState) -> bool {
    matches!(state, EnergyState::Active | EnergyState::Idle)
}

impl Node {
    fn new(thermal: Thermal, unit: &Unit, device: &Device, ambient: f64, hottest: f64) -> Self {
        let devices = unit.size.devices.as_fraction();
        let (power, state) = (unit.power.as_watts() / devices, leaks(unit.state));
        let most = |p: Power, state: bool| Segment::new(&thermal, ambient, hottest, p.as_watts(), state).limit;
        let awake = device.pstates.iter().map(|p| p.active).chain([device.idle]).map(|p| most(p, true));
        let asleep = device.sleep.iter().flat_map(|s| [s.power, s.entry_power, s.wake_power]).map(|p| most(p, false));
        let segment = Segment::new(&thermal, ambient, ambient, power, state);
        let totals = HeatTotals { peak: ambient, ..HeatTotals::default() };
        Self {
            bound: awake.chain(asleep).fold(ambient, f64::max),
            thermal,
            level: None,
            totals,
            window_peak: ambient,
            before: (segment, SimTime::ZERO),
            segment,
            since: SimTime::ZERO,
            devices,
            power,
            leaks: state,
            listed: false,
        }
    }

    /// The present course, from the last closing on.
    pub const fn segment(&self) -> &Segment {
        &self.segment
    }

    /// Temperature at `time` in °C, which is not before the closing before the last one.
    pub fn temperature(&self, time: SimTime) -> f64 {
        let (segment, since) =
            if time >= self.since { (&self.segment, self.since) } else { (&self.before.0, self.before.1) };
        segment.at((time - since).as_secs_f64())
    }

    /// Brings temperature and sums up to `now`; returns the joules by which the energy of the time since the last
    /// closing differs from that at the reference temperature.
    fn close(&mut self, now: SimTime) -> f64 {
        let passed = now - self.since;
        if passed.is_zero() {
            return 0.0;
        }
        let seconds = passed.as_secs_f64();
        let area = self.segment.integral(seconds);
        let growth = if self.leaks { self.thermal.leakage } else { 0.0 };
        let extra = growth * (area - self.thermal.reference * seconds) * self.devices;
        self.before = (self.segment, self.since);
        self.segment.start = self.segment.at(seconds);
        self.since = now;
        self.totals.degree_seconds += area;
        self.totals.leakage += extra;
        self.note_peak();
        if self.level.is_some() {
            self.totals.throttled += passed;
        }
        extra
    }

    fn note_peak(&mut self) {
        self.totals.peak = self.totals.peak.max(self.segment.start);
        self.window_peak = self.window_peak.max(self.segment.start);
    }

    fn restart(&mut self, ambient: f64) {
        self.segment = Segment::new(&self.thermal, self.segment.start, ambient, self.power, self.leaks);
    }
}

/// All units with thermal figures.
#[derive(Clone, Debug)]
pub struct Heat {
    nodes: Vec<Option<Node>>,
    steps: Steps<f64>,
    ambient: f64,
    coldest: f64,
    changed: Vec<UnitId>,
}

impl Heat {
    /// All units at the temperature of the air; `None` where no device has thermal figures.
    pub fn new(cluster: &Cluster, units: &[Unit]) -> Option<Self> {
        let steps = cluster.ambient.clone().unwrap_or_else(|| Steps::constant(ROOM));
        let ambient = steps.at(SimTime::ZERO).unwrap_or(ROOM);
        let hottest = steps.values().fold(ambient, f64::max);
        let coldest = steps.values().fold(ambient, f64::min);
        let node = |(unit, place): (&Unit, &super::cluster::UnitPlace)| {
            let device = &cluster.pools[place.pool.index()].device;
            device.thermal.map(|thermal| Node::new(thermal, unit, device, ambient, hottest))
        };
        let nodes: Vec<Option<Node>> = units.iter().zip(&cluster.units).map(node).collect();
        let warm = nodes.iter().any(Option::is_some);
        let mut heat = Self { nodes, steps, ambient, coldest, changed: Vec::new() };
        (0..units.len()).for_each(|i| heat.list(UnitId(i as u32)));
        warm.then_some(heat)
    }

    /// The unit's thermal state, if its device has one.
    pub fn node(&self, unit: UnitId) -> Option<&Node> {
        self.nodes.get(unit.index()).and_then(Option::as_ref)
    }

    fn node_mut(&mut self, unit: UnitId) -> Option<&mut Node> {
        self.nodes.get_mut(unit.index()).and_then(Option::as_mut)
    }

    /// All units with thermal figures, with their numbers.
    pub fn nodes(&self) -> impl Iterator<Item = (UnitId, &Node)> {
        (0..).zip(&self.nodes).filter_map(|(i, node)| Some((UnitId(i), node.as_ref()?)))
    }

    /// Brings the unit up to `now`, before its power changes: what leakage adds goes into its energy.
    pub fn close(&mut self, id: UnitId, now: SimTime, unit: &mut Unit) {
        let Some(node) = self.node_mut(id) else { return };
        let extra = node.close(now);
        if extra != 0.0 {
            let energy = &mut unit.totals.energy[unit.state as usize];
            *energy = energy.adjusted(extra);
        }
    }

    /// Takes in the power of a unit that has just been closed.
    pub fn follow(&mut self, id: UnitId, unit: &Unit) {
        let ambient = self.ambient;
        let Some(node) = self.node_mut(id) else { return };
        let (power, leaks) = (unit.power.as_watts() / node.devices, leaks(unit.state));
        if power == node.power && leaks == node.leaks {
            return;
        }
        (node.power, node.leaks) = (power, leaks);
        node.restart(ambient);
        self.list(id);
    }

    /// The air has the temperature of `now`. All units have been closed.
    pub fn follow_ambient(&mut self, now: SimTime) {
        let ambient = self.steps.at(now).unwrap_or(self.ambient);
        if ambient == self.ambient {
            return;
        }
        self.ambient = ambient;
        for i in 0..self.nodes.len() {
            if let Some(node) = &mut self.nodes[i] {
                node.restart(ambient);
            }
            self.list(UnitId(i as u32));
        }
    }

    /// When the temperature of the air changes next after `now`.
    pub fn next_ambient(&self, now: SimTime) -> SimTime {
        self.steps.next_change(now)
    }

    /// Heat forces P-state `level` from now on, or none. The unit has been closed; it has just come to `temperature`,
    /// where that is known better than by rounding.
    pub fn force(&mut self, id: UnitId, level: Option<u8>, temperature: Option<f64>) {
        let Some(node) = self.node_mut(id) else { return };
        node.totals.throttles += u64::from(node.level.is_none() && level.is_some());
        node.level = level;
        if let Some(exact) = temperature {
            node.segment.start = exact;
            node.note_peak();
        }
        self.list(id);
    }

    /// Notes that the course of the unit has changed, or may have.
    pub fn list(&mut self, id: UnitId) {
        if let Some(node) = self.node_mut(id)
            && !std::mem::replace(&mut node.listed, true)
        {
            self.changed.push(id);
        }
    }

    /// A unit whose course has changed since it was last asked for.
    pub fn take_changed(&mut self) -> Option<UnitId> {
        let id = self.changed.pop()?;
        if let Some(node) = self.node_mut(id) {
            node.listed = false;
        }
        Some(id)
    }

    /// Statistics start now; all units have been closed.
    pub fn start_over(&mut self) {
        for node in self.nodes.iter_mut().flatten() {
            node.window_peak = node.segment.start;
        }
    }

    /// The highest temperature of any unit at `time` in °C; see [`Node::temperature`].
    pub fn hottest(&self, time: SimTime) -> f64 {
        self.nodes.iter().flatten().map(|n| n.temperature(time)).fold(f64::NEG_INFINITY, f64::max)
    }

    /// Sums of all units, zeros where there is no temperature.
    pub fn totals(&self) -> Vec<HeatTotals> {
        self.nodes.iter().map(|n| n.as_ref().map_or_else(HeatTotals::default, |n| n.totals)).collect()
    }

    /// A unit whose temperature at the last closing lies outside what its powers and the air allow, in words.
    pub fn out_of_bounds(&self) -> Option<String> {
        const ROUNDING: f64 = 1e-6;
        let (id, node) = self.nodes().find(|(_, n)| {
            let t = n.segment.start;
            !(t >= self.coldest - ROUNDING && t <= n.bound + ROUNDING)
        })?;
        let (t, bound) = (node.segment.start, node.bound);
        Some(format!("unit {}: {t} °C is not within {} and {bound} °C", id.0, self.coldest))
    }
}
