//! How full a cluster becomes, and how fragmented, over the demand that has arrived.

use crate::report::plots::PlotError;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::{Canvas, Point};
use crate::report::plots::draw::frame::{self, Frame};
use crate::report::plots::draw::legend::{self, Entry, Key};
use crate::report::plots::draw::scale::Quantity;
use crate::report::plots::draw::theme::{COLUMN, GRID, STROKE, color, dash};
use crate::report::plots::read::table::Csv;
use crate::report::plots::sheet::Sheet;
use std::path::Path;

const HEIGHT: f64 = 150.0;

/// Columns of `packing.csv` with the names of their lines.
const LINES: [(&str, &str); 3] = [
    ("allocated", "allocated"),
    ("fragmented", "in fragments"),
    ("fragmented_of_idle", "in fragments, of what is idle"),
];

/// The chart of `path`; `None` where the file is absent or no demand ever arrived.
pub(in crate::report::plots) fn draw(path: &Path, sheet: &Sheet) -> Result<Option<Canvas>, PlotError> {
    let Some(mut csv) = Csv::open(path)? else { return Ok(None) };
    let arrived = csv.required("arrived_percent")?;
    let mut lines = LINES.map(|(name, _)| (csv.column(name), Vec::<(f64, f64)>::new()));
    let mut most = 0.0;
    while let Some(row) = csv.next()? {
        let x = row.needed(arrived)? / 100.0;
        most = f64::max(most, x);
        for (column, line) in &mut lines {
            line.extend(row.number(*column)?.map(|y| (x, y)));
        }
    }
    if most <= 0.0 {
        return Ok(None);
    }
    let mut canvas = sheet.canvas(COLUMN)?;
    let y = Axis::exact("Part of the units", Quantity::Percent, 0.0, 1.0, 5);
    let x = Axis::exact("Demand that arrived", Quantity::Percent, 0.0, most, 7);
    let left = frame::left_margin(&canvas, &[&y]);
    let width = canvas.width - left - frame::RIGHT;
    let entry = |i: usize| Entry::new(Key::Line(color(i), dash(i), None), LINES[i].1);
    let entries: Vec<Entry> = (0..lines.len()).filter(|i| lines[*i].1.len() > 1).map(entry).collect();
    let top = 5.0 + legend::draw(&mut canvas, &entries, left, 2.0, width);
    let frame = Frame { left, top, width, height: sheet.height(HEIGHT), x, y };
    frame.grid(&mut canvas);
    // Where all that arrives is placed.
    canvas.line(frame.point(0.0, 0.0), frame.point(most.min(1.0), most.min(1.0)), STROKE, GRID);
    for (i, (_, line)) in lines.iter().enumerate().filter(|(_, (_, line))| line.len() > 1) {
        let points: Vec<Point> = line.iter().map(|(x, y)| frame.point(*x, *y)).collect();
        canvas.dashed(points, STROKE, color(i), dash(i));
    }
    frame.axis_y(&mut canvas);
    frame.axis_x(&mut canvas);
    frame::title_y(&mut canvas, &frame.y.title, top, frame.bottom());
    canvas.height = frame.bottom() + frame::BELOW;
    Ok(Some(canvas))
}
