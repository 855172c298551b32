//! At which clocks the units were, and for how long: a bar per device model, clocks rising.

use crate::report::plots::PlotError;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::{Align, Canvas, LABELS, Style};
use crate::report::plots::draw::frame::{self, Frame};
use crate::report::plots::draw::legend::{self, Entry, Key};
use crate::report::plots::draw::scale::{Quantity, short};
use crate::report::plots::draw::theme::{INK, LABEL, PALETTE, RULE, Rgb, SMALL, TWO_COLUMNS, text_on, tint};
use crate::report::plots::read::intervals::Residency;
use crate::report::plots::sheet::Sheet;

const SLOT: f64 = 24.0;
const BAR: f64 = 16.0;
/// Ends of the ramp under load, from the lowest to the highest clock (ColorBrewer's Blues, 2 and 8 of 9).
const BUSY: (Rgb, Rgb) = ((198, 219, 239), (8, 69, 148));
/// The same without load.
const IDLE: (Rgb, Rgb) = ((235, 235, 235), (140, 140, 140));

/// One piece of a bar: its share, its colour, what is written in it.
type Piece = (f64, Rgb, String);

/// `None` where no time was measured.
pub(in crate::report::plots) fn draw(models: &[Residency], sheet: &Sheet) -> Result<Option<Canvas>, PlotError> {
    let models: Vec<&Residency> = models.iter().filter(|model| total(model) > 0.0).collect();
    if models.is_empty() {
        return Ok(None);
    }
    let mut canvas = sheet.canvas(TWO_COLUMNS)?;
    let names: Vec<String> = models.iter().map(|model| format!("{} {}", model.kind, model.device)).collect();
    let widest = names.iter().map(|name| canvas.text_width(name, LABEL)).fold(0.0, f64::max).min(150.0);
    // Viewers' fonts differ: room for a wider one.
    let left = 1.12 * widest + 8.0;
    let width = canvas.width - left - frame::RIGHT;
    let top = 5.0 + legend::draw(&mut canvas, &entries(&models), left, 2.0, width);
    let x = Axis::exact("Share of the units' time", Quantity::Percent, 0.0, 1.0, 10);
    let y = Axis::exact("", Quantity::Plain, 0.0, 1.0, 1);
    let frame = Frame { left, top, width, height: SLOT * models.len() as f64, x, y };
    frame.grid_x(&mut canvas);
    for (index, (model, name)) in models.iter().zip(&names).enumerate() {
        let middle = top + SLOT * (index as f64 + 0.5);
        let name = canvas.fit(name, LABEL, widest);
        canvas.text((left - 4.0, middle + 0.35 * LABEL), &name, LABELS.align(Align::End));
        bar(&mut canvas, &frame, middle, &pieces(model));
    }
    canvas.line((left, top), (left, frame.bottom()), RULE, INK);
    frame.axis_x(&mut canvas);
    let below = frame.bottom() + frame::BELOW;
    let note = "clocks rise from left to right and from light to dark; numbers in GHz".to_owned();
    canvas.height = below + frame::remarks(&mut canvas, &[note], left, below - 3.0);
    Ok(Some(canvas))
}

fn bar(canvas: &mut Canvas, frame: &Frame, middle: f64, pieces: &[Piece]) {
    let (top, mut from) = (middle - BAR / 2.0, 0.0);
    for (share, color, text) in pieces {
        let (left, right) = (frame.px(from), frame.px(from + share));
        from += share;
        let width = right - left;
        canvas.rect((left, top), if width > 1.0 { width - 0.3 } else { width }, BAR, *color);
        if !text.is_empty() && canvas.text_width(text, SMALL) + 3.0 <= width {
            let style = Style { size: SMALL, ..LABELS }.align(Align::Middle).color(text_on(*color));
            canvas.text((left + width / 2.0, middle + 0.35 * SMALL), text, style);
        }
    }
}

fn entries(models: &[&Residency]) -> Vec<Entry> {
    let mut entries = vec![
        Entry::new(Key::Fill(BUSY.0), "busy, lowest clock"),
        Entry::new(Key::Fill(BUSY.1), "busy, highest"),
        Entry::new(Key::Fill(IDLE.0), "idle, lowest clock"),
        Entry::new(Key::Fill(IDLE.1), "idle, highest"),
    ];
    for name in ["sleep", "transition", "down"] {
        if models.iter().any(|model| model.away.iter().any(|(state, time)| state == name && *time > 0.0)) {
            entries.push(Entry::new(Key::Fill(away_color(name)), name));
        }
    }
    entries
}

fn away_color(state: &str) -> Rgb {
    match state {
        "sleep" => tint(PALETTE[2], 0.35),
        "transition" => tint(PALETTE[1], 0.6),
        _ => tint(PALETTE[5], 0.7),
    }
}

fn total(model: &Residency) -> f64 {
    let awake: f64 = model.clocks.iter().map(|(_, busy, idle)| busy + idle).sum();
    awake + model.away.iter().map(|(_, time)| time).sum::<f64>()
}

/// Under load by rising clock, without load by rising clock, then the rest.
fn pieces(model: &Residency) -> Vec<Piece> {
    let all = total(model).max(1e-30);
    let mut clocks = model.clocks.clone();
    clocks.sort_by(|a, b| a.0.total_cmp(&b.0));
    let last = clocks.len().saturating_sub(1).max(1) as f64;
    let step = |index: usize| if clocks.len() > 1 { index as f64 / last } else { 1.0 };
    let ghz = |hertz: f64| short(hertz / 1e9);
    let busy = clocks.iter().enumerate().map(|(i, (hz, busy, _))| (busy / all, ramp(BUSY, step(i)), ghz(*hz)));
    let idle = clocks.iter().enumerate().map(|(i, (hz, _, idle))| (idle / all, ramp(IDLE, step(i)), ghz(*hz)));
    let away = model.away.iter().map(|(state, time)| (time / all, away_color(state), String::new()));
    busy.chain(idle).chain(away).filter(|piece| piece.0 > 0.0).collect()
}

/// Even steps from the light end to the dark one.
fn ramp((light, dark): (Rgb, Rgb), share: f64) -> Rgb {
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share.clamp(0.0, 1.0)).round() as u8;
    (mix(light.0, dark.0), mix(light.1, dark.1), mix(light.2, dark.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_shares_by_rising_clock_under_load_first() {
        // 10 s in all: 1 busy at 1 GHz, 4 at 2 GHz, 3 idle at 1 GHz, 2 asleep; clocks told falling.
        let model = Residency {
            kind: "cpu".to_owned(),
            device: "own".to_owned(),
            clocks: vec![(2e9, 4.0, 0.0), (1e9, 1.0, 3.0)],
            away: vec![("sleep".to_owned(), 2.0)],
        };
        let found = pieces(&model);
        let shares: Vec<f64> = found.iter().map(|piece| piece.0).collect();
        assert_eq!(shares, [0.1, 0.4, 0.3, 0.2]);
        assert_eq!((found[0].1, found[1].1, found[2].1), (BUSY.0, BUSY.1, IDLE.0));
        assert_eq!((found[0].2.as_str(), found[1].2.as_str()), ("1", "2"));
    }
}
