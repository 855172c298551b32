//! A formula's text in pieces.

use super::FormulaError;

/// A piece of a formula.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Name(String),
    /// One of `+ - * / ^ ( ) ,`.
    Symbol(char),
}

/// Pieces, each with the character at which it begins, counted from 1.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, FormulaError> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let rest = chars.get(at..).unwrap_or_default();
        let (length, token) = match c {
            _ if c.is_whitespace() => {
                at += 1;
                continue;
            }
            '+' | '-' | '*' | '/' | '^' | '(' | ')' | ',' => (1, Token::Symbol(c)),
            _ if c.is_ascii_digit() || c == '.' => number(at, rest)?,
            _ if is_letter(c) => {
                let name: String = rest.iter().take_while(|c| is_letter(**c) || c.is_ascii_digit()).collect();
                (name.len(), Token::Name(name))
            }
            _ => {
                let expected = "a number, a name, or one of + - * / ^ ( ) ,";
                let found = format!("`{}`", crate::json::printable(&c.to_string(), 8));
                return Err(FormulaError::Syntax { at: at + 1, found, expected });
            }
        };
        found.push((at + 1, token));
        at += length;
    }
    Ok(found)
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

/// Digits with at most one point, and an exponent where one follows: `870`, `.5`, `6.86e6`.
fn number(at: usize, rest: &[char]) -> Result<(usize, Token), FormulaError> {
    let digits = |from: usize| rest.iter().skip(from).take_while(|c| c.is_ascii_digit()).count();
    let mut length = rest.iter().take_while(|c| c.is_ascii_digit() || **c == '.').count();
    if matches!(rest.get(length), Some('e' | 'E')) {
        let sign = usize::from(matches!(rest.get(length + 1), Some('+' | '-')));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    let text: String = rest.iter().take(length).collect();
    match text.parse::<f64>() {
        Ok(x) if x.is_finite() => Ok((length, Token::Number(x))),
        _ => {
            let found = format!("`{}`", crate::json::printable(&text, 40));
            Err(FormulaError::Syntax { at: at + 1, found, expected: "a number such as 870, 0.5 or 6.86e6" })
        }
    }
}
