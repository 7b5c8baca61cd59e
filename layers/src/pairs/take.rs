//! The first of two samples.

use core::marker::PhantomData;

use typednet_tensor::{Differentiable, Pair, Sample, Scalar, impl_flat};

use super::half::Half;
use crate::threads::by_samples;
use crate::{Behaviour, Layer, LayerInfo, Linear, Operation, PassContext, Trace};

/// The first of two samples: what stands behind layers that needed both.
///
/// # Shapes
/// x is `Pair<A, B>`, y is `A`. Parameters: none.
///
/// ```
/// use typednet_layers::{Network, TakeFirst};
/// use typednet_tensor::Pair;
///
/// assert_eq!(TakeFirst::<[f32; 1], [f32; 2]>::new().predict(&Pair { first: [1.0], second: [2.0, 3.0] }), [1.0]);
/// ```
#[repr(C)]
pub struct TakeFirst<A: Sample, B> {
    /// No elements; it gives the layer its element's alignment.
    elements: [A::Elem; 0],
    sample: PhantomData<fn() -> B>,
}

impl<A: Sample, B> TakeFirst<A, B> {
    /// The layer; there is only one.
    pub const fn new() -> Self {
        Self { elements: [], sample: PhantomData }
    }
}

impl<A: Sample, B> Default for TakeFirst<A, B> {
    fn default() -> Self {
        Self::new()
    }
}

impl_flat! {
    [A: Differentiable, B: 'static] TakeFirst<A, B>: A::Elem {
        elements: [A::Elem; 0],
    } markers { sample }
}

impl<A: Differentiable, B: Differentiable<Elem = A::Elem>> Layer for TakeFirst<A, B> {
    type In = Pair<A, B>;
    type Out = A;
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "TakeFirst",
        args: &[],
        input: Self::In::SHAPE,
        output: A::SHAPE,
        params: &[],
        children: &[],
        flops: 0,
        behaviour: Behaviour::PLAIN.computing(Operation::OfTakeFirst),
    };

    fn predict_into(&self, x: &Self::In, y: &mut A) {
        *y = x.first;
    }

    fn infer(&self, x: &[Self::In], y: &mut [A], _: &mut [A::Elem], run: PassContext<'_>) {
        Half::<Self::In, A>::first().take(x, y, run);
    }

    fn forward(&self, x: &[Self::In], y: &mut [A], _: &mut [A::Elem], scratch: &mut [A::Elem], run: PassContext<'_>) {
        self.infer(x, y, scratch, run);
    }

    /// ∂L/∂y for the first, and 0 for the second.
    fn backward(
        &self,
        _: Trace<'_, Self>,
        dy: &mut [A],
        dx: Option<&mut [Self::In]>,
        _: &mut Self,
        _: &mut [A::Elem],
        run: PassContext<'_>,
    ) {
        let Some(dx) = dx else { return };
        Half::<Self::In, A>::first().put(dy, dx, run);
        by_samples(run.parallel(), dx, B::LEN, |_, dx| {
            for dx in dx {
                dx.second.as_flat_mut().fill(A::Elem::ZERO);
            }
        });
    }
}
