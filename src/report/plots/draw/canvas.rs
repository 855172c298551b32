//! A figure as a list of shapes in points (1/72 in), y downwards.
//!
//! Charts draw here once; [`super::svg`] and [`super::raster`] replay the list.

use super::font::Font;
use super::theme::{GRID, INK, LABEL, Marker, QUIET, RULE, Rgb, SMALL, TITLE, WHITE};
use crate::report::plots::PlotError;

/// A place on the figure: x and y in points.
pub(in crate::report::plots) type Point = (f64, f64);

/// Which part of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report::plots) enum Align {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(in crate::report::plots) struct Style {
    pub(in crate::report::plots) size: f64,
    pub(in crate::report::plots) color: Rgb,
    pub(in crate::report::plots) align: Align,
    /// Reads upwards; the place is then on its (vertical) baseline.
    pub(in crate::report::plots) vertical: bool,
}

impl Style {
    const fn new(size: f64, color: Rgb) -> Self {
        Self { size, color, align: Align::Start, vertical: false }
    }

    pub(in crate::report::plots) const fn align(self, align: Align) -> Self {
        Self { align, ..self }
    }

    pub(in crate::report::plots) const fn color(self, color: Rgb) -> Self {
        Self { color, ..self }
    }

    pub(in crate::report::plots) const fn vertical(self) -> Self {
        Self { vertical: true, ..self }
    }
}

/// Tick, legend and category labels.
pub(in crate::report::plots) const LABELS: Style = Style::new(LABEL, INK);
/// Axis titles.
pub(in crate::report::plots) const TITLES: Style = Style::new(TITLE, INK);
/// Remarks and values.
pub(in crate::report::plots) const REMARKS: Style = Style::new(SMALL, QUIET);

/// One shape. Everything is opaque, so both surfaces agree on overlaps.
#[derive(Clone, Debug)]
pub(in crate::report::plots) enum Item {
    Rect { corner: Point, width: f64, height: f64, color: Rgb },
    Path { points: Vec<Point>, width: f64, color: Rgb },
    Polygon { points: Vec<Point>, color: Rgb },
    Circle { center: Point, radius: f64, color: Rgb },
    Text { at: Point, text: String, style: Style },
}

/// A figure under construction.
#[derive(Debug)]
pub(in crate::report::plots) struct Canvas {
    pub(in crate::report::plots) width: f64,
    /// Set by the chart when it knows how tall it became.
    pub(in crate::report::plots) height: f64,
    pub(in crate::report::plots) items: Vec<Item>,
    pub(in crate::report::plots) font: Font,
}

impl Canvas {
    /// An empty figure `width` points wide.
    pub(in crate::report::plots) fn new(width: f64) -> Result<Self, PlotError> {
        Ok(Self { width, height: 0.0, items: Vec::new(), font: Font::load()? })
    }

    pub(in crate::report::plots) fn rect(&mut self, corner: Point, width: f64, height: f64, color: Rgb) {
        if width > 0.0 && height > 0.0 {
            self.items.push(Item::Rect { corner, width, height, color });
        }
    }

    pub(in crate::report::plots) fn path(&mut self, points: Vec<Point>, width: f64, color: Rgb) {
        if points.len() > 1 {
            self.items.push(Item::Path { points, width, color });
        }
    }

    pub(in crate::report::plots) fn line(&mut self, from: Point, to: Point, width: f64, color: Rgb) {
        self.path(vec![from, to], width, color);
    }

    pub(in crate::report::plots) fn polygon(&mut self, points: Vec<Point>, color: Rgb) {
        if points.len() > 2 {
            self.items.push(Item::Polygon { points, color });
        }
    }

    /// A path in `dash` (ink, gap, ink, …, in points); empty is solid.
    ///
    /// Dashes are cut here because the SVG surface knows no dash pattern.
    pub(in crate::report::plots) fn dashed(&mut self, points: Vec<Point>, width: f64, color: Rgb, dash: &[f64]) {
        if dash.is_empty() || dash.iter().any(|&length| length <= 0.01) {
            self.path(points, width, color);
            return;
        }
        for piece in cut_dashes(&points, dash) {
            self.path(piece, width, color);
        }
    }

