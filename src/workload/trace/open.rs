//! Opens a trace, plain or gzip, and hands out its physical lines.

use std::fs::File;
use std::io::{BufRead, BufReader, Chain, Cursor, ErrorKind, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::error::{TraceError, shown};
use super::sniff::foreign_format;

/// How much a trace may ask of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes after decompression (default 4 GiB).
    pub bytes: u64,
    /// Bytes of one line (default 1 MiB).
    pub line_bytes: u64,
    /// Decompressed bytes per compressed byte, beyond the first 64 MiB (default 200).
    pub ratio: u64,
    /// Records (default 1e8).
    pub records: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 4 << 30, line_bytes: 1 << 20, ratio: 200, records: 100_000_000 }
    }
}

/// Small files may compress as well as they like.
const RATIO_FREE_BYTES: u64 = 64 << 20;

/// One physical line without its line end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Counted from 1.
    pub number: u64,
    /// Raw bytes: comments of old logs are Latin-1.
    pub bytes: &'a [u8],
    /// False where the file ends without a line end.
    pub terminated: bool,
}

/// Reads a trace line by line; gzip is recognised by its magic bytes, whatever the name says.
pub struct TraceReader {
    path: PathBuf,
    limits: Limits,
    input: BufReader<Source>,
    line: Vec<u8>,
    number: u64,
    bytes: u64,
}

type Raw = Chain<Cursor<Vec<u8>>, Box<dyn Read>>;

enum Source {
    Plain(Hashed<Raw>),
    // All members: concatenated gzip files are one stream (RFC 1952, 2.2).
    Gzip(Box<MultiGzDecoder<BufReader<Hashed<Raw>>>>),
}

impl Source {
    fn raw(&self) -> &Hashed<Raw> {
        match self {
            Self::Plain(raw) => raw,
            Self::Gzip(decoder) => decoder.get_ref().get_ref(),
        }
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(raw) => raw.read(buffer),
            Self::Gzip(decoder) => decoder.read(buffer),
        }
    }
}

/// Counts and hashes the bytes of the file as they pass.
struct Hashed<R> {
    inner: R,
    hash: Sha256,
    bytes: u64,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.hash.update(buffer.get(..n).unwrap_or_default());
        self.bytes += n as u64;
        Ok(n)
    }
}

impl TraceReader {
    /// Opens the regular file `path`.
    ///
    /// # Errors
    /// The file cannot be opened, or is a directory, a device, a pipe or a socket.
    pub fn open(path: &Path, limits: Limits) -> Result<Self, TraceError> {
        // Asked before opening, because opening a pipe waits for its writer; and again after.
        let io = |error: std::io::Error| TraceError::io(path, None, &error);
        let regular = |metadata: std::fs::Metadata| {
            let other = if metadata.is_dir() { "a directory" } else { "a device, pipe or socket" };
            if metadata.is_file() { Ok(()) } else { Err(TraceError::input(path, None, other, "a regular file")) }
        };
        regular(std::fs::metadata(path).map_err(io)?)?;
        let file = File::open(path).map_err(io)?;
        regular(file.metadata().map_err(io)?)?;
        Self::from_reader(path, file, limits)
    }

    /// Reads from `reader`; `path` is used in messages only.
    ///
    /// # Errors
    /// The first read fails.
    pub fn from_reader(path: &Path, reader: impl Read + 'static, limits: Limits) -> Result<Self, TraceError> {
        let mut reader: Box<dyn Read> = Box::new(reader);
        let mut magic = Vec::new();
        reader.by_ref().take(2).read_to_end(&mut magic).map_err(|e| TraceError::io(path, None, &e))?;
        let gzip = magic == [0x1f, 0x8b];
        let raw = Hashed { inner: Cursor::new(magic).chain(reader), hash: Sha256::new(), bytes: 0 };
        let source = if gzip {
            Source::Gzip(Box::new(MultiGzDecoder::new(BufReader::with_capacity(1 << 16, raw))))
        } else {
            Source::Plain(raw)
        };
        let input = BufReader::with_capacity(1 << 16, source);
        Ok(Self { path: path.to_owned(), limits, input, line: Vec::new(), number: 0, bytes: 0 })
    }

