//! What a Gantt chart shows: which units, which bars, in which lane.

use super::gantt_pieces::Pieces;
use crate::report::plots::read::intervals::{Away, Doing, Ending, Gap};
use crate::report::plots::read::tasks::{Status, Task, Tasks, Unit};
use std::collections::BTreeMap;

/// Most rows of units.
pub(in crate::report::plots) const ROWS: usize = 60;
/// Most bars; beyond it, first fewer rows, then short bars joined.
pub(in crate::report::plots) const BARS: usize = 3_600;
/// Most stretches in which units could not work.
const GAPS: usize = 3_000;
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
    pub(in crate::report::plots) doing: Doing,
    pub(in crate::report::plots) ending: Ending,
}

impl Bar {
    /// Of one task that works in one piece.
    pub(in crate::report::plots) fn new((start, end): (f64, f64), look: Look, task: Option<usize>) -> Self {
        Self { start, end, look, task, lane: 0, fill: 1.0, doing: Doing::Run, ending: Ending::Whole }
    }
}

/// One bar over neighbouring rows: a gang.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report::plots) struct Block {
    /// First and last row.
    pub(in crate::report::plots) rows: (usize, usize),
    pub(in crate::report::plots) bar: Bar,
}

/// One unit and its bars.
#[derive(Clone, Debug)]
pub(in crate::report::plots) struct Row {
    pub(in crate::report::plots) unit: Unit,
    pub(in crate::report::plots) bars: Vec<Bar>,
    pub(in crate::report::plots) lanes: usize,
    /// When the unit could not work.
    pub(in crate::report::plots) gaps: Vec<(Away, (f64, f64))>,
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
    /// Units slept too often to show it.
    pub(in crate::report::plots) sleepless: bool,
}

