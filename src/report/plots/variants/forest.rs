//! Paired differences from the baseline in per cent, a row per variant, grouped by metric.

use crate::report::plots::PlotError;
use crate::report::plots::catalogue::HEADLINES;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::{Align, Canvas, LABELS, REMARKS};
use crate::report::plots::draw::frame::{self, Frame};
use crate::report::plots::draw::scale::{Quantity, three_digits};
use crate::report::plots::draw::theme::{COLUMN, INK, LABEL, Marker, QUIET, RULE, Rgb, SMALL, TWO_COLUMNS, WHITE};
use crate::report::plots::read::comparison::{Comparison, Difference};
use crate::report::plots::sheet::Sheet;
use crate::sink::metric::{Better, better};

/// Rows in one chart: a page.
const MOST: usize = 64;
/// Height of a row, and of the name of a metric above its rows, in points.
const ROW: f64 = 9.5;
const HEAD: f64 = 12.5;
/// Differences beyond these shares stand at the edge, with an arrow.
const CLIP: (f64, f64) = (-1.2, 3.0);
/// Indent of variants below their metric.
const INDENT: f64 = 8.0;

/// A metric and the variants that differ from the baseline in it.
struct Group {
    title: String,
    rows: Vec<(String, Rgb, Difference)>,
}

/// `None` where there is no difference from anything.
pub(in crate::report::plots) fn draw(comparison: &Comparison, sheet: &Sheet) -> Result<Option<Canvas>, PlotError> {
    let (groups, left_out) = groups(comparison, sheet);
    if groups.is_empty() {
        return Ok(None);
    }
    let rows = || groups.iter().flat_map(|group| &group.rows);
    let mut canvas = sheet.canvas(COLUMN)?;
    let widest = |canvas: &Canvas| rows().map(|row| canvas.text_width(&row.0, LABEL)).fold(0.0, f64::max);
    if widest(&canvas) > 0.4 * canvas.width {
        canvas.width = sheet.width(TWO_COLUMNS);
    }
    let room = 0.42 * canvas.width;
    let left = INDENT + widest(&canvas).min(room) + 8.0;
    let numbers = rows().map(|row| canvas.text_width(&percent(row.2.mean), SMALL)).fold(20.0, f64::max);
    let width = canvas.width - left - numbers - 12.0;
    let height: f64 = groups.iter().map(|group| HEAD + ROW * group.rows.len() as f64).sum();
    let base = if comparison.base.is_empty() { "the baseline".to_owned() } else { sheet.label(&comparison.base) };
    let title = format!("Difference from {base}");
    let x = axis(&title, rows().map(|row| &row.2), ((width / 30.0) as usize).clamp(2, 9));
    let y = Axis::exact("", Quantity::Plain, 0.0, 1.0, 1);
    let frame = Frame { left, top: 4.0, width, height, x, y };
    let mut top = frame.top;
    for group in &groups {
        canvas.text((2.0, top + HEAD - 3.5), &group.title, LABELS);
        let part = Frame { top: top + HEAD, height: ROW * group.rows.len() as f64, ..frame.clone() };
        part.grid_x(&mut canvas);
        canvas.line((part.px(0.0), part.top), (part.px(0.0), part.bottom()), RULE, QUIET);
        for (index, (name, color, difference)) in group.rows.iter().enumerate() {
            let middle = part.top + ROW * (index as f64 + 0.5);
            let name = canvas.fit(name, LABEL, room);
            canvas.text((2.0 + INDENT, middle + 0.35 * LABEL), &name, LABELS);
            row(&mut canvas, &part, middle, *color, difference);
        }
        top = part.bottom();
    }
    frame.axis_x(&mut canvas);
    let below = frame.bottom() + frame::BELOW;
    let notes = notes(comparison, rows().map(|row| &row.2), left_out);
    canvas.height = below + frame::remarks(&mut canvas, &notes, 2.0, below - 3.0);
    Ok(Some(canvas))
}

