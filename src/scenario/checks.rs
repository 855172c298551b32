//! Gathers everything that is wrong with a scenario beyond its syntax.

use std::fmt::Display;

pub use crate::json::number;
use crate::json::{Problem, did_you_mean};

/// Problems and warnings found so far, by JSON pointer.
#[derive(Debug, Default)]
pub struct Findings {
    /// What stops the run.
    pub problems: Vec<Problem>,
    /// What does not, but should be looked at.
    pub warnings: Vec<String>,
}

impl Findings {
    /// `found` stands at `pointer` where `expected` should.
    pub fn wrong(&mut self, pointer: impl Into<String>, found: impl Display, expected: impl Into<String>) {
        self.problems.push(Problem::new(pointer, found.to_string(), expected));
    }

    /// A rule between several values is broken.
    pub fn broken(&mut self, pointer: impl Into<String>, sentence: impl Into<String>) {
        self.problems.push(Problem::sentence(pointer, sentence));
    }

    /// An unknown name, with the known ones and the nearest.
    pub fn unknown<S: AsRef<str>>(&mut self, pointer: impl Into<String>, what: &str, name: &str, known: &[S]) {
        let listed: Vec<&str> = known.iter().map(AsRef::as_ref).take(60).collect();
        let problem = Problem::new(pointer, format!("`{name}`"), format!("{what}: {}", listed.join(", ")));
        self.problems.push(problem.hint(did_you_mean(name, known)));
    }

    /// That `condition` holds of the number at `pointer`.
    pub fn require(&mut self, condition: bool, pointer: impl Into<String>, found: impl Display, expected: &str) {
        if !condition {
            self.wrong(pointer, found, expected);
        }
    }

    /// Something to look at.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.warnings.push(text.into());
    }
}
