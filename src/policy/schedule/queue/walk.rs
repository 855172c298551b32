//! A walk over the waiting tasks that leaves out what cannot start.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::model::task::Shape;
use crate::policy::Pass;
use crate::units::{SimDuration, TaskId};

use super::OrderedQueue;
use super::list::Place;
use super::shapes::{Sequence, Shapes};

/// Where more than every so many-th task has a shape of its own, going through all tasks is quicker than merging groups.
const TASKS_PER_GROUP: usize = 4;

/// Fewer groups than this are always merged.
const FEW_GROUPS: usize = 8;

/// What came of trying to start a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Try {
    /// It has been started.
    Started,
    /// It fits nowhere.
    NoRoom,
    /// It fits, but in the reserved pool alone, and would be there too long.
    Late,
}

/// Who tries to start tasks.
pub trait Starter {
    /// Tries to start a task.
    fn attempt(&mut self, task: TaskId, pass: &mut Pass<'_>) -> Try;

    /// The longest that a task of `shape` may take and still have a chance, if it fits in the reserved pool alone.
    fn longest(&self, _shape: &Shape, _pass: &Pass<'_>) -> SimDuration {
        SimDuration::MAX
    }

    /// Whether what finds no place finds none until something is given back, nor does another task of its shape:
    /// [`Placement::is_steady`](crate::policy::schedule::Placement::is_steady).
    fn is_steady(&self) -> bool;
}

/// The next task of a group: its place, the group, the group's turn, the task.
type Next = Reverse<(Place, u32, u32, TaskId)>;

/// A walk in progress.
struct Walk<'p> {
    shapes: Shapes,
    next: BinaryHeap<Next>,
    steady: bool,
    /// Groups that are late, but whose memory must be looked at again when there is less of it.
    watched: Vec<u32>,
    starter: &'p mut dyn Starter,
}

impl Walk<'_> {
    /// Looks for the group's next task behind `place` that has a chance.
    fn advance(&mut self, group: u32, place: Option<Place>, pass: &Pass<'_>) {
        let view = pass.view();
        let at = self.shapes.group(group);
        let mut most = SimDuration::MAX;
        if self.steady {
            if at.is_stuck(view.changes().released) {
                return;
            }
            if !view.might_fit(&at.shape) {
                at.stick(view.changes().released);
                return;
            }
            if at.late || (!at.to_be_noted() && view.has_one_pool(&at.shape)) {
                most = self.starter.longest(&at.shape, pass);
            }
        }
        if let Some(entry) = at.tasks.next(place, most) {
            self.next.push(Reverse((entry.place, group, at.turn, entry.task)));
        }
    }

    /// One of the group fits in the reserved pool alone, and so does any other.
    fn late(&mut self, group: u32) {
        let at = self.shapes.group(group);
        if !at.late && at.to_be_noted() {
            self.watched.push(group);
        }
        at.late = true;
    }

    /// One of the group found no place. Whether another one has to be asked before something is started.
    fn no_room(&mut self, task: TaskId, group: u32, pass: &Pass<'_>) -> bool {
        self.shapes.no_room(task, &pass.view());
        let moved = pass.view().task(task).waits_for_memory();
        let at = self.shapes.group(group);
        if !moved && !at.refusal_holds() {
            self.watched.push(group);
        }
        moved
    }

    /// There is less memory now: the groups that have it to be noted are asked again.
    fn look_again(&mut self, place: Place, pass: &Pass<'_>) {
        for group in std::mem::take(&mut self.watched) {
            let at = self.shapes.group(group);
            at.late = false;
            at.turn = at.turn.wrapping_add(1);
            self.advance(group, Some(place), pass);
        }
    }
}

impl OrderedQueue {
    /// Has `starter` try, in `sequence`, all tasks that may start now, but not `aside`. Those that start leave the queue.
    ///
    /// What is left out could not have started, nor would it have been noted that memory keeps it waiting: capacity only
    /// shrinks in a pass, so that where one task of a shape found no place no later one does, in this pass or in others
    /// before something is given back.
    pub fn walk(&mut self, sequence: Sequence, aside: Option<TaskId>, starter: &mut dyn Starter, pass: &mut Pass<'_>) {
        let mut shapes = self.take_shapes(sequence, &pass.view());
        let groups = shapes.open(pass.view().changes().released);
        let steady = starter.is_steady();
        let mut walk = Walk { shapes, next: BinaryHeap::new(), steady, watched: Vec::new(), starter };
        if groups.len() > FEW_GROUPS && groups.len() * TASKS_PER_GROUP > self.len() {
            self.go_through(aside, &mut walk, pass);
            walk.shapes.close(groups);
            self.shapes = Some(walk.shapes);
            return;
        }
        for group in &groups {
            walk.shapes.group(*group).late = false;
            walk.advance(*group, None, pass);
        }
        while let Some(Reverse((place, group, turn, task))) = walk.next.pop() {
            if walk.shapes.group(group).turn != turn {
                continue;
            }
            let found = (aside != Some(task)).then(|| walk.starter.attempt(task, pass));
            let goes_on = match found {
                Some(Try::Started) => {
                    self.remove(task);
                    walk.shapes.remove(task);
                    true
                }
                Some(Try::NoRoom) if steady => walk.no_room(task, group, pass),
                Some(Try::Late) if steady => {
                    walk.late(group);
                    true
                }
                _ => true,
            };
            if !goes_on {
                continue;
            }
            walk.advance(group, Some(place), pass);
            if found == Some(Try::Started) {
                walk.look_again(place, pass);
            }
        }
        walk.shapes.close(groups);
        self.shapes = Some(walk.shapes);
    }

    /// As [`OrderedQueue::walk`], one task after the other.
    fn go_through(&mut self, aside: Option<TaskId>, walk: &mut Walk<'_>, pass: &mut Pass<'_>) {
        let released = pass.view().changes().released;
        for task in walk.shapes.in_sequence(self.iter()) {
            let Some(group) = walk.shapes.group_with(task) else { continue };
            if aside == Some(task) || (walk.steady && group.is_stuck(released)) {
                continue;
            }
            if walk.steady && !pass.view().might_fit(&group.shape) {
                group.stick(released);
                continue;
            }
            match walk.starter.attempt(task, pass) {
                Try::Started => {
                    self.remove(task);
                    walk.shapes.remove(task);
                }
                Try::NoRoom if walk.steady => walk.shapes.no_room(task, &pass.view()),
                _ => {}
            }
        }
    }

    /// Whether a task of the shape of `task` has found no place since something was last given back.
    pub fn is_stuck(&self, task: TaskId, pass: &Pass<'_>) -> bool {
        let released = pass.view().changes().released;
        self.shapes.as_ref().is_some_and(|s| s.is_stuck(task, released))
    }

    /// `task` has just been refused by a steady placement: no other of its shape needs to try.
    pub fn found_no_place(&mut self, task: TaskId, pass: &Pass<'_>) {
        if let Some(shapes) = &mut self.shapes {
            shapes.no_room(task, &pass.view());
        }
    }
}
