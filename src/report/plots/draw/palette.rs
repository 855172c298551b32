//! How each variant looks: a colour, a dash and a marker that belong to its name.
//!
//! A look is a number from 0 to 167: colour is its rest by 24 (eight hues in three shades), marker its rest by
//! 7, dash its rest by 6. 24 and 7 have no common factor, so no two numbers share both colour and marker.

use super::names::FAMILIES;
use super::theme::{DASHES, MARKERS, Marker, OTHER, PALETTE, Rgb, tint};
use std::collections::{BTreeMap, BTreeSet};

/// Looks with another colour or marker.
const LOOKS: usize = 168;
/// Different colours.
const COLORS: usize = 24;
/// Hues, the weakest on white last.
const HUES: usize = PALETTE.len();
/// How much of a colour bars keep, by the second part of a crossed name.
const SHADES: [f64; 4] = [1.0, 0.58, 0.78, 0.36];
/// What stands between the parts of a crossed name.
const CROSS: &str = " / ";

/// How what belongs to a name is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::report::plots) struct Look {
    /// Of lines and points.
    pub(in crate::report::plots) color: Rgb,
    /// Of bars.
    pub(in crate::report::plots) fill: Rgb,
    pub(in crate::report::plots) dash: &'static [f64],
    pub(in crate::report::plots) marker: Marker,
}

impl Look {
    /// Of what has no name of its own.
    pub(in crate::report::plots) const NONE: Self =
        Self { color: OTHER, fill: OTHER, dash: &[], marker: Marker::Circle };

    fn new(color: Rgb, mark: usize) -> Self {
        let dash = DASHES.get(mark % DASHES.len()).copied().unwrap_or(&[]);
        let marker = MARKERS.get(mark % MARKERS.len()).copied().unwrap_or(Marker::Circle);
        Self { color, fill: color, dash, marker }
    }
}

/// The looks of all names of a folder.
#[derive(Clone, Debug, Default)]
pub(in crate::report::plots) struct Looks(BTreeMap<String, Look>);

impl Looks {
    /// A look for each of `names`; `colors` are chosen by hand, for whole names or for parts of crossed ones.
    ///
    /// Of crossed names (`easy / ondemand`) the first part that varies gives the colour, the rest the marker, the
    /// dash and the shade of bars.
    pub(in crate::report::plots) fn new(names: &[String], colors: &BTreeMap<String, Rgb>) -> Self {
        let homes = homes();
        let parts = parts(names);
        let (first, rest): (Vec<&str>, Vec<&str>) = parts.iter().map(|(a, b)| (a.as_str(), b.as_str())).unzip();
        let (ink, marks) = (slots(&distinct(&first), &homes), marks(&distinct(&rest), &homes));
        let mut looks = BTreeMap::new();
        for (name, (first, rest)) in names.iter().zip(&parts) {
            let slot = ink.get(first.as_str()).copied().unwrap_or(0);
            let mark = marks.get(rest.as_str()).copied();
            let mut look = Look::new(color_of(slot), mark.map_or(slot, |(mark, _)| mark));
            if let Some(&chosen) = colors.get(name).or_else(|| colors.get(first)) {
                (look.color, look.fill) = (chosen, chosen);
            }
            if let Some((_, place)) = mark
                && !colors.contains_key(name)
            {
                look.fill = tint(look.color, SHADES.get(place % SHADES.len()).copied().unwrap_or(1.0));
            }
            looks.insert(name.clone(), look);
        }
        Self(looks)
    }

    /// The look of `name`.
    pub(in crate::report::plots) fn of(&self, name: &str) -> Look {
        self.0.get(name).copied().unwrap_or(Look::NONE)
    }
}

/// The colours of lines and points of variants, as all charts of a folder with these names have them.
pub(in crate::report) fn variant_colors(names: &[String], chosen: &BTreeMap<String, Rgb>) -> Vec<Rgb> {
    let looks = Looks::new(names, chosen);
    names.iter().map(|name| looks.of(name).color).collect()
}

/// Whether `name` is a policy that everyone knows.
pub(in crate::report::plots) fn is_known(name: &str) -> bool {
    FAMILIES.iter().any(|family| family.contains(&name))
}

/// The parts of a crossed name.
pub(in crate::report::plots) fn split(name: &str) -> impl Iterator<Item = &str> {
    name.split(CROSS)
}

