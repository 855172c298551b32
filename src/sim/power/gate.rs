//! Units that sleep until several tasks wait: out of the scheduler's reach before, within it at once when they do.

use crate::model::unit::UnitPhase;
use crate::record::Observer;
use crate::sim::Simulation;
use crate::units::UnitId;

/// How many tasks must wait before a unit that sleeps may be given one; `None`: any one will do.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::sim) struct Gate(Option<u64>);

impl Gate {
    /// A gate for `tasks` tasks. More can never wait than the waiting room holds.
    pub(in crate::sim) fn new(tasks: Option<u64>, queue_limit: Option<u64>) -> Self {
        Self(tasks.map(|n| n.min(queue_limit.unwrap_or(u64::MAX)).max(1)).filter(|n| *n > 1))
    }

    /// Whether there is one.
    pub(in crate::sim) const fn exists(self) -> bool {
        self.0.is_some()
    }
}

impl<O: Observer> Simulation<O> {
    /// Brings the sleeping units into the scheduler's reach where enough tasks wait, or where no more can come: those
    /// that wait then would wait for ever. Returns the units.
    pub(in crate::sim) fn open_gate(&mut self) -> Vec<UnitId> {
        let Some(enough) = self.gate.0 else { return Vec::new() };
        let waiting = u64::from(self.world.gauges.waiting);
        if self.world.withheld.is_empty() || waiting == 0 || (waiting < enough && self.open_sources > 0) {
            return Vec::new();
        }
        self.dirty = true;
        self.world.reopen()
    }

    /// The pass is over: units that were given nothing are out of reach again.
    pub(in crate::sim) fn close_gate(&mut self, opened: &[UnitId]) {
        for &unit in opened {
            let at = &self.world.units[unit.index()];
            if at.residents.is_empty() && at.phase != UnitPhase::Awake {
                self.world.withhold(unit);
            }
        }
    }
}
