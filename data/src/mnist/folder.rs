//! MNIST's four files, and those of the sets that took over its format.

use std::fs;
use std::path::PathBuf;

use typednet_tensor::Class;

use super::{Image, transpose};
use crate::idx::Idx;
use crate::{DataError, Dataset, Split, files};

/// The four files of MNIST, Fashion-MNIST, KMNIST or EMNIST in a folder.
///
/// Their names are `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
/// `t10k-labels-idx1-ubyte`, also with the older `.idx3-ubyte` and `.idx1-ubyte`, with `test` for `t10k`, and each plain
/// or with `.gz` at its end.
///
/// EMNIST has a word before the names, and its images lie on their sides: rows and columns are swapped. Its letters are
/// labelled from 1 on.
///
/// ```no_run
/// use typednet_data::mnist::Folder;
///
/// let digits = Folder::new("mnist").read::<10>()?;
/// let balanced = Folder::new("emnist").prefix("emnist-balanced-").transposed().read::<47>()?;
/// let letters = Folder::new("emnist").prefix("emnist-letters-").transposed().first_label(1).read::<26>()?;
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    prefix: String,
    transposed: bool,
    idx: Idx,
}

impl Folder {
    /// The files in the folder at `path`, with the names and labels of MNIST.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), prefix: String::new(), transposed: false, idx: Idx::new() }
    }

    /// What stands before the usual names: `emnist-balanced-`.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Swaps rows and columns of each image, so that EMNIST's stand upright.
    #[must_use]
    pub fn transposed(mut self) -> Self {
        self.transposed = true;
        self
    }

    /// The label that is class 0: see [`Idx::first_label`].
    #[must_use]
    pub fn first_label(mut self, label: u32) -> Self {
        self.idx = self.idx.first_label(label);
        self
    }

    /// Refuses files of more bytes: see [`Idx::limit`].
    #[must_use]
    pub fn limit(mut self, bytes: u64) -> Self {
        self.idx = self.idx.limit(bytes);
        self
    }

    /// Reads the images with their labels, which are of `K` classes.
    ///
    /// # Errors
    /// If a file is missing, cannot be read or is not what its name says, or if images and labels differ in number.
    pub fn read<const K: usize>(&self) -> Result<Split<Image, Class<K>>, DataError> {
        fs::read_dir(&self.path).map_err(|error| DataError::Io(error).in_path(&self.path))?;
        Ok(Split { train: self.part(&["train"])?, test: self.part(&["t10k", "test"])? })
    }

    fn part<const K: usize>(&self, parts: &[&str]) -> Result<Dataset<Image, Class<K>>, DataError> {
        let file = self.find(parts, "images", "idx3-ubyte")?;
        let mut images = self.idx.images_from_file(file)?;
        if self.transposed {
            transpose(&mut images);
        }
        let labels = self.idx.labels_from_file(self.find(parts, "labels", "idx1-ubyte")?)?;
        let files = || self.path.join(format!("{}{}-*", self.prefix, parts[0]));
        Dataset::new(images, labels).map_err(|error| error.in_path(files()))
    }

    /// The first file that is there, of the names that are in use for it. A folder of such a name may hold the file.
    fn find(&self, parts: &[&str], what: &str, format: &str) -> Result<PathBuf, DataError> {
        let mut names = Vec::new();
        for part in parts {
            for mark in ["-", "."] {
                for end in ["", ".gz"] {
                    names.push(format!("{}{part}-{what}{mark}{format}{end}", self.prefix));
                }
            }
        }
        files::find(&self.path, names)
    }
}
