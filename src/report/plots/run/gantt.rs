//! What ran where and when: a row per unit, a bar per task.

use super::gantt_paint::{Colors, Paint};
use super::gantt_pieces::Pieces;
use super::gantt_rows::{self, Bar, Look, Plan};
use crate::report::plots::PlotError;
use crate::report::plots::draw::canvas::{Align, Canvas, LABELS, Style};
use crate::report::plots::draw::frame::{self, Frame};
use crate::report::plots::draw::legend;
use crate::report::plots::draw::scale::{Quantity, number, short};
use crate::report::plots::draw::theme::{GRID, INK, LABEL, OTHER, RULE, TWO_COLUMNS};
use crate::report::plots::read::intervals::Intervals;
use crate::report::plots::read::tasks::{Task, Tasks, Unit};
use crate::report::plots::read::timeline::time_axis;
use crate::report::plots::sheet::Sheet;

/// Lanes of the cloud's band; with more at once it shows how many.
const CLOUD_LANES: usize = 6;
/// Most labels in bars.
const LABELLED: usize = 400;

/// `None` when no task ran.
pub(in crate::report::plots) fn draw(
    tasks: &Tasks,
    intervals: &Intervals,
    units: Option<&[Unit]>,
    sheet: &Sheet,
) -> Result<Option<Canvas>, PlotError> {
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
    let pieces = Pieces::new(tasks, intervals);
    let plan = gantt_rows::plan((tasks, &pieces), &units, &intervals.gaps, last - first, name);
    let (cloud, crowd) = cloud(tasks, name);
    let colors = Colors::new(tasks, name);

    let mut canvas = sheet.canvas(TWO_COLUMNS)?;
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
    let mut paint = Paint {
        frame: &frame,
        colors: &colors,
        tasks,
        labels_left: LABELLED,
        ties: plan.joined_below.is_none() && plan.thinned == 1,
    };
    let mut y = top;
    let mut kind = "";
    for (row, label) in plan.rows.iter().zip(&labels) {
        paint.ground(&mut canvas, row, y, row_height);
        // A stronger line where another kind begins.
        let ink = if kind == row.unit.kind { GRID } else { OTHER };
        kind = &row.unit.kind;
        canvas.line((left, y), (frame.right(), y), 0.5, ink);
        row_label(&mut canvas, label, left, y + row_height / 2.0, LABEL.min(0.82 * row_height));
        y += row_height;
    }
    paint.rows(&mut canvas, &plan.rows, top, row_height);
    if cloud_height > 0.0 {
        canvas.line((left, y), (frame.right(), y), 0.7, OTHER);
        row_label(&mut canvas, "cloud", left, y + cloud_height / 2.0, LABEL);
        paint.cloud(&mut canvas, &cloud, &crowd, y, cloud_height);
    }
    canvas.line((left, top), (left, frame.bottom()), RULE, INK);
    frame.axis_x(&mut canvas);
    canvas.height = frame.bottom() + frame::BELOW;
    let notes = notes(&plan, spans().count());
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

fn notes(plan: &Plan, tasks: usize) -> Vec<String> {
    let all = number(tasks as f64, 1.0);
    let mut notes = Vec::new();
    if plan.stride > 1 {
        let rows = plan.rows.len();
        notes.push(format!("every {} unit of each kind shown, {rows} of {}", ordinal(plan.stride), plan.units));
    }
    if let Some(shortest) = plan.joined_below {
        let unit = Quantity::Time.unit(shortest);
        let length = short(shortest / unit.factor);
        notes.push(format!(
            "of {all} tasks, those shorter than {length} {} are joined: coloured by the most of their time, as high as the unit is busy",
            unit.symbol
        ));
    }
    if plan.crowded {
        notes.push(format!("more than {} tasks at once on a unit overlap in its last lane", gantt_rows::LANES));
    }
    if plan.thinned > 1 {
        notes.push(format!("of {all} tasks, every {} task of each unit shown", ordinal(plan.thinned)));
    }
    if plan.sleepless {
        notes.push("units sleep too often to show when".to_owned());
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
            Some(Bar::new((start, end), look, Some(index)))
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
