//! The file that a path leads to.

use std::fs::{self, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::FileError;

/// So many symbolic links are followed, one after the other; the number that Linux follows.
const LINKS: usize = 40;

/// What is to be replaced: a regular file that may be written to, or a name that nothing has yet.
#[derive(Debug)]
pub(super) struct Target {
    /// Where symbolic links led to.
    pub(super) path: PathBuf,
    /// The file that is there.
    pub(super) old: Option<Metadata>,
}

impl Target {
    pub(super) fn of(path: &Path) -> Result<Self, FileError> {
        let ends_as_folder =
            path.as_os_str().as_encoded_bytes().last().is_some_and(|b| std::path::is_separator((*b).into()));
        if path.file_name().is_none() || (ends_as_folder && !path.is_dir()) {
            return Err(FileError::NoName { path: path.into() });
        }
        let refuse = |error: io::Error| FileError::write(path, &error);
        let mut target = path.to_owned();
        for followed in 0..=LINKS {
            let old = match fs::symlink_metadata(&target) {
                Ok(old) => old,
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    // A folder behind a link may be on a disk that is not there now: it is not made somewhere else.
                    if followed > 0 && !folder_of(&target).is_dir() {
                        return Err(FileError::BrokenLink { path: path.into(), target });
                    }
                    return Ok(Self { path: target, old: None });
                }
                Err(error) => return Err(refuse(error)),
            };
            if old.is_symlink() {
                let to = fs::read_link(&target).map_err(refuse)?;
                target = folder_of(&target).join(to);
            } else {
                refuse_other_kinds(path, &old)?;
                // Whoever may not write to a file may not replace it.
                OpenOptions::new().write(true).open(&target).map_err(refuse)?;
                return Ok(Self { path: target, old: Some(old) });
            }
        }
        Err(refuse(io::Error::other(format!("more than {LINKS} symbolic links lead from one to the next"))))
    }

    pub(super) fn folder(&self) -> &Path {
        folder_of(&self.path)
    }
}

/// The folder that a path is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Refuses what is no regular file.
pub(crate) fn refuse_other_kinds(path: &Path, found: &Metadata) -> Result<(), FileError> {
    if found.is_file() { Ok(()) } else { Err(FileError::NotAFile { path: path.into(), found: kind_of(found) }) }
}

/// What is there, in words.
fn kind_of(found: &Metadata) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = found.file_type();
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
    }
    if found.is_dir() { "a folder" } else { "no regular file" }
}
