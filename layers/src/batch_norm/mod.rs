//! Batch normalisation.

mod frozen;
mod running;
#[cfg(test)]
mod tests;

pub use frozen::FrozenBatchNorm;

use core::marker::PhantomData;

use typednet_tensor::matmul::Epilogue;
use typednet_tensor::normalisation::{self, Standard};
use typednet_tensor::{Key, Sample, Scalar, flat, flat_mut, impl_flat};

use self::running::Running;
use crate::activation::ActivationFns;
use crate::args::Args;
use crate::{
    Activation, Behaviour, Init, Layer, LayerInfo, Linear, Operation, Param, ParamKind, PassContext, SavesForBackward,
    Trace, Workspace, WorkspaceSize, threads,
};

/// Batch normalisation a = σ(z) with z = γ ⊙ (x − μ)/√(v + ε) + β (lecture section 7; Ioffe and Szegedy 2015).
///
/// In training μ and v are the mean and the variance of each feature over the batch, Σ (x − μ)²/m over m rows. In use
/// they are the running ones, which each step moves by a tenth of the way towards the batch's: running ← 0.9·running +
/// 0.1·batch, with the unbiased variance Σ (x − μ)²/(m − 1), and ε is 1e-5; all as in PyTorch.
///
/// The activation is `Linear` unless another is said. A `Relu` costs nothing here: it is applied where the numbers are written
/// anyway, and its derivative where they are read anyway, which for a batch of images saves two passes over memory each way.
///
/// A batch of one row has no variance: its output is σ(β), and it leaves the running variance as it is. A batch of no rows
/// leaves both running statistics. A variance beyond the numbers of the type, as that of 1e20 and −1e20 in `f32`, cannot be
/// kept: the feature's outputs in training are NaN, so that no step is made with them.
///
/// In a [`Frozen`](crate::Frozen) layer the running statistics are taken in training too, and [`FrozenBatchNorm`] does that while γ
/// and β are trained.
///
/// # Shapes
/// x and a are `[T; N]`. Over images the statistics are those of each channel over the batch and all pixels (`BatchNorm2d` of
/// other libraries): that is [`Each`](crate::Each)`<H, Each<W, BatchNorm<C>>>`, on which this layer sees the pixels as rows.
///
/// Parameters: 2·N trained, γ (at first 1) and β (at first 0); 2·N kept beside them.
///
/// ```
/// use typednet_layers::{BatchNorm, Network, Relu};
///
/// let layer = BatchNorm::<2>::seeded(0);
/// assert_eq!((BatchNorm::<2>::PARAMS, layer.running_variance), (4, [1.0, 1.0]));
/// let [a, b] = layer.predict(&[1.0, -2.0]);
/// assert!((a - 1.0).abs() < 1e-4 && (b + 2.0).abs() < 1e-4);
/// assert_eq!(BatchNorm::<2, Relu>::seeded(0).predict(&[1.0, -2.0]), [a, 0.0]);
/// ```
#[repr(C)]
pub struct BatchNorm<const N: usize, A = Linear, T = f32> {
    /// γ
    pub scale: [T; N],
    /// β
    pub bias: [T; N],
    /// The mean of each feature, as far as training has seen it.
    pub running_mean: [T; N],
    /// The unbiased variance of each feature, as far as training has seen it.
    pub running_variance: [T; N],
    activation: PhantomData<fn() -> A>,
}

impl_flat! {
    [const N: usize, A: 'static, T: Scalar] BatchNorm<N, A, T>: T {
        scale: [T; N],
        bias: [T; N],
        running_mean: [T; N],
        running_variance: [T; N],
    } markers { activation }
}

/// ε
const EPSILON: f64 = 1e-5;

impl<const N: usize, A, T> BatchNorm<N, A, T> {
    /// ε, which keeps the quotient finite.
    pub const EPSILON: f64 = EPSILON;

    /// How far each step moves the running statistics.
    pub const MOMENTUM: f64 = 0.1;
}

/// What the forward pass leaves for the backward pass: μ, Σ (x − μ)² and 1/√(v + ε), and z where the derivative of the activation is
/// a function of it.
struct Saved<'a, const N: usize, T> {
    mean: &'a mut [T],
    squares: &'a mut [T],
    inverse: &'a mut [T],
    z: &'a mut [[T; N]],
}

impl<const N: usize, A: Activation<T>, T: Scalar> BatchNorm<N, A, T> {
    fn running(&self) -> Running<'_, N, T> {
        let Self { scale, bias, running_mean: mean, running_variance: variance, .. } = self;
        Running { scale, bias, mean, variance }
    }

    fn saved(saved: &mut [T], rows: usize) -> Saved<'_, N, T> {
        let mut saved = Workspace::new(saved, rows);
        let [mean, squares, inverse] = [(); 3].map(|()| saved.elements(N));
        let z = match A::KEEPS {
            SavesForBackward::Output => &mut [],
            SavesForBackward::Input => saved.samples(),
        };
        Saved { mean, squares, inverse, z }
    }
}

/// What of the activation is done where z is written.
fn epilogue<A: Activation<T>, T: Scalar>(run: PassContext<'_>) -> Epilogue {
    if run.logits() { Epilogue::None } else { A::EPILOGUE }
}

