//! Batch normalisation by statistics that stay as they are.

use typednet_tensor::{Scalar, flat, flat_mut, impl_flat};

use super::BatchNorm;
use super::kernels::{Apply, FixedBackward};
use crate::{Behaviour, Layer, LayerInfo, Linear, Operation, PassContext, Trace};

/// Batch normalisation by the running statistics y = γ ⊙ (x − μ)/√(σ² + ε) + β, in training as in use.
///
/// It is what fine-tuning puts where a trained network has a [`BatchNorm`]: batches of another kind, or of few rows, would
/// spoil the statistics. γ and β are trained, μ and σ² stay as they are (in `PyTorch` a `BatchNorm1d` that is left in `eval`
/// mode). With γ and β as they are too it is [`Frozen`](crate::Frozen)`<BatchNorm<N>>`.
///
/// # Shapes
/// x and y are `[T; N]`; over images it stands in [`Each`](crate::Each), as `BatchNorm` does.
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
pub struct FrozenBatchNorm<const N: usize, T = f32> {
    /// γ
    pub scale: [T; N],
    /// β
    pub bias: [T; N],
    /// μ of each feature.
    pub running_mean: [T; N],
    /// σ² of each feature.
    pub running_variance: [T; N],
}

impl_flat! {
    [const N: usize, T: Scalar] FrozenBatchNorm<N, T>: T {
        scale: [T; N],
        bias: [T; N],
        running_mean: [T; N],
        running_variance: [T; N],
    }
}

impl<const N: usize, T: Scalar> FrozenBatchNorm<N, T> {
    fn apply(&self, x: &[[T; N]], y: &mut [[T; N]]) {
        let Self { scale, bias, running_mean: mean, running_variance: variance } = self;
        if N > 0 {
            T::dispatch(Apply { x: flat(x), scale, bias, mean, variance, y: flat_mut(y) });
        }
    }
}

impl<const N: usize, T: Scalar> Layer for FrozenBatchNorm<N, T> {
    type In = [T; N];
    type Out = [T; N];
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "FrozenBatchNorm",
        behaviour: Behaviour::PLAIN.computing(Operation::BatchNorm { epsilon: BatchNorm::<N, T>::EPSILON }),
        ..BatchNorm::<N, T>::TREE
    };

    #[inline]
    fn predict_into(&self, x: &[T; N], y: &mut [T; N]) {
        self.apply(core::slice::from_ref(x), core::slice::from_mut(y));
    }

    fn infer(&self, x: &[[T; N]], y: &mut [[T; N]], _: &mut [T], _: PassContext<'_>) {
        self.apply(x, y);
    }

    fn forward(&self, x: &[[T; N]], y: &mut [[T; N]], _: &mut [T], _: &mut [T], _: PassContext<'_>) {
        self.apply(x, y);
    }

    /// With x̂ = (x − μ)·s and s = 1/√(σ² + ε), which do not follow from the batch: ∂L/∂β = Σ ∂L/∂y; ∂L/∂γ = Σ ∂L/∂y ⊙ x̂;
    /// ∂L/∂x = γ·s·∂L/∂y.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [[T; N]],
        dx: Option<&mut [[T; N]]>,
        grad: &mut Self,
        _: &mut [T],
        run: PassContext<'_>,
    ) {
        let Self { scale, running_mean: mean, running_variance: variance, .. } = self;
        let (x, dy, dx) = (flat(trace.x), flat(dy), dx.map(flat_mut));
        let gradients = (!run.is_frozen()).then(|| {
            // Nothing is committed, but what stands there is looked at with the gradient.
            (grad.running_mean, grad.running_variance) = (*mean, *variance);
            [&mut grad.scale[..], &mut grad.bias[..]]
        });
        if N > 0 {
            T::dispatch(FixedBackward { x, dy, scale, mean, variance, gradients, dx });
        }
    }
}
