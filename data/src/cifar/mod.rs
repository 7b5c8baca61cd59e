//! CIFAR-10 and CIFAR-100: colour images of 32×32 pixels, from their binary files.
//!
//! | bytes of a record | CIFAR-10 | CIFAR-100 |
//! | --- | --- | --- |
//! | labels | 1: the class | 2: the coarse class, the fine class |
//! | 1,024 each | red, green, blue: 32 rows of 32 | the same |
//!
//! A file is nothing but records. Source: Krizhevsky, "The CIFAR-10 dataset", section "Binary version". The planes become
//! pixels while they are read ([`Image`]). As with [`idx`](crate::idx), whether a file is gzipped is seen from its first two
//! bytes, and memory grows with the data that really come.
//!
//! ```no_run
//! use typednet_data::cifar;
//!
//! let objects = cifar::cifar10("cifar-10-batches-bin")?;
//! assert_eq!((objects.train.len(), objects.test.len()), (50_000, 10_000));
//! let image: &[[[u8; 3]; 32]; 32] = &objects.train.samples()[0];
//! println!("a {}", cifar::CLASSES_10[objects.train.targets()[0].index()]);
//!
//! // Both labels of CIFAR-100, or one of them.
//! let objects = cifar::cifar100("cifar-100-binary")?.map_targets(|labels| labels.fine);
//! # let _ = (image, objects);
//! # Ok::<(), typednet_data::DataError>(())
//! ```

mod names;
mod read;

use std::fmt;
use std::fs;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use typednet_tensor::Class;

use crate::bytes::from_file;
use crate::hash::Content;
use crate::{DataError, Dataset, Split, files};
use read::Records;

pub use names::{CLASSES_10, COARSE_CLASSES, FINE_CLASSES};
pub(crate) use read::{RECORD_10, RECORD_100};

/// 32 rows of 32 pixels of red, green and blue.
pub type Image = crate::Image<32, 32, 3>;

/// The two labels of an image of CIFAR-100.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Labels {
    /// One of 20 groups of five classes.
    pub coarse: Class<20>,
    /// One of 100 classes.
    pub fine: Class<100>,
}

impl Content for Labels {
    fn name(to: &mut dyn fmt::Write) -> fmt::Result {
        to.write_str("class of 20, class of 100")
    }

    fn hash(values: &[Self], hash: &mut dyn FnMut(&[u8])) {
        for labels in values {
            Class::hash(&[labels.coarse], hash);
            Class::hash(&[labels.fine], hash);
        }
    }
}

/// How the files of CIFAR-10 and CIFAR-100 are read: up to which size.
///
/// ```
/// use typednet_data::cifar::Cifar;
///
/// // One record: class 7, then a red, a green and a blue plane.
/// let mut file = vec![7];
/// file.extend([[10_u8; 1024], [20; 1024], [30; 1024]].as_flattened());
/// let data = Cifar::new().read_10(&file[..])?;
/// assert_eq!((data.samples()[0][31][31], data.targets()[0].index()), ([10, 20, 30], 7));
///
/// let error = Cifar::new().read_10(&file[1..]).unwrap_err().to_string();
/// assert!(error.starts_with("expected whole records of 3073 bytes, found 3072 bytes; "), "{error}");
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Cifar {
    limit: Option<u64>,
}

impl Cifar {
    /// Files of any size, but of no more than 1 GiB once they are unpacked.
    pub fn new() -> Self {
        Self::default()
    }

    /// Refuses files of more than so many bytes, packed or not.
    #[must_use]
    pub fn limit(mut self, bytes: u64) -> Self {
        self.limit = Some(bytes);
        self
    }

    /// The images of a file of CIFAR-10 with their classes.
    ///
    /// # Errors
    /// If the data are no whole records, if a label is no class, if there are no images, or if they exceed the limit.
    pub fn read_10(self, reader: impl BufRead) -> Result<Dataset<Image, Class<10>>, DataError> {
        let mut records = Records::new(self.limit);
        records.read(reader, class_10)?;
        records.into_dataset()
    }

