//! What a pixel of a convolution's output reads of the image.

use core::ops::Range;

use crate::conv::Convolution;

/// The places along one axis that a pixel of the output reads.
pub(super) struct Window {
    /// The place under the kernel's element 0, plus the padding.
    first: usize,
    dilation: usize,
    pad: usize,
    input: usize,
    /// The kernel's elements that meet the image.
    pub(super) inside: Range<usize>,
}

impl Window {
    pub(super) fn of(c: &Convolution, axis: usize, output: usize) -> Self {
        let (dilation, pad, input, kernel) = (c.dilation[axis], c.pad[axis], c.input[axis], c.kernel[axis]);
        let first = output * c.stride[axis];
        let from = pad.saturating_sub(first).div_ceil(dilation).min(kernel);
        let end = (pad + input).saturating_sub(first).div_ceil(dilation).min(kernel).max(from);
        Self { first, dilation, pad, input, inside: from..end }
    }

    /// The place in the image under element `k`, which is in `inside`.
    pub(super) fn place(&self, k: usize) -> usize {
        let place = self.first + k * self.dilation - self.pad;
        debug_assert!(place < self.input);
        place
    }
}
