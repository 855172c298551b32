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
        let entry = (self.order.key(task, view.now()), task.seq(), task.id());
        if self.entries.back().is_none_or(|last| *last < entry) {
            self.entries.push_back(entry);
        } else {
            let place = self.entries.partition_point(|e| *e < entry);
            self.entries.insert(place, entry);
        }
    }

    /// Sorts anew where keys change with time.
    pub fn refresh(&mut self, view: &ClusterView<'_>) {
        if !self.order.changes_with_time() {
            return;
        }
        for (key, _, task) in &mut self.entries {
            *key = self.order.key(view.task(*task), view.now());
        }
        self.entries.make_contiguous().sort_unstable();
    }

    /// The first task.
    pub fn head(&self) -> Option<TaskId> {
        self.entries.front().map(|(_, _, task)| *task)
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
