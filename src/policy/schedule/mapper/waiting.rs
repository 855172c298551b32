//! Tasks that wait, in order of arrival.

use std::collections::BTreeMap;

use crate::policy::{ClusterView, TaskView};
use crate::units::TaskId;

use super::{Assignment, Offer, Ready};

/// Tasks that are not mapped, by number in order of arrival.
#[derive(Default)]
pub(super) struct Waiting(BTreeMap<u64, TaskId>);

impl Waiting {
    pub(super) fn add(&mut self, task: TaskView<'_>) {
        self.0.insert(task.seq(), task.id());
    }

    pub(super) fn remove(&mut self, task: TaskView<'_>) {
        self.0.remove(&task.seq());
    }

    /// All, in order of arrival.
    pub(super) fn iter<'a>(&'a self, view: &'a ClusterView<'a>) -> impl Iterator<Item = TaskView<'a>> {
        self.0.values().map(|id| view.task(*id))
    }

    /// The first task, with the offer that is least by `key`; of equal ones that of the fastest pool.
    pub(super) fn first<K: Ord>(
        &self,
        ready: &mut Ready<'_>,
        view: &ClusterView<'_>,
        key: impl Fn(&Offer) -> K,
    ) -> Vec<Assignment> {
        let Some(task) = self.iter(view).next() else { return Vec::new() };
        let best = ready.offers(task, view).into_iter().min_by_key(key);
        best.map(|offer| Assignment { id: task.id(), offer }).into_iter().collect()
    }
}
