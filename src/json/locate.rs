//! From a JSON pointer to the place in the text that it names.

use super::pointer;
use super::scan::{Scanner, Token};
use std::borrow::Cow;
use std::ops::Range;

/// Which part of an object's member to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// The value.
    Value,
    /// The key, for errors about the key itself. An array element has none: its value is taken.
    Key,
}

/// The 1-based line and column (in characters) of what `pointer` names in the valid JSON `text`.
///
/// `None` where nothing stands there.
pub fn locate(text: &str, pointer: &str, aim: Aim) -> Option<(usize, usize)> {
    find(text, pointer, aim).map(|range| line_column(text, range.start))
}

/// The bytes of what `pointer` names.
pub(super) fn find(text: &str, pointer: &str, aim: Aim) -> Option<Range<usize>> {
    let mut scan = Scanner::new(text);
    let mut key = None;
    for segment in pointer::split(pointer) {
        match scan.next()? {
            Token::Object(_) => loop {
                let Token::Key(range) = scan.next()? else { return None };
                if unquote(text.get(range.clone())?) == segment {
                    key = Some(range);
                    break;
                }
                scan.skip_value()?;
            },
            Token::Array(_) => {
                for _ in 0..pointer::index(&segment)? {
                    scan.skip_value()?;
                }
                key = None;
            }
            _ => return None,
        }
    }
    let value = scan.skip_value()?;
    Some(if aim == Aim::Key { key.unwrap_or(value) } else { value })
}

/// The text of a JSON string without quotes and escapes.
pub(super) fn unquote(raw: &str) -> Cow<'_, str> {
    if raw.contains('\\')
        && let Ok(text) = serde_json::from_str::<String>(raw)
    {
        return Cow::Owned(text);
    }
    Cow::Borrowed(raw.strip_prefix('"').and_then(|r| r.strip_suffix('"')).unwrap_or(raw))
}

/// The 1-based line and column, in characters, of a byte offset.
pub(super) fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = text.get(..end).unwrap_or_default();
    let line = 1 + before.bytes().filter(|&b| b == b'\n').count();
    let in_line = before.rsplit('\n').next().unwrap_or_default();
    (line, 1 + in_line.chars().count())
}
