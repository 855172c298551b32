//! Distribution functions across variants: all of a wait, not only its mean.

use super::area;
use crate::report::plots::PlotError;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::{Canvas, Point};
use crate::report::plots::draw::frame::Frame;
use crate::report::plots::draw::legend::{Entry, Key};
use crate::report::plots::draw::palette::Look;
use crate::report::plots::draw::scale::Quantity;
use crate::report::plots::draw::theme::STROKE;
use crate::report::plots::read::distributions::{Curve, Distributions};
use crate::report::plots::sheet::Sheet;

const HEIGHT: f64 = 135.0;
/// Curves with a look of their own.
const NAMED: usize = 24;
/// Smallest ratio of the largest to the smallest positive value for a logarithmic axis.
const LOG_FROM: f64 = 100.0;
/// Ratio shown at most; smaller values count as none.
const RANGE: f64 = 1e7;

/// Which share is drawn over a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report::plots) enum Share {
    /// Of values at most as large.
    Below,
    /// Of values that are larger, both axes logarithmic: the tail.
    Above,
}

/// A curve per variant of `metric`, the share being that of `whom`; `None` where there is nothing but zeros.
pub(in crate::report::plots) fn draw(
    distributions: &Distributions,
    variants: &[String],
    (metric, whom, share): (&str, &str, Share),
    replications: f64,
    sheet: &Sheet,
) -> Result<Option<Canvas>, PlotError> {
    let curves: Vec<(&String, &Curve)> =
        variants.iter().filter_map(|name| Some((name, distributions.get(metric, name)?))).collect();
    let values = || curves.iter().flat_map(|(_, curve)| curve.iter().map(|point| point.1));
    let longest = values().fold(0.0, f64::max);
    if curves.is_empty() || longest <= 0.0 {
        return Ok(None);
    }
    let shortest = shortest(values(), longest);
    let log = share == Share::Above || longest / shortest > LOG_FROM || sheet.is_log(metric);
    let x = match (log, sheet.quantity(metric)) {
        (true, _) => sheet.log_axis(metric, shortest, longest, 8),
        (false, quantity) => Axis::from_zero(&sheet.title(metric), quantity, longest, 6),
    };
    let tails: Vec<(&String, Vec<Point>)> = curves.iter().map(|(name, curve)| (*name, tail(curve, share))).collect();
    // All values equal: a tail of one point.
    if tails.iter().all(|(_, points)| points.len() < 2) {
        return Ok(None);
    }
    let y = match share {
        Share::Below => Axis::from_zero(&format!("Fraction of {whom}"), Quantity::Plain, 1.0, 5),
        Share::Above => {
            let least = tails.iter().flat_map(|(_, points)| points).map(|point| point.1).fold(0.1, f64::min);
            Axis::log(&format!("Fraction of {whom} above"), least, 1.0, 8)
        }
    };
    let (mut canvas, frame) = area::figure(sheet, &entries(&curves, sheet), HEIGHT, (x, y))?;
    frame.grid(&mut canvas);
    // The base, which is the first, on top.
    for (index, (name, points)) in tails.iter().enumerate().rev() {
        let look = if index < NAMED { sheet.look(name) } else { Look::NONE };
        let line = on_figure(&frame, points, share);
        canvas.dashed(line.clone(), 1.2 * STROKE, look.color, look.dash);
        if index < NAMED {
            markers(&mut canvas, &line, look, index);
        }
    }
    let mut notes = Vec::new();
    if replications > 1.0 {
        notes.push(format!("each quantile is the mean over {replications} replications"));
    }
    if log && values().any(|value| value < frame.x.low) {
        notes.push(format!("curves begin at the left end with the share of {whom} up to there"));
    }
    area::finish(&mut canvas, &frame, &notes);
    Ok(Some(canvas))
}

/// Where a logarithmic axis begins: the smallest positive quantile, but for the smallest fiftieth of them, which would
/// take decades for hardly any tasks.
fn shortest(values: impl Iterator<Item = f64>, longest: f64) -> f64 {
    let mut positive: Vec<f64> = values.filter(|&value| value > 0.0).collect();
    positive.sort_unstable_by(f64::total_cmp);
    positive.get(positive.len() / 50).copied().unwrap_or(longest).max(longest / RANGE)
}

