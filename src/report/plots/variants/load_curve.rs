//! A metric against offered load, a curve for each variant. Where a variant has no steady state there is no value to
//! draw: such loads are marked above the plot.

use super::area;
use crate::report::plots::PlotError;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::{Align, Canvas, Point, REMARKS};
use crate::report::plots::draw::frame::Frame;
use crate::report::plots::draw::legend::{Entry, Key};
use crate::report::plots::draw::palette::Look;
use crate::report::plots::draw::scale::Quantity;
use crate::report::plots::draw::theme::{GRID, RULE, SMALL, STROKE};
use crate::report::plots::read::load::{LoadPoint, Loads};
use crate::report::plots::sheet::Sheet;

const HEIGHT: f64 = 150.0;
/// Curves in one chart.
const MOST: usize = 16;
/// Smallest ratio of the largest to the smallest mean for a logarithmic axis that nobody asked for.
const LOG_FROM: f64 = 100.0;
/// Height of the marks of one saturated curve, in points.
const ROW: f64 = 9.0;
const MARK: f64 = 4.5;

/// `None` when no load that is not saturated has a value other than 0.
pub(in crate::report::plots) fn draw(loads: &Loads, metric: &str, sheet: &Sheet) -> Result<Option<Canvas>, PlotError> {
    let curves: Vec<(Look, &str, &[LoadPoint])> = loads
        .curves
        .list
        .iter()
        .enumerate()
        .map(|(number, name)| (sheet.look(name), name.as_str(), loads.points(metric, number)))
        .filter(|(.., points)| !points.is_empty())
        .collect();
    let shown = &curves[..curves.len().min(MOST)];
    let points = || shown.iter().flat_map(|(.., points)| points.iter());
    if !points().any(|p| !p.saturated && p.cell.mean != 0.0) {
        return Ok(None);
    }
    let entry = |&(look, name, _): &(Look, &str, &[LoadPoint])| {
        Entry::new(Key::Line(look.color, look.dash, Some(look.marker)), sheet.label(name))
    };
    // One curve needs no name.
    let entries: Vec<Entry> = if shown.len() > 1 { shown.iter().map(entry).collect() } else { Vec::new() };
    let axes = (load_axis(points().map(|p| p.load)), value_axis(metric, points(), sheet));
    let (mut canvas, mut frame) = area::figure(sheet, &entries, HEIGHT, axes)?;
    let marked: Vec<&(Look, &str, &[LoadPoint])> =
        shown.iter().filter(|(.., points)| points.iter().any(|p| p.saturated)).collect();
    let strip = frame.top;
    if !marked.is_empty() {
        frame.top += ROW * marked.len() as f64 + 4.0;
    }
    frame.grid(&mut canvas);
    // No whisker hides a line or a mark of another curve.
    for (look, _, points) in shown {
        whiskers(&mut canvas, &frame, *look, points);
    }
    for (look, _, points) in shown {
        curve(&mut canvas, &frame, *look, points);
    }
    saturated(&mut canvas, &frame, &marked, strip);
    area::finish(&mut canvas, &frame, &notes(loads, curves.len()));
    Ok(Some(canvas))
}

fn notes(loads: &Loads, curves: usize) -> Vec<String> {
    let mut notes = Vec::new();
    if loads.intervals {
        notes.push("whiskers: 95 % confidence intervals".to_owned());
    }
    if curves > MOST {
        notes.push(format!("first {MOST} of {curves} variants shown"));
    }
    notes
}

fn load_axis(loads: impl Iterator<Item = f64>) -> Axis {
    let (low, high) = loads.fold((f64::INFINITY, 0.0), |(low, high): (f64, f64), x| (low.min(x), high.max(x)));
    let margin = (0.04 * (high - low)).max(0.01 * high);
    Axis::exact("Offered load", Quantity::Plain, (low - margin).max(0.0), high + margin, 7)
}

fn value_axis<'a>(metric: &str, points: impl Iterator<Item = &'a LoadPoint>, sheet: &Sheet) -> Axis {
    let cells: Vec<_> = points.filter(|p| !p.saturated).map(|p| p.cell).collect();
    let least = cells.iter().map(|c| c.mean).fold(f64::INFINITY, f64::min);
    let most = cells.iter().map(|c| c.mean).fold(0.0, f64::max);
    let highest = cells.iter().map(|c| c.interval.map_or(c.mean, |(_, high)| high.max(c.mean))).fold(0.0, f64::max);
    if least > 0.0 && (sheet.is_log(metric) || most > LOG_FROM * least) {
        return sheet.log_axis(metric, least, highest, 8);
    }
    Axis::from_zero(&sheet.title(metric), sheet.quantity(metric), highest, 6)
}

/// Intervals of the loads with a value.
fn whiskers(canvas: &mut Canvas, frame: &Frame, look: Look, points: &[LoadPoint]) {
    for point in points.iter().filter(|p| !p.saturated) {
        if let Some((low, high)) = point.cell.interval {
            let x = frame.px(point.load);
            canvas.whisker((x, frame.py(low)), (x, frame.py(high)), 1.8, look.color);
        }
    }
}

/// Line and marks through the loads with a value; the line breaks at one without.
fn curve(canvas: &mut Canvas, frame: &Frame, look: Look, points: &[LoadPoint]) {
    for piece in points.split(|p| p.saturated) {
        let line: Vec<Point> = piece.iter().map(|p| frame.point(p.load, p.cell.mean)).collect();
        canvas.dashed(line, STROKE, look.color, look.dash);
    }
    for point in points.iter().filter(|p| !p.saturated) {
        canvas.marker(look.marker, frame.point(point.load, point.cell.mean), MARK, look.color);
    }
}

/// Above the plot a row for each curve with such loads: its mark under an arrow that points beyond.
fn saturated(canvas: &mut Canvas, frame: &Frame, curves: &[&(Look, &str, &[LoadPoint])], top: f64) {
    let Some(first) =
        curves.iter().flat_map(|(.., points)| points.iter()).filter(|p| p.saturated).map(|p| p.load).reduce(f64::min)
    else {
        return;
    };
    canvas.line((frame.left, frame.top), (frame.right(), frame.top), RULE, GRID);
    for (row, (look, _, points)) in curves.iter().enumerate() {
        let y = top + ROW * (row as f64 + 0.5) + 1.2;
        for point in points.iter().filter(|p| p.saturated) {
            let x = frame.px(point.load);
            canvas.line((x, y), (x, y - 3.6), RULE, look.color);
            canvas.polygon(vec![(x - 1.7, y - 3.2), (x + 1.7, y - 3.2), (x, y - 6.0)], look.color);
            // Which curve it is; one alone needs no mark.
            if curves.len() > 1 {
                canvas.marker(look.marker, (x, y), 0.8 * MARK, look.color);
            }
        }
    }
    let word = "saturated";
    let before = frame.px(first) - 5.0;
    let y = top + ROW * curves.len() as f64 / 2.0 + 0.35 * SMALL;
    // Left of the marks, or right of the plot where they begin at its edge: then nothing else is in the row.
    if before - canvas.text_width(word, SMALL) > frame.left {
        canvas.text((before, y), word, REMARKS.align(Align::End));
    } else {
        canvas.text((frame.left - 2.0, y), word, REMARKS.align(Align::End));
    }
}
