//! The key of a figure: a line of marks and names above the plot, wrapped.

use super::canvas::{Canvas, LABELS};
use super::theme::{GRID, LABEL, LINE_SKIP, Marker, Rgb, STROKE};

/// What stands before a name.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report::plots) enum Key {
    Fill(Rgb),
    /// As [`Canvas::hatched`]; `true` is crossed.
    Hatch(Rgb, bool),
    /// Line with a dash pattern and perhaps a marker in its middle.
    Line(Rgb, &'static [f64], Option<Marker>),
    Point(Marker, Rgb),
    /// As [`Canvas::struck`].
    Struck,
    /// An upright stroke at the end of a bar.
    Cut(Rgb),
    /// A line in a lighter band.
    Band(Rgb, Rgb),
}

/// A mark and its name.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report::plots) struct Entry {
    pub(in crate::report::plots) key: Key,
    pub(in crate::report::plots) name: String,
}

impl Entry {
    pub(in crate::report::plots) fn new(key: Key, name: impl Into<String>) -> Self {
        Self { key, name: name.into() }
    }
}

/// Longest name in points; longer ones are cut with an ellipsis.
const LONGEST: f64 = 230.0;
const GAP: f64 = 4.0;

/// Draws the entries from (`left`, `top`) over `width` points; returns how
/// high they came, 0 for none.
pub(in crate::report::plots) fn draw(canvas: &mut Canvas, entries: &[Entry], left: f64, top: f64, width: f64) -> f64 {
    flow(canvas, entries, left, top, width, false)
}

/// As [`draw`], an entry a line: for a legend beside the plot.
pub(in crate::report::plots) fn column(canvas: &mut Canvas, entries: &[Entry], left: f64, top: f64, width: f64) -> f64 {
    flow(canvas, entries, left, top, width, true)
}

fn flow(canvas: &mut Canvas, entries: &[Entry], left: f64, top: f64, width: f64, column: bool) -> f64 {
    let mut x = left;
    let mut middle = top + LINE_SKIP / 2.0;
    for entry in entries {
        let key = key_width(&entry.key);
        let name = canvas.fit(&entry.name, LABEL, LONGEST.min(width - key - GAP));
        let room = key + GAP + canvas.text_width(&name, LABEL);
        if x > left && (column || x + room > left + width) {
            x = left;
            middle += LINE_SKIP;
        }
        draw_key(canvas, &entry.key, x, middle);
        canvas.text((x + key + GAP, middle + 0.35 * LABEL), &name, LABELS);
        x += room + 12.0;
    }
    if entries.is_empty() { 0.0 } else { middle + LINE_SKIP / 2.0 - top + 3.0 }
}

fn key_width(key: &Key) -> f64 {
    match key {
        Key::Fill(_) | Key::Hatch(..) | Key::Struck | Key::Cut(_) => 10.0,
        Key::Line(..) | Key::Band(..) => 17.0,
        Key::Point(..) => 7.0,
    }
}

fn draw_key(canvas: &mut Canvas, key: &Key, x: f64, y: f64) {
    match *key {
        Key::Fill(color) => canvas.rect((x, y - 3.0), 10.0, 6.0, color),
        Key::Struck => canvas.struck((x, y - 3.2), 10.0, 6.4),
        Key::Cut(color) => {
            canvas.rect((x, y - 3.0), 8.4, 6.0, GRID);
            canvas.line((x + 9.0, y - 4.2), (x + 9.0, y + 4.2), 1.2, color);
        }
        Key::Hatch(color, crossed) => canvas.hatched((x, y - 3.2), 10.0, 6.4, color, crossed),
        Key::Line(color, dash, marker) => {
            canvas.dashed(vec![(x, y), (x + 17.0, y)], STROKE, color, dash);
            if let Some(marker) = marker {
                canvas.marker(marker, (x + 8.5, y), 4.5, color);
            }
        }
        Key::Point(marker, color) => canvas.marker(marker, (x + 3.5, y), 5.5, color),
        Key::Band(line, band) => {
            canvas.rect((x, y - 3.0), 17.0, 6.0, band);
            canvas.line((x, y), (x + 17.0, y), STROKE, line);
        }
    }
}
