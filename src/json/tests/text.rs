//! Text that is no JSON, or JSON that is refused.

use super::{only, parse};
use crate::json::{Document, Limits, ReadError, locate};
use std::path::Path;

#[test]
fn syntax_errors_are_shown_where_they_are_with_a_way_out() {
    // Text, line, column, and two fragments of the message.
    let cases = [
        ("{\"a\": 1,}", 1, 8, "a comma after the last element", "remove the comma"),
        ("{\"a\": [1, 2,\n ]}", 1, 12, "a comma after the last element", "remove the comma"),
        ("{\n  // note\n  \"a\": 1}", 2, 3, "found `/`", "no comments"),
        ("{\"a\": 1 # note\n}", 1, 9, "found `#`", "no comments"),
        ("{\"a\": 1}\n{\"b\": 2}", 2, 1, "found `{`", "the end of the file"),
        ("{\"a\": 1} x", 1, 10, "found `x`", "the end of the file"),
        ("{a: 1}", 1, 2, "found `a`", "a key in double quotes"),
        ("{'a': 1}", 1, 2, "found `'`", "double quotes"),
        ("{\"a\": NaN}", 1, 7, "found `NaN`", "finite"),
        ("{\"a\": True}", 1, 7, "found `True`", "small letters"),
        ("{\"a\": none}", 1, 7, "found `none`", "double quotes"),
        ("{\"a\": 1e400}", 1, 7, "found `1e400`", "a finite number"),
        ("{\"a\": 0x10}", 1, 7, "found `0x10`", "digits with an optional point"),
        ("{\"a\": 1_000}", 1, 7, "found `1_000`", "digits with an optional point"),
        ("{\"a\": .5}", 1, 7, "found `.5`", "digits with an optional point"),
        ("{\"a\": 12,5}", 1, 10, "found `5`", "double quotes"),
        ("{\"a\": 1 \"b\": 2}", 1, 9, "found `\"`", "is a comma missing before it?"),
        ("{\"ä\": 1 \"b\": 2}", 1, 9, "found `\"`", "is a comma missing before it?"),
        ("{\"a\": \"x\ny\"}", 1, 9, "line break", "closing quote"),
        ("{\"a\": [1, 2", 1, 12, "the end of the file", "bracket that opens at 1:7"),
        ("{\"a\": \"abc", 1, 11, "the end of the file", "string that opens at 1:7"),
        ("{\"a\": \"\\q\"}", 1, 9, "wrong escape", "a JSON escape"),
    ];
    for (text, line, column, found, hint) in cases {
        let (l, c, message) = only(&parse(text).expect_err(text));
        assert_eq!((l, c), (line, column), "{text:?}: {message}");
        assert!(message.contains(found) && message.contains(hint), "{text:?}: {message}");
    }
}

