//! What ran where and when: a row per unit, a bar per task.

use super::gantt_rows::{self, Bar, Look, Plan, Row};
use crate::report::plots::PlotError;
use crate::report::plots::draw::canvas::{Align, Canvas, LABELS, Style};
use crate::report::plots::draw::frame::{self, Frame};
use crate::report::plots::draw::legend::{self, Entry, Key};
use crate::report::plots::draw::scale::{Quantity, short};
use crate::report::plots::draw::theme::{GRID, LABEL, OTHER, Rgb, SMALL, TWO_COLUMNS, color, text_on, tint};
use crate::report::plots::read::tasks::{Status, Task, Tasks, Unit};
use crate::report::plots::read::timeline::time_axis;
use std::collections::BTreeMap;

/// Lanes of the cloud's band; with more at once it shows how many.
const CLOUD_LANES: usize = 6;
/// Names with a colour of their own; the others share one.
const COLORED: usize = 6;
/// Most labels in bars.
const LABELLED: usize = 400;

/// `None` when no task ran.
pub(in crate::report::plots) fn draw(tasks: &Tasks, units: Option<&[Unit]>) -> Result<Option<Canvas>, PlotError> {
    let spans = || tasks.rows.iter().filter_map(|task| task.span);
    let (first, last) =
        spans().fold((f64::INFINITY, f64::NEG_INFINITY), |all, span| (all.0.min(span.0), all.1.max(span.1)));
    if first > last {
        return Ok(None);
    }
    let units = units.map_or_else(|| named_units(tasks), <[Unit]>::to_vec);
    // One class alone tells nothing: then the source.
    let by_source = tasks.classes.len() < 2 && tasks.sources.len() > 1;
    let name = |task: &Task| if by_source { task.source } else { task.class };
    let names = if by_source { &tasks.sources } else { &tasks.classes };
    let plan = gantt_rows::plan(tasks, &units, last - first, name);
    let (cloud, crowd) = cloud(tasks, name);
    let colors = Colors::new(tasks, name);

    let mut canvas = Canvas::new(TWO_COLUMNS)?;
    let labels: Vec<String> = plan.rows.iter().map(|row| format!("{} {}", row.unit.kind, row.unit.number)).collect();
    let widest = labels.iter().map(|label| canvas.text_width(label, LABEL)).fold(24.0, f64::max).min(90.0);
    let left = widest + 8.0;
    let width = canvas.width - left - frame::RIGHT;
    let entries = colors.entries(&plan, &cloud, |number| names.get(number));
    let top = 4.0 + legend::draw(&mut canvas, &entries, left, 2.0, width);

    let shared = plan.rows.iter().any(|row| row.lanes > 1);
    let row_height = (440.0 / plan.rows.len().max(1) as f64).clamp(7.5, if shared { 26.0 } else { 15.0 });
    let cloud_height = if cloud.is_empty() && crowd.is_empty() { 0.0 } else { 30.0 };
    let x = time_axis(first, last, 9);
    let y = x.clone();
    let height = row_height * plan.rows.len() as f64 + cloud_height;
    let frame = Frame { left, top, width, height, x, y };
    frame.grid_x(&mut canvas);
    let mut paint = Paint { frame: &frame, colors: &colors, tasks, labels_left: LABELLED };
    let mut y = top;
    let mut kind = "";
    for (row, label) in plan.rows.iter().zip(&labels) {
        // A stronger line where another kind begins.
        let ink = if kind == row.unit.kind { GRID } else { OTHER };
        kind = &row.unit.kind;
        canvas.line((left, y), (frame.right(), y), 0.5, ink);
        row_label(&mut canvas, label, left, y + row_height / 2.0, LABEL.min(0.82 * row_height));
        paint.row(&mut canvas, row, y, row_height);
        y += row_height;
    }
    if cloud_height > 0.0 {
        canvas.line((left, y), (frame.right(), y), 0.7, OTHER);
        row_label(&mut canvas, "cloud", left, y + cloud_height / 2.0, LABEL);
        paint.cloud(&mut canvas, &cloud, &crowd, y, cloud_height);
    }
    canvas.line(
        (left, top),
        (left, frame.bottom()),
        crate::report::plots::draw::theme::RULE,
        crate::report::plots::draw::theme::INK,
    );
    frame.axis_x(&mut canvas);
    canvas.height = frame.bottom() + frame::BELOW;
    let notes = notes(&plan);
    canvas.height += frame::remarks(&mut canvas, &notes, left, frame.bottom() + frame::BELOW - 3.0);
    Ok(Some(canvas))
}

