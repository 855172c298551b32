//! A tokenizer that keeps byte positions, which a parsed tree no longer has.
//!
//! It is iterative, so no depth of nesting can exhaust the stack. It is meant
//! for valid JSON; on anything else it may report nonsense, but it stops.

use std::ops::Range;

/// A piece of JSON text, with the bytes where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// `{` at this byte.
    Object(usize),
    /// `[` at this byte.
    Array(usize),
    /// `}` or `]` at this byte.
    Close(usize),
    /// A key with its quotes.
    Key(Range<usize>),
    /// A string with its quotes, a number, or a word.
    Scalar(Range<usize>),
}

/// Walks the tokens of a JSON text.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Opening brackets not yet closed: the byte, and whether it is an object.
    open: Vec<(usize, bool)>,
    /// The next string in an object is a key.
    expects_key: bool,
}

impl<'a> Scanner<'a> {
    /// Starts at the beginning of `text`.
    pub(super) fn new(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), at: 0, open: Vec::new(), expects_key: false }
    }

    /// How many brackets are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Where the innermost open bracket stands.
    pub(super) fn innermost_open(&self) -> Option<usize> {
        self.open.last().map(|&(at, _)| at)
    }

    /// Passes over one value and returns its bytes; `None` where no value stands.
    pub(super) fn skip_value(&mut self) -> Option<Range<usize>> {
        let depth = self.depth();
        let start = match self.next()? {
            Token::Scalar(range) => return Some(range),
            Token::Object(at) | Token::Array(at) => at,
            Token::Key(_) | Token::Close(_) => return None,
        };
        loop {
            if let Token::Close(at) = self.next()?
                && self.depth() <= depth
            {
                return Some(start..at + 1);
            }
        }
    }

    /// The byte after the string that opens at `start`.
    fn string_end(&self, start: usize) -> usize {
        let mut at = start + 1;
        while let Some(&b) = self.bytes.get(at) {
            match b {
                b'"' => return at + 1,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        self.bytes.len()
    }

    /// The byte after the number or word that begins at `start`.
    fn word_end(&self, start: usize) -> usize {
        let rest = self.bytes.get(start + 1..).unwrap_or_default();
        let ends = |b: &u8| b.is_ascii_whitespace() || b",:{}[]\"".contains(b);
        rest.iter().position(ends).map_or(self.bytes.len(), |n| start + 1 + n)
    }
}

impl Iterator for Scanner<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            let at = self.at;
            let byte = *self.bytes.get(at)?;
            self.at += 1;
            match byte {
                b'{' | b'[' => {
                    let object = byte == b'{';
                    self.open.push((at, object));
                    self.expects_key = object;
                    return Some(if object { Token::Object(at) } else { Token::Array(at) });
                }
                b'}' | b']' => {
                    self.open.pop();
                    self.expects_key = false;
                    return Some(Token::Close(at));
                }
                b',' => self.expects_key = self.open.last().is_some_and(|&(_, object)| object),
                b':' => self.expects_key = false,
                b'"' => {
                    self.at = self.string_end(at);
                    let range = at..self.at;
                    return Some(if self.expects_key { Token::Key(range) } else { Token::Scalar(range) });
                }
                b if b.is_ascii_whitespace() => {}
                _ => {
                    self.at = self.word_end(at);
                    return Some(Token::Scalar(at..self.at));
                }
            }
        }
    }
}
