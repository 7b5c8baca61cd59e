//! An array as one row.

use core::marker::PhantomData;

use typednet_tensor::{Differentiable, Sample, flat, flat_mut, impl_flat};

use crate::{Behaviour, Layer, LayerInfo, Linear, Operation, PassContext, Trace, threads};

/// An array as one row of its N numbers, in the order in which they stand in memory.
///
/// Of an image `[[[T; C]; W]; H]` these are its rows from the top, in each the pixels from the left, in each the channels:
/// number (i·W + j)·C + c is channel c of the pixel in row i and column j. `PyTorch` and ONNX keep channels first, and there
/// `Flatten` gives c·H·W + i·W + j: the rows of a dense layer's weight behind it are turned when weights come from there or go
/// there.
///
/// # Shapes
/// x is `S`, any nested array, or a pair of such; y is `[T; N]`, where N is the number of elements of `S`. In `network!` N follows from what comes
/// in; by hand another number is an error when the program is built.
///
/// Parameters: none.
///
/// ```
/// use typednet_layers::{Flatten, Network};
///
/// // One row of two pixels of three channels.
/// let flatten = Flatten::<[[[f32; 3]; 2]; 1], 6>::new();
/// assert_eq!(flatten.predict(&[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
/// ```
///
/// ```compile_fail
/// use typednet_layers::{Flatten, Network};
///
/// Flatten::<[[[f32; 3]; 2]; 1], 7>::new().predict(&[[[0.0; 3]; 2]]);
/// ```
///
/// How many steps count is no number of a row:
///
/// ```compile_fail
/// use typednet_layers::{Flatten, Network};
/// use typednet_tensor::{Padded, Pair};
///
/// let x = Pair { first: [1.0], second: Padded::full([[1.0]; 3]) };
/// Flatten::<Pair<[f32; 1], Padded<[[f32; 1]; 3]>>, 5>::new().predict(&x);
/// ```
#[repr(C)]
pub struct Flatten<S: Sample, const N: usize> {
    /// No elements; it gives the layer its element's alignment.
    elements: [S::Elem; 0],
    sample: PhantomData<fn() -> S>,
}

impl<S: Sample, const N: usize> Flatten<S, N> {
    const FITS: () = {
        assert!(
            !S::SHAPE.has_padding(),
            "`Flatten` makes a row of numbers, and how many steps count is none: make one row of padded steps by `Last` or \
             `MeanOverSteps`, in a pair on that half"
        );
        assert!(S::LEN == N, "a flatten gives as many numbers as the array it reads has");
    };

    /// The layer; there is only one.
    pub const fn new() -> Self {
        let () = Self::FITS;
        Self { elements: [], sample: PhantomData }
    }
}

impl<S: Sample, const N: usize> Default for Flatten<S, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl_flat! {
    [S: Differentiable, const N: usize] Flatten<S, N>: S::Elem {
        elements: [S::Elem; 0],
    } markers { sample }
}

impl<S: Differentiable, const N: usize> Layer for Flatten<S, N> {
    type In = S;
    type Out = [S::Elem; N];
    type Head = Linear;

    const TREE: LayerInfo = {
        let () = Self::FITS;
        LayerInfo {
            name: "Flatten",
            args: &[],
            input: S::SHAPE,
            output: Self::Out::SHAPE,
            params: &[],
            children: &[],
            flops: 0,
            behaviour: Behaviour::PLAIN.computing(Operation::OfReshape),
        }
    };

    #[inline]
    fn predict_into(&self, x: &S, y: &mut Self::Out) {
        y.copy_from_slice(x.as_flat());
    }

    fn infer(&self, x: &[S], y: &mut [Self::Out], _: &mut [S::Elem], run: PassContext<'_>) {
        threads::copy(run.parallel(), flat(x), flat_mut(y));
    }

    fn forward(&self, x: &[S], y: &mut [Self::Out], _: &mut [S::Elem], _: &mut [S::Elem], run: PassContext<'_>) {
        threads::copy(run.parallel(), flat(x), flat_mut(y));
    }

    /// ∂L/∂x = ∂L/∂y, as an array
    fn backward(
        &self,
        _: Trace<'_, Self>,
        dy: &mut [Self::Out],
        dx: Option<&mut [S]>,
        _: &mut Self,
        _: &mut [S::Elem],
        run: PassContext<'_>,
    ) {
        if let Some(dx) = dx {
            threads::copy(run.parallel(), flat(dy), flat_mut(dx));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Network;

    #[test]
    fn rows_come_first_then_columns_then_channels() {
        type Image = [[[f32; 5]; 4]; 3];
        let image: Image =
            core::array::from_fn(|i| core::array::from_fn(|j| core::array::from_fn(|c| (100 * i + 10 * j + c) as f32)));
        let row = Flatten::<Image, 60>::new().predict(&image);
        for i in 0..3 {
            for j in 0..4 {
                for c in 0..5 {
                    assert_eq!(row[(i * 4 + j) * 5 + c].to_bits(), image[i][j][c].to_bits());
                }
            }
        }
    }
}
