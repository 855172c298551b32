//! Distribution of the waiting time: all of it, not only its mean.

use crate::report::plots::PlotError;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::{Canvas, Point, REMARKS};
use crate::report::plots::draw::frame::{self, Frame};
use crate::report::plots::draw::legend::{self, Entry, Key};
use crate::report::plots::draw::scale::{Quantity, number};
use crate::report::plots::draw::theme::{COLUMN, QUIET, SMALL, STROKE, color, dash, marker};
use crate::report::plots::read::tasks::{Status, Task, Tasks};
use crate::report::plots::sheet::Sheet;

const HEIGHT: f64 = 135.0;
/// Smallest ratio of the longest to the shortest positive wait for a
/// logarithmic axis.
pub(super) const LOG_FROM: f64 = 100.0;
/// Ratio shown at most; shorter waits count as none.
const RANGE: f64 = 1e7;

/// Waits of the tasks that started and ended, a curve per class where there
/// are 2 to 6 classes; `None` when there are none.
pub(in crate::report::plots) fn draw(tasks: &Tasks, sheet: &Sheet) -> Result<Option<Canvas>, PlotError> {
    let curves = curves(tasks, |task| task.wait);
    let all = || curves.iter().flat_map(|(_, waits)| waits.iter().copied());
    if curves.is_empty() {
        return Ok(None);
    }
    let longest = all().fold(0.0, f64::max);
    let shortest = shortest(all(), longest);
    let log = longest / shortest > LOG_FROM;
    let mut canvas = sheet.canvas(COLUMN)?;
    let x = if log {
        Axis::log("Waiting time (s)", shortest, longest, 8)
    } else {
        Axis::from_zero("Waiting time", Quantity::Time, longest, 6)
    };
    let y = Axis::from_zero("Fraction of tasks", Quantity::Plain, 1.0, 5);
    let left = frame::left_margin(&canvas, &[&y]);
    let width = canvas.width - left - 18.0;
    let named = curves.len() > 1;
    let entries: Vec<Entry> = curves
        .iter()
        .filter(|_| named)
        .map(|&(class, _)| {
            Entry::new(Key::Line(color(class), dash(class), Some(marker(class))), tasks.classes.get(class))
        })
        .collect();
    let top = 6.0 + legend::draw(&mut canvas, &entries, left, 2.0, width);
    let frame = Frame { left, top, width, height: sheet.height(HEIGHT), x, y };
    frame.grid(&mut canvas);
    for (share, name) in [(0.5, "p50"), (0.99, "p99")] {
        let y = frame.py(share);
        canvas.dashed(vec![(left, y), (frame.right(), y)], 0.6, QUIET, &[2.0, 1.6]);
        canvas.text((frame.right() + 2.5, y + 0.35 * SMALL), name, REMARKS);
    }
    for (class, waits) in &curves {
        let ink = if named { color(*class) } else { color(0) };
        canvas.dashed(curve(&frame, waits), 1.2 * STROKE, ink, if named { dash(*class) } else { &[] });
    }
    for (class, waits) in &curves {
        let (ink, shape) = if named { (color(*class), marker(*class)) } else { (color(0), marker(0)) };
        for share in [0.5, 0.99] {
            let wait = quantile(waits, share);
            // At the left end the curve passes it unseen.
            if wait > frame.x.low {
                canvas.marker(shape, frame.point(wait, share), 4.8, ink);
            }
        }
    }
    frame.axis_y(&mut canvas);
    frame.axis_x(&mut canvas);
    frame::title_y(&mut canvas, &frame.y.title, top, frame.bottom());
    let mut notes = vec![format!("{} tasks; markers: median and 99th percentile", number(all().count() as f64, 1.0))];
    if log && all().any(|wait| wait <= frame.x.low) {
        notes.push(format!("curves begin at the share that waited at most {} s", seconds(frame.x.low)));
    }
    canvas.height = frame.bottom() + frame::BELOW;
    canvas.height += frame::remarks(&mut canvas, &notes, left, frame.bottom() + frame::BELOW - 3.0);
    Ok(Some(canvas))
}

/// Where a logarithmic axis begins: the shortest positive wait, but for the
/// shortest hundredth of them, which would take decades for hardly any tasks.
pub(super) fn shortest(waits: impl Iterator<Item = f64>, longest: f64) -> f64 {
    let mut positive: Vec<f64> = waits.filter(|&wait| wait > 0.0).collect();
    positive.sort_unstable_by(f64::total_cmp);
    positive.get(positive.len() / 100).copied().unwrap_or(1.0).max(longest / RANGE)
}

fn seconds(value: f64) -> String {
    // A power of ten, from the log axis.
    if value < 1e-3 { format!("{value:.0e}").replace('-', "−") } else { format!("{value}") }
}

