//! What a Gantt chart shows: which units, which bars, in which lane.

use crate::report::plots::read::tasks::{Status, Task, Tasks, Unit};
use std::collections::BTreeMap;

/// Most rows of units.
pub(in crate::report::plots) const ROWS: usize = 60;
/// Most bars; beyond it, first fewer rows, then short bars joined.
pub(in crate::report::plots) const BARS: usize = 3_600;
/// Rows kept before bars are joined.
const FEW_ROWS: usize = 24;
/// Lanes of a unit that tasks share.
pub(in crate::report::plots) const LANES: usize = 6;

/// What a bar looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report::plots) struct Look {
    /// Number of the class or source that colours it.
    pub(in crate::report::plots) name: usize,
    pub(in crate::report::plots) status: Status,
}

/// A stretch of time on a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::report::plots) struct Bar {
    pub(in crate::report::plots) start: f64,
    pub(in crate::report::plots) end: f64,
    pub(in crate::report::plots) look: Look,
    /// Row of [`Tasks::rows`]; `None` for several tasks joined.
    pub(in crate::report::plots) task: Option<usize>,
    pub(in crate::report::plots) lane: usize,
    /// Share of the stretch that the tasks take, 0 to 1: below 1 where joined.
    pub(in crate::report::plots) fill: f64,
}

/// One unit and its bars.
#[derive(Clone, Debug)]
pub(in crate::report::plots) struct Row {
    pub(in crate::report::plots) unit: Unit,
    pub(in crate::report::plots) bars: Vec<Bar>,
    pub(in crate::report::plots) lanes: usize,
}

/// The rows to draw, and what was left out to make them fit.
#[derive(Clone, Debug)]
pub(in crate::report::plots) struct Plan {
    pub(in crate::report::plots) rows: Vec<Row>,
    pub(in crate::report::plots) units: usize,
    /// One in so many units of each kind is shown.
    pub(in crate::report::plots) stride: usize,
    /// Bars shorter than this many seconds are joined with their neighbours.
    pub(in crate::report::plots) joined_below: Option<f64>,
    /// One in so many bars is shown, where joining did not make them few.
    pub(in crate::report::plots) thinned: usize,
    /// Some unit ran more tasks at once than it has lanes.
    pub(in crate::report::plots) crowded: bool,
}

/// Chooses the rows and bars for a chart over `span` seconds.
pub(in crate::report::plots) fn plan(tasks: &Tasks, units: &[Unit], span: f64, look: impl Fn(&Task) -> usize) -> Plan {
    let mut plan = choose(tasks, units, ROWS, &look);
    if count(&plan) > BARS {
        plan = choose(tasks, units, FEW_ROWS, &look);
    }
    // From an 800th of the axis on: half a point of a full-width figure.
    let exact: Vec<Vec<Bar>> = plan.rows.iter().map(|row| row.bars.clone()).collect();
    let mut shortest = span / 800.0;
    while count(&plan) > BARS && shortest < span {
        for (row, bars) in plan.rows.iter_mut().zip(&exact) {
            row.bars = join(bars, shortest);
        }
        plan.joined_below = Some(shortest);
        shortest *= 1.5;
    }
    // Bars on top of each other (shared units, tasks of no length) do not join.
    plan.thinned = count(&plan).div_ceil(BARS).max(1);
    for row in &mut plan.rows {
        row.bars = row.bars.iter().step_by(plan.thinned).copied().collect();
        // One lane too many tells that there were not enough.
        row.lanes = lanes(&mut row.bars, LANES + 1).min(LANES);
        let last = row.lanes.saturating_sub(1);
        for bar in row.bars.iter_mut().filter(|bar| bar.lane > last) {
            bar.lane = last;
            plan.crowded = true;
        }
    }
    plan
}

fn count(plan: &Plan) -> usize {
    plan.rows.iter().map(|row| row.bars.len()).sum()
}

fn choose(tasks: &Tasks, units: &[Unit], most: usize, look: impl Fn(&Task) -> usize) -> Plan {
    let (shown, stride) = sample(units, most);
    let mut rows: Vec<Row> =
        shown.into_iter().map(|unit| Row { unit: unit.clone(), bars: Vec::new(), lanes: 1 }).collect();
    let at: BTreeMap<u64, usize> = rows.iter().enumerate().map(|(index, row)| (row.unit.number, index)).collect();
    for (index, task) in tasks.rows.iter().enumerate() {
        let Some((start, end)) = task.span else { continue };
        let look = Look { name: look(task), status: task.status };
        for number in tasks.units(task) {
            if let Some(row) = at.get(number).and_then(|&row| rows.get_mut(row)) {
                row.bars.push(Bar { start, end, look, task: Some(index), lane: 0, fill: 1.0 });
            }
        }
    }
    for row in &mut rows {
        row.bars.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.end.total_cmp(&b.end)));
    }
    Plan { rows, units: units.len(), stride, joined_below: None, thinned: 1, crowded: false }
}

