//! What a file probably is when it is not a trace.

/// The name of a foreign format that starts like `first_line`, with what to do about it.
pub(super) fn foreign_format(first_line: &[u8]) -> Option<(&'static str, &'static str)> {
    const MAGICS: &[(&[u8], &str, &str)] = &[
        (b"\xff\xfe", "a UTF-16 text", "save it as UTF-8"),
        (b"\xfe\xff", "a UTF-16 text", "save it as UTF-8"),
        (b"\x7fELF", "an ELF executable", "name the trace itself"),
        (b"\x1f\x8b", "gzip data inside gzip", "unpack it once"),
        (b"PK\x03\x04", "a zip archive", "unpack it and name the file inside"),
        (b"BZh", "bzip2 data", "unpack it with bunzip2"),
        (b"\xfd7zXZ", "xz data", "unpack it with unxz"),
        (b"\x28\xb5\x2f\xfd", "zstd data", "unpack it with unzstd"),
        (b"version https://git-lfs", "a Git LFS pointer", "fetch the file itself with `git lfs pull`"),
    ];
    if let Some((_, name, hint)) = MAGICS.iter().find(|(magic, _, _)| first_line.starts_with(magic)) {
        return Some((name, hint));
    }
    let text = first_line.trim_ascii_start();
    let tag = |name: &str| text.get(..name.len()).is_some_and(|t| t.eq_ignore_ascii_case(name.as_bytes()));
    (tag("<!doctype") || tag("<html")).then_some(("an HTML page", "download the file, not the page about it"))
}
