//! The font that texts are measured with, and drawn with on a bitmap.
//!
//! It is compiled in (Ubuntu Light, under the Ubuntu font licence), so a chart
//! is the same on every machine and needs no font installed. An SVG file names
//! a common sans-serif instead; [`ROOM`] allows for its other widths.

use crate::report::plots::PlotError;
use ab_glyph::{Font as _, FontRef, Glyph, PxScale, ScaleFont as _};

/// What an SVG file asks its viewer for.
pub(in crate::report::plots) const FAMILY: &str = "Helvetica, Arial, Liberation Sans, sans-serif";

/// Widest usual sans-serif against ours.
const ROOM: f64 = 1.08;

/// A font with its size independent measures.
#[derive(Clone, Debug)]
pub(in crate::report::plots) struct Font {
    face: FontRef<'static>,
    /// Height from descent to ascent per em: the scale `ab_glyph` goes by.
    height_per_em: f32,
}

impl Font {
    /// The built-in font.
    pub(in crate::report::plots) fn load() -> Result<Self, PlotError> {
        let broken = |_| PlotError::Draw("the built-in font cannot be read".to_owned());
        let face = FontRef::try_from_slice(epaint_default_fonts::UBUNTU_LIGHT).map_err(broken)?;
        let units = face.units_per_em().unwrap_or(1000.0);
        let height_per_em = face.height_unscaled() / units;
        Ok(Self { face, height_per_em })
    }

    fn scale(&self, em: f64) -> PxScale {
        PxScale::from(em as f32 * self.height_per_em)
    }

    /// Room that `text` takes at `size` points per em.
    pub(in crate::report::plots) fn width(&self, text: &str, size: f64) -> f64 {
        let font = self.face.as_scaled(self.scale(100.0));
        let advance: f64 = text.chars().map(|c| f64::from(font.h_advance(font.glyph_id(c)))).sum();
        advance / 100.0 * size * ROOM
    }

    /// Exact width of `text` at `em` pixels per em.
    pub(in crate::report::plots) fn advance(&self, text: &str, em: f64) -> f64 {
        self.width(text, em) / ROOM
    }

    /// Calls `ink` with every pixel of `text` (relative to the start of its
    /// baseline) and its coverage, 0 to 1.
    pub(in crate::report::plots) fn rasterize(&self, text: &str, em: f64, mut ink: impl FnMut(i32, i32, f64)) {
        let scale = self.scale(em);
        let font = self.face.as_scaled(scale);
        let mut pen = 0.0_f32;
        for c in text.chars() {
            let id = font.glyph_id(c);
            let glyph: Glyph = id.with_scale_and_position(scale, ab_glyph::point(pen, 0.0));
            pen += font.h_advance(id);
            if let Some(outline) = self.face.outline_glyph(glyph) {
                let bounds = outline.px_bounds();
                let (left, top) = (bounds.min.x as i32, bounds.min.y as i32);
                outline.draw(|x, y, coverage| ink(left + x as i32, top + y as i32, f64::from(coverage)));
            }
        }
    }
}
