//! `tasks.csv`: a row per task that ended.

use std::io;
use std::path::Path;

use crate::model::task::{Status, Task};
use crate::record::{Observer, Record};
use crate::units::SimTime;

use super::fold::bounded_slowdown;
use super::row::Row;
use super::{Names, OutputFile};

const HEADER: &str = "task,source,class,arrival_s,start_s,finish_s,status,location,unit_kind,units,wait_s,run_s,\
response_s,bounded_slowdown,memory_bytes,energy_j,preemptions,deadline_s,deadline_met,cost_usd\n";

/// Writes rows in order of their end, at one instant in order of arrival.
pub struct TasksCsv {
    file: OutputFile,
    names: Names,
    row: Row,
    /// Rows of the present instant.
    instant: SimTime,
    pending: Vec<(u64, Vec<u8>)>,
}

impl TasksCsv {
    /// Opens `path`.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn create(path: &Path, names: Names) -> io::Result<Self> {
        let mut file = OutputFile::create(path)?;
        file.put(HEADER.as_bytes());
        Ok(Self { file, names, row: Row::default(), instant: SimTime::ZERO, pending: Vec::new() })
    }

    /// Completes the file.
    ///
    /// # Errors
    /// The first error of any write.
    pub fn finish(mut self) -> io::Result<()> {
        self.flush_instant();
        self.file.finish()
    }

    fn flush_instant(&mut self) {
        if self.pending.len() > 1 {
            self.pending.sort_by_key(|(seq, _)| *seq);
        }
        for (_, bytes) in self.pending.drain(..) {
            self.file.put(&bytes);
        }
    }

    fn build(&mut self, at: SimTime, task: &Task, status: Status) -> Vec<u8> {
        let ran = task.first_start != SimTime::NEVER;
        let row = &mut self.row;
        match &task.spec.label {
            crate::model::task::Label::Number(n) => row.int(*n),
            crate::model::task::Label::Text(t) => row.text(t),
        };
        row.text(self.names.source(task)).text(self.names.class(task));
        row.time(task.arrival).time(task.first_start).time(at).text(status.as_str());
        row.text(if task.in_cloud { "cloud" } else { "local" });
        match self.names.kind(task) {
            Some(kind) if ran && !task.in_cloud => row.text(kind.name()),
            _ => row.empty(),
        };
        row.list(task.units.as_slice().iter().map(|u| u.0));
        if ran {
            let response = at - task.arrival;
            row.span(task.first_start - task.arrival).span(task.run).span(response);
            row.real(bounded_slowdown(response, task.run));
        } else {
            row.empty().empty().empty().empty();
        }
        row.int(task.spec.memory.get());
        if ran && !task.in_cloud {
            row.real(task.energy.as_joules())
        } else {
            row.empty()
        };
        row.int(u64::from(task.preemptions)).time(task.deadline);
        match task.deadline {
            SimTime::NEVER => row.empty(),
            deadline => row.text(if status == Status::Completed && at <= deadline { "true" } else { "false" }),
        };
        // One that came home may have cost something before.
        if task.in_cloud || task.cost_usd > 0.0 {
            row.real(task.cost_usd)
        } else {
            row.empty()
        };
        row.end();
        row.take()
    }
}

impl Observer for TasksCsv {
    fn on(&mut self, at: SimTime, record: &Record<'_>) {
        if let Record::Ended(task, status) = record {
            if at != self.instant {
                self.flush_instant();
                self.instant = at;
            }
            let bytes = self.build(at, task, *status);
            self.pending.push((task.seq, bytes));
        }
    }
}
