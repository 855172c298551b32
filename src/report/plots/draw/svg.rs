//! A figure as SVG text.
//!
//! plotters' SVG surface has integer coordinates, which would turn curves into
//! staircases; so the figure is drawn at [`UNITS`] per point, and the size in
//! the head is rewritten to points. What plotters repeats in every shape
//! (opacity 1, no stroke, the font family) is left out on the way.

use super::canvas::{Align, Canvas, Item, Point, Style};
use super::font::FAMILY;
use super::theme::{Rgb, WHITE};
use crate::report::plots::PlotError;
use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, FontTransform, RGBColor, ShapeStyle};

/// SVG units per point.
const UNITS: f64 = 20.0;

/// The figure as one SVG document.
pub(in crate::report::plots) fn document(canvas: &Canvas) -> Result<String, PlotError> {
    let mut text = String::new();
    let size = (units(canvas.width).max(1) as u32, units(canvas.height).max(1) as u32);
    {
        let mut surface = SVGBackend::with_string(&mut text, size);
        draw(
            &mut surface,
            &Item::Rect { corner: (0.0, 0.0), width: canvas.width, height: canvas.height, color: WHITE },
        )?;
        for item in &canvas.items {
            draw(&mut surface, item)?;
        }
        surface.present().map_err(|error| PlotError::Draw(error.to_string()))?;
    }
    Ok(compact(&text, canvas, size))
}

fn units(points: f64) -> i32 {
    // Saturates: a figure is a few thousand points at most.
    (points * UNITS).round() as i32
}

fn place((x, y): Point) -> (i32, i32) {
    (units(x), units(y))
}

fn rgb((r, g, b): Rgb) -> RGBColor {
    RGBColor(r, g, b)
}

fn fill(color: Rgb) -> ShapeStyle {
    ShapeStyle { color: rgb(color).into(), filled: true, stroke_width: 0 }
}

fn stroke(color: Rgb, width: f64) -> ShapeStyle {
    ShapeStyle { color: rgb(color).into(), filled: false, stroke_width: units(width).max(1) as u32 }
}

fn draw<B: DrawingBackend>(surface: &mut B, item: &Item) -> Result<(), PlotError> {
    let drawn = match item {
        Item::Rect { corner, width, height, color } => {
            let low = place(*corner);
            let high = place((corner.0 + width, corner.1 + height));
            surface.draw_rect(low, (high.0.max(low.0 + 1), high.1.max(low.1 + 1)), &fill(*color), true)
        }
        Item::Path { points, width, color } => {
            surface.draw_path(points.iter().copied().map(place), &stroke(*color, *width))
        }
        Item::Polygon { points, color } => surface.fill_polygon(points.iter().copied().map(place), &fill(*color)),
        Item::Circle { center, radius, color } => {
            surface.draw_circle(place(*center), units(*radius).max(1) as u32, &fill(*color), true)
        }
        Item::Text { at, text, style } => surface.draw_text(text, &text_style(style), place(*at)),
    };
    drawn.map_err(|error| PlotError::Draw(error.to_string()))
}

fn text_style(style: &Style) -> plotters::style::TextStyle<'static> {
    // plotters divides the size by 1.24 on its way into an SVG file.
    let font = FontDesc::new(FontFamily::Name(FAMILY), style.size * UNITS * 1.24, FontStyle::Normal);
    let font = if style.vertical { font.transform(FontTransform::Rotate270) } else { font };
    let side = match style.align {
        Align::Start => HPos::Left,
        Align::Middle => HPos::Center,
        Align::End => HPos::Right,
    };
    // Top adds `dy="0.76em"`, which `compact` takes out: y is the baseline.
    let color = rgb(style.color);
    font.color(&color).pos(Pos::new(side, VPos::Top))
}

/// Names are escaped before they get here, so none of these can be in a text.
const REPEATED: [&str; 6] = [
    " opacity=\"1\"",
    " stroke=\"none\"",
    " dy=\"0.76em\"",
    " text-anchor=\"start\"",
    " stroke-width=\"0\"",
    " font-family=\"Helvetica, Arial, Liberation Sans, sans-serif\"",
];

fn compact(text: &str, canvas: &Canvas, size: (u32, u32)) -> String {
    let mut out = format!(
        "<svg width=\"{}pt\" height=\"{}pt\" viewBox=\"0 0 {} {}\" xmlns=\"http://www.w3.org/2000/svg\" \
         font-family=\"{FAMILY}\" stroke-linejoin=\"round\">\n",
        canvas.width, canvas.height, size.0, size.1
    );
    out.reserve(text.len());
    let mut in_text = false;
    for line in text.lines().skip(1) {
        let mut line = line.to_owned();
        if line.starts_with('<') {
            for repeated in REPEATED {
                line = line.replace(repeated, "");
            }
        }
        // A text and its end stay on one line: blanks around it would move it.
        let opens = line.starts_with("<text");
        in_text = opens || (in_text && !line.starts_with("</text"));
        out.push_str(&line);
        if !in_text {
            out.push('\n');
        }
    }
    out
}
