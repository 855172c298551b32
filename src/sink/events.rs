//! `events.csv`: every event, for looking closely.

use std::io;
use std::path::Path;

use crate::model::outage::Place;
use crate::model::task::Task;
use crate::model::unit::UnitPhase;
use crate::record::{Observer, Record};
use crate::units::{SimTime, UnitId};

use super::OutputFile;
use super::row::Row;

/// Writes one row per record: `time_s,event,task,unit,detail`.
pub struct EventsCsv {
    file: OutputFile,
    row: Row,
}

impl EventsCsv {
    /// Opens `path`.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn create(path: &Path) -> io::Result<Self> {
        let mut file = OutputFile::create(path)?;
        file.put(b"time_s,event,task,unit,detail\n");
        Ok(Self { file, row: Row::default() })
    }

    /// Completes the file.
    ///
    /// # Errors
    /// The first error of any write.
    pub fn finish(mut self) -> io::Result<()> {
        self.row.drain_into(&mut self.file);
        self.file.finish()
    }

    fn task(&mut self, at: SimTime, event: &str, task: &Task, detail: &str) {
        self.row.time(at).text(event).text(&task.spec.label.to_string());
        self.row.list(task.units.as_slice().iter().map(|u| u.0)).text(detail).end();
    }

    /// Of a unit its number, of a node its number among the details.
    fn place(&mut self, at: SimTime, event: &str, place: Place) {
        match place {
            Place::Unit(unit) => self.unit(at, event, unit, ""),
            Place::Node(node) => self.row.time(at).text(event).empty().empty().text(&format!("node {}", node.0)).end(),
        }
    }

    fn unit(&mut self, at: SimTime, event: &str, unit: UnitId, detail: &str) {
        self.row.time(at).text(event).empty().int(u64::from(unit.0)).text(detail).end();
    }
}

impl Observer for EventsCsv {
    fn on(&mut self, at: SimTime, record: &Record<'_>) {
        match record {
            Record::Submitted(t) => self.task(at, "submitted", t, ""),
            Record::Queued(t) => self.task(at, "queued", t, ""),
            Record::Placed(t) => self.task(at, "placed", t, if t.waking > 0 { "units wake" } else { "" }),
            Record::Started(t) => self.task(at, "started", t, if t.in_cloud { "cloud" } else { "local" }),
            Record::Preempted(t, _) => self.task(at, "preempted", t, ""),
            Record::GaveUp(t) => self.task(at, "gave-up", t, ""),
            Record::Offloaded(t) => self.task(at, "offloaded", t, ""),
            Record::Ended(t, status) => self.task(at, "ended", t, status.as_str()),
            Record::MemoryWait(t, why) => {
                self.task(at, "memory-wait", t, if why.by_fragmentation { "fragmented" } else { "" });
            }
            Record::Compaction(unit, bytes, _) => self.unit(at, "compaction", *unit, &bytes.get().to_string()),
            Record::Memory(t, fact) => self.task(at, "memory", t, fact.as_str()),
            Record::UnitPhase(unit, phase) => {
                let word = match phase {
                    UnitPhase::Awake => "awake",
                    UnitPhase::Sleeping => "asleep",
                    UnitPhase::FallingAsleep { .. } => "falling-asleep",
                    UnitPhase::Waking => "waking",
                    UnitPhase::Down { .. } => "down",
                };
                self.unit(at, "unit", *unit, word);
            }
            Record::PState(unit, p) => self.unit(at, "pstate", *unit, &p.to_string()),
            Record::Down(place) => self.place(at, "down", *place),
            Record::Up(place) => self.place(at, "up", *place),
            Record::Hit(t, _) => self.task(at, "hit", t, ""),
            Record::Heat(unit, Some(p)) => self.unit(at, "throttle", *unit, &p.to_string()),
            Record::Heat(unit, None) => self.unit(at, "throttle-ends", *unit, ""),
            Record::Cloud(fact) => self.row.time(at).text("cloud").empty().empty().text(fact.name()).end(),
            Record::WarmedUp => self.row.time(at).text("warmup").empty().empty().empty().end(),
        }
        if self.row.is_large() {
            self.row.drain_into(&mut self.file);
        }
    }
}
