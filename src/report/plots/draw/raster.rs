//! A figure as a PNG file.
//!
//! Drawn [`FINE`] times too large in each direction and averaged, which
//! smooths every edge alike; plotters' own polygon and thick-line filling
//! leaves gaps on steps, so shapes come down to filled runs of pixels here.

use super::canvas::{Align, Canvas, Item, Point, Style};
use super::theme::{Rgb, WHITE};
use crate::report::plots::PlotError;
use plotters::backend::{BitMapBackend, DrawingBackend};
use plotters::style::{Color, RGBColor, ShapeStyle};

/// Pixels per inch of the file.
const DPI: f64 = 300.0;
/// Fine pixels per pixel, in each direction.
const FINE: u32 = 3;
/// Weight that makes the light face as dark as a regular one, in em.
const BOLDER: f64 = 0.022;

/// The figure as the bytes of a PNG file.
pub(in crate::report::plots) fn document(canvas: &Canvas) -> Result<Vec<u8>, PlotError> {
    let pixels = |points: f64| ((points * DPI / 72.0).round().max(1.0)) as u32;
    let (width, height) = (pixels(canvas.width), pixels(canvas.height));
    let fine = (width * FINE, height * FINE);
    let mut buffer = vec![255_u8; fine.0 as usize * fine.1 as usize * 3];
    {
        let surface = BitMapBackend::with_buffer_and_format(&mut buffer, fine)
            .map_err(|error| PlotError::Draw(error.to_string()))?;
        let mut pen = Pen { surface, scale: DPI / 72.0 * f64::from(FINE), height: fine.1 };
        for item in &canvas.items {
            pen.draw(canvas, item)?;
        }
    }
    encode(&average(&buffer, width as usize, height as usize), width, height)
}

struct Pen<'a> {
    surface: BitMapBackend<'a>,
    scale: f64,
    height: u32,
}

impl Pen<'_> {
    fn draw(&mut self, canvas: &Canvas, item: &Item) -> Result<(), PlotError> {
        match item {
            Item::Rect { corner: (x, y), width, height, color } => {
                let (w, h) = (width.max(0.1), height.max(0.1));
                self.fill(&[(*x, *y), (x + w, *y), (x + w, y + h), (*x, y + h)], *color)
            }
            Item::Polygon { points, color } => self.fill(points, *color),
            Item::Circle { center, radius, color } => self.fill(&circle(*center, *radius, 48), *color),
            Item::Path { points, width, color } => self.stroke(points, *width, *color),
            Item::Text { at, text, style } => self.text(canvas, *at, text, style),
        }
    }

    /// Every piece as a box, and a dot at every bend.
    fn stroke(&mut self, points: &[Point], width: f64, color: Rgb) -> Result<(), PlotError> {
        let half = width.max(0.2) / 2.0;
        for (a, b) in points.iter().zip(points.iter().skip(1)) {
            let (dx, dy) = (b.0 - a.0, b.1 - a.1);
            let length = (dx * dx + dy * dy).sqrt();
            if length > 0.0 {
                let (u, v) = (-dy / length * half, dx / length * half);
                self.fill(&[(a.0 + u, a.1 + v), (b.0 + u, b.1 + v), (b.0 - u, b.1 - v), (a.0 - u, a.1 - v)], color)?;
            }
        }
        for &bend in points.iter().skip(1).take(points.len().saturating_sub(2)) {
            self.fill(&circle(bend, half, 12), color)?;
        }
        Ok(())
    }

    /// Even-odd filling, one run of fine pixels after another.
    fn fill(&mut self, points: &[Point], color: Rgb) -> Result<(), PlotError> {
        let corners: Vec<Point> = points.iter().map(|&(x, y)| (x * self.scale, y * self.scale)).collect();
        let top = corners.iter().map(|c| c.1).fold(f64::INFINITY, f64::min);
        let bottom = corners.iter().map(|c| c.1).fold(f64::NEG_INFINITY, f64::max);
        let edges: Vec<(Point, Point)> = corners
            .iter()
            .zip(corners.iter().cycle().skip(1))
            .map(|(&a, &b)| if a.1 <= b.1 { (a, b) } else { (b, a) })
            .filter(|(a, b)| a.1 < b.1)
            .collect();
        let first = (top - 0.5).ceil().max(0.0) as i32;
        let last = (bottom - 0.5).ceil().min(f64::from(self.height)) as i32;
        let mut crossings: Vec<f64> = Vec::new();
        for row in first..last {
            let y = f64::from(row) + 0.5;
            crossings.clear();
            crossings.extend(
                edges
                    .iter()
                    .filter(|(a, b)| a.1 <= y && y < b.1)
                    .map(|(a, b)| a.0 + (b.0 - a.0) * (y - a.1) / (b.1 - a.1)),
            );
            crossings.sort_unstable_by(f64::total_cmp);
            for pair in crossings.chunks_exact(2) {
                if let [from, to] = pair {
                    self.run(row, (from - 0.5).ceil() as i32, (to - 0.5).ceil() as i32, color)?;
                }
            }
        }
        Ok(())
    }

    fn run(&mut self, row: i32, from: i32, to: i32, color: Rgb) -> Result<(), PlotError> {
        if to <= from {
            return Ok(());
        }
        let style = ShapeStyle { color: RGBColor(color.0, color.1, color.2).into(), filled: true, stroke_width: 1 };
        let done = self.surface.draw_line((from, row), (to - 1, row), &style);
        done.map_err(|error| PlotError::Draw(error.to_string()))
    }

    fn text(&mut self, canvas: &Canvas, at: Point, text: &str, style: &Style) -> Result<(), PlotError> {
        let em = style.size * self.scale;
        let back = match style.align {
            Align::Start => 0.0,
            Align::Middle => canvas.font.advance(text, em) / 2.0,
            Align::End => canvas.font.advance(text, em),
        };
        let place = |v: f64| (v * self.scale).round() as i32;
        let (x, y, back) = (place(at.0), place(at.1), back.round() as i32);
        let color = RGBColor(style.color.0, style.color.1, style.color.2);
        let bolder = (BOLDER * em).round() as i32;
        let mut failed = None;
        canvas.font.rasterize(text, em, |u, v, coverage| {
            for shift in 0..=bolder {
                let along = u - back + shift;
                let spot = if style.vertical { (x + v, y - along) } else { (x + along, y + v) };
                let paint = plotters::style::Color::to_backend_color(&color.mix(coverage.clamp(0.0, 1.0)));
                if let Err(error) = self.surface.draw_pixel(spot, paint) {
                    failed = Some(error.to_string());
                }
            }
        });
        failed.map_or(Ok(()), |error| Err(PlotError::Draw(error)))
    }
}

