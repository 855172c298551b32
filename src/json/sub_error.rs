//! Errors that keep their path through a `Deserialize` of one's own.
//!
//! serde loses the path wherever a value is read into a buffer and decoded from there: what is
//! wrong at `/arrivals/rate` is then reported at `/arrivals`. Here the inner decode tracks its own path and
//! sends it outwards inside the error's message: a private-use character, the length of the
//! pointer in bytes, a colon, the pointer, then the message proper. [`SubError`] writes that
//! form and takes it apart again wherever an error comes out of a decode; decodes inside decodes
//! join their paths on the way. No message with the marker reaches a user.

use super::pointer;
use serde::de::{DeserializeOwned, Error};
use serde_json::Value;
use serde_path_to_error::Segment;
use std::fmt;

/// Begins a message that carries a path.
const MARKER: char = '\u{e000}';

/// An error with its path below the value being decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubError {
    pub(super) path: Vec<String>,
    pub(super) message: String,
}

impl SubError {
    /// An error about the whole value.
    pub fn new(message: impl fmt::Display) -> Self {
        let mut error = Self { path: Vec::new(), message: message.to_string() };
        error.unpack();
        error
    }

    /// The same error, seen from one level further out: it is inside `segment`.
    #[must_use]
    pub fn inside(mut self, segment: impl Into<String>) -> Self {
        self.path.insert(0, segment.into());
        self
    }

    /// The first segment of its path.
    pub fn first(&self) -> Option<&str> {
        self.path.first().map(String::as_str)
    }

    /// As an error of a deserializer, for use in a `Deserialize` of one's own.
    pub fn into_error<E: Error>(self) -> E {
        let pointer = pointer::join(&self.path);
        E::custom(format_args!("{MARKER}{}:{pointer}{}", pointer.len(), self.message))
    }

    fn tracked(error: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let segment = |s: &Segment| match s {
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Map { key } => Some(key.clone()),
            Segment::Enum { variant } => Some(variant.clone()),
            Segment::Unknown => None,
        };
        let mut inner = Self::new(error.inner());
        let mut path: Vec<String> = error.path().iter().map_while(segment).collect();
        if path.len() < error.path().iter().len() && !inner.message.starts_with("unknown ") {
            // The key of a map is lost where it is not plainly a string; see `keyed`.
            inner.message.insert_str(0, "in one of its values: ");
        } else {
            path.extend(inner.path);
        }
        Self { path, message: inner.message }
    }

    /// Takes the path out of a message that carries one.
    fn unpack(&mut self) {
        let Some((length, rest)) = self.message.strip_prefix(MARKER).and_then(|m| m.split_once(':')) else { return };
        let Some((pointer, message)) = length.parse().ok().and_then(|n| rest.split_at_checked(n)) else { return };
        self.path.extend(pointer::split(pointer));
        self.message = message.to_owned();
    }
}

impl fmt::Display for SubError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.is_empty() {
            true => f.write_str(&self.message),
            false => write!(f, "{}: {}", pointer::join(&self.path), self.message),
        }
    }
}

impl std::error::Error for SubError {}

/// Decodes a part of a union, keeping the path of an error.
///
/// # Errors
/// The value is not a `T`.
pub fn inner<T: DeserializeOwned>(value: Value) -> Result<T, SubError> {
    inner_ref(&value)
}

pub(super) fn inner_ref<T: DeserializeOwned>(value: &Value) -> Result<T, SubError> {
    serde_path_to_error::deserialize(value).map_err(|error| SubError::tracked(&error))
}
