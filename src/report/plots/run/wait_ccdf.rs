//! Tails: which share of the tasks waited, took, or were slowed down for longer, on two logarithmic axes.

use super::wait_cdf::{curves, shortest};
use crate::report::plots::PlotError;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::{Canvas, Point};
use crate::report::plots::draw::frame::{self, Frame};
use crate::report::plots::draw::legend::{self, Entry, Key};
use crate::report::plots::draw::scale::number;
use crate::report::plots::draw::theme::{STROKE, TWO_COLUMNS, color, dash};
use crate::report::plots::read::tasks::{Task, Tasks};
use crate::report::plots::sheet::Sheet;

const HEIGHT: f64 = 135.0;
const GAP: f64 = 20.0;
/// Rarer than this is not shown.
const RAREST: f64 = 1e-6;

/// (class, values in rising order).
type Curve = (usize, Vec<f64>);
/// A title and what it is of.
type Panel = (&'static str, fn(&Task) -> Option<f64>);

const PANELS: [Panel; 3] = [
    ("Waiting time (s)", |task| task.wait),
    ("Response time (s)", |task| task.response),
    ("Bounded slowdown", |task| task.slowdown),
];

/// A panel each of waits, responses and slowdowns that differ at all; `None` with fewer than two tasks, or where
/// nothing differs.
pub(in crate::report::plots) fn draw(tasks: &Tasks, sheet: &Sheet) -> Result<Option<Canvas>, PlotError> {
    let panels: Vec<(&str, Vec<Curve>)> = PANELS
        .iter()
        .map(|(title, value)| (*title, curves(tasks, value)))
        .filter(|(_, curves)| differs(curves))
        .collect();
    let count = panels.iter().map(|(_, curves)| curves.iter().map(|c| c.1.len()).sum::<usize>()).max().unwrap_or(0);
    let Some((_, first)) = panels.first() else { return Ok(None) };
    let named = first.len() > 1;
    let largest = panels.iter().flat_map(|(_, curves)| curves.iter().map(|c| c.1.len())).max().unwrap_or(1);
    let y = Axis::log("Fraction of tasks above", (1.0 / largest.max(1) as f64).max(RAREST), 1.0, 7);
    let mut canvas = sheet.fixed(TWO_COLUMNS)?;
    let left = frame::left_margin(&canvas, &[&y]);
    let all = canvas.width - left - frame::RIGHT;
    let width = (all - GAP * (panels.len() - 1) as f64) / panels.len() as f64;
    let entries: Vec<Entry> = first
        .iter()
        .filter(|_| named)
        .map(|&(class, _)| Entry::new(Key::Line(color(class), dash(class), None), tasks.classes.get(class)))
        .collect();
    let top = 6.0 + legend::draw(&mut canvas, &entries, left, 2.0, all);
    for (index, (title, curves)) in panels.iter().enumerate() {
        let left = left + (width + GAP) * index as f64;
        let values = || curves.iter().flat_map(|(_, values)| values.iter().copied());
        let longest = values().fold(0.0, f64::max);
        let x = Axis::log(title, shortest(values(), longest), longest, (width / 28.0) as usize);
        let frame = Frame { left, top, width, height: sheet.height(HEIGHT), x, y: y.clone() };
        frame.grid(&mut canvas);
        for (class, values) in curves {
            let (ink, dash) = if named { (color(*class), dash(*class)) } else { (color(0), dash(0)) };
            canvas.dashed(tail(&frame, values), STROKE, ink, dash);
        }
        if index == 0 {
            frame.axis_y(&mut canvas);
            frame::title_y(&mut canvas, &frame.y.title, top, frame.bottom());
        } else {
            canvas.line((left, top), (left, frame.bottom()), 0.7, crate::report::plots::draw::theme::INK);
        }
        frame.axis_x(&mut canvas);
    }
    let below = top + sheet.height(HEIGHT) + frame::BELOW;
    let note = format!("{} tasks; a curve ends at the largest value of its tasks", number(count as f64, 1.0));
    canvas.height = below + frame::remarks(&mut canvas, &[note], left, below - 3.0);
    Ok(Some(canvas))
}

fn differs(curves: &[Curve]) -> bool {
    let values = || curves.iter().flat_map(|(_, values)| values.iter().copied());
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max));
    high > low && high > 0.0
}

/// The share of values above each: from the left end down a stair at every value to the last, where it would be
/// nothing; steps closer together than can be seen joined.
fn tail(frame: &Frame, sorted: &[f64]) -> Vec<Point> {
    let count = sorted.len() as f64;
    let above = |index: usize| (sorted.len() - index) as f64 / count;
    let start = sorted.partition_point(|&value| value <= frame.x.low);
    if start == sorted.len() {
        return Vec::new();
    }
    let mut points = vec![frame.point(frame.x.low, above(start))];
    let mut before = start;
    for (index, value) in sorted.iter().enumerate().skip(start) {
        // Of equal values the last.
        if sorted.get(index + 1) == Some(value) {
            continue;
        }
        let x = frame.px(*value);
        let level = frame.py(above(before));
        let closing = index + 1 == sorted.len();
        let next = if closing { level } else { frame.py(above(index + 1)) };
        let last = points.last().copied().unwrap_or((x, level));
        if !closing && sorted.len() > 300 && x - last.0 < 0.4 && next - last.1 < 0.4 {
            continue;
        }
        points.extend([(x, level), (x, next)]);
        before = index + 1;
    }
    points.dedup();
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Frame {
        // Two decades each: 1 to 100, and 0.01 to 1.
        let (x, y) = (Axis::log("x", 1.0, 100.0, 5), Axis::log("y", 0.01, 1.0, 5));
        Frame { left: 0.0, top: 0.0, width: 100.0, height: 100.0, x, y }
    }

    #[test]
    fn every_step_of_a_small_tail_is_in_its_place() {
        // 0, 10, 10, …: 9 of 10 are above 1, and one of 10 above 10: 0.9 is at 2.288 from the top, 0.1 at 50.
        let mut values = vec![0.0];
        values.extend([10.0; 8]);
        values.push(100.0);
        let points = tail(&frame(), &values);
        let nine = -50.0 * 0.9_f64.log10();
        let expected = [(0.0, nine), (50.0, nine), (50.0, 50.0), (100.0, 50.0)];
        assert_eq!(points.len(), expected.len(), "{points:?}");
        for (point, expected) in points.iter().zip(expected) {
            assert!((point.0 - expected.0).abs() < 1e-9 && (point.1 - expected.1).abs() < 1e-9, "{points:?}");
        }
    }

    #[test]
    fn a_tail_of_a_power_law_is_straight_and_short() {
        // P(X > x) = 1/x: the k-th of n from above is n/k.
        let count = 100_000;
        let values: Vec<f64> = (1..=count).rev().map(|k| f64::from(count) / f64::from(k)).collect();
        let points = tail(&frame(), &values);
        assert!(points.len() < 1500, "{}", points.len());
        assert!(points.iter().filter(|p| p.0 < 99.0).all(|(x, y)| (x - y).abs() < 1.0), "{points:?}");
        assert!(tail(&frame(), &[0.0, 0.5, 1.0]).is_empty());
    }
}
