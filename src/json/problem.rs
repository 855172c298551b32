//! What is wrong with an input, where, and what was expected instead.

use super::locate::Aim;
use std::fmt;

/// Where a problem stands, in the order in which problems are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The file as a whole.
    #[default]
    Whole,
    /// A place in the text; both count from 1, the column in characters.
    Text {
        /// Line.
        line: usize,
        /// Column.
        column: usize,
    },
    /// The `--set` with this path.
    Setting(String),
    /// Another argument of the command.
    Arguments,
}

/// What is said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// One thing was found where another was expected.
    Mismatch {
        /// What stands there.
        found: String,
        /// What should.
        expected: String,
    },
    /// A sentence of its own, for rules between several values.
    Sentence(String),
}

/// One mistake in an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file's name, empty where there is no file.
    pub file: String,
    /// Where in the file.
    pub place: Place,
    /// The JSON pointer, empty for the root.
    pub pointer: String,
    /// What is wrong.
    pub complaint: Complaint,
    /// What to do about it, such as ``did you mean `rate`?``.
    pub hint: Option<String>,
    pub(super) aim: Aim,
}

impl Problem {
    /// `found` stands at `pointer` where `expected` should.
    pub fn new(pointer: impl Into<String>, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::with(pointer, Complaint::Mismatch { found: found.into(), expected: expected.into() })
    }

    /// A problem at `pointer` in a sentence of its own.
    pub fn sentence(pointer: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self::with(pointer, Complaint::Sentence(sentence.into()))
    }

    pub(super) fn with(pointer: impl Into<String>, complaint: Complaint) -> Self {
        Self {
            file: String::new(),
            place: Place::Whole,
            pointer: pointer.into(),
            complaint,
            hint: None,
            aim: Aim::Value,
        }
    }

    /// With a hint, if there is one.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Option<String>>) -> Self {
        self.hint = hint.into();
        self
    }

    /// About the key that the pointer ends in, rather than its value.
    #[must_use]
    pub fn on_key(mut self) -> Self {
        self.aim = Aim::Key;
        self
    }

    /// In `file` at `place`.
    #[must_use]
    pub fn at(mut self, file: &str, place: Place) -> Self {
        file.clone_into(&mut self.file);
        self.place = place;
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut place = match &self.place {
            Place::Whole => printable(&self.file, 300),
            Place::Text { line, column } if self.file.is_empty() => format!("{line}:{column}"),
            Place::Text { line, column } => format!("{}:{line}:{column}", printable(&self.file, 300)),
            Place::Setting(path) => format!("--set {}", printable(path, 200)),
            Place::Arguments => "command line".to_owned(),
        };
        if !self.pointer.is_empty() {
            let blank = if place.is_empty() { "" } else { " " };
            place += &format!("{blank}({})", printable(&self.pointer, 200));
        }
        let colon = if place.is_empty() { "" } else { ": " };
        write!(f, "error: {place}{colon}")?;
        match &self.complaint {
            Complaint::Mismatch { found, expected } => {
                write!(f, "found {}, expected {}", printable(found, 60), printable(expected, 2000))?;
            }
            Complaint::Sentence(sentence) => f.write_str(&printable(sentence, 2000))?,
        }
        match &self.hint {
            Some(hint) => write!(f, "; {}", printable(hint, 300)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}

/// Problems in the order in which they stand in the text; prints the first [`Problems::SHOWN`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    list: Vec<Problem>,
    unfinished: bool,
}

impl Problems {
    /// How many are printed.
    pub const SHOWN: usize = 20;

    /// Sorts `list` by file and place.
    pub fn new(mut list: Vec<Problem>) -> Self {
        list.sort_by(|a, b| (&a.file, &a.place, &a.pointer).cmp(&(&b.file, &b.place, &b.pointer)));
        Self { list, unfinished: false }
    }

    /// Marks that the check stopped before it had seen everything.
    pub(super) fn unfinished(mut self, unfinished: bool) -> Self {
        self.unfinished = unfinished;
        self
    }

    /// The same problems, in `file`.
    pub(super) fn in_file(mut self, file: &str) -> Self {
        for problem in &mut self.list {
            file.clone_into(&mut problem.file);
        }
        self
    }

    /// All of them, sorted.
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    /// These and those of `other`, sorted.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.list.extend(other.list);
        Self::new(self.list).unfinished(self.unfinished || other.unfinished)
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self::new(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.list.iter().take(Self::SHOWN).enumerate() {
            let newline = if i == 0 { "" } else { "\n" };
            write!(f, "{newline}{problem}")?;
        }
        match self.list.len().saturating_sub(Self::SHOWN) {
            0 if self.unfinished => f.write_str("\nthere may be more: the check stopped here"),
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

impl std::error::Error for Problems {}

/// `text` cut to `limit` characters, with everything escaped that could move a
/// terminal's cursor or reorder its line: control, bidirectional and invisible characters.
pub fn printable(text: &str, limit: usize) -> String {
    let long = text.chars().nth(limit).is_some();
    let shown = if long { limit.saturating_sub(1) } else { limit };
    let mut out = String::new();
    for c in text.chars().take(shown) {
        let hidden = matches!(c, '\u{61c}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e000}'..='\u{f8ff}');
        if c.is_control() || hidden {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    if long {
        out.push('…');
    }
    out
}
