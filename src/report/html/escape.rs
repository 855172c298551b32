//! Text of a results folder on its way into HTML: whatever it holds, it stays text.

use crate::json::printable;

/// Longest text that is shown of a name or a message, in characters.
const LONGEST: usize = 4_000;

/// `text` as HTML, fit for elements and for attributes in quotes.
///
/// What HTML gives a meaning is escaped; control characters and those that hide or turn around their neighbours
/// are shown as `\u{…}`.
pub(super) fn html(text: &str) -> String {
    marked(&printable(text, LONGEST))
}

/// A document of several lines as HTML: as [`html`], but line breaks stay and nothing is cut off.
pub(super) fn lines(text: &str) -> String {
    text.lines().map(|line| marked(&printable(line, usize::MAX)) + "\n").collect()
}

fn marked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// `text` as a JSON string for a script element: no `<`, so that nothing in it ends the element or opens a comment.
pub(super) fn string(text: &str) -> String {
    let shown = printable(text, LONGEST);
    serde_json::to_string(&shown).unwrap_or_else(|_| "\"\"".to_owned()).replace('<', "\\u003c")
}

/// `bytes` of an SVG document as the address of an image, for an attribute in double quotes.
///
/// As an image an SVG runs no script and loads nothing, wherever it comes from.
pub(super) fn svg_address(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + bytes.len() / 4);
    out.push_str("data:image/svg+xml,");
    for &byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => out.push(char::from(byte)),
            b' ' | b'-' | b'.' | b',' | b'/' | b':' | b'=' | b';' | b'(' | b')' | b'_' => out.push(char::from(byte)),
            b'\n' => out.push(' '),
            // A quote within the document, where the attribute has double ones.
            b'"' => out.push_str("%22"),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_is_markup() {
        assert_eq!(html("<b a='1' c=\"2\">&"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;");
        // NUL, escape, right-to-left override.
        assert_eq!(html("a\0b\u{1b}\u{202e}c"), "a\\u{0}b\\u{1b}\\u{202e}c");
        assert_eq!(lines("{\n  \"<\"\u{202e}\n}"), "{\n  &quot;&lt;&quot;\\u{202e}\n}\n");
    }

    #[test]
    fn nothing_in_a_string_ends_the_script() {
        assert_eq!(string("</script><!--"), "\"\\u003c/script>\\u003c!--\"");
        assert_eq!(string("\"\\\0"), "\"\\\"\\\\\\\\u{0}\"");
    }

    #[test]
    fn an_image_stays_within_its_attribute() {
        assert_eq!(svg_address(b"<a b=\"c#%\">\xc3\xa9'&"), "data:image/svg+xml,%3Ca b=%22c%23%25%22%3E%C3%A9%27%26");
    }
}
