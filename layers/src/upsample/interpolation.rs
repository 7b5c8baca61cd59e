//! Ways to find the pixels between pixels.

use typednet_tensor::Scalar;

use super::{bilinear, nearest};

/// A way to find the new pixels of an [`Upsample`](super::Upsample): [`Nearest`] or [`Bilinear`]. There are no others.
pub trait Interpolation: sealed::Passes + 'static {}

/// Each pixel is repeated.
#[derive(Clone, Copy, Debug)]
pub struct Nearest;

/// Each new pixel is the mean of the four around it, weighted by how near they are; at the sides those that there are.
///
/// Pixels are squares: the new row i of a factor f has its middle at (i + ½)/f − ½ of the old rows, as in `PyTorch` with
/// `align_corners=False`.
#[derive(Clone, Copy, Debug)]
pub struct Bilinear;

impl Interpolation for Nearest {}

impl Interpolation for Bilinear {}

mod sealed {
    use super::{Bilinear, Nearest, Scalar, bilinear, nearest};
    use crate::upsample::sizes::Sizes;

    /// Both passes over one image.
    pub trait Passes {
        /// The type's name.
        const NAME: &'static str;

        /// Whether new pixels go evenly from one to the next.
        const BILINEAR: bool;

        /// Operations for each number of the output.
        const FLOPS: u64;

        /// y ← U·x
        fn forward<T: Scalar>(sizes: Sizes, x: &[T], y: &mut [T]);

        /// dx ← Uᵀ·dy
        fn backward<T: Scalar>(sizes: Sizes, dy: &[T], dx: &mut [T]);
    }

    impl Passes for Nearest {
        const NAME: &'static str = "Nearest";
        const BILINEAR: bool = false;
        const FLOPS: u64 = 0;

        fn forward<T: Scalar>(sizes: Sizes, x: &[T], y: &mut [T]) {
            nearest::forward(sizes, x, y);
        }

        fn backward<T: Scalar>(sizes: Sizes, dy: &[T], dx: &mut [T]) {
            nearest::backward(sizes, dy, dx);
        }
    }

    impl Passes for Bilinear {
        const NAME: &'static str = "Bilinear";
        const BILINEAR: bool = true;
        const FLOPS: u64 = 7;

        fn forward<T: Scalar>(sizes: Sizes, x: &[T], y: &mut [T]) {
            bilinear::forward(sizes, x, y);
        }

        fn backward<T: Scalar>(sizes: Sizes, dy: &[T], dx: &mut [T]) {
            bilinear::backward(sizes, dy, dx);
        }
    }
}
