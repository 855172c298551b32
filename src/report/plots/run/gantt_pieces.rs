//! Which bars tasks have: their spans, or their pieces where they did not run in one.

use super::gantt_rows::{Bar, Look};
use crate::report::plots::read::intervals::{Doing, Ending, Intervals, Piece};
use crate::report::plots::read::tasks::{Status, Task, Tasks};
use std::collections::BTreeMap;

/// Number of the name of a task that has not ended: no class is known of it.
pub(in crate::report::plots) const OPEN: usize = usize::MAX;

/// The pieces of tasks.
#[derive(Default)]
pub(in crate::report::plots) struct Pieces<'a> {
    /// By row of [`Tasks::rows`].
    of: BTreeMap<usize, Vec<&'a Piece>>,
    /// Of tasks that are in no row.
    open: Vec<&'a Piece>,
}

impl<'a> Pieces<'a> {
    /// Finds the task of each piece by its source and name; of several, the one that ran then.
    pub(in crate::report::plots) fn new(tasks: &Tasks, intervals: &'a Intervals) -> Self {
        let mut by_name: BTreeMap<(&str, &str), Vec<&Piece>> = BTreeMap::new();
        for piece in &intervals.pieces {
            by_name.entry((&piece.source, &piece.task)).or_default().push(piece);
        }
        let mut pieces = Self::default();
        if by_name.is_empty() {
            return pieces;
        }
        for (index, task) in tasks.rows.iter().enumerate() {
            let key = (tasks.sources.get(task.source), tasks.name(task));
            let (Some(found), Some((start, finish))) = (by_name.get_mut(&key), task.span) else { continue };
            let own = |piece: &&Piece| piece.span.1 >= start && piece.span.1 <= finish;
            let taken: Vec<&Piece> = found.iter().copied().filter(|p| own(p)).collect();
            found.retain(|piece| !own(piece));
            if !taken.is_empty() {
                pieces.of.insert(index, taken);
            }
        }
        pieces.open = by_name.into_values().flatten().collect();
        pieces
    }

    /// Calls `each` with every unit on which the task in row `index` was, and the bar there.
    pub(in crate::report::plots) fn bars(
        &self,
        (index, task): (usize, &Task),
        units: &[u64],
        name: usize,
        mut each: impl FnMut(u64, Bar),
    ) {
        let found = self.of.get(&index).map_or(&[][..], Vec::as_slice);
        for piece in found {
            let last = task.span.is_some_and(|span| span.1 == piece.span.1);
            let status = if last && piece.ending != Ending::Cut { task.status } else { Status::Completed };
            let bar = piece_bar(piece, Look { name, status }, Some(index));
            piece.units.iter().for_each(|unit| each(*unit, bar));
        }
        if found.iter().any(|piece| piece.doing == Doing::Run) {
            return;
        }
        if let Some((start, end)) = task.span {
            let bar = Bar::new((start, end), Look { name, status: task.status }, Some(index));
            units.iter().for_each(|unit| each(*unit, bar));
        }
    }

    /// The same for tasks that have not ended.
    pub(in crate::report::plots) fn open_bars(&self, mut each: impl FnMut(u64, Bar)) {
        for piece in &self.open {
            let bar = piece_bar(piece, Look { name: OPEN, status: Status::Completed }, None);
            piece.units.iter().for_each(|unit| each(*unit, bar));
        }
    }
}

fn piece_bar(piece: &Piece, look: Look, task: Option<usize>) -> Bar {
    Bar { doing: piece.doing, ending: piece.ending, ..Bar::new(piece.span, look, task) }
}
