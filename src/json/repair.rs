//! A copy of a document that loses its mistakes one by one, and remembers what it lost.
//!
//! Paths of errors are in the coordinates of the copy, where elements have moved up and keys
//! may have been renamed; problems are told in those of the original.

use super::pointer;
use serde_json::Value;

/// What was done at one place.
#[derive(Debug, PartialEq, Eq)]
enum How {
    /// A key with its value was taken out.
    CutKey,
    /// An array's element was taken out.
    CutElement(usize),
    /// A key that means nothing was taken out.
    Dropped,
    /// A misspelt key got the name it was probably meant to have.
    Renamed(String),
}

#[derive(Debug)]
struct Change {
    /// The object or array, as a path in the original.
    parent: Vec<String>,
    /// The original key or index.
    segment: String,
    how: How,
}

/// A document under repair.
#[derive(Debug)]
pub(super) struct Repair {
    tree: Value,
    changes: Vec<Change>,
}

impl Repair {
    pub(super) fn new(tree: Value) -> Self {
        Self { tree, changes: Vec::new() }
    }

    pub(super) fn tree(&self) -> &Value {
        &self.tree
    }

    /// `path` in the original document.
    pub(super) fn original(&self, path: &[String]) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for segment in path {
            let here = || self.changes.iter().filter(|c| c.parent == out);
            let old_name = here().find(|c| matches!(&c.how, How::Renamed(to) if to == segment));
            let mut cut: Vec<usize> =
                here().filter_map(|c| if let How::CutElement(i) = c.how { Some(i) } else { None }).collect();
            let next = match (old_name, pointer::index(segment)) {
                (Some(change), _) => change.segment.clone(),
                (None, Some(mut index)) if !cut.is_empty() => {
                    cut.sort_unstable();
                    for gone in cut {
                        index += usize::from(gone <= index);
                    }
                    index.to_string()
                }
                _ => segment.clone(),
            };
            out.push(next);
        }
        out
    }

    /// Whether something that may matter was changed below the original place.
    pub(super) fn is_touched(&self, original: &[String]) -> bool {
        self.changes.iter().any(|c| c.how != How::Dropped && c.parent.starts_with(original))
    }

    /// Whether the original place is a renamed key or lies inside one: there nothing is certain.
    pub(super) fn is_guess(&self, original: &[String]) -> bool {
        self.changes.iter().any(|c| {
            matches!(c.how, How::Renamed(_))
                && original.starts_with(&c.parent)
                && original.get(c.parent.len()) == Some(&c.segment)
        })
    }

    /// Whether `key` is missing from the original object because of a change.
    pub(super) fn is_our_loss(&self, object: &[String], key: &str) -> bool {
        let explains = |c: &Change| match &c.how {
            How::CutKey => c.segment == key,
            How::Renamed(to) => to == key,
            How::CutElement(_) | How::Dropped => false,
        };
        self.changes.iter().any(|c| c.parent == object && explains(c))
    }

    /// Takes out the value at `path`; false for the root or where nothing stands.
    pub(super) fn cut(&mut self, path: &[String]) -> bool {
        let Some((last, parent_path)) = path.split_last() else { return false };
        let original = self.original(path);
        let Some((segment, parent)) = original.split_last() else { return false };
        let Some(container) = descend(&mut self.tree, parent_path) else { return false };
        let how = match container {
            Value::Object(map) => match map.remove(last) {
                Some(_) => How::CutKey,
                None => return false,
            },
            Value::Array(list) => match (pointer::index(last), pointer::index(segment)) {
                (Some(index), Some(old)) if index < list.len() => {
                    list.remove(index);
                    How::CutElement(old)
                }
                _ => return false,
            },
            _ => return false,
        };
        self.changes.push(Change { parent: parent.to_vec(), segment: segment.clone(), how });
        true
    }

    /// What `look` sees where the array at `path` is empty; `None` if there is no array.
    pub(super) fn with_empty_array<R>(&mut self, path: &[String], look: impl FnOnce(&Value) -> R) -> Option<R> {
        let Some(Value::Array(list)) = descend(&mut self.tree, path) else { return None };
        let kept = std::mem::take(list);
        let seen = look(&self.tree);
        if let Some(Value::Array(list)) = descend(&mut self.tree, path) {
            *list = kept;
        }
        Some(seen)
    }

    /// Takes an unknown key out, or gives it the name `meant` if that is free; false where it is not there.
    pub(super) fn drop_key(&mut self, path: &[String], meant: Option<&str>) -> bool {
        let Some((key, parent_path)) = path.split_last() else { return false };
        let original = self.original(path);
        let Some((segment, parent)) = original.split_last() else { return false };
        let Some(Value::Object(map)) = descend(&mut self.tree, parent_path) else { return false };
        let Some(value) = map.remove(key) else { return false };
        let how = match meant {
            Some(name) if !map.contains_key(name) => {
                map.insert(name.to_owned(), value);
                How::Renamed(name.to_owned())
            }
            _ => How::Dropped,
        };
        self.changes.push(Change { parent: parent.to_vec(), segment: segment.clone(), how });
        true
    }
}

/// What stands at a key or an index.
pub(super) fn child<'a>(value: &'a Value, segment: &str) -> Option<&'a Value> {
    match value {
        Value::Object(map) => map.get(segment),
        Value::Array(list) => list.get(pointer::index(segment)?),
        _ => None,
    }
}

fn descend<'a>(mut value: &'a mut Value, path: &[String]) -> Option<&'a mut Value> {
    for segment in path {
        value = match value {
            Value::Object(map) => map.get_mut(segment)?,
            Value::Array(list) => list.get_mut(pointer::index(segment)?)?,
            _ => return None,
        };
    }
    Some(value)
}