/// (class, values in rising order) of each curve, largest classes' colours kept.
pub(super) fn curves(tasks: &Tasks, value: impl Fn(&Task) -> Option<f64>) -> Vec<(usize, Vec<f64>)> {
    let mut classes = vec![Vec::new(); tasks.classes.len()];
    for task in tasks.rows.iter().filter(|task| matches!(task.status, Status::Completed | Status::Killed)) {
        if let (Some(wait), Some(class)) = (value(task), classes.get_mut(task.class)) {
            class.push(wait.max(0.0));
        }
    }
    let mut curves: Vec<(usize, Vec<f64>)> =
        classes.into_iter().enumerate().filter(|(_, waits)| !waits.is_empty()).collect();
    if curves.len() > 6 {
        curves = vec![(0, curves.into_iter().flat_map(|(_, waits)| waits).collect())];
    }
    for (_, waits) in &mut curves {
        waits.sort_unstable_by(f64::total_cmp);
    }
    curves
}

/// The empirical distribution function as it stands on the figure: from the
/// share at the left end up a stair at every wait, steps closer together than
/// can be seen joined.
fn curve(frame: &Frame, sorted: &[f64]) -> Vec<Point> {
    let count = sorted.len() as f64;
    let start = sorted.iter().take_while(|&&wait| wait <= frame.x.low).count();
    let mut points = vec![frame.point(frame.x.low, start as f64 / count)];
    let mut below = start;
    for (index, pair) in sorted.iter().enumerate().skip(start) {
        // Of equal waits the last.
        if sorted.get(index + 1) == Some(pair) {
            continue;
        }
        let (x, y) = frame.point(*pair, (index + 1) as f64 / count);
        let last = points.last().copied().unwrap_or((x, y));
        let closing = index + 1 == sorted.len();
        if !closing && sorted.len() > 300 && x - last.0 < 0.4 && last.1 - y < 0.4 {
            continue;
        }
        points.extend([(x, frame.py(below as f64 / count)), (x, y)]);
        below = index + 1;
    }
    points.push((frame.right(), frame.py(1.0)));
    points.dedup();
    points
}

/// The smallest value that at least `share` of the sorted values do not exceed.
pub(super) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64 - 1e-9).ceil().max(1.0) as usize;
    sorted.get(rank - 1).or(sorted.last()).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(x: Axis) -> Frame {
        let y = Axis::from_zero("Fraction of tasks", Quantity::Plain, 1.0, 5);
        Frame { left: 0.0, top: 0.0, width: 100.0, height: 100.0, x, y }
    }

    #[test]
    fn every_point_of_a_small_distribution_is_in_its_place() {
        // Waits 0, 0, 5, 10 on an axis of 0 to 10: half the tasks wait 0, a
        // quarter more up to 5. The figure's y runs downwards.
        let frame = frame(Axis::from_zero("Waiting time", Quantity::Time, 10.0, 5));
        let points = curve(&frame, &[0.0, 0.0, 5.0, 10.0]);
        assert_eq!(points, [(0.0, 50.0), (50.0, 50.0), (50.0, 25.0), (100.0, 25.0), (100.0, 0.0)]);
    }

    #[test]
    fn a_logarithmic_curve_begins_at_the_share_without_wait() {
        // Three of five wait 0; then 1 s (a quarter of the way from 0.1 to 1000), 1000 s.
        let frame = frame(Axis::log("Waiting time (s)", 0.1, 1000.0, 8));
        let points = curve(&frame, &[0.0, 0.0, 0.0, 1.0, 1000.0]);
        let expected = [(0.0, 40.0), (25.0, 40.0), (25.0, 20.0), (100.0, 20.0), (100.0, 0.0)];
        assert_eq!(points.len(), expected.len());
        for (point, expected) in points.iter().zip(expected) {
            assert!((point.0 - expected.0).abs() < 1e-9 && (point.1 - expected.1).abs() < 1e-9, "{point:?}");
        }
    }

    #[test]
    fn many_waits_become_few_points_on_the_same_curve() {
        let frame = frame(Axis::from_zero("Waiting time", Quantity::Time, 1.0, 5));
        let waits: Vec<f64> = (1..=100_000).map(|k| f64::from(k) / 1e5).collect();
        let points = curve(&frame, &waits);
        assert!(points.len() < 1200, "{}", points.len());
        // Uniform waits: the curve is the diagonal.
        assert!(points.iter().all(|(x, y)| (x - (100.0 - y)).abs() < 0.9));
        assert_eq!(points.last(), Some(&(100.0, 0.0)));
    }

    #[test]
    fn quantiles_are_observed_values() {
        let waits: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!((quantile(&waits, 0.5), quantile(&waits, 0.99)), (50.0, 99.0));
        assert_eq!(quantile(&[7.0], 0.99), 7.0);
    }
}
