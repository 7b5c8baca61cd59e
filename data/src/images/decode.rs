//! The pixels of one file.

use std::io::Cursor;

use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::jpeg;
use super::{ImageError, Resize};
use crate::DataError;

/// How a picture becomes pixels of the wanted sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) resize: Option<Resize>,
    pub(super) convert: bool,
    pub(super) limit: u64,
}

/// The pixels of a file as one run of bytes, height × width × channels as `wanted`.
pub(super) fn pixels(file: &[u8], wanted: [usize; 3], settings: Settings) -> Result<Vec<u8>, DataError> {
    let format = format(file)?;
    let other = |error| other_error(&error, settings.limit);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(settings.limit);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(other)?;
    let orientation = decoder.orientation().map_err(other)?;

    // What does not fit is refused before the pixels are unpacked.
    let (width, height) = turned(orientation, decoder.dimensions());
    let colours = decoder.color_type();
    let channels = usize::from(colours.channel_count());
    let bits = 8 * usize::from(colours.bytes_per_pixel()) / channels;
    let found = [height as usize, width as usize, channels];
    let size_fits = settings.resize.is_some() || found[..2] == wanted[..2];
    let colours_fit = settings.convert || found[2] == wanted[2];
    if !(size_fits && colours_fit) {
        return Err(ImageError::Shape { expected: wanted, found }.into());
    }
    if bits != 8 && !settings.convert {
        return Err(ImageError::Bits { found: bits }.into());
    }
    let bytes = decoder.total_bytes().max(while_resized(settings.resize, [width, height], wanted));
    if bytes > settings.limit {
        return Err(ImageError::TooLarge { size: [height, width], bytes, limit: settings.limit }.into());
    }
    if format == ImageFormat::Jpeg && !jpeg::is_whole(file) {
        return Err(ImageError::Damaged { reason: "it ends before its end mark".to_owned() }.into());
    }

    let mut picture = DynamicImage::from_decoder(decoder).map_err(other)?;
    picture.apply_orientation(orientation);
    let picture = resized(converted(picture, wanted[2]), wanted, settings.resize);
    Ok(picture.into_bytes())
}

/// PNG or JPEG, by the first bytes.
fn format(file: &[u8]) -> Result<ImageFormat, ImageError> {
    let found = match image::guess_format(file) {
        Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg)) => return Ok(format),
        Ok(other) => format!("a file of format {other:?}"),
        Err(_) if file.is_empty() => "an empty file".to_owned(),
        Err(_) => {
            let start: Vec<String> = file.iter().take(8).map(|byte| format!("{byte:02X}")).collect();
            format!("a file that begins with the bytes {}", start.join(" "))
        }
    };
    Err(ImageError::Format { found })
}

fn other_error(error: &image::ImageError, limit: u64) -> DataError {
    match error {
        image::ImageError::Limits(_) => DataError::AboveLimit { limit },
        error => ImageError::Damaged { reason: error.to_string() }.into(),
    }
}

/// Width and height as the picture is to be seen.
fn turned(orientation: Orientation, (width, height): (u32, u32)) -> (u32, u32) {
    match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            (height, width)
        }
        _ => (width, height),
    }
}

/// The picture with so many channels of bytes.
fn converted(picture: DynamicImage, channels: usize) -> DynamicImage {
    match channels {
        1 => DynamicImage::ImageLuma8(picture.into_luma8()),
        2 => DynamicImage::ImageLumaA8(picture.into_luma_alpha8()),
        3 => DynamicImage::ImageRgb8(picture.into_rgb8()),
        _ => DynamicImage::ImageRgba8(picture.into_rgba8()),
    }
}

/// How many bytes are taken on the way to another size: rows as wide as the picture's, but as many as are wanted, of four
/// numbers of single precision for each pixel.
fn while_resized(resize: Option<Resize>, [width, height]: [u32; 2], [rows, columns, _]: [usize; 3]) -> u64 {
    match resize {
        None => 0,
        Some(_) if (height as usize, width as usize) == (rows, columns) => 0,
        Some(_) => u64::from(width).saturating_mul(rows as u64).saturating_mul(16),
    }
}

fn resized(picture: DynamicImage, [height, width, _]: [usize; 3], resize: Option<Resize>) -> DynamicImage {
    let (width, height) = (width as u32, height as u32);
    let picture = match resize {
        None => return picture,
        Some(Resize::Stretch) => picture,
        Some(Resize::Crop) => {
            let [x, y, w, h] = middle([picture.width(), picture.height()], [width, height]);
            picture.crop_imm(x, y, w, h)
        }
    };
    picture.resize_exact(width, height, FilterType::Triangle)
}

/// The largest part of a picture, around its middle, that has the wanted proportions: left, top, width and height.
fn middle([width, height]: [u32; 2], [wanted_width, wanted_height]: [u32; 2]) -> [u32; 4] {
    // As much of one side as the other one allows, rounded, and at least a pixel.
    let part = |of: u32, for_wanted: u32, wanted: u32| {
        let part = (u64::from(of) * u64::from(wanted) + u64::from(for_wanted) / 2) / u64::from(for_wanted);
        part.max(1)
    };
    let w = u64::from(width).min(part(height, wanted_height, wanted_width)) as u32;
    let h = u64::from(height).min(part(width, wanted_width, wanted_height)) as u32;
    [(width - w) / 2, (height - h) / 2, w, h]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_has_the_wanted_proportions() {
        for (size, wanted, part) in [
            ([640, 480], [64, 64], [80, 0, 480, 480]),
            ([480, 640], [64, 64], [0, 80, 480, 480]),
            ([640, 480], [32, 64], [200, 0, 240, 480]),
            ([10, 10], [7, 7], [0, 0, 10, 10]),
            ([1, 1000], [64, 64], [0, 499, 1, 1]),
            ([3, 3], [1000, 1], [0, 1, 3, 1]),
            ([u32::MAX, 1], [1, u32::MAX], [u32::MAX / 2, 0, 1, 1]),
        ] {
            assert_eq!(middle(size, wanted), part, "{size:?} for {wanted:?}");
        }
    }
}
