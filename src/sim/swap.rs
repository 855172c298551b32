//! Preempted tasks whose state goes to the host and back over the link of their node, which all such transfers share.

use std::collections::BTreeMap;

use crate::model::event::Event;
use crate::model::link::SharedLink;
use crate::model::task::Phase;
use crate::model::world::World;
use crate::queue::EventQueue;
use crate::record::Observer;
use crate::units::{Bytes, NodeId, SimDuration, SimTime, TaskId, UnitId};

use super::Simulation;

/// Transfers under way.
pub(super) struct Swaps {
    /// By node; none where nothing is swapped.
    links: Vec<SharedLink<(TaskId, UnitId)>>,
    /// Transfers that each task still waits for, and its run epoch when they began.
    open: BTreeMap<TaskId, (usize, u32)>,
    latency: SimDuration,
}

impl Swaps {
    pub(super) fn new(world: &World) -> Self {
        let dynamics = world.dynamics.as_ref().filter(|d| d.rules.swap.is_some());
        let link = |node| dynamics.map(|d| d.node_link(NodeId(node))).map(|rate| SharedLink::new(rate, rate));
        let links = (0..world.nodes.len() as u32).filter_map(link).collect();
        let latency = dynamics.and_then(|d| d.rules.swap).unwrap_or_default();
        Self { links, open: BTreeMap::new(), latency }
    }
}

impl<O: Observer> Simulation<O> {
    /// The state of a preempted task begins to leave its units; `false` where that goes over no link.
    pub(super) fn begin_swap_out(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) -> bool {
        let Some(dynamics) = &self.world.dynamics else { return false };
        let Some(swapped) = dynamics.swapped.get(&self.world.tasks[id].seq) else { return false };
        let bytes = swapped.bytes;
        self.move_state(id, bytes, now, queue);
        true
    }

    /// Whether a task that could run has to wait for its state to come back from the host.
    pub(super) fn waits_for_state(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) -> bool {
        let task = &self.world.tasks[id];
        let Some(dynamics) = self.world.dynamics.as_mut() else { return false };
        let Some(swapped) = dynamics.swapped.get_mut(&task.seq) else { return false };
        if std::mem::replace(&mut swapped.returning, true) {
            dynamics.swapped.remove(&task.seq);
            return false;
        }
        let bytes = swapped.bytes;
        self.world.tasks[id].waking = 1;
        self.move_state(id, bytes, now, queue);
        true
    }

    /// `bytes` of each unit of a task go over the links of their nodes.
    fn move_state(&mut self, id: TaskId, bytes: u64, now: SimTime, queue: &mut EventQueue<Event>) {
        let task = &self.world.tasks[id];
        let (units, epoch) = (task.units.clone(), task.epoch);
        if self.swaps.open.insert(id, (units.as_slice().len(), epoch)).is_some() {
            self.drop_transfers(id, now, queue);
        }
        for &unit in units.as_slice() {
            let node = self.world.cluster.units[unit.index()].node;
            if let Some(link) = self.swaps.links.get_mut(node.index()) {
                link.start(now, (id, unit), Bytes(bytes));
            }
            self.await_link(node.0, queue);
        }
    }

    fn await_link(&self, node: u32, queue: &mut EventQueue<Event>) {
        if let Some(link) = self.swaps.links.get(node as usize)
            && let Some(at) = link.next_done()
        {
            queue.push(at, Event::Link { link: node, epoch: link.epoch() });
        }
    }

    /// A transfer over the link of `node` is done.
    pub(super) fn host_link_moves(&mut self, node: u32, epoch: u32, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(link) = self.swaps.links.get_mut(node as usize).filter(|l| l.epoch() == epoch) else { return };
        let mut done = Vec::new();
        while let Some((id, _)) = link.pop_done(now) {
            done.push(id);
        }
        for id in done {
            let Some((open, begun)) = self.swaps.open.get_mut(&id) else { continue };
            *open = open.saturating_sub(1);
            if *open == 0 {
                let begun = *begun;
                self.swaps.open.remove(&id);
                self.state_has_moved(id, begun, now, queue);
            }
        }
        self.await_link(node, queue);
    }

    /// Transfers that were under way for what was in the slot before, or for a task that has lost its units since.
    fn drop_transfers(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        for node in 0..self.swaps.links.len() {
            for unit in self.world.cluster.nodes[node].units.clone() {
                self.swaps.links[node].cancel(now, (id, UnitId(unit)));
            }
            self.await_link(node as u32, queue);
        }
    }

    fn state_has_moved(&mut self, id: TaskId, begun: u32, now: SimTime, queue: &mut EventQueue<Event>) {
        if self.world.tasks.get(id).is_none_or(|t| t.epoch != begun) {
            return;
        }
        let task = &mut self.world.tasks[id];
        let (at, epoch) = (now + self.swaps.latency, task.epoch);
        if task.phase == Phase::Saving {
            task.saved_at = at;
            queue.push(at, Event::Finish { task: id, epoch });
        } else {
            queue.push(at, Event::Memory { task: id, epoch });
        }
    }
}
