//! Why something cannot be watched or shown.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use typednet_formats::FileError;
use typednet_tensor::Shape;

/// Something that cannot be written or drawn.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WatchError {
    /// A file that cannot be written as a whole.
    File(FileError),
    /// A file or folder that cannot be written to.
    Write {
        /// Its name.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// A file that a run is to go on writing to, but that holds the log of another one.
    OtherRun {
        /// Its name.
        path: PathBuf,
        /// The name of the run that goes on.
        run: String,
    },
    /// Samples that could not be read.
    Data {
        /// What the [source](typednet_data::Source::take_error) says.
        reason: String,
    },
    /// Samples that are no pictures of the shape they are said to have.
    PictureSize {
        /// Height, width and colours of the shape.
        shape: [usize; 3],
        /// How many values a sample has.
        found: usize,
    },
    /// Samples whose values lie in another order than those of the pictures that they are said to be.
    PictureLayout {
        /// The sizes of such a picture, outermost first.
        expected: [usize; 3],
        /// The shape of a sample.
        found: Shape,
    },
}

impl WatchError {
    /// The error of a system call about `path`.
    pub(crate) fn write(path: &Path, error: &io::Error) -> Self {
        Self::Write { path: path.into(), reason: error.to_string() }
    }
}

impl fmt::Display for WatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Write { path, reason } => {
                write!(f, "`{}` cannot be written: {reason}; choose a file in a folder of your own", path.display())
            }
            Self::OtherRun { path, run } => write!(
                f,
                "`{}` is no log of the run {run}, which goes on; choose another file, or move this one away",
                path.display()
            ),
            Self::Data { reason } => f.write_str(reason),
            Self::PictureSize { shape: [height, width, colours], found } => write!(
                f,
                "a picture of {height} rows, {width} columns and {colours} colours has {} values, but a sample has {found}; \
                 give the shape of the samples, with 1 colour for grey or 3 for red, green and blue",
                height.saturating_mul(*width).saturating_mul(*colours)
            ),
            Self::PictureLayout { expected, found } => write!(
                f,
                "a picture of {} values is expected, but a sample is {found}; `PictureShape::colour_planes` is for channels \
                 first, the others are for channels last",
                Shape::new(expected)
            ),
        }
    }
}

typednet_tensor::debug_as_display!(WatchError);

impl std::error::Error for WatchError {}

impl From<FileError> for WatchError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}
