//! What a pooling reads and gives.

use crate::conv::output_size;
use crate::size;

/// The sizes of a pooling over images `[H][W][C]`: windows of `[KH, KW]` that move by `stride` over the image, at each side of
/// which stand `pad` rows or columns, and whose elements stand `dilation` pixels beside each other.
///
/// ```
/// use typednet_tensor::pooling::Pooling;
///
/// assert_eq!(Pooling::new([28, 28, 16], [2, 2]).output(), [14, 14, 16]);
/// assert_eq!(Pooling::new([28, 28, 16], [3, 3]).stride([2, 2]).pad([1, 1]).output(), [14, 14, 16]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pooling {
    input: [usize; 3],
    kernel: [usize; 2],
    stride: [usize; 2],
    pad: [usize; 2],
    dilation: [usize; 2],
}

impl Pooling {
    /// A pooling of images `[H, W, C]` with windows of `[KH, KW]`, one beside the other: the stride is the window, dilation is 1,
    /// and there is no padding.
    pub const fn new(input: [usize; 3], kernel: [usize; 2]) -> Self {
        Self { input, kernel, stride: kernel, pad: [0, 0], dilation: [1, 1] }
    }

    /// With the window moving by this many rows and columns.
    #[must_use]
    pub const fn stride(self, stride: [usize; 2]) -> Self {
        Self { stride, ..self }
    }

    /// With this many rows above and below, and columns left and right, that belong to windows.
    #[must_use]
    pub const fn pad(self, pad: [usize; 2]) -> Self {
        Self { pad, ..self }
    }

    /// With the window's elements this many rows and columns apart.
    #[must_use]
    pub const fn dilation(self, dilation: [usize; 2]) -> Self {
        Self { dilation, ..self }
    }

    /// The image `[OH, OW, C]` that it gives.
    ///
    /// # Panics
    /// If the sizes do not fit; at compile time where it is used in a const.
    #[track_caller]
    pub const fn output(&self) -> [usize; 3] {
        [self.places(0), self.places(1), self.input[2]]
    }

    #[track_caller]
    const fn places(&self, axis: usize) -> usize {
        let [input, kernel] = [self.input[axis], self.kernel[axis]];
        match output_size(input, kernel, self.stride[axis], self.pad[axis], self.dilation[axis]) {
            Some(places) => places,
            None => panic!("a pooling's window is larger than the padded image, or one of its sizes is 0"),
        }
    }

    /// Whether each window holds a pixel of the image, however it lies: the padding is less than the window, and the distance
    /// of its elements not more than the image.
    pub const fn holds_pixels(&self) -> bool {
        self.holds(0) && self.holds(1)
    }

    const fn holds(&self, axis: usize) -> bool {
        let (kernel, dilation) = (self.kernel[axis], self.dilation[axis]);
        self.pad[axis] <= dilation * (kernel - 1) && (kernel == 1 || dilation <= self.input[axis])
    }

    /// Whether windows that stand beside each other leave pixels of the image or its padding out.
    pub const fn drops_pixels(&self) -> bool {
        self.drops(0) || self.drops(1)
    }

    const fn drops(&self, axis: usize) -> bool {
        let (reach, stride) = (self.dilation[axis] * (self.kernel[axis] - 1) + 1, self.stride[axis]);
        stride >= reach && !(self.input[axis] + 2 * self.pad[axis] - reach).is_multiple_of(stride)
    }

    /// Whether each pixel belongs to one window and no more.
    pub(super) const fn tiles(&self) -> bool {
        self.tiles_axis(0) && self.tiles_axis(1)
    }

    const fn tiles_axis(&self, axis: usize) -> bool {
        let (kernel, stride) = (self.kernel[axis], self.stride[axis]);
        kernel == stride
            && (kernel == 1 || self.dilation[axis] == 1)
            && self.places(axis) * stride >= self.input[axis] + self.pad[axis]
    }

    /// The elements of one image.
    pub const fn inputs(&self) -> usize {
        size::product(&self.input)
    }

    /// The elements of one output.
    pub const fn outputs(&self) -> usize {
        size::product(&self.output())
    }

    /// The elements of a window in one channel.
    pub const fn elements(&self) -> usize {
        size::product(&self.kernel)
    }

    pub(super) const fn kernel(&self) -> [usize; 2] {
        self.kernel
    }

    pub(super) const fn input(&self) -> [usize; 3] {
        self.input
    }

    /// From the first column of a window to the last.
    pub(super) const fn reach(&self) -> usize {
        self.dilation[1] * (self.kernel[1] - 1)
    }

    /// The places along an axis whose windows lie within the image.
    pub(super) fn inside(&self, axis: usize) -> core::ops::Range<usize> {
        let (pad, stride, size) = (self.pad[axis], self.stride[axis], self.input[axis]);
        let reach = self.dilation[axis] * (self.kernel[axis] - 1);
        let end = if size > reach { ((size - 1 - reach + pad) / stride + 1).min(self.places(axis)) } else { 0 };
        let start = pad.div_ceil(stride);
        start..end.max(start)
    }

    /// The first column of a window that lies within the image.
    pub(super) const fn first_inside(&self, column: usize) -> usize {
        column * self.stride[1] - self.pad[1]
    }

    /// From the first element of a window to that of the next one in its row.
    pub(super) const fn step(&self) -> usize {
        self.stride[1] * self.input[2]
    }

    /// How far apart in the image the elements of a window are: from row to row, and from column to column.
    pub(super) const fn steps(&self) -> [usize; 2] {
        [self.dilation[0] * self.input[1] * self.input[2], self.dilation[1] * self.input[2]]
    }

    /// What the window at `place` holds of the image along an axis: of `count` elements the first one, from which the others
    /// are [`dilation`](Self::dilation) apart. Where it holds none, `first` may be any.
    #[inline(always)]
    pub(super) fn under(&self, axis: usize, place: usize) -> Under {
        let (pad, dilation, size) = (self.pad[axis], self.dilation[axis], self.input[axis]);
        let (start, end) = (place * self.stride[axis], size + pad);
        // Of the window's elements, those before the image and those before its end. Most windows lie within it, and a
        // division takes as long as all else.
        let before = if start >= pad { 0 } else { (pad - start).div_ceil(dilation) };
        let inside = start + dilation * (self.kernel[axis] - 1) < end;
        let within = if inside { self.kernel[axis] } else { end.saturating_sub(start).div_ceil(dilation) };
        Under { first: start + before * dilation - pad, count: within.saturating_sub(before) }
    }

    /// The place in the image of the pixel at (`row`, `column`).
    #[inline(always)]
    pub(super) const fn pixel(&self, row: usize, column: usize) -> usize {
        (row * self.input[1] + column) * self.input[2]
    }
}

/// See [`Pooling::under`].
#[derive(Clone, Copy)]
pub(super) struct Under {
    pub(super) first: usize,
    pub(super) count: usize,
}
