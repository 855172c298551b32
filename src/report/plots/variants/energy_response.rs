//! The trade-off of a comparison: energy against response time, per variant.

use crate::report::plots::PlotError;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::Canvas;
use crate::report::plots::draw::frame::{self, Frame};
use crate::report::plots::draw::legend::{self, Entry, Key};
use crate::report::plots::draw::scale::Quantity;
use crate::report::plots::draw::theme::{COLUMN, Marker, OTHER, Rgb, TWO_COLUMNS, color, marker};
use crate::report::plots::read::comparison::{Cell, Comparison};

const HEIGHT: f64 = 160.0;
/// Variants with a mark and a name of their own.
const NAMED: usize = 24;

/// `None` when no variant has both, or all are 0.
pub(in crate::report::plots) fn draw(comparison: &Comparison) -> Result<Option<Canvas>, PlotError> {
    const ENERGY: &str = "energy_j.total";
    const RESPONSE: &str = "response_s.mean";
    let points: Vec<(usize, Cell, Cell)> = (0..comparison.variants.len())
        .filter_map(|number| Some((number, comparison.cell(ENERGY, number)?, comparison.cell(RESPONSE, number)?)))
        .collect();
    if points.is_empty() || !comparison.shows(ENERGY) || !comparison.shows(RESPONSE) {
        return Ok(None);
    }
    let mut entries: Vec<Entry> = points
        .iter()
        .filter(|(number, ..)| *number < NAMED)
        .map(|&(number, ..)| Entry::new(Key::Point(look(number).0, look(number).1), comparison.variants.get(number)))
        .collect();
    if points.iter().any(|(number, ..)| *number >= NAMED) {
        entries.push(Entry::new(Key::Point(Marker::Circle, OTHER), "further variants"));
    }
    // Many names stand beside the plot instead of above it.
    let beside = entries.len() > 8;
    let mut canvas = Canvas::new(if beside { TWO_COLUMNS } else { COLUMN })?;
    let y = around("Mean response time", Quantity::Time, points.iter().map(|point| point.2));
    let x = around("Energy", Quantity::Energy, points.iter().map(|point| point.1));
    let left = frame::left_margin(&canvas, &[&y]);
    let width = if beside { 250.0 } else { canvas.width - left - frame::RIGHT };
    let (top, height) = if beside {
        let right = left + width + 14.0;
        let room = canvas.width - right - 2.0;
        (6.0, legend::column(&mut canvas, &entries, right, 2.0, room).max(200.0))
    } else {
        (6.0 + legend::draw(&mut canvas, &entries, left, 2.0, width), HEIGHT)
    };
    let frame = Frame { left, top, width, height, x, y };
    frame.grid(&mut canvas);
    for &(number, energy, response) in &points {
        let (x, y) = frame.point(energy.mean, response.mean);
        let ink = look(number).1;
        if let Some((low, high)) = energy.interval {
            canvas.whisker((frame.px(low), y), (frame.px(high), y), 2.0, ink);
        }
        if let Some((low, high)) = response.interval {
            canvas.whisker((x, frame.py(low)), (x, frame.py(high)), 2.0, ink);
        }
    }
    // The first variant, the base, on top of all.
    for &(number, energy, response) in points.iter().rev() {
        let (shape, ink) = look(number);
        canvas.marker(shape, frame.point(energy.mean, response.mean), 6.0, ink);
    }
    frame.axis_y(&mut canvas);
    frame.axis_x(&mut canvas);
    frame::title_y(&mut canvas, &frame.y.title, top, frame.bottom());
    canvas.height = frame.bottom() + frame::BELOW;
    let notes: Vec<String> = comparison.remark().into_iter().collect();
    canvas.height += frame::remarks(&mut canvas, &notes, left, frame.bottom() + frame::BELOW - 3.0);
    Ok(Some(canvas))
}

fn look(number: usize) -> (Marker, Rgb) {
    if number < NAMED { (marker(number), color(number)) } else { (Marker::Circle, OTHER) }
}

/// An axis around all values and intervals; from 0 where that is not far.
fn around(name: &str, quantity: Quantity, cells: impl Iterator<Item = Cell>) -> Axis {
    let (low, high) = cells.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), cell| {
        let (from, to) = cell.interval.unwrap_or((cell.mean, cell.mean));
        (low.min(from).min(cell.mean), high.max(to).max(cell.mean))
    });
    if low < 0.4 * high {
        return Axis::from_zero(name, quantity, high * 1.03, 5);
    }
    let margin = (0.08 * (high - low)).max(0.02 * high);
    Axis::rounded(name, quantity, low - margin, high + margin, 5)
}