    /// A marker of about `size` points across.
    pub(in crate::report::plots) fn marker(&mut self, marker: Marker, (x, y): Point, size: f64, color: Rgb) {
        let r = size / 2.0;
        match marker {
            Marker::Circle => self.items.push(Item::Circle { center: (x, y), radius: r, color }),
            Marker::Square => self.rect((x - 0.9 * r, y - 0.9 * r), 1.8 * r, 1.8 * r, color),
            Marker::Triangle => {
                self.polygon(vec![(x - 1.1 * r, y + 0.9 * r), (x + 1.1 * r, y + 0.9 * r), (x, y - 1.1 * r)], color);
            }
            Marker::TriangleDown => {
                self.polygon(vec![(x - 1.1 * r, y - 0.9 * r), (x + 1.1 * r, y - 0.9 * r), (x, y + 1.1 * r)], color);
            }
            Marker::Diamond => {
                self.polygon(vec![(x - 1.1 * r, y), (x, y - 1.3 * r), (x + 1.1 * r, y), (x, y + 1.3 * r)], color);
            }
            Marker::Cross => {
                self.line((x - 0.9 * r, y - 0.9 * r), (x + 0.9 * r, y + 0.9 * r), 0.5 * r, color);
                self.line((x - 0.9 * r, y + 0.9 * r), (x + 0.9 * r, y - 0.9 * r), 0.5 * r, color);
            }
            Marker::Plus => {
                self.line((x - 1.1 * r, y), (x + 1.1 * r, y), 0.5 * r, color);
                self.line((x, y - 1.1 * r), (x, y + 1.1 * r), 0.5 * r, color);
            }
        }
    }

    /// A white box with a coloured border and slanted lines, crossed if asked:
    /// what did not end well. Each set of lines is one path along the border.
    pub(in crate::report::plots) fn hatched(
        &mut self,
        corner: Point,
        width: f64,
        height: f64,
        color: Rgb,
        crossed: bool,
    ) {
        let (x, y) = corner;
        self.rect(corner, width, height, WHITE);
        let (right, bottom) = (x + width, y + height);
        for mirrored in [false, true] {
            if mirrored && !crossed || width < 1.5 {
                continue;
            }
            let lines = hatch_lines(width, height);
            let place = |(u, v): Point| (if mirrored { right - u } else { x + u }, bottom - v);
            self.path(lines.into_iter().map(place).collect(), 0.5, color);
        }
        self.path(vec![(x, y), (right, y), (right, bottom), (x, bottom), (x, y)], 0.5, color);
    }

    /// A grey box with slanted lines: where nothing could be.
    pub(in crate::report::plots) fn struck(&mut self, (x, y): Point, width: f64, height: f64) {
        self.rect((x, y), width, height, GRID);
        let lines = hatch_lines(width, height);
        if width >= 1.5 {
            self.path(lines.into_iter().map(|(u, v)| (x + u, y + height - v)).collect(), 0.5, QUIET);
        }
    }

    /// Text with its baseline at `at`. Control and direction-changing
    /// characters, which XML or a reader would trip over, are shown as `?`.
    pub(in crate::report::plots) fn text(&mut self, at: Point, text: &str, style: Style) {
        let clean: String = text.chars().map(|c| if printable(c) { c } else { '?' }).collect();
        if !clean.trim().is_empty() {
            self.items.push(Item::Text { at, text: clean, style });
        }
    }

    /// How wide `text` will be at most, in points.
    pub(in crate::report::plots) fn text_width(&self, text: &str, size: f64) -> f64 {
        self.font.width(text, size)
    }

    /// `text`, with an ellipsis for its middle where it would be wider than
    /// `room` points: names often differ at their ends.
    pub(in crate::report::plots) fn fit(&self, text: &str, size: f64, room: f64) -> String {
        if self.text_width(text, size) <= room {
            return text.to_owned();
        }
        let room = room - self.text_width("…", size);
        let within = |share: f64| {
            let mut used = 0.0;
            move |c: &char| {
                used += self.text_width(c.encode_utf8(&mut [0; 4]), size);
                used <= share * room
            }
        };
        let head: String = text.chars().take_while(within(0.6)).collect();
        let mut tail: Vec<char> = text.chars().rev().take_while(within(0.4)).collect();
        tail.reverse();
        format!("{head}…{}", tail.into_iter().collect::<String>())
    }

    /// Everything `factor` times as large.
    pub(in crate::report::plots) fn scale(&mut self, factor: f64) {
        let grow = |point: &mut Point| *point = (point.0 * factor, point.1 * factor);
        (self.width, self.height) = (self.width * factor, self.height * factor);
        for item in &mut self.items {
            match item {
                Item::Rect { corner, width, height, .. } => {
                    grow(corner);
                    (*width, *height) = (*width * factor, *height * factor);
                }
                Item::Path { points, width, .. } => {
                    points.iter_mut().for_each(grow);
                    *width *= factor;
                }
                Item::Polygon { points, .. } => points.iter_mut().for_each(grow),
                Item::Circle { center, radius, .. } => {
                    grow(center);
                    *radius *= factor;
                }
                Item::Text { at, style, .. } => {
                    grow(at);
                    style.size *= factor;
                }
            }
        }
    }

