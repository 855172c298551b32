//! The colours of the page: those of the charts.

use std::collections::BTreeMap;

use crate::report::plots::draw::palette::variant_colors;
use crate::report::plots::draw::theme::{OTHER, PALETTE, Rgb, color, kind_color};

use super::escape;

/// Groups of tasks with a colour of their own where there are more than colours.
const COLORED: usize = 6;

/// Kinds of units that a scenario can name.
const KINDS: [&str; 7] = ["cpu", "gpu", "tpu", "npu", "lpu", "fpga", "vpu"];

/// `{"other", "palette", "kinds": {name: colour}, "column", "groups": {name: colour}}`: `column` is what groups
/// tasks by colour, `groups` have unit seconds each.
pub(super) fn data(column: &str, groups: &[(String, f64)]) -> String {
    let kinds: BTreeMap<&str, String> = KINDS.iter().map(|kind| (*kind, hex(kind_color(kind)))).collect();
    let palette: Vec<String> = PALETTE.iter().map(|rgb| hex(*rgb)).collect();
    let own = own(groups);
    let groups = groups.iter().enumerate().map(|(i, (name, _))| {
        let color = own.get(&i).copied().unwrap_or(OTHER);
        format!("{}:{}", escape::string(name), escape::string(&hex(color)))
    });
    format!(
        "{{\"other\":\"{}\",\"palette\":{},\"kinds\":{},\"column\":{},\"groups\":{{{}}}}}",
        hex(OTHER),
        serde_json::to_string(&palette).unwrap_or_default(),
        serde_json::to_string(&kinds).unwrap_or_default(),
        escape::string(column),
        groups.collect::<Vec<_>>().join(",")
    )
}

/// `{name: colour}` of variants; `chosen` are those of the folder's own choice of charts.
pub(super) fn variants(names: &[String], chosen: &BTreeMap<String, Rgb>) -> String {
    let colors = names.iter().zip(variant_colors(names, chosen));
    let entry = |(name, color): (&String, Rgb)| format!("{}:\"{}\"", escape::string(name), hex(color));
    format!("{{{}}}", colors.map(entry).collect::<Vec<_>>().join(","))
}

/// The groups with the most unit time keep a colour of their own, by their first appearance.
fn own(groups: &[(String, f64)]) -> BTreeMap<usize, Rgb> {
    let mut order: Vec<(usize, f64)> = groups.iter().map(|(_, time)| *time).enumerate().collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let kept = if order.len() <= PALETTE.len() { order.len() } else { COLORED };
    let mut chosen: Vec<usize> = order.iter().take(kept).map(|(number, _)| *number).collect();
    chosen.sort_unstable();
    // Of more names than colours two that are kept may share one by number: then count up.
    let by_number = chosen.iter().all(|&number| number < PALETTE.len());
    chosen.iter().enumerate().map(|(rank, &n)| (n, color(if by_number { n } else { rank }))).collect()
}

fn hex((r, g, b): Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_groups_keep_colours_of_their_own() {
        let few: Vec<(String, f64)> = ["a", "b"].map(|n| (n.to_owned(), 1.0)).into();
        assert_eq!(own(&few).into_values().collect::<Vec<_>>(), [color(0), color(1)]);
        let many: Vec<(String, f64)> = (0..20).map(|k| (k.to_string(), f64::from(k))).collect();
        assert_eq!(own(&many).into_keys().collect::<Vec<_>>(), [14, 15, 16, 17, 18, 19]);
    }
}
