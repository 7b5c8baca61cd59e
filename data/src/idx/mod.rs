//! The IDX format, plain or gzipped: MNIST's files.
//!
//! | bytes | what |
//! | --- | --- |
//! | 2 | zero |
//! | 1 | element type: `0x08` u8, `0x09` i8, `0x0B` i16, `0x0C` i32, `0x0D` f32, `0x0E` f64 |
//! | 1 | rank r: how many dimensions |
//! | 4·r | the sizes, big-endian, the number of rows first |
//! | the product of the sizes, times an element's size | the elements, big-endian, the last dimension fastest |
//!
//! Source: the page of the MNIST database, "The IDX file format". Whether a file is gzipped is seen from its first two
//! bytes and not from its name. Memory grows with the data that really come, so a header that promises more than
//! there is costs nothing; [`Idx::limit`] says how much may come.

pub(crate) mod element;
mod read;

use std::io::BufRead;
use std::path::Path;

use typednet_tensor::{Class, Sample, rows};

use crate::bytes::{self, from_file};
use crate::{DataError, IdxKind};
use read::Samples;
pub(crate) use read::header_of;

pub use element::{Element, IdxElement};

/// How IDX files are read: as which numbers, up to which size, and from which label on.
///
/// ```
/// use typednet_data::idx::Idx;
///
/// // Two samples of three 16-bit integers.
/// let file = [0, 0, 0x0B, 2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 1, 0, 2, 0, 3, 255, 255, 255, 254, 1, 0];
/// assert_eq!(Idx::new().samples::<i16, 3>(&file[..])?, [[1, 2, 3], [-1, -2, 256]]);
/// assert_eq!(Idx::new().samples::<f32, 3>(&file[..])?[1], [-1.0, -2.0, 256.0]);
///
/// let error = Idx::new().limit(8).samples::<i16, 3>(&file[..]).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the header promises 12 bytes of data, but at most 8 are to be read; `Idx::limit` sets another limit",
/// );
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Idx {
    limit: Option<u64>,
    first_label: u32,
}

impl Idx {
    /// The most bytes that come out of a gzipped file unless [`limit`](Self::limit) says something else: 1 GiB.
    pub const GZIP_LIMIT: u64 = bytes::GZIP_LIMIT;

    /// Files of any size, but of no more than [`GZIP_LIMIT`](Self::GZIP_LIMIT) once they are unpacked; labels from 0 on.
    pub fn new() -> Self {
        Self::default()
    }

    /// Refuses files of more than so many bytes of elements, packed or not.
    #[must_use]
    pub fn limit(mut self, bytes: u64) -> Self {
        self.limit = Some(bytes);
        self
    }

    /// The label that is class 0: 1 for the letters of EMNIST, whose labels are 1 to 26.
    #[must_use]
    pub fn first_label(mut self, label: u32) -> Self {
        self.first_label = label;
        self
    }

    /// The samples of a file of one or more dimensions, each as one run of `LEN` numbers; a file of one dimension has
    /// samples of one number.
    ///
    /// # Errors
    /// If the data are not such a file from the first byte to the last, if it has elements that `T` does not hold
    /// exactly or samples of another length, if there are no samples, or if they exceed the limit.
    pub fn samples<T: IdxElement, const LEN: usize>(self, reader: impl BufRead) -> Result<Vec<[T; LEN]>, DataError> {
        read::samples(reader, IdxKind::Samples, self.limit, &runs())
    }

    /// The samples of a file whose sizes are those of the type, as values of that shape: a file of 28×28 bytes as
    /// `[[u8; 28]; 28]`, or as `[[[u8; 1]; 28]; 28]`, since sizes of 1 at the end do not count.
    ///
    /// ```
    /// use typednet_data::Image;
    /// use typednet_data::idx::Idx;
    ///
    /// // One image of two rows and three columns.
    /// let file = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];
    /// let images = Idx::new().shaped::<Image<2, 3, 1>>(&file[..])?;
    /// assert_eq!(images[0], [[[1], [2], [3]], [[4], [5], [6]]]);
    ///
    /// let error = Idx::new().shaped::<Image<3, 2, 1>>(&file[..]).unwrap_err();
    /// assert_eq!(error.to_string(), "a sample in the file is 2×3, but the type that is to hold it is 3×2×1");
    /// # Ok::<(), typednet_data::DataError>(())
    /// ```
    ///
    /// # Errors
    /// As [`samples`](Self::samples), and if a sample has other sizes, whether or not it has as many elements.
    pub fn shaped<S: Sample<Elem: IdxElement>>(self, reader: impl BufRead) -> Result<Vec<S>, DataError> {
        const { assert!(S::LEN > 0, "a sample has at least one element") };
        let append = |numbers: &[S::Elem], to: &mut Vec<S>| to.extend_from_slice(rows(numbers));
        let into = Samples { len: S::LEN, shape: Some(S::SHAPE), append };
        read::samples(reader, IdxKind::Samples, self.limit, &into)
    }

    /// [`samples`](Self::samples) of bytes in two or more dimensions.
    ///
    /// # Errors
    /// As [`samples`](Self::samples).
    pub fn images<const LEN: usize>(self, reader: impl BufRead) -> Result<Vec<[u8; LEN]>, DataError> {
        read::samples(reader, IdxKind::Images, self.limit, &runs())
    }

