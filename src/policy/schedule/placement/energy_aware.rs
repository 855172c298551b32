//! The units that take the least energy.

use crate::model::world::Site;
use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Placement, PoolFilter};
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;
use crate::units::{Energy, NodeId, Power, SimDuration, SimTime, UnitId};

use super::by_node::{Seats, take, usable};

/// Picks, over all pools and nodes, the units whose energy the task would add the least to, among those on which it
/// would meet its deadline; where there are none, those on which it would end first. Ties: the earlier end or the
/// lesser energy, then the fastest pool or the lowest node, then the lowest number.
///
/// A unit's added energy is its added power times the estimated time there at full speed: the share's part of
/// active over idle power, and what a unit asleep takes more for being awake and for waking.
#[derive(Clone, Copy, Debug, Default)]
pub struct EnergyAware;

/// What a unit or a gang would cost. Lower is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cost {
    /// In time: energy, then end.
    Meets(Energy, SimTime),
    /// Too late: end, then energy.
    Late(SimTime, Energy),
}

impl Cost {
    fn new(energy: Energy, end: SimTime, deadline: SimTime) -> Self {
        if end <= deadline { Self::Meets(energy, end) } else { Self::Late(end, energy) }
    }
}

/// Energy that `task` adds on `unit`, and when it would end there.
fn added(task: TaskView<'_>, unit: UnitId, view: &ClusterView<'_>) -> (Energy, SimTime) {
    let unit = view.unit(unit);
    let time = view.estimated_remaining(task, unit.pool());
    let wake = unit.wake_delay();
    let active = unit.pstates().last().map_or(Power::ZERO, |p| p.active);
    let mut energy = active.saturating_sub(unit.idle_power()).scaled(task.share()).during(time);
    if let Some(sleep) = unit.sleep().filter(|_| wake > SimDuration::ZERO) {
        energy += unit.idle_power().saturating_sub(sleep.power).during(time);
        energy += sleep.wake_power.saturating_sub(sleep.power).during(wake);
    }
    (energy, view.now() + wake + time)
}

/// The cheapest of `units` for `task`, and what they cost together.
fn cheapest(task: TaskView<'_>, units: Vec<UnitId>, view: &ClusterView<'_>) -> (Cost, Vec<UnitId>) {
    let mut site = Site::default();
    take(task.units() as usize, units, &mut site, |unit| {
        let (energy, end) = added(task, unit, view);
        Cost::new(energy, end, task.deadline())
    });
    let start = (Energy::ZERO, SimTime::ZERO);
    let (energy, end) = site.units.iter().fold(start, |(sum, latest), unit| {
        let (energy, end) = added(task, *unit, view);
        (sum + energy, latest.max(end))
    });
    (Cost::new(energy, end, task.deadline()), site.units)
}

impl Placement for EnergyAware {
    fn place(
        &mut self,
        task: TaskView<'_>,
        pools: PoolFilter,
        view: &ClusterView<'_>,
        _rng: &mut StreamRng,
        site: &mut Site,
    ) -> bool {
        if task.units() == 0 {
            site.nodes.extend(view.nodes().find(|n| view.node_fits(task, *n)));
            return !site.nodes.is_empty();
        }
        let width = task.units() as usize;
        let usable = usable(task, pools, view);
        let mut best: Option<(Cost, Option<NodeId>, Vec<UnitId>)> = None;
        let mut consider = |node: Option<NodeId>, units: Vec<UnitId>| {
            if units.len() >= width {
                let (cost, units) = cheapest(task, units, view);
                if best.as_ref().is_none_or(|(least, ..)| cost < *least) {
                    best = Some((cost, node, units));
                }
            }
        };
        if view.one_node(task) {
            let mut seats = Seats::default();
            for node in view.nodes().filter(|n| view.node_fits(task, *n)) {
                seats.each(task, node, &usable, view, |units| consider(Some(node), units.to_vec()));
            }
        } else {
            for pool in usable {
                consider(None, view.pool_units(pool).iter().copied().filter(|u| view.fits(task, *u)).collect());
            }
        }
        let Some((_, node, units)) = best else { return false };
        site.nodes.extend(node);
        site.units = units;
        true
    }
}

impl Plugin for EnergyAware {
    const NAME: &'static str = "energy-aware";
    const ABOUT: &'static str = "least added energy that meets the deadline, else the earliest end";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
