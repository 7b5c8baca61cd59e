//! The last of several steps.

use core::marker::PhantomData;

use typednet_tensor::{Differentiable, Sample, Scalar, Steps, flat_mut, impl_flat};

use crate::threads::by_samples;
use crate::{Behaviour, Layer, LayerInfo, Linear, Operation, PassContext, ReadsPadded, Trace};

/// The last of N steps, for a network that reads a sequence and gives one answer: y = xₙ. Of a padded sequence it is the last step
/// that counts.
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

    /// The place of the last step that counts of one of the samples.
    fn last(sample: usize, run: PassContext<'_>) -> usize {
        run.length(sample, Self::LAST + 1) - 1
    }

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

    fn infer(&self, x: &[[S; N]], y: &mut [S], _: &mut [S::Elem], run: PassContext<'_>) {
        by_samples(run.parallel(), y, S::LEN, |first, y| {
            for ((at, x), y) in (first..).zip(&x[first..]).zip(y) {
                *y = x[Self::last(at, run)];
            }
        });
    }

    fn forward(&self, x: &[[S; N]], y: &mut [S], _: &mut [S::Elem], scratch: &mut [S::Elem], run: PassContext<'_>) {
        self.infer(x, y, scratch, run);
    }

    /// ∂L/∂xₙ = ∂L/∂y, and 0 for all other steps.
    fn backward(
        &self,
        _: Trace<'_, Self>,
        dy: &mut [S],
        dx: Option<&mut [[S; N]]>,
        _: &mut Self,
        _: &mut [S::Elem],
        run: PassContext<'_>,
    ) {
        let Some(dx) = dx else { return };
        let dy = &*dy;
        by_samples(run.parallel(), dx, N * S::LEN, |first, dx| {
            for ((at, dx), dy) in (first..).zip(dx).zip(&dy[first..]) {
                flat_mut(dx).fill(S::Elem::ZERO);
                dx[Self::last(at, run)] = *dy;
            }
        });
    }
}

impl<S: Differentiable, const N: usize> ReadsPadded for Last<S, N>
where
    [S; N]: Steps,
{
    const KEEPS_STEPS: bool = false;

    #[inline]
    fn predict_padded(&self, x: &[S; N], y: &mut S, length: usize) {
        *y = x[length - 1];
    }
}
