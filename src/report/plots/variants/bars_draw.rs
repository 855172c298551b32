//! Bars with whiskers: upright while their labels fit below, else lying.

use crate::report::plots::PlotError;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::{Align, Canvas, LABELS, REMARKS};
use crate::report::plots::draw::frame::{self, Frame};
use crate::report::plots::draw::legend::{self, Entry, Key};
use crate::report::plots::draw::scale::{Quantity, three_digits};
use crate::report::plots::draw::theme::{COLUMN, INK, LABEL, Marker, RULE, Rgb, SMALL, TWO_COLUMNS};
use crate::report::plots::read::comparison::Cell;
use crate::report::plots::sheet::Sheet;

/// One bar; without a cell its place stays empty.
#[derive(Clone, Copy, Debug)]
pub(in crate::report::plots) struct Bar {
    pub(in crate::report::plots) color: Rgb,
    pub(in crate::report::plots) cell: Option<Cell>,
}

/// Bars over one label.
#[derive(Clone, Debug)]
pub(in crate::report::plots) struct Group {
    pub(in crate::report::plots) name: String,
    pub(in crate::report::plots) bars: Vec<Bar>,
}

/// A bar chart to be.
#[derive(Clone, Debug)]
pub(in crate::report::plots) struct Chart {
    pub(in crate::report::plots) title: String,
    pub(in crate::report::plots) quantity: Quantity,
    /// Points on a logarithmic axis instead of bars; all means are above 0 then.
    pub(in crate::report::plots) log: bool,
    pub(in crate::report::plots) groups: Vec<Group>,
    /// Legend with the bars' colours, for groups of several bars.
    pub(in crate::report::plots) names: Vec<(String, Rgb)>,
    pub(in crate::report::plots) notes: Vec<String>,
}

const HEIGHT: f64 = 125.0;
/// Size of a point in place of a bar.
const POINT: f64 = 5.0;
/// Lines of a label below a bar.
const LINES: usize = 3;

impl Chart {
    pub(in crate::report::plots) fn draw(&self, sheet: &Sheet) -> Result<Canvas, PlotError> {
        let bars: usize = self.groups.iter().map(|group| group.bars.len()).sum();
        let width = if bars > 14 && !self.names.is_empty() { TWO_COLUMNS } else { COLUMN };
        let canvas = sheet.canvas(width)?;
        let y = self.axis(5);
        let left = frame::left_margin(&canvas, &[&y]);
        let room = (canvas.width - left - 4.0) / self.groups.len().max(1) as f64 - 4.0;
        let labels: Option<Vec<Vec<String>>> =
            self.groups.iter().map(|group| wrap(&canvas, &group.name, room, LINES)).collect();
        match labels {
            Some(labels) => Ok(self.upright(canvas, y, left, &labels, sheet.height(HEIGHT))),
            None => self.lying(sheet),
        }
    }

    /// The highest end of a bar or whisker.
    fn top(&self) -> f64 {
        let cells = self.groups.iter().flat_map(|group| &group.bars).filter_map(|bar| bar.cell);
        cells.map(|cell| cell.interval.map_or(cell.mean, |(_, high)| high.max(cell.mean))).fold(0.0, f64::max)
    }

    /// The axis of the values.
    fn axis(&self, count: usize) -> Axis {
        if !self.log {
            return Axis::from_zero(&self.title, self.quantity, self.top(), count);
        }
        let means = self.groups.iter().flat_map(|group| &group.bars).filter_map(|bar| bar.cell);
        let least = means.map(|cell| cell.mean).fold(f64::INFINITY, f64::min);
        Axis::log_in(&self.quantity.unit_of_logs(), &self.title, least, self.top(), 8)
    }

    fn legend(&self, canvas: &mut Canvas, left: f64, width: f64) -> f64 {
        let entries: Vec<Entry> = self.names.iter().map(|(name, color)| Entry::new(Key::Fill(*color), name)).collect();
        legend::draw(canvas, &entries, left, 2.0, width)
    }

