//! Reading a CSV file row by row, with errors that name file and line.

use crate::report::plots::PlotError;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Larger numbers than any result has; beyond it sums could overflow.
const LARGEST: f64 = 1e30;

/// An open CSV file behind its header.
pub(in crate::report) struct Csv {
    path: PathBuf,
    reader: csv::Reader<File>,
    header: Vec<String>,
    record: csv::ByteRecord,
}

/// One row; valid until the next is read.
pub(in crate::report) struct Row<'a> {
    path: &'a Path,
    line: u64,
    record: &'a csv::ByteRecord,
    header: &'a [String],
}

impl Csv {
    /// Opens `path` and reads the header; `None` when there is no such file.
    pub(in crate::report) fn open(path: &Path) -> Result<Option<Self>, PlotError> {
        let unreadable = |source| PlotError::Read { path: path.to_owned(), source };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(error)),
        };
        let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(file);
        let mut csv = Self { path: path.to_owned(), reader, header: Vec::new(), record: csv::ByteRecord::new() };
        let Some(first) = csv.next()? else {
            return Err(PlotError::csv(path, 1, "the file is empty: no header"));
        };
        let header = (0..first.record.len()).map(|index| first.text(Some(index)).map(|name| name.trim().to_owned()));
        csv.header = header.collect::<Result<_, _>>()?;
        Ok(Some(csv))
    }

    /// The names of all columns.
    pub(in crate::report) fn header(&self) -> &[String] {
        &self.header
    }

    /// Where the column `name` is, if it is.
    pub(in crate::report) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|known| known == name)
    }

    /// Where the column `name` is; an error when it is missing.
    pub(in crate::report) fn required(&self, name: &str) -> Result<usize, PlotError> {
        self.column(name).ok_or_else(|| PlotError::csv(&self.path, 1, format!("no column `{name}`")))
    }

    /// The next row, `None` at the end.
    pub(in crate::report) fn next(&mut self) -> Result<Option<Row<'_>>, PlotError> {
        let line = self.reader.position().line();
        match self.reader.read_byte_record(&mut self.record) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(error) => {
                return Err(match error.into_kind() {
                    csv::ErrorKind::Io(source) => PlotError::Read { path: self.path.clone(), source },
                    other => PlotError::csv(&self.path, line, format!("{other:?}")),
                });
            }
        }
        let line = self.record.position().map_or(line, csv::Position::line);
        let (found, expected) = (self.record.len(), self.header.len());
        if expected > 0 && found != expected {
            let hint = if found < expected { " (cut short, or an open quote?)" } else { "" };
            return Err(PlotError::csv(&self.path, line, format!("expected {expected} fields, found {found}{hint}")));
        }
        Ok(Some(Row { path: &self.path, line, record: &self.record, header: &self.header }))
    }
}

impl Row<'_> {
    /// The text of a cell; empty when there is no such column.
    pub(in crate::report) fn text(&self, column: Option<usize>) -> Result<&str, PlotError> {
        let bytes = column.and_then(|index| self.record.get(index)).unwrap_or_default();
        std::str::from_utf8(bytes).map_err(|_| self.bad(column, "not UTF-8 text"))
    }

    /// The number in a cell; `None` when it is empty or there is no such column.
    pub(in crate::report) fn number(&self, column: Option<usize>) -> Result<Option<f64>, PlotError> {
        let text = self.text(column)?.trim();
        if text.is_empty() {
            return Ok(None);
        }
        match text.parse::<f64>() {
            // `parse` takes "NaN" and "inf" too.
            Ok(value) if value.abs() <= LARGEST => Ok(Some(value)),
            _ => Err(self.bad(column, &format!("expected a number, found `{}`", clipped(text)))),
        }
    }

    /// The number in a cell that must not be empty.
    pub(in crate::report) fn needed(&self, column: usize) -> Result<f64, PlotError> {
        self.number(Some(column))?.ok_or_else(|| self.bad(Some(column), "expected a number, found nothing"))
    }

    /// An error at this row.
    pub(in crate::report) fn bad(&self, column: Option<usize>, message: &str) -> PlotError {
        let name = column.and_then(|index| self.header.get(index));
        let message = name.map_or_else(|| message.to_owned(), |name| format!("column `{name}`: {message}"));
        PlotError::csv(self.path, self.line, message)
    }
}

fn clipped(text: &str) -> String {
    text.chars().take(40).flat_map(char::escape_debug).collect()
}

/// Texts with numbers in the order of their first appearance, so that a name
/// keeps its number, and with it its colour, in every chart of a folder.
#[derive(Clone, Debug, Default)]
pub(in crate::report) struct Names {
    pub(in crate::report) list: Vec<String>,
    numbers: BTreeMap<String, usize>,
}

impl Names {
    /// The number of `name`, a new one at its first appearance.
    pub(in crate::report) fn number(&mut self, name: &str) -> usize {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = self.list.len();
        self.list.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    pub(in crate::report) fn get(&self, number: usize) -> &str {
        self.list.get(number).map_or("", String::as_str)
    }

    pub(in crate::report) fn len(&self) -> usize {
        self.list.len()
    }
}
