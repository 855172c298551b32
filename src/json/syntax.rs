//! What is wrong with a text that is not JSON, in words that help to mend it.

use super::locate::line_column;
use super::parse::too_deep;
use super::problem::{Place, Problem};
use super::scan::{Scanner, Token};

/// Turns a syntax error of `serde_json` into a problem at its place in `text`.
pub(super) fn explain(text: &str, error: &serde_json::Error, depth: usize) -> Problem {
    let said = error.to_string();
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(message, _)| message);
    if said.starts_with("recursion limit") {
        let mut scan = Scanner::new(text);
        let opens = |s: &mut Scanner<'_>| match s.next() {
            Some(Token::Object(at) | Token::Array(at)) if s.depth() > depth => Some(Some(at)),
            Some(_) => Some(None),
            None => None,
        };
        let at = std::iter::from_fn(|| opens(&mut scan)).flatten().next();
        return too_deep(text, at.unwrap_or(0), depth);
    }
    let offset = offset(text, error.line(), error.column());
    let (at, found, expected, hint) = if error.is_eof() {
        unfinished(text)
    } else if said == "trailing comma" {
        let comma = text.get(..offset).and_then(|t| t.rfind(',')).unwrap_or(offset);
        (comma, "a comma after the last element".into(), "none there".into(), Some("remove the comma".into()))
    } else {
        unexpected(text, offset, said)
    };
    let (line, column) = line_column(text, at);
    Problem::new("", found, expected).hint(hint).at("", Place::Text { line, column })
}

type Finding = (usize, String, String, Option<String>);

/// The text stops before its last bracket or string is closed.
fn unfinished(text: &str) -> Finding {
    let mut scan = Scanner::new(text);
    let mut last = 0;
    for token in scan.by_ref() {
        if let Token::Key(range) | Token::Scalar(range) = token {
            last = range.start;
        }
    }
    let open_string = text.get(last..).is_some_and(|t| t.starts_with('"') && is_open_string(t));
    let hint = if open_string {
        let (line, column) = line_column(text, last);
        Some(format!("the string that opens at {line}:{column} is not closed"))
    } else {
        scan.innermost_open().map(|at| {
            let (line, column) = line_column(text, at);
            format!("the bracket that opens at {line}:{column} is not closed")
        })
    };
    (text.trim_end().len(), "the end of the file".into(), "the rest of the document".into(), hint)
}

fn is_open_string(text: &str) -> bool {
    let mut escaped = false;
    for c in text.chars().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return false,
            _ => {}
        }
    }
    true
}

/// Something stands at `offset` that cannot stand there.
fn unexpected(text: &str, offset: usize, said: &str) -> Finding {
    let start = word_start(text, offset);
    let rest = text.get(start..).unwrap_or_default();
    let word: String = rest.chars().take_while(|&c| is_word(c)).take(80).collect();
    let character = text.get(offset..).and_then(|t| t.chars().next());
    let found = match character {
        _ if !word.is_empty() => format!("`{word}`"),
        Some(c) => format!("`{c}`"),
        None => "the end of the file".into(),
    };
    if said.starts_with("control character") {
        let expected = "it escaped inside a string: \\n, \\t or \\u00XX".to_owned();
        let hint = "is the closing quote missing on this line?".to_owned();
        return (offset, "a line break or control character".into(), expected, Some(hint));
    }
    if said.contains("escape") || said.contains("surrogate") || said.contains("unicode") {
        let expected = "a JSON escape: \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\uXXXX".to_owned();
        return (offset, format!("a string with a wrong escape near {found}"), expected, None);
    }
    let expected = match said {
        "trailing characters" => "the end of the file: a scenario is one JSON value".to_owned(),
        "key must be a string" => "a key in double quotes".to_owned(),
        "expected value" | "expected ident" => "a JSON value".to_owned(),
        "invalid number" => "a decimal number such as 0.5, -3 or 1e9".to_owned(),
        "number out of range" => "a finite number (at most about 1.8e308)".to_owned(),
        other => other.strip_prefix("expected ").unwrap_or(other).to_owned(),
    };
    let hint = hint(rest, &word, character, said);
    (start, found, expected, hint)
}

fn hint(rest: &str, word: &str, character: Option<char>, said: &str) -> Option<String> {
    let number = word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    let text = if rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with('#') {
        "JSON has no comments; use a \"description\""
    } else if character == Some('\'') {
        "strings stand in double quotes"
    } else if character.is_some_and(|c| "“”„‘’«»".contains(c)) {
        "use plain double quotes, not typographic ones"
    } else if matches!(word, "NaN" | "nan" | "Infinity" | "inf" | "-Infinity" | "-inf") {
        "numbers are finite; leave the key out where there is no value"
    } else if matches!(word, "True" | "TRUE" | "False" | "FALSE") {
        "write true or false in small letters"
    } else if matches!(word, "None" | "nil" | "undefined" | "Null" | "NULL") {
        "write null, or leave the key out"
    } else if number && !said.starts_with("number out of range") {
        "digits with an optional point and exponent; a number with a unit is a string: \"5 s\""
    } else if !word.is_empty() && (said == "expected value" || said == "expected ident") {
        "text stands in double quotes"
    } else if said.starts_with("expected `,`") {
        "is a comma missing before it?"
    } else {
        return None;
    };
    Some(text.to_owned())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || "_+-.".contains(c)
}

/// Where the word around `offset` begins, on the same line and outside strings.
fn word_start(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or_default();
    let back = before.chars().rev().take(80).take_while(|&c| is_word(c)).map(char::len_utf8).sum::<usize>();
    let inside = text.get(offset..).and_then(|t| t.chars().next()).is_some_and(is_word);
    // A word that ended just before is not the culprit, as in `1 2` or `true]`.
    if inside { offset - back } else { offset }
}

/// The byte that `serde_json` points at: line and column count bytes from 1, where column 0 is
/// the line break before.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut at = (start + column).saturating_sub(1).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
