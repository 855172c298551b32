//! "Did you mean …?": the known name nearest to a misspelt one.

/// The name in `known` that `found` most likely stands for, if any is near enough.
///
/// Near is: equal but for case and `_` or blanks in place of `-`; at most two edits (one in
/// names of up to four letters), a swap of neighbours being one; or a Jaro-Winkler similarity of 0.88, which
/// favours a common beginning.
pub fn nearest<'a, S: AsRef<str>>(found: &str, known: &'a [S]) -> Option<&'a str> {
    // Nobody misspells a name into a kilobyte, and the distance is quadratic.
    if found.is_empty() || found.len() > 128 {
        return None;
    }
    let found = normal(found);
    let mut best: Option<(usize, f64, &str)> = None;
    for name in known.iter().map(AsRef::as_ref) {
        let candidate = normal(name);
        let edits = strsim::osa_distance(&found, &candidate);
        let likeness = strsim::jaro_winkler(&found, &candidate);
        let allowed = if found.chars().count().min(candidate.chars().count()) <= 4 { 1 } else { 2 };
        let nearer = match best {
            Some((e, l, _)) => edits < e || (edits == e && likeness > l),
            None => true,
        };
        // Of a single letter, one edit leaves nothing.
        let something_left = edits < found.chars().count().max(candidate.chars().count());
        if nearer && something_left && (edits <= allowed || likeness >= 0.88) {
            best = Some((edits, likeness, name));
        }
    }
    best.map(|(_, _, name)| name)
}

/// `did you mean …?` for the nearest name, if there is one.
pub fn did_you_mean<S: AsRef<str>>(found: &str, known: &[S]) -> Option<String> {
    nearest(found, known).map(|name| format!("did you mean `{name}`?"))
}

fn normal(name: &str) -> String {
    name.trim().chars().map(|c| if matches!(c, '_' | ' ') { '-' } else { c.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_of_the_hand_are_found_and_other_words_are_not() {
        let known = ["easy", "easy-sjbf", "fifo", "least-loaded", "round-robin", "rate", "exponential", "1"];
        let cases = [
            ("esay", Some("easy")),
            ("EASY", Some("easy")),
            ("lest_loaded", Some("least-loaded")),
            ("Round Robin", Some("round-robin")),
            ("rats", Some("rate")),
            ("exponentail", Some("exponential")),
            ("exponent", Some("exponential")),
            ("lottery", None),
            ("x", None),
            ("9", None),
            ("", None),
        ];
        for (found, expected) in cases {
            assert_eq!(nearest(found, &known), expected, "{found}");
        }
    }
}
