//! Batch normalisation.

mod frozen;
mod kernels;

pub use frozen::FrozenBatchNorm;

use typednet_tensor::{Sample, Scalar, flat, flat_mut, impl_flat};

use self::kernels::{Apply, Backward, EPSILON, FixedBackward, Forward};
use crate::{
    Behaviour, Init, Layer, LayerInfo, Linear, Operation, Param, ParamKind, PassContext, Trace, Workspace,
    WorkspaceSize,
};

/// Batch normalisation y = γ ⊙ (x − μ)/√(σ² + ε) + β (lecture section 7; Ioffe and Szegedy 2015).
///
/// In training μ and σ² are the mean and the variance of each feature over the batch, Σ (x − μ)²/m over m rows. In use
/// they are the running ones, which each step moves by a tenth of the way towards the batch's: running ← 0.9·running +
/// 0.1·batch, with the unbiased variance Σ (x − μ)²/(m − 1), and ε is 1e-5; all as in PyTorch.
///
/// A batch of one row has no variance: its output is β, and it leaves the running variance as it is. A batch of no rows
/// leaves both running statistics. A variance beyond the numbers of the type, as that of 1e20 and −1e20 in `f32`, cannot be
/// kept: the feature's outputs in training are NaN, so that no step is made with them.
///
/// In a [`Frozen`](crate::Frozen) layer the running statistics are taken in training too, and [`FrozenBatchNorm`] does that while γ
/// and β are trained.
///
/// # Shapes
/// x and y are `[T; N]`. Over images the statistics are those of each channel over the batch and all pixels (`BatchNorm2d` of
/// other libraries): that is [`Each`](crate::Each)`<H, Each<W, BatchNorm<C>>>`, on which this layer sees the pixels as rows.
///
/// Parameters: 2·N trained, γ (at first 1) and β (at first 0); 2·N kept beside them.
///
/// ```
/// use typednet_layers::{BatchNorm, Network};
///
/// let layer = BatchNorm::<2>::seeded(0);
/// assert_eq!((BatchNorm::<2>::PARAMS, layer.running_variance), (4, [1.0, 1.0]));
/// let [a, b] = layer.predict(&[1.0, -2.0]);
/// assert!((a - 1.0).abs() < 1e-4 && (b + 2.0).abs() < 1e-4);
/// ```
#[repr(C)]
pub struct BatchNorm<const N: usize, T = f32> {
    /// γ
    pub scale: [T; N],
    /// β
    pub bias: [T; N],
    /// The mean of each feature, as far as training has seen it.
    pub running_mean: [T; N],
    /// The unbiased variance of each feature, as far as training has seen it.
    pub running_variance: [T; N],
}

impl_flat! {
    [const N: usize, T: Scalar] BatchNorm<N, T>: T {
        scale: [T; N],
        bias: [T; N],
        running_mean: [T; N],
        running_variance: [T; N],
    }
}

impl<const N: usize, T> BatchNorm<N, T> {
    /// ε, which keeps the quotient finite.
    pub const EPSILON: f64 = EPSILON;

    /// How far each step moves the running statistics.
    pub const MOMENTUM: f64 = 0.1;
}

impl<const N: usize, T: Scalar> BatchNorm<N, T> {
    /// y ← γ ⊙ (x − μ)/√(σ² + ε) + β with the running statistics
    fn apply(&self, x: &[[T; N]], y: &mut [[T; N]]) {
        let Self { scale, bias, running_mean: mean, running_variance: variance } = self;
        if N > 0 {
            T::dispatch(Apply { x: flat(x), scale, bias, mean, variance, y: flat_mut(y) });
        }
    }
}

impl<const N: usize, T: Scalar> Layer for BatchNorm<N, T> {
    type In = [T; N];
    type Out = [T; N];
    type Head = Linear;

    const TREE: LayerInfo = {
        const fn param(name: &'static str, shape: typednet_tensor::Shape, kind: ParamKind, init: Init) -> Param {
            Param { name, shape, kind, init, fan_in: 1, fan_out: 1 }
        }
        LayerInfo {
            name: "BatchNorm",
            args: &[],
            input: <[T; N]>::SHAPE,
            output: <[T; N]>::SHAPE,
            params: &[
                param("scale", <[T; N]>::SHAPE, ParamKind::Scale, Init::Ones),
                param("bias", <[T; N]>::SHAPE, ParamKind::Bias, Init::Zeros),
                param("running_mean", <[T; N]>::SHAPE, ParamKind::Buffer, Init::Zeros),
                param("running_variance", <[T; N]>::SHAPE, ParamKind::Buffer, Init::Ones),
            ],
            children: &[],
            flops: 4 * N as u64,
            behaviour: Behaviour::PLAIN.normalising_over_rows().computing(Operation::BatchNorm { epsilon: EPSILON }),
        }
    };

