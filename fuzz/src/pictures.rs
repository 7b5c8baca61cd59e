//! PNG and JPEG files.

use typednet::data::images::{ImageFiles, Resize};

use crate::files::{read, said};

/// As they are and as they are changed, by their bytes and as a file.
pub(crate) fn run(bytes: &[u8]) {
    let strict = ImageFiles::<4, 6, 3>::new().limit(1 << 22);
    said(strict.decode(bytes));
    for how in [Resize::Crop, Resize::Stretch] {
        said(strict.clone().resize(how).convert().decode(bytes));
    }
    said(ImageFiles::<5, 3, 1>::new().limit(1 << 22).resize(Resize::Crop).convert().decode(bytes));
    read("picture.png", bytes, |path| said(strict.file(path)));
}
