//! Power over time, stacked by what the units were doing, or by their kind.

use crate::report::plots::PlotError;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::Canvas;
use crate::report::plots::draw::frame::{self, Frame};
use crate::report::plots::draw::legend::{self, Entry, Key};
use crate::report::plots::draw::scale::Quantity;
use crate::report::plots::draw::steps;
use crate::report::plots::draw::theme::{INK, PALETTE, Rgb, TWO_COLUMNS, kind_color};
use crate::report::plots::read::timeline::{Timeline, peak};
use crate::report::plots::sheet::Sheet;

/// Column, name and colour, from the bottom up.
const STATES: [(&str, &str, Rgb); 4] = [
    ("power_active_w", "active", PALETTE[0]),
    ("power_idle_w", "idle", PALETTE[4]),
    ("power_sleep_w", "sleep", PALETTE[2]),
    ("power_transition_w", "transition", PALETTE[1]),
];

const HEIGHT: f64 = 130.0;

/// A layer: its name, its colour and its column.
type Layer<'a> = (&'a str, Rgb, &'a [f64]);

/// By what the units did; `None` when the timeline has no power, or never any.
pub(in crate::report::plots) fn draw(timeline: &Timeline, sheet: &Sheet) -> Result<Option<Canvas>, PlotError> {
    let states: Vec<Layer<'_>> = STATES
        .iter()
        .filter_map(|&(column, name, color)| Some((name, color, timeline.get(column)?)))
        .filter(|(_, _, column)| peak(column) > 0.0)
        .collect();
    stacked(timeline, &states, sheet)
}

/// By kind of unit; `None` where fewer than two kinds draw any.
pub(in crate::report::plots) fn draw_by_kind(timeline: &Timeline, sheet: &Sheet) -> Result<Option<Canvas>, PlotError> {
    let is_state = |name: &str| STATES.iter().any(|(_, state, _)| *state == name);
    let kinds: Vec<Layer<'_>> = timeline
        .with_prefix("power_")
        .filter_map(|(name, column)| Some((name.strip_suffix("_w")?, column)))
        .filter(|(kind, column)| !is_state(kind) && peak(column) > 0.0)
        .map(|(kind, column)| (kind, kind_color(kind), column))
        .collect();
    if kinds.len() < 2 { Ok(None) } else { stacked(timeline, &kinds, sheet) }
}

fn stacked(timeline: &Timeline, states: &[Layer<'_>], sheet: &Sheet) -> Result<Option<Canvas>, PlotError> {
    let total = timeline.get("power_w").filter(|column| peak(column) > 0.0);
    if total.is_none() && states.is_empty() {
        return Ok(None);
    }
    let mut canvas = sheet.canvas(TWO_COLUMNS)?;
    let (time, layers) = reduced(&timeline.time, &states.iter().map(|state| state.2).collect::<Vec<_>>());
    let sums = stack(&layers);
    let outline = match total {
        Some(total) => reduced(&timeline.time, &[total]).1.pop().unwrap_or_default(),
        None => sums.last().cloned().unwrap_or_default(),
    };
    let most = peak(&outline).max(sums.last().map_or(0.0, |top| peak(top)));
    let y = Axis::from_zero("Power", Quantity::Power, most, 5);
    let left = frame::left_margin(&canvas, &[&y]);
    let width = canvas.width - left - frame::RIGHT;
    let mut entries = vec![Entry::new(Key::Line(INK, &[], None), "total")];
    entries.extend(states.iter().map(|&(name, color, _)| Entry::new(Key::Fill(color), name)));
    let top = 5.0 + legend::draw(&mut canvas, &entries, left, 2.0, width);
    let frame = Frame { left, top, width, height: sheet.height(HEIGHT), x: timeline.axis(9), y };
    frame.grid(&mut canvas);
    // From the top layer down: each covers what lies below it.
    for (sum, (_, color, _)) in sums.iter().zip(states).rev() {
        steps::area(&mut canvas, &frame, &time, sum, *color);
    }
    canvas.path(steps::corners(&frame, &time, &outline), 0.5, INK);
    frame.axis_y(&mut canvas);
    frame.axis_x(&mut canvas);
    frame::title_y(&mut canvas, &frame.y.title, top, frame.bottom());
    canvas.height = frame.bottom() + frame::BELOW;
    Ok(Some(canvas))
}

/// Many steps as means over equal columns (the energy stays), few as they are.
/// All layers get the same times, so that they can be stacked.
fn reduced(time: &[f64], layers: &[&[f64]]) -> (Vec<f64>, Vec<Vec<f64>>) {
    const COLUMNS: usize = 320;
    if time.len() <= 2 * COLUMNS {
        return (time.to_vec(), layers.iter().map(|layer| layer.to_vec()).collect());
    }
    let mut times = Vec::new();
    let means = layers.iter().map(|layer| {
        let bins = steps::bins(time, layer, COLUMNS);
        let end = bins.last().copied();
        times = bins.iter().map(|bin| bin.start).chain(end.map(|bin| bin.end)).collect();
        bins.iter().map(|bin| bin.mean).chain(end.map(|bin| bin.mean)).collect()
    });
    let means: Vec<Vec<f64>> = means.collect();
    (times, means)
}

/// Running sums: layer k of the result is the sum of layers 0 to k.
fn stack(layers: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut sums: Vec<Vec<f64>> = Vec::with_capacity(layers.len());
    for layer in layers {
        let sum = match sums.last() {
            Some(below) => layer.iter().zip(below).map(|(a, b)| a + b).collect(),
            None => layer.clone(),
        };
        sums.push(sum);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_stand_on_each_other() {
        let sums = stack(&[vec![1.0, 2.0], vec![10.0, 20.0], vec![0.5, 0.0]]);
        assert_eq!(sums, [vec![1.0, 2.0], vec![11.0, 22.0], vec![11.5, 22.0]]);
    }

    #[test]
    fn reducing_many_steps_keeps_energy_and_stacking() {
        // Active for the first half of every second, idle for the other.
        let time: Vec<f64> = (0..=20_000).map(|k| f64::from(k) * 0.5).collect();
        let active: Vec<f64> = (0..=20_000).map(|k| if k % 2 == 0 { 300.0 } else { 0.0 }).collect();
        let idle: Vec<f64> = (0..=20_000).map(|k| if k % 2 == 0 { 0.0 } else { 60.0 }).collect();
        let (times, layers) = reduced(&time, &[&active, &idle]);
        assert!(times.len() < 700 && times.len() == layers[0].len());
        let energy = |values: &[f64]| -> f64 {
            times.windows(2).zip(values).map(|(edge, value)| (edge[1] - edge[0]) * value).sum()
        };
        // 10 000 s: 5000 s of 300 W and 5000 s of 60 W.
        let sums = stack(&layers);
        assert!((energy(&layers[0]) - 1.5e6).abs() < 1e-3);
        assert!((energy(&sums[1]) - 1.8e6).abs() < 1e-3);
    }
}
