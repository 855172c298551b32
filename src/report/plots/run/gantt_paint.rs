//! Drawing the bars of a Gantt chart.

use super::gantt_pieces::OPEN;
use super::gantt_rows::{Bar, Block, Look, Plan, Row, blocks};
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::{Align, Canvas, LABELS, REMARKS, Style};
use crate::report::plots::draw::frame::Frame;
use crate::report::plots::draw::legend::{Entry, Key};
use crate::report::plots::draw::scale::Quantity;
use crate::report::plots::draw::steps;
use crate::report::plots::draw::theme::{INK, OTHER, PALETTE, QUIET, Rgb, SMALL, color, text_on, tint};
use crate::report::plots::read::intervals::{Away, Doing, Ending};
use crate::report::plots::read::tasks::{Status, Task, Tasks};
use std::collections::BTreeMap;

/// Names with a colour of their own; the others share one.
const COLORED: usize = 6;
/// Most gangs whose parts are tied with a line.
const TIED: usize = 150;
/// Where a unit sleeps.
const ASLEEP: Rgb = (236, 240, 247);
/// Where work was lost.
const LOST: Rgb = PALETTE[5];

/// Which colour a class or source has.
pub(in crate::report::plots) struct Colors {
    /// None for those that share the colour of the others.
    own: BTreeMap<usize, Rgb>,
    others: usize,
}

impl Colors {
    /// The names with the most unit time keep a colour of their own; it goes
    /// by their first appearance, as in every chart.
    pub(in crate::report::plots) fn new(tasks: &Tasks, name: impl Fn(&Task) -> usize) -> Self {
        let mut times: BTreeMap<usize, f64> = BTreeMap::new();
        for task in &tasks.rows {
            if let Some((start, end)) = task.span {
                let width = tasks.units(task).len().max(1) as f64;
                *times.entry(name(task)).or_insert(0.0) += (end - start) * width;
            }
        }
        let mut order: Vec<(usize, f64)> = times.into_iter().collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let kept = if order.len() <= PALETTE.len() { order.len() } else { COLORED };
        let mut chosen: Vec<usize> = order.iter().take(kept).map(|(number, _)| *number).collect();
        chosen.sort_unstable();
        // Of more names than colours, two that are kept may share one by number: then count up.
        let by_number = chosen.iter().all(|&number| number < PALETTE.len());
        let own = chosen.iter().enumerate().map(|(rank, &n)| (n, color(if by_number { n } else { rank })));
        Self { own: own.collect(), others: order.len() - kept }
    }

    fn of(&self, look: Look) -> Rgb {
        self.own.get(&look.name).copied().unwrap_or(OTHER)
    }

    pub(in crate::report::plots) fn entries<'a>(
        &self,
        plan: &Plan,
        cloud: &[Bar],
        name: impl Fn(usize) -> &'a str,
    ) -> Vec<Entry> {
        let shown = |number: usize| match name(number) {
            "" => "tasks".to_owned(),
            name => name.to_owned(),
        };
        let mut entries: Vec<Entry> =
            self.own.iter().map(|(&number, &color)| Entry::new(Key::Fill(color), shown(number))).collect();
        if self.others > 0 {
            entries.push(Entry::new(Key::Fill(OTHER), format!("{} others", self.others)));
        }
        let bars = || plan.rows.iter().flat_map(|row| &row.bars).chain(cloud);
        let mut add = |is_there: bool, key: Key, name: &str| {
            if is_there {
                entries.push(Entry::new(key, name));
            }
        };
        add(bars().any(|bar| bar.look.name == OPEN), Key::Fill(OTHER), "not ended");
        let saves = |bar: &Bar| bar.doing != Doing::Run;
        add(bars().any(saves), Key::Fill(tint(QUIET, 0.4)), "saving or loading");
        add(bars().any(|bar| bar.ending == Ending::Cut), Key::Cut(INK), "preempted");
        add(bars().any(|bar| bar.ending == Ending::Lost), Key::Cut(LOST), "lost its units");
        for (status, name, crossed) in [(Status::Killed, "killed", false), (Status::Failed, "failed", true)] {
            add(bars().any(|bar| bar.look.status == status), Key::Hatch(QUIET, crossed), name);
        }
        let away = |what: Away| plan.rows.iter().flat_map(|row| &row.gaps).any(|gap| gap.0 == what);
        add(away(Away::Down), Key::Struck, "unit down");
        add(away(Away::Asleep), Key::Fill(ASLEEP), "unit asleep");
        entries
    }
}

/// Draws bars on the chart.
pub(in crate::report::plots) struct Paint<'a> {
    pub(in crate::report::plots) frame: &'a Frame,
    pub(in crate::report::plots) colors: &'a Colors,
    pub(in crate::report::plots) tasks: &'a Tasks,
    pub(in crate::report::plots) labels_left: usize,
    /// Whether the parts of gangs are tied: not where most of them are joined with others.
    pub(in crate::report::plots) ties: bool,
}