    /// μ and 1/√(σ² + ε)
    const SAVED: WorkspaceSize = WorkspaceSize::fixed(N).and(WorkspaceSize::fixed(N));

    #[inline]
    fn predict_into(&self, x: &[T; N], y: &mut [T; N]) {
        self.apply(core::slice::from_ref(x), core::slice::from_mut(y));
    }

    fn infer(&self, x: &[[T; N]], y: &mut [[T; N]], _: &mut [T], _: PassContext<'_>) {
        self.apply(x, y);
    }

    fn forward(&self, x: &[[T; N]], y: &mut [[T; N]], saved: &mut [T], _: &mut [T], run: PassContext<'_>) {
        if run.is_frozen() {
            return self.apply(x, y);
        }
        let mut saved = Workspace::new(saved, x.len());
        let (mean, inverse) = (saved.elements(N), saved.elements(N));
        let Self { scale, bias, running_mean, .. } = self;
        if x.is_empty() {
            mean.copy_from_slice(running_mean);
            inverse.fill(T::one());
        } else if N > 0 {
            T::dispatch(Forward { x: flat(x), scale, bias, mean, inverse, y: flat_mut(y) });
        }
    }

    /// With x̂ = (x − μ)·s, s = 1/√(σ² + ε) and means over the rows: ∂L/∂β = Σ ∂L/∂y; ∂L/∂γ = Σ ∂L/∂y ⊙ x̂;
    /// ∂L/∂x = γ·s·(∂L/∂y − mean(∂L/∂y) − x̂·mean(∂L/∂y ⊙ x̂)). By the running statistics, which do not follow from x, it is
    /// γ·s·∂L/∂y.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [[T; N]],
        dx: Option<&mut [[T; N]]>,
        grad: &mut Self,
        _: &mut [T],
        run: PassContext<'_>,
    ) {
        let Trace { x, saved, .. } = trace;
        if run.is_frozen() {
            let Self { scale, running_mean: mean, running_variance: variance, .. } = self;
            let (x, dy, dx) = (flat(x), flat(dy), dx.map(flat_mut));
            if N > 0 {
                T::dispatch(FixedBackward { x, dy, scale, mean, variance, gradients: None, dx });
            }
            return;
        }
        let mut saved = Workspace::new(saved, x.len());
        let (mean, inverse) = (saved.elements(N), saved.elements(N));
        let Self { scale: of_scale, bias: of_bias, running_mean, running_variance: variance } = grad;
        // What the running statistics will move towards.
        running_mean.copy_from_slice(mean);
        *variance = self.running_variance;
        if N > 0 {
            let (x, dy, dx) = (flat(x), flat(dy), dx.map(flat_mut));
            T::dispatch(Backward { x, dy, scale: &self.scale, mean, inverse, of_scale, of_bias, variance, dx });
        }
    }

    /// running ← 0.9·running + 0.1·batch
    fn commit(&mut self, grad: &Self) {
        let momentum = T::of(Self::MOMENTUM);
        let running = self.running_mean.iter_mut().chain(&mut self.running_variance);
        for (running, batch) in running.zip(grad.running_mean.iter().chain(&grad.running_variance)) {
            *running += momentum * (*batch - *running);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Network, pass};
    use typednet_tensor::{Key, ops};

    #[test]
    fn section_7_a_batch_leaves_with_mean_0_and_variance_1() {
        let mut model = BatchNorm::<3, f64>::seeded(0);
        let x: Vec<[f64; 3]> = (0..50)
            .map(|row| {
                core::array::from_fn(|i| {
                    100.0 * i as f64 + (i + 1) as f64 * Key::new(1).child(row).normal::<f64>(i as u64)
                })
            })
            .collect();
        let mut y = x.clone();
        let mut saved = vec![f64::NAN; BatchNorm::<3, f64>::SAVED.of(x.len())];
        model.forward(&x, &mut y, &mut saved, &mut [], PassContext::new(Key::new(0)));
        for feature in 0..3 {
            let mean = y.iter().map(|y| y[feature]).sum::<f64>() / 50.0;
            let variance = y.iter().map(|y| (y[feature] - mean).powi(2)).sum::<f64>() / 50.0;
            assert!(mean.abs() < 1e-12 && (variance - 1.0).abs() < 1e-4, "feature {feature}: {mean}, {variance}");
        }
        // Many steps over one batch: the running statistics are its own, and use gives what training gives.
        let mut grad = BatchNorm::<3, f64>::zeroed();
        let mut dy = vec![[0.0; 3]; 50];
        for _ in 0..300 {
            let trace = Trace { x: &x, y: &y, saved: &mut saved };
            model.backward(trace, &mut dy, None, &mut grad, &mut [], PassContext::new(Key::new(0)));
            model.commit(&grad);
        }
        let mut used = y.clone();
        model.infer(&x, &mut used, &mut [], PassContext::new(Key::new(0)));
        ops::scale((50.0_f64 / 49.0).sqrt(), flat_mut(&mut used));
        for (used, y) in flat(&used).iter().zip(flat(&y)) {
            assert!((used - y).abs() < 1e-4, "{used} should be {y}");
        }
    }

    /// As many as the pixels of a batch of images: one after the other, sums of `f32` would be off by 1 in 10,000.
    #[test]
    fn sums_over_many_rows_keep_their_digits() {
        let rows = 300_000;
        let x: Vec<[f32; 1]> = (0..rows).map(|row| [10.1 + Key::new(2).uniform::<f32>(row)]).collect();
        let (mut y, mut saved) = (x.clone(), vec![f32::NAN; BatchNorm::<1>::SAVED.of(x.len())]);
        let run = PassContext::new(Key::new(0));
        BatchNorm::<1>::seeded(0).forward(&x, &mut y, &mut saved, &mut [], run);
        let exact =
            |power: i32, from: f64| x.iter().map(|[x]| (f64::from(*x) - from).powi(power)).sum::<f64>() / rows as f64;
        let mean = exact(1, 0.0);
        let inverse = (exact(2, mean) + 1e-5).sqrt().recip();
        let mut saved = Workspace::new(&mut saved, x.len());
        for (found, wanted) in [(saved.elements(1)[0], mean), (saved.elements(1)[0], inverse)] {
            assert!((f64::from(found) / wanted - 1.0).abs() < 1e-6, "{found} should be {wanted}");
        }
    }

    #[test]
    fn one_row_leaves_the_running_variance() {
        let mut model = BatchNorm::<2, f32>::seeded(0);
        model.running_variance = [3.0, 4.0];
        let mut grad = BatchNorm::<2, f32>::zeroed();
        let mut memory = vec![f32::NAN; pass::training_need::<BatchNorm<2>>().of(1)];
        let loss = crate::loss::SquaredError::Mean;
        let run = PassContext::new(Key::new(0));
        pass::gradient(&*model, &loss, &[[10.0, 20.0]], &[[0.0, 0.0]], &mut *grad, &mut memory, run);
        model.commit(&grad);
        assert_eq!((model.running_mean, model.running_variance), ([1.0, 2.0], [3.0, 4.0]));
    }

    #[test]
    fn no_rows_leave_the_running_statistics() {
        let mut model = BatchNorm::<2, f32>::seeded(0);
        (model.running_mean, model.running_variance) = ([1.0, -2.0], [3.0, 4.0]);
        let mut grad = BatchNorm::<2, f32>::zeroed();
        let mut saved = vec![f32::NAN; BatchNorm::<2>::SAVED.of(0)];
        let run = PassContext::new(Key::new(0));
        model.forward(&[], &mut [], &mut saved, &mut [], run);
        let trace = Trace { x: &[], y: &[], saved: &mut saved };
        model.backward(trace, &mut [], Some(&mut []), &mut grad, &mut [], run);
        model.commit(&grad);
        assert_eq!((model.running_mean, model.running_variance), ([1.0, -2.0], [3.0, 4.0]));
        assert_eq!((grad.scale, grad.bias), ([0.0; 2], [0.0; 2]));
    }

    #[test]
    fn a_variance_that_cannot_be_kept_is_no_number() {
        let model = BatchNorm::<2, f32>::seeded(0);
        let mut grad = BatchNorm::<2, f32>::zeroed();
        let mut memory = vec![0.0; pass::training_need::<BatchNorm<2>>().of(2)];
        let (x, loss) = ([[1e20, 1.0], [-1e20, 3.0]], crate::loss::SquaredError::Mean);
        let run = PassContext::new(Key::new(0));
        let (value, y) = pass::gradient(&*model, &loss, &x, &[[0.0; 2]; 2], &mut *grad, &mut memory, run);
        assert!(value.is_nan() && y[0][0].is_nan() && (y[0][1] + 1.0).abs() < 1e-4, "{value} {y:?}");
        assert!(!ops::all_finite(typednet_tensor::Flat::as_flat(&*grad)));
    }
}
