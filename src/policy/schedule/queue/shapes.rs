//! The waiting tasks by shape. What one task of a shape has found out holds for all others of it.

use std::collections::BTreeMap;

use crate::model::task::Shape;
use crate::policy::ClusterView;
use crate::policy::schedule::Key;
use crate::units::{SimDuration, TaskId};

use super::list::{Entry, Place, SortedList};

/// The order of a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sequence {
    /// That of the queue.
    Queue,
    /// Shortest estimate first, ties by arrival.
    Shortest,
}

/// The waiting tasks of one shape.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub shape: Shape,
    /// Whether it has been noted of them that memory keeps them waiting.
    pub noted: bool,
    /// Whether all units must be in one node.
    in_node: bool,
    pub tasks: SortedList,
    /// The count of releases at which one found no place. Until the next one no other will.
    stuck_at: Option<u64>,
    /// Whether it stands in the list of open groups.
    listed: bool,
    /// In this walk: they fit, but in the reserved pool alone.
    pub late: bool,
    /// Guards its place in the walk.
    pub turn: u32,
}

impl Group {
    /// A visit may find out more than whether they start: it must be noted where memory is in the way.
    pub fn to_be_noted(&self) -> bool {
        !self.noted && !self.shape.memory.is_zero()
    }

    /// Whether a refusal of one holds until something is given back. Where nodes or hosts are in the way, memory may come
    /// to be, and must be noted then.
    pub fn refusal_holds(&self) -> bool {
        !self.to_be_noted() || !self.in_node
    }

    pub fn is_stuck(&self, released: u64) -> bool {
        self.stuck_at == Some(released)
    }

    pub fn stick(&mut self, released: u64) {
        self.stuck_at = Some(released);
    }
}

/// Where a waiting task stands.
#[derive(Clone, Copy, Debug)]
struct Home {
    group: u32,
    place: Place,
    least: SimDuration,
}

/// Groups of tasks that can be told apart by nothing but their times.
#[derive(Clone, Debug)]
pub(super) struct Shapes {
    sequence: Sequence,
    index: BTreeMap<(Shape, bool), u32>,
    groups: Vec<Group>,
    vacant: Vec<u32>,
    /// By slot; `None` for tasks that do not wait.
    homes: Vec<Option<Home>>,
    /// Groups that may have a task that fits.
    open: Vec<u32>,
    released: u64,
}

impl Shapes {
    pub fn new(sequence: Sequence) -> Self {
        Self {
            sequence,
            index: BTreeMap::new(),
            groups: Vec::new(),
            vacant: Vec::new(),
            homes: Vec::new(),
            open: Vec::new(),
            released: 0,
        }
    }

    pub fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// Adds a task that stands at `place` in the queue.
    pub fn insert(&mut self, id: TaskId, place: Place, view: &ClusterView<'_>) {
        let task = view.task(id);
        let place = match self.sequence {
            Sequence::Queue => place,
            Sequence::Shortest => (Key::ascending(task.estimate().as_nanos()), task.seq()),
        };
        let group = self.group_of((view.shape(task), task.waits_for_memory()), view.one_node(task));
        self.put(id, Home { group, place, least: view.least_remaining(task) });
        self.list(group);
    }

    pub fn remove(&mut self, id: TaskId) {
        let Some(home) = self.homes.get_mut(id.index()).and_then(Option::take) else { return };
        let group = &mut self.groups[home.group as usize];
        group.tasks.remove(home.place);
        if group.tasks.len() == 0 {
            self.index.remove(&(group.shape, group.noted));
            self.vacant.push(home.group);
        }
    }

    /// The places in the queue have changed.
    pub fn refresh(&mut self, tasks: impl Iterator<Item = (TaskId, Place)>) {
        if self.sequence != Sequence::Queue {
            return;
        }
        for group in &mut self.groups {
            group.tasks.clear();
        }
        for (task, place) in tasks {
            if let Some(home) = self.home(task) {
                self.put(task, Home { place, ..home });
            }
        }
    }

