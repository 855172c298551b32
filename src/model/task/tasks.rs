//! The tasks in the system.

use crate::rng::Shuffle;
use crate::units::{PoolId, SimDuration, SimTime, TaskId};

use super::{NodeList, Phase, Submission, Task, UnitList};

/// Tasks in the system, by slot; slots of ended tasks are used again.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    slots: Vec<Task>,
    vacant: Vec<TaskId>,
    submitted: u64,
    shuffle: Option<Shuffle>,
}

impl Tasks {
    /// No tasks yet; what a tie decides is shuffled, or goes by order of arrival.
    pub fn new(shuffle: Option<Shuffle>) -> Self {
        Self { shuffle, ..Self::default() }
    }

    /// Takes a task in.
    pub fn admit(&mut self, spec: Submission, now: SimTime, truth: SimDuration) -> TaskId {
        let user_estimate = spec.estimate.unwrap_or(truth);
        let deadline = spec.deadline.map_or(SimTime::NEVER, |d| now + d);
        let slot = self.vacant.pop();
        // Timers of the slot's earlier tasks must stay stale.
        let epoch = slot.map_or(0, |id| self.slots[id.index()].epoch.wrapping_add(1));
        let task = Task {
            seq: self.submitted,
            tie: self.shuffle.map_or(self.submitted, |s| s.place(self.submitted)),
            arrival: now,
            estimate: user_estimate,
            user_estimate,
            deadline,
            phase: Phase::Blocked,
            first_start: SimTime::NEVER,
            last_start: SimTime::NEVER,
            placed_at: SimTime::NEVER,
            pool: PoolId(u16::MAX),
            units: UnitList::None,
            blocks: Vec::new(),
            nodes: NodeList::None,
            remaining: SimDuration::ZERO,
            service: SimDuration::ZERO,
            cut: false,
            rate: 1.0,
            settled: now,
            waking: 0,
            inputs: Vec::new(),
            input_at: SimTime::ZERO,
            blockers: 0,
            epoch,
            attempts: 0,
            preemptions: 0,
            run: SimDuration::ZERO,
            restore: SimDuration::ZERO,
            overhead: SimDuration::ZERO,
            lost: SimDuration::ZERO,
            saved_at: SimTime::NEVER,
            energy: crate::units::Energy::ZERO,
            cost_usd: 0.0,
            in_cloud: false,
            memory_wait: false,
            running_index: u32::MAX,
            recovery: None,
            spec,
        };
        self.submitted += 1;
        match slot {
            Some(id) => {
                self.slots[id.index()] = task;
                id
            }
            None => {
                self.slots.push(task);
                TaskId((self.slots.len() - 1) as u32)
            }
        }
    }

    /// Frees the slot of an ended task.
    pub fn retire(&mut self, id: TaskId) {
        self.slots[id.index()].phase = Phase::Ended;
        self.vacant.push(id);
    }

    /// Tasks in the system with their slots, in slot order.
    pub fn iter(&self) -> impl Iterator<Item = (TaskId, &Task)> {
        self.slots.iter().enumerate().filter(|(_, t)| t.phase != Phase::Ended).map(|(i, t)| (TaskId(i as u32), t))
    }

    /// The task in a slot, if the slot is in use.
    pub fn get(&self, id: TaskId) -> Option<&Task> {
        self.slots.get(id.index()).filter(|t| t.phase != Phase::Ended)
    }

    /// How many tasks have come so far.
    pub const fn submitted(&self) -> u64 {
        self.submitted
    }

    /// How many are in the system.
    pub fn in_system(&self) -> usize {
        self.slots.len() - self.vacant.len()
    }
}

impl std::ops::Index<TaskId> for Tasks {
    type Output = Task;
    fn index(&self, id: TaskId) -> &Task {
        &self.slots[id.index()]
    }
}

impl std::ops::IndexMut<TaskId> for Tasks {
    fn index_mut(&mut self, id: TaskId) -> &mut Task {
        &mut self.slots[id.index()]
    }
}
