//! The comments of a log that say what it is.

use serde::Serialize;

/// No log has so many header lines; more are not kept.
const MOST_ENTRIES: usize = 10_000;

/// Comments of the form `; Key: value`, in file order; a key may come several times.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SwfHeader {
    entries: Vec<(String, String)>,
}

impl SwfHeader {
    /// The first value of `key`, in any case: `Computer`, `Installation`, `Acknowledge`, `Note` …
    pub fn get(&self, key: &str) -> Option<&str> {
        self.entries.iter().find(|(k, _)| k.eq_ignore_ascii_case(key)).map(|(_, v)| v.as_str())
    }

    /// The number that the value of `key` starts with; `None` where absent or not positive.
    pub fn number(&self, key: &str) -> Option<u64> {
        let value = self.get(key)?;
        let digits = value.find(|c: char| !c.is_ascii_digit()).map_or(value, |end| value.split_at(end).0);
        digits.parse().ok().filter(|n| *n > 0)
    }

    /// Processors of the machine: `MaxProcs`, or `MaxNodes` where it is absent.
    pub fn processors(&self) -> Option<u32> {
        let stated = self.number("MaxProcs").or_else(|| self.number("MaxNodes"))?;
        u32::try_from(stated).ok()
    }

    /// Seconds since 1970 at the log's time 0.
    pub fn unix_start_time(&self) -> Option<u64> {
        self.number("UnixStartTime")
    }

    /// All entries in file order.
    pub fn entries(&self) -> &[(String, String)] {
        &self.entries
    }

    /// Takes a comment without its semicolon; keeps it if it is an entry.
    pub(super) fn add(&mut self, comment: &[u8]) {
        let text = match std::str::from_utf8(comment) {
            Ok(text) => text.to_owned(),
            // Old logs are Latin-1, whose bytes are the first 256 code points.
            Err(_) => comment.iter().map(|byte| char::from(*byte)).collect(),
        };
        let Some((key, value)) = text.trim().split_once(':') else { return };
        let is_key = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric());
        let is_value = value.is_empty() || value.starts_with(char::is_whitespace);
        if is_key && is_value && self.entries.len() < MOST_ENTRIES {
            self.entries.push((key.to_owned(), value.trim().to_owned()));
        }
    }
}
