//! Step functions: a value holds until the next. Reduction to what can be seen.

use super::canvas::{Canvas, Point};
use super::frame::Frame;
use super::theme::{Rgb, STROKE};

/// Steps drawn one by one; with more of them, columns of [`COLUMN_WIDTH`].
pub(in crate::report::plots) const EXACT: usize = 900;
/// Width of the columns that many steps are reduced to, in points.
pub(in crate::report::plots) const COLUMN_WIDTH: f64 = 0.6;

/// A column of time with what the function did in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::report) struct Bin {
    pub(in crate::report) start: f64,
    pub(in crate::report) end: f64,
    /// Weighted by time.
    pub(in crate::report) mean: f64,
    pub(in crate::report) min: f64,
    pub(in crate::report) max: f64,
}

/// The step function through (`time`, `value`), `time` never falling, in
/// `count` equal columns from the first time to the last.
///
/// A column that no step begins in has the value that holds there. Values
/// that hold for no time at all count for `min` and `max`, not for `mean`.
pub(in crate::report) fn bins(time: &[f64], value: &[f64], count: usize) -> Vec<Bin> {
    let (Some(&from), Some(&to)) = (time.first(), time.last()) else { return Vec::new() };
    let width = (to - from) / count.max(1) as f64;
    if width <= 0.0 {
        return Vec::new();
    }
    let mut held = value.first().copied().unwrap_or(0.0);
    let mut steps = time.iter().copied().zip(value.iter().copied()).peekable();
    let mut out = Vec::with_capacity(count);
    for index in 0..count {
        let start = from + width * index as f64;
        let end = if index + 1 == count { to } else { from + width * (index + 1) as f64 };
        let (mut area, mut min, mut max, mut since) = (0.0, f64::INFINITY, f64::NEG_INFINITY, start);
        while let Some(&(at, next)) = steps.peek()
            && (at < end || index + 1 == count)
        {
            steps.next();
            if at > since {
                (min, max) = (min.min(held), max.max(held));
                area += held * (at - since);
                since = at;
            }
            held = next;
            (min, max) = (min.min(next), max.max(next));
        }
        if end > since || min > max {
            (min, max) = (min.min(held), max.max(held));
            area += held * (end - since);
        }
        out.push(Bin { start, end, mean: (area / (end - start)).clamp(min, max), min, max });
    }
    out
}

/// The corners of the step function on the figure, equal values joined.
pub(in crate::report::plots) fn corners(frame: &Frame, time: &[f64], value: &[f64]) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    let mut held = None;
    for (&at, &next) in time.iter().zip(value) {
        let x = frame.px(at);
        if held == Some(next) {
            continue;
        }
        if let Some(before) = held {
            points.push((x, frame.py(before)));
        }
        points.push((x, frame.py(next)));
        held = Some(next);
    }
    if let (Some(&end), Some(last)) = (time.last(), held) {
        points.push((frame.px(end), frame.py(last)));
    }
    points.dedup();
    points
}

/// How many columns fit across `frame`.
pub(in crate::report::plots) fn columns(frame: &Frame, width: f64) -> usize {
    ((frame.width / width) as usize).max(1)
}

/// Draws a step function: as it is when it has few steps, else its mean as a
/// line in the band between its smallest and largest value. Says which.
pub(in crate::report::plots) fn draw(
    canvas: &mut Canvas,
    frame: &Frame,
    time: &[f64],
    value: &[f64],
    line: Rgb,
    band: Rgb,
) -> bool {
    if time.len() <= EXACT {
        canvas.path(corners(frame, time, value), STROKE, line);
        return false;
    }
    let bins = bins(time, value, columns(frame, COLUMN_WIDTH));
    let upper = bins.iter().map(|bin| (frame.px(bin.start), frame.px(bin.end), frame.py(bin.max)));
    let lower = bins.iter().rev().map(|bin| (frame.px(bin.end), frame.px(bin.start), frame.py(bin.min)));
    canvas.polygon(joined(upper.chain(lower)), band);
    let middle = bins.iter().map(|bin| (frame.px(bin.start), frame.px(bin.end), frame.py(bin.mean)));
    canvas.path(joined(middle), STROKE, line);
    true
}

/// The area from 0 up to the step function; columns where there are many steps.
pub(in crate::report::plots) fn area(canvas: &mut Canvas, frame: &Frame, time: &[f64], value: &[f64], color: Rgb) {
    let mut points = if time.len() <= EXACT {
        corners(frame, time, value)
    } else {
        let bins = bins(time, value, columns(frame, COLUMN_WIDTH));
        joined(bins.iter().map(|bin| (frame.px(bin.start), frame.px(bin.end), frame.py(bin.mean))))
    };
    if let (Some(&first), Some(&last)) = (points.first(), points.last()) {
        points.extend([(last.0, frame.py(0.0)), (first.0, frame.py(0.0))]);
        canvas.polygon(points, color);
    }
}

/// Level pieces (from, to, height) as one line, equal heights in a row joined.
pub(in crate::report::plots) fn joined(pieces: impl Iterator<Item = (f64, f64, f64)>) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    for (from, to, y) in pieces {
        match points.last_mut() {
            // A twentieth of a point is one step of the SVG grid.
            Some(last) if (last.1 - y).abs() < 0.05 => last.0 = to,
            _ => points.extend([(from, y), (to, y)]),
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_under_the_steps_is_kept() {
        // 2 for 1 s, 6 for 3 s, 0 for 4 s: area 20 over 8 s.
        let (time, value) = ([0.0, 1.0, 4.0, 8.0], [2.0, 6.0, 0.0, 9.0]);
        for count in [1, 2, 3, 8, 50] {
            let bins = bins(&time, &value, count);
            assert_eq!(bins.len(), count);
            let area: f64 = bins.iter().map(|b| b.mean * (b.end - b.start)).sum();
            assert!((area - 20.0).abs() < 1e-9, "{count}: {area}");
            assert!(bins.iter().all(|b| b.min <= b.mean && b.mean <= b.max));
        }
        let halves = bins(&time, &value, 2);
        // First half: 1 s of 2, 3 s of 6. Second: all 0, the closing 9 lasts no time.
        assert_eq!((halves[0].mean, halves[0].min, halves[0].max), (5.0, 2.0, 6.0));
        assert_eq!((halves[1].mean, halves[1].min, halves[1].max), (0.0, 0.0, 9.0));
    }

    #[test]
    fn a_peak_of_no_length_is_still_seen() {
        let (time, value) = ([0.0, 5.0, 5.0, 10.0], [1.0, 100.0, 1.0, 1.0]);
        let bins = bins(&time, &value, 4);
        assert_eq!(bins.iter().map(|b| b.max).fold(0.0, f64::max), 100.0);
        assert!(bins.iter().all(|b| (b.mean - 1.0).abs() < 1e-12));
    }

    #[test]
    fn nothing_and_one_instant_have_no_columns() {
        assert!(bins(&[], &[], 10).is_empty());
        assert!(bins(&[3.0], &[1.0], 10).is_empty());
    }
}
