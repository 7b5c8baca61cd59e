//! The passes of a layer that computes z = A·x + b and an activation of that, such as a fully connected layer or a convolution.
//!
//! They take runs of elements, so they are compiled once for each operation and scalar, whatever the layer's sizes are.

use typednet_tensor::{Parallel, Scalar, matmul::Epilogue};

use crate::activation::ActivationFns;
use crate::{PassContext, SavesForBackward};

/// What a layer computes before its activation, z = A·x + b, and the derivatives of that. `scratch` is as much as the operation
/// says.
pub(crate) trait AffineMap<T: Scalar>: Copy {
    /// The size of the last axis of z.
    fn channels(self) -> usize;

    /// y ← f(z); says whether f is all of `epilogue`.
    fn logits(self, x: &[T], y: &mut [T], epilogue: Epilogue, scratch: &mut [T], parallel: Parallel<'_>) -> bool;

    /// The same for one sample, with nothing but the stack.
    fn logits_of_one(self, x: &[T], y: &mut [T], epilogue: Epilogue) -> bool;

    /// The gradients of weight and bias from δ = ∂L/∂z.
    fn gradients(self, x: &[T], delta: &[T], parameters: (&mut [T], &mut [T]), parallel: Parallel<'_>);

    /// The gradient of x from δ = ∂L/∂z.
    fn input_gradient(self, delta: &[T], dx: &mut [T], scratch: &mut [T], parallel: Parallel<'_>);
}

/// y ← σ(z) for one sample, with nothing but the stack.
#[inline(never)]
pub(crate) fn predict<T: Scalar, O: AffineMap<T>>(operation: O, activation: &ActivationFns<T>, x: &[T], y: &mut [T]) {
    if !operation.logits_of_one(x, y, activation.epilogue) {
        activation.apply(y, operation.channels());
    }
}

/// y ← σ(z), or z where the pass stops at the logits.
#[inline(never)]
pub(crate) fn infer<T: Scalar, O: AffineMap<T>>(
    operation: O,
    activation: &ActivationFns<T>,
    x: &[T],
    y: &mut [T],
    scratch: &mut [T],
    run: PassContext<'_>,
) {
    if !logits(operation, activation, x, y, scratch, run) {
        activation.apply_on(run.parallel(), y, operation.channels());
    }
}

/// As [`infer`]; z into the first of `saved`, where the activation's derivative is a function of it and the pass computes it.
#[inline(never)]
pub(crate) fn forward<T: Scalar, O: AffineMap<T>>(
    operation: O,
    activation: &ActivationFns<T>,
    x: &[T],
    y: &mut [T],
    saved: &mut [T],
    scratch: &mut [T],
    run: PassContext<'_>,
) {
    let channels = operation.channels();
    match activation.keeps {
        SavesForBackward::Input if !run.logits() => {
            // z is written where it is kept, and read once.
            let z = &mut saved[..y.len()];
            operation.logits(x, z, Epilogue::None, scratch, run.parallel());
            activation.apply_to(run.parallel(), z, y, channels);
        }
        _ => {
            if !logits(operation, activation, x, y, scratch, run) {
                activation.apply_on(run.parallel(), y, channels);
            }
        }
    }
}

/// y ← z, with the activation where it is asked for and the operation can apply it; says whether there is none left to do.
fn logits<T: Scalar>(
    operation: impl AffineMap<T>,
    activation: &ActivationFns<T>,
    x: &[T],
    y: &mut [T],
    scratch: &mut [T],
    run: PassContext<'_>,
) -> bool {
    let epilogue = if run.logits() { Epilogue::None } else { activation.epilogue };
    operation.logits(x, y, epilogue, scratch, run.parallel()) || run.logits()
}

/// What the backward pass is given by the forward pass.
#[derive(Clone, Copy)]
pub struct Kept<'a, T> {
    pub(crate) x: &'a [T],
    pub(crate) y: &'a [T],
    pub(crate) saved: &'a [T],
}

/// δ = ∂L/∂a ⊙ σ'(z) in place of `dy`, and the operation's gradients from it.
#[inline(never)]
#[allow(clippy::too_many_arguments, reason = "as `Layer::backward`, and an activation")]
pub(crate) fn backward<T: Scalar, O: AffineMap<T>>(
    operation: O,
    activation: &ActivationFns<T>,
    kept: Kept<'_, T>,
    dy: &mut [T],
    dx: Option<&mut [T]>,
    parameters: (&mut [T], &mut [T]),
    scratch: &mut [T],
    run: PassContext<'_>,
) {
    if !run.logits() {
        let of = match activation.keeps {
            SavesForBackward::Output => kept.y,
            SavesForBackward::Input => kept.saved,
        };
        activation.backward_on(run.parallel(), of, dy, operation.channels());
    }
    if !run.is_frozen() {
        operation.gradients(kept.x, dy, parameters, run.parallel());
    }
    if let Some(dx) = dx {
        operation.input_gradient(dy, dx, scratch, run.parallel());
    }
}

#[cfg(test)]
mod tests {
    use typednet_tensor::{Key, recast};

    use crate::{Activation, Conv2d, Gelu, Layer, Linear, Network, PassContext, Relu, Softmax, Strides};

    type Net<A> = Conv2d<3, 3, 2, 4, 2, 2, 2, 4, 2, 2, Strides, A>;

    /// It is left off where logits are asked for, and nowhere else, whether the convolution could have applied it or not.
    #[test]
    fn the_last_activation_is_left_to_the_loss() {
        fn check<A: Activation<f32>>() {
            let net = Net::<A>::seeded(1);
            let plain: &Net<Linear> = recast(&*net);
            let x = [core::array::from_fn(|i| core::array::from_fn(|j| [i as f32 - 1.0, 0.5 - j as f32])); 2];
            let run = PassContext::new(Key::new(0));
            let passes = |run: PassContext<'_>| {
                let (mut used, mut trained) = ([[[[f32::NAN; 4]; 2]; 2]; 2], [[[[f32::NAN; 4]; 2]; 2]; 2]);
                let mut saved = vec![f32::NAN; Net::<A>::SAVED.of(2)];
                net.infer(&x, &mut used, &mut [], run);
                net.forward(&x, &mut trained, &mut saved, &mut [], run);
                assert_eq!(used, trained);
                used
            };
            let mut z = [[[[f32::NAN; 4]; 2]; 2]; 2];
            plain.infer(&x, &mut z, &mut [], run);
            assert_eq!(passes(run.stop_at_logits(true)), z);
            A::apply(z.as_flattened_mut().as_flattened_mut().as_flattened_mut(), 4);
            let a = passes(run);
            assert_eq!(a, z);
            assert_ne!(a, passes(run.stop_at_logits(true)));
        }
        check::<Relu>();
        check::<Gelu>();
        check::<Softmax>();
    }
}
