//! `comparison.tex`: the table in LaTeX. It needs the package `booktabs`.

use crate::experiment::{Comparison, Judgement};

use super::paper::{Cell, Mark, Row, Table};

/// Variants beside each other; more go below.
const COLUMNS: usize = 6;

/// The file's text; `seeds` are those of the variants, each once.
pub fn latex(scenario: &str, seeds: &[u64], comparison: &Comparison, judgement: &Judgement) -> String {
    let table = Table::new(scenario, seeds, comparison, judgement);
    let mut caption = escaped(&table.caption);
    if let Some(marks) = &table.marks {
        caption += &format!(" $^{{+}}$~better, $^{{-}}$~worse, $^{{\\neq}}$~other {}.", escaped(marks));
    }
    let mut text = format!(
        "% needs \\usepackage{{booktabs}}\n\\begin{{table}}\n\\centering\n\\caption{{{caption}}}\n\\label{{tab:comparison}}\n"
    );
    let mut from = 0;
    for variants in table.variants.chunks(COLUMNS) {
        if from > 0 {
            text += "\n\\medskip\n\n";
        }
        text += &block(&table, variants, from);
        from += variants.len();
    }
    text + "\\end{table}\n"
}

/// The columns of some variants, the first of them number `from`.
fn block(table: &Table, variants: &[String], from: usize) -> String {
    let heads: String = variants.iter().map(|v| format!(" & {}", escaped(v))).collect();
    let columns = "r".repeat(variants.len());
    let mut text = format!("\\begin{{tabular}}{{@{{}}l{columns}@{{}}}}\n\\toprule\n{heads} \\\\\n\\midrule\n");
    for row in &table.rows {
        text += &head(row);
        for value in row.cells.iter().skip(from).take(variants.len()) {
            text += &format!(" & {}", value.as_ref().map_or("--".to_owned(), cell));
        }
        text += " \\\\\n";
    }
    text + "\\bottomrule\n\\end{tabular}\n"
}

fn head(row: &Row) -> String {
    let power = if row.power == 0 { String::new() } else { format!("$10^{{{}}}$", row.power) };
    let gap = if power.is_empty() || row.unit.is_empty() { "" } else { "~" };
    let unit = format!("{power}{gap}{}", escaped(row.unit));
    let unit = if unit.is_empty() { unit } else { format!(" ({unit})") };
    format!("{}{unit}", escaped(&row.words))
}

fn cell(cell: &Cell) -> String {
    let half = cell.half.as_ref().map(|h| format!(" \\pm {h}")).unwrap_or_default();
    let mark = match cell.mark {
        Mark::None => "",
        Mark::Better => "^{+}",
        Mark::Worse => "^{-}",
        Mark::Differs => "^{\\neq}",
    };
    format!("${}{half}{mark}$", cell.mean)
}

/// Text that LaTeX takes as it is.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => out.extend(['\\', c]),
            '\\' => out += "\\textbackslash{}",
            '~' => out += "\\textasciitilde{}",
            '^' => out += "\\textasciicircum{}",
            '<' => out += "\\textless{}",
            '>' => out += "\\textgreater{}",
            '"' => out += "\\textquotedbl{}",
            '|' => out += "\\textbar{}",
            '±' => out += "$\\pm$",
            '°' => out += "\\textdegree{}",
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
    fn nothing_in_a_label_is_a_command() {
        assert_eq!(escaped(r"50 % \input{x}_$1^2"), r"50 \% \textbackslash{}input\{x\}\_\$1\textasciicircum{}2");
        assert_eq!(escaped("a\nb"), "a b");
    }
}
