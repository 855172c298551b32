//! `comparison.md`: the table in Markdown, as GitHub and pandoc read it.

use crate::experiment::{Comparison, Judgement};

use super::paper::{Cell, Mark, Row, Table};

/// The file's text; `seeds` are those of the variants, each once.
pub fn markdown(scenario: &str, seeds: &[u64], comparison: &Comparison, judgement: &Judgement) -> String {
    let table = Table::new(scenario, seeds, comparison, judgement);
    let mut text = format!("{}\n", escaped(&table.caption));
    if let Some(marks) = &table.marks {
        text += &format!("⁺ better, ⁻ worse, ≠ other {}.\n", escaped(marks));
    }
    let heads: Vec<String> = table.variants.iter().map(|v| escaped(v)).collect();
    text += &format!("\n| | {} |\n|---|{}\n", heads.join(" | "), "---:|".repeat(heads.len()));
    for row in &table.rows {
        let cells: Vec<String> = row.cells.iter().map(|c| c.as_ref().map_or("–".to_owned(), cell)).collect();
        text += &format!("| {} | {} |\n", head(row), cells.join(" | "));
    }
    text
}

fn head(row: &Row) -> String {
    let power = if row.power == 0 { String::new() } else { format!("10<sup>{}</sup> ", row.power) };
    let unit = format!("{power}{}", row.unit);
    let unit = if unit.is_empty() { unit } else { format!(" ({})", unit.trim_end()) };
    format!("{}{unit}", escaped(&row.words))
}

fn cell(cell: &Cell) -> String {
    let half = cell.half.as_ref().map(|h| format!(" ± {h}")).unwrap_or_default();
    let mark = match cell.mark {
        Mark::None => "",
        Mark::Better => " ⁺",
        Mark::Worse => " ⁻",
        Mark::Differs => " ≠",
    };
    format!("{}{half}{mark}", cell.mean)
}

/// Text that Markdown takes as it is.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '#' | '~' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_label_cannot_break_the_table() {
        assert_eq!(escaped("a|b\n*c*"), "a\\|b \\*c\\*");
    }
}
