//! The sizes of both passes.

/// The sizes of an upsampling.
#[derive(Clone, Copy)]
pub struct Sizes {
    /// The rows and columns of the image.
    pub(super) image: [usize; 2],
    /// How many times as many it gets.
    pub(super) factor: [usize; 2],
    /// The numbers of a pixel.
    pub(super) channels: usize,
}
