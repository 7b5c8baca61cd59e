//! The system calls of the writer as a trait, so that tests can count them and let them fail.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// A file system that can be written to.
pub(super) trait Disk {
    /// An open file.
    type File: Write;

    /// Makes a folder, not those above it.
    fn create_folder(&self, path: &Path) -> io::Result<()>;

    /// Makes a file under a name that nothing has; only its owner may read it if it is `private`.
    fn create(&self, path: &Path, private: bool) -> io::Result<Self::File>;

    /// Locks a file as long as it is open; `false` if another holds a lock on it.
    fn lock(&self, file: &Self::File) -> bool;

    /// Gives a file the mode of another.
    fn set_mode(&self, file: &Self::File, of: &Metadata) -> io::Result<()>;

    /// Brings a file's content to the disk.
    fn sync(&self, file: &Self::File) -> io::Result<()>;

    /// Gives a file another name; a file of that name is no more.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Brings the entries of a folder to the disk.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
}

/// The file system of the operating system.
pub(super) struct System;

impl Disk for System {
    type File = File;

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn create(&self, path: &Path, private: bool) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if private {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        #[cfg(not(unix))]
        let _ = private;
        options.open(path)
    }

    fn lock(&self, file: &File) -> bool {
        // A disk without locks is written to without one; so is Windows, where a lock keeps readers out.
        cfg!(not(unix)) || !matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock))
    }

    fn set_mode(&self, file: &File, of: &Metadata) -> io::Result<()> {
        file.set_permissions(of.permissions())
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
    }
}
