//! Waiting times by class and by width of gang: a box each.

use super::wait_cdf::{LOG_FROM, quantile, shortest};
use crate::report::plots::PlotError;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::{Align, Canvas, LABELS, REMARKS};
use crate::report::plots::draw::frame::{self, Frame};
use crate::report::plots::draw::scale::{Quantity, number};
use crate::report::plots::draw::theme::{INK, LABEL, OTHER, QUIET, RULE, Rgb, SMALL, TWO_COLUMNS, color, tint};
use crate::report::plots::read::tasks::{Status, Task, Tasks};
use crate::report::plots::sheet::Sheet;
use std::collections::BTreeMap;

const SLOT: f64 = 14.0;
const BOX: f64 = 8.0;
/// Room between classes and widths.
const BETWEEN: f64 = 7.0;
/// Classes with a row; the others share one.
const MOST: usize = 15;

/// A row: its name, its colour, waits in rising order.
struct Group {
    name: String,
    color: Rgb,
    waits: Vec<f64>,
}

/// Of the tasks that started and ended; `None` where there is nothing to compare.
pub(in crate::report::plots) fn draw(tasks: &Tasks, sheet: &Sheet) -> Result<Option<Canvas>, PlotError> {
    let groups: Vec<Vec<Group>> =
        [classes(tasks), widths(tasks)].into_iter().filter(|groups| groups.len() > 1).collect();
    let all = || groups.iter().flatten().flat_map(|group| group.waits.iter().copied());
    let longest = all().fold(0.0, f64::max);
    if longest <= 0.0 {
        return Ok(None);
    }
    let mut canvas = sheet.canvas(TWO_COLUMNS)?;
    let rows = || groups.iter().flatten();
    let widest = rows().map(|group| canvas.text_width(&group.name, LABEL)).fold(0.0, f64::max).min(150.0);
    let counts = rows().map(|group| canvas.text_width(&count(group), SMALL)).fold(0.0, f64::max);
    // Viewers' fonts differ: room for a wider one.
    let (left, first) = (1.12 * widest + 8.0, shortest(all(), longest));
    let width = canvas.width - left - counts - 10.0;
    let x = if longest / first > LOG_FROM {
        Axis::log("Waiting time (s)", first, longest, 9)
    } else {
        Axis::from_zero("Waiting time", Quantity::Time, longest, 8)
    };
    let height = SLOT * rows().count() as f64 + BETWEEN * (groups.len() - 1) as f64;
    let y = Axis::exact("", Quantity::Plain, 0.0, 1.0, 1);
    let frame = Frame { left, top: 6.0, width, height, x, y };
    frame.grid_x(&mut canvas);
    let mut middle = frame.top + SLOT / 2.0;
    for (index, part) in groups.iter().enumerate() {
        if index > 0 {
            let y = middle - SLOT / 2.0 + BETWEEN / 2.0;
            canvas.line((2.0, y), (frame.right(), y), 0.5, OTHER);
            middle += BETWEEN;
        }
        for group in part {
            let name = canvas.fit(&group.name, LABEL, widest);
            canvas.text((left - 4.0, middle + 0.35 * LABEL), &name, LABELS.align(Align::End));
            canvas.text((frame.right() + 4.0, middle + 0.35 * SMALL), &count(group), REMARKS);
            draw_box(&mut canvas, &frame, middle, group);
            middle += SLOT;
        }
    }
    canvas.line((left, frame.top), (left, frame.bottom()), RULE, INK);
    frame.axis_x(&mut canvas);
    let mut notes = vec![
        "boxes: quartiles, with the median; whiskers: 5th and 95th percentiles; right: number of tasks".to_owned(),
    ];
    if longest / first > LOG_FROM && all().any(|wait| wait < frame.x.low) {
        notes.push("shorter waits, and none at all, stand at the left end".to_owned());
    }
    let below = frame.bottom() + frame::BELOW;
    canvas.height = below + frame::remarks(&mut canvas, &notes, 4.0, below - 3.0);
    Ok(Some(canvas))
}

fn count(group: &Group) -> String {
    number(group.waits.len() as f64, 1.0)
}

fn draw_box(canvas: &mut Canvas, frame: &Frame, middle: f64, group: &Group) {
    let [p5, low, median, high, p95] = [0.05, 0.25, 0.5, 0.75, 0.95].map(|q| frame.px(quantile(&group.waits, q)));
    let (top, bottom) = (middle - BOX / 2.0, middle + BOX / 2.0);
    for (end, edge) in [(p5, low), (p95, high)] {
        canvas.line((end, middle), (edge, middle), RULE, INK);
        canvas.line((end, middle - 2.0), (end, middle + 2.0), RULE, INK);
    }
    canvas.rect((low, top), (high - low).max(0.4), BOX, tint(group.color, 0.6));
    canvas.path(vec![(low, top), (high, top), (high, bottom), (low, bottom), (low, top)], RULE, group.color);
    canvas.line((median, top), (median, bottom), 1.6, INK);
}

/// The task's wait, where it started and ended.
fn wait(task: &Task) -> Option<f64> {
    let counts = matches!(task.status, Status::Completed | Status::Killed);
    task.wait.filter(|_| counts).map(|wait| wait.max(0.0))
}

/// By class in the order of their first appearance; of many, those with the most tasks and the rest as one.
fn classes(tasks: &Tasks) -> Vec<Group> {
    let mut by_class: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for task in &tasks.rows {
        if let Some(wait) = wait(task) {
            by_class.entry(task.class).or_default().push(wait);
        }
    }
    let mut kept: Vec<(usize, Vec<f64>)> = by_class.into_iter().collect();
    kept.sort_by_key(|(class, waits)| (std::cmp::Reverse(waits.len()), *class));
    let rest = if kept.len() > MOST + 1 { kept.split_off(MOST) } else { Vec::new() };
    kept.sort_by_key(|(class, _)| *class);
    let name = |class: usize| Some(tasks.classes.get(class)).filter(|n| !n.is_empty()).unwrap_or("tasks").to_owned();
    let mut groups: Vec<Group> =
        kept.into_iter().map(|(class, waits)| sorted(name(class), color(class), waits)).collect();
    if !rest.is_empty() {
        let title = format!("{} other classes", rest.len());
        groups.push(sorted(title, OTHER, rest.into_iter().flat_map(|(_, waits)| waits).collect()));
    }
    groups
}

/// By number of units, those of several in powers of two: 1, 2, 3–4, 5–8, …
fn widths(tasks: &Tasks) -> Vec<Group> {
    let mut by_width: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for task in &tasks.rows {
        let units = tasks.units(task).len();
        if let (Some(wait), true) = (wait(task), units > 0) {
            by_width.entry(units.next_power_of_two()).or_default().push(wait);
        }
    }
    let name = |most: usize| match most {
        1 => "1 unit".to_owned(),
        2 => "2 units".to_owned(),
        _ => format!("{}–{most} units", most / 2 + 1),
    };
    by_width.into_iter().map(|(most, waits)| sorted(name(most), QUIET, waits)).collect()
}

fn sorted(name: String, color: Rgb, mut waits: Vec<f64>) -> Group {
    waits.sort_unstable_by(f64::total_cmp);
    Group { name, color, waits }
}
