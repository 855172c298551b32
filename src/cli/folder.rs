//! The results folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::sink::OutputFile;

use super::args::Common;
use super::failure::Failure;

/// A folder that can be written, and in which only our own files are replaced.
pub(super) struct Folder(pub(super) PathBuf);

/// Longest name of a folder made from a scenario's name.
const LONGEST: usize = 80;

impl Folder {
    /// Makes the folder that the flags ask for, before anything runs.
    ///
    /// # Errors
    /// It cannot be made or written, or it holds files but no results of ours.
    pub(super) fn prepare(common: &Common, name: &str) -> Result<Self, Failure> {
        let path = common.out.clone().unwrap_or_else(|| Path::new("results").join(slug(name)));
        fs::create_dir_all(&path).map_err(|e| Failure::io(&path, &e))?;
        let holds_anything = fs::read_dir(&path).map_err(|e| Failure::io(&path, &e))?.next().is_some();
        if holds_anything && !path.join("manifest.json").is_file() && !common.force {
            let message = format!(
                "{}: the folder is not empty and holds no results; choose another with --out, or write into it with --force",
                path.display()
            );
            return Err(Failure::new(Failure::FILES, message));
        }
        let folder = Self(path);
        folder.write("manifest.json", b"{\"status\": \"running\"}\n")?;
        Ok(folder)
    }

    /// Writes a whole file.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.0.join(name);
        OutputFile::write(&path, bytes).map_err(|e| Failure::io(&path, &e))
    }

    /// The folder as people should see it.
    pub(super) fn shown(&self) -> String {
        self.0.display().to_string()
    }
}

/// A name fit for a folder.
fn slug(name: &str) -> String {
    let fit = |c: char| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let text: String = name.chars().map(fit).take(LONGEST).collect();
    let text = text.trim_matches(['.', '-']).to_owned();
    if text.is_empty() { "scenario".into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_name_cannot_leave_the_folder() {
        for (name, expected) in
            [("../../etc/x", "etc-x"), ("a b/c", "a-b-c"), ("..", "scenario"), ("KTH-2.1", "KTH-2.1")]
        {
            assert_eq!(slug(name), expected);
        }
    }
}
