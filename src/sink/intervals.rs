//! `intervals.csv`: what a row of `tasks.csv` cannot tell about time on units.
//!
//! Pieces of work of tasks that did not run in one piece, saving and loading of state, and the times for which units
//! were down, asleep or on their way. Where there is nothing of this there is no file.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use crate::model::task::{Phase, Status, Task, UnitList};
use crate::model::unit::UnitPhase;
use crate::model::world::World;
use crate::record::{MemoryFact, Observer, Record};
use crate::units::{SimTime, UnitId};

use super::row::Row;
use super::{Names, OutputFile};

const HEADER: &str = "what,task,units,from_s,to_s,detail,source\n";

/// Writes a row per interval when it ends, those of one instant in the order in which they end.
///
/// `what` is `run`, `save` or `load` of a task, `down`, `sleep` or `transition` of a unit. `detail` is how it ended: of
/// a task `preempted` (it waits again), `moved` (it goes on elsewhere at once), `failed` (its units failed), `killed`,
/// `rejected`, `retried` (for memory), `completed`, or `running` at the end of the run; a `load` that was not cut
/// short has none, and a `save` has that of the piece before it. Of a unit: `repaired`, `waking`, `deeper` (into another sleep state), `failed`, or
/// `running` at the end of the run; of a transition which one it was, `falling-asleep` or `waking`. Tasks that ran in
/// one piece have no row of `run`, and nothing in the cloud has one. Intervals of no length are left out.
///
/// What it remembers is bounded by the units and the tasks that hold them.
pub struct IntervalsCsv {
    path: PathBuf,
    names: Names,
    row: Row,
    /// Made with the first rows.
    file: Option<io::Result<OutputFile>>,
    /// By task, the end of the time in which it reads its state back, where that takes time.
    restoring: BTreeMap<u64, SimTime>,
    /// By task, since when it brings what it needs before it can run.
    loading: BTreeMap<u64, SimTime>,
    /// By task, since when and where it saves its state.
    saving: BTreeMap<u64, (SimTime, UnitList)>,
    /// By unit that is not awake, its phase and since when.
    away: BTreeMap<UnitId, (UnitPhase, SimTime)>,
    /// Tasks that lost their units at this instant and whose last piece is told.
    told: (SimTime, BTreeSet<u64>),
}

impl IntervalsCsv {
    /// Will write to `path`, if there is anything to tell.
    pub fn new(path: &Path, names: Names) -> Self {
        Self {
            path: path.to_owned(),
            names,
            row: Row::default(),
            file: None,
            restoring: BTreeMap::new(),
            loading: BTreeMap::new(),
            saving: BTreeMap::new(),
            away: BTreeMap::new(),
            told: (SimTime::ZERO, BTreeSet::new()),
        }
    }

    /// Tells what is still under way at the end of the run, and completes the file.
    ///
    /// # Errors
    /// The file cannot be made, or the first error of any write.
    pub fn finish(mut self, end: SimTime, world: &World) -> io::Result<()> {
        let mut running: Vec<&Task> = world.running.iter().map(|id| &world.tasks[*id]).collect();
        running.sort_unstable_by_key(|task| task.seq);
        for task in running {
            let units = task.units.as_slice();
            match task.phase {
                Phase::Running if task.first_start != task.last_start => self.piece(task, units, end, "running"),
                Phase::Saving => self.saved(task, end, "running"),
                Phase::Placed => self.loaded(task, units, end, "running"),
                _ => {}
            }
        }
        for (unit, (phase, since)) in std::mem::take(&mut self.away) {
            self.unit(unit, phase, since, end, "running");
        }
        if self.file.is_none() && self.row.is_empty() {
            return Ok(());
        }
        self.drain();
        match self.file {
            Some(Ok(file)) => file.finish(),
            Some(Err(error)) => Err(error),
            None => Ok(()),
        }
    }

    fn drain(&mut self) {
        let file = self.file.get_or_insert_with(|| {
            let mut file = OutputFile::create(&self.path)?;
            file.put(HEADER.as_bytes());
            Ok(file)
        });
        if let Ok(file) = file {
            self.row.drain_into(file);
        } else {
            // Its error is returned in the end.
            self.row.take();
        }
    }

    fn interval(&mut self, what: &str, task: &Task, units: &[UnitId], (from, to): (SimTime, SimTime), detail: &str) {
        if from >= to {
            return;
        }
        self.row.text(what).text(&task.spec.label.to_string()).list(units.iter().map(|u| u.0));
        self.row.time(from).time(to).text(detail).text(self.names.source(task)).end();
    }

