//! What can be wrong with pictures and folders of them.

use std::{error, fmt};

use crate::short;

/// Why a picture, or a folder of pictures, cannot be used; the [`DataError`](crate::DataError) around it names the file.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageError {
    /// The file is neither a PNG nor a JPEG file.
    Format {
        /// What it is instead, or how it begins.
        found: String,
    },
    /// The file is damaged or cut off.
    Damaged {
        /// What is wrong with it.
        reason: String,
    },
    /// The picture has other sizes than the type that is to hold it.
    Shape {
        /// Height, width and channels of the type.
        expected: [usize; 3],
        /// Height, width and channels of the picture.
        found: [usize; 3],
    },
    /// The values of the picture are of more bits than a byte has.
    Bits {
        /// How many they are of.
        found: usize,
    },
    /// The picture takes more memory than it may.
    TooLarge {
        /// Height and width.
        size: [u32; 2],
        /// How many bytes it takes.
        bytes: u64,
        /// How many it may take.
        limit: u64,
    },
    /// There is a folder or something else where a picture is expected.
    NotAFile,
    /// A picture stands beside the folders of the classes.
    NoClass,
    /// There is no folder of a class.
    NoClasses,
    /// The folders are not those of the classes that are expected.
    Classes {
        /// The names of the classes; none where only their number is known.
        expected: Vec<String>,
        /// How many classes are expected.
        count: usize,
        /// The names of the folders.
        found: Vec<String>,
    },
    /// The name of a folder cannot be the name of a class, since it is no Unicode.
    ClassName,
    /// A class has no picture that can be used.
    EmptyClass {
        /// How many files were skipped.
        skipped: usize,
    },
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format { found } => write!(f, "expected a PNG or JPEG file, found {found}"),
            Self::Damaged { reason } => write!(f, "the picture is damaged or cut off: {reason}"),
            Self::Shape { expected, found } => {
                write!(
                    f,
                    "the picture is {}, but {} is expected (height×width×channels)",
                    Shape(*found),
                    Shape(*expected)
                )?;
                let ([height, width, channels], [h, w, c]) = (expected, found);
                let sizes = if (height, width) == (h, w) { "" } else { "; `resize` brings pictures to that size" };
                let colours = if channels == c { "" } else { "; `convert` makes grey of colour and the like" };
                write!(f, "{sizes}{colours}")
            }
            Self::Bits { found } => {
                write!(f, "the values of the picture have {found} bits, but 8 are expected; `convert` rounds them")
            }
            Self::TooLarge { size: [height, width], bytes, limit } => write!(
                f,
                "the picture is {height}×{width} and takes {bytes} bytes of memory, but at most {limit} are to be \
                 taken; `limit` sets another limit"
            ),
            Self::NotAFile => write!(f, "expected a PNG or JPEG file, found a folder or something else"),
            Self::NoClass => {
                write!(f, "the picture is in no class; put it into the folder of its class, or out of this one")
            }
            Self::NoClasses => {
                write!(f, "expected one folder for each class, with the pictures of the class in it, found no folder")
            }
            Self::Classes { expected, count, found } => {
                write!(f, "expected {count} classes, one folder for each")?;
                if !expected.is_empty() {
                    write!(f, " ({})", short::list(expected))?;
                }
                write!(f, ", found {} ({})", found.len(), short::list(found))
            }
            Self::ClassName => write!(f, "the folder's name is no Unicode and cannot name a class; rename it"),
            Self::EmptyClass { skipped: 0 } => write!(f, "the class has no pictures; each needs at least one"),
            Self::EmptyClass { skipped } => {
                write!(f, "the class has no picture that can be read; all {skipped} files were skipped")
            }
        }
    }
}

/// Sizes as in `480×640×3`.
struct Shape([usize; 3]);

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [height, width, channels] = self.0;
        write!(f, "{height}×{width}×{channels}")
    }
}

typednet_tensor::debug_as_display!(ImageError);

impl error::Error for ImageError {}
