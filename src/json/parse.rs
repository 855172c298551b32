//! From text to a tree, refusing what `serde_json` would let pass.
//!
//! `serde_json` keeps the last of two equal keys and says nothing; here both
//! are named. Integers up to 64 bits are kept exactly.

use super::locate::{line_column, unquote};
use super::pointer;
use super::problem::{Place, Problem, Problems};
use super::scan::{Scanner, Token};
use super::{read, syntax};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What a document may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of text.
    pub bytes: u64,
    /// Brackets inside each other; `serde_json` itself refuses more than 127.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 64 << 20, depth: 64 }
    }
}

/// The text of `bytes` and its tree.
///
/// # Errors
/// The bytes are not UTF-8 (or plainly another format), not one JSON value,
/// above a limit, or an object has a key twice.
pub(super) fn parse<'a>(bytes: &'a [u8], limits: &Limits) -> Result<(&'a str, Value), Problems> {
    if bytes.len() as u64 > limits.bytes {
        let found = format!("{} bytes", bytes.len());
        return Err(Problem::new("", found, format!("at most {} bytes", limits.bytes)).into());
    }
    let text = read::text(bytes)?;
    let value = serde_json::from_str(text).map_err(|error| syntax::explain(text, &error, limits.depth))?;
    let problems = check(text, limits.depth);
    if problems.is_empty() { Ok((text, value)) } else { Err(Problems::new(problems)) }
}

/// One open object or array on the way to the current token.
#[derive(Default)]
struct Frame<'a> {
    /// The keys of an object so far, with their first place.
    seen: BTreeMap<Cow<'a, str>, usize>,
    /// The current key of an object, or index of an array.
    segment: Cow<'a, str>,
    /// The index of the next element of an array; `None` in an object.
    next: Option<usize>,
}

/// Depth and repeated keys of a valid text.
fn check(text: &str, depth: usize) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut frames: Vec<Frame<'_>> = Vec::new();
    for token in Scanner::new(text) {
        if matches!(token, Token::Object(_) | Token::Array(_) | Token::Scalar(_))
            && let Some(Frame { segment, next: Some(next), .. }) = frames.last_mut()
        {
            *segment = Cow::Owned(next.to_string());
            *next += 1;
        }
        match token {
            Token::Object(at) | Token::Array(at) => {
                if frames.len() >= depth {
                    return vec![too_deep(text, at, depth)];
                }
                frames.push(Frame { next: matches!(token, Token::Array(_)).then_some(0), ..Frame::default() });
            }
            Token::Close(_) => {
                frames.pop();
            }
            Token::Key(range) => {
                let key = unquote(text.get(range.clone()).unwrap_or_default());
                let Some(frame) = frames.last_mut() else { continue };
                frame.segment = key.clone();
                if let Some(&first) = frame.seen.get(&key) {
                    let segments: Vec<&str> = frames.iter().map(|f| f.segment.as_ref()).collect();
                    problems.push(repeated(text, &pointer::join(&segments), &key, first, range.start));
                } else {
                    frame.seen.insert(key, range.start);
                }
            }
            Token::Scalar(_) => {}
        }
        if problems.len() > Problems::SHOWN {
            break;
        }
    }
    problems
}

fn repeated(text: &str, pointer: &str, key: &str, first: usize, again: usize) -> Problem {
    let ((line, column), (first_line, first_column)) = (line_column(text, again), line_column(text, first));
    let found = format!("the key `{key}` a second time");
    Problem::new(pointer, found, format!("it once: it already stands at {first_line}:{first_column}"))
        .at("", Place::Text { line, column })
}

pub(super) fn too_deep(text: &str, at: usize, depth: usize) -> Problem {
    let (line, column) = line_column(text, at);
    let found = format!("brackets nested more than {depth} deep");
    Problem::new("", found, format!("at most {depth} levels")).at("", Place::Text { line, column })
}
