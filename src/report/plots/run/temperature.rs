//! The temperature of the hottest unit over time.

use crate::report::plots::PlotError;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::Canvas;
use crate::report::plots::draw::frame::{self, Frame};
use crate::report::plots::draw::scale::Quantity;
use crate::report::plots::draw::steps;
use crate::report::plots::draw::theme::{PALETTE, STROKE, TWO_COLUMNS, tint};
use crate::report::plots::read::timeline::Timeline;
use crate::report::plots::sheet::Sheet;

const HEIGHT: f64 = 110.0;

/// `None` where temperatures are not modelled.
pub(in crate::report::plots) fn draw(timeline: &Timeline, sheet: &Sheet) -> Result<Option<Canvas>, PlotError> {
    let Some(column) = timeline.get("temperature_max_c") else { return Ok(None) };
    let (low, high) =
        column.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &c| (low.min(c), high.max(c)));
    let mut canvas = sheet.canvas(TWO_COLUMNS)?;
    let y = Axis::rounded("Hottest unit", Quantity::Temperature, low, high, 5);
    let left = frame::left_margin(&canvas, &[&y]);
    let width = canvas.width - left - frame::RIGHT;
    let frame = Frame { left, top: 7.0, width, height: sheet.height(HEIGHT), x: timeline.axis(9), y };
    frame.grid(&mut canvas);
    let color = PALETTE[5];
    let reduced = timeline.time.len() > steps::EXACT;
    if reduced {
        steps::draw(&mut canvas, &frame, &timeline.time, column, color, tint(color, 0.35));
    } else {
        // It goes from value to value, it does not jump.
        let points = timeline.time.iter().zip(column).map(|(&t, &c)| frame.point(t, c)).collect();
        canvas.path(points, STROKE, color);
    }
    frame.axis_y(&mut canvas);
    frame.axis_x(&mut canvas);
    frame::title_y(&mut canvas, &frame.y.title, frame.top, frame.bottom());
    canvas.height = frame.bottom() + frame::BELOW;
    if reduced {
        let note = "mean and range of the values at the rows of timeline.csv".to_owned();
        canvas.height += frame::remarks(&mut canvas, &[note], left, frame.bottom() + frame::BELOW - 3.0);
    }
    Ok(Some(canvas))
}
