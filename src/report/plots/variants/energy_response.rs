//! The trade-off of a comparison: energy against response time, and the variants that no other beats in both.

use super::area;
use crate::report::plots::PlotError;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::{Canvas, Point};
use crate::report::plots::draw::frame::Frame;
use crate::report::plots::draw::legend::{Entry, Key};
use crate::report::plots::draw::palette::Look;
use crate::report::plots::draw::theme::{QUIET, RULE, tint};
use crate::report::plots::read::comparison::{Cell, Comparison};
use crate::report::plots::sheet::Sheet;

const ENERGY: &str = "energy_j.total";
const RESPONSE: &str = "response_s.mean";
const HEIGHT: f64 = 160.0;
/// Variants with a mark and a name of their own.
const NAMED: usize = 40;
/// How much of its colour a variant keeps that another beats in both.
const FADED: f64 = 0.42;

/// A variant's place in the trade-off.
#[derive(Clone, Copy, Debug)]
struct Trade {
    number: usize,
    energy: Cell,
    response: Cell,
    /// Another variant is at least as good in both and better in one.
    dominated: bool,
}

/// `None` when no variant has both, or all are 0.
pub(in crate::report::plots) fn draw(comparison: &Comparison, sheet: &Sheet) -> Result<Option<Canvas>, PlotError> {
    let trades = trades(comparison);
    if trades.is_empty() || !comparison.shows(ENERGY) || !comparison.shows(RESPONSE) {
        return Ok(None);
    }
    let look = |number: usize| if number < NAMED { sheet.look(comparison.variants.get(number)) } else { Look::NONE };
    let named = trades.iter().filter(|trade| trade.number < NAMED);
    let mut entries: Vec<Entry> = named
        .map(|trade| {
            let look = look(trade.number);
            Entry::new(Key::Point(look.marker, look.color), sheet.label(comparison.variants.get(trade.number)))
        })
        .collect();
    if trades.len() > entries.len() {
        entries.push(Entry::new(Key::Point(Look::NONE.marker, Look::NONE.color), "further variants"));
    }
    entries.push(Entry::new(Key::Line(QUIET, &[], None), "Pareto front"));
    let axes =
        (axis(sheet, ENERGY, &trades, |trade| trade.energy), axis(sheet, RESPONSE, &trades, |trade| trade.response));
    let (mut canvas, frame) = area::figure(sheet, &entries, HEIGHT, axes)?;
    frame.grid(&mut canvas);
    canvas.path(front(&frame, &trades), RULE, QUIET);
    let ink = |trade: &Trade| tint(look(trade.number).color, if trade.dominated { FADED } else { 1.0 });
    for trade in &trades {
        let (x, y) = frame.point(trade.energy.mean, trade.response.mean);
        if let Some((low, high)) = trade.energy.interval {
            canvas.whisker((frame.px(low), y), (frame.px(high), y), 2.0, ink(trade));
        }
        if let Some((low, high)) = trade.response.interval {
            canvas.whisker((x, frame.py(low)), (x, frame.py(high)), 2.0, ink(trade));
        }
    }
    // Those on the front, and of them the first variant, the base, on top of all.
    for dominated in [true, false] {
        for trade in trades.iter().rev().filter(|trade| trade.dominated == dominated) {
            let place = frame.point(trade.energy.mean, trade.response.mean);
            canvas.marker(look(trade.number).marker, place, 6.0, ink(trade));
        }
    }
    let mut notes: Vec<String> = comparison.remark().into_iter().collect();
    if trades.iter().any(|trade| trade.dominated) {
        notes.push("faded: another variant is better in both means".to_owned());
    }
    area::finish(&mut canvas, &frame, &notes);
    Ok(Some(canvas))
}

fn trades(comparison: &Comparison) -> Vec<Trade> {
    let both = |number: usize| Some((number, comparison.cell(ENERGY, number)?, comparison.cell(RESPONSE, number)?));
    let points: Vec<(usize, Cell, Cell)> = (0..comparison.variants.len()).filter_map(both).collect();
    let beats = |a: &(usize, Cell, Cell), b: &(usize, Cell, Cell)| {
        let no_worse = a.1.mean <= b.1.mean && a.2.mean <= b.2.mean;
        no_worse && (a.1.mean < b.1.mean || a.2.mean < b.2.mean)
    };
    let trade = |point: &(usize, Cell, Cell)| {
        let dominated = points.iter().any(|other| beats(other, point));
        Trade { number: point.0, energy: point.1, response: point.2, dominated }
    };
    points.iter().map(trade).collect()
}

/// The border of what is reached: down from the top to the variant of least energy, then in steps to the right
/// edge. Every place above it takes at least the energy and the time of some variant.
fn front(frame: &Frame, trades: &[Trade]) -> Vec<Point> {
    let mut best: Vec<(f64, f64)> =
        trades.iter().filter(|trade| !trade.dominated).map(|trade| (trade.energy.mean, trade.response.mean)).collect();
    best.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    best.dedup();
    let mut points = Vec::new();
    let mut level = frame.top;
    for (energy, response) in best {
        let (x, y) = frame.point(energy, response);
        points.extend([(x, level), (x, y)]);
        level = y;
    }
    if !points.is_empty() {
        points.push((frame.right(), level));
    }
    points
}

fn axis(sheet: &Sheet, metric: &str, trades: &[Trade], cell: impl Fn(&Trade) -> Cell) -> Axis {
    let cells = || trades.iter().map(&cell);
    let range = |cell: Cell| {
        let (low, high) = cell.interval.unwrap_or((cell.mean, cell.mean));
        (low.min(cell.mean), high.max(cell.mean))
    };
    let (title, quantity) = (sheet.title(metric), sheet.quantity(metric));
    if sheet.is_log(metric) && cells().all(|cell| cell.mean > 0.0) {
        let least = cells().map(|cell| cell.mean).fold(f64::INFINITY, f64::min);
        let most = cells().map(|cell| range(cell).1).fold(0.0, f64::max);
        return sheet.log_axis(metric, least, most, 8);
    }
    // An interval may reach below 0, what it is of cannot.
    area::around(&title, quantity, cells().map(range).map(|(low, high)| (low.max(0.0), high)), 5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plots::draw::scale::Quantity;

    #[test]
    fn the_front_steps_down_through_the_variants_that_nobody_beats() {
        let cell = |mean| Cell { mean, interval: None };
        let trade = |energy, response, dominated| Trade {
            number: 0,
            energy: cell(energy),
            response: cell(response),
            dominated,
        };
        let axis = || Axis::from_zero("", Quantity::Plain, 10.0, 5);
        let frame = Frame { left: 0.0, top: 0.0, width: 100.0, height: 100.0, x: axis(), y: axis() };
        // (2, 8) and (5, 3) of axes to 10; (6, 9) is worse than both. y runs downwards.
        let points = front(&frame, &[trade(5.0, 3.0, false), trade(6.0, 9.0, true), trade(2.0, 8.0, false)]);
        let expected = [(20.0, 0.0), (20.0, 20.0), (50.0, 20.0), (50.0, 70.0), (100.0, 70.0)];
        assert_eq!(points.len(), expected.len());
        for (point, expected) in points.iter().zip(expected) {
            assert!((point.0 - expected.0).abs() < 1e-9 && (point.1 - expected.1).abs() < 1e-9, "{points:?}");
        }
    }
}