/// The arguments of a summary: an activation where there is one.
const fn args<A: Activation<T>, T: Scalar>() -> Args {
    Args::new(&[]).and(!A::IS_IDENTITY, A::ARG)
}

impl<const N: usize, A: Activation<T>, T: Scalar> Layer for BatchNorm<N, A, T> {
    type In = [T; N];
    type Out = [T; N];
    type Head = A;

    const TREE: LayerInfo = {
        const fn param(name: &'static str, shape: typednet_tensor::Shape, kind: ParamKind, init: Init) -> Param {
            Param { name, shape, kind, init, fan_in: 1, fan_out: 1 }
        }
        LayerInfo {
            name: "BatchNorm",
            args: const { &args::<A, T>() }.as_slice(),
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
            behaviour: Behaviour::PLAIN
                .normalising_over_rows()
                .computing(Operation::OfBatchNorm { epsilon: EPSILON })
                .ending_with::<A, T>(),
        }
    };

    /// μ, Σ (x − μ)² and 1/√(v + ε); z where the derivative of the activation is not a function of a.
    const SAVED: WorkspaceSize = {
        let statistics = WorkspaceSize::fixed(N).and(WorkspaceSize::fixed(N)).and(WorkspaceSize::fixed(N));
        match A::KEEPS {
            SavesForBackward::Output => statistics,
            SavesForBackward::Input => statistics.and(WorkspaceSize::rows(N)),
        }
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

    fn forward(&self, x: &[[T; N]], y: &mut [[T; N]], saved: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        if run.is_frozen() {
            return self.running().forward::<A>(x, y, || Self::saved(saved, x.len()).z, run);
        }
        let Saved { mean, squares, inverse, z } = Self::saved(saved, x.len());
        let Self { scale, bias, .. } = self;
        if x.is_empty() || N == 0 {
            mean.copy_from_slice(&self.running_mean);
            return inverse.fill(T::one());
        }
        let (rows, x, y, parallel) = (T::of(x.len() as f64), flat(x), flat_mut(y), run.parallel());
        normalisation::moments(x, [&mut *mean, &mut *squares], scratch, parallel);
        for (inverse, squares) in inverse.iter_mut().zip(&*squares) {
            let deviation = (*squares / rows + T::of(EPSILON)).sqrt();
            // Where the variance is not finite, 1/∞ would make all rows alike without a word.
            *inverse = if deviation < T::infinity() { deviation.recip() } else { T::nan() };
        }
        let epilogue = epilogue::<A, T>(run);
        normalisation::normalise(x, &Standard { mean, inverse, scale, bias, epilogue }, y, parallel);
        if !run.logits() && epilogue == Epilogue::None {
            if let SavesForBackward::Input = A::KEEPS {
                threads::copy(parallel, y, flat_mut(z));
            }
            ActivationFns::of::<A>().apply_on(parallel, y, N);
        }
    }

    /// With δ = ∂L/∂a ⊙ σ'(z), x̂ = (x − μ)·s, s = 1/√(v + ε) and means over the rows: ∂L/∂β = Σ δ; ∂L/∂γ = Σ δ ⊙ x̂;
    /// ∂L/∂x = γ·s·(δ − mean(δ) − x̂·mean(δ ⊙ x̂)). By the running statistics, which do not follow from x, it is γ·s·δ.
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
        let Saved { mean, squares, inverse, z } = Self::saved(saved, x.len());
        let (rows, dx, parallel) = (x.len(), dx.map(flat_mut), run.parallel());
        let epilogue = if run.is_frozen() { Epilogue::None } else { epilogue::<A, T>(run) };
        if !run.logits() && epilogue == Epilogue::None {
            let kept = match A::KEEPS {
                SavesForBackward::Output => flat(y),
                SavesForBackward::Input => flat(z),
            };
            ActivationFns::of::<A>().backward_on(parallel, kept, flat_mut(dy), N);
        }
        let (x, delta) = (flat(x), flat(dy));
        if run.is_frozen() {
            if let Some(dx) = dx {
                self.running().input_gradient(delta, dx, parallel);
            }
            return;
        }
        let Self { scale: of_scale, bias: of_bias, running_mean, running_variance, .. } = grad;
        // What the running statistics will move towards.
        running_mean.copy_from_slice(mean);
        running_variance.copy_from_slice(&self.running_variance);
        if N == 0 {
            return;
        }
        if rows > 1 {
            let others = T::of(rows as f64) - T::one();
            for (variance, squares) in running_variance.iter_mut().zip(squares) {
                *variance = *squares / others;
            }
        }
        let by = Standard { mean, inverse, scale: &self.scale, bias: &self.bias, epilogue };
        normalisation::gradient_sums((x, delta), &by, [&mut *of_scale, &mut *of_bias], scratch, parallel);
        if let Some(dx) = dx {
            // In memory that is lent: a row may be wider than a stack.
            let (of_products, rest) = scratch.split_at_mut(N);
            let of_delta = &mut rest[..N];
            for (mean, sum) in of_products.iter_mut().chain(&mut *of_delta).zip(of_scale.iter().chain(&*of_bias)) {
                *mean = *sum / T::of(rows as f64);
            }
            normalisation::input_gradient((x, delta), &by, [of_products, of_delta], dx, parallel);
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
