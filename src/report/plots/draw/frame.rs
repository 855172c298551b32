//! The plotting area: grid, axis lines, ticks, labels and titles.

use super::axis::Axis;
use super::canvas::{Align, Canvas, LABELS, Point, REMARKS, TITLES};
use super::theme::{GRID, INK, LABEL, RULE, SMALL, TITLE};

/// Height of tick labels and the title below a plot, in points.
pub(in crate::report::plots) const BELOW: f64 = 31.0;
/// Room right of a plot for half a tick label.
pub(in crate::report::plots) const RIGHT: f64 = 12.0;

const TICK: f64 = 3.0;

/// A plotting area on the figure, in points.
#[derive(Clone, Debug)]
pub(in crate::report::plots) struct Frame {
    pub(in crate::report::plots) left: f64,
    pub(in crate::report::plots) top: f64,
    pub(in crate::report::plots) width: f64,
    pub(in crate::report::plots) height: f64,
    pub(in crate::report::plots) x: Axis,
    pub(in crate::report::plots) y: Axis,
}

impl Frame {
    pub(in crate::report::plots) fn right(&self) -> f64 {
        self.left + self.width
    }

    pub(in crate::report::plots) fn bottom(&self) -> f64 {
        self.top + self.height
    }

    pub(in crate::report::plots) fn px(&self, value: f64) -> f64 {
        self.left + self.width * self.x.share(value)
    }

    pub(in crate::report::plots) fn py(&self, value: f64) -> f64 {
        self.bottom() - self.height * self.y.share(value)
    }

    pub(in crate::report::plots) fn point(&self, x: f64, y: f64) -> Point {
        (self.px(x), self.py(y))
    }

    /// Grid lines at the ticks of both axes; draw before the data.
    pub(in crate::report::plots) fn grid(&self, canvas: &mut Canvas) {
        self.grid_x(canvas);
        self.grid_y(canvas);
    }

    pub(in crate::report::plots) fn grid_x(&self, canvas: &mut Canvas) {
        for tick in &self.x.ticks {
            let x = self.px(tick.at);
            canvas.line((x, self.top), (x, self.bottom()), 0.5, GRID);
        }
    }

    pub(in crate::report::plots) fn grid_y(&self, canvas: &mut Canvas) {
        for tick in &self.y.ticks {
            let y = self.py(tick.at);
            canvas.line((self.left, y), (self.right(), y), 0.5, GRID);
        }
    }

    /// The lower axis with ticks, labels and title; draw after the data.
    pub(in crate::report::plots) fn axis_x(&self, canvas: &mut Canvas) {
        self.line_x(canvas);
        let baseline = self.bottom() + TICK + 1.5 + 0.75 * LABEL;
        let mut free_from = f64::NEG_INFINITY;
        for tick in &self.x.ticks {
            let x = self.px(tick.at);
            canvas.line((x, self.bottom()), (x, self.bottom() + TICK), RULE, INK);
            let width = tick_width(canvas, &tick.label, &tick.exponent);
            if x - width / 2.0 < free_from {
                continue;
            }
            free_from = x + width / 2.0 + 3.0;
            tick_label(canvas, (x + width / 2.0, baseline), &tick.label, &tick.exponent);
        }
        let middle = self.left + self.width / 2.0;
        let title = canvas.fit(&self.x.title, TITLE, canvas.width - 4.0);
        // Stay on the figure, where a title is longer than its axis.
        let half = canvas.text_width(&title, TITLE) / 2.0;
        let middle = middle.min(canvas.width - 2.0 - half).max(half + 2.0);
        canvas.text((middle, self.bottom() + BELOW - 5.0), &title, TITLES.align(Align::Middle));
    }

    /// The lower axis line alone, for panels that share the axis below them.
    pub(in crate::report::plots) fn line_x(&self, canvas: &mut Canvas) {
        canvas.line((self.left, self.bottom()), (self.right(), self.bottom()), RULE, INK);
    }

    /// The left axis with ticks and labels, no title.
    pub(in crate::report::plots) fn axis_y(&self, canvas: &mut Canvas) {
        canvas.line((self.left, self.top), (self.left, self.bottom()), RULE, INK);
        for tick in &self.y.ticks {
            let y = self.py(tick.at);
            canvas.line((self.left - TICK, y), (self.left, y), RULE, INK);
            tick_label(canvas, (self.left - TICK - 2.0, y + 0.35 * LABEL), &tick.label, &tick.exponent);
        }
    }
}

/// An upright axis title at the left edge, centred between `top` and `bottom`.
pub(in crate::report::plots) fn title_y(canvas: &mut Canvas, title: &str, top: f64, bottom: f64) {
    let room = (bottom - top) + 24.0;
    let title = canvas.fit(title, TITLE, room);
    // Stay on the figure, where a title is longer than its axis.
    let half = canvas.text_width(&title, TITLE) / 2.0;
    let middle = ((top + bottom) / 2.0).max(half + 1.0);
    canvas.text((TITLE + 0.5, middle), &title, TITLES.align(Align::Middle).vertical());
}

/// Room left of a plot for the title and labels of these axes.
pub(in crate::report::plots) fn left_margin(canvas: &Canvas, axes: &[&Axis]) -> f64 {
    let labels = axes.iter().flat_map(|axis| &axis.ticks);
    let widest = labels.map(|tick| tick_width(canvas, &tick.label, &tick.exponent)).fold(0.0, f64::max);
    (TITLE + 6.0 + widest + TICK + 2.0).ceil()
}

/// Small print under a figure, each from a line of its own; returns how high it is.
pub(in crate::report::plots) fn remarks(canvas: &mut Canvas, remarks: &[String], left: f64, top: f64) -> f64 {
    // Small print is long: what the viewer's font is wider than ours adds up.
    let room = 0.95 * (canvas.width - left - 2.0);
    let mut y = top;
    let lines: Vec<String> = remarks.iter().flat_map(|remark| broken(canvas, remark, SMALL, room)).collect();
    for line in lines {
        y += SMALL + 2.5;
        canvas.text((left, y), &line, REMARKS);
    }
    if remarks.is_empty() { 0.0 } else { y - top + 3.0 }
}

/// `text` in lines of `room` points, broken at blanks; a word that is too long is cut.
fn broken(canvas: &Canvas, text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let joined = lines.last().map(|line| format!("{line} {word}"));
        match (joined, lines.last_mut()) {
            (Some(joined), Some(line)) if canvas.text_width(&joined, size) <= room => *line = joined,
            _ => lines.push(canvas.fit(word, size, room)),
        }
    }
    lines
}

fn tick_width(canvas: &Canvas, label: &str, exponent: &str) -> f64 {
    canvas.text_width(label, LABEL) + canvas.text_width(exponent, 0.72 * LABEL)
}

/// A label that ends at `end`, its exponent small and raised.
fn tick_label(canvas: &mut Canvas, (end, baseline): Point, label: &str, exponent: &str) {
    let raised = canvas.text_width(exponent, 0.72 * LABEL);
    canvas.text((end - raised, baseline), label, LABELS.align(Align::End));
    let small = super::canvas::Style { size: 0.72 * LABEL, ..LABELS };
    canvas.text((end - raised + 0.3, baseline - 0.36 * LABEL), exponent, small);
}
