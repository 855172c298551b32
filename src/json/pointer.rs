//! JSON pointers (RFC 6901): `/cluster/nodes/0/name`, with `~` as `~0` and `/` as `~1`.

/// Appends one key or index to `pointer`.
pub(super) fn push(pointer: &mut String, segment: &str) {
    pointer.push('/');
    for c in segment.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

/// The pointer made of `segments`.
pub(super) fn join<S: AsRef<str>>(segments: &[S]) -> String {
    let mut pointer = String::new();
    for segment in segments {
        push(&mut pointer, segment.as_ref());
    }
    pointer
}

/// The keys and indices of `pointer`, unescaped; the root has none.
pub(super) fn split(pointer: &str) -> Vec<String> {
    // What stands before the first slash is empty in a valid pointer.
    pointer.split('/').skip(1).map(|s| s.replace("~1", "/").replace("~0", "~")).collect()
}

/// True where `pointer` is `ancestor` or lies inside it.
pub(super) fn is_within(pointer: &str, ancestor: &str) -> bool {
    pointer.strip_prefix(ancestor).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// An array index as JSON pointers and `--set` write it: digits without a leading zero.
pub(super) fn index(segment: &str) -> Option<usize> {
    let plain = segment.bytes().all(|b| b.is_ascii_digit()) && (segment == "0" || !segment.starts_with('0'));
    if plain { segment.parse().ok() } else { None }
}
