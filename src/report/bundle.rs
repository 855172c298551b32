//! An archive of results with all that they were made from: tar, gzip, the same bytes for the same content.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};

use flate2::{Compression, GzBuilder};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::sink::OutputFile;

/// A file that goes into an archive.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its path in the archive, with `/`.
    pub name: String,
    /// Where its bytes are.
    pub content: Content,
}

/// The bytes of an [`Item`].
#[derive(Clone, Debug)]
pub enum Content {
    /// In a file, copied as it is.
    File(PathBuf),
    /// Here; `true` for a script.
    Text(String, bool),
}

/// Where a file that a document names stands in an archive: below `inputs`, under its own path where that stays
/// within, else under a number; with the name by which the document should then call it.
pub fn stored_name(named: &str, number: usize) -> String {
    let path = Path::new(named);
    let is_plain = path.components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir));
    if is_plain {
        let parts: Vec<_> = path.components().filter(|c| matches!(c, Component::Normal(_))).collect();
        return parts.iter().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    }
    let file = path.file_name().map_or_else(|| "file".into(), |f| f.to_string_lossy());
    format!("outside/{number}/{file}")
}

/// The document with every text that is `named` changed to `stored`.
pub fn renamed(document: &Value, named: &str, stored: &str) -> Value {
    match document {
        Value::String(text) if text == named => Value::from(stored),
        Value::Array(items) => items.iter().map(|v| renamed(v, named, stored)).collect(),
        Value::Object(fields) => fields.iter().map(|(k, v)| (k.clone(), renamed(v, named, stored))).collect(),
        other => other.clone(),
    }
}

/// Every regular file in `folder` and below, sorted, without temporary files; links are left out.
///
/// # Errors
/// A folder cannot be read.
pub fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(folder.join(&inner))? {
            let entry = entry?;
            let path = inner.join(entry.file_name());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && path.extension().is_none_or(|e| e != "tmp") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// SHA-256 of a file in hexadecimal.
///
/// # Errors
/// It cannot be read.
pub fn sha256_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            n => hash.update(&buffer[..n]),
        }
    }
    Ok(hash.finalize().iter().map(|b| format!("{b:02x}")).collect())
}

/// Writes the items to `target`, each below the folder `root`.
///
/// # Errors
/// A file cannot be read, or the archive cannot be written.
pub fn write_archive(target: &Path, root: &str, items: &[Item]) -> io::Result<()> {
    let file = Output(OutputFile::create(target)?);
    // No name and no time in the header: the same content gives the same bytes.
    let mut archive = tar::Builder::new(GzBuilder::new().write(file, Compression::default()));
    for item in items {
        let name = format!("{root}/{}", item.name);
        let mut header = tar::Header::new_gnu();
        header.set_mode(if matches!(item.content, Content::Text(_, true)) { 0o755 } else { 0o644 });
        match &item.content {
            Content::Text(text, _) => {
                header.set_size(text.len() as u64);
                archive.append_data(&mut header, name, text.as_bytes())?;
            }
            Content::File(path) => {
                let file = File::open(path)?;
                let size = file.metadata()?.len();
                header.set_size(size);
                archive.append_data(&mut header, name, file.take(size))?;
            }
        }
    }
    archive.into_inner()?.finish()?.0.finish()
}

/// An output file that others write to.
struct Output(OutputFile);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // An error is kept and told at the end.
        self.0.put(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_stay_within_the_archive() {
        for (named, stored) in [
            ("traces/a.swf", "traces/a.swf"),
            ("./a.swf", "a.swf"),
            ("/data/a.swf", "outside/7/a.swf"),
            ("../b/a.swf", "outside/7/a.swf"),
            ("x/../../a.swf", "outside/7/a.swf"),
        ] {
            assert_eq!(stored_name(named, 7), stored);
        }
    }

    #[test]
    fn a_document_is_renamed_throughout() {
        let document = json!({"workload": [{"path": "/a", "name": "/ab"}], "nodes": "/a"});
        assert_eq!(renamed(&document, "/a", "b"), json!({"workload": [{"path": "b", "name": "/ab"}], "nodes": "b"}));
    }

    #[test]
    fn equal_content_gives_equal_archives_and_comes_out_again() {
        let folder = std::env::temp_dir().join(format!("xpusim-bundle-{}", std::process::id()));
        fs::create_dir_all(folder.join("in")).unwrap();
        fs::write(folder.join("in/a.csv"), "1,2\n").unwrap();
        let items = [
            Item { name: "run.sh".into(), content: Content::Text("#!/bin/sh\n".into(), true) },
            Item { name: "in/a.csv".into(), content: Content::File(folder.join("in/a.csv")) },
        ];
        let [first, second] = ["x.tar.gz", "y.tar.gz"].map(|name| {
            write_archive(&folder.join(name), "root", &items).unwrap();
            fs::read(folder.join(name)).unwrap()
        });
        assert_eq!(first, second);
        let mut archive = tar::Archive::new(flate2::read::MultiGzDecoder::new(first.as_slice()));
        let found: Vec<(String, String)> = archive
            .entries()
            .unwrap()
            .map(|entry| {
                let mut entry = entry.unwrap();
                let mut text = String::new();
                entry.read_to_string(&mut text).unwrap();
                (entry.path().unwrap().display().to_string(), text)
            })
            .collect();
        let expected = [("root/run.sh", "#!/bin/sh\n"), ("root/in/a.csv", "1,2\n")];
        assert_eq!(found, expected.map(|(n, t)| (n.to_owned(), t.to_owned())));
        fs::remove_dir_all(folder).unwrap();
    }
}
