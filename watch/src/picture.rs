//! Samples as pictures.

use typednet_tensor::{Sample, Scalar, Shape};

use crate::WatchError;

/// How the values of a sample are a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PictureShape {
    height: usize,
    width: usize,
    colours: usize,
    /// Whether all values of one colour stand together.
    planes: bool,
    range: Option<(f64, f64)>,
}

impl PictureShape {
    /// Grey, row by row, the lowest value black and the highest white.
    pub const fn grey(height: usize, width: usize) -> Self {
        Self { height, width, colours: 1, planes: false, range: None }
    }

    /// Red, green and blue of each pixel together, channels last, row by row: `[[[T; 3]; W]; H]`.
    pub const fn colour(height: usize, width: usize) -> Self {
        Self { height, width, colours: 3, planes: false, range: None }
    }

    /// All red values, then all green ones, then all blue ones, channels first, each row by row: `[[[T; W]; H]; 3]`.
    pub const fn colour_planes(height: usize, width: usize) -> Self {
        Self { planes: true, ..Self::colour(height, width) }
    }

    /// Black is `black` and white is `white`, whatever values a sample has. Else they are its lowest and highest.
    #[must_use]
    pub const fn range(self, black: f64, white: f64) -> Self {
        Self { range: Some((black, white)), ..self }
    }

    /// The sizes of a sample that is such a picture, outermost first.
    const fn sizes(&self) -> [usize; 3] {
        let Self { height, width, colours, planes, .. } = *self;
        if planes { [colours, height, width] } else { [height, width, colours] }
    }

    /// Whether a sample of this shape, which has as many values, can be such a picture: as a row of values, or where its
    /// sizes but for those of 1 are the picture's.
    fn allows(&self, shape: &Shape) -> bool {
        let more_than_one = |size: &&usize| **size != 1;
        shape.sizes().len() < 2
            || shape.sizes().iter().filter(more_than_one).eq(self.sizes().iter().filter(more_than_one))
    }
}

/// A picture of bytes, grey or in red, green and blue.
///
/// ```
/// use typednet_watch::{Picture, PictureShape};
///
/// let picture = Picture::of(&[0.0_f32, 0.5, 0.75, 1.0], PictureShape::grey(2, 2))?;
/// assert_eq!(picture.pixels(), [0, 128, 191, 255]);
/// assert_eq!(&picture.png()[1..4], b"PNG");
/// # Ok::<(), typednet_watch::WatchError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    height: usize,
    width: usize,
    colours: usize,
    pixels: Vec<u8>,
}