    /// Value labels, as long as they stand clear of each other.
    fn valued(&self) -> bool {
        self.names.is_empty()
    }

    fn value(&self, cell: Cell) -> String {
        let unit = if self.log { self.quantity.unit_of_logs() } else { self.quantity.unit(self.top()) };
        three_digits(cell.mean / unit.factor)
    }

    fn upright(&self, mut canvas: Canvas, y: Axis, left: f64, labels: &[Vec<String>], height: f64) -> Canvas {
        let width = canvas.width - left - 4.0;
        let top = 10.0 + self.legend(&mut canvas, left, width);
        let x = Axis::exact("", Quantity::Plain, 0.0, 1.0, 1);
        let frame = Frame { left, top, width, height, x, y };
        frame.grid_y(&mut canvas);
        let slot = width / self.groups.len().max(1) as f64;
        for (index, group) in self.groups.iter().enumerate() {
            let thick = (0.78 * slot / group.bars.len().max(1) as f64).min(34.0);
            let middle = left + slot * (index as f64 + 0.5);
            let mut at = middle - thick * group.bars.len() as f64 / 2.0;
            for bar in &group.bars {
                if let Some(cell) = bar.cell {
                    let end = frame.py(cell.mean);
                    let gap = if group.bars.len() > 1 { 0.06 * thick } else { 0.0 };
                    if !self.log {
                        canvas.rect((at + gap, end), thick - 2.0 * gap, frame.bottom() - end, bar.color);
                    }
                    let mut above = end;
                    if let Some((low, high)) = cell.interval {
                        let (low, high) = (frame.py(low), frame.py(high));
                        let x = at + thick / 2.0;
                        canvas.whisker((x, low), (x, high), (0.25 * thick).min(3.5), INK);
                        above = above.min(high);
                    }
                    if self.log {
                        canvas.marker(Marker::Circle, (at + thick / 2.0, end), POINT, bar.color);
                        above = above.min(end - POINT / 2.0);
                    }
                    let value = self.value(cell);
                    if self.valued() && canvas.text_width(&value, SMALL) < slot {
                        canvas.text((at + thick / 2.0, above - 2.5), &value, REMARKS.align(Align::Middle));
                    }
                }
                at += thick;
            }
        }
        frame.axis_y(&mut canvas);
        frame.line_x(&mut canvas);
        let mut deepest = 0;
        for (index, lines) in labels.iter().enumerate() {
            let middle = left + slot * (index as f64 + 0.5);
            for (line, text) in lines.iter().enumerate() {
                let baseline = frame.bottom() + 5.0 + 0.75 * LABEL + (LABEL + 1.5) * line as f64;
                canvas.text((middle, baseline), text, LABELS.align(Align::Middle));
            }
            deepest = deepest.max(lines.len());
        }
        frame::title_y(&mut canvas, &frame.y.title, top, frame.bottom());
        let below = frame.bottom() + 8.0 + (LABEL + 1.5) * deepest as f64;
        canvas.height = below + 2.0 + frame::remarks(&mut canvas, &self.notes, left, below);
        canvas
    }

