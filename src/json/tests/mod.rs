//! Documents as people get them wrong, and what they are told.

mod decoding;
mod quantities;
mod random;
mod setting;
mod text;

use super::{Document, Limits, Place, Problems};

pub(super) fn parse(text: &str) -> Result<Document, Problems> {
    Document::parse("f.json", text.as_bytes(), &Limits::default())
}

/// Line and column of the only problem, and how it is told after them.
pub(super) fn only(problems: &Problems) -> (usize, usize, String) {
    let [problem] = problems.list() else { panic!("one problem expected:\n{problems}") };
    let Place::Text { line, column } = problem.place else { panic!("no place: {problem}") };
    let text = problem.to_string();
    let prefix = format!("error: f.json:{line}:{column}");
    (line, column, text.strip_prefix(&prefix).expect("file, line and column first").to_owned())
}
