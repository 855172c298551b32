//! Closing what has failed, and opening what is repaired.
//!
//! A unit that is down has given all its places away to nobody, so that every index of free capacity stays true.

use crate::units::{NodeId, SimTime, TaskId, UnitId};

use super::super::unit::UnitPhase;
use super::World;

impl World {
    /// A unit with nothing on it is down from now on. Its transition, if it is in one, is over.
    pub fn close_unit(&mut self, unit: UnitId, now: SimTime) -> UnitPhase {
        // One that is out of reach has nothing left to give; when it is repaired it is back.
        self.withheld.retain(|other| *other != unit);
        let free = self.units[unit.index()].free;
        self.take_share(unit, free);
        let phase = UnitPhase::Down { power: self.outages.as_ref().map_or_else(Default::default, |o| o.power) };
        self.change_unit(unit, now, |u| {
            u.phase = phase;
            u.epoch = u.epoch.wrapping_add(1);
        });
        let places = u64::from(self.units[unit.index()].size.places.0);
        self.pools[self.cluster.units[unit.index()].pool.index()].closed += places;
        phase
    }

    /// A unit that was down is awake, idle and empty.
    pub fn open_unit(&mut self, unit: UnitId, now: SimTime) {
        let places = self.units[unit.index()].size.places;
        self.change_unit(unit, now, |u| {
            u.phase = UnitPhase::Awake;
            u.epoch = u.epoch.wrapping_add(1);
        });
        let pool = self.cluster.units[unit.index()].pool.index();
        self.pools[pool].closed = self.pools[pool].closed.saturating_sub(u64::from(places.0));
        self.give_share(unit, places);
        self.changes.released += 1;
    }

    /// The host resources of a node with no task on it cannot be had from now on. The state of preempted tasks that
    /// lies in its memory stays there.
    pub fn close_node(&mut self, node: NodeId) {
        self.nodes[node.index()].closed = true;
        self.index_node(node);
    }

    /// The host resources of a node can be had again.
    pub fn open_node(&mut self, node: NodeId) {
        self.nodes[node.index()].closed = false;
        self.changes.released += 1;
        self.index_node(node);
    }

    /// The tasks that hold something of `units` or `node`, in order of arrival.
    pub fn holders(&self, units: &[UnitId], node: Option<NodeId>) -> Vec<TaskId> {
        let mut found: Vec<TaskId> =
            units.iter().flat_map(|u| self.units[u.index()].residents.iter().copied()).collect();
        if let Some(node) = node {
            found.extend(self.running.iter().filter(|id| self.tasks[**id].nodes.as_slice().contains(&node)));
        }
        found.sort_unstable_by_key(|id| self.tasks[*id].seq);
        found.dedup();
        found
    }
}
