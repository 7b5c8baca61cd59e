//! Errors of data.

mod display;

use std::path::PathBuf;
use std::{error, fmt, io};

use typednet_formats::FileError;
use typednet_tensor::{LabelError, Shape};

use crate::augment::AugmentError;
use crate::encoder::EncodeError;
use crate::idx::element::Element;
#[cfg(feature = "images")]
use crate::images::ImageError;
use crate::series::SeriesError;
use crate::text::TextError;
use crate::{ScaleError, SplitError, TableError};

pub(crate) use display::elements;

/// What an IDX file is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdxKind {
    /// Rows of bytes in one or more dimensions, such as grey images, whose magic number is `0x00000803`.
    Images,
    /// Rows of one number; the magic number for bytes is `0x00000801`.
    Labels,
    /// Rows of any elements in any number of dimensions.
    Samples,
}

impl IdxKind {
    /// The magic number of the usual file of this kind.
    pub const fn magic(self) -> u32 {
        match self {
            Self::Images | Self::Samples => 0x0803,
            Self::Labels => 0x0801,
        }
    }
}

impl fmt::Display for IdxKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Images => "images",
            Self::Labels => "labels",
            Self::Samples => "samples",
        })
    }
}

/// Why data could not be read or used, or a scaler not be written.
#[non_exhaustive]
pub enum DataError {
    /// Something is wrong with this file or folder.
    In {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        error: Box<DataError>,
    },
    /// The operating system could not read.
    Io(io::Error),
    /// A file cannot be written.
    File(FileError),
    /// A data folder has none of the files that would serve.
    MissingFile {
        /// The folder.
        folder: PathBuf,
        /// The names that were looked for.
        names: Vec<String>,
        /// What is in the folder; names of folders end with `/`.
        there: Vec<String>,
    },
    /// The compressed data are damaged or end early.
    Gzip(io::Error),
    /// The file ends inside its header.
    Truncated {
        /// How many bytes the header needs.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// The first four bytes are not those of such a file.
    WrongMagic {
        /// What the file was read as.
        expected: IdxKind,
        /// The first four bytes as a big-endian number.
        found: u32,
    },
    /// The file holds elements that the type which is to hold them cannot hold exactly.
    OtherElement {
        /// The type that is to hold them.
        expected: &'static str,
        /// What the file holds.
        found: Element,
    },
    /// The file promises more data than are to be read.
    OverLimit {
        /// How many bytes the header promises after itself.
        promised: u128,
        /// How many are to be read at most.
        limit: u64,
    },
    /// The samples in the file are not as large as the type that is to hold them.
    WrongSize {
        /// How many elements the type holds.
        expected: usize,
        /// The sizes that the file states for one sample.
        found: Vec<u32>,
    },
    /// The samples in the file are not of the shape of the type that is to hold them.
    WrongShape {
        /// The shape of the type.
        expected: Shape,
        /// The sizes that the file states for one sample.
        found: Vec<u32>,
    },
    /// The file is no whole number of records.
    NotRecords {
        /// How many bytes a record has.
        record: usize,
        /// How many bytes the file has.
        found: u64,
    },
    /// The file holds more than is to be read.
    AboveLimit {
        /// How many bytes are to be read at most.
        limit: u64,
    },
    /// The header promises more than the file holds.
    TooShort {
        /// How many bytes the header promises after itself.
        promised: u128,
        /// How many there are.
        found: u64,
    },
    /// The file goes on after the last sample.
    TrailingBytes {
        /// How many bytes the header promises after itself.
        promised: u128,
    },
    /// A file of samples that are to stay in it does not have as many bytes as there are targets.
    RecordBytes {
        /// How many bytes the samples take.
        expected: u128,
        /// How many there are.
        found: u64,
    },
    /// The file is gzipped, but its samples are to be read from where they stand.
    Packed,
    /// The file is another one than when it was opened: longer, shorter, or written to.
    Changed,
    /// A part of data that are in [parts](crate::Parts) cannot be read by this process.
    Part {
        /// The number of the part, and of the shard that draws from it.
        part: usize,
        /// How many parts there are.
        parts: usize,
        /// What is wrong, with the path of its file.
        error: Box<DataError>,
    },
    /// A part of data without rows.
    EmptyPart {
        /// The number of the part.
        part: usize,
    },
    /// There is not enough memory for data that are really there.
    OutOfMemory {
        /// How many bytes were needed.
        bytes: u128,
    },
    /// A label is no class.
    Label {
        /// The row of the label, counted from 0.
        row: usize,
        /// The label and how many classes there are.
        error: LabelError,
    },
    /// A label is not a whole number from the first label on.
    NotLabel {
        /// The row of the label, counted from 0.
        row: usize,
        /// What stands there.
        found: f64,
        /// The label that is class 0.
        first: u32,
    },
    /// A row is not as wide as a sample.
    RowWidth {
        /// The row, counted from 0.
        row: usize,
        /// How many numbers a sample has.
        expected: usize,
        /// How many the row has.
        found: usize,
    },
    /// There are not as many targets as samples.
    CountsDiffer {
        /// How many samples there are.
        samples: usize,
        /// How many targets there are.
        targets: usize,
    },
    /// There are not as many second halves of pairs as first ones.
    HalvesDiffer {
        /// How many first halves there are.
        first: usize,
        /// How many second halves there are.
        second: usize,
    },
    /// There are no samples.
    Empty,
    /// There are more samples than a row number can count.
    TooMany {
        /// How many samples there are.
        samples: usize,
    },
    /// A batch was to have no rows.
    BatchOfZero,
    /// A table could not be read, or not be read as typed rows.
    Table(TableError),
    /// Data could not be split as asked.
    Split(SplitError),
    /// Windows could not be cut out of a time series.
    Series(SeriesError),
    /// Data could not be scaled.
    Scale(ScaleError),
    /// A setting of an augmentation makes no sense.
    Augment(AugmentError),
    /// Rows of a table could not be encoded.
    Encode(EncodeError),
    /// A text cannot be read as tokens.
    Text(TextError),
    /// A picture, or a folder of pictures, cannot be used.
    #[cfg(feature = "images")]
    Image(ImageError),
    /// Something could not be made JSON of.
    Json(serde_json::Error),
    /// Two things of one kind were to be kept in one file.
    AttachedTwice {
        /// The name of the kind.
        name: String,
    },
    /// A file does not have what was to be taken from it.
    NotAttached {
        /// The name of what was looked for.
        name: String,
        /// The names of what there is.
        known: Vec<String>,
    },
}

macro_rules! from {
    ($($error:ident => $variant:ident),*) => {$(
        impl From<$error> for DataError {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        }
    )*};
}

from!(
    FileError => File, TableError => Table, SplitError => Split, SeriesError => Series, ScaleError => Scale, AugmentError => Augment,
    EncodeError => Encode, TextError => Text
);

#[cfg(feature = "images")]
from!(ImageError => Image);

impl DataError {
    /// This error with the file or folder it is about.
    #[must_use]
    pub(crate) fn in_path(self, path: impl Into<PathBuf>) -> Self {
        Self::In { path: path.into(), error: Box::new(self) }
    }

    /// The error without the names of files around it.
    ///
    /// ```
    /// use typednet_data::{DataError, idx};
    ///
    /// let error = idx::images_from_file::<784>("no/such/file").unwrap_err();
    /// assert!(matches!(error.cause(), DataError::Io(_)));
    /// ```
    pub fn cause(&self) -> &Self {
        let mut cause = self;
        while let Self::In { error, .. } | Self::Part { error, .. } = cause {
            cause = error;
        }
        cause
    }
}

typednet_tensor::debug_as_display!(DataError);

impl error::Error for DataError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            // The text already contains that of `error`, so the chain goes on behind it.
            Self::In { error, .. } | Self::Part { error, .. } => error.source(),
            Self::Io(error) | Self::Gzip(error) => Some(error),
            Self::Label { error, .. } => Some(error),
            Self::Table(error) => error.source(),
            _ => None,
        }
    }
}
