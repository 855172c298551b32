//! Output files that appear whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file under a temporary name until [`OutputFile::finish`]; dropped before that, it is removed.
pub struct OutputFile {
    writer: BufWriter<File>,
    temporary: PathBuf,
    target: PathBuf,
    error: Option<io::Error>,
    finished: bool,
}

impl OutputFile {
    /// Opens a temporary file beside `target`.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn create(target: &Path) -> io::Result<Self> {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let temporary = target.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
        // A leftover of a process with our number is ours to replace.
        let _ = fs::remove_file(&temporary);
        let file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
        let writer = BufWriter::with_capacity(1 << 16, file);
        Ok(Self { writer, temporary, target: target.to_owned(), error: None, finished: false })
    }

    /// Writes bytes; the first error is kept for [`OutputFile::finish`].
    pub fn put(&mut self, bytes: &[u8]) {
        if self.error.is_none()
            && let Err(error) = self.writer.write_all(bytes)
        {
            self.error = Some(error);
        }
    }

    /// Makes everything durable and gives the file its name.
    ///
    /// # Errors
    /// The first error of any write, or of flushing, syncing or renaming.
    pub fn finish(mut self) -> io::Result<()> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        self.writer.flush()?;
        self.writer.get_ref().sync_all()?;
        fs::rename(&self.temporary, &self.target)?;
        self.finished = true;
        Ok(())
    }

    /// Writes a whole file at once.
    ///
    /// # Errors
    /// As [`OutputFile::create`] and [`OutputFile::finish`].
    pub fn write(target: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = Self::create(target)?;
        file.put(bytes);
        file.finish()
    }
}

impl Drop for OutputFile {
    fn drop(&mut self) {
        if !self.finished {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}
