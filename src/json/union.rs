//! Unions told apart by a key, such as `{"dist": "exponential", "mean": 1.0}`, and maps keyed by
//! a name, both with errors that keep their path.

use super::set::describe;
use super::sub_error::{SubError, inner};
use super::suggest::nearest;
use serde::de::{DeserializeOwned, Deserializer};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Decodes an object whose key `tag` is one of `known`; `build` gets that name and the object
/// without the tag.
///
/// # Errors
/// The value is no object, the tag is missing or unknown, or `build` fails.
pub fn union<T>(
    value: Value,
    tag: &str,
    known: &[&str],
    build: impl FnOnce(&str, Value) -> Result<T, SubError>,
) -> Result<T, SubError> {
    let Value::Object(mut map) = value else {
        return Err(wrong_type(&value, &format!("an object with the key `{tag}`")));
    };
    let Some(chosen) = map.remove(tag) else {
        let keys: Vec<&String> = map.keys().collect();
        let hint = nearest(tag, &keys).map(|key| format!("; did you mean `{tag}` by `{key}`?")).unwrap_or_default();
        return Err(SubError::new(format_args!("missing field `{tag}`{}{hint}", one_of(known))));
    };
    match chosen {
        Value::String(name) => {
            check_name(&name, known).map_err(|e| e.inside(tag))?;
            build(&name, Value::Object(map))
        }
        other => Err(wrong_type(&other, &format!("a name{}", one_of(known).replace(", expected", ":"))).inside(tag)),
    }
}

/// [`union`] for use in a `Deserialize`: `{"dist": "exponential", "mean": 1.0}`.
///
/// # Errors
/// As [`union`].
pub fn tagged<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    tag: &str,
    known: &[&str],
    build: impl FnOnce(&str, Value) -> Result<T, SubError>,
) -> Result<T, D::Error> {
    let value: Value = serde::Deserialize::deserialize(deserializer)?;
    union(value, tag, known, build).map_err(SubError::into_error)
}

/// As [`tagged`], where a bare string stands for an object with nothing but the tag:
/// `"easy"` is `{"name": "easy"}`.
///
/// # Errors
/// As [`union`], and the value is neither string nor object.
pub fn named<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    tag: &str,
    known: &[&str],
    build: impl FnOnce(&str, Value) -> Result<T, SubError>,
) -> Result<T, D::Error> {
    let value: Value = serde::Deserialize::deserialize(deserializer)?;
    match value {
        Value::String(name) => check_name(&name, known).and_then(|()| build(&name, Value::Object(Map::new()))),
        Value::Object(_) => union(value, tag, known, build),
        other => Err(wrong_type(&other, &format!("a name or an object with the key `{tag}`"))),
    }
    .map_err(SubError::into_error)
}

/// A map whose keys are names of `K`, for `#[serde(deserialize_with = "keyed")]`: serde's own
/// loses the path of an error where a key is an enum.
///
/// # Errors
/// A key is not a `K`, or a value not a `V`.
pub fn keyed<'de, D: Deserializer<'de>, K: DeserializeOwned + Ord, V: DeserializeOwned>(
    deserializer: D,
) -> Result<BTreeMap<K, V>, D::Error> {
    let map: Map<String, Value> = serde::Deserialize::deserialize(deserializer)?;
    let entry = |(key, value): (String, Value)| -> Result<(K, V), SubError> {
        let name = inner(Value::String(key.clone())).map_err(|e| e.inside(key.as_str()))?;
        Ok((name, inner(value).map_err(|e| e.inside(key))?))
    };
    map.into_iter().map(entry).collect::<Result<_, _>>().map_err(SubError::into_error)
}

/// That `name` is one of `known`.
///
/// # Errors
/// It is not; the message lists them.
pub fn check_name(name: &str, known: &[&str]) -> Result<(), SubError> {
    if known.contains(&name) {
        return Ok(());
    }
    Err(SubError::new(format_args!("unknown variant `{name}`{}", one_of(known))))
}

// The wording below is serde's own, so that one parser understands both.

fn wrong_type(value: &Value, expected: &str) -> SubError {
    SubError::new(format_args!("invalid type: {}, expected {expected}", describe(value)))
}

fn one_of(known: &[&str]) -> String {
    match known {
        [] => String::new(),
        [one] => format!(", expected `{one}`"),
        many => format!(", expected one of `{}`", many.join("`, `")),
    }
}
