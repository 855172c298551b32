//! Data from task to task: where it was left, and when it is where it is needed.
//!
//! A task that is given its units before its data is there holds them, and begins when the last of it arrives.

use std::collections::BTreeMap;

use crate::model::event::Event;
use crate::model::task::{Input, Phase, UnitList};
use crate::queue::EventQueue;
use crate::record::Observer;
use crate::units::{SimTime, TaskId};

use super::Simulation;

/// What ended tasks have left, by source and position: since when, and on which units.
pub(super) type Products = BTreeMap<(usize, u32), (SimTime, UnitList)>;

impl<O: Observer> Simulation<O> {
    /// Remembers where an ended task has left its data. Without a link it is everywhere at once.
    pub(super) fn keep_product(&mut self, source: usize, position: u32, on: &UnitList, now: SimTime) {
        if self.world.cluster.link.is_some() {
            self.products.insert((source, position), (now, on.clone()));
        }
    }

    /// A task before `child` has completed: what `child` needs of it lies ready.
    pub(super) fn hand_input(&mut self, child: TaskId, source: usize, position: u32) {
        let Some((since, on)) = self.products.get(&(source, position)) else { return };
        let task = &mut self.world.tasks[child];
        let Ok(at) = task.spec.needs.binary_search_by_key(&position, |need| need.from) else { return };
        let bytes = task.spec.needs[at].bytes;
        task.inputs.push(Input { bytes, since: *since, on: on.clone() });
    }

    /// Waits for the data of a task that has just been given its units.
    pub(super) fn await_input(&self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        let task = &self.world.tasks[id];
        if task.input_at > now {
            queue.push(task.input_at, Event::Input { task: id, epoch: task.epoch });
        }
    }

    /// All data is there. The task runs unless some of its units still wake.
    pub(super) fn input_arrives(&mut self, id: TaskId, epoch: u32, now: SimTime, queue: &mut EventQueue<Event>) {
        if self.world.tasks.get(id).is_some_and(|t| t.epoch == epoch) {
            self.one_less_to_wait_for(id, now, queue);
        }
    }

    /// A placed task has one thing less to wait for: a unit is awake, or its data is there. With the last it runs.
    pub(super) fn one_less_to_wait_for(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        let task = &mut self.world.tasks[id];
        task.waking = task.waking.saturating_sub(1);
        if task.waking == 0 && task.phase == Phase::Placed {
            self.begin_run(id, now, queue);
        }
    }
}