/// Chooses the rows and bars for a chart over `span` seconds.
pub(in crate::report::plots) fn plan(
    (tasks, pieces): (&Tasks, &Pieces<'_>),
    units: &[Unit],
    gaps: &[Gap],
    span: f64,
    look: impl Fn(&Task) -> usize,
) -> Plan {
    let mut plan = choose((tasks, pieces), units, ROWS, &look);
    if count(&plan) > BARS {
        plan = choose((tasks, pieces), units, FEW_ROWS, &look);
    }
    // From an 800th of the axis on: half a point of a full-width figure.
    let mut shortest = span / 800.0;
    if count(&plan) > BARS && shortest > 0.0 {
        let exact: Vec<Vec<Bar>> = plan.rows.iter_mut().map(|row| std::mem::take(&mut row.bars)).collect();
        loop {
            plan.joined_below = Some(shortest);
            let last = shortest * 1.5 >= span;
            if join_all(&mut plan.rows, &exact, shortest, if last { usize::MAX } else { BARS }) {
                break;
            }
            shortest *= 1.5;
        }
    }
    add_gaps(&mut plan.rows, gaps, span);
    plan.sleepless = plan.rows.iter().map(|row| row.gaps.len()).sum::<usize>() > GAPS;
    if plan.sleepless {
        plan.rows.iter_mut().for_each(|row| row.gaps.retain(|gap| gap.0 == Away::Down));
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

/// Joins the bars of all rows; `false`, and nothing done, once there are more than `most`.
fn join_all(rows: &mut [Row], exact: &[Vec<Bar>], shortest: f64, most: usize) -> bool {
    let mut left = most;
    let mut joined = Vec::with_capacity(rows.len());
    for bars in exact {
        let Some(few) = join(bars, shortest, left) else { return false };
        left = left.saturating_sub(few.len());
        joined.push(few);
    }
    for (row, bars) in rows.iter_mut().zip(joined) {
        row.bars = bars;
    }
    true
}

/// Stretches less than an 800th of the axis apart become one; of those that are shorter and stand alone, nothing could
/// be seen.
fn add_gaps(rows: &mut [Row], gaps: &[Gap], span: f64) {
    let at: BTreeMap<u64, usize> = rows.iter().enumerate().map(|(index, row)| (row.unit.number, index)).collect();
    for &(unit, away, (from, to)) in gaps {
        if let Some(row) = at.get(&unit).and_then(|&row| rows.get_mut(row)) {
            row.gaps.push((away, (from, to)));
        }
    }
    let least = span / 800.0;
    for row in rows {
        row.gaps.sort_by(|a, b| a.1.0.total_cmp(&b.1.0).then(a.1.1.total_cmp(&b.1.1)));
        let mut kept: Vec<(Away, (f64, f64))> = Vec::new();
        for &(away, (from, to)) in &row.gaps {
            match kept.iter_mut().rev().find(|(other, _)| *other == away) {
                Some((_, last)) if from - last.1 < least => last.1 = last.1.max(to),
                _ => kept.push((away, (from, to))),
            }
        }
        kept.retain(|(_, (from, to))| to - from >= least);
        row.gaps = kept;
    }
}

/// The bars of all rows, those of a gang on neighbouring rows of a kind as one.
pub(in crate::report::plots) fn blocks(rows: &[Row]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut above: BTreeMap<(usize, u64, u64), usize> = BTreeMap::new();
    let mut before: Option<&Row> = None;
    for (index, row) in rows.iter().enumerate() {
        let near = before.is_some_and(|b| b.unit.kind == row.unit.kind && b.lanes == 1 && row.lanes == 1);
        let mut here = BTreeMap::new();
        for bar in &row.bars {
            let key = bar.task.map(|task| (task, bar.start.to_bits(), bar.end.to_bits()));
            let open = key.filter(|_| near).and_then(|key| above.remove(&key));
            let place = match open.and_then(|place| Some((place, blocks.get_mut(place)?))) {
                Some((place, block)) => {
                    block.rows.1 = index;
                    place
                }
                None => {
                    blocks.push(Block { rows: (index, index), bar: *bar });
                    blocks.len() - 1
                }
            };
            here.extend(key.map(|key| (key, place)));
        }
        above = here;
        before = Some(row);
    }
    blocks
}

fn count(plan: &Plan) -> usize {
    plan.rows.iter().map(|row| row.bars.len()).sum()
}

fn choose((tasks, pieces): (&Tasks, &Pieces<'_>), units: &[Unit], most: usize, look: impl Fn(&Task) -> usize) -> Plan {
    let (shown, stride) = sample(units, most);
    let mut rows: Vec<Row> = shown
        .into_iter()
        .map(|unit| Row { unit: unit.clone(), bars: Vec::new(), lanes: 1, gaps: Vec::new() })
        .collect();
    let at: BTreeMap<u64, usize> = rows.iter().enumerate().map(|(index, row)| (row.unit.number, index)).collect();
    let mut add = |unit: u64, bar: Bar| {
        if let Some(row) = at.get(&unit).and_then(|&row| rows.get_mut(row)) {
            row.bars.push(bar);
        }
    };
    for (index, task) in tasks.rows.iter().enumerate() {
        pieces.bars((index, task), tasks.units(task), look(task), &mut add);
    }
    pieces.open_bars(&mut add);
    for row in &mut rows {
        row.bars.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.end.total_cmp(&b.end)));
    }
    Plan { rows, units: units.len(), stride, joined_below: None, thinned: 1, crowded: false, sleepless: false }
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
/// the time in it and knows how full it is. Bars of `shortest` and more stay. `None` once there are more than `most`.
fn join(bars: &[Bar], shortest: f64, most: usize) -> Option<Vec<Bar>> {
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
                (last.doing, last.ending) = (Doing::Run, Ending::Whole);
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
                if out.len() > most {
                    return None;
                }
            }
        }
    }
    Some(out)
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
        Bar::new((start, end), Look { name, status: Status::Completed }, Some(0))
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
        assert_eq!(join(&bars, 6.0, 2), None);
        let joined = join(&bars, 6.0, 3).unwrap();
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

    #[test]
    fn a_gang_on_neighbouring_rows_is_one_block() {
        let units = units(&[("cpu", 1), ("gpu", 4)]);
        let row = |unit: &Unit, bars: Vec<Bar>| Row { unit: unit.clone(), bars, lanes: 1, gaps: Vec::new() };
        let task = |task, start| Bar { task: Some(task), ..bar(start, start + 1.0, 0) };
        // Task 7 on all units, task 8 on gpu 1, 2 and 4; another kind, or a row between, ends a block.
        let with_8 = [false, true, true, false, true];
        let bars = |also: bool| if also { vec![task(7, 0.0), task(8, 1.0)] } else { vec![task(7, 0.0)] };
        let rows: Vec<Row> = units.iter().zip(with_8).map(|(unit, also)| row(unit, bars(also))).collect();
        let found: Vec<_> = blocks(&rows).iter().map(|b| (b.bar.task.unwrap(), b.rows)).collect();
        assert_eq!(found, [(7, (0, 0)), (7, (1, 4)), (8, (1, 2)), (8, (4, 4))]);
    }

    #[test]
    fn gaps_that_nothing_could_be_seen_of_are_joined_or_left_out() {
        let unit = Unit { number: 3, kind: "gpu".to_owned() };
        let mut rows = vec![Row { unit, bars: Vec::new(), lanes: 1, gaps: Vec::new() }];
        // An 800th of 800 s is 1 s: 0.5 s apart is one stretch, 0.2 s alone is none; unit 4 has no row.
        let down = |unit, from, to| (unit, Away::Down, (from, to));
        let gaps = [down(3, 50.0, 50.2), down(3, 10.0, 20.0), down(3, 20.5, 30.0), down(4, 0.0, 800.0)];
        add_gaps(&mut rows, &gaps, 800.0);
        assert_eq!(rows[0].gaps, [(Away::Down, (10.0, 30.0))]);
    }
}
