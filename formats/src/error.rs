//! Why a file cannot be written or read.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::{error, fmt};

/// A file that cannot be written or read.
///
/// It becomes an [`io::Error`] of the same kind by `?` and [`From`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileError {
    /// The system refuses to write. What stood under the path is as it was.
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What kind of refusal it is.
        kind: ErrorKind,
        /// What the system says.
        message: String,
    },
    /// The new file is there, but the system does not say that it would survive a power failure.
    Sync {
        /// The file.
        path: PathBuf,
        /// What kind of refusal it is.
        kind: ErrorKind,
        /// What the system says.
        message: String,
    },
    /// The path names something that is no regular file, such as a folder or a device. It is as it was.
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What is there, such as `a folder`.
        found: &'static str,
    },
    /// The path has no name of a file at its end.
    NoName {
        /// The path.
        path: PathBuf,
    },
    /// The path is a symbolic link that leads to a folder which is not there.
    BrokenLink {
        /// The link.
        path: PathBuf,
        /// The file that it leads to.
        target: PathBuf,
    },
}

impl FileError {
    pub(crate) fn write(path: &Path, error: &io::Error) -> Self {
        Self::Write { path: path.into(), kind: error.kind(), message: error.to_string() }
    }

    /// The file that it is about.
    pub fn path(&self) -> &Path {
        match self {
            Self::Write { path, .. }
            | Self::Sync { path, .. }
            | Self::NotAFile { path, .. }
            | Self::NoName { path }
            | Self::BrokenLink { path, .. } => path,
        }
    }

    /// The kind that the system gave the error, or would give it.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Write { kind, .. } | Self::Sync { kind, .. } => *kind,
            Self::NotAFile { .. } | Self::NoName { .. } => ErrorKind::InvalidInput,
            Self::BrokenLink { .. } => ErrorKind::NotFound,
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ", self.path().display())?;
        match self {
            Self::Write { kind, message, .. } => write!(f, "cannot be written: {message}; {}", advice(*kind)),
            Self::Sync { message, .. } => write!(
                f,
                "was written, but the system does not say that it would survive a power failure: {message}; \
                 look after the disk"
            ),
            Self::NotAFile { found, .. } => {
                write!(f, "is {found}, but a file is expected; nothing was touched, choose the name of a file")
            }
            Self::NoName { .. } => write!(f, "has no name of a file at its end; add one"),
            Self::BrokenLink { target, .. } => write!(
                f,
                "is a symbolic link to `{}`, whose folder is not there; make the folder, mount its disk, or remove the link",
                target.display()
            ),
        }
    }
}

/// What to do about an error of the system.
fn advice(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room; what was there before is as it was",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "choose a folder that you may write to; what was there before is as it was"
        }
        _ => "what was there before is as it was",
    }
}

impl error::Error for FileError {}

impl From<FileError> for io::Error {
    fn from(error: FileError) -> Self {
        Self::new(error.kind(), error)
    }
}
