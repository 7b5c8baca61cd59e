//! Pictures: PNG and JPEG files, one by one or in a folder for each class. Needs the feature `images`.
//!
//! The type says height, width and channels, and a picture of other sizes is an error that names the file and both
//! shapes, unless it was asked to be [resized](ImageFiles::resize) or [converted](ImageFiles::convert). Whether a file is
//! PNG or JPEG is seen from its first bytes and not from its name, and a picture that its camera marks as lying on its
//! side is turned upright, as viewers do. Colour profiles are not applied.

mod decode;
mod error;
mod folder;
mod jpeg;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use typednet_tensor::{Flat, zeroed_sample};

use crate::{DataError, Image};
use decode::Settings;

pub use error::ImageError;
pub use folder::{ImageFolder, Skipped};

/// How a picture of another size is brought to the wanted one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resize {
    /// The whole picture, with other proportions where they differ.
    Stretch,
    /// The largest part around the middle that has the wanted proportions.
    Crop,
}

/// How PNG and JPEG files are read as images of `H` rows, `W` columns and `C` channels: 1 for grey, 2 for grey with
/// alpha, 3 for colour, 4 for colour with alpha; other channels are an error when the program is built.
///
/// Keep it as one function of the program, so that pictures are read in use as they were in training.
///
/// ```no_run
/// use typednet_data::images::{ImageFiles, Resize};
///
/// fn pictures() -> ImageFiles<64, 64, 3> {
///     ImageFiles::new().resize(Resize::Crop).convert()
/// }
///
/// // pets/train/cat/*.jpg, pets/train/dog/*.jpg, and the same classes in pets/test.
/// let train = pictures().skip_bad().folder::<2>("pets/train")?;
/// for skipped in &train.skipped {
///     eprintln!("skipped {}", skipped.error);
/// }
/// let test = pictures().folder_of("pets/test", &train.names)?;
/// assert_eq!(test.names.name(test.data.targets()[0]), "cat");
///
/// let picture: Box<[[[u8; 3]; 64]; 64]> = pictures().file("new.jpg")?;
/// # let _ = picture;
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageFiles<const H: usize, const W: usize, const C: usize> {
    settings: Settings,
    skip_bad: bool,
}

impl<const H: usize, const W: usize, const C: usize> Default for ImageFiles<H, W, C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const H: usize, const W: usize, const C: usize> ImageFiles<H, W, C> {
    /// The most bytes that a file, or its picture, may take unless [`limit`](Self::limit) says something else: 256 MiB.
    pub const LIMIT: u64 = 256 << 20;

    /// Pictures of exactly this size and these channels, of 8 bits each.
    pub const fn new() -> Self {
        const {
            assert!(H > 0 && W > 0 && H <= u32::MAX as usize && W <= u32::MAX as usize, "an image has pixels");
            assert!(
                C >= 1 && C <= 4,
                "pictures have 1 (grey), 2 (grey, alpha), 3 (colour) or 4 (colour, alpha) channels"
            );
        }
        Self { settings: Settings { resize: None, convert: false, limit: Self::LIMIT }, skip_bad: false }
    }

    /// Brings pictures of other sizes to this one, by the mean over what lies under a pixel, weighted by a triangle
    /// (bilinear where a picture becomes larger).
    #[must_use]
    pub const fn resize(mut self, how: Resize) -> Self {
        self.settings.resize = Some(how);
        self
    }

    /// Makes grey of colour, as 0.2126·red + 0.7152·green + 0.0722·blue, and colour with three equal channels of grey; drops
    /// alpha, or adds an opaque one; and rounds 16 bits to 8.
    #[must_use]
    pub const fn convert(mut self) -> Self {
        self.settings.convert = true;
        self
    }

    /// Leaves out the files of a folder that cannot be used, and lists them in [`ImageFolder::skipped`]; otherwise the first
    /// of them is an error.
    #[must_use]
    pub const fn skip_bad(mut self) -> Self {
        self.skip_bad = true;
        self
    }

    /// Refuses files of more bytes, and pictures that take more memory.
    #[must_use]
    pub const fn limit(mut self, bytes: u64) -> Self {
        self.settings.limit = bytes;
        self
    }

    /// The picture in the bytes of a file.
    ///
    /// # Errors
    /// If the bytes are no whole PNG or JPEG file, or the picture is of another shape, or too large.
    pub fn decode(&self, file: &[u8]) -> Result<Box<Image<H, W, C>>, DataError> {
        let pixels = decode::pixels(file, [H, W, C], self.settings)?;
        let mut image = zeroed_sample::<Image<H, W, C>>();
        image.as_flat_mut().copy_from_slice(&pixels);
        Ok(image)
    }

    /// The picture in the file at `path`.
    ///
    /// # Errors
    /// As [`decode`](Self::decode), and if the file cannot be read; with its path.
    pub fn file(&self, path: impl AsRef<Path>) -> Result<Box<Image<H, W, C>>, DataError> {
        let path = path.as_ref();
        self.read(path).and_then(|file| self.decode(&file)).map_err(|error| error.in_path(path))
    }

    /// The bytes of a file.
    fn read(&self, path: &Path) -> Result<Vec<u8>, DataError> {
        let limit = self.settings.limit;
        // Before it is opened, since a pipe would be waited for.
        if !path.metadata().map_err(DataError::Io)?.is_file() {
            return Err(ImageError::NotAFile.into());
        }
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(DataError::Io)?;
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(DataError::Io)?;
        if bytes.len() as u64 > limit { Err(DataError::AboveLimit { limit }) } else { Ok(bytes) }
    }
}
