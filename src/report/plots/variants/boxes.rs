//! Box plots over replications, a row per variant.

use super::area;
use crate::report::plots::PlotError;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::{Align, Canvas, LABELS};
use crate::report::plots::draw::frame::{self, Frame};
use crate::report::plots::draw::palette::Look;
use crate::report::plots::draw::scale::Quantity;
use crate::report::plots::draw::theme::{COLUMN, INK, LABEL, Marker, RULE, TWO_COLUMNS, tint};
use crate::report::plots::read::values::Values;
use crate::report::plots::sheet::Sheet;

/// Variants in one chart.
const MOST: usize = 60;
/// Fewer values have no box: they stand as points.
const FEWEST: usize = 5;

/// Quartiles and what lies beyond the whiskers.
#[derive(Clone, Debug, PartialEq)]
struct Summary {
    /// Lower quartile, median, upper quartile.
    quartiles: [f64; 3],
    /// The furthest values within 1.5 box lengths of the box.
    whiskers: (f64, f64),
    beyond: Vec<f64>,
}

/// A chart of `metric` for the variants in their order; `None` with fewer than two values each, or all 0.
pub(in crate::report::plots) fn draw(
    values: &Values,
    variants: &[String],
    metric: &str,
    sheet: &Sheet,
) -> Result<Option<Canvas>, PlotError> {
    let rows: Vec<(&String, Vec<f64>)> =
        variants.iter().take(MOST).map(|name| (name, values.sorted(metric, name))).collect();
    let most = rows.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
    let all = || rows.iter().flat_map(|(_, values)| values.iter().copied());
    if most < 2 || all().all(|value| value == 0.0) {
        return Ok(None);
    }
    let names: Vec<String> = rows.iter().map(|(name, _)| sheet.label(name)).collect();
    let mut canvas = sheet.canvas(COLUMN)?;
    let widest = |canvas: &Canvas| names.iter().map(|name| canvas.text_width(name, LABEL)).fold(0.0, f64::max);
    if widest(&canvas) > 0.42 * canvas.width {
        canvas.width = sheet.width(TWO_COLUMNS);
    }
    let room = 0.45 * canvas.width;
    let left = widest(&canvas).min(room) + 8.0;
    let width = canvas.width - left - frame::RIGHT;
    let slot = sheet.height((90.0 / rows.len() as f64).clamp(10.0, 18.0));
    let x = axis(sheet, metric, all, ((width / 32.0) as usize).clamp(2, 9));
    let y = Axis::exact("", Quantity::Plain, 0.0, 1.0, 1);
    let frame = Frame { left, top: 6.0, width, height: slot * rows.len() as f64, x, y };
    frame.grid_x(&mut canvas);
    for (index, ((name, values), label)) in rows.iter().zip(&names).enumerate() {
        let middle = frame.top + slot * (index as f64 + 0.5);
        let label = canvas.fit(label, LABEL, room);
        canvas.text((left - 4.0, middle + 0.35 * LABEL), &label, LABELS.align(Align::End));
        row(&mut canvas, &frame, middle, 0.56 * slot, sheet.look(name), values);
    }
    canvas.line((left, frame.top), (left, frame.bottom()), RULE, INK);
    frame.axis_x(&mut canvas);
    let below = frame.bottom() + frame::BELOW;
    canvas.height = below + frame::remarks(&mut canvas, &notes(most, variants.len()), 2.0, below - 3.0);
    Ok(Some(canvas))
}

fn notes(most: usize, variants: usize) -> Vec<String> {
    let mut notes = vec![if most < FEWEST {
        format!("a point for each of {most} replications")
    } else {
        format!(
            "boxes: median and quartiles (linear interpolation) of {most} replications; whiskers: furthest values \
             within 1.5 box lengths; points: beyond"
        )
    }];
    if variants > MOST {
        notes.push(format!("first {MOST} of {variants} variants shown"));
    }
    notes
}

