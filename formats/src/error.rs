//! Why a file cannot be written or read.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::{error, fmt};

/// A file that cannot be written or read, or is not what it should be.
///
/// It becomes an [`io::Error`] of the same kind by `?` and [`From`].
#[derive(Clone, PartialEq, Eq)]
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
    /// The system refuses to read.
    Read {
        /// The file.
        path: PathBuf,
        /// What kind of refusal it is.
        kind: ErrorKind,
        /// What the system says.
        message: String,
    },
    /// The file is damaged, cut off, or of another form.
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file is of another length than it says.
    Length {
        /// The file.
        path: PathBuf,
        /// How many bytes it says.
        expected: u64,
        /// How many it has.
        found: u64,
    },
    /// The file holds something else.
    OtherKind {
        /// The file.
        path: PathBuf,
        /// What was to be read, such as `guard`.
        expected: &'static str,
        /// What it says that it holds; `None` if it does not say so.
        found: Option<String>,
    },
    /// The file was written by a version that wrote another format.
    OtherFormat {
        /// The file.
        path: PathBuf,
        /// The format that this version reads.
        expected: u32,
        /// The format of the file; `None` if it does not say so.
        found: Option<u64>,
    },
    /// The content is not the one that was written: the checksum in the file is that of another content.
    Checksum {
        /// The file.
        path: PathBuf,
        /// The checksum in the file.
        stated: String,
        /// The checksum of what the file holds.
        computed: String,
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

    pub(crate) fn read(path: &Path, error: &io::Error) -> Self {
        Self::Read { path: path.into(), kind: error.kind(), message: error.to_string() }
    }

    pub(crate) fn malformed(path: &Path, reason: &dyn fmt::Display) -> Self {
        Self::Malformed { path: path.into(), reason: reason.to_string() }
    }

    /// The file that it is about.
    pub fn path(&self) -> &Path {
        match self {
            Self::Write { path, .. }
            | Self::Sync { path, .. }
            | Self::Read { path, .. }
            | Self::Malformed { path, .. }
            | Self::Length { path, .. }
            | Self::OtherKind { path, .. }
            | Self::OtherFormat { path, .. }
            | Self::Checksum { path, .. }
            | Self::NotAFile { path, .. }
            | Self::NoName { path }
            | Self::BrokenLink { path, .. } => path,
        }
    }

    /// The kind that the system gave the error, or would give it.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Write { kind, .. } | Self::Sync { kind, .. } | Self::Read { kind, .. } => *kind,
            Self::Malformed { .. }
            | Self::Length { .. }
            | Self::OtherKind { .. }
            | Self::OtherFormat { .. }
            | Self::Checksum { .. } => ErrorKind::InvalidData,
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
            Self::Read { message, .. } => write!(f, "cannot be read: {message}"),
            Self::Malformed { reason, .. } => {
                write!(f, "cannot be used: {reason}; take another copy of it, or write it again")
            }
            Self::Length { expected, found, .. } => write!(
                f,
                "has {found} bytes, but says that it has {expected}; take another copy of it, or write it again"
            ),
            Self::OtherKind { expected, found: Some(found), .. } => {
                write!(f, "holds a {found}, but a {expected} is expected; choose another file")
            }
            Self::OtherKind { expected, found: None, .. } => {
                write!(f, "does not say that it holds a {expected}; choose another file")
            }
            Self::OtherFormat { expected, found, .. } => {
                match found {
                    Some(found) => write!(f, "is of format {found}")?,
                    None => write!(f, "does not say its format")?,
                }
                write!(f, ", but this version reads format {expected}; write it again with this version")
            }
            Self::Checksum { .. } => write!(
                f,
                "is damaged: its content is not the one that its checksum was made of; take another copy of it, or, if it \
                 was changed on purpose, give it a new checksum with `typednet::formats::reseal`"
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

/// As it is displayed: a `main` that gives an error back prints this.
impl fmt::Debug for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for FileError {}

impl From<FileError> for io::Error {
    fn from(error: FileError) -> Self {
        Self::new(error.kind(), error)
    }
}
