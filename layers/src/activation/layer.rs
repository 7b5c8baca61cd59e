//! An activation as a layer of its own.

use core::marker::PhantomData;

use typednet_tensor::{Differentiable, Sample, Scalar, flat, flat_mut, impl_flat};

use super::ActivationFns;
use crate::{Activation, Behaviour, Layer, LayerInfo, Operation, PassContext, SavesForBackward, Trace, threads};

/// The activation `A` alone as a layer: a = σ(z) for each element, or for each row of the last axis where `A` acts on
/// rows, as softmax does.
///
/// # Shapes
/// z and a are `S`, any nested array.
///
/// Parameters: none.
///
/// ```
/// use typednet_layers::{ActivationLayer, Network, Softmax};
///
/// let layer = ActivationLayer::<[[f32; 2]; 2], Softmax>::new();
/// assert_eq!(layer.predict(&[[0.0, 0.0], [1e4, -1e4]]), [[0.5, 0.5], [1.0, 0.0]]);
/// ```
///
/// Padded steps are read in [`OnPadded`](crate::OnPadded) only:
///
/// ```compile_fail
/// use typednet_layers::{ActivationLayer, Network, Softmax};
/// use typednet_tensor::Padded;
///
/// ActivationLayer::<Padded<[[f32; 2]; 3]>, Softmax>::new().predict(&Padded::full([[1.0; 2]; 3]));
/// ```
#[repr(C)]
pub struct ActivationLayer<S: Sample, A> {
    /// No elements; it gives the layer its element's alignment.
    elements: [S::Elem; 0],
    activation: PhantomData<fn() -> (S, A)>,
}

impl<S: Sample, A> ActivationLayer<S, A> {
    /// The size of the last axis.
    const WIDTH: usize = {
        assert!(
            !S::SHAPE.is_padded() && S::SHAPE.halves().is_none(),
            "an activation alone reads numbers of one sample: write `OnPadded<…>` around it on padded steps, and `OnFirst<…>` or \
             `OnSecond<…>` on half of a pair"
        );
        match S::SHAPE.sizes() {
            [] => 1,
            [.., last] => *last,
        }
    };

    /// The layer; there is only one.
    pub const fn new() -> Self {
        Self { elements: [], activation: PhantomData }
    }
}

impl<S: Sample, A> Default for ActivationLayer<S, A> {
    fn default() -> Self {
        Self::new()
    }
}

impl_flat! {
    [S: Differentiable, A: 'static] ActivationLayer<S, A>: S::Elem {
        elements: [S::Elem; 0],
    } markers { activation }
}

impl<S: Differentiable, A: Activation<S::Elem>> Layer for ActivationLayer<S, A> {
    type In = S;
    type Out = S;
    type Head = A;

    const TREE: LayerInfo = LayerInfo {
        name: "Activation",
        args: &[A::ARG],
        input: S::SHAPE,
        output: S::SHAPE,
        params: &[],
        children: &[],
        flops: 0,
        behaviour: Behaviour::PLAIN.computing(Operation::OfIdentity).ending_with::<A, S::Elem>(),
    };

    #[inline]
    fn predict_into(&self, x: &S, y: &mut S) {
        let y = y.as_flat_mut();
        y.copy_from_slice(x.as_flat());
        A::apply(y, Self::WIDTH);
    }

    fn infer(&self, x: &[S], y: &mut [S], _: &mut [S::Elem], run: PassContext<'_>) {
        infer(const { &ActivationFns::of::<A>() }, flat(x), flat_mut(y), Self::WIDTH, run);
    }

    /// The backward pass has z as the layer's input, so nothing is saved.
    fn forward(&self, x: &[S], y: &mut [S], _: &mut [S::Elem], scratch: &mut [S::Elem], run: PassContext<'_>) {
        self.infer(x, y, scratch, run);
    }

    /// ∂L/∂z = ∂L/∂a ⊙ σ'(z)
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [S],
        dx: Option<&mut [S]>,
        _: &mut Self,
        _: &mut [S::Elem],
        run: PassContext<'_>,
    ) {
        let Some(dx) = dx else { return };
        let kept = match A::KEEPS {
            SavesForBackward::Output => trace.y,
            SavesForBackward::Input => trace.x,
        };
        backward(const { &ActivationFns::of::<A>() }, (flat(kept), flat(dy)), flat_mut(dx), Self::WIDTH, run);
    }
}

/// y ← σ(x), or x where the pass stops at the logits.
#[inline(never)]
pub(crate) fn infer<T: Scalar>(
    activation: &ActivationFns<T>,
    x: &[T],
    y: &mut [T],
    width: usize,
    run: PassContext<'_>,
) {
    if run.logits() {
        threads::copy(run.parallel(), x, y);
    } else {
        activation.apply_to(run.parallel(), x, y, width);
    }
}

/// dx ← dy ⊙ σ'(z), or dy where the pass stops at the logits.
#[inline(never)]
pub(crate) fn backward<T: Scalar>(
    activation: &ActivationFns<T>,
    (kept, dy): (&[T], &[T]),
    dx: &mut [T],
    width: usize,
    run: PassContext<'_>,
) {
    if run.logits() {
        threads::copy(run.parallel(), dy, dx);
    } else {
        activation.backward_to(run.parallel(), (kept, dy), dx, width);
    }
}
