//! A metric of a comparison that crosses two factors: a cell for each variant, its value in it.

use std::collections::BTreeSet;

use crate::report::plots::PlotError;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::{Align, Canvas, LABELS, REMARKS, Style, TITLES};
use crate::report::plots::draw::ramp::ramp;
use crate::report::plots::draw::scale::{Unit, three_digits};
use crate::report::plots::draw::theme::{COLUMN, INK, LABEL, QUIET, RULE, SMALL, TITLE, TWO_COLUMNS, WHITE, text_on};
use crate::report::plots::read::comparison::Comparison;
use crate::report::plots::read::factors::Grid;
use crate::report::plots::sheet::Sheet;

/// Rows and columns of one map.
const MOST: usize = 40;
/// Least width of a cell whose value can be read in it, in points.
const VALUED: f64 = 16.0;
/// Narrower cells make a map of one column of a paper one of two.
const WIDE: f64 = 24.0;
/// Height of a cell, and of one of many rows.
const TALL: f64 = 16.0;
const LOW: f64 = 11.0;
/// Smallest ratio of the largest to the smallest mean for logarithmic colours that nobody asked for.
const LOG_FROM: f64 = 100.0;
/// Width of the bar that explains the colours, and of what stands beside it.
const BAR: f64 = 9.0;
const BESIDE: f64 = 40.0;
/// Longest row label, as a part of the figure.
const LABELS_PART: f64 = 0.3;

/// What a cell shows.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shown {
    Value(f64),
    Saturated,
}

/// Where the map stands, in points.
struct Place {
    left: f64,
    top: f64,
    cell: (f64, f64),
}

/// `None` when the metric is 0 or saturated everywhere.
pub(in crate::report::plots) fn draw(
    comparison: &Comparison,
    grid: &Grid,
    metric: &str,
    saturated: &BTreeSet<String>,
    sheet: &Sheet,
) -> Result<Option<Canvas>, PlotError> {
    let (rows, columns) = (grid.rows.1.len().min(MOST), grid.columns.1.len().min(MOST));
    let shown = |row: usize, column: usize| -> Option<Shown> {
        let number = *grid.cells.get(&(row, column))?;
        if saturated.contains(comparison.variants.get(number)) {
            return Some(Shown::Saturated);
        }
        comparison.cell(metric, number).map(|cell| Shown::Value(cell.mean))
    };
    let places = || (0..rows).flat_map(|r| (0..columns).map(move |c| (r, c)));
    let values: Vec<f64> = places()
        .filter_map(|(r, c)| match shown(r, c) {
            Some(Shown::Value(x)) => Some(x),
            _ => None,
        })
        .collect();
    if values.iter().all(|x| *x == 0.0) {
        return Ok(None);
    }
    let (axis, unit) = colors(metric, &values, sheet);
    let (mut canvas, place) = layout(grid, (rows, columns), sheet)?;
    let title = canvas.fit(&axis.title, TITLE, canvas.width - 6.0);
    canvas.text((canvas.width / 2.0, TITLE + 2.0), &title, TITLES.align(Align::Middle));
    for (r, c) in places() {
        cell(&mut canvas, &place, (r, c), shown(r, c), (&axis, &unit));
    }
    row_labels(&mut canvas, &place, grid, rows, sheet);
    let below = column_labels(&mut canvas, &place, grid, (rows, columns), sheet);
    let right = place.left + place.cell.0 * columns as f64 + 8.0;
    color_bar(&mut canvas, &axis, (right, place.top), (place.cell.1 * rows as f64).max(60.0));
    let mut notes = Vec::new();
    if places().any(|(r, c)| shown(r, c) == Some(Shown::Saturated)) {
        notes.push("hatched: saturated, without a steady state".to_owned());
    }
    if place.cell.0 < VALUED {
        notes.push("too many columns for values in the cells".to_owned());
    }
    if grid.rows.1.len() > rows || grid.columns.1.len() > columns {
        notes.push(format!(
            "first {rows} of {} rows, {columns} of {} columns",
            grid.rows.1.len(),
            grid.columns.1.len()
        ));
    }
    let bottom = below.max(place.top + 60.0 + LABEL);
    canvas.height = bottom + 4.0;
    canvas.height += crate::report::plots::draw::frame::remarks(&mut canvas, &notes, place.left, bottom);
    Ok(Some(canvas))
}

