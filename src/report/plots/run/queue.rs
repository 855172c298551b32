//! Waiting and running tasks over time, a panel each: their sizes differ.

use crate::report::plots::PlotError;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::Canvas;
use crate::report::plots::draw::frame::{self, Frame};
use crate::report::plots::draw::legend::{self, Entry, Key};
use crate::report::plots::draw::scale::Quantity;
use crate::report::plots::draw::steps;
use crate::report::plots::draw::theme::{PALETTE, Rgb, TWO_COLUMNS, color, dash, tint};
use crate::report::plots::read::timeline::{Timeline, peak};
use crate::report::plots::sheet::Sheet;

const PANEL: f64 = 78.0;
const GAP: f64 = 12.0;

/// `None` when nothing ever waited or ran.
pub(in crate::report::plots) fn draw(timeline: &Timeline, sheet: &Sheet) -> Result<Option<Canvas>, PlotError> {
    let cloud = timeline.get("cloud_running").filter(|column| peak(column) > 0.0);
    let panels: Vec<(&str, &[f64], Rgb)> = [("Waiting", "queue", color(5)), ("Running", "running", color(0))]
        .into_iter()
        .filter_map(|(title, name, color)| Some((title, timeline.get(name)?, color)))
        .collect();
    if panels.iter().all(|(_, column, _)| peak(column) <= 0.0) {
        return Ok(None);
    }
    let mut canvas = sheet.canvas(TWO_COLUMNS)?;
    let axes: Vec<Axis> = panels
        .iter()
        .map(|(title, column, _)| {
            let also = if *title == "Running" { cloud.map_or(0.0, peak) } else { 0.0 };
            Axis::from_zero(title, Quantity::Count("tasks"), peak(column).max(also), 4)
        })
        .collect();
    let left = frame::left_margin(&canvas, &axes.iter().collect::<Vec<_>>());
    let width = canvas.width - left - frame::RIGHT;
    let reduced = timeline.time.len() > steps::EXACT;
    let mut top = 4.0 + legend::draw(&mut canvas, &entries(reduced, cloud.is_some()), left, 2.0, width);
    let last = panels.len().saturating_sub(1);
    for (index, ((_, column, line), y)) in panels.iter().zip(axes).enumerate() {
        let frame = Frame { left, top, width, height: PANEL, x: timeline.axis(9), y };
        frame.grid(&mut canvas);
        if !reduced {
            steps::area(&mut canvas, &frame, &timeline.time, column, tint(*line, 0.2));
        }
        steps::draw(&mut canvas, &frame, &timeline.time, column, *line, tint(*line, 0.35));
        if let (Some(cloud), true) = (cloud, frame.y.title.starts_with("Running")) {
            draw_cloud(&mut canvas, &frame, &timeline.time, cloud);
        }
        frame.axis_y(&mut canvas);
        frame::title_y(&mut canvas, &frame.y.title, top, frame.bottom());
        if index == last {
            frame.axis_x(&mut canvas)
        } else {
            frame.line_x(&mut canvas)
        }
        top += PANEL + GAP;
    }
    canvas.height = top - GAP + frame::BELOW;
    Ok(Some(canvas))
}

const CLOUD: Rgb = PALETTE[3];

fn draw_cloud(canvas: &mut Canvas, frame: &Frame, time: &[f64], cloud: &[f64]) {
    let points = if time.len() <= steps::EXACT {
        steps::corners(frame, time, cloud)
    } else {
        let bins = steps::bins(time, cloud, steps::columns(frame, 2.0));
        steps::joined(bins.iter().map(|bin| (frame.px(bin.start), frame.px(bin.end), frame.py(bin.mean))))
    };
    canvas.dashed(points, 1.0, CLOUD, dash(1));
}

/// Needed only where the panels' titles do not say it all.
fn entries(reduced: bool, cloud: bool) -> Vec<Entry> {
    let mut entries = Vec::new();
    if reduced {
        for (name, line) in [("waiting", color(5)), ("running", color(0))] {
            entries.push(Entry::new(Key::Band(line, tint(line, 0.35)), format!("{name}: mean and range")));
        }
    } else if cloud {
        entries.push(Entry::new(Key::Line(color(0), &[], None), "running on the cluster"));
    }
    if cloud {
        entries.push(Entry::new(Key::Line(CLOUD, dash(1), None), "running in the cloud"));
    }
    entries
}