/// Without `units.csv`: the units that tasks name, kind by kind.
fn named_units(tasks: &Tasks) -> Vec<Unit> {
    let mut units: Vec<Unit> = tasks.kinds.iter().map(|(&number, kind)| Unit { number, kind: kind.clone() }).collect();
    units.sort_by(|a, b| a.kind.cmp(&b.kind).then(a.number.cmp(&b.number)));
    units
}

fn row_label(canvas: &mut Canvas, label: &str, left: f64, middle: f64, size: f64) {
    let label = canvas.fit(label, size, left - 6.0);
    let style = Style { size, ..LABELS }.align(Align::End);
    canvas.text((left - 4.0, middle + 0.35 * size), &label, style);
}

fn notes(plan: &Plan) -> Vec<String> {
    let mut notes = Vec::new();
    if plan.stride > 1 {
        let rows = plan.rows.len();
        notes.push(format!("every {} unit of each kind shown, {rows} of {}", ordinal(plan.stride), plan.units));
    }
    if let Some(shortest) = plan.joined_below {
        let unit = Quantity::Time.unit(shortest);
        let length = short(shortest / unit.factor);
        notes.push(format!(
            "tasks shorter than {length} {} are joined: coloured by the most of their time, as high as the unit is busy",
            unit.symbol
        ));
    }
    if plan.crowded {
        notes.push(format!("more than {} tasks at once on a unit overlap in its last lane", gantt_rows::LANES));
    }
    if plan.thinned > 1 {
        notes.push(format!("every {} task of each unit shown", ordinal(plan.thinned)));
    }
    notes
}

fn ordinal(number: usize) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// Bars of the cloud in lanes; or, where too many ran at once, how many ran
/// from each instant on.
fn cloud(tasks: &Tasks, name: impl Fn(&Task) -> usize) -> (Vec<Bar>, Vec<(f64, f64)>) {
    let offloaded = tasks.rows.iter().enumerate().filter(|(_, task)| task.cloud);
    let mut bars: Vec<Bar> = offloaded
        .filter_map(|(index, task)| {
            let (start, end) = task.span?;
            let look = Look { name: name(task), status: task.status };
            Some(Bar { start, end, look, task: Some(index), lane: 0, fill: 1.0 })
        })
        .collect();
    bars.sort_by(|a, b| a.start.total_cmp(&b.start).then(a.end.total_cmp(&b.end)));
    if gantt_rows::lanes(&mut bars, CLOUD_LANES + 1) <= CLOUD_LANES && bars.len() <= 400 {
        return (bars, Vec::new());
    }
    let mut changes: Vec<(f64, f64)> = bars.iter().flat_map(|bar| [(bar.start, 1.0), (bar.end, -1.0)]).collect();
    changes.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut running = 0.0;
    for change in &mut changes {
        running += change.1;
        change.1 = running;
    }
    (Vec::new(), changes)
}

/// Which colour a class or source has.
struct Colors {
    /// None for those that share the colour of the others.
    own: BTreeMap<usize, Rgb>,
    others: usize,
}