/// One in `stride` units of every kind, so that no kind is lost.
fn sample(units: &[Unit], most: usize) -> (Vec<&Unit>, usize) {
    let mut stride = units.len().div_ceil(most).max(1);
    loop {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let mut kept = Vec::new();
        for unit in units {
            let nth = seen.entry(unit.kind.as_str()).or_insert(0);
            if nth.is_multiple_of(stride) {
                kept.push(unit);
            }
            *nth += 1;
        }
        // More kinds than rows cannot be, but must not hang.
        if kept.len() <= most || stride >= units.len() {
            kept.truncate(most);
            return (kept, stride);
        }
        stride += 1;
    }
}

/// Joins bars (in order of their start) that are shorter than `shortest` or
/// hardly apart into one of at least that length, which looks like most of
/// the time in it and knows how full it is. Bars of `shortest` and more stay.
fn join(bars: &[Bar], shortest: f64) -> Vec<Bar> {
    let mut out: Vec<Bar> = Vec::new();
    let mut shares: BTreeMap<Look, f64> = BTreeMap::new();
    for bar in bars {
        let length = bar.end - bar.start;
        let open = out.last_mut().filter(|last| {
            let small = length < shortest && last.end - last.start < shortest;
            let inside = bar.end <= last.end && length < shortest;
            inside || (small && bar.start - last.end < shortest / 2.0)
        });
        match open {
            Some(last) => {
                let share = shares.entry(bar.look).or_insert(0.0);
                *share += length;
                last.end = last.end.max(bar.end);
                last.task = None;
                let longest = shares.iter().max_by(|a, b| a.1.total_cmp(b.1)).map(|(look, _)| *look);
                last.look = longest.unwrap_or(last.look);
                let busy: f64 = shares.values().sum();
                // Never so little that it cannot be seen.
                last.fill = (busy / (last.end - last.start).max(1e-12)).clamp(0.08, 1.0);
            }
            None => {
                shares.clear();
                shares.insert(bar.look, length);
                out.push(*bar);
            }
        }
    }
    out
}

/// Gives overlapping bars (in order of their start) lanes of their own;
/// returns how many, at most `most`: beyond it the last lane overlaps.
pub(in crate::report::plots) fn lanes(bars: &mut [Bar], most: usize) -> usize {
    let mut ends: Vec<f64> = Vec::new();
    for bar in bars {
        let free = ends.iter().position(|&end| end <= bar.start);
        let lane = match free {
            Some(lane) => lane,
            None if ends.len() < most => {
                ends.push(bar.end);
                ends.len() - 1
            }
            None => most.saturating_sub(1),
        };
        if let Some(end) = ends.get_mut(lane) {
            *end = end.max(bar.end);
        }
        bar.lane = lane;
    }
    ends.len().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(kinds: &[(&str, usize)]) -> Vec<Unit> {
        let kinds = kinds.iter().flat_map(|&(kind, count)| std::iter::repeat_n(kind, count));
        kinds.enumerate().map(|(k, kind)| Unit { number: k as u64, kind: kind.to_owned() }).collect()
    }

    fn bar(start: f64, end: f64, name: usize) -> Bar {
        Bar { start, end, look: Look { name, status: Status::Completed }, task: Some(0), lane: 0, fill: 1.0 }
    }

    #[test]
    fn sampling_keeps_every_kind_and_the_limit() {
        let all = units(&[("cpu", 1200), ("gpu", 96), ("tpu", 4)]);
        let (shown, stride) = sample(&all, 60);
        assert!(shown.len() <= 60 && shown.len() > 50, "{}", shown.len());
        assert!(shown.iter().any(|unit| unit.kind == "tpu"));
        assert_eq!(shown.iter().filter(|unit| unit.kind == "cpu").count(), 1200_usize.div_ceil(stride));
        let few = units(&[("gpu", 8)]);
        assert_eq!(sample(&few, 60), (few.iter().collect(), 1));
    }

    #[test]
    fn joining_keeps_long_bars_and_shows_the_class_with_most_time() {
        let bars = [bar(0.0, 1.0, 0), bar(1.0, 4.0, 1), bar(4.5, 5.0, 0), bar(10.0, 30.0, 2), bar(30.0, 31.0, 0)];
        let joined = join(&bars, 6.0);
        assert_eq!(joined.len(), 3);
        assert_eq!((joined[0].start, joined[0].end, joined[0].look.name), (0.0, 5.0, 1));
        // Busy 4.5 of 5 s.
        assert!((joined[0].fill - 0.9).abs() < 1e-12);
        assert_eq!(joined[1], bars[3]);
        assert_eq!(joined[2], bars[4]);
    }

    #[test]
    fn overlapping_bars_get_lanes() {
        let mut bars = [bar(0.0, 4.0, 0), bar(1.0, 2.0, 0), bar(2.0, 3.0, 0), bar(5.0, 6.0, 0)];
        assert_eq!(lanes(&mut bars, 4), 2);
        assert_eq!(bars.map(|bar| bar.lane), [0, 1, 1, 0]);
        let mut crowd: Vec<Bar> = (0..10).map(|_| bar(0.0, 1.0, 0)).collect();
        assert_eq!(lanes(&mut crowd, 4), 4);
    }
}