/// Each name as (what gives the colour, what gives the marker): the parts in which the names differ. The second
/// is empty where one part is enough.
fn parts(names: &[String]) -> Vec<(String, String)> {
    let split: Vec<Vec<&str>> = names.iter().map(|name| split(name).collect()).collect();
    let whole = || names.iter().map(|name| (name.clone(), String::new())).collect();
    let Some(first) = split.first() else { return Vec::new() };
    if first.len() < 2 || split.iter().any(|parts| parts.len() != first.len()) {
        return whole();
    }
    let varies = |place: &usize| split.iter().any(|parts| parts.get(*place) != first.get(*place));
    let mut varying: Vec<usize> = (0..first.len()).filter(varies).collect();
    if varying.is_empty() {
        varying.push(0);
    }
    let pick = |parts: &[&str], places: &[usize]| {
        let picked: Vec<&str> = places.iter().filter_map(|&place| parts.get(place).copied()).collect();
        picked.join(CROSS)
    };
    let (color, mark) = varying.split_at(1);
    split.iter().map(|parts| (pick(parts, color), pick(parts, mark))).collect()
}

fn distinct<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    names.iter().copied().filter(|name| seen.insert(*name)).collect()
}

/// The look of each well-known name: its place in its family, after those that an earlier family has given.
fn homes() -> BTreeMap<&'static str, usize> {
    let mut homes = BTreeMap::new();
    for family in FAMILIES {
        let mut used: BTreeSet<usize> = family.iter().filter_map(|name| homes.get(name).copied()).collect();
        for name in family {
            if homes.contains_key(name) {
                continue;
            }
            let free = (0..LOOKS).find(|slot| !used.contains(slot)).unwrap_or(0);
            used.insert(free);
            homes.insert(*name, free);
        }
    }
    homes
}

/// A look for each name, no two the same while there are others: well-known names first, then what begins with
/// one (`timeout+after=10 s`), then the others by a hash of their letters, in a free colour while there is one.
fn slots<'a>(names: &[&'a str], homes: &BTreeMap<&str, usize>) -> BTreeMap<&'a str, usize> {
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    let mut used = BTreeSet::new();
    for known in [|name: &'a str| name, stem] {
        for name in names {
            if let Some(&slot) = homes.get(known(name))
                && !taken.contains_key(name)
                && used.insert(slot)
            {
                taken.insert(name, slot);
            }
        }
    }
    for name in names {
        if !taken.contains_key(name) {
            let slot = free_slot(hash(name), &used);
            used.insert(slot);
            taken.insert(name, slot);
        }
    }
    taken
}

/// The first free look of the colours from the hash on; then any free one; then one that is used.
fn free_slot(hash: usize, used: &BTreeSet<usize>) -> usize {
    let used_colors: BTreeSet<usize> = used.iter().map(|slot| slot % COLORS).collect();
    let strong = HUES - 1;
    let hues = (0..strong).map(|step| (hash + step) % strong).chain([strong]);
    let colors = (0..COLORS / HUES).flat_map(|shade| hues.clone().map(move |hue| shade * HUES + hue));
    let fresh = colors.into_iter().find(|color| !used_colors.contains(color));
    fresh.or_else(|| (0..LOOKS).find(|slot| !used.contains(slot))).unwrap_or(hash % LOOKS)
}

/// (marker and dash, place in order) for each second part; none where there is but one.
fn marks<'a>(names: &[&'a str], homes: &BTreeMap<&str, usize>) -> BTreeMap<&'a str, (usize, usize)> {
    if names.len() < 2 {
        return BTreeMap::new();
    }
    let count = MARKERS.len();
    let mut used = BTreeSet::new();
    let mut marks = BTreeMap::new();
    for (place, name) in names.iter().enumerate() {
        let home = homes.get(stem(name)).copied().unwrap_or_else(|| hash(name)) % count;
        let shapes = (0..count).map(|step| (home + step) % count);
        let mark = shapes.into_iter().find(|shape| !used.contains(shape)).unwrap_or(place);
        used.insert(mark);
        marks.insert(*name, (mark, place));
    }
    marks
}

/// `name` without its parameters.
fn stem(name: &str) -> &str {
    name.split(['+', ' ', '(', '=', '@']).next().unwrap_or(name)
}