impl Colors {
    /// The names with the most unit time keep a colour of their own; it goes
    /// by their first appearance, as in every chart.
    fn new(tasks: &Tasks, name: impl Fn(&Task) -> usize) -> Self {
        let mut times: BTreeMap<usize, f64> = BTreeMap::new();
        for task in &tasks.rows {
            if let Some((start, end)) = task.span {
                let width = tasks.units(task).len().max(1) as f64;
                *times.entry(name(task)).or_insert(0.0) += (end - start) * width;
            }
        }
        let mut order: Vec<(usize, f64)> = times.into_iter().collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let kept = if order.len() <= crate::report::plots::draw::theme::PALETTE.len() { order.len() } else { COLORED };
        let mut chosen: Vec<usize> = order.iter().take(kept).map(|(number, _)| *number).collect();
        chosen.sort_unstable();
        // Of more names than colours, two that are kept may share one by number: then count up.
        let by_number = chosen.iter().all(|&number| number < crate::report::plots::draw::theme::PALETTE.len());
        let own = chosen.iter().enumerate().map(|(rank, &n)| (n, color(if by_number { n } else { rank })));
        Self { own: own.collect(), others: order.len() - kept }
    }

    fn of(&self, look: Look) -> Rgb {
        self.own.get(&look.name).copied().unwrap_or(OTHER)
    }

    fn entries<'a>(&self, plan: &Plan, cloud: &[Bar], name: impl Fn(usize) -> &'a str) -> Vec<Entry> {
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
        for (status, name, crossed) in [(Status::Killed, "killed", false), (Status::Failed, "failed", true)] {
            if bars().any(|bar| bar.look.status == status) {
                entries.push(Entry::new(Key::Hatch(crate::report::plots::draw::theme::QUIET, crossed), name));
            }
        }
        entries
    }
}

/// Draws bars on the chart.
struct Paint<'a> {
    frame: &'a Frame,
    colors: &'a Colors,
    tasks: &'a Tasks,
    labels_left: usize,
}

impl Paint<'_> {
    fn row(&mut self, canvas: &mut Canvas, row: &Row, top: f64, height: f64) {
        let lane = (height - 1.6) / row.lanes.max(1) as f64;
        for bar in &row.bars {
            self.bar(canvas, bar, top + 0.8 + lane * bar.lane as f64, lane);
        }
    }

    fn bar(&mut self, canvas: &mut Canvas, bar: &Bar, top: f64, height: f64) {
        let left = self.frame.px(bar.start);
        let room = self.frame.px(bar.end) - left;
        // A hair of white tells neighbours apart; the shortest bar stays visible.
        let width = (room - 0.35).max(0.3);
        let color = self.colors.of(bar.look);
        let height = if height > 4.0 { height } else { height - 0.3 };
        let (top, height) = (top + height * (1.0 - bar.fill), height * bar.fill);
        match bar.look.status {
            Status::Killed => canvas.hatched((left, top), width, height, color, false),
            Status::Failed => canvas.hatched((left, top), width, height, color, true),
            Status::Completed | Status::Rejected => canvas.rect((left, top), width, height, color),
        }
        let plain = matches!(bar.look.status, Status::Completed | Status::Rejected);
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

    fn cloud(&mut self, canvas: &mut Canvas, bars: &[Bar], crowd: &[(f64, f64)], top: f64, height: f64) {
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
            y: crate::report::plots::draw::axis::Axis::from_zero("", Quantity::Count("tasks"), most, 1),
            ..self.frame.clone()
        };
        crate::report::plots::draw::steps::area(
            canvas,
            &band,
            &time,
            &running,
            tint(crate::report::plots::draw::theme::QUIET, 0.45),
        );
        let style = crate::report::plots::draw::canvas::REMARKS.align(Align::End);
        canvas.text((self.frame.right() - 2.0, top + SMALL + 1.0), &format!("at most {most} at once"), style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_read_as_they_are_spoken() {
        assert_eq!(
            [1, 2, 3, 4, 11, 12, 21, 22, 113].map(ordinal).join(" "),
            "1st 2nd 3rd 4th 11th 12th 21st 22nd 113th"
        );
    }
}
