//! The passes of a convolutional layer: its operation, and its activation on the channels of each pixel.

use typednet_tensor::{Scalar, matmul::Epilogue};

use super::operation::Operation;
use crate::{Activation, PassContext, SavesForBackward, activation};

/// y ← σ(z) for one image, with nothing but the stack.
pub(super) fn predict<T: Scalar, A: Activation<T>>(operation: impl Operation<T>, x: &[T], y: &mut [T]) {
    if !operation.logits_of_one(x, y, A::EPILOGUE) {
        A::apply(y, operation.channels());
    }
}

/// y ← σ(z), or z where the pass stops at the logits.
pub(super) fn infer<T: Scalar, A: Activation<T>>(
    operation: impl Operation<T>,
    x: &[T],
    y: &mut [T],
    scratch: &mut [T],
    run: PassContext<'_>,
) {
    if !logits::<T, A>(operation, x, y, scratch, run) {
        activation::apply::<T, A>(run.parallel(), y, operation.channels());
    }
}

/// As [`infer`]; z into the first of `saved`, where the activation's derivative is a function of it.
pub(super) fn forward<T: Scalar, A: Activation<T>>(
    operation: impl Operation<T>,
    x: &[T],
    y: &mut [T],
    saved: &mut [T],
    scratch: &mut [T],
    run: PassContext<'_>,
) {
    if !logits::<T, A>(operation, x, y, scratch, run) {
        if let SavesForBackward::Input = A::KEEPS {
            saved[..y.len()].copy_from_slice(y);
        }
        activation::apply::<T, A>(run.parallel(), y, operation.channels());
    }
}

/// y ← z, with the activation where it is asked for and the operation can apply it; says whether there is none left to do.
fn logits<T: Scalar, A: Activation<T>>(
    operation: impl Operation<T>,
    x: &[T],
    y: &mut [T],
    scratch: &mut [T],
    run: PassContext<'_>,
) -> bool {
    let epilogue = if run.logits() { Epilogue::None } else { A::EPILOGUE };
    operation.logits(x, y, epilogue, scratch, run.parallel()) || run.logits()
}

/// What the backward pass is given by the forward pass.
#[derive(Clone, Copy)]
pub(super) struct Kept<'a, T> {
    pub(super) x: &'a [T],
    pub(super) y: &'a [T],
    pub(super) saved: &'a [T],
}

/// δ = ∂L/∂a ⊙ σ'(z) in place of `dy`, and the operation's gradients from it.
pub(super) fn backward<T: Scalar, A: Activation<T>>(
    operation: impl Operation<T>,
    kept: Kept<'_, T>,
    dy: &mut [T],
    dx: Option<&mut [T]>,
    parameters: (&mut [T], &mut [T]),
    scratch: &mut [T],
    run: PassContext<'_>,
) {
    if !run.logits() {
        let channels = operation.channels();
        let of = match A::KEEPS {
            SavesForBackward::Output => kept.y,
            SavesForBackward::Input => kept.saved,
        };
        activation::backward::<T, A>(run.parallel(), of, dy, channels);
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
