//! `--set PATH=VALUE`: changes to a document from the command line.

use super::pointer;
use super::problem::{Place, Problem, Problems};
use super::suggest::did_you_mean;
use serde_json::{Map, Value};
use std::fmt;
use std::str::FromStr;

/// Levels that a path and its value may have together.
const DEPTH: usize = 64;

/// One `--set`: a path of keys and indices joined by dots, and the value to put there.
///
/// A dot inside a key is written `\.`, a backslash `\\`. The value is JSON where it reads as
/// JSON, and a string otherwise, so `easy` and `2h` need no quotes; text that begins like an
/// object, an array or a quoted string must be a whole one.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    path: String,
    segments: Vec<String>,
    value: Value,
    typed: bool,
}

/// Why a text is not a [`Setting`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// No `=`.
    #[error("found no `=`, expected PATH=VALUE such as policies.scheduler=easy")]
    NoValue,
    /// No path before the `=`, or two dots in a row.
    #[error("found an empty key in `{0}`, expected keys joined by single dots such as cluster.nodes.0.count")]
    EmptyKey(String),
    /// More than 64 levels.
    #[error("found more than {DEPTH} levels, expected at most {DEPTH}")]
    TooDeep,
    /// The value begins as JSON and does not go on so.
    #[error("found a value for `{path}` that is not JSON: {problem}")]
    Json {
        /// The path.
        path: String,
        /// What is wrong with the value.
        problem: String,
    },
}

impl Setting {
    /// A setting from its parts, as a command makes it of other arguments than `--set`.
    ///
    /// # Errors
    /// As the text `path=value` would.
    pub fn new(path: &str, value: Value) -> Result<Self, SettingError> {
        let segments = split(path);
        if segments.iter().any(String::is_empty) {
            return Err(SettingError::EmptyKey(path.to_owned()));
        }
        if segments.len() + depth(&value) > DEPTH {
            return Err(SettingError::TooDeep);
        }
        Ok(Self { path: path.to_owned(), segments, value, typed: false })
    }

    /// The path as it was written.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The value that is put there.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Where its problems stand.
    pub(super) fn place(&self) -> Place {
        if self.typed { Place::Setting(self.path.clone()) } else { Place::Arguments }
    }

    /// The JSON pointer of the path.
    pub fn pointer(&self) -> String {
        pointer::join(&self.segments)
    }

    /// Puts the value into `root`, with the keys on the way that are not there yet.
    /// An index equal to an array's length appends.
    ///
    /// # Errors
    /// A segment goes into something that is no object or array, or an index is not a number or
    /// lies behind the end. `root` is then as it was.
    pub fn apply(&self, root: &mut Value) -> Result<(), Problems> {
        let mut at = root;
        for (i, segment) in self.segments.iter().enumerate() {
            at = match at {
                Value::Object(map) => {
                    if !map.contains_key(segment) {
                        // Nothing is created before the whole path is known to work.
                        let fresh = self.fresh(i + 1, map, segment)?;
                        map.insert(segment.clone(), fresh);
                        return Ok(());
                    }
                    map.get_mut(segment)
                }
                Value::Array(list) => {
                    let length = list.len();
                    match pointer::index(segment) {
                        Some(index) if index < length => list.get_mut(index),
                        Some(index) if index == length => {
                            let fresh = self.fresh(i + 1, &Map::new(), segment)?;
                            list.push(fresh);
                            return Ok(());
                        }
                        Some(_) => return Err(self.problem(i + 1, segment, range(length)).into()),
                        None => return Err(self.problem(i + 1, &format!("`{segment}`"), range(length)).into()),
                    }
                }
                other => {
                    let found = format!("{}, which has no `{segment}` inside", describe(other));
                    return Err(self.problem(i, &found, "an object or an array there".to_owned()).into());
                }
            }
            .ok_or_else(|| self.problem(i + 1, segment, "a key that is there".to_owned()))?;
        }
        *at = self.value.clone();
        Ok(())
    }

    /// The value wrapped in the segments from `from` on, which do not exist yet.
    fn fresh(&self, from: usize, beside: &Map<String, Value>, missing: &str) -> Result<Value, Problems> {
        let mut value = self.value.clone();
        for (i, segment) in self.segments.iter().enumerate().skip(from).rev() {
            value = match pointer::index(segment) {
                None => Value::Object(Map::from_iter([(segment.clone(), value)])),
                // An array begins at 0; any other number is meant for an array that is elsewhere.
                Some(0) => Value::Array(vec![value]),
                Some(_) => {
                    let keys: Vec<&String> = beside.keys().collect();
                    let found = format!("index {segment} of an array that is not there");
                    let hint = if i == from { did_you_mean(missing, &keys) } else { None };
                    return Err(self
                        .problem(i + 1, &found, "an existing array, or index 0".to_owned())
                        .hint(hint)
                        .into());
                }
            };
        }
        Ok(value)
    }

    /// A problem where the first `length` segments lead.
    fn problem(&self, length: usize, found: &str, expected: String) -> Problem {
        let upto = self.segments.get(..length).unwrap_or(&self.segments);
        Problem::new(pointer::join(upto), found, expected).at("", self.place())
    }
}

fn range(length: usize) -> String {
    match length {
        0 => "index 0: the array is empty".to_owned(),
        n => format!("an index from 0 to {}, or {n} to append: the array has {n}", n - 1),
    }
}

impl FromStr for Setting {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, SettingError> {
        let (path, value) = text.split_once('=').ok_or(SettingError::NoValue)?;
        let value = value.trim();
        // A half-written array is a slip, not a string.
        let is_json = value.starts_with(['{', '[', '"']);
        let value = match super::parse::parse(value.as_bytes(), &super::Limits::default()) {
            Ok((_, value)) => value,
            Err(problems) if is_json => {
                let problem = problems.list().first().map(ToString::to_string).unwrap_or_default();
                let problem = problem.trim_start_matches("error: ").to_owned();
                return Err(SettingError::Json { path: path.trim().to_owned(), problem });
            }
            Err(_) => Value::String(value.to_owned()),
        };
        Ok(Self { typed: true, ..Self::new(path.trim(), value)? })
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.path, self.value)
    }
}

/// Cuts a path at its dots.
fn split(path: &str) -> Vec<String> {
    let mut segments = vec![];
    let mut segment = String::new();
    let mut chars = path.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => segment.push(chars.next().unwrap_or('\\')),
            '.' => segments.push(std::mem::take(&mut segment)),
            c => segment.push(c),
        }
    }
    segments.push(segment);
    segments
}

/// Levels of brackets; values come from a parser that limits them.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(list) => 1 + list.iter().map(depth).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// What a value is, in few words: the value itself where it is short.
pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::Array(list) if list.is_empty() => "an empty array".to_owned(),
        Value::Array(list) => format!("an array of {}", list.len()),
        Value::Object(map) if map.is_empty() => "an empty object".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        scalar => scalar.to_string(),
    }
}
