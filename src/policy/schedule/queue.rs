//! The waiting tasks in the order of a key.

use std::collections::BTreeSet;

use crate::units::TaskId;

use super::super::ClusterView;
use super::{Key, Order};

/// Waiting tasks, ascending by (key, order of arrival).
pub struct OrderedQueue {
    order: Box<dyn Order>,
    entries: BTreeSet<(Key, u64, TaskId)>,
}

impl OrderedQueue {
    /// An empty queue.
    pub fn new(order: Box<dyn Order>) -> Self {
        Self { order, entries: BTreeSet::new() }
    }

    /// Adds a task.
    pub fn insert(&mut self, task: TaskId, view: &ClusterView<'_>) {
        let task = view.task(task);
        self.entries.insert((self.order.key(task, view.now()), task.seq(), task.id()));
    }

    /// Sorts anew where keys change with time.
    pub fn refresh(&mut self, view: &ClusterView<'_>) {
        if !self.order.changes_with_time() {
            return;
        }
        let entries = std::mem::take(&mut self.entries);
        for (_, _, task) in entries {
            self.insert(task, view);
        }
    }

    /// The first task.
    pub fn head(&self) -> Option<TaskId> {
        self.entries.first().map(|(_, _, task)| *task)
    }

    /// Takes the first task out.
    pub fn pop(&mut self) -> Option<TaskId> {
        self.entries.pop_first().map(|(_, _, task)| task)
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