fn entries(curves: &[(&String, &Curve)], sheet: &Sheet) -> Vec<Entry> {
    let named = curves.iter().take(NAMED).map(|(name, _)| {
        let look = sheet.look(name);
        Entry::new(Key::Line(look.color, look.dash, Some(look.marker)), sheet.label(name))
    });
    let mut entries: Vec<Entry> = named.collect();
    if curves.len() > NAMED {
        entries.push(Entry::new(Key::Line(Look::NONE.color, &[], None), "further variants"));
    }
    entries
}

/// (value, share) along the curve. A tail ends where its largest value is reached: beyond, the quantiles of so
/// many tasks tell nothing more.
fn tail(curve: &Curve, share: Share) -> Vec<Point> {
    let largest = curve.last().map_or(0.0, |point| point.1);
    let mut points = Vec::new();
    for &(q, value) in curve {
        match share {
            Share::Below => points.push((value, q)),
            Share::Above if q < 1.0 => points.push((value, 1.0 - q)),
            Share::Above => {}
        }
        if share == Share::Above && value >= largest {
            break;
        }
    }
    points
}

/// The curve in its frame, from the left end to the right one.
fn on_figure(frame: &Frame, points: &[Point], share: Share) -> Vec<Point> {
    let mut line: Vec<Point> = Vec::new();
    // What lies left of the frame is one point, that of the last of it.
    let outside = points.iter().take_while(|point| point.0 < frame.x.low).count();
    let start = points.get(outside.saturating_sub(1)).filter(|_| outside > 0);
    line.extend(start.map(|point| frame.point(frame.x.low, point.1)));
    line.extend(points.iter().skip(outside).map(|point| frame.point(point.0, point.1)));
    if share == Share::Below
        && let Some(last) = line.last().copied()
    {
        line.push((frame.right(), last.1));
    }
    line.dedup();
    line
}

/// A few marks along the line, at other places for each curve, so that equal curves are both seen.
fn markers(canvas: &mut Canvas, line: &[Point], look: Look, index: usize) {
    const EVERY: f64 = 55.0;
    let mut next = 12.0 + (index % 5) as f64 * EVERY / 5.0;
    let mut gone = 0.0;
    for (from, to) in line.iter().zip(line.iter().skip(1)) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = (dx * dx + dy * dy).sqrt();
        while length > 0.0 && next <= gone + length {
            let part = (next - gone) / length;
            canvas.marker(look.marker, (from.0 + dx * part, from.1 + dy * part), 4.2, look.color);
            next += EVERY;
        }
        gone += length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_is_one_minus_the_share_and_ends_at_the_largest_value() {
        let curve = vec![(0.0, 1.0), (0.5, 10.0), (0.9, 100.0), (0.99, 100.0), (1.0, 100.0)];
        assert_eq!(tail(&curve, Share::Below).len(), 5);
        let tail = tail(&curve, Share::Above);
        assert_eq!((tail.len(), tail[0], tail[1]), (3, (1.0, 1.0), (10.0, 0.5)));
        assert!((tail[2].1 - 0.1).abs() < 1e-12 && tail[2].0 == 100.0);
    }

    #[test]
    fn what_lies_left_of_a_logarithmic_axis_is_one_point() {
        let axis = Axis::from_zero("", Quantity::Plain, 1.0, 5);
        let frame =
            Frame { left: 0.0, top: 0.0, width: 100.0, height: 100.0, x: Axis::log("", 1.0, 100.0, 8), y: axis };
        // Half wait 0, the other half 10 s: the middle of two decades.
        let line = on_figure(&frame, &[(0.0, 0.0), (0.0, 0.5), (10.0, 0.75), (10.0, 1.0)], Share::Below);
        assert_eq!(line, [(0.0, 50.0), (50.0, 25.0), (50.0, 0.0), (100.0, 0.0)]);
    }
}