fn circle((x, y): Point, radius: f64, corners: u32) -> Vec<Point> {
    let angle = |k: u32| 2.0 * std::f64::consts::PI * f64::from(k) / f64::from(corners);
    (0..corners).map(|k| (x + radius * libm::cos(angle(k)), y + radius * libm::sin(angle(k)))).collect()
}

/// The mean of each block of FINE x FINE fine pixels.
fn average(fine: &[u8], width: usize, height: usize) -> Vec<u8> {
    let block = FINE as usize;
    let (stride, shares) = (width * block * 3, (block * block) as u32);
    let mut sums = vec![0_u32; width * 3];
    let mut out = Vec::with_capacity(width * height * 3);
    for rows in fine.chunks_exact(stride * block) {
        sums.fill(0);
        for row in rows.chunks_exact(stride) {
            for (pixel, sum) in row.chunks_exact(3 * block).zip(sums.chunks_exact_mut(3)) {
                for part in pixel.chunks_exact(3) {
                    for (total, value) in sum.iter_mut().zip(part) {
                        *total += u32::from(*value);
                    }
                }
            }
        }
        out.extend(sums.iter().map(|sum| ((sum + shares / 2) / shares).min(u32::from(WHITE.0)) as u8));
    }
    out
}

fn encode(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, PlotError> {
    let failed = |error: png::EncodingError| PlotError::Draw(error.to_string());
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    let per_meter = (DPI / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_meter, yppu: per_meter, unit: png::Unit::Meter }));
    let software = format!("xpusim {}", env!("CARGO_PKG_VERSION"));
    encoder.add_text_chunk("Software".to_owned(), software).map_err(failed)?;
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_black_square_covers_its_pixels_and_no_others() {
        // 72 x 72 pt = 300 x 300 px; the square 18..54 pt = 75..225 px.
        let mut canvas = Canvas::new(72.0).unwrap();
        canvas.height = 72.0;
        canvas.rect((18.0, 18.0), 36.0, 36.0, (0, 0, 0));
        let bytes = document(&canvas).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        assert_eq!((reader.info().width, reader.info().height), (300, 300));
        assert_eq!(reader.info().pixel_dims.unwrap().xppu, 11811);
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        for y in 0..300_usize {
            for x in 0..300_usize {
                let inside = (75..225).contains(&x) && (75..225).contains(&y);
                assert_eq!(pixels[(y * 300 + x) * 3], if inside { 0 } else { 255 }, "({x}, {y})");
            }
        }
    }
}
