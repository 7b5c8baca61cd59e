//! The sizes of a pooling over images, channels last.

use core::ops::Range;

use typednet_tensor::{conv::output_size, size};

use crate::strides::{Written, are};
use crate::{Arg, Complaint, Window, args::Args};

/// Where the windows of a pooling stand over an image `[H][W][C]`, and which pixels they hold.
#[derive(Clone, Copy)]
pub(super) struct Pooling {
    pub(super) input: [usize; 2],
    pub(super) output: [usize; 2],
    kernel: [usize; 2],
    stride: [usize; 2],
    pad: [usize; 2],
    pub(super) dilation: [usize; 2],
    pub(super) channels: usize,
}

impl Pooling {
    /// Windows of `kernel` that move as `S` says; `gives` is the plane that the layer's type declares.
    ///
    /// # Panics
    /// If the sizes do not agree; at compile time, where a layer is built.
    #[track_caller]
    pub(super) const fn new<S: Window>(
        [height, width, channels]: [usize; 3],
        kernel: [usize; 2],
        gives: [usize; 2],
    ) -> Self {
        assert!(channels > 0, "a pooling has at least one channel");
        let input = [height, width];
        let mut axis = 0;
        while axis < 2 {
            let (stride, pad, dilation) = (S::STRIDE[axis], S::PAD[axis], S::DILATION[axis]);
            match output_size(input[axis], kernel[axis], stride, pad, dilation) {
                Some(places) if places == gives[axis] => {}
                Some(places) => {
                    let what = Complaint::new().text("a pooling over ").number(input[axis]);
                    let what =
                        what.text(" pixels with a window of ").number(kernel[axis]).text(" gives ").number(places);
                    panic!("{}", what.text(", not ").number(gives[axis]).as_str());
                }
                None => panic!("a pooling's window is larger than the padded image, or one of its sizes is 0"),
            }
            assert!(
                pad <= dilation * (kernel[axis] - 1) && (kernel[axis] == 1 || dilation <= input[axis]),
                "each window of a pooling holds a pixel of the image: the padding is less than the window"
            );
            axis += 1;
        }
        Self { input, output: gives, kernel, stride: S::STRIDE, pad: S::PAD, dilation: S::DILATION, channels }
    }

    /// The elements of one image.
    pub(super) const fn inputs(&self) -> usize {
        size::product(&[self.input[0], self.input[1], self.channels])
    }

    /// The elements of one output.
    pub(super) const fn outputs(&self) -> usize {
        size::product(&[self.output[0], self.output[1], self.channels])
    }

    /// The pixels that a window has place for, those of the padding among them.
    pub(super) const fn pixels(&self) -> usize {
        size::product(&self.kernel)
    }

    /// One operation for each element of each window.
    pub(super) const fn flops(&self) -> u64 {
        size::product(&[self.outputs(), self.pixels()]) as u64
    }

    /// Whether each pixel belongs to one window and no more.
    pub(super) const fn tiles(&self) -> bool {
        self.tiles_axis(0) && self.tiles_axis(1)
    }

    const fn tiles_axis(&self, axis: usize) -> bool {
        let (kernel, stride) = (self.kernel[axis], self.stride[axis]);
        kernel == stride
            && (kernel == 1 || self.dilation[axis] == 1)
            && self.output[axis] * stride >= self.input[axis] + self.pad[axis]
    }

    /// Whether windows that stand beside each other leave pixels out, so that `network!` wants to be told `floor = true`.
    const fn drops(&self, axis: usize) -> bool {
        let reach = self.dilation[axis] * (self.kernel[axis] - 1) + 1;
        let stride = self.stride[axis];
        stride >= reach && !(self.input[axis] + 2 * self.pad[axis] - reach).is_multiple_of(stride)
    }

