//! A policy that can be named, and a slot of such.

use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::units::{Dimension, SimDuration, parse_quantity};

/// A policy with a name, a line about itself, and parameters.
pub trait Plugin: Sized + 'static {
    /// How scenarios call it.
    const NAME: &'static str;
    /// One line for lists: the rule and its source.
    const ABOUT: &'static str;
    /// Parameters; deny unknown fields, so that a typo is an error.
    type Params: DeserializeOwned + JsonSchema;

    /// Makes the policy.
    ///
    /// # Errors
    /// A parameter is out of range.
    fn build(params: Self::Params) -> Result<Self, BuildError>;
}

/// Why a policy could not be made from its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    /// JSON pointer below the policy.
    pub pointer: String,
    /// What was found and what was expected.
    pub message: String,
}

impl BuildError {
    /// An error at `pointer`.
    pub fn new(pointer: &str, message: String) -> Self {
        Self { pointer: pointer.to_owned(), message }
    }

    /// The same error, one level further out.
    pub fn under(self, parent: &str) -> Self {
        Self { pointer: format!("/{parent}{}", self.pointer), ..self }
    }

    /// An unknown name, with the known ones and the nearest.
    pub fn unknown(what: &str, found: &str, known: &[&str]) -> Self {
        let nearest = nearest(found, known).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
        Self::new("", format!("found `{found}`, expected a {what}: {}{nearest}", known.join(", ")))
    }
}

impl std::fmt::Display for BuildError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for BuildError {}

/// The known name nearest to `found`, if one is near.
fn nearest<'a>(found: &str, known: &[&'a str]) -> Option<&'a str> {
    let lower = found.to_lowercase();
    let scored = known.iter().map(|k| (strsim::damerau_levenshtein(&lower, &k.to_lowercase()), *k));
    scored.min_by_key(|(d, _)| *d).filter(|(d, k)| *d <= 2.max(k.len() / 4)).map(|(_, k)| k)
}

/// A duration among parameters: seconds, or text such as `"10 ms"`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Period {
    /// Seconds.
    Seconds(f64),
    /// A quantity of time.
    Text(String),
}

impl Period {
    /// The duration.
    ///
    /// # Errors
    /// It is no quantity of time, or negative, or beyond 292 years.
    pub fn duration(&self, pointer: &str) -> Result<SimDuration, BuildError> {
        let seconds = match self {
            Self::Seconds(s) => *s,
            Self::Text(text) => {
                parse_quantity(text, Dimension::Time).map_err(|e| BuildError::new(pointer, e.to_string()))?
            }
        };
        SimDuration::try_from_secs_f64(seconds)
            .ok_or_else(|| BuildError::new(pointer, format!("found {seconds} s, expected a duration >= 0")))
    }
}

/// Makes a boxed policy from its parameters.
type Build<T> = fn(Value) -> Result<Box<T>, BuildError>;

/// One policy of a slot.
pub struct Entry<T: ?Sized> {
    /// How scenarios call it.
    pub name: &'static str,
    /// One line about it.
    pub about: &'static str,
    /// JSON Schema of its parameters.
    pub schema: fn() -> Schema,
    build: Build<T>,
}

impl<T: ?Sized> Entry<T> {
    /// The entry of plugin `P`, made by `build`.
    pub fn new<P: Plugin>(build: Build<T>) -> Self {
        Self { name: P::NAME, about: P::ABOUT, schema: || schemars::schema_for!(P::Params), build }
    }
}

/// Reads the parameters of `P` and makes it.
pub(super) fn parse_and_build<P: Plugin>(params: Value) -> Result<P, BuildError> {
    let parsed: P::Params = serde_path_to_error::deserialize(params).map_err(|e| {
        let pointer: String = match e.path().to_string().as_str() {
            "." => String::new(),
            path => path.split('.').map(|p| format!("/{p}")).collect(),
        };
        BuildError { pointer, message: e.into_inner().to_string() }
    })?;
    P::build(parsed)
}

/// All policies that can stand in one place.
pub struct Slot<T: ?Sized> {
    what: &'static str,
    entries: Vec<Entry<T>>,
}

impl<T: ?Sized> Slot<T> {
    pub(super) const fn new(what: &'static str) -> Self {
        Self { what, entries: Vec::new() }
    }

    /// Adds an entry; an earlier one of the same name gives way.
    pub(super) fn add(&mut self, entry: Entry<T>) {
        self.entries.retain(|e| e.name != entry.name);
        self.entries.push(entry);
    }

    /// What a member of the slot is called.
    pub const fn what(&self) -> &'static str {
        self.what
    }

    /// The entries in order of registration.
    pub fn entries(&self) -> &[Entry<T>] {
        &self.entries
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.entries.iter().map(|e| e.name)
    }

    /// The entry of that name.
    pub fn get(&self, name: &str) -> Option<&Entry<T>> {
        self.entries.iter().find(|e| e.name == name)
    }

    /// Makes the policy that `choice` names: `"name"`, or `{"name": …, parameters}`.
    ///
    /// # Errors
    /// The name is unknown, or a parameter is wrong.
    pub fn build(&self, choice: &Value) -> Result<Box<T>, BuildError> {
        let (name, params) = split_choice(choice, self.what)?;
        let known: Vec<&str> = self.names().collect();
        let entry = self.get(&name).ok_or_else(|| {
            let error = BuildError::unknown(self.what, &name, &known);
            if choice.is_object() { BuildError { pointer: "/name".into(), ..error } } else { error }
        })?;
        (entry.build)(params)
    }
}

/// The name and the parameters in a choice.
pub(super) fn split_choice(choice: &Value, what: &str) -> Result<(String, Value), BuildError> {
    match choice {
        Value::String(name) => Ok((name.clone(), Value::Object(serde_json::Map::new()))),
        Value::Object(fields) => {
            let mut fields = fields.clone();
            match fields.remove("name") {
                Some(Value::String(name)) => Ok((name, Value::Object(fields))),
                Some(other) => Err(BuildError::new("/name", format!("found {other}, expected the name of a {what}"))),
                None => Err(BuildError::new("", format!("found no `name`, expected the name of a {what}"))),
            }
        }
        other => {
            Err(BuildError::new("", format!("found {other}, expected the name of a {what} or an object with `name`")))
        }
    }
}
