//! The last of several steps.

use core::marker::PhantomData;

use typednet_tensor::{Differentiable, Sample, Scalar, flat_mut, impl_flat};

use crate::{Behaviour, Layer, LayerInfo, Linear, Operation, PassContext, Trace};

/// The last of N steps, for a network that reads a sequence and gives one answer: y = xₙ.
///
/// # Shapes
/// x is `[S; N]`, y is `S`, any number or array. In `network!` it is written `Last`.
///
/// Parameters: none.
///
/// ```
/// use typednet_layers::{Last, Network};
///
/// assert_eq!(Last::<[f32; 2], 3>::new().predict(&[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), [5.0, 6.0]);
/// ```
#[repr(C)]
pub struct Last<S: Sample, const N: usize> {
    /// No elements; it gives the layer its element's alignment.
    elements: [S::Elem; 0],
    sample: PhantomData<fn() -> S>,
}

impl<S: Sample, const N: usize> Last<S, N> {
    const LAST: usize = {
        assert!(N > 0, "of no steps there is no last one");
        N - 1
    };

    /// The layer; there is only one.
    pub const fn new() -> Self {
        Self { elements: [], sample: PhantomData }
    }
}

impl<S: Sample, const N: usize> Default for Last<S, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl_flat! {
    [S: Differentiable, const N: usize] Last<S, N>: S::Elem {
        elements: [S::Elem; 0],
    } markers { sample }
}

impl<S: Differentiable, const N: usize> Layer for Last<S, N> {
    type In = [S; N];
    type Out = S;
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "Last",
        args: &[],
        input: Self::In::SHAPE,
        output: S::SHAPE,
        params: &[],
        children: &[],
        flops: 0,
        behaviour: Behaviour::PLAIN.computing(Operation::OfLast),
    };

    #[inline]
    fn predict_into(&self, x: &[S; N], y: &mut S) {
        *y = x[Self::LAST];
    }

    fn infer(&self, x: &[[S; N]], y: &mut [S], _: &mut [S::Elem], _: PassContext<'_>) {
        for (x, y) in x.iter().zip(y) {
            *y = x[Self::LAST];
        }
    }

    fn forward(&self, x: &[[S; N]], y: &mut [S], _: &mut [S::Elem], scratch: &mut [S::Elem], run: PassContext<'_>) {
        self.infer(x, y, scratch, run);
    }

    /// ∂L/∂xₙ = ∂L/∂y, and 0 for the steps before.
    fn backward(
        &self,
        _: Trace<'_, Self>,
        dy: &mut [S],
        dx: Option<&mut [[S; N]]>,
        _: &mut Self,
        _: &mut [S::Elem],
        _: PassContext<'_>,
    ) {
        let Some(dx) = dx else { return };
        for (dx, dy) in dx.iter_mut().zip(dy) {
            let (last, before) = dx.split_last_mut().expect("there is a step");
            flat_mut(before).fill(S::Elem::ZERO);
            last.as_flat_mut().copy_from_slice(dy.as_flat());
        }
    }
}
