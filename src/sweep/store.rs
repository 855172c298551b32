//! The folder of a sweep.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

use super::{SweepError, SweepPlan};

/// Cells in one folder: file systems do not like a million.
const PER_FOLDER: u64 = 1000;

/// The plan and the cells in a folder. Several processes may hold the same one.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
    /// In the names of temporary files: on a shared disk two machines may have a process of the same number.
    token: u64,
    /// Held by all who write a file right now.
    writing: Arc<RwLock<()>>,
}

impl Store {
    /// The store in a folder, which need not be there yet.
    pub fn new(root: &Path) -> Self {
        // Keys of a fresh hasher are random; they reach nothing but names that are gone when we are done.
        let token = RandomState::new().hash_one(std::process::id());
        Self { root: root.to_owned(), token, writing: Arc::default() }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Waits until no thread of this process writes a cell, and lets none begin as long as the guard lives: a process
    /// that ends then leaves no temporary file.
    pub fn quiet(&self) -> RwLockWriteGuard<'_, ()> {
        self.writing.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the plan is.
    pub fn plan_path(&self) -> PathBuf {
        self.root.join("sweep.json")
    }

    /// The plan.
    ///
    /// # Errors
    /// There is none, or it is not a whole one.
    pub fn read_plan(&self) -> Result<SweepPlan, SweepError> {
        let path = self.plan_path();
        let text = fs::read(&path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => SweepError::Input(format!(
                "{}: there is no plan here; make one with `xpusim sweep plan SCENARIO --vary … --out {}`",
                self.root.display(),
                self.root.display()
            )),
            _ => SweepError::Io { path, error },
        })?;
        SweepPlan::parse(&text)
    }

    /// The file of a finished cell.
    pub fn cell_path(&self, cell: u64) -> PathBuf {
        self.beside(cell, "json")
    }

    /// The file that tells why a cell failed.
    pub fn failed_path(&self, cell: u64) -> PathBuf {
        self.beside(cell, "failed")
    }

    fn beside(&self, cell: u64, extension: &str) -> PathBuf {
        self.root.join("cells").join(format!("{:05}", cell / PER_FOLDER)).join(format!("{cell:08}.{extension}"))
    }

    /// The bytes of a cell's file, if there is one.
    ///
    /// # Errors
    /// There is one that cannot be read.
    pub(super) fn read_cell(&self, cell: u64) -> Result<Option<Vec<u8>>, SweepError> {
        let path = self.cell_path(cell);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(SweepError::Io { path, error }),
        }
    }

    /// Gives a cell its file, and takes away what an earlier attempt complained of.
    pub(super) fn write_cell(&self, cell: u64, text: &str) -> Result<(), SweepError> {
        self.write(&self.cell_path(cell), text)?;
        let failed = self.failed_path(cell);
        match fs::remove_file(&failed) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(SweepError::Io { path: failed, error }),
            _ => Ok(()),
        }
    }

    /// Notes why a cell failed.
    pub(super) fn write_failure(&self, cell: u64, text: &str) -> Result<(), SweepError> {
        self.write(&self.failed_path(cell), text)
    }

    /// Under another name first. Nothing waits for the disk: a file that a power cut tears is recognised and redone.
    fn write(&self, path: &Path, text: &str) -> Result<(), SweepError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let temporary = path.with_file_name(format!(".{name}.{:016x}.tmp", self.token));
        let _writing = self.writing.read().unwrap_or_else(PoisonError::into_inner);
        let attempt = || fs::write(&temporary, text).and_then(|()| fs::rename(&temporary, path));
        let mut done = attempt();
        if done.as_ref().is_err_and(|e| e.kind() == ErrorKind::NotFound)
            && let Some(folder) = path.parent()
        {
            done = fs::create_dir_all(folder).and_then(|()| attempt());
        }
        done.map_err(|error| {
            // What is left of it is ours; a failure to remove it changes nothing.
            let _ = fs::remove_file(&temporary);
            SweepError::Io { path: path.to_owned(), error }
        })
    }

    /// Temporary files in the folders of cells: of processes that write right now, or were killed while they did.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn temporaries(&self) -> Result<Vec<PathBuf>, SweepError> {
        let mut found = Vec::new();
        for folder in entries(&self.root.join("cells"))? {
            let names = if folder.is_dir() { entries(&folder)? } else { Vec::new() };
            found.extend(names.into_iter().filter(|path| is_temporary(path)));
        }
        Ok(found)
    }
}

/// The entries of a folder in the order of their names, none where it is not there.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, SweepError> {
    let listed = fs::read_dir(folder).and_then(|all| all.map(|e| Ok(e?.path())).collect::<io::Result<Vec<_>>>());
    match listed {
        Ok(mut paths) => {
            paths.sort();
            Ok(paths)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(SweepError::Io { path: folder.to_owned(), error }),
    }
}

fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') && name.ends_with(".tmp")
}