fn axis<I: Iterator<Item = f64>>(sheet: &Sheet, metric: &str, all: impl Fn() -> I, count: usize) -> Axis {
    let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    if low > 0.0 && (sheet.is_log(metric) || high > 1000.0 * low) {
        return sheet.log_axis(metric, low, high, count);
    }
    area::around(&sheet.title(metric), sheet.quantity(metric), std::iter::once((low, high)), count)
}

fn row(canvas: &mut Canvas, frame: &Frame, middle: f64, thick: f64, look: Look, sorted: &[f64]) {
    let point = |canvas: &mut Canvas, value: f64| {
        canvas.marker(Marker::Circle, (frame.px(value), middle), 3.2, look.color);
    };
    let Some(summary) = summary(sorted) else {
        for &value in sorted {
            point(canvas, value);
        }
        return;
    };
    let [low, median, high] = summary.quartiles.map(|value| frame.px(value));
    let (from, to) = (frame.px(summary.whiskers.0), frame.px(summary.whiskers.1));
    for (end, edge) in [(from, low), (to, high)] {
        canvas.line((end, middle), (edge, middle), RULE, INK);
        canvas.line((end, middle - 0.25 * thick), (end, middle + 0.25 * thick), RULE, INK);
    }
    let (top, bottom) = (middle - thick / 2.0, middle + thick / 2.0);
    canvas.rect((low, top), (high - low).max(0.4), thick, tint(look.fill, 0.6));
    canvas.path(vec![(low, top), (high, top), (high, bottom), (low, bottom), (low, top)], RULE, look.color);
    canvas.line((median, top), (median, bottom), 1.6, INK);
    for value in summary.beyond {
        point(canvas, value);
    }
}

/// Of sorted values; `None` where they are too few.
fn summary(sorted: &[f64]) -> Option<Summary> {
    if sorted.len() < FEWEST {
        return None;
    }
    let quartiles = [0.25, 0.5, 0.75].map(|q| interpolated(sorted, q));
    let reach = 1.5 * (quartiles[2] - quartiles[0]);
    let inside = |value: &&f64| (quartiles[0] - reach..=quartiles[2] + reach).contains(*value);
    let low = sorted.iter().find(inside).copied().unwrap_or(quartiles[0]);
    let high = sorted.iter().rev().find(inside).copied().unwrap_or(quartiles[2]);
    // A quartile between two values may lie beyond the furthest of them.
    let whiskers = (low.min(quartiles[0]), high.max(quartiles[2]));
    let beyond = sorted.iter().filter(|value| !inside(value)).copied().collect();
    Some(Summary { quartiles, whiskers, beyond })
}

/// Between the two values around place q (n - 1), counted from 0: type 7 of Hyndman & Fan (1996), what R and NumPy
/// do where nothing else is asked for.
fn interpolated(sorted: &[f64], q: f64) -> f64 {
    let place = q * sorted.len().saturating_sub(1) as f64;
    let below = place.floor();
    let at = |index: f64| sorted.get(index as usize).or(sorted.last()).copied().unwrap_or(0.0);
    at(below) + (place - below) * (at(below + 1.0) - at(below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_those_of_a_worked_example() {
        // 1, 2, 3, 4, 5, 6, 7, 30: places 1.75, 3.5, 5.25 from 0, so quartiles 2.75, 4.5, 6.25; the box is 3.5 long,
        // whiskers reach from -2.5 to 11.5 at most: to 1 and 7; 30 lies beyond.
        let found = summary(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 30.0]).unwrap();
        assert_eq!(found, Summary { quartiles: [2.75, 4.5, 6.25], whiskers: (1.0, 7.0), beyond: vec![30.0] });
    }

    #[test]
    fn equal_values_are_a_line_and_few_are_points() {
        let found = summary(&[3.0; 6]).unwrap();
        assert_eq!((found.quartiles, found.whiskers, found.beyond.len()), ([3.0; 3], (3.0, 3.0), 0));
        assert_eq!(summary(&[1.0, 2.0, 3.0, 4.0]), None);
    }
}