/// The scale of the colours, and the unit of the values in the cells.
fn colors(metric: &str, values: &[f64], sheet: &Sheet) -> (Axis, Unit) {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let quantity = sheet.quantity(metric);
    if low > 0.0 && (sheet.is_log(metric) || high > LOG_FROM * low) {
        return (sheet.log_axis(metric, low, high, 6), quantity.unit_of_logs());
    }
    let spread = if high > low { high } else { low + low.abs().max(1e-9) };
    (Axis::exact(&sheet.title(metric), quantity, low, spread, 6), quantity.unit(low.abs().max(spread.abs())))
}

/// An empty figure, and where the cells go: in one column of a paper while their values can be read.
fn layout(grid: &Grid, (rows, columns): (usize, usize), sheet: &Sheet) -> Result<(Canvas, Place), PlotError> {
    let mut canvas = sheet.canvas(COLUMN)?;
    let widest = |canvas: &Canvas| {
        let labels = grid.rows.1.iter().take(rows).map(|name| canvas.text_width(&sheet.label(name), LABEL));
        labels.fold(0.0, f64::max).min(LABELS_PART * canvas.width)
    };
    let width = |canvas: &Canvas| {
        let left = TITLE + 10.0 + widest(canvas);
        (left, (canvas.width - left - 8.0 - BAR - BESIDE) / columns.max(1) as f64)
    };
    if width(&canvas).1 < WIDE && sheet.may_be_wide() {
        canvas.width = sheet.width(TWO_COLUMNS);
    }
    let (left, cell) = width(&canvas);
    let high = if rows > 12 { LOW } else { TALL };
    Ok((canvas, Place { left, top: TITLE + 9.0, cell: (cell.min(60.0), high) }))
}

fn cell(
    canvas: &mut Canvas,
    place: &Place,
    (row, column): (usize, usize),
    shown: Option<Shown>,
    (axis, unit): (&Axis, &Unit),
) {
    let (width, height) = place.cell;
    let corner = (place.left + width * column as f64, place.top + height * row as f64);
    let at = (corner.0 + width / 2.0, corner.1 + height / 2.0 + 0.35 * SMALL);
    let (fill, text) = match shown {
        Some(Shown::Value(x)) => (ramp(axis.share(x)), three_digits(x / unit.factor)),
        Some(Shown::Saturated) => {
            canvas.hatched((corner.0 + 0.3, corner.1 + 0.3), width - 0.6, height - 0.6, QUIET, false);
            let room = canvas.text_width("sat.", SMALL).min(width - 3.0) + 2.0;
            if width >= VALUED {
                canvas.rect((at.0 - room / 2.0, corner.1 + 1.5), room, height - 3.0, WHITE);
            }
            (WHITE, "sat.".to_owned())
        }
        None => (WHITE, "–".to_owned()),
    };
    if matches!(shown, Some(Shown::Value(_))) {
        canvas.rect((corner.0 + 0.3, corner.1 + 0.3), width - 0.6, height - 0.6, fill);
    }
    if width >= VALUED {
        // A long number in a narrow cell is written smaller.
        let size = (SMALL * (width - 2.0) / canvas.text_width(&text, SMALL).max(0.1)).min(SMALL);
        let style = Style { size, ..REMARKS.align(Align::Middle).color(text_on(fill)) };
        canvas.text(at, &text, style);
    }
}