    /// Labels to the left of bars that grow to the right, as many as it takes.
    fn lying(&self, sheet: &Sheet) -> Result<Canvas, PlotError> {
        let mut canvas = sheet.canvas(COLUMN)?;
        let long = |group: &Group| canvas.text_width(&group.name, LABEL) > 0.45 * canvas.width;
        if self.groups.iter().any(long) {
            canvas.width = sheet.width(TWO_COLUMNS);
        }
        let labels: Vec<String> =
            self.groups.iter().map(|group| canvas.fit(&group.name, LABEL, 0.45 * canvas.width)).collect();
        let widest = labels.iter().map(|label| canvas.text_width(label, LABEL)).fold(0.0, f64::max);
        let left = widest + 8.0;
        let values = if self.valued() { 26.0 } else { frame::RIGHT };
        let width = canvas.width - left - values;
        let indent = if width < 120.0 { 4.0 } else { left };
        let room = canvas.width - indent - 4.0;
        let top = 6.0 + self.legend(&mut canvas, indent, room);
        let most = self.groups.iter().map(|group| group.bars.len()).max().unwrap_or(1).max(1);
        let thick = if most > 1 { 6.0 } else { 8.0 };
        let slot = thick * most as f64 + 4.0;
        let x = self.axis(((width / 32.0) as usize).clamp(2, 9));
        let y = Axis::exact("", Quantity::Plain, 0.0, 1.0, 1);
        let frame = Frame { left, top, width, height: slot * self.groups.len() as f64, x, y };
        frame.grid_x(&mut canvas);
        for (index, (group, label)) in self.groups.iter().zip(&labels).enumerate() {
            let middle = top + slot * (index as f64 + 0.5);
            canvas.text((left - 4.0, middle + 0.35 * LABEL), label, LABELS.align(Align::End));
            let mut at = middle - thick * group.bars.len() as f64 / 2.0;
            for bar in &group.bars {
                if let Some(cell) = bar.cell {
                    let end = frame.px(cell.mean);
                    if !self.log {
                        canvas.rect((left, at + 0.4), end - left, thick - 0.8, bar.color);
                    }
                    let mut beyond = end;
                    if let Some((low, high)) = cell.interval {
                        let (low, high) = (frame.px(low), frame.px(high));
                        canvas.whisker((low, at + thick / 2.0), (high, at + thick / 2.0), 0.3 * thick, INK);
                        beyond = beyond.max(high);
                    }
                    if self.log {
                        canvas.marker(Marker::Circle, (end, at + thick / 2.0), POINT, bar.color);
                        beyond = beyond.max(end + POINT / 2.0);
                    }
                    if self.valued() {
                        let place = (beyond + 3.0, at + thick / 2.0 + 0.35 * SMALL);
                        canvas.text(place, &self.value(cell), REMARKS);
                    }
                }
                at += thick;
            }
        }
        canvas.line((left, top), (left, frame.bottom()), RULE, INK);
        frame.axis_x(&mut canvas);
        let below = frame.bottom() + frame::BELOW;
        canvas.height = below + frame::remarks(&mut canvas, &self.notes, indent, below - 3.0);
        Ok(canvas)
    }
}

/// `name` in at most `most` lines of `room` points, broken after blanks and
/// marks; `None` when that is not enough.
fn wrap(canvas: &Canvas, name: &str, room: f64, most: usize) -> Option<Vec<String>> {
    let mut lines = vec![String::new()];
    let pieces = name.split_inclusive([' ', ',', '=', '-', '_', '.', '/', ':', '+']);
    for piece in pieces {
        let line = lines.last_mut()?;
        let joined = format!("{line}{piece}");
        if canvas.text_width(joined.trim_end(), LABEL) <= room {
            *line = joined;
        } else if line.is_empty() || canvas.text_width(piece.trim_end(), LABEL) > room {
            return None;
        } else {
            lines.push(piece.to_owned());
        }
    }
    (lines.len() <= most).then_some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_break_where_a_reader_would() {
        let canvas = Canvas::new(252.0).unwrap();
        assert_eq!(wrap(&canvas, "easy backfill", 34.0, 3), Some(vec!["easy ".to_owned(), "backfill".to_owned()]));
        assert_eq!(wrap(&canvas, "fifo", 34.0, 3), Some(vec!["fifo".to_owned()]));
        assert_eq!(wrap(&canvas, "unbreakablelongname", 34.0, 3), None);
        assert_eq!(wrap(&canvas, "a-b-c-d-e-f-g-h-i-j-k-l", 12.0, 3), None);
    }
}