#[test]
fn other_formats_are_called_by_name() {
    let utf16: Vec<u8> = "{\"a\": 1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let with_mark = [&b"\xff\xfe"[..], &utf16].concat();
    let cases: [(&[u8], &str); 11] = [
        (b"", "an empty file"),
        (b" \n\t ", "an empty file"),
        (b"\xef\xbb\xbf", "an empty file"),
        (&utf16, "UTF-16"),
        (&with_mark, "UTF-16"),
        (b"\x1f\x8b\x08\0", "gunzip"),
        (b"\n<!DOCTYPE HTML><html>", "HTML page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"{\"a\": \"b\0\"}", "f.json:1:9: found a NUL byte"),
        (b"{\n\"a\": \"\xe9\"}", "f.json:2:7: found the byte 0xE9, which is not UTF-8"),
        (b"\x7fELF\x02", "a program"),
    ];
    for (bytes, expected) in cases {
        let text = Document::parse("f.json", bytes, &Limits::default()).expect_err(expected).to_string();
        assert!(text.starts_with("error: f.json") && text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_nothing() {
    let document = parse("\u{feff}{\r\n\"seed\": 9007199254740993}\r\n").unwrap();
    assert_eq!(document.value()["seed"].as_u64(), Some(9_007_199_254_740_993));
    assert_eq!(
        document.locate(vec![super::super::Problem::new("/seed", "a", "b")]).list()[0].place,
        super::Place::Text { line: 2, column: 9 }
    );
}

#[test]
fn repeated_keys_are_all_named_with_both_places() {
    let problems = parse("{\"a\": [{\"b\": 1, \"c\": 2,\n \"\\u0062\": 3}],\n \"a\": 4}").unwrap_err();
    assert_eq!(
        problems.to_string(),
        "error: f.json:2:2 (/a/0/b): found the key `b` a second time, expected it once: it already stands at 1:9\n\
         error: f.json:3:2 (/a): found the key `a` a second time, expected it once: it already stands at 1:2"
    );
    // Equal keys of different objects are no repetition.
    assert!(parse("[{\"a\": {\"a\": 1}}, {\"a\": 2}]").is_ok());
}

#[test]
fn nesting_stops_at_the_limit_without_a_stack_overflow() {
    let nested = |n: usize| "[".repeat(n) + &"]".repeat(n);
    assert!(parse(&nested(64)).is_ok());
    for n in [65, 127, 128, 200, 100_000, 5_000_000] {
        for text in [nested(n), "[".repeat(n), "{\"a\":".repeat(n)] {
            let problems = parse(&text).expect_err("too deep");
            // Unclosed text below serde_json's own limit is told as unclosed.
            assert!(n < 128 || problems.to_string().contains("more than 64 deep"), "{n}: {problems}");
        }
    }
    assert_eq!(only(&parse(&nested(65)).unwrap_err()).1, 65);
}

#[test]
fn large_texts_give_short_messages() {
    let long = format!("{{\"{0}\": 1, \"{0}\": 2}}", "k".repeat(8 << 20));
    let message = parse(&long).unwrap_err().to_string();
    assert!(message.chars().count() < 500, "{} characters", message.len());
    let limits = Limits { bytes: 10, ..Limits::default() };
    let message = Document::parse("f.json", b"[1, 2, 3, 4]", &limits).unwrap_err().to_string();
    assert_eq!(message, "error: f.json: found 12 bytes, expected at most 10 bytes");
}

#[test]
fn only_regular_files_are_read() {
    let read = |path: &str| Document::read(Path::new(path), &Limits { bytes: 1000, depth: 64 });
    assert!(matches!(read("no/such/file.json"), Err(ReadError::Io { .. })));
    assert!(read("src").unwrap_err().to_string().contains("found a folder"));
    assert!(read("Cargo.lock").unwrap_err().to_string().contains("more than 1000 bytes"));
    assert!(read("rustfmt.toml").unwrap_err().to_string().contains("rustfmt.toml:1:1: found `max_width`"));
    if cfg!(unix) {
        assert!(read("/dev/zero").unwrap_err().to_string().contains("device"));
    }
}

#[test]
fn pointers_lead_to_their_text() {
    use crate::json::Aim::{Key, Value};
    let text = "{\"a/b\": {\"~\": [10,\n  {\"\\u00e9\": true}]}, \"\": null}";
    let cases = [
        ("", Value, Some((1, 1))),
        ("/a~1b/~0", Value, Some((1, 15))),
        ("/a~1b/~0", Key, Some((1, 10))),
        ("/a~1b/~0/0", Value, Some((1, 16))),
        ("/a~1b/~0/1", Key, Some((2, 3))),
        ("/a~1b/~0/1/é", Value, Some((2, 14))),
        ("/", Value, Some((2, 27))),
        ("/a~1b/~0/2", Value, None),
        ("/a~1b/~0/01", Value, None),
        ("/nothing", Key, None),
        ("//0", Value, None),
    ];
    for (pointer, aim, expected) in cases {
        assert_eq!(locate(text, pointer, aim), expected, "{pointer}");
    }
}