fn row_labels(canvas: &mut Canvas, place: &Place, grid: &Grid, rows: usize, sheet: &Sheet) {
    let room = LABELS_PART * canvas.width;
    for (row, name) in grid.rows.1.iter().take(rows).enumerate() {
        let label = canvas.fit(&sheet.label(name), LABEL, room);
        let y = place.top + place.cell.1 * (row as f64 + 0.5) + 0.35 * LABEL;
        canvas.text((place.left - 4.0, y), &label, LABELS.align(Align::End));
    }
    let bottom = place.top + place.cell.1 * rows as f64;
    // A short map has no room beside it for a long path: what differs is at its end.
    let title = short_title(canvas, &sheet.label(&grid.rows.0), bottom - place.top + 24.0);
    let half = canvas.text_width(&title, TITLE) / 2.0;
    let middle = ((place.top + bottom) / 2.0).max(half + 1.0);
    canvas.text((TITLE + 0.5, middle), &title, TITLES.align(Align::Middle).vertical());
}

/// Labels below the columns, upright where they would touch; returns where the figure goes on.
fn column_labels(
    canvas: &mut Canvas,
    place: &Place,
    grid: &Grid,
    (rows, columns): (usize, usize),
    sheet: &Sheet,
) -> f64 {
    const LONGEST: f64 = 90.0;
    let bottom = place.top + place.cell.1 * rows as f64;
    let labels: Vec<String> =
        grid.columns.1.iter().take(columns).map(|name| canvas.fit(&sheet.label(name), LABEL, LONGEST)).collect();
    let widest = labels.iter().map(|label| canvas.text_width(label, LABEL)).fold(0.0, f64::max);
    let upright = widest > place.cell.0 - 3.0;
    for (column, label) in labels.iter().enumerate() {
        let x = place.left + place.cell.0 * (column as f64 + 0.5);
        if upright {
            canvas.text((x + 0.35 * LABEL, bottom + 4.0), label, LABELS.align(Align::End).vertical());
        } else {
            canvas.text((x, bottom + 3.0 + LABEL), label, LABELS.align(Align::Middle));
        }
    }
    let below = bottom + 5.0 + if upright { widest } else { LABEL };
    let middle = place.left + place.cell.0 * columns as f64 / 2.0;
    let title = short_title(canvas, &sheet.label(&grid.columns.0), place.cell.0 * columns as f64 + 24.0);
    canvas.text((middle, below + TITLE + 2.0), &title, TITLES.align(Align::Middle));
    below + TITLE + 4.0
}

/// A dotted path, or its end where that is all there is room for.
fn short_title(canvas: &Canvas, path: &str, room: f64) -> String {
    let mut rest = path;
    while canvas.text_width(rest, TITLE) > room
        && let Some((_, end)) = rest.split_once('.')
    {
        rest = end;
    }
    canvas.fit(rest, TITLE, room)
}

/// What the colours mean, high values on top.
fn color_bar(canvas: &mut Canvas, axis: &Axis, (left, top): (f64, f64), height: f64) {
    const SLICES: usize = 64;
    let slice = height / SLICES as f64;
    for i in 0..SLICES {
        let share = 1.0 - (i as f64 + 0.5) / SLICES as f64;
        // A little longer than needed, so that no white shows between two of them.
        let length = if i + 1 < SLICES { slice + 0.3 } else { slice };
        canvas.rect((left, top + slice * i as f64), BAR, length, ramp(share));
    }
    for tick in &axis.ticks {
        let y = top + height * (1.0 - axis.share(tick.at));
        canvas.line((left + BAR, y), (left + BAR + 2.5, y), RULE, INK);
        let at = (left + BAR + 4.5, y + 0.35 * LABEL);
        canvas.text(at, &tick.label, LABELS);
        let raised = (at.0 + canvas.text_width(&tick.label, LABEL) + 0.3, at.1 - 0.36 * LABEL);
        canvas.text(raised, &tick.exponent, Style { size: 0.72 * LABEL, ..LABELS });
    }
}
