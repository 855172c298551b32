//! The course of a search: every evaluation with the best so far and, for one numeric parameter, the objective over it.

use std::path::Path;

use crate::report::plots::PlotError;
use crate::report::plots::draw::axis::Axis;
use crate::report::plots::draw::canvas::Canvas;
use crate::report::plots::draw::frame::{self, Frame};
use crate::report::plots::draw::legend::{self, Entry, Key};
use crate::report::plots::draw::scale::Quantity;
use crate::report::plots::draw::theme::{COLUMN, INK, Marker, OTHER, Rgb, STROKE, TWO_COLUMNS, color, tint};
use crate::report::plots::read::table::Csv;
use crate::sink::metric::{Measure, measure};

const HEIGHT: f64 = 150.0;
/// Columns of the file before those of the parameters.
const FIXED: usize = 10;
/// Between the two panels.
const GAP: f64 = 18.0;
/// Values so many times apart stand on a logarithmic axis.
const WIDE: f64 = 30.0;

/// One evaluation; no mean where it failed.
struct Point {
    stage: f64,
    mean: Option<f64>,
    interval: Option<(f64, f64)>,
    best: Option<f64>,
    /// The parameter, where there is one and it is a number.
    at: Option<f64>,
}

/// `tuning.csv`.
struct Search {
    metric: String,
    /// The parameter, where there is one.
    path: Option<String>,
    /// What the parameter is measured in, where its values tell.
    unit: String,
    points: Vec<Point>,
}

/// A row of `tuning_model.csv`: value, mean, low, high.
type Known = [f64; 4];

impl Search {
    fn read(path: &Path) -> Result<Option<Self>, PlotError> {
        let Some(mut csv) = Csv::open(path)? else { return Ok(None) };
        let [stage, metric] = [csv.required("stage")?, csv.required("metric")?];
        let [mean, low, high, best] = ["mean", "ci95_low", "ci95_high", "best"].map(|name| csv.column(name));
        let parameter = csv.header().get(FIXED).cloned().filter(|_| csv.header().len() == FIXED + 1);
        let mut search = Self { metric: String::new(), path: parameter, unit: String::new(), points: Vec::new() };
        while let Some(row) = csv.next()? {
            row.text(Some(metric))?.clone_into(&mut search.metric);
            // A quantity is a number, a blank and its unit.
            let text = row.text(Some(FIXED))?;
            let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
            unit.clone_into(&mut search.unit);
            let value = number.parse::<f64>().ok();
            search.points.push(Point {
                stage: row.number(Some(stage))?.unwrap_or(0.0),
                mean: row.number(mean)?,
                interval: row.number(low)?.zip(row.number(high)?),
                best: row.number(best)?,
                at: value.filter(|v| v.is_finite()),
            });
        }
        Ok(Some(search))
    }

    /// The parameter and the objective of each point that has both; `None` where they are no numbers, or all alike.
    fn over_parameter(&self) -> Option<(String, Vec<(f64, f64)>)> {
        let path = self.path.as_deref()?;
        let title = if self.unit.is_empty() { path.to_owned() } else { format!("{path} ({})", self.unit) };
        if self.points.iter().any(|p| p.at.is_none()) {
            return None;
        }
        let pairs: Vec<(f64, f64)> = self.points.iter().filter_map(|p| p.at.zip(p.mean)).collect();
        let first = pairs.first()?.0;
        pairs.iter().any(|(at, _)| *at != first).then_some((title, pairs))
    }
}

fn read_model(path: &Path) -> Result<Vec<Known>, PlotError> {
    let Some(mut csv) = Csv::open(path)? else { return Ok(Vec::new()) };
    let names = ["value", "mean", "low", "high"];
    let [value, mean, low, high] = names.map(|name| csv.required(name));
    let (value, mean, low, high) = (value?, mean?, low?, high?);
    let mut known = Vec::new();
    while let Some(row) = csv.next()? {
        known.push([row.needed(value)?, row.needed(mean)?, row.needed(low)?, row.needed(high)?]);
    }
    Ok(known)
}

