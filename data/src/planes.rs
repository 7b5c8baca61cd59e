//! Images with their channels last, and data that come channels first.

use typednet_tensor::{Sample, zeroed_samples};

use crate::{Dataset, Split};

/// An image of `H` rows, `W` columns and `C` channels, channels last, as networks of images read it: bytes unless another
/// number is named.
///
/// ```
/// use typednet_data::Image;
///
/// let black: Image<32, 32, 3> = [[[0_u8; 3]; 32]; 32];
/// let grey: Image<28, 28, 1, f32> = [[[0.5_f32; 1]; 28]; 28];
/// # let _ = (black, grey);
/// ```
pub type Image<const H: usize, const W: usize, const C: usize, T = u8> = [[[T; C]; W]; H];

/// An image as `C` planes of `H` rows and `W` columns, channels first: CIFAR-10's files, tensors of `PyTorch`.
pub type Planes<const C: usize, const H: usize, const W: usize, T = u8> = [[[T; W]; H]; C];

/// Images with their channels last out of images with their channels first.
///
/// ```
/// use typednet_data::{Planes, from_planes, to_planes};
///
/// // Two channels, one row, three columns.
/// let planes: Planes<2, 1, 3> = [[[1, 2, 3]], [[10, 20, 30]]];
/// let images = from_planes(&[planes]);
/// assert_eq!(images, [[[[1, 10], [2, 20], [3, 30]]]]);
/// assert_eq!(to_planes(&images), [planes]);
/// ```
pub fn from_planes<T: Sample, const C: usize, const H: usize, const W: usize>(
    planes: &[Planes<C, H, W, T>],
) -> Vec<Image<H, W, C, T>> {
    let mut images = zeroed_samples(planes.len());
    for (image, planes) in images.iter_mut().zip(planes) {
        channels_last(planes, image);
    }
    images
}

/// Images with their channels first out of images with their channels last: what [`from_planes`] undoes.
pub fn to_planes<T: Sample, const H: usize, const W: usize, const C: usize>(
    images: &[Image<H, W, C, T>],
) -> Vec<Planes<C, H, W, T>> {
    let mut planes: Vec<Planes<C, H, W, T>> = zeroed_samples(images.len());
    for (planes, image) in planes.iter_mut().zip(images) {
        for (y, row) in image.iter().enumerate() {
            for (x, pixel) in row.iter().enumerate() {
                for (plane, value) in planes.iter_mut().zip(pixel) {
                    plane[y][x] = *value;
                }
            }
        }
    }
    planes
}

/// One image; nothing is allocated.
pub(crate) fn channels_last<T: Copy, const C: usize, const H: usize, const W: usize>(
    planes: &Planes<C, H, W, T>,
    image: &mut Image<H, W, C, T>,
) {
    for (y, row) in image.iter_mut().enumerate() {
        for (x, pixel) in row.iter_mut().enumerate() {
            for (value, plane) in pixel.iter_mut().zip(planes) {
                *value = plane[y][x];
            }
        }
    }
}

impl<T: Sample, Y, const C: usize, const H: usize, const W: usize> Dataset<Planes<C, H, W, T>, Y> {
    /// The images with their channels last, as [`from_planes`] gives them.
    ///
    /// ```
    /// use typednet_data::{Dataset, Planes};
    ///
    /// // Rows of numbers as another program has written them, channels first.
    /// let rows = Dataset::new([[1.0_f32, 2.0, 3.0, 4.0, 10.0, 20.0, 30.0, 40.0]], [[0.0_f32]])?;
    /// let images = rows.reshape::<Planes<2, 2, 2, f32>>().channels_last();
    /// assert_eq!(images.samples()[0], [[[1.0, 10.0], [2.0, 20.0]], [[3.0, 30.0], [4.0, 40.0]]]);
    /// # Ok::<(), typednet_data::DataError>(())
    /// ```
    #[must_use]
    pub fn channels_last(self) -> Dataset<Image<H, W, C, T>, Y> {
        self.map_samples(|planes| from_planes(&planes))
    }
}

impl<T: Sample, Y, const C: usize, const H: usize, const W: usize> Dataset<Image<H, W, C, T>, Y> {
    /// The images with their channels first, as [`to_planes`] gives them.
    #[must_use]
    pub fn channels_first(self) -> Dataset<Planes<C, H, W, T>, Y> {
        self.map_samples(|images| to_planes(&images))
    }
}

impl<T: Sample, Y, const C: usize, const H: usize, const W: usize> Split<Planes<C, H, W, T>, Y> {
    /// Both parts as [`Dataset::channels_last`] gives them.
    #[must_use]
    pub fn channels_last(self) -> Split<Image<H, W, C, T>, Y> {
        Split { train: self.train.channels_last(), test: self.test.channels_last() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every element goes to its place, and comes back.
    #[test]
    fn planes_become_pixels_and_planes_again() {
        let planes: Planes<3, 4, 5, f64> = std::array::from_fn(|c| {
            std::array::from_fn(|y| std::array::from_fn(|x| f64::from((100 * c + 10 * y + x) as u32)))
        });
        let other = planes.map(|plane| plane.map(|row| row.map(|value| -value)));
        let images = from_planes(&[planes, other]);
        for (image, planes) in images.iter().zip([planes, other]) {
            for (place, value) in image.as_flattened().as_flattened().iter().enumerate() {
                let (pixel, c) = (place / 3, place % 3);
                assert_eq!(value.to_bits(), planes[c][pixel / 5][pixel % 5].to_bits(), "element {place}");
            }
        }
        assert_eq!(to_planes(&images), [planes, other]);
        let data = Dataset::new([planes, other], [1_u8, 2]).unwrap();
        let last = data.clone().channels_last();
        assert_eq!((last.samples(), last.targets()), (&images[..], &[1, 2][..]));
        assert_eq!(last.channels_first(), data);
    }

    #[test]
    fn images_of_one_channel_are_the_same_elements() {
        let planes: Planes<1, 2, 3> = [[[1, 2, 3], [4, 5, 6]]];
        assert_eq!(from_planes(&[planes])[0].as_flattened().as_flattened(), planes.as_flattened().as_flattened());
        assert!(from_planes::<u8, 3, 2, 2>(&[]).is_empty() && to_planes::<u8, 2, 2, 3>(&[]).is_empty());
    }
}
