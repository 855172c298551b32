//! CSV records with columns by name and physical line numbers.
//!
//! The csv crate's own position is that of the record before, and of the first blank line before
//! it. So it is fed one physical line at a time, and the feed remembers where a record began.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::cell::Cell;
use super::error::{TraceError, shown};
use super::open::TraceReader;

/// A CSV file that has the columns we want, and perhaps more.
pub(crate) struct Table {
    csv: csv::Reader<LineFeed>,
    path: PathBuf,
    header: csv::StringRecord,
    columns: Vec<(&'static str, usize)>,
    record: csv::StringRecord,
    records: u64,
}

/// One record.
#[derive(Clone, Copy)]
pub(crate) struct Record<'a> {
    table: &'a Table,
    /// Physical line where it begins.
    pub(crate) line: u64,
}

impl Table {
    /// Reads the header.
    ///
    /// # Errors
    /// A wanted column is missing, or one is there twice.
    pub(crate) fn open(reader: TraceReader, wanted: &[&'static str]) -> Result<Self, TraceError> {
        Self::with_optional(reader, wanted, &[])
    }

    /// As [`Table::open`], with columns that need not be there: their cells are then empty.
    ///
    /// # Errors
    /// As [`Table::open`]; also where an optional column is there twice.
    pub(crate) fn with_optional(
        reader: TraceReader,
        wanted: &[&'static str],
        optional: &[&'static str],
    ) -> Result<Self, TraceError> {
        let path = reader.path().to_owned();
        let feed = LineFeed::new(reader);
        let csv = csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(feed);
        let record = csv::StringRecord::new();
        let mut table = Self { csv, path, header: record.clone(), columns: Vec::new(), record, records: 0 };
        let Some(line) = table.advance()? else {
            return Err(TraceError::input(&table.path, None, "no records", "a header line and records"));
        };
        table.header = std::mem::take(&mut table.record);
        table.columns = find_columns(&table.path, line, &table.header, wanted)?;
        let there: Vec<_> = optional.iter().copied().filter(|name| table.has(name)).collect();
        table.columns.extend(find_columns(&table.path, line, &table.header, &there)?);
        Ok(table)
    }

    /// The next record, `None` at the end.
    ///
    /// # Errors
    /// The file cannot be read, a quote is never closed, the record has not as many fields as the
    /// header, or it is the header again.
    pub(crate) fn next(&mut self) -> Result<Option<Record<'_>>, TraceError> {
        let Some(line) = self.advance()? else { return Ok(None) };
        let error = |found: String, expected: &str| TraceError::input(&self.path, Some(line), found, expected);
        if self.record.len() != self.header.len() {
            return Err(error(format!("{} fields", self.record.len()), &format!("{} fields", self.header.len())));
        }
        if self.record == self.header {
            return Err(error("the header again".to_owned(), "a record").hint("were two files joined?"));
        }
        self.records += 1;
        let most = self.csv.get_ref().lines.limits().records;
        if self.records > most {
            return Err(error("more records".to_owned(), &format!("at most {most} records")));
        }
        Ok(Some(Record { table: self, line }))
    }

    /// Whether the header has a column `name`.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.header.iter().any(|text| text == name)
    }

    /// The file as the caller named it.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// SHA-256 of the file, once all records are read.
    pub(crate) fn sha256(&self) -> String {
        self.csv.get_ref().lines.sha256()
    }

    /// Reads a record and returns the line where it began.
    fn advance(&mut self) -> Result<Option<u64>, TraceError> {
        self.csv.get_mut().begin_record();
        let read = self.csv.read_record(&mut self.record);
        let feed = self.csv.get_mut();
        if let Some(error) = feed.failure.take() {
            return Err(error);
        }
        if let Some(line) = feed.open_quote {
            return Err(feed.unclosed(line));
        }
        let line = feed.record_line.unwrap_or(feed.line);
        match read {
            Ok(true) => Ok(Some(line)),
            Ok(false) => Ok(None),
            Err(error) => Err(TraceError::input(&self.path, Some(line), error.to_string(), "a CSV record")),
        }
    }
}

impl<'a> Record<'a> {
    /// The field in column `name`, one of those the table was opened with; empty for any other.
    pub(crate) fn cell(&self, name: &'static str) -> Cell<'a> {
        let at = self.table.columns.iter().find(|(column, _)| *column == name).map(|(_, at)| *at);
        let text = at.and_then(|at| self.table.record.get(at)).unwrap_or_default();
        Cell { file: &self.table.path, line: self.line, name, text: text.as_bytes() }
    }
}

/// Position of each wanted column.
fn find_columns(
    path: &Path,
    line: u64,
    header: &csv::StringRecord,
    wanted: &[&'static str],
) -> Result<Vec<(&'static str, usize)>, TraceError> {
    let error = |found: String| TraceError::input(path, Some(line), found, &format!("columns {}", wanted.join(", ")));
    let found = shown(header.iter().collect::<Vec<_>>().join(", ").as_bytes());
    let mut columns = Vec::with_capacity(wanted.len());
    let mut missing = Vec::new();
    for name in wanted.iter().copied() {
        let mut places = header.iter().enumerate().filter(|(_, text)| *text == name).map(|(at, _)| at);
        match (places.next(), places.next()) {
            (Some(at), None) => columns.push((name, at)),
            (Some(_), Some(_)) => return Err(error(format!("column {name} twice, in {found}"))),
            (None, _) => missing.push(name),
        }
    }
    if missing.is_empty() {
        return Ok(columns);
    }
    let fault = error(format!("no column {} in {found}", missing.join(", ")));
    let sole = header.get(0).filter(|_| header.len() == 1).unwrap_or_default();
    if let Some(delimiter) = [';', '\t', '|'].into_iter().find(|d| sole.contains(*d)) {
        let name = if delimiter == '\t' { "a tab".to_owned() } else { format!("`{delimiter}`") };
        return Err(fault.hint(format!("the delimiter looks like {name}: make it a comma")));
    }
    let near = |name: &&str| header.iter().find(|text| strsim::damerau_levenshtein(text, name) <= 2);
    Err(match missing.first().and_then(near) {
        Some(text) => fault.hint(format!("is {} meant to be {}?", shown(text.as_bytes()), missing.join(", "))),
        None => fault,
    })
}

/// Hands the CSV parser one physical line per read.
struct LineFeed {
    lines: TraceReader,
    pending: Vec<u8>,
    sent: usize,
    /// Last line handed out.
    line: u64,
    /// First line of the record being read.
    record_line: Option<u64>,
    /// Line where the quote opened that is not yet closed.
    open_quote: Option<u64>,
    /// Bytes since that quote's line began.
    quoted_bytes: u64,
    failure: Option<TraceError>,
}

impl LineFeed {
    fn new(lines: TraceReader) -> Self {
        let pending = Vec::new();
        Self { lines, pending, sent: 0, line: 0, record_line: None, open_quote: None, quoted_bytes: 0, failure: None }
    }

    fn begin_record(&mut self) {
        self.record_line = None;
        self.quoted_bytes = 0;
    }

    fn unclosed(&self, line: u64) -> TraceError {
        TraceError::input(self.lines.path(), Some(line), "a quote that is never closed", "quotes in pairs")
    }

    /// Loads the next line; false at the end of the file.
    fn load(&mut self) -> Result<bool, TraceError> {
        self.pending.clear();
        self.sent = 0;
        let limit = self.lines.limits().line_bytes;
        let Some(line) = self.lines.next_line()? else { return Ok(false) };
        self.line = line.number;
        let blank = line.bytes.trim_ascii().is_empty() && self.open_quote.is_none();
        if !blank {
            self.record_line.get_or_insert(line.number);
            self.pending.extend_from_slice(line.bytes);
        }
        self.pending.push(b'\n');
        if std::str::from_utf8(&self.pending).is_err() {
            let found = shown(&self.pending);
            return Err(TraceError::input(self.lines.path(), Some(self.line), found, "UTF-8 text"));
        }
        // A quote inside a quoted field is doubled, so parity says whether one is open.
        if self.pending.iter().filter(|b| **b == b'"').count() % 2 == 1 {
            self.open_quote = if self.open_quote.is_some() { None } else { Some(self.line) };
        }
        self.quoted_bytes += self.pending.len() as u64;
        match self.open_quote {
            Some(line) if self.quoted_bytes > limit => Err(self.unclosed(line)),
            _ => Ok(true),
        }
    }
}

impl Read for LineFeed {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.sent == self.pending.len() {
            match self.load() {
                Ok(true) => {}
                Ok(false) => return Ok(0),
                Err(error) => {
                    self.failure = Some(error.clone());
                    return Err(std::io::Error::other(error));
                }
            }
        }
        let n = self.pending.get(self.sent..).unwrap_or_default().read(buffer)?;
        self.sent += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::trace::Limits;

    fn table(text: &[u8]) -> Result<Table, TraceError> {
        let reader = std::io::Cursor::new(text.to_vec());
        Table::open(TraceReader::from_reader(Path::new("t.csv"), reader, Limits::default())?, &["id", "x"])
    }

    /// (line, id, x) of all records.
    fn rows(text: &[u8]) -> Result<Vec<(u64, String, String)>, TraceError> {
        let mut table = table(text)?;
        let mut rows = Vec::new();
        while let Some(r) = table.next()? {
            rows.push((r.line, r.cell("id").text()?.to_owned(), r.cell("x").text()?.to_owned()));
        }
        Ok(rows)
    }

    fn message(text: &str) -> String {
        rows(text.as_bytes()).unwrap_err().to_string()
    }

    fn row(line: u64, id: &str, x: &str) -> (u64, String, String) {
        (line, id.to_owned(), x.to_owned())
    }

    #[test]
    fn lines_are_physical_ones() {
        let text = "\n\nid,more,x\n1,,a\n \n\n2,\"two\n\nlines\",b\n3,, c \n";
        assert_eq!(rows(text.as_bytes()).unwrap(), [row(4, "1", "a"), row(7, "2", "b"), row(10, "3", "c")]);
        assert_eq!(rows(text.replace('\n', "\r\n").trim_end().as_bytes()).unwrap().last(), Some(&row(10, "3", "c")));
    }

    #[test]
    fn columns_are_found_by_name_in_any_order() {
        assert_eq!(rows(b"\xef\xbb\xbfx,id\na,1\n").unwrap(), [row(2, "1", "a")]);
        assert!(message("id,y\n1,2\n").contains("no column x in `id, y`, expected columns id, x"));
        assert!(message("id,x,id\n1,2,3\n").contains("column id twice"));
        assert!(message("id;x\n1;2\n").contains("the delimiter looks like `;`"));
        assert!(message("id\tx\n1\t2\n").contains("a tab"));
        assert!(message("idd,x\n").contains("is `idd` meant to be id?"));
        assert!(message("\n \n").contains("no records"));
    }

    #[test]
    fn optional_columns_may_be_absent_but_not_twice() {
        let read = |text: &[u8]| {
            let reader = std::io::Cursor::new(text.to_vec());
            let reader = TraceReader::from_reader(Path::new("t.csv"), reader, Limits::default()).unwrap();
            let mut table = Table::with_optional(reader, &["id"], &["x"])?;
            let record = table.next()?.unwrap();
            Ok::<_, TraceError>((record.cell("id").text()?.to_owned(), record.cell("x").text()?.to_owned()))
        };
        assert_eq!(read(b"id\n1\n").unwrap(), ("1".into(), String::new()));
        assert_eq!(read(b"x,id\na,1\n").unwrap(), ("1".into(), "a".into()));
        assert!(read(b"x,id,x\na,1,b\n").unwrap_err().to_string().contains("column x twice"));
    }

    #[test]
    fn faulty_records_are_named_by_their_line() {
        assert_eq!(message("id,x\n\n1,a\n2\n"), "t.csv:4: 1 fields, expected 2 fields");
        assert!(message("id,x\n1,a\nid,x\n2,b\n").starts_with("t.csv:3: the header again"));
        assert!(message("id,x\n1,a\n2,\"open\n3,c\n4,d\n").starts_with("t.csv:3: a quote that is never closed"));
        let latin = rows(b"id,x\n1,a\n2,Ume\xe5\n").unwrap_err();
        assert!(latin.line == Some(3) && latin.to_string().contains("UTF-8"), "{latin}");
        let nul = rows(b"id,x\n1,a\n2,\0\n").unwrap_err();
        assert_eq!(nul.line, Some(3));
    }

    #[test]
    fn an_open_quote_does_not_swallow_the_memory() {
        let text = ["id,x\n1,\"open\n".to_owned(), "2,b\n".repeat(400_000)].concat();
        assert!(message(&text).starts_with("t.csv:2: a quote that is never closed"));
    }
}
