//! A source that hands out a list: tasks written in a scenario, or the rows of a log.

use std::sync::Arc;

use crate::model::source::Source;
use crate::model::task::Submission;
use crate::units::SimTime;

/// Tasks in order of arrival, shared by all replications.
pub struct TaskList {
    tasks: Arc<[(SimTime, Submission)]>,
    next: usize,
    dependencies: bool,
}

impl TaskList {
    /// Hands out `tasks`, which must be in order of arrival; a task's position is its tag.
    pub fn new(tasks: Arc<[(SimTime, Submission)]>) -> Self {
        let dependencies = tasks.iter().any(|(_, t)| !t.after.is_empty());
        Self { tasks, next: 0, dependencies }
    }
}

impl Source for TaskList {
    fn peek(&mut self) -> Option<SimTime> {
        self.tasks.get(self.next).map(|(at, _)| *at)
    }

    fn pop(&mut self) -> Option<Submission> {
        let (_, task) = self.tasks.get(self.next)?;
        let tag = self.next as u32;
        self.next += 1;
        Some(Submission { tag, ..task.clone() })
    }

    fn has_dependencies(&self) -> bool {
        self.dependencies
    }

    fn size_hint(&self) -> Option<u64> {
        Some(self.tasks.len() as u64)
    }
}
