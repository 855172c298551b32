//! Utilization over time, a panel per unit kind: lines of seven kinds in one
//! panel would hide each other.

use crate::report::plots::PlotError;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::{Align, Canvas, LABELS};
use crate::report::plots::draw::frame::{self, Frame};
use crate::report::plots::draw::scale::Quantity;
use crate::report::plots::draw::steps;
use crate::report::plots::draw::theme::{LABEL, QUIET, STROKE, TWO_COLUMNS, kind_color, tint};
use crate::report::plots::read::timeline::Timeline;
use crate::report::plots::sheet::Sheet;

const GAP: f64 = 9.0;
/// Width of the columns that many steps are averaged over, in points.
const COLUMN: f64 = 1.5;

/// `None` when the timeline has no utilization.
pub(in crate::report::plots) fn draw(timeline: &Timeline, sheet: &Sheet) -> Result<Option<Canvas>, PlotError> {
    let kinds: Vec<(&str, &[f64])> = timeline.with_prefix("utilization_").collect();
    if kinds.is_empty() {
        return Ok(None);
    }
    let height = if kinds.len() > 2 { 36.0 } else { 70.0 };
    let y = Axis::from_zero("Utilization", Quantity::Percent, 1.0, 2);
    let mut canvas = sheet.canvas(TWO_COLUMNS)?;
    let left = frame::left_margin(&canvas, &[&y]);
    let names = kinds.iter().map(|(kind, _)| canvas.text_width(kind, LABEL)).fold(0.0, f64::max).min(60.0);
    let width = canvas.width - left - names - 10.0;
    let mut top = 7.0;
    let first = top;
    let last = kinds.len() - 1;
    let reduced = timeline.time.len() > steps::EXACT;
    let frame_right = left + width;
    let mut column_s = 0.0;
    for (index, (kind, column)) in kinds.iter().enumerate() {
        let frame = Frame { left, top, width, height, x: timeline.axis(9), y: y.clone() };
        let color = kind_color(kind);
        frame.grid(&mut canvas);
        let (time, value) = if reduced {
            let bins = steps::bins(&timeline.time, column, steps::columns(&frame, COLUMN));
            column_s = bins.first().map_or(0.0, |bin| bin.end - bin.start);
            let end = bins.last().map(|bin| (bin.end, bin.mean));
            bins.iter().map(|bin| (bin.start, bin.mean)).chain(end).unzip()
        } else {
            (timeline.time.clone(), column.to_vec())
        };
        steps::area(&mut canvas, &frame, &time, &value, tint(color, 0.3));
        canvas.path(steps::corners(&frame, &time, &value), 0.8 * STROKE, color);
        frame.axis_y(&mut canvas);
        let name = canvas.fit(kind, LABEL, 60.0);
        canvas.rect((frame.right() + 4.0, top + height / 2.0 - 8.5), 8.0, 3.0, color);
        canvas.text((frame.right() + 4.0, top + height / 2.0 + 0.35 * LABEL + 2.0), &name, LABELS);
        if index == last {
            frame.axis_x(&mut canvas)
        } else {
            frame.line_x(&mut canvas)
        }
        top += height + GAP;
    }
    let bottom = top - GAP;
    frame::title_y(&mut canvas, &y.title, first, bottom);
    canvas.height = bottom + frame::BELOW;
    if reduced {
        let unit = Quantity::Time.unit(column_s);
        let width = crate::report::plots::draw::scale::short(column_s / unit.factor);
        let style = crate::report::plots::draw::canvas::REMARKS.align(Align::End).color(QUIET);
        let remark = format!("means over {width} {}", unit.symbol);
        canvas.text((frame_right, canvas.height - 5.0), &remark, style);
    }
    Ok(Some(canvas))
}
