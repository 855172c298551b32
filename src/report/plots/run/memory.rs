//! Memory in use over time, against what there is, and how fragmented the rest is.

use crate::report::plots::PlotError;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::Canvas;
use crate::report::plots::draw::frame::{self, Frame};
use crate::report::plots::draw::legend::{self, Entry, Key};
use crate::report::plots::draw::scale::{Quantity, short};
use crate::report::plots::draw::steps;
use crate::report::plots::draw::theme::{INK, PALETTE, STROKE, TWO_COLUMNS, dash, tint};
use crate::report::plots::read::timeline::{Timeline, peak};
use crate::report::plots::sheet::Sheet;

const HEIGHT: f64 = 110.0;
/// An exbibyte: devices whose memory never binds report more than this.
const UNLIMITED: f64 = 1_152_921_504_606_846_976.0;

/// `None` when no memory was ever used, or there is no limit to it.
pub(in crate::report::plots) fn draw(timeline: &Timeline, sheet: &Sheet) -> Result<Option<Canvas>, PlotError> {
    let (Some(used), Some(capacity)) = (timeline.get("memory_used_bytes"), timeline.get("memory_capacity_bytes"))
    else {
        return Ok(None);
    };
    let (most, limit) = (peak(used), peak(capacity));
    if most <= 0.0 || limit <= 0.0 || limit >= UNLIMITED {
        return Ok(None);
    }
    // Below a seventh of the capacity nothing but the capacity would be seen.
    let shown = most >= 0.15 * limit;
    let mut canvas = sheet.canvas(TWO_COLUMNS)?;
    let y = Axis::from_zero("Memory", Quantity::Bytes, if shown { most.max(limit) } else { most }, 5);
    let percent = Axis::from_zero("", Quantity::Percent, 1.0, 4);
    let left = frame::left_margin(&canvas, &[&y, &percent]);
    let width = canvas.width - left - frame::RIGHT;
    let color = PALETTE[2];
    let reduced = timeline.time.len() > steps::EXACT;
    let mut entries = vec![if reduced {
        Entry::new(Key::Band(color, tint(color, 0.35)), "in use: mean and range")
    } else {
        Entry::new(Key::Line(color, &[], None), "in use")
    }];
    let unit = Quantity::Bytes.unit(limit);
    let size = format!("capacity {} {}", short(limit / unit.factor), unit.symbol);
    if shown {
        entries.push(Entry::new(Key::Line(INK, dash(1), None), size));
    } else {
        entries.push(Entry::new(
            Key::Line(crate::report::plots::draw::theme::WHITE, &[], None),
            format!("({size}, above the axis)"),
        ));
    }
    let top = 5.0 + legend::draw(&mut canvas, &entries, left, 2.0, width);
    let frame = Frame { left, top, width, height: sheet.height(HEIGHT), x: timeline.axis(9), y };
    frame.grid(&mut canvas);
    if !reduced {
        steps::area(&mut canvas, &frame, &timeline.time, used, tint(color, 0.3));
    }
    steps::draw(&mut canvas, &frame, &timeline.time, used, color, tint(color, 0.35));
    if shown {
        let changes = if reduced {
            let bins = steps::bins(&timeline.time, capacity, 200);
            steps::joined(bins.iter().map(|bin| (frame.px(bin.start), frame.px(bin.end), frame.py(bin.mean))))
        } else {
            steps::corners(&frame, &timeline.time, capacity)
        };
        canvas.dashed(changes, STROKE, INK, dash(1));
    }
    frame.axis_y(&mut canvas);
    frame::title_y(&mut canvas, &frame.y.title, top, frame.bottom());
    let mut bottom = frame.bottom();
    match timeline.get("memory_fragmentation").filter(|column| peak(column) > 0.0) {
        None => frame.axis_x(&mut canvas),
        Some(column) => {
            frame.line_x(&mut canvas);
            bottom = fragmentation(&mut canvas, &frame, timeline, column);
        }
    }
    canvas.height = bottom + frame::BELOW;
    if timeline.get("memory_fragmentation").is_some_and(|column| peak(column) > 0.0) {
        let note = "fragmentation: share of free memory outside the largest free piece, mean over units".to_owned();
        canvas.height += frame::remarks(&mut canvas, &[note], left, bottom + frame::BELOW - 3.0);
    }
    Ok(Some(canvas))
}

/// The second panel, below `above`; returns where it ends.
fn fragmentation(canvas: &mut Canvas, above: &Frame, timeline: &Timeline, column: &[f64]) -> f64 {
    let y = Axis::from_zero("Fragmentation", Quantity::Percent, peak(column).min(1.0), 4);
    let frame = Frame { top: above.bottom() + 12.0, height: 62.0, y, ..above.clone() };
    frame.grid(canvas);
    let color = PALETTE[5];
    if timeline.time.len() <= steps::EXACT {
        steps::area(canvas, &frame, &timeline.time, column, tint(color, 0.2));
    }
    steps::draw(canvas, &frame, &timeline.time, column, color, tint(color, 0.35));
    frame.axis_y(canvas);
    frame.axis_x(canvas);
    frame::title_y(canvas, &frame.y.title, frame.top, frame.bottom());
    frame.bottom()
}
