//! JSON for people: documents into typed structs, with errors that say where, what and what instead.
//!
//! A [`Document`] is read, changed by `--set`, and decoded into any type that serde knows.
//! Every mistake is reported at once, by file, line, column and JSON pointer:
//!
//! ```
//! use xpu_manager_rust::json::{Document, Seconds, Setting};
//!
//! #[derive(serde::Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Arrivals {
//!     clients: u32,
//!     think_time: Seconds,
//! }
//!
//! let text = br#"{"clients": -3, "think_tim": "2 min"}"#;
//! let mut document = Document::parse("a.json", text, &Default::default()).unwrap();
//! let problems = document.decode::<Arrivals>().err().unwrap();
//! assert_eq!(
//!     problems.to_string(),
//!     "error: a.json:1:13 (/clients): found -3, expected a whole number from 0 to 4294967295\n\
//!      error: a.json:1:17 (/think_tim): found unknown key `think_tim`, expected `clients` or `think_time`; \
//!      did you mean `think_time`?"
//! );
//!
//! let text = br#"{"clients": 3, "think_time": "2 min"}"#;
//! document = Document::parse("a.json", text, &Default::default()).unwrap();
//! document.set(&"clients=8".parse::<Setting>().unwrap()).unwrap();
//! let arrivals: Arrivals = document.decode().unwrap();
//! assert_eq!((arrivals.clients, arrivals.think_time.get()), (8, 120.0));
//! ```

mod decimal;
mod decode;
mod locate;
mod message;
mod parse;
mod pointer;
mod problem;
mod quantity;
mod random;
mod read;
mod repair;
mod scan;
mod set;
mod sub_error;
mod suggest;
mod syntax;
#[cfg(test)]
mod tests;
mod union;

pub use locate::{Aim, locate};
pub use parse::Limits;
pub use problem::{Complaint, Place, Problem, Problems, printable};
pub use quantity::{
    ByteCount, BytesPerSecond, Dollars, Flops, FlopsPerSecond, Hertz, Joules, PerSecond, Seconds, Watts,
};
pub use random::{Random, Scalar, number};
pub use read::ReadError;
pub use set::{Setting, SettingError};
pub use sub_error::{SubError, inner};
pub use suggest::{did_you_mean, nearest};
pub use union::{check_name, keyed, named, tagged, union};

use serde::de::DeserializeOwned;
use serde_json::Value;
use std::path::Path;

/// A JSON document that remembers its text, so that problems can be told by line and column.
#[derive(Clone, Debug, Default)]
pub struct Document {
    file: String,
    text: String,
    value: Value,
    settings: Vec<Setting>,
}

impl Document {
    /// Reads the regular file at `path`.
    ///
    /// # Errors
    /// The file cannot be read, or as [`Document::parse`].
    pub fn read(path: &Path, limits: &Limits) -> Result<Self, ReadError> {
        let file = path.display().to_string();
        let bytes = read::bytes(path, limits)?;
        Ok(Self::parse(&file, &bytes, limits)?)
    }

    /// Reads the bytes of a file that messages call `file`.
    ///
    /// # Errors
    /// The bytes are not UTF-8 (or plainly another format), not exactly one JSON value, above
    /// one of `limits`, or an object has a key twice.
    pub fn parse(file: &str, bytes: &[u8], limits: &Limits) -> Result<Self, Problems> {
        let (text, value) = parse::parse(bytes, limits).map_err(|problems| problems.in_file(file))?;
        Ok(Self { file: file.to_owned(), text: text.to_owned(), value, settings: Vec::new() })
    }

    /// A document without a text, as a command builds it from its arguments.
    pub fn from_value(value: Value) -> Self {
        Self { value, ..Self::default() }
    }

    /// The tree, with all settings applied.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The name of the file, empty where there is none.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Takes out every key that begins with `//`: a remark for people.
    pub fn without_remarks(mut self) -> Self {
        // Depth is limited by the parser.
        fn clean(value: &mut Value) {
            match value {
                Value::Object(map) => {
                    map.retain(|key, _| !key.starts_with("//"));
                    map.values_mut().for_each(clean);
                }
                Value::Array(items) => items.iter_mut().for_each(clean),
                _ => {}
            }
        }
        clean(&mut self.value);
        self
    }

    /// Applies one `--set`; problems with that value are then told by its path.
    ///
    /// # Errors
    /// As [`Setting::apply`].
    pub fn set(&mut self, setting: &Setting) -> Result<(), Problems> {
        setting.apply(&mut self.value)?;
        self.settings.push(setting.clone());
        Ok(())
    }

    /// The document as a `T`.
    ///
    /// # Errors
    /// Up to twenty mistakes, in the order of the text.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, Problems> {
        decode::decode(&self.value).map_err(|(problems, more)| self.locate(problems).unfinished(more))
    }

    /// The problem of an error in a part at pointer `below` that was decoded on its own.
    pub fn problem(&self, below: &str, error: &SubError) -> Problem {
        decode::problem_of(&self.value, below, error)
    }

    /// Gives problems found by later checks, which know only the pointer, their places.
    pub fn locate(&self, problems: Vec<Problem>) -> Problems {
        Problems::new(problems.into_iter().map(|p| self.locate_one(p)).collect())
    }

    fn locate_one(&self, problem: Problem) -> Problem {
        let newest_first = || self.settings.iter().rev();
        let place = Setting::place;
        let set_here = newest_first().find(|s| pointer::is_within(&problem.pointer, &s.pointer()));
        let in_text = || locate(&self.text, &problem.pointer, problem.aim);
        // A key that only exists because a setting inside it created it.
        let set_inside = || newest_first().find(|s| pointer::is_within(&s.pointer(), &problem.pointer));
        let place = match set_here {
            Some(setting) => place(setting),
            None => match in_text() {
                Some((line, column)) => Place::Text { line, column },
                None => set_inside().map_or(Place::Whole, place),
            },
        };
        problem.at(&self.file, place)
    }
}
