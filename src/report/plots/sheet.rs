//! The one look of a folder's charts: sizes, names, units and the look of each variant.

use super::PlotError;
use super::catalogue::{self, CHARTS, METRIC_CHARTS};
use super::choice::PlotChoice;
use super::draw::axis::Axis;
use super::draw::canvas::Canvas;
use super::draw::palette::{self, Look, Looks};
use super::draw::scale::Quantity;
use super::draw::theme::{COLUMN, LABEL, TWO_COLUMNS};

/// Fonts beside which a chart would have no room for data.
const FONTS: (f64, f64) = (0.5, 2.2);

/// What all charts of a folder have in common.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    choice: PlotChoice,
    looks: Looks,
}

impl Sheet {
    /// As chosen, for variants with these names, all that the folder has.
    pub(super) fn new(choice: PlotChoice, variants: &[String]) -> Self {
        let looks = Looks::new(variants, &choice.rgb());
        Self { choice, looks }
    }

    /// The choices as they were made.
    pub(super) fn choice(&self) -> &PlotChoice {
        &self.choice
    }

    /// Whether the chart `name` is wanted.
    pub(super) fn wants(&self, name: &str) -> bool {
        let is = |chosen: &String| match catalogue::metric_chart(chosen) {
            Some((prefix, metric)) => name.strip_prefix(prefix) == Some(&catalogue::in_file_name(metric)),
            None => chosen == name,
        };
        self.choice.charts.as_ref().is_none_or(|charts| charts.iter().any(is)) && !self.choice.exclude.iter().any(is)
    }

    /// How much larger than usual everything is drawn.
    pub(super) fn scale(&self) -> f64 {
        self.choice.font_size.map_or(1.0, |size| (size / LABEL).clamp(FONTS.0, FONTS.1))
    }

    /// The width to lay a chart out in that by itself would be `natural` points wide.
    pub(super) fn width(&self, natural: f64) -> f64 {
        let width = match self.choice.columns {
            Some(1) => COLUMN,
            Some(_) => TWO_COLUMNS,
            None => natural,
        };
        width / self.scale()
    }

    /// Whether a chart may take two columns where it has much to show.
    pub(super) fn may_be_wide(&self) -> bool {
        self.choice.columns != Some(1)
    }

    /// An empty figure.
    pub(super) fn canvas(&self, natural: f64) -> Result<Canvas, PlotError> {
        Canvas::new(self.width(natural))
    }

    /// An empty figure of a width that its panels need, whatever was chosen.
    pub(super) fn fixed(&self, width: f64) -> Result<Canvas, PlotError> {
        Canvas::new(width / self.scale())
    }

    /// The height of a plot that is usually `height` points high.
    pub(super) fn height(&self, height: f64) -> f64 {
        height * self.choice.height.unwrap_or(1.0)
    }

    /// The look of a variant.
    pub(super) fn look(&self, variant: &str) -> Look {
        self.looks.of(variant)
    }

    /// What a variant is called: by its own label, or by those of its parts.
    pub(super) fn label(&self, variant: &str) -> String {
        if let Some(label) = self.choice.labels.get(variant) {
            return label.clone();
        }
        let part = |part: &str| self.choice.labels.get(part).map_or_else(|| part.to_owned(), String::clone);
        palette::split(variant).map(part).collect::<Vec<_>>().join(" / ")
    }

    /// What a metric is called, without its unit.
    pub(super) fn title(&self, metric: &str) -> String {
        self.choice.labels.get(metric).cloned().unwrap_or_else(|| catalogue::title_of(metric))
    }

    /// What a metric measures, in the unit that was chosen.
    pub(super) fn quantity(&self, metric: &str) -> Quantity {
        let quantity = Quantity::of(metric);
        let named = Quantity::NAMED.iter().find(|(_, known)| *known == quantity).map(|(word, _)| *word);
        let chosen = self.choice.units.get(metric).or_else(|| self.choice.units.get(named?));
        chosen.and_then(|symbol| quantity.shown_in(symbol)).unwrap_or(quantity)
    }

    /// Whether a metric is to stand on a logarithmic axis.
    pub(super) fn is_log(&self, metric: &str) -> bool {
        self.choice.log.iter().any(|name| name == metric)
    }

    /// A logarithmic axis of a metric.
    pub(super) fn log_axis(&self, metric: &str, low: f64, high: f64, count: usize) -> Axis {
        let unit = self.quantity(metric).unit_of_logs();
        Axis::log_in(&unit, &self.title(metric), low, high, count)
    }

    /// The title of the chart `name`, where charts have titles.
    pub(super) fn heading(&self, name: &str) -> Option<String> {
        if !self.choice.titles {
            return None;
        }
        let fixed = CHARTS.iter().find(|chart| chart.name == name).map(|chart| chart.title.to_owned());
        fixed.or_else(|| {
            let (prefix, metric) = catalogue::metric_chart(name)?;
            let dotted = catalogue::HEADLINES.iter().find(|known| catalogue::in_file_name(known) == metric);
            let kind = METRIC_CHARTS.iter().find(|(known, _)| *known == prefix)?.1;
            Some(format!("{}: {}", self.title(dotted.copied().unwrap_or(metric)), kind.to_lowercase()))
        })
    }
}