    /// The labels of a file of one dimension, whatever its elements are.
    ///
    /// # Errors
    /// As [`samples`](Self::samples), and if a label is none of the `N` classes.
    pub fn labels<const N: usize>(self, reader: impl BufRead) -> Result<Vec<Class<N>>, DataError> {
        let numbers: Vec<[f64; 1]> = read::samples(reader, IdxKind::Labels, self.limit, &runs())?;
        let first = f64::from(self.first_label);
        let class = |(row, [found]): (usize, &[f64; 1])| {
            let label = found - first;
            if label.fract() != 0.0 || !(0.0..=f64::from(u32::MAX)).contains(&label) {
                return Err(DataError::NotLabel { row, found: *found, first: self.first_label });
            }
            #[allow(clippy::cast_sign_loss, reason = "it is not negative")]
            Class::new(label as usize).map_err(|error| DataError::Label { row, error })
        };
        numbers.iter().enumerate().map(class).collect()
    }

    /// [`samples`](Self::samples) from the file at `path`.
    ///
    /// # Errors
    /// As [`samples`](Self::samples), and if the file cannot be read; with its path.
    pub fn samples_from_file<T: IdxElement, const LEN: usize>(
        self,
        path: impl AsRef<Path>,
    ) -> Result<Vec<[T; LEN]>, DataError> {
        from_file(path.as_ref(), |reader| self.samples(reader))
    }

    /// [`shaped`](Self::shaped) from the file at `path`.
    ///
    /// # Errors
    /// As [`shaped`](Self::shaped), and if the file cannot be read; with its path.
    pub fn shaped_from_file<S: Sample<Elem: IdxElement>>(self, path: impl AsRef<Path>) -> Result<Vec<S>, DataError> {
        from_file(path.as_ref(), |reader| self.shaped(reader))
    }

    /// [`images`](Self::images) from the file at `path`.
    ///
    /// # Errors
    /// As [`samples_from_file`](Self::samples_from_file).
    pub fn images_from_file<const LEN: usize>(self, path: impl AsRef<Path>) -> Result<Vec<[u8; LEN]>, DataError> {
        from_file(path.as_ref(), |reader| self.images(reader))
    }

    /// [`labels`](Self::labels) from the file at `path`.
    ///
    /// # Errors
    /// As [`labels`](Self::labels), and if the file cannot be read; with its path.
    pub fn labels_from_file<const N: usize>(self, path: impl AsRef<Path>) -> Result<Vec<Class<N>>, DataError> {
        from_file(path.as_ref(), |reader| self.labels(reader))
    }
}

/// The samples of an IDX file of bytes in two or more dimensions, each as one run of `LEN` bytes; [`Idx::samples`] reads
/// other elements.
///
/// ```
/// use typednet_data::idx;
///
/// let file = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, /* two images of 1×3 */ 1, 2, 3, 4, 5, 6];
/// assert_eq!(idx::read_images::<3>(&file[..])?, [[1, 2, 3], [4, 5, 6]]);
///
/// let error = idx::read_images::<3>(&file[..21]).unwrap_err();
/// assert_eq!(error.to_string(), "the header promises 6 bytes of data, but the file has only 5");
/// # Ok::<(), typednet_data::DataError>(())
/// ```
///
/// # Errors
/// As [`Idx::samples`].
pub fn read_images<const LEN: usize>(reader: impl BufRead) -> Result<Vec<[u8; LEN]>, DataError> {
    Idx::new().images(reader)
}

/// The labels of an IDX file of one dimension, whatever its elements are.
///
/// ```
/// use typednet_data::idx;
///
/// let file = [0, 0, 8, 1, 0, 0, 0, 3, /* three labels */ 7, 0, 10];
/// let error = idx::read_labels::<10>(&file[..]).unwrap_err();
/// assert_eq!(error.to_string(), "row 2: label 10 is out of range: there are 10 classes, 0 to 9");
/// assert_eq!(idx::read_labels::<11>(&file[..])?[2].index(), 10);
/// # Ok::<(), typednet_data::DataError>(())
/// ```
///
/// # Errors
/// As [`Idx::labels`].
pub fn read_labels<const N: usize>(reader: impl BufRead) -> Result<Vec<Class<N>>, DataError> {
    Idx::new().labels(reader)
}

/// [`read_images`] from the file at `path`.
///
/// # Errors
/// As [`Idx::samples_from_file`].
pub fn images_from_file<const LEN: usize>(path: impl AsRef<Path>) -> Result<Vec<[u8; LEN]>, DataError> {
    Idx::new().images_from_file(path)
}

/// [`read_labels`] from the file at `path`.
///
/// # Errors
/// As [`Idx::labels_from_file`].
pub fn labels_from_file<const N: usize>(path: impl AsRef<Path>) -> Result<Vec<Class<N>>, DataError> {
    Idx::new().labels_from_file(path)
}

/// Samples that are runs of `LEN` numbers, whatever sizes the file states for them.
fn runs<T: IdxElement, const LEN: usize>() -> Samples<T, [T; LEN]> {
    const { assert!(LEN > 0, "a sample has at least one element") };
    Samples { len: LEN, shape: None, append: |numbers, to| to.extend_from_slice(numbers.as_chunks().0) }
}
