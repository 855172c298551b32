//! What a class of tasks does with memory beyond asking for it: phases, traffic, a model's weights.

use std::sync::Arc;

/// From a fraction of its work on, a task uses so many bytes on each unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MemoryPhase {
    /// Fraction of the work done, in [0, 1).
    pub from: f64,
    /// Bytes on each unit.
    pub bytes: u64,
}

/// Weights that tasks of one model share on a unit, and that stay there until the room is needed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModelUse {
    /// Number of the model in the run.
    pub model: u32,
    /// Bytes on each unit.
    pub size: u64,
    /// Of two models the one of lower priority goes first, where the rule asks for it.
    pub priority: f64,
}

/// What a class of tasks does with memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassMemory {
    /// Bytes per second of full-speed progress to and from device memory; `None` follows from its work, or its device.
    pub traffic: Option<f64>,
    /// Ascending; before the first it uses what it declares.
    pub phases: Arc<[MemoryPhase]>,
    /// The model that it runs.
    pub model: Option<ModelUse>,
}

impl ClassMemory {
    /// How many phases have begun when `progress` of the work is done. Rounding of times must not miss one.
    pub fn phase_at(&self, progress: f64) -> usize {
        self.phases.iter().take_while(|p| p.from <= progress + 1e-9).count()
    }

    /// Bytes used on each unit when `begun` phases have begun; `declared` before the first.
    pub fn used(&self, begun: usize, declared: u64) -> u64 {
        begun.checked_sub(1).and_then(|i| self.phases.get(i)).map_or(declared, |p| p.bytes)
    }
}

/// What a task holds on a unit besides what it uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reserve {
    /// All that it declares, from its start on.
    #[default]
    Declared,
    /// Nothing: it may find later that there is no more.
    Current,
}

/// What happens when a task needs more memory than there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OomAction {
    /// It stands still until memory comes free. Where all tasks of a unit stand still, a victim is killed.
    #[default]
    Wait,
    /// It is refused, and ends.
    Reject,
    /// Victims are killed until there is room; it may be one itself.
    Kill,
    /// It loses its work and waits again, with a larger request.
    Retry,
}

/// Who is killed for want of memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Victim {
    /// Who holds most on the unit.
    #[default]
    Largest,
    /// Who started last.
    Youngest,
    /// Who is least urgent.
    LowestPriority,
    /// Who has worked least, units times time.
    LeastLost,
}

/// The rule for want of memory.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Oom {
    /// What happens.
    pub action: OomAction,
    /// To whom.
    pub victim: Victim,
    /// How much larger the next request is; above 1.
    pub retry_factor: f64,
    /// How often it may ask again.
    pub retries: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_begins_at_its_fraction() {
        let phases = [(0.25, 10), (0.5, 30)].map(|(from, bytes)| MemoryPhase { from, bytes });
        let class = ClassMemory { phases: Arc::from(phases), ..ClassMemory::default() };
        let used = |progress| class.used(class.phase_at(progress), 5);
        assert_eq!([0.0, 0.2, 0.25, 0.4, 0.5, 1.0].map(used), [5, 5, 10, 10, 30, 30]);
    }
}
