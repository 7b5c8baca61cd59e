//! What a convolution reads, gives and takes.

use crate::size;

/// The sizes of a convolution over images, channels last.
///
/// An image is `[H][W][C]`, a weight `[KH][KW][C / groups][F]`, an output `[OH][OW][F]`. A kernel's element stands
/// `dilation` pixels beside the next one, and the kernel moves by `stride` over the image, at each side of which stand `pad`
/// rows or columns of zeros. Input channels and outputs are cut into `groups`, each of which sees only its own.
///
/// ```
/// use typednet_tensor::conv::Convolution;
///
/// let first = Convolution::new([28, 28, 1], 6, [5, 5]);
/// assert_eq!(first.output(), [24, 24, 6]);
/// let halves = Convolution::new([28, 28, 16], 32, [3, 3]).stride([2, 2]).pad([1, 1]);
/// assert_eq!((halves.output(), halves.weights()), ([14, 14, 32], 3 * 3 * 16 * 32));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convolution {
    pub(crate) input: [usize; 3],
    pub(crate) outputs: usize,
    pub(crate) kernel: [usize; 2],
    pub(crate) stride: [usize; 2],
    pub(crate) pad: [usize; 2],
    pub(crate) dilation: [usize; 2],
    pub(crate) groups: usize,
}

impl Convolution {
    /// A convolution of images `[H, W, C]` with `outputs` kernels of `[KH, KW]`: stride and dilation 1, no padding, one group.
    pub const fn new(input: [usize; 3], outputs: usize, kernel: [usize; 2]) -> Self {
        Self { input, outputs, kernel, stride: [1, 1], pad: [0, 0], dilation: [1, 1], groups: 1 }
    }

    /// With the kernel moving by this many rows and columns.
    #[must_use]
    pub const fn stride(self, stride: [usize; 2]) -> Self {
        Self { stride, ..self }
    }

    /// With this many rows of zeros above and below, and columns of them left and right.
    #[must_use]
    pub const fn pad(self, pad: [usize; 2]) -> Self {
        Self { pad, ..self }
    }

    /// With the kernel's elements this many rows and columns apart.
    #[must_use]
    pub const fn dilation(self, dilation: [usize; 2]) -> Self {
        Self { dilation, ..self }
    }

    /// In this many groups of channels.
    #[must_use]
    pub const fn groups(self, groups: usize) -> Self {
        Self { groups, ..self }
    }

    /// The image `[H, W, C]` that it reads.
    pub const fn input(&self) -> [usize; 3] {
        self.input
    }

    /// The image `[OH, OW, F]` that it gives.
    ///
    /// # Panics
    /// If the sizes do not fit; at compile time where it is used in a const.
    #[track_caller]
    pub const fn output(&self) -> [usize; 3] {
        let [rows, columns] = [self.output_size(0), self.output_size(1)];
        assert!(self.groups > 0, "a convolution has at least one group");
        assert!(
            self.input[2].is_multiple_of(self.groups) && self.outputs.is_multiple_of(self.groups),
            "a convolution's groups divide its channels and its outputs"
        );
        [rows, columns, self.outputs]
    }

    #[track_caller]
    const fn output_size(&self, axis: usize) -> usize {
        let [input, kernel] = [self.input[axis], self.kernel[axis]];
        match output_size(input, kernel, self.stride[axis], self.pad[axis], self.dilation[axis]) {
            Some(size) => size,
            None => panic!("a convolution's kernel is larger than the padded image, or one of its sizes is 0"),
        }
    }

    /// The input channels that one output sees.
    pub const fn channels_in_group(&self) -> usize {
        self.input[2] / self.groups
    }

    /// The number of weights.
    pub const fn weights(&self) -> usize {
        size::product(&[self.kernel[0], self.kernel[1], self.channels_in_group(), self.outputs])
    }

    /// The multiplications and additions of one forward pass of one image, without the bias.
    pub const fn flops(&self) -> u64 {
        let [rows, columns, _] = self.output();
        2 * (rows * columns) as u64 * self.weights() as u64
    }

    /// The elements of one image.
    pub const fn inputs(&self) -> usize {
        size::product(&self.input)
    }

    /// The elements of one output.
    pub const fn outputs(&self) -> usize {
        size::product(&self.output())
    }
}

/// How many places a kernel of `kernel` has over `input` pixels: ⌊(input + 2·pad − dilation·(kernel − 1) − 1) / stride⌋ + 1, or
/// nothing where it has none, a size is 0, or a size is more than can be counted.
///
/// ```
/// use typednet_tensor::conv::output_size;
///
/// assert_eq!(output_size(28, 5, 1, 0, 1), Some(24));
/// assert_eq!(output_size(28, 3, 2, 1, 1), Some(14));
/// assert_eq!(output_size(28, 31, 1, 0, 1), None);
/// ```
pub const fn output_size(input: usize, kernel: usize, stride: usize, pad: usize, dilation: usize) -> Option<usize> {
    if input == 0 || kernel == 0 || stride == 0 || dilation == 0 {
        return None;
    }
    let (Some(pads), Some(reach)) = (pad.checked_mul(2), dilation.checked_mul(kernel - 1)) else { return None };
    let Some(padded) = input.checked_add(pads) else { return None };
    if padded <= reach { None } else { Some((padded - reach - 1) / stride + 1) }
}