/// Groups as far as they fit on a page, and how many rows do not.
fn groups(comparison: &Comparison, sheet: &Sheet) -> (Vec<Group>, usize) {
    let usual: Vec<String> = HEADLINES.iter().map(|name| (*name).to_owned()).collect();
    let metrics = sheet.choice().metrics.as_ref().unwrap_or(&usual);
    let (mut groups, mut count, mut left_out) = (Vec::new(), 0, 0);
    for metric in metrics {
        let variants = comparison.variants.list.iter().enumerate();
        let mut rows: Vec<(String, Rgb, Difference)> = variants
            .filter_map(|(number, name)| {
                Some((sheet.label(name), sheet.look(name).color, comparison.difference(metric, number)?))
            })
            .collect();
        if rows.is_empty() {
            continue;
        }
        let room = if groups.is_empty() { MOST } else { MOST.saturating_sub(count) };
        if rows.len() > room {
            // Whole groups only, but for the first.
            let kept = if groups.is_empty() { room } else { 0 };
            left_out += rows.len() - kept;
            rows.truncate(kept);
        }
        if rows.is_empty() {
            continue;
        }
        count += rows.len();
        let which = match better(metric) {
            Better::Lower => " (lower is better)",
            Better::Higher => " (higher is better)",
            Better::Neither => "",
        };
        groups.push(Group { title: sheet.title(metric) + which, rows });
    }
    (groups, left_out)
}

fn axis<'a>(title: &str, differences: impl Iterator<Item = &'a Difference>, count: usize) -> Axis {
    let (low, high) = differences.fold((0.0_f64, 0.0_f64), |(low, high), difference| {
        let (from, to) = difference.interval.unwrap_or((difference.mean, difference.mean));
        (low.min(from).min(difference.mean), high.max(to).max(difference.mean))
    });
    let (low, high) = (low.max(CLIP.0), high.min(CLIP.1));
    // A tenth of a per cent at least: equal means are not to look torn apart by their last digits.
    let margin = (0.04 * (high - low)).max(0.0005);
    Axis::rounded(title, Quantity::Percent, low - margin, high + margin, count)
}

/// A point with its interval, filled where a difference is shown, and its number.
fn row(canvas: &mut Canvas, frame: &Frame, middle: f64, color: Rgb, difference: &Difference) {
    if let Some((low, high)) = difference.interval {
        canvas.whisker((frame.px(low), middle), (frame.px(high), middle), 2.0, color);
        for (end, edge, point) in [(low, frame.x.low, -1.0), (high, frame.x.high, 1.0)] {
            if (end - edge) * point > 0.0 && difference.mean <= frame.x.high {
                let at = frame.px(edge);
                canvas.polygon(vec![(at + 3.5 * point, middle), (at, middle - 2.5), (at, middle + 2.5)], color);
            }
        }
    }
    let place = (frame.px(difference.mean), middle);
    if difference.mean > frame.x.high {
        let (x, y) = place;
        canvas.polygon(vec![(x + 5.0, y), (x - 2.0, y - 3.0), (x - 2.0, y + 3.0)], color);
    } else {
        canvas.marker(Marker::Circle, place, 5.0, color);
        if !difference.shown {
            canvas.marker(Marker::Circle, place, 3.2, WHITE);
        }
    }
    let style = REMARKS.align(Align::End).color(if difference.shown { INK } else { QUIET });
    canvas.text((canvas.width - 2.0, middle + 0.35 * SMALL), &percent(difference.mean), style);
}

/// `+12.3 %`, the sign always but of nothing; from ten times more on, how many times: `× 159`.
fn percent(share: f64) -> String {
    if share >= 10.0 {
        return format!("× {}", three_digits(1.0 + share));
    }
    let text = three_digits(100.0 * share);
    if share > 0.0 { format!("+{text} %") } else { format!("{text} %") }
}

fn notes<'a>(
    comparison: &Comparison,
    differences: impl Iterator<Item = &'a Difference>,
    left_out: usize,
) -> Vec<String> {
    let mut notes = Vec::new();
    if differences.into_iter().any(|difference| difference.interval.is_some()) {
        let holm = if comparison.holm { ", after Holm's correction" } else { "" };
        notes.push(format!(
            "means and 95 % intervals of paired differences over {} replications, in per cent of the baseline's mean; \
             filled: a difference is shown{holm}",
            comparison.replications
        ));
    }
    if left_out > 0 {
        notes.push(format!("{left_out} further rows in comparison.csv"));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn numbers_have_their_sign_and_large_ones_are_factors() {
        let texts = [-0.5, 0.0, 0.123, 9.0, 158.0].map(percent);
        assert_eq!(texts, ["−50.0 %", "0 %", "+12.3 %", "+900 %", "× 159"]);
    }
}
