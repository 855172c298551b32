//! Tables in columns, as short JSON that a browser reads fast.
//!
//! A column is `{"name", "v"}` with further members that say how to read `v`: `e` (values are whole multiples of
//! 10^-e), `delta` (each is the step from the one before), `from` (each is counted from the value of another
//! column in the same row), `w` (values are indices into this list, in a string a letter of [`ALPHABET`] each; without indices all rows
//! have its only one),
//! `at` (values stand at these rows only, each given as the step from the one before; between them they hold),
//! `text` (values are words). `""` is a cell without a value.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::escape;

/// The letters of indices, 0 to 63.
const ALPHABET: &[u8; 64] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
/// Different values up to which a column becomes a list of them and an index a row.
const FEW: usize = ALPHABET.len();

/// A value of a cell that is a number, already as short JSON text.
type Text = String;

/// A table on its way into the page.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    columns: Vec<String>,
    rows: usize,
}

impl Table {
    pub(super) fn new(rows: usize) -> Self {
        Self { columns: Vec::new(), rows }
    }

    /// Names or other words, of which many repeat.
    pub(super) fn words<'a>(&mut self, name: &str, values: impl Iterator<Item = &'a str>) {
        let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
        let mut words: Vec<String> = Vec::new();
        let mut indices = Vec::new();
        for value in values {
            let next = numbers.len();
            let number = *numbers.entry(value).or_insert_with(|| {
                words.push(escape::string(value));
                next
            });
            indices.push(number);
        }
        self.push(name, &format!("\"text\":1,\"w\":[{}]", words.join(",")), &letters(words.len(), &indices));
    }

    /// Whole multiples of 10^-`e` of the column's unit, counted from the column `from` where one is named.
    pub(super) fn whole(&mut self, name: &str, e: u32, from: Option<&str>, values: &[Option<i64>]) {
        let texts = values.iter().map(|v| v.map_or_else(null, |v| v.to_string())).collect();
        let from = from.map_or_else(String::new, |base| format!(",\"from\":{}", escape::string(base)));
        self.numbers(name, &format!("\"e\":{e}{from}"), texts);
    }

    /// As [`Table::whole`], each as the step from the one before: short where they rise slowly.
    pub(super) fn steps(&mut self, name: &str, e: u32, values: &[i64]) {
        let mut before = 0;
        let texts: Vec<Text> = values
            .iter()
            .map(|&value| {
                let step = value.saturating_sub(before);
                before = value;
                step.to_string()
            })
            .collect();
        self.push(name, &format!("\"e\":{e},\"delta\":1"), &array(&texts));
    }

    /// Numbers with `digits` significant digits.
    pub(super) fn reals(&mut self, name: &str, digits: usize, values: impl Iterator<Item = Option<f64>>) {
        let texts = values.map(|v| v.map_or_else(null, |v| real(v, digits))).collect();
        self.numbers(name, "\"e\":0", texts);
    }

    /// A column with a value at `indices` only; a cell between them holds the value before it.
    pub(super) fn changes(&mut self, name: &str, indices: &[usize], texts: &[Text]) {
        let mut before = 0;
        let steps: Vec<String> = indices
            .iter()
            .map(|&index| {
                let step = index - before;
                before = index;
                step.to_string()
            })
            .collect();
        self.push(name, &format!("\"at\":[{}]", steps.join(",")), &array(texts));
    }

    fn numbers(&mut self, name: &str, how: &str, texts: Vec<Text>) {
        let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
        let mut different: Vec<&str> = Vec::new();
        for text in &texts {
            let next = numbers.len();
            if next > FEW {
                break;
            }
            numbers.entry(text).or_insert_with(|| {
                different.push(text);
                next
            });
        }
        if different.len() > FEW {
            return self.push(name, how, &array(&texts));
        }
        let indices: Vec<usize> = texts.iter().map(|text| numbers.get(text.as_str()).copied().unwrap_or(0)).collect();
        self.push(name, &format!("{how},\"w\":[{}]", different.join(",")), &letters(different.len(), &indices));
    }

    fn push(&mut self, name: &str, how: &str, v: &str) {
        self.columns.push(format!("{{\"name\":{},{how},\"v\":{v}}}", escape::string(name)));
    }

    /// The table as JSON with members of its own in front: `extra` is JSON members with a comma behind each.
    pub(super) fn json(&self, extra: &str) -> String {
        let mut out = String::new();
        let _ = write!(out, "{{{extra}\"rows\":{},\"columns\":[\n{}\n]}}", self.rows, self.columns.join(",\n"));
        out
    }
}

fn null() -> Text {
    "\"\"".to_owned()
}

fn array(texts: &[Text]) -> String {
    format!("[{}]", texts.join(","))
}

/// Indices into a list of `count`: none where there is no choice, letters where there are enough of them.
fn letters(count: usize, indices: &[usize]) -> String {
    match count {
        0 | 1 => "\"\"".to_owned(),
        2..=FEW => {
            let letter = |&index: &usize| char::from(ALPHABET.get(index).copied().unwrap_or(b'0'));
            format!("\"{}\"", indices.iter().map(letter).collect::<String>())
        }
        _ => array(&indices.iter().map(usize::to_string).collect::<Vec<_>>()),
    }
}

/// A finite number with so many significant digits, as short as JSON allows.
pub(super) fn real(value: f64, digits: usize) -> Text {
    if value == 0.0 || !value.is_finite() {
        return "0".to_owned();
    }
    let rounded: f64 = format!("{value:.*e}", digits.saturating_sub(1)).parse().unwrap_or(value);
    let plain = format!("{rounded}");
    let short = format!("{rounded:e}");
    if short.len() < plain.len() { short } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_json() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (2.0, "2"),
            (1234.5678, "1234.6"),
            (-0.000_012_345_6, "-1.2346e-5"),
            (98_000_000_000.0, "9.8e10"),
            (f64::NAN, "0"),
        ] {
            let found = real(value, 5);
            assert_eq!(found, text);
            assert!(serde_json::from_str::<f64>(&found).is_ok());
        }
    }

    #[test]
    fn a_table_is_json_that_holds_its_values() {
        let mut table = Table::new(3);
        table.words("class", ["a", "</script>", "a"].into_iter());
        table.words("source", ["only"; 3].into_iter());
        table.steps("arrival_s", 3, &[5, 7, 7]);
        table.whole("start_s", 3, Some("arrival_s"), &[Some(0), None, Some(12)]);
        table.reals("energy_j", 3, [Some(1.2345), None, Some(2.0)].into_iter());
        table.changes("queue", &[0, 2], &["0".into(), "4".into()]);
        let text = table.json("\"of\":3,");
        assert!(!text.contains('<'), "{text}");
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&json["of"], &json["rows"]), (&3.into(), &3.into()));
        let column = |i: usize, member: &str| json["columns"][i][member].to_string();
        assert_eq!((column(0, "w"), column(0, "v")), (r#"["a","</script>"]"#.into(), "\"010\"".into()));
        assert_eq!((column(1, "w"), column(1, "v")), (r#"["only"]"#.into(), "\"\"".into()));
        assert_eq!((column(2, "delta"), column(2, "v")), ("1".into(), "[5,2,0]".into()));
        assert_eq!((column(3, "w"), column(3, "v")), ("[0,\"\",12]".into(), "\"012\"".into()));
        assert_eq!(column(4, "w"), "[1.23,\"\",2]");
        assert_eq!((column(5, "at"), column(5, "v")), ("[0,2]".into(), "[0,4]".into()));
    }
}
