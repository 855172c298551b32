//! From a path to text: regular files only, bounded, with a word on what is plainly not JSON.

use super::locate::line_column;
use super::parse::Limits;
use super::problem::{Place, Problem, Problems, printable};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be opened or read.
    #[error("error: {file}: {source}")]
    Io {
        /// The file's name, fit for a terminal.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file was read, and its content is not what it should be.
    #[error("{0}")]
    Input(#[from] Problems),
}

/// The bytes of the regular file at `path`.
///
/// # Errors
/// The file cannot be opened or read, is no regular file, or is larger than `limits.bytes`.
pub(super) fn bytes(path: &Path, limits: &Limits) -> Result<Vec<u8>, ReadError> {
    let name = path.display().to_string();
    let io = |source| ReadError::Io { file: printable(&name, 300), source };
    let refuse = |found: &str, expected: &str| {
        ReadError::Input(Problem::new("", found, expected).at(&name, Place::Whole).into())
    };
    // Looked at before it is opened, because opening a pipe would wait for a writer.
    let kind = std::fs::metadata(path).map_err(io)?;
    if kind.is_dir() {
        return Err(refuse("a folder", "a file"));
    }
    if !kind.is_file() {
        return Err(refuse("a pipe, socket or device", "a regular file"));
    }
    let file = File::open(path).map_err(io)?;
    if !file.metadata().map_err(io)?.is_file() {
        return Err(refuse("a pipe, socket or device", "a regular file"));
    }
    let mut bytes = Vec::new();
    file.take(limits.bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > limits.bytes {
        return Err(refuse(
            &format!("a file of more than {} bytes", limits.bytes),
            "a scenario within that limit (large workloads belong in a trace file)",
        ));
    }
    Ok(bytes)
}

/// The text of `bytes`: UTF-8 without its byte order mark.
pub(super) fn text(bytes: &[u8]) -> Result<&str, Problems> {
    if let Some(what) = not_json(bytes) {
        return Err(what.into());
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) if text.trim().is_empty() => Err(Problem::new("", "an empty file", "a JSON object").into()),
        Ok(text) => Ok(text),
        Err(error) => {
            let (valid, rest) = bytes.split_at(error.valid_up_to());
            let (line, column) = line_column(&String::from_utf8_lossy(valid), valid.len());
            let found = format!("the byte 0x{:02X}, which is not UTF-8", rest.first().copied().unwrap_or(0));
            let hint = "save the file as UTF-8 (an editor may have written Latin-1)".to_owned();
            Err(Problem::new("", found, "UTF-8 text").hint(hint).at("", Place::Text { line, column }).into())
        }
    }
}

/// What the first bytes say when they are not JSON.
fn not_json(bytes: &[u8]) -> Option<Problem> {
    const SIGNS: [(&[u8], &str, &str); 9] = [
        (b"\xff\xfe", "text that looks like UTF-16", "save the file as UTF-8"),
        (b"\xfe\xff", "text that looks like UTF-16", "save the file as UTF-8"),
        (b"\x1f\x8b", "gzip-compressed data", "unpack it first: gunzip"),
        (b"\x28\xb5\x2f\xfd", "zstd-compressed data", "unpack it first: unzstd"),
        (b"PK\x03\x04", "a zip archive", "unpack it first: unzip"),
        (b"\x7fELF", "a program (ELF)", "give the scenario's file"),
        (b"\x89PNG", "a picture (PNG)", "give the scenario's file"),
        (b"version https://git-lfs", "a Git LFS pointer, not the file itself", "fetch it: git lfs pull"),
        (b"#!", "a script", "give the scenario's file"),
    ];
    let (found, hint) = if let Some((_, found, hint)) = SIGNS.iter().find(|(sign, ..)| bytes.starts_with(sign)) {
        (*found, *hint)
    } else if is_html(bytes) {
        ("an HTML page", "a download may have saved the web page instead of the raw file")
    } else if matches!(bytes, [0, b, ..] | [b, 0, ..] if *b != 0) {
        ("text that looks like UTF-16", "save the file as UTF-8")
    } else if let Some(at) = bytes.iter().position(|&b| b == 0) {
        let before = String::from_utf8_lossy(bytes.get(..at).unwrap_or_default());
        let (line, column) = line_column(&before, before.len());
        let place = Place::Text { line, column };
        return Some(Problem::new("", "a NUL byte", "text: this file is binary or damaged").at("", place));
    } else {
        return None;
    };
    Some(Problem::new("", found, "JSON text").hint(hint.to_owned()))
}

fn is_html(bytes: &[u8]) -> bool {
    let start: Vec<u8> = bytes.trim_ascii_start().iter().take(14).map(u8::to_ascii_lowercase).collect();
    start.starts_with(b"<!doctype html") || start.starts_with(b"<html") || start.starts_with(b"<?xml")
}
