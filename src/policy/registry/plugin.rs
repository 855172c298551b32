//! A policy that can be named, and a slot of such.

use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::json::{SubError, check_name};

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
    fn build(params: Self::Params) -> Result<Self, SubError>;
}

/// The parameters of a policy that has none.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoParams {}

/// Makes a boxed policy from its parameters.
type Build<T> = fn(Value) -> Result<Box<T>, SubError>;

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
    /// Names of its parameters.
    pub fn parameters(&self) -> Vec<String> {
        let schema = (self.schema)().to_value();
        let properties = schema.get("properties").and_then(Value::as_object);
        properties.into_iter().flat_map(|p| p.keys().cloned()).collect()
    }

    /// The entry of plugin `P`, made by `build`.
    pub fn new<P: Plugin>(build: Build<T>) -> Self {
        Self { name: P::NAME, about: P::ABOUT, schema: || schemars::schema_for!(P::Params), build }
    }
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

    /// Makes the policy that `choice` names: `"name"`, or `{"name": …, parameters}`. An object without `name`
    /// is the policy that has the name of one of its keys: `{"formula": …}`.
    ///
    /// # Errors
    /// The name is unknown, or a parameter is wrong.
    pub fn build(&self, choice: &Value) -> Result<Box<T>, SubError> {
        let choice = &self.named(choice);
        let (name, params) = split_choice(choice, self.what)?;
        let known: Vec<&str> = self.names().collect();
        let Some(entry) = self.get(&name) else { return Err(unknown(self.what, &name, &known, choice)) };
        (entry.build)(params)
    }

    /// `choice` with its name, where a key tells it.
    fn named(&self, choice: &Value) -> Value {
        let mut choice = choice.clone();
        if let Value::Object(fields) = &mut choice
            && !fields.contains_key("name")
            && let Some(name) = self.names().find(|n| fields.contains_key(*n))
        {
            fields.insert("name".to_owned(), Value::from(name));
        }
        choice
    }
}

/// The error of an unknown name, at the name.
pub(super) fn unknown(what: &str, name: &str, known: &[&str], choice: &Value) -> SubError {
    let error = match check_name(name, known) {
        Err(error) => error,
        Ok(()) => SubError::new(format_args!("`{name}` is no {what}")),
    };
    if choice.is_object() { error.inside("name") } else { error }
}

/// The name and the parameters in a choice.
pub(super) fn split_choice(choice: &Value, what: &str) -> Result<(String, Value), SubError> {
    let article = if what.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    let expected = format!("the name of {article} {what}, or an object with `name`");
    match choice {
        Value::String(name) => Ok((name.clone(), Value::Object(serde_json::Map::new()))),
        Value::Object(fields) => {
            let mut fields = fields.clone();
            match fields.remove("name") {
                Some(Value::String(name)) => Ok((name, Value::Object(fields))),
                Some(other) => Err(SubError::new(format_args!("found {other}, expected {expected}")).inside("name")),
                None => Err(SubError::new(format_args!("found no `name`, expected {expected}"))),
            }
        }
        other => Err(SubError::new(format_args!("found {other}, expected {expected}"))),
    }
}