    /// Puts `text` above everything that is drawn.
    pub(in crate::report::plots) fn heading(&mut self, text: &str) {
        const ROOM: f64 = TITLE + 6.0;
        self.height += ROOM;
        for item in &mut self.items {
            match item {
                Item::Rect { corner: at, .. } | Item::Circle { center: at, .. } | Item::Text { at, .. } => at.1 += ROOM,
                Item::Path { points, .. } | Item::Polygon { points, .. } => {
                    points.iter_mut().for_each(|point| point.1 += ROOM);
                }
            }
        }
        let text = self.fit(text, TITLE, self.width - 4.0);
        self.text((self.width / 2.0, TITLE + 2.0), &text, TITLES.align(Align::Middle));
    }

    /// An error bar from `low` to `high`, both ends on the figure, with caps.
    pub(in crate::report::plots) fn whisker(&mut self, low: Point, high: Point, cap: f64, color: Rgb) {
        let (dx, dy) = if (low.0 - high.0).abs() > (low.1 - high.1).abs() { (0.0, cap) } else { (cap, 0.0) };
        self.line(low, high, RULE, color);
        for (x, y) in [low, high] {
            self.line((x - dx, y - dy), (x + dx, y + dy), RULE, color);
        }
    }
}

fn printable(c: char) -> bool {
    let turns_text = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !(c.is_control() || turns_text || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}'))
}

/// Slanted lines (45 degrees) over a box, as one path from the lower left
/// corner, in turn along the slant and along the border, v upwards.
fn hatch_lines(width: f64, height: f64) -> Vec<Point> {
    const GAP: f64 = 2.4;
    let mut path: Vec<Point> = Vec::new();
    let mut offset = GAP;
    let mut upwards = true;
    while offset < width + height && path.len() < 1000 {
        // The line v = u + height - offset, from the left or lower border to the upper or right one.
        let low = ((offset - height).max(0.0), (height - offset).max(0.0));
        let high = (offset.min(width), if offset > width { width + height - offset } else { height });
        let (corner, turn) = if upwards { ((0.0, 0.0), height) } else { ((width, height), width) };
        if offset > turn && offset - GAP < turn && !path.is_empty() {
            path.push(corner);
        }
        path.extend(if upwards { [low, high] } else { [high, low] });
        upwards = !upwards;
        offset += GAP;
    }
    path
}

fn cut_dashes(points: &[Point], dash: &[f64]) -> Vec<Vec<Point>> {
    let mut pieces = Vec::new();
    let mut lengths = dash.iter().copied().cycle();
    let (mut left, mut ink) = (lengths.next().unwrap_or(1.0), true);
    let mut piece: Vec<Point> = points.first().copied().into_iter().collect();
    for (from, to) in points.iter().zip(points.iter().skip(1)) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = (dx * dx + dy * dy).sqrt();
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let at = (from.0 + dx * done / length, from.1 + dy * done / length);
            piece.push(at);
            let finished = std::mem::replace(&mut piece, vec![at]);
            if ink {
                pieces.push(finished);
            }
            ink = !ink;
            left = lengths.next().unwrap_or(1.0);
        }
        left -= length - done;
        piece.push(*to);
    }
    if ink {
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_keep_the_ink_they_should() {
        // 10 points of ink 3, gap 2: 0-3, 5-8, and nothing of the gap 8-10.
        let pieces = cut_dashes(&[(0.0, 0.0), (4.0, 0.0), (10.0, 0.0)], &[3.0, 2.0]);
        let spans: Vec<_> = pieces.iter().map(|p| (p.first().unwrap().0, p.last().unwrap().0)).collect();
        assert_eq!(spans, [(0.0, 3.0), (5.0, 8.0)]);
    }

    #[test]
    fn hatching_stays_in_its_box() {
        for (width, height) in [(2.0, 9.0), (40.0, 9.0), (9.0, 9.0)] {
            let path = hatch_lines(width, height);
            assert!(!path.is_empty());
            for (u, v) in path {
                assert!((0.0..=width).contains(&u) && (0.0..=height).contains(&v), "({u}, {v}) in {width} x {height}");
            }
        }
    }

    #[test]
    fn a_text_that_does_not_fit_is_cut_and_says_so() {
        let canvas = Canvas::new(100.0).unwrap();
        let cut = canvas.fit("a-very-long-name-of-a-class", 7.5, 40.0);
        assert!(cut.starts_with("a-ve") && cut.ends_with("ss") && cut.contains('…'), "{cut}");
        assert!(canvas.text_width(&cut, 7.5) <= 40.0, "{cut}");
        assert_eq!(canvas.fit("short", 7.5, 40.0), "short");
    }

    #[test]
    fn characters_that_break_files_or_readers_are_replaced() {
        let mut canvas = Canvas::new(100.0).unwrap();
        canvas.text((0.0, 0.0), "a\u{1}b\u{202e}c", LABELS);
        assert!(matches!(canvas.items.first(), Some(Item::Text { text, .. }) if text == "a?b?c"));
    }
}
