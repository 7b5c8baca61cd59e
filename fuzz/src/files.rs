//! Bytes as a file, for readers that take a path.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::seal::seal;

/// A folder of its own, in memory where the system has such, that is removed in the end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let memory = Path::new("/dev/shm");
        let base = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = base.join(format!("typednet-fuzz-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder for files");
        Self(path)
    }

    /// A folder in it.
    pub(crate) fn inner(&self, name: &str) -> Self {
        let path = self.path(name);
        fs::create_dir_all(&path).expect("a folder in the folder");
        Self(path)
    }

    /// Its own path.
    pub(crate) fn root(&self) -> &Path {
        &self.0
    }

    /// The path of a file that is not there yet.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A file with these bytes.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).expect("the file is written");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

/// Reads a file with these bytes, and again with a checksum that fits them where they have the form of a file of ours:
/// behind a wrong checksum no reader looks at anything.
pub(crate) fn read(name: &str, bytes: &[u8], reader: impl Fn(&Path)) {
    let folder = Folder::new();
    let path = folder.file(name, bytes);
    reader(&path);
    if seal(&path) {
        reader(&path);
    }
}

/// What a reader gave, shown as a program would show it.
pub(crate) fn said<T: std::fmt::Debug, E: std::fmt::Display>(result: Result<T, E>) {
    match result {
        Ok(value) => drop(format!("{value:?}")),
        Err(error) => drop(error.to_string()),
    }
}

/// What `write` writes to the path that it is given.
pub(crate) fn written<E: std::fmt::Debug>(name: &str, write: impl FnOnce(&Path) -> Result<(), E>) -> Vec<u8> {
    let folder = Folder::new();
    let path = folder.path(name);
    write(&path).expect("a seed is written");
    fs::read(&path).expect("a seed is read")
}
