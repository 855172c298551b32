//! From a tree to a type, with every mistake reported and not only the first.
//!
//! serde stops at its first error. Here the error is noted, its cause is taken out of a copy of
//! the document, and the decode runs again, until it succeeds or nothing can be taken out. An
//! error that follows from what was taken out is not noted; in doubt it is not noted either, for
//! it will show once the others are mended.

use super::message::{Said, read};
use super::pointer;
use super::problem::{Problem, Problems};
use super::repair::{Repair, child};
use super::set::describe;
use super::sub_error::{SubError, inner_ref};
use super::suggest::{did_you_mean, nearest};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Decodes `value` as a `T`.
///
/// # Errors
/// Up to [`Problems::SHOWN`] mistakes with their pointers, not yet located in a text; the flag
/// says whether there may be more.
pub(super) fn decode<T: DeserializeOwned>(value: &Value) -> Result<T, (Vec<Problem>, bool)> {
    let fault = match inner_ref(value) {
        Ok(decoded) => return Ok(decoded),
        Err(fault) => fault,
    };
    Err(all_problems::<T>(value, fault))
}

/// The problem of an error that came out of decoding the part of `value` at pointer `below`.
pub(super) fn problem_of(value: &Value, below: &str, error: &SubError) -> Problem {
    let mut path = pointer::split(below);
    path.extend(error.path.iter().cloned());
    let at = pointer::join(&path);
    note(value, &Repair::new(value.clone()), &path, &error.message)
        .unwrap_or_else(|| Problem::sentence(at, &*error.message))
}

/// The problem of `fault` and those behind it.
fn all_problems<T: DeserializeOwned>(value: &Value, mut fault: SubError) -> (Vec<Problem>, bool) {
    let mut repair = Repair::new(value.clone());
    let mut problems = Vec::new();
    loop {
        if problems.len() >= Problems::SHOWN {
            return (problems, true);
        }
        let path = place(repair.tree(), &fault);
        problems.extend(note(value, &repair, &path, &fault.message));
        if !mend::<T>(&mut repair, &path, &fault.message) {
            return (problems, false);
        }
        match inner_ref::<T>(repair.tree()) {
            Ok(_) => return (problems, false),
            Err(next) => fault = next,
        }
    }
}

/// The path of `fault`, as far as it leads to a value; and, for an unknown name that is a key, to that key.
fn place(tree: &Value, fault: &SubError) -> Vec<String> {
    let mut path = Vec::new();
    let mut value = tree;
    for segment in &fault.path {
        // An enum's variant may be in the path without being in the document.
        let Some(next) = child(value, segment) else { break };
        value = next;
        path.push(segment.clone());
    }
    if let (Value::Object(map), Said::UnknownName { name, .. }) = (value, read(&fault.message))
        && map.contains_key(name)
    {
        path.push(name.to_owned());
    }
    path
}

/// The problem that `fault` reports, unless our own repairs caused it.
fn note(document: &Value, repair: &Repair, path: &[String], message: &str) -> Option<Problem> {
    let original = repair.original(path);
    let said = read(message);
    let ours = repair.is_guess(&original)
        || match said {
            Said::UnknownKey { .. } => false,
            Said::Missing { name, .. } => repair.is_our_loss(&original, name),
            _ => repair.is_touched(&original),
        };
    if ours {
        return None;
    }
    let value = original.iter().try_fold(document, |v, segment| child(v, segment)).unwrap_or(&Value::Null);
    let at = pointer::join(&original);
    let key = original.last().map_or("", String::as_str);
    let problem = match said {
        Said::UnknownKey { expected, known } => {
            let expected = if expected.is_empty() { "no keys here" } else { expected };
            Problem::new(at, format!("unknown key `{key}`"), expected).hint(did_you_mean(key, &known)).on_key()
        }
        Said::UnknownName { name, expected, known } => {
            let (found, on_key) = name_found(name, key, value);
            let expected = if expected.is_empty() { "nothing: no name is known here" } else { expected };
            let problem = Problem::new(at, found, expected).hint(did_you_mean(name, &known));
            if on_key { problem.on_key() } else { problem }
        }
        Said::Missing { name, expected, hint } => {
            let list = if expected.is_empty() { String::new() } else { format!(": {expected}") };
            let found = format!("{} without `{name}`", describe(value));
            Problem::new(at, found, format!("the required key `{name}`{list}")).hint(hint)
        }
        Said::Mismatch { expected, hint } => {
            let about_key = message.contains(&format!("string {key:?}")) && value.as_str() != Some(key);
            if about_key {
                Problem::new(at, format!("the key `{key}`"), expected).hint(hint).on_key()
            } else {
                Problem::new(at, describe(value), expected).hint(hint)
            }
        }
        Said::Other => Problem::sentence(at, message),
    };
    Some(problem)
}

/// An unknown name is a value, a key of a map, or the only key of a union's object.
fn name_found(name: &str, key: &str, value: &Value) -> (String, bool) {
    match value {
        Value::String(text) if text == name => (describe(value), false),
        _ if key == name => (format!("the key `{key}`"), true),
        _ => (format!("`{name}`"), false),
    }
}

/// Takes the cause of an error out of the copy; false where that cannot be done.
fn mend<T: DeserializeOwned>(repair: &mut Repair, path: &[String], message: &str) -> bool {
    if let Said::UnknownKey { known, .. } = read(message)
        && !repair.is_guess(&repair.original(path))
    {
        let meant = path.last().and_then(|key| nearest(key, &known));
        return repair.drop_key(path, meant);
    }
    // Everything else is mended by taking out the value itself. For a missing key that is
    // the object without it, whose other keys have been seen by then; a value that was
    // required shows as missing in the next round.
    if let Some((_, array)) = path.split_last() {
        // The elements of a tuple differ in type and cannot move up: it goes as a whole.
        let empty = repair.with_empty_array(array, |tree| inner_ref::<T>(tree).err());
        if let Some(Some(fault)) = empty
            && fault.path == array
            && fault.message.starts_with("invalid length")
        {
            return repair.cut(array);
        }
    }
    repair.cut(path)
}
