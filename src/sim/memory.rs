//! Moving memory together: a unit's tasks stand still until its blocks have been moved.

use crate::model::event::Event;
use crate::model::task::Phase;
use crate::queue::EventQueue;
use crate::record::{Observer, Record};
use crate::units::{SimTime, TaskId, UnitId};

use super::Simulation;

impl<O: Observer> Simulation<O> {
    /// A waiting task has found no place: where moving memory together makes one, that begins.
    pub(super) fn compact_for(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(task) = self.world.tasks.get(id).filter(|t| t.phase == Phase::Waiting) else { return };
        for unit in self.world.to_compact(task) {
            self.compact(unit, now, queue);
        }
    }

    /// Units that have become too fragmented are compacted.
    pub(super) fn compact_fragmented(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        while let Some(unit) = self.world.next_fragmented() {
            self.compact(unit, now, queue);
        }
    }

    fn compact(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some((bytes, time, runners)) = self.world.begin_compaction(unit, now) else { return };
        self.observer.on(now, &Record::Compaction(unit, bytes, time));
        self.set_speeds(&runners, now, queue);
        queue.push(now + time, Event::Compacted { unit });
    }

    /// The blocks of `unit` are together: its tasks go on, and others may have room now.
    pub(super) fn compacted(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
        let runners = self.world.end_compaction(unit, now);
        self.set_speeds(&runners, now, queue);
        self.dirty = true;
    }
}
