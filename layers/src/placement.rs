//! An image as a part of a larger one.

use typednet_tensor::{Parallel, Scalar};

use crate::threads::by_rows;

/// Where an image of `[H, W, C]` stands in a larger one, all channels last.
#[derive(Clone, Copy)]
pub(crate) struct Placement {
    /// The rows of the image, and the elements of each.
    pub(crate) small: [usize; 2],
    /// Those of the larger one.
    pub(crate) large: [usize; 2],
    /// The first of its rows, and the first element in it, that belong to the image.
    pub(crate) first: [usize; 2],
}

impl Placement {
    /// `[height, width]` at row `top` and column `left` of `[outer_height, outer_width]`, with this many channels.
    ///
    /// # Panics
    /// If it reaches beyond the larger one; at compile time where it is used in a const.
    pub(crate) const fn new(
        [height, width]: [usize; 2],
        [outer_height, outer_width]: [usize; 2],
        [top, left]: [usize; 2],
        channels: usize,
    ) -> Self {
        assert!(
            top <= outer_height && height <= outer_height - top && left <= outer_width && width <= outer_width - left,
            "an image that is padded or cropped lies within the larger one: its rows and those above it are at most as many as \
             that has, and so are its columns and those left of it"
        );
        Self {
            small: [height, width * channels],
            large: [outer_height, outer_width * channels],
            first: [top, left * channels],
        }
    }

    /// large ← small, and zeros around it, for each image.
    pub(crate) fn place<T: Scalar>(self, small: &[T], large: &mut [T], parallel: Parallel<'_>) {
        let [from, to] = self.images();
        if to > 0 {
            by_rows(parallel, large, to, |at, large| {
                self.place_some(&small[at / to * from..(at + large.len()) / to * from], large);
            });
        }
    }

    /// small ← what stands at its place in large, for each image.
    pub(crate) fn cut<T: Scalar>(self, large: &[T], small: &mut [T], parallel: Parallel<'_>) {
        let [to, from] = self.images();
        if to > 0 {
            by_rows(parallel, small, to, |at, small| {
                self.cut_some(&large[at / to * from..(at + small.len()) / to * from], small);
            });
        }
    }

    /// The elements of both images.
    fn images(self) -> [usize; 2] {
        [self.small, self.large].map(|[rows, width]| rows * width)
    }

    fn place_some<T: Scalar>(self, small: &[T], large: &mut [T]) {
        let Self { small: [height, width], large: [outer_height, outer_width], first: [top, left] } = self;
        for (image, large) in large.chunks_exact_mut(outer_height * outer_width).enumerate() {
            for (row, large) in large.chunks_exact_mut(outer_width).enumerate() {
                if row < top || row >= top + height {
                    large.fill(T::ZERO);
                    continue;
                }
                let small = &small[(image * height + row - top) * width..][..width];
                large[..left].fill(T::ZERO);
                large[left..left + width].copy_from_slice(small);
                large[left + width..].fill(T::ZERO);
            }
        }
    }

    fn cut_some<T: Scalar>(self, large: &[T], small: &mut [T]) {
        let Self { small: [height, width], large: [outer_height, outer_width], first: [top, left] } = self;
        for (image, small) in small.chunks_exact_mut(height * width).enumerate() {
            for (row, small) in small.chunks_exact_mut(width).enumerate() {
                let at = (image * outer_height + top + row) * outer_width + left;
                small.copy_from_slice(&large[at..at + width]);
            }
        }
    }
}
