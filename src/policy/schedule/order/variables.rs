//! What a formula may ask of a task.

use crate::policy::{ClusterView, TaskView};
use crate::units::{Share, SimTime};

/// When a variable of a waiting task changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Varies {
    /// Never while it waits.
    Never,
    /// From pass to pass.
    Time,
    /// With each start within a pass too.
    Starts,
}

/// A variable of formulas.
pub struct Variable {
    /// How formulas call it.
    pub name: &'static str,
    /// Its unit; empty for a plain number.
    pub unit: &'static str,
    /// What it is.
    pub about: &'static str,
    /// When it changes.
    pub varies: Varies,
    /// Its value.
    pub value: fn(TaskView<'_>, &ClusterView<'_>) -> f64,
}

macro_rules! variables {
    ($($name:literal, $unit:literal, $varies:ident, $about:literal: |$task:ident, $view:ident| $value:expr;)*) => {
        &[$(Variable {
            name: $name,
            unit: $unit,
            about: $about,
            varies: Varies::$varies,
            value: |$task, $view| $value,
        }),*]
    };
}

/// All variables, by name.
pub const VARIABLES: &[Variable] = variables! {
    "arrival", "s", Never, "when it arrived, since the start of the run": |task, _view| task.arrival().as_secs_f64();
    "attained", "s", Never, "time that it has run, before it was preempted": |task, view| task.attained(view.now()).as_secs_f64();
    "deadline", "s", Never, "when it must have ended, since the start of the run; infinite for none": |task, _view|
        deadline(task);
    "estimate", "s", Never, "estimated run time on the reference": |task, _view| task.estimate().as_secs_f64();
    "host_cpus", "processors", Never, "host processors that it asks for": |task, _view| task.host_cpus() as f64 / 1e3;
    "host_memory", "B", Never, "host memory that it asks for": |task, _view| task.host_memory().get() as f64;
    "memory", "B", Never, "device memory that it asks for on each unit": |task, _view| task.memory().get() as f64;
    "now", "s", Time, "the present instant, since the start of the run": |_task, view| view.now().as_secs_f64();
    "preemptions", "", Never, "how often it lost its units": |task, _view| f64::from(task.preemptions());
    "priority", "", Never, "its priority": |task, _view| task.priority();
    "queue", "tasks", Time, "how many tasks wait": |_task, view| view.waiting() as f64;
    "remaining", "s", Never, "estimated rest of its run on the fastest pool that it may use": |task, view|
        view.shortest_remaining(task).as_secs_f64();
    "share", "", Never, "the part of each unit that it asks for, up to 1": |task, _view|
        f64::from(task.share().0) / f64::from(Share::WHOLE.0);
    "slack", "s", Time, "deadline - now - remaining; infinite without a deadline": |task, view|
        deadline(task) - view.now().as_secs_f64() - view.shortest_remaining(task).as_secs_f64();
    "units", "units", Never, "its width": |task, _view| f64::from(task.units());
    "user_share", "", Starts, "the part of the cluster's units that its user holds now, up to 1": |task, view|
        view.user(task.user()).share();
    "user_usage", "unit seconds", Time, "what its user has held so far": |task, view| view.user(task.user()).usage();
    "wait", "s", Time, "time since it arrived": |task, view| (view.now() - task.arrival()).as_secs_f64();
};

fn deadline(task: TaskView<'_>) -> f64 {
    match task.deadline() {
        SimTime::NEVER => f64::INFINITY,
        at => at.as_secs_f64(),
    }
}

/// The names with their units, for messages and schemas.
pub fn listed() -> String {
    let shown = |v: &Variable| if v.unit.is_empty() { v.name.to_owned() } else { format!("{} ({})", v.name, v.unit) };
    VARIABLES.iter().map(shown).collect::<Vec<_>>().join(", ")
}
