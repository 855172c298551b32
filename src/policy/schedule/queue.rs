//! The waiting tasks in the order of a key.

use std::collections::VecDeque;

use crate::units::TaskId;

use super::super::ClusterView;
use super::{Key, Order};

/// Waiting tasks, ascending by (key, order of arrival).
///
/// A sorted ring: a task that belongs at the end, as every one does in order of arrival, costs nothing but
/// its place; one that belongs inside moves the shorter side.
pub struct OrderedQueue {
    order: Box<dyn Order>,
    entries: VecDeque<(Key, u64, TaskId)>,
}

impl OrderedQueue {
    /// An empty queue.
    pub fn new(order: Box<dyn Order>) -> Self {
        Self { order, entries: VecDeque::new() }
    }

    /// Adds a task.
    pub fn insert(&mut self, task: TaskId, view: &ClusterView<'_>) {
        let task = view.task(task);
        let entry = (self.order.key(task, view), task.seq(), task.id());
        if self.entries.back().is_none_or(|last| *last < entry) {
            self.entries.push_back(entry);
        } else {
            let place = self.entries.partition_point(|e| *e < entry);
            self.entries.insert(place, entry);
        }
    }

    /// A pass begins: sorts anew where keys change with time or with what others hold.
    pub fn refresh(&mut self, view: &ClusterView<'_>) {
        self.order.look(view);
        if self.order.changes_with_time() || self.order.changes_with_starts() {
            self.sort_from(0, view);
        }
    }

    /// A task was given its units and taken out: sorts anew, from position `from` on, where that changes keys.
    pub fn after_start(&mut self, from: usize, view: &ClusterView<'_>) {
        if self.order.changes_with_starts() {
            self.sort_from(from, view);
        }
    }

    fn sort_from(&mut self, from: usize, view: &ClusterView<'_>) {
        let Some(rest) = self.entries.make_contiguous().get_mut(from..) else { return };
        for (key, _, task) in &mut *rest {
            *key = self.order.key(view.task(*task), view);
        }
        rest.sort_unstable();
    }

    /// The first task.
    pub fn head(&self) -> Option<TaskId> {
        self.get(0)
    }

    /// The task at a position, counted from 0.
    pub fn get(&self, position: usize) -> Option<TaskId> {
        self.entries.get(position).map(|(_, _, task)| *task)
    }

    /// Takes the task at a position out.
    pub fn remove(&mut self, position: usize) -> Option<TaskId> {
        self.entries.remove(position).map(|(_, _, task)| task)
    }

    /// Takes the first task out.
    pub fn pop(&mut self) -> Option<TaskId> {
        self.entries.pop_front().map(|(_, _, task)| task)
    }

    /// Tasks in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = TaskId> + '_ {
        self.entries.iter().map(|(_, _, task)| *task)
    }

    /// Keeps the tasks for which `keep` holds, asking in order.
    pub fn retain(&mut self, mut keep: impl FnMut(TaskId) -> bool) {
        self.entries.retain(|(_, _, task)| keep(*task));
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True where none waits.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
