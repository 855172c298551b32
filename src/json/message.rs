//! serde's messages taken apart into what was expected and which names are known.

/// What a message of serde says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said<'a> {
    /// A key that the object does not have; with the names that it has.
    UnknownKey {
        /// The list as serde wrote it, empty where there are no keys at all.
        expected: &'a str,
        /// The names in it.
        known: Vec<&'a str>,
    },
    /// A name that is not one of the known ones.
    UnknownName {
        /// The name.
        name: &'a str,
        /// The list as serde wrote it.
        expected: &'a str,
        /// The names in it.
        known: Vec<&'a str>,
    },
    /// A required key is not there.
    Missing {
        /// The key.
        name: &'a str,
        /// The values that it may have, where the message says so.
        expected: &'a str,
        /// A hint that was sent along.
        hint: Option<String>,
    },
    /// A value of another type, out of range, or of another length.
    Mismatch {
        /// What was expected.
        expected: String,
        /// A hint that was sent along.
        hint: Option<String>,
    },
    /// Words of a `Deserialize` of our own.
    Other,
}

/// Takes `message` apart.
pub(super) fn read(message: &str) -> Said<'_> {
    if let Some(rest) = message.strip_prefix("unknown field `") {
        let (_, expected) = name_and_list(rest);
        return Said::UnknownKey { expected, known: names(expected) };
    }
    if let Some(rest) = message.strip_prefix("unknown variant `") {
        let (name, expected) = name_and_list(rest);
        return Said::UnknownName { name, expected, known: names(expected) };
    }
    if let Some(rest) = message.strip_prefix("missing field `") {
        let (rest, hint) = hint(rest);
        let (name, expected) = name_and_list(rest);
        return Said::Missing { name, expected, hint };
    }
    if message.starts_with("invalid ")
        && let Some((_, expected)) = message.rsplit_once(", expected ")
    {
        let (expected, hint) = hint(expected);
        return Said::Mismatch { expected: plain(expected), hint };
    }
    Said::Other
}

/// ``x`, expected one of `a`, `b` `` as `x` and the list. What the user wrote comes first and
/// may look like anything; the list is ours, so the last divider is the true one.
fn name_and_list(rest: &str) -> (&str, &str) {
    match rest.rsplit_once("`, expected ") {
        Some(parts) => parts,
        None => (rest.rsplit_once('`').map_or(rest, |(name, _)| name), ""),
    }
}

/// The names between backticks.
fn names(list: &str) -> Vec<&str> {
    list.split('`').skip(1).step_by(2).collect()
}

fn hint(text: &str) -> (&str, Option<String>) {
    match text.rsplit_once("; did you mean ") {
        Some((rest, hint)) => (rest, Some(format!("did you mean {hint}"))),
        None => (text, None),
    }
}

/// A Rust type's name in the words of JSON.
fn plain(expected: &str) -> String {
    let text = match expected {
        "f64" | "f32" => "a number",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "usize" => "a whole number >= 0",
        "a nonzero u32" | "a nonzero u64" | "a nonzero usize" => "a whole number >= 1",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "a boolean" => "true or false",
        "string" | "a borrowed string" | "variant identifier" => "a string",
        "a sequence" => "an array",
        "a map" => "an object",
        "string or map" => "a string or an object with one key",
        "map with a single key" | "newtype variant" | "struct variant" | "tuple variant" => "an object with one key",
        "unit" | "unit variant" => "a string",
        other => {
            if other.starts_with("struct ") {
                "an object"
            } else if let Some(length) = other.strip_prefix("a tuple of size ") {
                return format!("an array of {length}");
            } else {
                other
            }
        }
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Said, read};

    #[test]
    fn what_a_user_wrote_does_not_pass_for_our_list() {
        let said = read("unknown variant `a`, expected `b`, expected one of `easy`, `fifo`");
        let name = "a`, expected `b";
        assert_eq!(said, Said::UnknownName { name, expected: "one of `easy`, `fifo`", known: vec!["easy", "fifo"] });
    }
}
