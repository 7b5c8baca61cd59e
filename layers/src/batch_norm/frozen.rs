//! Batch normalisation by statistics that stay as they are.

use core::marker::PhantomData;

use typednet_tensor::{Key, Scalar, flat, flat_mut, impl_flat, normalisation};

use super::BatchNorm;
use super::running::Running;
use crate::activation::ActivationFns;
use crate::{
    Activation, Behaviour, Layer, LayerInfo, Linear, Operation, PassContext, SavesForBackward, Trace, Workspace,
    WorkspaceSize,
};

/// Batch normalisation by the running statistics, a = σ(γ ⊙ (x − μ)/√(v + ε) + β), in training as in use.
///
/// It is what fine-tuning puts where a trained network has a [`BatchNorm`]: batches of another kind, or of few rows, would
/// spoil the statistics. γ and β are trained, μ and v stay as they are (in `PyTorch` a `BatchNorm1d` that is left in `eval`
/// mode). With γ and β as they are too it is [`Frozen`](crate::Frozen)`<BatchNorm<N>>`.
///
/// # Shapes
/// x and a are `[T; N]`; over images it stands in [`Each`](crate::Each), as `BatchNorm` does.
///
/// Parameters: 2·N trained, γ and β; 2·N kept beside them. They have the names and places of `BatchNorm`'s.
///
/// ```
/// use typednet_layers::{FrozenBatchNorm, Network};
///
/// let mut layer = FrozenBatchNorm::<2>::seeded(0);
/// (layer.running_mean, layer.running_variance) = ([1.0, 2.0], [4.0, 1.0]);
/// let [a, b] = layer.predict(&[3.0, 2.0]);
/// assert!((a - 1.0).abs() < 1e-4 && b == 0.0);
/// ```
#[repr(C)]
pub struct FrozenBatchNorm<const N: usize, A = Linear, T = f32> {
    /// γ
    pub scale: [T; N],
    /// β
    pub bias: [T; N],
    /// μ of each feature.
    pub running_mean: [T; N],
    /// v of each feature.
    pub running_variance: [T; N],
    activation: PhantomData<fn() -> A>,
}

impl_flat! {
    [const N: usize, A: 'static, T: Scalar] FrozenBatchNorm<N, A, T>: T {
        scale: [T; N],
        bias: [T; N],
        running_mean: [T; N],
        running_variance: [T; N],
    } markers { activation }
}

impl<const N: usize, A: Activation<T>, T: Scalar> FrozenBatchNorm<N, A, T> {
    fn running(&self) -> Running<'_, N, T> {
        let Self { scale, bias, running_mean: mean, running_variance: variance, .. } = self;
        Running { scale, bias, mean, variance }
    }
}

impl<const N: usize, A: Activation<T>, T: Scalar> Layer for FrozenBatchNorm<N, A, T> {
    type In = [T; N];
    type Out = [T; N];
    type Head = A;

    const TREE: LayerInfo = LayerInfo {
        name: "FrozenBatchNorm",
        behaviour: Behaviour::PLAIN
            .computing(Operation::OfBatchNorm { epsilon: BatchNorm::<N, A, T>::EPSILON })
            .ending_with::<A, T>(),
        ..BatchNorm::<N, A, T>::TREE
    };

    /// z, where the derivative of the activation is not a function of a.
    const SAVED: WorkspaceSize = match A::KEEPS {
        SavesForBackward::Output => WorkspaceSize::NONE,
        SavesForBackward::Input => WorkspaceSize::rows(N),
    };

    /// The sums of parts of the rows.
    const SCRATCH: WorkspaceSize = WorkspaceSize::fixed(normalisation::scratch(N));

    #[inline]
    fn predict_into(&self, x: &[T; N], y: &mut [T; N]) {
        self.infer(core::slice::from_ref(x), core::slice::from_mut(y), &mut [], PassContext::new(Key::new(0)));
    }

    fn infer(&self, x: &[[T; N]], y: &mut [[T; N]], _: &mut [T], run: PassContext<'_>) {
        self.running().activated::<A>(flat(x), flat_mut(y), run);
    }

    fn forward(&self, x: &[[T; N]], y: &mut [[T; N]], saved: &mut [T], _: &mut [T], run: PassContext<'_>) {
        self.running().forward::<A>(x, y, || Workspace::new(saved, x.len()).samples(), run);
    }

    /// With δ = ∂L/∂a ⊙ σ'(z), x̂ = (x − μ)·s and s = 1/√(v + ε), which do not follow from the batch: ∂L/∂β = Σ δ;
    /// ∂L/∂γ = Σ δ ⊙ x̂; ∂L/∂x = γ·s·δ.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [[T; N]],
        dx: Option<&mut [[T; N]]>,
        grad: &mut Self,
        scratch: &mut [T],
        run: PassContext<'_>,
    ) {
        let Trace { x, y, saved } = trace;
        let parallel = run.parallel();
        if !run.logits() {
            let kept = match A::KEEPS {
                SavesForBackward::Output => y,
                SavesForBackward::Input => Workspace::new(saved, x.len()).samples(),
            };
            ActivationFns::of::<A>().backward_on(parallel, flat(kept), flat_mut(dy), N);
        }
        let delta = flat(dy);
        if !run.is_frozen() {
            let Self { scale, bias, running_mean, running_variance, .. } = grad;
            self.running().gradients((flat(x), delta), [scale, bias], running_variance, scratch, parallel);
            // Nothing is committed, but what stands there is looked at with the gradient.
            running_mean.copy_from_slice(&self.running_mean);
            running_variance.copy_from_slice(&self.running_variance);
        }
        if let Some(dx) = dx {
            self.running().input_gradient(delta, flat_mut(dx), parallel);
        }
    }
}
