//! Colours, sizes, dashes and markers: the one look of every chart.
//!
//! Colours are the eight of Okabe and Ito (<https://jfly.uni-koeln.de/color/>),
//! told apart with every common form of colour blindness. Colour is never the
//! only difference: lines also differ in dash, points in shape.

/// Red, green, blue, 0 to 255 each.
pub(in crate::report) type Rgb = (u8, u8, u8);

/// One-column figure width in points (3.5 in).
pub(in crate::report::plots) const COLUMN: f64 = 252.0;
/// Two-column figure width in points (7 in).
pub(in crate::report::plots) const TWO_COLUMNS: f64 = 504.0;
/// Size of tick, legend and category labels in points.
pub(in crate::report::plots) const LABEL: f64 = 7.5;
/// Size of axis titles in points.
pub(in crate::report::plots) const TITLE: f64 = 8.5;
/// Size of remarks, values and bar labels in points.
pub(in crate::report::plots) const SMALL: f64 = 6.5;
/// From one line of labels to the next in points.
pub(in crate::report::plots) const LINE_SKIP: f64 = 11.0;
/// Width of axes, whiskers and ticks in points.
pub(in crate::report::plots) const RULE: f64 = 0.7;
/// Width of data lines in points.
pub(in crate::report::plots) const STROKE: f64 = 1.1;

pub(in crate::report::plots) const INK: Rgb = (30, 30, 30);
pub(in crate::report::plots) const QUIET: Rgb = (95, 95, 95);
pub(in crate::report::plots) const GRID: Rgb = (226, 226, 226);
pub(in crate::report::plots) const WHITE: Rgb = (255, 255, 255);
/// What has no colour of its own: "other" classes, capacity lines.
pub(in crate::report) const OTHER: Rgb = (170, 170, 170);

/// Okabe and Ito's palette, yellow last (weak on white) and grey for black.
pub(in crate::report) const PALETTE: [Rgb; 8] = [
    (0, 114, 178),
    (230, 159, 0),
    (0, 158, 115),
    (204, 121, 167),
    (86, 180, 233),
    (213, 94, 0),
    (110, 110, 110),
    (240, 228, 66),
];

/// Lengths of ink and gap in points; empty is a solid line.
pub(in crate::report::plots) const DASHES: [&[f64]; 6] =
    [&[], &[4.0, 1.8], &[1.2, 1.4], &[5.0, 1.6, 1.2, 1.6], &[2.4, 1.2], &[7.0, 2.4]];

/// Shape of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report::plots) enum Marker {
    Circle,
    Triangle,
    Square,
    Cross,
    Diamond,
    TriangleDown,
    Plus,
}

/// Seven shapes against eight colours: 56 different pairs in a row.
pub(in crate::report::plots) const MARKERS: [Marker; 7] = [
    Marker::Circle,
    Marker::Triangle,
    Marker::Square,
    Marker::Cross,
    Marker::Diamond,
    Marker::TriangleDown,
    Marker::Plus,
];

/// Colour of the name with this number, round the palette.
pub(in crate::report) fn color(index: usize) -> Rgb {
    PALETTE.get(index % PALETTE.len()).copied().unwrap_or(OTHER)
}

/// Dash of the line with this number.
pub(in crate::report::plots) fn dash(index: usize) -> &'static [f64] {
    DASHES.get(index % DASHES.len()).copied().unwrap_or(&[])
}

/// Shape of the point with this number.
pub(in crate::report::plots) fn marker(index: usize) -> Marker {
    MARKERS.get(index % MARKERS.len()).copied().unwrap_or(Marker::Circle)
}

/// The same colour for a unit kind in every run, whichever kinds are present.
pub(in crate::report) fn kind_color(kind: &str) -> Rgb {
    const KINDS: [&str; 7] = ["cpu", "gpu", "tpu", "npu", "lpu", "fpga", "vpu"];
    KINDS.iter().position(|&known| known == kind).map_or(OTHER, color)
}

/// `color` mixed with white; `share` of it stays, 0 to 1.
pub(in crate::report::plots) fn tint(color: Rgb, share: f64) -> Rgb {
    let mix = |channel: u8| (255.0 - (255.0 - f64::from(channel)) * share.clamp(0.0, 1.0)).round() as u8;
    (mix(color.0), mix(color.1), mix(color.2))
}

/// Dark or white, whichever reads better on `background` (ITU-R BT.601 luma).
pub(in crate::report::plots) fn text_on(background: Rgb) -> Rgb {
    let (r, g, b) = background;
    let luma = 0.299 * f64::from(r) + 0.587 * f64::from(g) + 0.114 * f64::from(b);
    if luma < 125.0 { WHITE } else { INK }
}
