//! MNIST and Fashion-MNIST: grey images of 28×28 pixels in ten classes.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use typednet_tensor::Class;

use crate::idx::{images_from_file, labels_from_file, read_images, read_labels};
use crate::{DataError, Dataset, Split};

/// 28 rows of 28 pixels, 0 for the background and 255 for full ink.
pub type Image = [u8; 28 * 28];

/// One of ten classes.
pub type Label = Class<10>;

/// What the classes of MNIST are.
pub const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// What the classes of Fashion-MNIST are.
pub const FASHION: [&str; 10] =
    ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

/// The MNIST sample inside this crate: 8,000 digits to train on and 2,000 to test on.
///
/// They are the first 10,000 of MNIST's training set in a fixed shuffled order, under CC BY-SA 3.0; authors
/// and source stand in `mnist-10k/LICENSE-MNIST.md`.
///
/// ```
/// use typednet_data::mnist;
///
/// let digits = mnist::embedded()?;
/// assert_eq!((digits.train.len(), digits.test.len()), (8_000, 2_000));
/// # Ok::<(), typednet_data::DataError>(())
/// ```
///
/// # Errors
/// If the program's copy of the sample is damaged.
pub fn embedded() -> Result<Split<Image, Label>, DataError> {
    let set = |images: &[u8], labels: &[u8]| Dataset::new(read_images(images)?, read_labels(labels)?);
    Ok(Split {
        train: set(
            include_bytes!("../mnist-10k/train-images-idx3-ubyte.gz"),
            include_bytes!("../mnist-10k/train-labels-idx1-ubyte.gz"),
        )?,
        test: set(
            include_bytes!("../mnist-10k/t10k-images-idx3-ubyte.gz"),
            include_bytes!("../mnist-10k/t10k-labels-idx1-ubyte.gz"),
        )?,
    })
}

/// MNIST or Fashion-MNIST from its four standard files in `folder`.
///
/// The names are `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
/// `t10k-labels-idx1-ubyte`, also with the older `.idx3-ubyte` and `.idx1-ubyte`, and each plain or with `.gz` at its
/// end.
///
/// # Errors
/// If a file is missing, cannot be read or is not what its name says, or if images and labels differ in number.
pub fn from_folder(folder: impl AsRef<Path>) -> Result<Split<Image, Label>, DataError> {
    let folder = folder.as_ref();
    fs::read_dir(folder).map_err(|error| DataError::Io(error).in_path(folder))?;
    let set = |name: &str| {
        let images = images_from_file(find(folder, &format!("{name}-images"), "idx3-ubyte")?)?;
        let labels = labels_from_file(find(folder, &format!("{name}-labels"), "idx1-ubyte")?)?;
        Dataset::new(images, labels).map_err(|error| error.in_path(folder.join(format!("{name}-*"))))
    };
    Ok(Split { train: set("train")?, test: set("t10k")? })
}

/// The first file that is there, of the names that are in use for it.
fn find(folder: &Path, name: &str, format: &str) -> Result<PathBuf, DataError> {
    let names = ["-", "."].map(|mark| ["", ".gz"].map(|end| format!("{name}{mark}{format}{end}")));
    let names = names.into_iter().flatten();
    for name in names.clone() {
        let path = folder.join(name);
        match fs::metadata(&path) {
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(DataError::Io(error).in_path(path)),
        }
    }
    Err(DataError::MissingFile { folder: folder.into(), names: names.collect() })
}