impl Picture {
    /// The picture of a sample; values that are not finite are black.
    ///
    /// # Errors
    /// If the sample has more or fewer values than the shape, or is an array of other sizes.
    pub fn of<S: Sample<Elem: Scalar>>(sample: &S, shape: PictureShape) -> Result<Self, WatchError> {
        let PictureShape { height, width, colours, planes, range } = shape;
        let values = sample.as_flat();
        if height.checked_mul(width).and_then(|size| size.checked_mul(colours)) != Some(values.len())
            || values.is_empty()
        {
            return Err(WatchError::PictureSize { shape: [height, width, colours], found: values.len() });
        }
        if !shape.allows(&S::SHAPE) {
            return Err(WatchError::PictureLayout { expected: shape.sizes(), found: S::SHAPE });
        }
        let finite = || values.iter().map(|value| value.to_f64_exact()).filter(|value| value.is_finite());
        let (black, white) = range
            .unwrap_or_else(|| (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max)));
        let scale = if (white - black).abs() < f64::MIN_POSITIVE { 0.0 } else { 255.0 / (white - black) };
        #[allow(clippy::cast_sign_loss, reason = "a float is cut to the range of a byte, and NaN becomes 0")]
        let byte = |value: f64| ((value - black) * scale).round() as u8;
        let area = height * width;
        // The colours of a pixel are together in a picture, whether or not they are in the sample.
        let (of_pixel, of_colour) = if planes { (1, area) } else { (colours, 1) };
        let places = (0..area).flat_map(|pixel| (0..colours).map(move |colour| pixel * of_pixel + colour * of_colour));
        let pixels = places.map(|place| byte(values[place].to_f64_exact())).collect();
        Ok(Self { height, width, colours, pixels })
    }

    /// The number of rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The number of columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// 1 for grey, 3 for red, green and blue.
    pub fn colours(&self) -> usize {
        self.colours
    }

    /// The bytes, row by row, the colours of a pixel together.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// As a PNG file.
    ///
    /// # Panics
    /// If a side is longer than a PNG file can say, 2³¹ − 1.
    pub fn png(&self) -> Vec<u8> {
        let mut file = Vec::new();
        let side = |side| u32::try_from(side).expect("a picture in memory is not that long");
        let mut encoder = png::Encoder::new(&mut file, side(self.width), side(self.height));
        encoder.set_color(if self.colours == 1 { png::ColorType::Grayscale } else { png::ColorType::Rgb });
        encoder.set_depth(png::BitDepth::Eight);
        let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&self.pixels));
        written.expect("memory takes all bytes, and there are as many as the header says");
        file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_png_is_read_back() {
        let sample: [f32; 12] = std::array::from_fn(|i| i as f32 / 11.0);
        for (shape, colours) in
            [(PictureShape::grey(4, 3), 1), (PictureShape::colour(2, 2), 3), (PictureShape::colour_planes(2, 2), 3)]
        {
            let picture = Picture::of(&sample, shape).expect("a picture");
            let file = picture.png();
            let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().expect("a PNG file");
            let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
            let info = reader.next_frame(&mut pixels).expect("pixels");
            assert_eq!((info.width as usize, info.height as usize), (picture.width(), picture.height()));
            assert_eq!(&pixels[..info.buffer_size()], picture.pixels());
            assert_eq!(info.color_type.samples(), colours);
        }
    }

    #[test]
    fn colours_stand_together() {
        let planes = [[[1.0_f64, 2.0]], [[3.0, 4.0]], [[5.0, 6.0]]];
        let picture = Picture::of(&planes, PictureShape::colour_planes(1, 2).range(0.0, 255.0)).expect("a picture");
        assert_eq!(picture.pixels(), [1, 3, 5, 2, 4, 6]);
        let image = [[[1.0_f64, 3.0, 5.0], [2.0, 4.0, 6.0]]];
        assert_eq!(Picture::of(&image, PictureShape::colour(1, 2).range(0.0, 255.0)), Ok(picture));
    }

    /// An array says how its values lie, and that has to be how they are drawn.
    #[test]
    fn other_sizes_are_refused() {
        let error = |result: Result<Picture, WatchError>| result.expect_err("another layout").to_string();
        let (image, planes) = ([[[0.0_f32; 3]; 4]; 2], [[[0.0_f32; 4]; 2]; 3]);
        assert!(Picture::of(&image, PictureShape::colour(2, 4)).is_ok());
        assert!(Picture::of(&planes, PictureShape::colour_planes(2, 4)).is_ok());
        assert!(Picture::of(&[0.0_f32; 24], PictureShape::colour(2, 4)).is_ok());
        assert_eq!(
            error(Picture::of(&planes, PictureShape::colour(2, 4))),
            "a picture of [2, 4, 3] values is expected, but a sample is [3, 2, 4]; `PictureShape::colour_planes` is for \
             channels first, the others are for channels last"
        );
        error(Picture::of(&image, PictureShape::colour_planes(2, 4)));
        error(Picture::of(&image, PictureShape::colour(4, 2)));
        error(Picture::of(&[[0.0_f32; 4]; 2], PictureShape::grey(4, 2)));
        for picture in [
            Picture::of(&[[[0.0_f32; 1]; 4]; 2], PictureShape::grey(2, 4)),
            Picture::of(&[[[0.0_f32; 4]; 2]; 1], PictureShape::grey(2, 4)),
            Picture::of(&[[0.0_f32; 4]; 2], PictureShape::grey(2, 4)),
        ] {
            assert_eq!(picture.map(|picture| picture.pixels().len()), Ok(8));
        }
    }

    #[test]
    fn odd_values_and_shapes() {
        let shape = PictureShape::grey(1, 3);
        assert_eq!(Picture::of(&[5.0_f32; 3], shape).expect("a picture").pixels(), [0, 0, 0]);
        assert_eq!(Picture::of(&[0.0_f32, f32::NAN, 2.0], shape).expect("a picture").pixels(), [0, 0, 255]);
        assert_eq!(
            Picture::of(&[-9.0_f32, 0.5, 9.0], shape.range(0.0, 1.0)).expect("a picture").pixels(),
            [0, 128, 255]
        );
        let error = Picture::of(&[0.0_f32; 784], PictureShape::grey(28, 27)).expect_err("too few");
        assert!(error.to_string().contains("28 rows, 27 columns and 1 colours has 756 values, but a sample has 784"));
        assert!(Picture::of(&[0.0_f32; 4], PictureShape::grey(usize::MAX, 2)).is_err());
    }
}
