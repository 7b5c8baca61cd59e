//! An array as one of another shape.

use core::marker::PhantomData;

use typednet_tensor::{Differentiable, Sample, flat, flat_mut, impl_flat};

use crate::{Arg, Behaviour, Layer, LayerInfo, Linear, Operation, PassContext, Trace, threads};

/// The numbers of an array, in the order in which they stand in memory, as an array of another shape.
///
/// It is what a decoder needs behind its dense layer: `Dense<784> => Reshape<[7, 7, 16]>`. As with
/// [`Flatten`](crate::Flatten), the last axis runs fastest: number (i·W + j)·C + c becomes channel c of the pixel in row i and
/// column j.
///
/// # Shapes
/// x is `S` and y is `R`, nested arrays of one number of elements; by hand another number is an error when the program is
/// built.
///
/// Parameters: none.
///
/// ```
/// use typednet_layers::{Network, Reshape};
///
/// let reshape = Reshape::<[f32; 6], [[[f32; 1]; 3]; 2]>::new();
/// assert_eq!(reshape.predict(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), [[[1.0], [2.0], [3.0]], [[4.0], [5.0], [6.0]]]);
/// ```
///
/// ```compile_fail
/// use typednet_layers::{Network, Reshape};
///
/// Reshape::<[f32; 6], [[f32; 2]; 4]>::new().predict(&[0.0; 6]);
/// ```
///
/// ```compile_fail
/// use typednet_layers::{Network, Reshape};
/// use typednet_tensor::Padded;
///
/// // How many steps count is no number.
/// Reshape::<Padded<[[f32; 1]; 3]>, [[f32; 2]; 2]>::new().predict(&Padded::full([[1.0]; 3]));
/// ```
#[repr(C)]
pub struct Reshape<S: Sample, R> {
    /// No elements; it gives the layer its element's alignment.
    elements: [S::Elem; 0],
    samples: PhantomData<fn() -> (S, R)>,
}

impl<S: Sample, R: Differentiable<Elem = S::Elem>> Reshape<S, R> {
    const FITS: () = {
        assert!(
            !S::SHAPE.has_padding() && !R::SHAPE.has_padding(),
            "`Reshape` reads and gives numbers, and how many steps count is none: make one row of padded steps by `Last` or \
             `MeanOverSteps`"
        );
        assert!(S::LEN == R::LEN, "a reshape gives as many numbers as it reads");
    };

    /// The layer; there is only one.
    pub const fn new() -> Self {
        let () = Self::FITS;
        Self { elements: [], samples: PhantomData }
    }
}

impl<S: Sample, R: Differentiable<Elem = S::Elem>> Default for Reshape<S, R> {
    fn default() -> Self {
        Self::new()
    }
}

impl_flat! {
    [S: Differentiable, R: Differentiable<Elem = S::Elem>] Reshape<S, R>: S::Elem {
        elements: [S::Elem; 0],
    } markers { samples }
}

impl<S: Differentiable, R: Differentiable<Elem = S::Elem>> Layer for Reshape<S, R> {
    type In = S;
    type Out = R;
    type Head = Linear;

    const TREE: LayerInfo = {
        let () = Self::FITS;
        LayerInfo {
            name: "Reshape",
            args: &[Arg::Sizes(R::SHAPE)],
            input: S::SHAPE,
            output: R::SHAPE,
            params: &[],
            children: &[],
            flops: 0,
            behaviour: Behaviour::PLAIN.computing(Operation::OfReshape),
        }
    };

    #[inline]
    fn predict_into(&self, x: &S, y: &mut R) {
        y.as_flat_mut().copy_from_slice(x.as_flat());
    }

    fn infer(&self, x: &[S], y: &mut [R], _: &mut [S::Elem], run: PassContext<'_>) {
        threads::copy(run.parallel(), flat(x), flat_mut(y));
    }

    fn forward(&self, x: &[S], y: &mut [R], _: &mut [S::Elem], _: &mut [S::Elem], run: PassContext<'_>) {
        threads::copy(run.parallel(), flat(x), flat_mut(y));
    }

    /// ∂L/∂x = ∂L/∂y in the shape of x
    fn backward(
        &self,
        _: Trace<'_, Self>,
        dy: &mut [R],
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
