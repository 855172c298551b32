//! The waiting tasks in the order of a key.

mod list;
mod shapes;
mod walk;

pub use list::Place;
pub use shapes::Sequence;
pub use walk::{Starter, Try};

use crate::units::{SimDuration, TaskId};

use super::super::ClusterView;
use super::{Key, Order};
use list::{Entry, SortedList};
use shapes::Shapes;

/// Waiting tasks, ascending by (key, order of arrival).
///
/// Adding and taking out costs a binary search and a short move; a task that belongs at the end, as every one does in
/// order of arrival, costs nothing but its place.
pub struct OrderedQueue {
    order: Box<dyn Order>,
    entries: SortedList,
    /// Where each waiting task stands, by slot.
    places: Vec<Place>,
    /// The same tasks by shape, once a backfill rule has asked for them.
    shapes: Option<Shapes>,
}

impl OrderedQueue {
    /// An empty queue.
    pub fn new(order: Box<dyn Order>) -> Self {
        Self { order, entries: SortedList::default(), places: Vec::new(), shapes: None }
    }

    /// Adds a task.
    pub fn insert(&mut self, task: TaskId, view: &ClusterView<'_>) {
        let seen = view.task(task);
        let place = (self.order.key(seen, view), seen.seq());
        self.entries.insert(Entry { place, task, least: SimDuration::ZERO });
        if self.places.len() <= task.index() {
            self.places.resize(task.index() + 1, (Key::EQUAL, 0));
        }
        self.places[task.index()] = place;
        if let Some(shapes) = &mut self.shapes {
            shapes.insert(task, place, view);
        }
    }

    /// Whether each start may change the order of those that still wait.
    pub fn changes_with_starts(&self) -> bool {
        self.order.changes_with_starts()
    }

    /// A pass begins: sorts anew where keys change with time or with what others hold.
    pub fn refresh(&mut self, view: &ClusterView<'_>) {
        self.order.look(view);
        if self.order.changes_with_time() || self.order.changes_with_starts() {
            self.sort(view);
        }
    }

    /// A task was given its units and taken out: sorts anew where that changes keys.
    pub fn after_start(&mut self, view: &ClusterView<'_>) {
        if self.order.changes_with_starts() {
            self.sort(view);
        }
    }

    fn sort(&mut self, view: &ClusterView<'_>) {
        let mut sorted: Vec<Entry> = self.entries.iter().collect();
        for entry in &mut sorted {
            entry.place.0 = self.order.key(view.task(entry.task), view);
            self.places[entry.task.index()] = entry.place;
        }
        sorted.sort_unstable_by_key(|e| e.place);
        self.entries.clear();
        for entry in &sorted {
            self.entries.insert(*entry);
        }
        if let Some(shapes) = &mut self.shapes {
            shapes.refresh(sorted.iter().map(|e| (e.task, e.place)));
        }
    }

    /// The first task.
    pub fn head(&self) -> Option<TaskId> {
        self.entries.first().map(|e| e.task)
    }

    /// Takes the first task out.
    pub fn pop(&mut self) -> Option<TaskId> {
        let head = self.head()?;
        self.remove(head);
        Some(head)
    }

    /// Takes a task out.
    pub fn remove(&mut self, task: TaskId) {
        let Some(place) = self.places.get(task.index()) else { return };
        self.entries.remove(*place);
        if let Some(shapes) = &mut self.shapes {
            shapes.remove(task);
        }
    }

    /// Where a waiting task stands in the order.
    pub fn place(&self, task: TaskId) -> Option<Place> {
        self.places.get(task.index()).copied()
    }

    /// Tasks in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = TaskId> + '_ {
        self.entries.iter().map(|e| e.task)
    }

    /// Keeps the tasks for which `keep` holds, asking in order.
    pub fn retain(&mut self, mut keep: impl FnMut(TaskId) -> bool) {
        let leaving: Vec<TaskId> = self.iter().filter(|task| !keep(*task)).collect();
        for task in leaving {
            self.remove(task);
        }
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True where none waits.
    pub fn is_empty(&self) -> bool {
        self.entries.len() == 0
    }

    /// Takes the tasks by shape out, to be walked in `sequence`. The first call sorts them.
    fn take_shapes(&mut self, sequence: Sequence, view: &ClusterView<'_>) -> Shapes {
        if let Some(shapes) = self.shapes.take().filter(|s| s.sequence() == sequence) {
            return shapes;
        }
        let mut shapes = Shapes::new(sequence);
        for entry in self.entries.iter() {
            shapes.insert(entry.task, entry.place, view);
        }
        shapes
    }
}
