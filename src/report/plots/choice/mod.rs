//! `plots.json`: which charts, and how they look.

mod check;

use super::PlotError;
use super::draw::theme::Rgb;
use crate::json::{Document, Limits, Problem, Problems, ReadError};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

pub(super) use check::{charts_known, names_known};

/// The file that `plots` reads in a results folder.
pub const PLOTS_FILE: &str = "plots.json";

/// What a `plots.json` may say; everything is optional.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PlotChoice {
    /// Only these charts, such as `["forest", "bars_wait_s.mean"]`; `bars_` and `box_` take any metric of
    /// the comparison, dots in it may be underscores.
    pub charts: Option<Vec<String>>,
    /// Not these charts.
    pub exclude: Vec<String>,
    /// Every chart as wide as 1 or 2 columns of a paper (3.5 or 7 inches); absent: what suits it.
    pub columns: Option<u8>,
    /// How much taller plots are than usual, 0.3 to 4.
    pub height: Option<f64>,
    /// Size of labels in points, 5 to 16; everything else grows with it. Absent: 7.5.
    pub font_size: Option<f64>,
    /// A title above each chart; papers have it in the caption.
    pub titles: bool,
    /// These variants only, in this order.
    pub variants: Option<Vec<String>>,
    /// Metrics of bars, boxes and the forest, in this order; absent: the usual ones.
    pub metrics: Option<Vec<String>>,
    /// What to call variants, parts of crossed variants (`easy` in `easy / ondemand`) and metrics.
    pub labels: BTreeMap<String, String>,
    /// Colours of variants or parts of crossed variants, as `#0072B2`.
    pub colors: BTreeMap<String, String>,
    /// Units of metrics, or of all that is measured in `time`, `energy`, `power`, `bytes` or `carbon`.
    pub units: BTreeMap<String, String>,
    /// Metrics on logarithmic axes; bars become points there, having no length.
    pub log: Vec<String>,
    /// Where the file stands, for what is found out later.
    #[serde(skip)]
    pub(super) document: Document,
}

impl PlotChoice {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// [`PlotError::Read`] where it cannot be read, [`PlotError::Choice`] with every mistake in it.
    pub fn read(path: &Path) -> Result<Self, PlotError> {
        let document = Document::read(path, &Limits::default()).map_err(|error| match error {
            ReadError::Input(problems) => PlotError::Choice(problems),
            ReadError::Io { source, .. } => PlotError::Read { path: path.to_owned(), source },
        })?;
        Self::decode(document).map_err(PlotError::Choice)
    }

    /// The `plots.json` of a results folder; nothing chosen where there is none.
    ///
    /// # Errors
    /// As [`PlotChoice::read`].
    pub fn of_folder(folder: &Path) -> Result<Self, PlotError> {
        let path = folder.join(PLOTS_FILE);
        if path.exists() { Self::read(&path) } else { Ok(Self::default()) }
    }

    /// Takes and checks a document.
    fn decode(document: Document) -> Result<Self, Problems> {
        let document = document.without_remarks();
        // serde would take a list for an object's values in order.
        if !document.value().is_object() {
            return Err(document.locate(vec![Problem::new("", "another kind of value", "an object")]));
        }
        let mut choice: Self = document.decode()?;
        let problems = check::values(&choice);
        if !problems.is_empty() {
            return Err(document.locate(problems));
        }
        choice.document = document;
        Ok(choice)
    }

    /// The colours, which have been checked.
    pub(in crate::report) fn rgb(&self) -> BTreeMap<String, Rgb> {
        self.colors.iter().filter_map(|(name, text)| Some((name.clone(), check::color(text)?))).collect()
    }
}
