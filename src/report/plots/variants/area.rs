//! What charts with a plot and a legend share: where both stand, and axes that suit the values.

use crate::report::plots::PlotError;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::Canvas;
use crate::report::plots::draw::frame::{self, Frame};
use crate::report::plots::draw::legend::{self, Entry};
use crate::report::plots::draw::scale::Quantity;
use crate::report::plots::draw::theme::{COLUMN, TWO_COLUMNS};
use crate::report::plots::sheet::Sheet;

/// Most names above a plot; more stand beside it.
const ABOVE: usize = 8;
/// Part of the figure that a plot takes beside its legend.
const BESIDE: f64 = 0.5;

/// A figure with its legend drawn, and the frame that is left for the data.
pub(super) fn figure(
    sheet: &Sheet,
    entries: &[Entry],
    height: f64,
    (x, y): (Axis, Axis),
) -> Result<(Canvas, Frame), PlotError> {
    let beside = entries.len() > ABOVE && sheet.may_be_wide();
    let mut canvas = sheet.canvas(if beside { TWO_COLUMNS } else { COLUMN })?;
    let left = frame::left_margin(&canvas, &[&y]);
    let frame = if beside {
        let width = BESIDE * canvas.width - left + 30.0;
        let right = left + width + 14.0;
        let room = canvas.width - right - 2.0;
        let used = legend::column(&mut canvas, entries, right, 2.0, room);
        Frame { left, top: 6.0, width, height: used.max(sheet.height(height) * 1.25), x, y }
    } else {
        let width = canvas.width - left - frame::RIGHT;
        let top = 6.0 + legend::draw(&mut canvas, entries, left, 2.0, width);
        Frame { left, top, width, height: sheet.height(height), x, y }
    };
    Ok((canvas, frame))
}

/// Axes, the titles and what is to be said below; ends the figure.
pub(super) fn finish(canvas: &mut Canvas, frame: &Frame, notes: &[String]) {
    frame.axis_y(canvas);
    frame.axis_x(canvas);
    frame::title_y(canvas, &frame.y.title, frame.top, frame.bottom());
    let below = frame.bottom() + frame::BELOW;
    canvas.height = below + frame::remarks(canvas, notes, frame.left, below - 3.0);
}

/// An axis around all ranges; from 0 where that is not far.
pub(super) fn around(name: &str, quantity: Quantity, ranges: impl Iterator<Item = (f64, f64)>, count: usize) -> Axis {
    let (low, high) =
        ranges.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (from, to)| (low.min(from), high.max(to)));
    if low >= 0.0 && low < 0.4 * high {
        return Axis::from_zero(name, quantity, high * 1.03, count);
    }
    let margin = (0.08 * (high - low)).max(0.02 * high.abs());
    Axis::rounded(name, quantity, low - margin, high + margin, count)
}