/// FNV-1a.
fn hash(name: &str) -> usize {
    let bits = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    bits as usize
}

fn color_of(slot: usize) -> Rgb {
    let color = slot % COLORS;
    let plain = PALETTE.get(color % HUES).copied().unwrap_or(OTHER);
    match color / HUES {
        0 => plain,
        1 => {
            let darker = |channel: u8| (f64::from(channel) * 0.58).round() as u8;
            (darker(plain.0), darker(plain.1), darker(plain.2))
        }
        // Light yellow cannot be seen on white.
        _ if color % HUES == HUES - 1 => (150, 105, 70),
        _ => tint(plain, 0.58),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(names: &[&str]) -> Vec<Look> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let looks = Looks::new(&names, &BTreeMap::new());
        names.iter().map(|name| looks.of(name)).collect()
    }

    fn differ(looks: &[Look]) -> bool {
        let pairs: BTreeSet<_> = looks.iter().map(|look| (look.color, look.marker as u8)).collect();
        pairs.len() == looks.len()
    }

    #[test]
    fn a_policy_looks_the_same_in_whatever_company() {
        let (fifo, easy) = (looks(&["fifo"])[0], looks(&["easy"])[0]);
        assert_eq!(looks(&["easy", "fifo"]), [easy, fifo]);
        assert_eq!(looks(&["my-own", "sjf", "mine", "fifo", "x", "easy"])[3], fifo);
        // Fifo is blue, EASY orange: the first two of the schedulers.
        assert_eq!((fifo.color, easy.color), (PALETTE[0], PALETTE[1]));
    }

    #[test]
    fn no_two_policies_of_a_family_look_alike() {
        for family in FAMILIES {
            assert!(family.len() <= LOOKS && differ(&looks(family)), "{family:?}");
        }
    }

    #[test]
    fn unknown_names_take_colours_that_nobody_has() {
        let names: Vec<String> = (0..150).map(|k| format!("variant {k}")).chain(["fifo".to_owned()]).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert!(differ(&looks(&names)));
        // Eight names, eight hues.
        let few: BTreeSet<Rgb> = looks(&names[..8]).iter().map(|look| look.color).collect();
        assert_eq!(few, PALETTE.into_iter().collect());
        // Nothing runs out: names without end, looks used twice.
        let many: Vec<String> = (0..500).map(|k| format!("v{k}")).collect();
        assert_eq!(looks(&many.iter().map(String::as_str).collect::<Vec<_>>()).len(), 500);
    }

    #[test]
    fn crossed_names_share_a_colour_by_the_first_part_and_a_marker_by_the_second() {
        let crossed = looks(&["easy / ondemand", "easy / powersave", "sjf / ondemand", "sjf / powersave"]);
        assert!(differ(&crossed));
        assert_eq!((crossed[0].color, crossed[2].color), (looks(&["easy"])[0].color, looks(&["sjf"])[0].color));
        assert_eq!(crossed[0].color, crossed[1].color);
        assert_eq!((crossed[0].marker, crossed[1].marker), (crossed[2].marker, crossed[3].marker));
        // Bars of one colour differ in shade.
        assert_ne!(crossed[0].fill, crossed[1].fill);
        // A part that does not vary tells nothing: the other one decides.
        assert_eq!(looks(&["fifo / never", "easy / never"]), looks(&["fifo", "easy"]));
        assert_eq!(looks(&["easy / ondemand"]), looks(&["easy"]));
    }

    #[test]
    fn a_policy_with_parameters_looks_like_the_policy() {
        let (plain, long) = (looks(&["timeout"])[0], looks(&["timeout+after=10 s", "timeout+after=20 s"]));
        assert_eq!(long[0], plain);
        assert!(differ(&long));
    }

    #[test]
    fn chosen_colours_win() {
        let names = ["easy / a".to_owned(), "easy / b".to_owned(), "fifo / a".to_owned()];
        let red = (255, 0, 0);
        let part = Looks::new(&names, &BTreeMap::from([("easy".to_owned(), red)]));
        assert_eq!((part.of("easy / a").color, part.of("easy / b").color), (red, red));
        let whole = Looks::new(&names, &BTreeMap::from([("easy / b".to_owned(), red)]));
        assert_eq!(whole.of("easy / b").fill, red);
        assert_eq!(whole.of("easy / a").color, PALETTE[1]);
    }
}