impl Paint<'_> {
    /// What lies behind the bars of a row.
    pub(in crate::report::plots) fn ground(&self, canvas: &mut Canvas, row: &Row, top: f64, height: f64) {
        self.gaps(canvas, row, Away::Asleep, |canvas, left, width| {
            canvas.rect((left, top + 0.3), width, height - 0.6, ASLEEP);
        });
    }

    /// The bars of all rows, the first of which begins at `top`; then what lies over them.
    pub(in crate::report::plots) fn rows(&mut self, canvas: &mut Canvas, rows: &[Row], top: f64, height: f64) {
        let blocks = blocks(rows);
        self.ties(canvas, &blocks, top, height);
        for Block { rows: (first, last), bar } in &blocks {
            let lanes = rows.get(*first).map_or(1, |row| row.lanes.max(1));
            let lane = (height - 1.6) / lanes as f64;
            let tall = lane + height * (last - first) as f64;
            self.bar(canvas, bar, top + height * *first as f64 + 0.8 + lane * bar.lane as f64, tall);
        }
        for (index, row) in rows.iter().enumerate() {
            let top = top + height * index as f64;
            self.gaps(canvas, row, Away::Down, |canvas, left, width| {
                canvas.struck((left, top + 0.8), width.max(0.6), height - 1.6);
            });
        }
    }

    fn gaps(&self, canvas: &mut Canvas, row: &Row, what: Away, draw: impl Fn(&mut Canvas, f64, f64)) {
        for (_, (from, to)) in row.gaps.iter().filter(|gap| gap.0 == what) {
            let left = self.frame.px(*from);
            draw(canvas, left, self.frame.px(*to) - left);
        }
    }

    /// Lines that tie the parts of a gang where other rows lie between them. With many they would hide the bars.
    fn ties(&self, canvas: &mut Canvas, blocks: &[Block], top: f64, height: f64) {
        let mut gangs: BTreeMap<(usize, u64), Vec<&Block>> = BTreeMap::new();
        for block in blocks {
            if let Some(task) = block.bar.task {
                gangs.entry((task, block.bar.start.to_bits())).or_default().push(block);
            }
        }
        gangs.retain(|_, parts| parts.len() > 1);
        if gangs.len() > TIED || !self.ties {
            return;
        }
        for parts in gangs.values() {
            for (above, below) in parts.iter().zip(parts.iter().skip(1)) {
                let x = self.frame.px(above.bar.start) + 0.6;
                let (from, to) = (top + height * (above.rows.1 + 1) as f64, top + height * below.rows.0 as f64);
                canvas.line((x, from - 2.0), (x, to + 2.0), 1.2, self.colors.of(above.bar.look));
            }
        }
    }

    fn bar(&mut self, canvas: &mut Canvas, bar: &Bar, top: f64, height: f64) {
        let left = self.frame.px(bar.start);
        let room = self.frame.px(bar.end) - left;
        // A hair of white tells neighbours apart; the shortest bar stays visible.
        let width = (room - 0.35).max(0.3);
        let color = self.colors.of(bar.look);
        let color = if bar.doing == Doing::Run { color } else { tint(color, 0.4) };
        let height = if height > 4.0 { height } else { height - 0.3 };
        let (top, height) = (top + height * (1.0 - bar.fill), height * bar.fill);
        match bar.look.status {
            Status::Killed => canvas.hatched((left, top), width, height, color, false),
            Status::Failed => canvas.hatched((left, top), width, height, color, true),
            Status::Completed | Status::Rejected => canvas.rect((left, top), width, height, color),
        }
        for (ending, ink) in [(Ending::Cut, INK), (Ending::Lost, LOST)] {
            if bar.ending == ending {
                let x = left + width;
                canvas.line((x, top - 0.5), (x, top + height + 0.5), 1.0, ink);
            }
        }
        let plain = matches!(bar.look.status, Status::Completed | Status::Rejected) && bar.doing == Doing::Run;
        if !plain || height < 5.5 || self.labels_left == 0 {
            return;
        }
        let name = bar.task.and_then(|index| self.tasks.rows.get(index)).map_or("", |task| self.tasks.name(task));
        let size = (0.8 * height).min(SMALL);
        if !name.is_empty() && canvas.text_width(name, size) + 3.0 <= width {
            let style = Style { size, ..LABELS }.align(Align::Middle).color(text_on(color));
            canvas.text((left + width / 2.0, top + height / 2.0 + 0.35 * size), name, style);
            self.labels_left -= 1;
        }
    }

    pub(in crate::report::plots) fn cloud(
        &mut self,
        canvas: &mut Canvas,
        bars: &[Bar],
        crowd: &[(f64, f64)],
        top: f64,
        height: f64,
    ) {
        let lanes = bars.iter().map(|bar| bar.lane + 1).max().unwrap_or(1);
        let lane = ((height - 3.0) / lanes as f64).min(13.0);
        for bar in bars {
            self.bar(canvas, bar, top + 1.5 + lane * bar.lane as f64, lane);
        }
        let most = crowd.iter().map(|change| change.1).fold(0.0, f64::max);
        if most <= 0.0 {
            return;
        }
        let (time, running): (Vec<f64>, Vec<f64>) = crowd.iter().copied().unzip();
        let band = Frame {
            top: top + 2.0,
            height: height - 2.0,
            y: Axis::from_zero("", Quantity::Count("tasks"), most, 1),
            ..self.frame.clone()
        };
        steps::area(canvas, &band, &time, &running, tint(QUIET, 0.45));
        let style = REMARKS.align(Align::End);
        canvas.text((self.frame.right() - 2.0, top + SMALL + 1.0), &format!("at most {most} at once"), style);
    }
}
