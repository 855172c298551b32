//! Arrivals: from a source into the system, past dependencies, to the queue, the cloud or rejection.

use std::collections::BTreeMap;

use crate::model::event::Event;
use crate::model::source::Source;
use crate::model::task::{Phase, Status, Submission};
use crate::policy::ClusterView;
use crate::queue::EventQueue;
use crate::record::{Observer, Record};
use crate::units::{SimTime, TaskId};

use super::Simulation;

/// Tasks of one arrival event: so many that a flood costs few events, so few that it can be interrupted.
const MOST_AT_ONCE: u32 = 64;

/// What is known of a task on which others may depend.
#[derive(Clone, Debug)]
enum Parent {
    /// Not ended, or not even arrived; the tasks that wait for it.
    Open(Vec<TaskId>),
    /// Ended; `true` if it completed.
    Ended(bool),
}

/// A source and what belongs to it.
pub(super) struct SourceState {
    pub(super) source: Box<dyn Source>,
    epoch: u32,
    /// Time of its arrival in the event queue.
    armed: Option<SimTime>,
    closed: bool,
    /// By position in the source; only for sources whose tasks name others.
    parents: BTreeMap<u32, Parent>,
}

impl SourceState {
    pub(super) fn new(source: Box<dyn Source>) -> Self {
        Self { source, epoch: 0, armed: None, closed: false, parents: BTreeMap::new() }
    }
}

impl<O: Observer> Simulation<O> {
    /// Puts the next arrival of a source into the event queue.
    pub(super) fn arm_source(&mut self, index: usize, queue: &mut EventQueue<Event>) {
        let Some(state) = self.sources.get_mut(index) else { return };
        let next = state.source.peek();
        if state.armed == next && next.is_some() {
            return;
        }
        state.epoch = state.epoch.wrapping_add(1);
        state.armed = next;
        match next {
            Some(at) => {
                if std::mem::take(&mut state.closed) {
                    self.open_sources += 1;
                }
                queue.push(at, Event::Arrive { source: index as u16, epoch: state.epoch });
            }
            None if !state.closed => {
                state.closed = true;
                self.open_sources -= 1;
            }
            None => {}
        }
    }

    /// The tasks of a source that arrive now; of a flood the first ones, the others by another event.
    pub(super) fn arrivals(&mut self, index: usize, epoch: u32, now: SimTime, queue: &mut EventQueue<Event>) {
        if self.sources.get(index).is_none_or(|s| s.epoch != epoch) {
            return;
        }
        self.sources[index].armed = None;
        for _ in 0..MOST_AT_ONCE {
            let Some(state) = self.sources.get_mut(index) else { break };
            if state.source.peek() != Some(now) {
                break;
            }
            let Some(submission) = state.source.pop() else { break };
            self.submit(index, submission, now, queue);
        }
        self.arm_source(index, queue);
    }

    fn submit(&mut self, source: usize, submission: Submission, now: SimTime, queue: &mut EventQueue<Event>) {
        self.counts.submitted += 1;
        if let Some(drain) = &mut self.drain {
            drain.comes(now);
        }
        let class = &self.world.classes[submission.class as usize];
        let reference = self.world.reference_time(class, &submission.work);
        let id = self.world.tasks.admit(submission, now, reference);
        self.observer.on(now, &Record::Submitted(&self.world.tasks[id]));
        let after = std::mem::take(&mut self.world.tasks[id].spec.after);
        let mut blockers = 0;
        for &parent in &after {
            match self.sources[source].parents.entry(parent).or_insert_with(|| Parent::Open(Vec::new())) {
                Parent::Open(children) => {
                    children.push(id);
                    blockers += 1;
                }
                Parent::Ended(true) => self.hand_input(id, source, parent),
                Parent::Ended(false) => {
                    self.end_task(id, Status::Failed, now, queue);
                    return;
                }
            }
        }
        let task = &mut self.world.tasks[id];
        (task.blockers, task.spec.after) = (blockers, after);
        if blockers == 0 {
            self.make_ready(id, now, queue);
        } else {
            self.policies.scheduler.on_blocked(id, &ClusterView::new(&self.world, now));
        }
    }

    /// Tasks have ended: those that wait for them come closer, or fail with them.
    pub(super) fn release_dependents(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        while let Some((source, position, status)) = self.ended_parents.pop() {
            let Some(state) = self.sources.get_mut(source) else { continue };
            let completed = status == Status::Completed;
            let before = state.parents.insert(position, Parent::Ended(completed));
            let Some(Parent::Open(children)) = before else { continue };
            for child in children {
                if self.world.tasks.get(child).is_none_or(|t| t.phase != Phase::Blocked) {
                    continue;
                }
                if !completed {
                    self.policies.scheduler.on_lost(child, &ClusterView::new(&self.world, now));
                    self.end_task(child, Status::Failed, now, queue);
                    continue;
                }
                self.hand_input(child, source, position);
                let task = &mut self.world.tasks[child];
                task.blockers -= 1;
                if task.blockers == 0 {
                    self.make_ready(child, now, queue);
                }
            }
        }
    }

    /// A task without open dependencies goes to the cloud, to the queue, or nowhere.
    fn make_ready(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        let view = ClusterView::new(&self.world, now);
        if self.setup.learns
            && let Some(predicted) = self.policies.adaptive.predict(view.task(id))
        {
            self.world.tasks[id].estimate = predicted;
        }
        if let Some(option) = self.destination(id, now) {
            self.policies.scheduler.on_lost(id, &ClusterView::new(&self.world, now));
            self.offload(id, option, now, queue);
            return;
        }
        self.stay(id, now, queue);
    }

    /// A ready task is to run here: it joins the queue, or is rejected.
    pub(super) fn stay(&mut self, id: TaskId, now: SimTime, queue: &mut EventQueue<Event>) {
        if !self.world.could_ever_run(&self.world.tasks[id]) {
            self.policies.scheduler.on_lost(id, &ClusterView::new(&self.world, now));
            self.end_task(id, Status::Rejected, now, queue);
            return;
        }
        self.world.prepare_for(id);
        self.join_queue(id, now);
        if let Some(patience) = self.world.tasks[id].spec.patience {
            let epoch = self.world.tasks[id].epoch;
            queue.push(now + patience, Event::GiveUp { task: id, epoch });
        }
    }

    /// A task waits for units from now on.
    pub(super) fn join_queue(&mut self, id: TaskId, now: SimTime) {
        self.hand_to_scheduler(id, now);
        if self.setup.queue_limit.is_some() {
            self.newcomers.push(id);
        }
        self.dirty = true;
    }

    /// A task waits, and its scheduler knows; whether there is room for it in the queue is not asked.
    pub(super) fn hand_to_scheduler(&mut self, id: TaskId, now: SimTime) {
        self.world.tasks[id].phase = Phase::Waiting;
        self.world.gauges.waiting += 1;
        self.observer.on(now, &Record::Queued(&self.world.tasks[id]));
        self.policies.scheduler.on_ready(id, &ClusterView::new(&self.world, now));
    }
}