/// `None` when there is no search, or nothing in it could be measured.
pub(in crate::report::plots) fn draw(dir: &Path) -> Result<Option<Canvas>, PlotError> {
    let Some(search) = Search::read(&dir.join("tuning.csv"))? else { return Ok(None) };
    if search.points.iter().all(|p| p.mean.is_none()) {
        return Ok(None);
    }
    let model = read_model(&dir.join("tuning_model.csv"))?;
    let over = search.over_parameter();
    let mut canvas = Canvas::new(if over.is_some() { TWO_COLUMNS } else { COLUMN })?;
    let y = objective(&search);
    let left = frame::left_margin(&canvas, &[&y]);
    let width = match over {
        Some(_) => (canvas.width - 2.0 * left - GAP - frame::RIGHT) / 2.0,
        None => canvas.width - left - frame::RIGHT,
    };
    let room = canvas.width - left - frame::RIGHT;
    let top = 6.0 + legend::draw(&mut canvas, &entries(&search, over.is_some() && !model.is_empty()), left, 2.0, room);
    let count = search.points.len() as f64;
    let x = Axis::exact("Evaluation", Quantity::Count(""), 0.0, count + 1.0, 6);
    let course = Frame { left, top, width, height: HEIGHT, x, y: y.clone() };
    draw_course(&mut canvas, &course, &search.points);
    close(&mut canvas, &course);
    frame::title_y(&mut canvas, &course.y.title, top, course.bottom());
    if let Some((title, pairs)) = over {
        let x = around(&title, Quantity::Plain, pairs.iter().map(|p| p.0).chain(model.iter().map(|k| k[0])));
        let beside = Frame { left: course.right() + GAP + left, top, width, height: HEIGHT, x, y };
        draw_over(&mut canvas, &beside, &pairs, &model);
        close(&mut canvas, &beside);
    }
    canvas.height = course.bottom() + frame::BELOW;
    let bars = search.points.iter().any(|p| p.interval.is_some());
    let notes: Vec<String> = bars.then(|| "whiskers: 95 % confidence intervals".to_owned()).into_iter().collect();
    canvas.height += frame::remarks(&mut canvas, &notes, left, course.bottom() + frame::BELOW - 3.0);
    Ok(Some(canvas))
}

fn close(canvas: &mut Canvas, frame: &Frame) {
    frame.axis_y(canvas);
    frame.axis_x(canvas);
}

fn entries(search: &Search, has_model: bool) -> Vec<Entry> {
    let mut entries = vec![
        Entry::new(Key::Point(Marker::Circle, color(0)), "candidate"),
        Entry::new(Key::Line(color(5), &[], None), "best so far"),
    ];
    if search.points.iter().any(|p| p.mean.is_none()) {
        entries.push(Entry::new(Key::Point(Marker::Cross, OTHER), "could not be measured"));
    }
    if has_model {
        entries.push(Entry::new(Key::Band(INK, tint(color(4), 0.4)), "Gaussian process, 95 %"));
    }
    entries
}

fn draw_course(canvas: &mut Canvas, frame: &Frame, points: &[Point]) {
    frame.grid(canvas);
    let place = |i: usize| i as f64 + 1.0;
    for (i, point) in points.iter().enumerate() {
        if let Some((low, high)) = point.interval {
            let x = frame.px(place(i));
            canvas.whisker((x, frame.py(low)), (x, frame.py(high)), 0.0, tint(shade(point, points), 0.55));
        }
    }
    let mut path = Vec::new();
    for (i, point) in points.iter().enumerate() {
        if let Some(best) = point.best {
            let to = frame.point(place(i), best);
            if let Some(&(_, y)) = path.last() {
                path.push((to.0, y));
            }
            path.push(to);
        }
    }
    canvas.path(path, STROKE, color(5));
    for (i, point) in points.iter().enumerate() {
        match point.mean {
            Some(mean) => canvas.marker(Marker::Circle, frame.point(place(i), mean), 4.0, shade(point, points)),
            // It has no place on the axis: at its upper end.
            None => canvas.marker(Marker::Cross, (frame.px(place(i)), frame.top + 3.0), 4.0, OTHER),
        }
    }
}

/// Points of later stages are darker.
fn shade(point: &Point, points: &[Point]) -> Rgb {
    let last = points.iter().map(|p| p.stage).fold(0.0, f64::max);
    tint(color(0), if last > 0.0 { 0.55 + 0.45 * point.stage / last } else { 1.0 })
}

fn draw_over(canvas: &mut Canvas, frame: &Frame, pairs: &[(f64, f64)], model: &[Known]) {
    let upper = model.iter().map(|k| frame.point(k[0], k[3]));
    let lower = model.iter().rev().map(|k| frame.point(k[0], k[2]));
    canvas.polygon(upper.chain(lower).collect(), tint(color(4), 0.4));
    frame.grid(canvas);
    canvas.path(model.iter().map(|k| frame.point(k[0], k[1])).collect(), STROKE, INK);
    for &(at, mean) in pairs {
        canvas.marker(Marker::Circle, frame.point(at, mean), 4.0, color(0));
    }
}

fn objective(search: &Search) -> Axis {
    let quantity = match measure(&search.metric) {
        Measure::Time => Quantity::Time,
        Measure::Energy => Quantity::Energy,
        Measure::Power => Quantity::Power,
        Measure::Bytes => Quantity::Bytes,
        Measure::Money => Quantity::Money,
        Measure::Share => Quantity::Percent,
        _ => Quantity::Plain,
    };
    around(&search.metric, quantity, search.points.iter().filter_map(|p| p.mean))
}

/// An axis around values: logarithmic where they are far apart, from 0 where that is not far.
fn around(name: &str, quantity: Quantity, values: impl Iterator<Item = f64>) -> Axis {
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if low > 0.0 && high > WIDE * low {
        return Axis::log(name, low, high, 6);
    }
    if low >= 0.0 && low < 0.4 * high {
        return Axis::from_zero(name, quantity, high * 1.03, 5);
    }
    let margin = (0.08 * (high - low)).max(0.02 * high.abs());
    Axis::rounded(name, quantity, low - margin, high + margin, 5)
}