    /// The groups that may have a task that fits, where `released` counts the releases so far.
    pub fn open(&mut self, released: u64) -> Vec<u32> {
        if self.released != released {
            self.released = released;
            self.open.clear();
            for (i, group) in (0..).zip(&mut self.groups) {
                group.listed = group.tasks.len() > 0;
                if group.listed {
                    self.open.push(i);
                }
            }
        }
        std::mem::take(&mut self.open)
    }

    /// The walk over the groups of [`Shapes::open`] is over.
    pub fn close(&mut self, mut walked: Vec<u32>) {
        walked.append(&mut self.open);
        walked.retain(|g| {
            let group = &mut self.groups[*g as usize];
            group.listed = group.tasks.len() > 0 && !group.is_stuck(self.released);
            group.listed
        });
        self.open = walked;
    }

    pub fn group(&mut self, group: u32) -> &mut Group {
        &mut self.groups[group as usize]
    }

    /// The group of a waiting task.
    pub fn group_with(&mut self, id: TaskId) -> Option<&mut Group> {
        let home = self.home(id)?;
        self.groups.get_mut(home.group as usize)
    }

    /// All waiting tasks in the order of a walk, where the queue has them as `queued`.
    pub fn in_sequence(&self, queued: impl Iterator<Item = TaskId>) -> Vec<TaskId> {
        let mut tasks: Vec<TaskId> = queued.collect();
        if self.sequence == Sequence::Shortest {
            tasks.sort_by_key(|task| self.home(*task).map(|h| h.place));
        }
        tasks
    }

    /// Whether another task of its shape has found no place since the last of `released` releases.
    pub fn is_stuck(&self, id: TaskId, released: u64) -> bool {
        self.home(id).is_some_and(|h| self.groups[h.group as usize].is_stuck(released))
    }

    /// A task has found no place: none of its shape will until something is given back. Where that was just noted of it,
    /// the others are still to be looked at.
    pub fn no_room(&mut self, id: TaskId, view: &ClusterView<'_>) {
        let Some(home) = self.home(id) else { return };
        let group = &mut self.groups[home.group as usize];
        if view.task(id).waits_for_memory() && !group.noted {
            self.note(id, home, view);
        } else if group.refusal_holds() {
            group.stick(view.changes().released);
        }
    }

    /// Moves a task to the group that it belongs to since memory was noted to keep it waiting.
    fn note(&mut self, id: TaskId, home: Home, view: &ClusterView<'_>) {
        self.remove(id);
        let group = self.group_of((view.shape(view.task(id)), true), view.one_node(view.task(id)));
        self.put(id, Home { group, ..home });
        self.list(group);
    }

    fn list(&mut self, group: u32) {
        let at = &mut self.groups[group as usize];
        if !at.listed && !at.is_stuck(self.released) {
            at.listed = true;
            self.open.push(group);
        }
    }

    fn home(&self, id: TaskId) -> Option<Home> {
        self.homes.get(id.index()).copied().flatten()
    }

    fn put(&mut self, id: TaskId, home: Home) {
        if self.homes.len() <= id.index() {
            self.homes.resize(id.index() + 1, None);
        }
        self.homes[id.index()] = Some(home);
        self.groups[home.group as usize].tasks.insert(Entry { place: home.place, task: id, least: home.least });
    }

    fn group_of(&mut self, (shape, noted): (Shape, bool), in_node: bool) -> u32 {
        if let Some(group) = self.index.get(&(shape, noted)) {
            return *group;
        }
        let fresh =
            |tasks, listed, turn| Group { shape, noted, in_node, tasks, stuck_at: None, listed, late: false, turn };
        let group = match self.vacant.pop() {
            Some(group) => {
                let at = &mut self.groups[group as usize];
                *at = fresh(std::mem::take(&mut at.tasks), at.listed, at.turn);
                group
            }
            None => {
                self.groups.push(fresh(SortedList::default(), false, 0));
                (self.groups.len() - 1) as u32
            }
        };
        self.index.insert((shape, noted), group);
        group
    }
}
