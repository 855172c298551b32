//! One error for everything that can be wrong with a trace file.

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};

/// Whose fault a [`TraceError`] is, and so which exit code it earns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceErrorKind {
    /// The content of the file.
    Input,
    /// The file could not be opened or read.
    Io,
}

/// What is wrong, where, and what was expected instead.
///
/// All texts that come from the file are shortened and escaped, so that printing them is safe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceError {
    /// Content or operating system.
    pub kind: TraceErrorKind,
    /// The file as the caller named it.
    pub file: PathBuf,
    /// Physical line, counted from 1; absent where the fault is the file's as a whole.
    pub line: Option<u64>,
    /// Column or field name.
    pub field: Option<Box<str>>,
    /// What stands there.
    pub found: Box<str>,
    /// What should.
    pub expected: Box<str>,
    /// What the user may want to do.
    pub hint: Option<Box<str>>,
}

impl TraceError {
    /// A fault in the content of `file`.
    pub(crate) fn input(file: &Path, line: Option<u64>, found: impl Into<Box<str>>, expected: &str) -> Self {
        Self {
            kind: TraceErrorKind::Input,
            file: file.to_owned(),
            line,
            field: None,
            found: found.into(),
            expected: expected.into(),
            hint: None,
        }
    }

    /// The operating system refused `file`.
    pub(crate) fn io(file: &Path, line: Option<u64>, error: &std::io::Error) -> Self {
        Self { kind: TraceErrorKind::Io, ..Self::input(file, line, error.to_string(), "a readable file") }
    }

    /// Names the column or field.
    pub(crate) fn field(self, name: impl Into<Box<str>>) -> Self {
        Self { field: Some(name.into()), ..self }
    }

    /// Adds advice.
    pub(crate) fn hint(self, hint: impl Into<Box<str>>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&escape(&self.file.to_string_lossy(), 400))?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(field) = &self.field {
            write!(f, " ({field})")?;
        }
        write!(f, ": {}, expected {}", self.found, self.expected)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "; {hint}"))
    }
}

impl std::error::Error for TraceError {}

/// `bytes` from a file as a quoted text of at most 60 characters without control or bidi marks.
pub(crate) fn shown(bytes: &[u8]) -> String {
    // Four bytes hold any character; the cut keeps a long line from being decoded whole.
    let head = bytes.get(..bytes.len().min(4 * 61)).unwrap_or(bytes);
    format!("`{}`", escape(&String::from_utf8_lossy(head), 60))
}

/// `text` cut to `limit` characters, with everything that could move a terminal's cursor escaped.
fn escape(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit) + 3);
    for (count, c) in text.chars().enumerate() {
        if count == limit {
            out.push('…');
            break;
        }
        match c {
            '\\' | '\'' | '"' => out.push(c),
            // Writing to a String cannot fail.
            _ => drop(write!(out, "{}", c.escape_debug())),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_says_where_what_and_what_to_do() {
        let error = TraceError::input(Path::new("a.swf"), Some(7), "17 fields", "18").field("job").hint("cut off?");
        assert_eq!(error.to_string(), "a.swf:7 (job): 17 fields, expected 18; cut off?");
    }

    #[test]
    fn texts_of_the_file_cannot_drive_the_terminal() {
        assert_eq!(shown(b"\x1b[31mred"), "`\\u{1b}[31mred`");
        assert_eq!(shown("a\u{202e}b".as_bytes()), "`a\\u{202e}b`");
        assert_eq!(shown(&[b'x'; 1000]).chars().count(), 60 + 3);
    }
}