    /// The images of a file of CIFAR-100 with both their labels.
    ///
    /// # Errors
    /// As [`read_10`](Self::read_10).
    pub fn read_100(self, reader: impl BufRead) -> Result<Dataset<Image, Labels>, DataError> {
        let mut records = Records::new(self.limit);
        records.read(reader, labels_100)?;
        records.into_dataset()
    }

    /// CIFAR-10 from `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`, each plain or with `.gz` at its end, in
    /// `folder` or in a folder `cifar-10-batches-bin` there.
    ///
    /// # Errors
    /// If a file is missing or cannot be read, or as [`read_10`](Self::read_10); with the path of the file.
    pub fn cifar10(self, folder: impl AsRef<Path>) -> Result<Split<Image, Class<10>>, DataError> {
        let folder = unpacked(folder.as_ref(), "cifar-10-batches-bin")?;
        let batches = [1, 2, 3, 4, 5].map(|number| format!("data_batch_{number}.bin"));
        self.split(&folder, &batches, "test_batch.bin", class_10)
    }

    /// CIFAR-100 from `train.bin` and `test.bin`, each plain or with `.gz` at its end, in `folder` or in a folder
    /// `cifar-100-binary` there.
    ///
    /// # Errors
    /// As [`cifar10`](Self::cifar10).
    pub fn cifar100(self, folder: impl AsRef<Path>) -> Result<Split<Image, Labels>, DataError> {
        let folder = unpacked(folder.as_ref(), "cifar-100-binary")?;
        self.split(&folder, &["train.bin".to_owned()], "test.bin", labels_100)
    }

    fn split<Y, const LABELS: usize>(
        self,
        folder: &Path,
        train: &[String],
        test: &str,
        target: impl Fn([u8; LABELS], usize) -> Result<Y, DataError>,
    ) -> Result<Split<Image, Y>, DataError> {
        let part = |names: &[String]| {
            let mut records = Records::new(self.limit);
            for name in names {
                let path = files::find(folder, vec![name.clone(), format!("{name}.gz")])?;
                from_file(&path, |reader| records.read(reader, &target))?;
            }
            records.into_dataset()
        };
        Ok(Split { train: part(train)?, test: part(&[test.to_owned()])? })
    }
}

fn class_10([label]: [u8; 1], row: usize) -> Result<Class<10>, DataError> {
    class(label, row)
}

fn labels_100([coarse, fine]: [u8; 2], row: usize) -> Result<Labels, DataError> {
    Ok(Labels { coarse: class(coarse, row)?, fine: class(fine, row)? })
}

fn class<const K: usize>(label: u8, row: usize) -> Result<Class<K>, DataError> {
    Class::new(usize::from(label)).map_err(|error| DataError::Label { row, error })
}

/// The folder that the archive unpacks to, where it is in `folder`.
fn unpacked(folder: &Path, name: &str) -> Result<PathBuf, DataError> {
    fs::read_dir(folder).map_err(|error| DataError::Io(error).in_path(folder))?;
    let inner = folder.join(name);
    Ok(if inner.is_dir() { inner } else { folder.to_owned() })
}

/// CIFAR-10 from its six files in `folder`: see [`Cifar::cifar10`].
///
/// # Errors
/// As [`Cifar::cifar10`].
pub fn cifar10(folder: impl AsRef<Path>) -> Result<Split<Image, Class<10>>, DataError> {
    Cifar::new().cifar10(folder)
}

/// CIFAR-100 from its two files in `folder`, with both labels: see [`Cifar::cifar100`].
///
/// # Errors
/// As [`Cifar::cifar100`].
pub fn cifar100(folder: impl AsRef<Path>) -> Result<Split<Image, Labels>, DataError> {
    Cifar::new().cifar100(folder)
}
