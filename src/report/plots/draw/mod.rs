//! From numbers to ink: scales, axes, legends, a canvas, and the two formats it is written in.

pub(super) mod axis;
pub(super) mod canvas;
pub(super) mod font;
pub(super) mod frame;
pub(super) mod legend;
mod names;
pub(in crate::report) mod palette;
pub(super) mod ramp;
pub(super) mod raster;
pub(super) mod scale;
pub(in crate::report) mod steps;
pub(super) mod svg;
pub(in crate::report) mod theme;