    /// The next line, `None` after the last one.
    ///
    /// A byte-order mark is dropped, and LF and CRLF are both line ends.
    ///
    /// # Errors
    /// The file cannot be read, its gzip stream is damaged, a limit is passed, or the content is
    /// recognised as something other than text.
    pub fn next_line(&mut self) -> Result<Option<Line<'_>>, TraceError> {
        self.line.clear();
        let limit = self.limits.line_bytes.saturating_add(1);
        let read = (&mut self.input).take(limit).read_until(b'\n', &mut self.line);
        if let Err(error) = read {
            return Err(self.read_failure(&error));
        }
        if self.line.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        self.bytes += self.line.len() as u64;
        let terminated = self.line.last() == Some(&b'\n');
        if terminated {
            self.line.pop();
            if self.line.last() == Some(&b'\r') {
                self.line.pop();
            }
        }
        if self.number == 1 && self.line.starts_with(b"\xef\xbb\xbf") {
            self.line.drain(..3);
        }
        self.check()?;
        Ok(Some(Line { number: self.number, bytes: &self.line, terminated }))
    }

    /// SHA-256 of the file's bytes (compressed ones, if it is gzip) in hexadecimal.
    ///
    /// Of the whole file once [`TraceReader::next_line`] has returned `None`.
    pub fn sha256(&self) -> String {
        let digest = self.input.get_ref().raw().hash.clone().finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The file as the caller named it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The limits in force.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    fn check(&self) -> Result<(), TraceError> {
        if let Some((name, hint)) = (self.number == 1).then(|| foreign_format(&self.line)).flatten() {
            return Err(self.input_error(name, "a text file").hint(hint));
        }
        if self.line.len() as u64 > self.limits.line_bytes {
            let expected = format!("lines of at most {} bytes", self.limits.line_bytes);
            return Err(self.input_error(format!("a longer line, {}", shown(&self.line)), &expected));
        }
        if self.bytes > self.limits.bytes {
            return Err(self.input_error("more content", &format!("at most {} bytes unpacked", self.limits.bytes)));
        }
        let packed = self.input.get_ref().raw().bytes;
        if matches!(self.input.get_ref(), Source::Gzip(_))
            && self.bytes > RATIO_FREE_BYTES
            && self.bytes / packed.max(1) > self.limits.ratio
        {
            let expected = format!("at most {} bytes out of each byte of gzip", self.limits.ratio);
            return Err(self.input_error("a gzip stream that unpacks to much more", &expected));
        }
        if self.line.contains(&0) {
            return Err(self.input_error("a NUL byte", "text").hint("is this a binary file, or text in UTF-16?"));
        }
        if self.line.contains(&b'\r') {
            return Err(self
                .input_error("a carriage return inside a line", "lines that end in LF or CRLF")
                .hint("convert the line ends, for example with `tr '\\r' '\\n'`"));
        }
        Ok(())
    }

    fn input_error(&self, found: impl Into<Box<str>>, expected: &str) -> TraceError {
        TraceError::input(&self.path, Some(self.number), found, expected)
    }

    fn read_failure(&self, error: &std::io::Error) -> TraceError {
        let line = (self.number > 0).then_some(self.number);
        let damaged =
            matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::InvalidInput | ErrorKind::InvalidData);
        if damaged && matches!(self.input.get_ref(), Source::Gzip(_)) {
            return TraceError::input(&self.path, line, format!("damaged gzip data ({error})"), "a whole gzip file")
                .hint("the download was cut short, or something follows the gzip data: fetch the file again");
        }
        TraceError::io(&self.path, line, error)
    }
}

#[cfg(test)]
#[path = "open_tests.rs"]
mod tests;
