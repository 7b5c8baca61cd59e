//! MNIST, Fashion-MNIST and EMNIST: grey images of 28×28 pixels.

mod folder;

use std::path::Path;

use typednet_tensor::Class;

use crate::idx::{read_images, read_labels};
use crate::{DataError, Dataset, Split};

pub use folder::Folder;

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
            include_bytes!("../../mnist-10k/train-images-idx3-ubyte.gz"),
            include_bytes!("../../mnist-10k/train-labels-idx1-ubyte.gz"),
        )?,
        test: set(
            include_bytes!("../../mnist-10k/t10k-images-idx3-ubyte.gz"),
            include_bytes!("../../mnist-10k/t10k-labels-idx1-ubyte.gz"),
        )?,
    })
}

/// MNIST or Fashion-MNIST from its four standard files in `folder`; [`Folder`] reads EMNIST and other names too.
///
/// # Errors
/// As [`Folder::read`].
pub fn from_folder(folder: impl AsRef<Path>) -> Result<Split<Image, Label>, DataError> {
    Folder::new(folder.as_ref()).read()
}

/// Swaps rows and columns of each image: those of EMNIST lie on their sides and then stand upright.
///
/// ```
/// use typednet_data::mnist;
///
/// let mut images = [[0; 784]];
/// images[0][28] = 255; // second row, first column
/// mnist::transpose(&mut images);
/// assert_eq!(images[0][1], 255);
/// ```
pub fn transpose(images: &mut [Image]) {
    for image in images {
        for row in 0..28 {
            for column in 0..row {
                image.swap(28 * row + column, 28 * column + row);
            }
        }
    }
}
