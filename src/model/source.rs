//! Where tasks come from.

use crate::units::SimTime;

use super::task::Submission;

/// A stream of tasks in order of time. Only its next arrival is ever in the event queue.
pub trait Source: Send {
    /// When the next task arrives; `None` where none will, or none before another one ends.
    fn peek(&mut self) -> Option<SimTime>;

    /// The task that [`Source::peek`] announced.
    fn pop(&mut self) -> Option<Submission>;

    /// The task that was handed out with `tag` has ended. `true` where [`Source::peek`] may now tell
    /// something else (closed sources).
    fn on_end(&mut self, _now: SimTime, _tag: u32) -> bool {
        false
    }

    /// Whether tasks of this source name others that must complete first.
    fn has_dependencies(&self) -> bool {
        false
    }

    /// How many tasks there will be in all, if that is known: for progress bars.
    fn size_hint(&self) -> Option<u64> {
        None
    }
}
