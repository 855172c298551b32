//! Names of records: each its own, as text or as a number.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cell::Cell;
use super::error::TraceError;
use crate::model::task::Label;

/// The names seen so far, each with its line.
#[derive(Default)]
pub(super) struct Names(BTreeMap<String, u64>);

impl Names {
    /// The name in `cell`, of 1 to 256 bytes, which no earlier record has.
    pub(super) fn take(&mut self, cell: &Cell<'_>) -> Result<String, TraceError> {
        self.take_within("", cell)
    }

    /// As [`Names::take`] where records of different `scope` may share a name.
    pub(super) fn take_within(&mut self, scope: &str, cell: &Cell<'_>) -> Result<String, TraceError> {
        let name = cell.text()?.to_owned();
        if name.is_empty() || name.len() > 256 {
            return Err(cell.error("a name of 1 to 256 bytes"));
        }
        // No line of text has a line end inside, so the pair is told apart from any other.
        let key = if scope.is_empty() { name.clone() } else { format!("{scope}\n{name}") };
        match self.0.insert(key, cell.line) {
            None => Ok(name),
            Some(line) => Err(cell.error("a name of its own").hint(format!("line {line} has the same name"))),
        }
    }
}

/// The name as a number where that writes back the same text, else as text.
pub(super) fn label(name: &str) -> Label {
    match name.parse::<u64>() {
        Ok(number) if number.to_string() == name => Label::Number(number),
        _ => Label::Text(Arc::from(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_numbers_are_numbers() {
        for (name, number) in [("0", Some(0)), ("17", Some(17)), ("18446744073709551615", Some(u64::MAX))] {
            assert_eq!(label(name), number.map(Label::Number).unwrap());
        }
        for name in ["007", "+7", "-7", "7.0", "18446744073709551616", "363167#0", "a"] {
            assert_eq!(label(name), Label::Text(Arc::from(name)));
            assert_eq!(label(name).to_string(), name);
        }
    }
}
