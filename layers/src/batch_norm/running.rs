//! Batch normalisation by the running statistics: at inference, and where they do not follow from the batch.

use core::ops::Range;

use typednet_tensor::matmul::Epilogue;
use typednet_tensor::normalisation::{self, Standard};
use typednet_tensor::{Parallel, Scalar, flat, flat_mut};

use super::{EPSILON, epilogue};
use crate::activation::ActivationFns;
use crate::{Activation, PassContext, SavesForBackward, threads};

/// How many columns have their deviations on the stack at a time.
const BLOCK: usize = 512;

/// γ, β, μ and v of a layer.
#[derive(Clone, Copy)]
pub(super) struct Running<'a, const N: usize, T> {
    pub(super) scale: &'a [T; N],
    pub(super) bias: &'a [T; N],
    pub(super) mean: &'a [T; N],
    pub(super) variance: &'a [T; N],
}

impl<const N: usize, T: Scalar> Running<'_, N, T> {
    /// √(v + ε) for the columns from `from` on.
    fn deviations(&self, from: usize, to: &mut [T]) {
        for (deviation, variance) in to.iter_mut().zip(&self.variance[from..]) {
            *deviation = (*variance + T::of(EPSILON)).sqrt();
        }
    }

    /// Shows `work` the columns in blocks, each with its [`deviations`](Self::deviations): a row may be wider than a stack.
    fn blocks(&self, mut work: impl FnMut(Range<usize>, &mut [T])) {
        let mut deviations = [T::ZERO; BLOCK];
        for from in (0..N).step_by(BLOCK) {
            let at = from..N.min(from + BLOCK);
            let deviations = &mut deviations[..at.len()];
            self.deviations(from, deviations);
            work(at, deviations);
        }
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
        let Self { scale, bias, mean, .. } = *self;
        self.blocks(|at, deviation| {
            let (mean, scale, bias) = (&mean[at.clone()], &scale[at.clone()], &bias[at.clone()]);
            let by = Standard { mean, inverse: deviation, scale, bias, epilogue };
            if at.len() == N {
                return normalisation::apply(x, &by, y, parallel);
            }
            for (x, y) in x.chunks_exact(N).zip(y.chunks_exact_mut(N)) {
                normalisation::apply(&x[at.clone()], &by, &mut y[at.clone()], parallel);
            }
        });
    }

    /// ∂L/∂γ = Σ δ ⊙ x̂ and ∂L/∂β = Σ δ, with x̂ = (x − μ)·s; s into `inverse`.
    pub(super) fn gradients(
        &self,
        (x, delta): (&[T], &[T]),
        gradients: [&mut [T; N]; 2],
        inverse: &mut [T; N],
        scratch: &mut [T],
        parallel: Parallel<'_>,
    ) {
        if N > 0 {
            let Self { scale, bias, mean, .. } = *self;
            self.deviations(0, inverse);
            for inverse in inverse.iter_mut() {
                *inverse = inverse.recip();
            }
            let by = Standard { mean, inverse, scale, bias, epilogue: Epilogue::None };
            normalisation::gradient_sums((x, delta), &by, gradients.map(|of| &mut of[..]), scratch, parallel);
        }
    }

    /// ∂L/∂x = γ·s·δ
    pub(super) fn input_gradient(&self, delta: &[T], dx: &mut [T], parallel: Parallel<'_>) {
        self.blocks(|at, factor| {
            for (factor, scale) in factor.iter_mut().zip(&self.scale[at.clone()]) {
                *factor = factor.recip() * *scale;
            }
            if at.len() == N {
                return normalisation::scale(delta, factor, dx, parallel);
            }
            for (delta, dx) in delta.chunks_exact(N).zip(dx.chunks_exact_mut(N)) {
                normalisation::scale(&delta[at.clone()], factor, &mut dx[at.clone()], parallel);
            }
        });
    }
}