    fn unit(&mut self, unit: UnitId, phase: UnitPhase, since: SimTime, now: SimTime, ended: &str) {
        let (what, detail) = match phase {
            UnitPhase::Awake => return,
            UnitPhase::Down { .. } => ("down", ended),
            UnitPhase::Sleeping => ("sleep", ended),
            UnitPhase::FallingAsleep { .. } => ("transition", "falling-asleep"),
            UnitPhase::Waking => ("transition", "waking"),
        };
        if since < now {
            self.row.text(what).empty().int(u64::from(unit.0)).time(since).time(now).text(detail).empty().end();
        }
    }

    /// A piece of work of `task` on `units` ends: what it read back first, and what it did then.
    fn piece(&mut self, task: &Task, units: &[UnitId], now: SimTime, ended: &str) {
        let begun = match self.restoring.remove(&task.seq) {
            None => task.last_start,
            Some(restored) => {
                let cut = if now < restored { ended } else { "" };
                self.interval("load", task, units, (task.last_start, restored.min(now)), cut);
                restored
            }
        };
        self.interval("run", task, units, (begun, now), ended);
    }

    fn saved(&mut self, task: &Task, now: SimTime, ended: &str) {
        if let Some((since, units)) = self.saving.remove(&task.seq) {
            self.interval("save", task, units.as_slice(), (since, now), ended);
        }
    }

    fn loaded(&mut self, task: &Task, units: &[UnitId], now: SimTime, ended: &str) {
        if let Some(since) = self.loading.remove(&task.seq) {
            self.interval("load", task, units, (since, now), ended);
        }
    }

    fn started(&mut self, task: &Task, now: SimTime) {
        if task.in_cloud {
            return;
        }
        if !self.loading.is_empty() {
            self.loaded(task, task.units.as_slice(), now, "");
        }
        if !task.restore.is_zero() {
            self.restoring.insert(task.seq, now + task.restore);
        }
    }

    fn preempted(&mut self, task: &Task, units: &[UnitId], now: SimTime) {
        let ended = match task.phase {
            Phase::Placed | Phase::Running if task.units.as_slice() != units => "moved",
            _ => "preempted",
        };
        self.piece(task, units, now, ended);
        if task.phase == Phase::Saving {
            self.saving.insert(task.seq, (now, UnitList::from(units)));
        }
    }

    /// A task loses its units, whatever it does on them.
    fn lost(&mut self, task: &Task, now: SimTime, ended: &str) {
        let units = task.units.as_slice();
        match task.phase {
            Phase::Running => self.piece(task, units, now, ended),
            Phase::Saving => self.saved(task, now, ended),
            Phase::Placed => self.loaded(task, units, now, ended),
            _ => return,
        }
        if self.told.0 != now {
            self.told = (now, BTreeSet::new());
        }
        self.told.1.insert(task.seq);
    }

    fn ended(&mut self, task: &Task, status: Status, now: SimTime) {
        let in_pieces = task.first_start != task.last_start || self.restoring.contains_key(&task.seq);
        if task.in_cloud || task.phase != Phase::Running || !in_pieces {
            return;
        }
        if self.told.0 != now || !self.told.1.contains(&task.seq) {
            self.piece(task, task.units.as_slice(), now, status.as_str());
        }
    }

    fn unit_phase(&mut self, unit: UnitId, phase: UnitPhase, now: SimTime) {
        let before = match phase {
            UnitPhase::Awake => self.away.remove(&unit),
            _ => self.away.insert(unit, (phase, now)),
        };
        if let Some((before, since)) = before {
            let ended = match (before, phase) {
                (_, UnitPhase::Down { .. }) => "failed",
                (UnitPhase::Down { .. }, _) => "repaired",
                (_, UnitPhase::Waking) => "waking",
                (_, UnitPhase::FallingAsleep { .. }) => "deeper",
                _ => "awake",
            };
            self.unit(unit, before, since, now, ended);
        }
    }
}

impl Observer for IntervalsCsv {
    fn on(&mut self, at: SimTime, record: &Record<'_>) {
        match record {
            Record::Started(task) => self.started(task, at),
            Record::Preempted(task, units) => self.preempted(task, units, at),
            Record::Queued(task) if !self.saving.is_empty() => self.saved(task, at, "preempted"),
            Record::Hit(task, _) => self.lost(task, at, "failed"),
            Record::Memory(task, MemoryFact::Retried) => self.lost(task, at, "retried"),
            Record::Memory(task, MemoryFact::Loading) => {
                self.loading.insert(task.seq, at);
            }
            Record::Ended(task, status) => self.ended(task, *status, at),
            Record::UnitPhase(unit, phase) => self.unit_phase(*unit, *phase, at),
            _ => return,
        }
        if self.row.is_large() {
            self.drain();
        }
    }
}
