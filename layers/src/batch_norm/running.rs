//! Batch normalisation by the running statistics: at inference, and where they do not follow from the batch.

use num_traits::Float;
use typednet_tensor::matmul::Epilogue;
use typednet_tensor::normalisation::{self, Standard};
use typednet_tensor::{Parallel, Scalar, flat, flat_mut};

use super::{EPSILON, epilogue};
use crate::activation::ActivationFns;
use crate::{Activation, PassContext, SavesForBackward, threads};

/// γ, β, μ and v of a layer.
#[derive(Clone, Copy)]
pub(super) struct Running<'a, const N: usize, T> {
    pub(super) scale: &'a [T; N],
    pub(super) bias: &'a [T; N],
    pub(super) mean: &'a [T; N],
    pub(super) variance: &'a [T; N],
}

impl<const N: usize, T: Scalar> Running<'_, N, T> {
    /// √(v + ε)
    fn deviation(&self) -> [T; N] {
        self.variance.map(|variance| (variance + T::of(EPSILON)).sqrt())
    }

    /// y ← σ(z), or z where the pass stops at the logits.
    pub(super) fn activated<A: Activation<T>>(&self, x: &[T], y: &mut [T], run: PassContext<'_>) {
        let epilogue = epilogue::<A, T>(run);
        self.apply(x, y, epilogue, run.parallel());
        if !run.logits() && epilogue == Epilogue::None {
            ActivationFns::of::<A>().apply_on(run.parallel(), y, N);
        }
    }

    /// As [`activated`](Self::activated) in training; z into `saved`, where the activation's derivative is a function of it.
    pub(super) fn forward<'s, A: Activation<T>>(
        &self,
        x: &[[T; N]],
        y: &mut [[T; N]],
        saved: impl FnOnce() -> &'s mut [[T; N]],
        run: PassContext<'_>,
    ) {
        let (x, y) = (flat(x), flat_mut(y));
        if run.logits() || A::KEEPS == SavesForBackward::Output {
            return self.activated::<A>(x, y, run);
        }
        self.apply(x, y, Epilogue::None, run.parallel());
        threads::copy(run.parallel(), y, flat_mut(saved()));
        ActivationFns::of::<A>().apply_on(run.parallel(), y, N);
    }

    /// y ← f(γ ⊙ (x − μ)/√(v + ε) + β)
    fn apply(&self, x: &[T], y: &mut [T], epilogue: Epilogue, parallel: Parallel<'_>) {
        if N > 0 {
            let Self { scale, bias, mean, .. } = *self;
            let by = Standard { mean, inverse: &self.deviation(), scale, bias, epilogue };
            normalisation::apply(x, &by, y, parallel);
        }
    }

    /// ∂L/∂γ = Σ δ ⊙ x̂ and ∂L/∂β = Σ δ, with x̂ = (x − μ)·s.
    pub(super) fn gradients(
        &self,
        (x, delta): (&[T], &[T]),
        gradients: [&mut [T; N]; 2],
        scratch: &mut [T],
        parallel: Parallel<'_>,
    ) {
        if N > 0 {
            let Self { scale, bias, mean, .. } = *self;
            let inverse = &self.deviation().map(Float::recip);
            let by = Standard { mean, inverse, scale, bias, epilogue: Epilogue::None };
            normalisation::gradient_sums((x, delta), &by, gradients.map(|of| &mut of[..]), scratch, parallel);
        }
    }

    /// ∂L/∂x = γ·s·δ
    pub(super) fn input_gradient(&self, delta: &[T], dx: &mut [T], parallel: Parallel<'_>) {
        if N > 0 {
            let mut factor = self.deviation().map(Float::recip);
            for (factor, scale) in factor.iter_mut().zip(self.scale) {
                *factor *= *scale;
            }
            normalisation::scale(delta, &factor, dx, parallel);
        }
    }
}