    /// `MaxPool<2, stride = 1, pad = 1>`, without what is the default.
    pub(super) const fn args<S: Window>(&self) -> Args {
        let beside = self.stride[0] == self.kernel[0] && self.stride[1] == self.kernel[1];
        Args::new(&[Arg::pair(self.kernel)])
            .and(!beside, Written::<S>::STRIDE)
            .and(!are(self.pad, 0), Written::<S>::PAD)
            .and(!are(self.dilation, 1), Written::<S>::DILATION)
            .and(self.drops(0) || self.drops(1), Arg::Named("floor", &Arg::Flag(true)))
    }

    /// The rows (`axis` 0) or columns (1) of the image that the window at `place` holds: of these, the first and each
    /// [`dilation`](Self::dilation)-th one behind it.
    #[inline(always)]
    pub(super) fn under(&self, axis: usize, place: usize) -> Range<usize> {
        let (pad, dilation) = (self.pad[axis], self.dilation[axis]);
        let start = place * self.stride[axis];
        // The elements of the window that stand before the image.
        let before = pad.saturating_sub(start).div_ceil(dilation);
        let end = start + dilation * (self.kernel[axis] - 1) + 1;
        start + before * dilation - pad..(end.max(pad) - pad).min(self.input[axis])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Strides;

    /// The pixels under each window along one axis of `size`, by the definition.
    fn by_definition<S: Window>(size: usize, kernel: usize, places: usize) -> Vec<Vec<usize>> {
        let pixel = |place: usize, k: usize| (place * S::STRIDE[0] + k * S::DILATION[0]).checked_sub(S::PAD[0]);
        let window = |place| (0..kernel).filter_map(|k| pixel(place, k)).filter(|i| *i < size).collect();
        (0..places).map(window).collect()
    }

    fn check<S: Window>(size: usize, kernel: usize, places: usize, tiles: bool, drops: bool) {
        let pooling = Pooling::new::<S>([size, 1, 1], [kernel, 1], [places, 1]);
        let found: Vec<Vec<usize>> =
            (0..places).map(|place| pooling.under(0, place).step_by(pooling.dilation[0]).collect()).collect();
        let wanted = by_definition::<S>(size, kernel, places);
        assert_eq!(found, wanted);
        let count = |i| wanted.iter().flatten().filter(|pixel| **pixel == i).count();
        assert!(wanted.iter().all(|window| !window.is_empty()));
        assert_eq!(pooling.tiles(), tiles);
        assert!(!tiles || (0..size).all(|i| count(i) == 1), "tiles, and yet {wanted:?}");
        assert_eq!(pooling.drops(0), drops);
    }

    #[test]
    fn windows_hold_the_pixels_under_them() {
        check::<Strides<2>>(6, 2, 3, true, false);
        check::<Strides<2>>(7, 2, 3, false, true);
        check::<Strides<3>>(7, 2, 2, false, true);
        check::<Strides<2, 1, 1>>(6, 2, 4, true, false);
        check::<Strides<2, 1, 1>>(7, 3, 4, false, false);
        check::<Strides<1, 1, 2>>(5, 3, 7, false, false);
        check::<Strides<1, 1, 0, 0, 3>>(7, 3, 1, false, false);
        check::<Strides<1, 1, 3, 0, 2>>(4, 3, 6, false, false);
        check::<Strides<2, 1, 2, 0, 3>>(5, 2, 3, false, false);
        check::<Strides>(4, 1, 4, true, false);
        check::<Strides>(1, 1, 1, true, false);
    }

    #[test]
    #[should_panic(expected = "a pooling over 7 pixels with a window of 2 gives 3, not 4")]
    fn another_size_is_named() {
        Pooling::new::<Strides<2>>([7, 1, 1], [2, 1], [4, 1]);
    }

    #[test]
    #[should_panic(expected = "the padding is less than the window")]
    fn a_window_of_padding_alone_is_refused() {
        Pooling::new::<Strides<1, 1, 2>>([5, 1, 1], [2, 1], [8, 1]);
    }
}
