//! What every layer, activation and loss computes, as plain loops and formulas in `f64`: one implementation for each type,
//! so that one without a formula does not compile.

use typednet_layers::loss::{
    AbsoluteError, BinaryCrossEntropy, BinaryCrossEntropyWithLogits, CrossEntropy, Hinge, Huber, KullbackLeibler,
    SoftCrossEntropy, SquaredError, WeightedCrossEntropy,
};
use typednet_layers::{
    Activation, ActivationLayer, Add, BatchNorm, Chain, Dense, Dropout, Elu, Gaussian, Gelu, GeluTanh, Layer,
    LayerNorm, LeakyRelu, Linear, LogSoftmax, Noise, Relu, Repeat, Residual, Sigmoid, Silu, Softmax, Softplus, Step,
    Tanh, TestScaledDropout,
};
use typednet_tensor::{Sample, Scalar};

use super::subject::class;

/// The output of a network for one sample, and how near any z came to a kink of its activation.
pub(crate) struct Output {
    pub(crate) a: Vec<f64>,
    pub(crate) margin: f64,
}

/// The output of the network `N` with the parameters `params` for the sample `x`.
pub(crate) fn predict<N: NaiveLayer>(params: &[f64], x: &[f64]) -> Output {
    let (mut params, mut margin) = (params, f64::INFINITY);
    let a = N::naive(&mut params, x, &mut margin);
    assert!(params.is_empty(), "{} parameters were not used", params.len());
    Output { a, margin }
}

/// A layer as its formula says it.
pub(crate) trait NaiveLayer: Layer {
    /// Its output for the sample `x`, at inference. It takes its parameters from the first of `params`.
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64>;
}

/// An activation as its formula says it.
pub(crate) trait NaiveActivation: 'static {
    /// Whether its derivative jumps at 0.
    const HAS_KINK: bool = false;
    /// Whether it gives logarithms of probabilities.
    const GIVES_LOGARITHMS: bool = false;

    /// Its values for z, in rows of `width`.
    fn naive(z: &[f64], width: usize) -> Vec<f64>;

    /// As [`naive`](NaiveActivation::naive), and how near z came to a kink.
    fn activate(z: &[f64], width: usize, margin: &mut f64) -> Vec<f64> {
        if Self::HAS_KINK {
            *margin = z.iter().fold(*margin, |margin, z| margin.min(z.abs()));
        }
        Self::naive(z, width)
    }
}

/// The first `len` of `params`, which are left out of them.
pub(super) fn take<'a>(params: &mut &'a [f64], len: usize) -> &'a [f64] {
    let (first, rest) = params.split_at(len);
    *params = rest;
    first
}

impl<const I: usize, const O: usize, A: Activation<T> + NaiveActivation, T: Scalar> NaiveLayer for Dense<I, O, A, T> {
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let (weight, bias) = (take(params, I * O), take(params, O));
        let mut z = bias.to_vec();
        for (i, x) in x.iter().enumerate() {
            for (j, z) in z.iter_mut().enumerate() {
                *z += x * weight[i * O + j];
            }
        }
        A::activate(&z, O, margin)
    }
}

impl<S: Sample<Elem: Scalar>, A: Activation<S::Elem> + NaiveActivation> NaiveLayer for ActivationLayer<S, A> {
    fn naive(_: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        A::activate(x, S::SHAPE.sizes().last().copied().unwrap_or(1), margin)
    }
}

impl<S: Sample<Elem: Scalar>, const P: u64> NaiveLayer for Dropout<S, P> {
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        x.to_vec()
    }
}

impl<S: Sample<Elem: Scalar>, const P: u64> NaiveLayer for TestScaledDropout<S, P> {
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        x.iter().map(|x| x * (1.0 - f64::from_bits(P))).collect()
    }
}

impl<S: Sample<Elem: Scalar>, const DEVIATION: u64> NaiveLayer for Noise<S, DEVIATION> {
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        x.to_vec()
    }
}

impl<S: Sample<Elem: Scalar>> NaiveLayer for Gaussian<S> {
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        x[..S::LEN].to_vec()
    }
}

impl<L: NaiveLayer> NaiveLayer for Residual<L>
where
    Self: Layer,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        x.iter().zip(L::naive(params, x, margin)).map(|(x, y)| x + y).collect()
    }
}

impl<const N: usize, L: NaiveLayer> NaiveLayer for Repeat<N, L>
where
    Self: Layer,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        (0..N).fold(x.to_vec(), |x, _| L::naive(params, &x, margin))
    }
}

impl<A: NaiveLayer, B: NaiveLayer> NaiveLayer for Add<A, B>
where
    Self: Layer,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let a = A::naive(params, x, margin);
        a.iter().zip(B::naive(params, x, margin)).map(|(a, b)| a + b).collect()
    }
}

impl<A: NaiveLayer, B: NaiveLayer> NaiveLayer for Chain<A, B>
where
    Self: Layer,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let between = A::naive(params, x, margin);
        B::naive(params, &between, margin)
    }
}

/// At inference; in training it is another function of the batch.
impl<const N: usize, T: Scalar> NaiveLayer for BatchNorm<N, T> {
    fn naive(params: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        let [scale, bias, mean, variance] = [(); 4].map(|()| take(params, N));
        let feature = |i: usize| (x[i] - mean[i]) / (variance[i] + 1e-5_f64).sqrt() * scale[i] + bias[i];
        (0..N).map(feature).collect()
    }
}

impl<const N: usize, T: Scalar> NaiveLayer for LayerNorm<N, T> {
    fn naive(params: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        let (scale, bias, n) = (take(params, N), take(params, N), N as f64);
        let mean = x.iter().sum::<f64>() / n;
        let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
        (0..N).map(|i| (x[i] - mean) / (variance + 1e-5).sqrt() * scale[i] + bias[i]).collect()
    }
}

/// Writes [`NaiveActivation`] for activations that act on each element by itself.
macro_rules! elementwise {
    ($($activation:ty $(, kink: $kink:literal)?: $formula:expr;)*) => {$(
        impl NaiveActivation for $activation {
            $(const HAS_KINK: bool = $kink;)?
            fn naive(z: &[f64], _: usize) -> Vec<f64> {
                z.iter().copied().map($formula).collect()
            }
        }
    )*};
}

elementwise! {
    Linear: |z| z;
    Sigmoid: |z: f64| 1.0 / (1.0 + (-z).exp());
    Tanh: f64::tanh;
    Relu, kink: true: |z: f64| z.max(0.0);
    Step, kink: true: |z| if z >= 0.0 { 1.0 } else { 0.0 };
    Gelu: |z: f64| 0.5 * z * (1.0 + Scalar::erf(z / 2_f64.sqrt()));
    GeluTanh: |z: f64| {
        let u = (2.0 / std::f64::consts::PI).sqrt() * (z + 0.044_715 * z.powi(3));
        0.5 * z * (1.0 + u.tanh())
    };
    Silu: |z: f64| z / (1.0 + (-z).exp());
    Softplus: |z: f64| (1.0 + z.exp()).ln();
}

impl<const ALPHA: u64> NaiveActivation for LeakyRelu<ALPHA> {
    const HAS_KINK: bool = true;
    fn naive(z: &[f64], _: usize) -> Vec<f64> {
        z.iter().map(|&z| if z > 0.0 { z } else { f64::from_bits(ALPHA) * z }).collect()
    }
}

impl<const ALPHA: u64> NaiveActivation for Elu<ALPHA> {
    const HAS_KINK: bool = true;
    fn naive(z: &[f64], _: usize) -> Vec<f64> {
        z.iter().map(|&z| if z > 0.0 { z } else { f64::from_bits(ALPHA) * (z.exp() - 1.0) }).collect()
    }
}

/// Calls `f` for each element with Σ e^z over its row.
fn by_rows(z: &[f64], width: usize, f: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    let sum = |row: &[f64]| row.iter().map(|z| z.exp()).sum::<f64>();
    z.chunks(width).flat_map(|row| row.iter().map(|z| f(*z, sum(row))).collect::<Vec<_>>()).collect()
}

impl NaiveActivation for Softmax {
    fn naive(z: &[f64], width: usize) -> Vec<f64> {
        by_rows(z, width, |z, sum| z.exp() / sum)
    }
}

impl NaiveActivation for LogSoftmax {
    const GIVES_LOGARITHMS: bool = true;
    fn naive(z: &[f64], width: usize) -> Vec<f64> {
        by_rows(z, width, |z, sum| z - sum.ln())
    }
}

/// A loss as its formula says it.
pub(crate) trait Naive {
    /// The loss of one sample from its outputs `a`; `logarithms` says whether these are logarithms of probabilities.
    fn naive(&self, logarithms: bool, a: &[f64], target: &[f64]) -> f64;
}

impl Naive for SquaredError {
    fn naive(&self, _: bool, a: &[f64], y: &[f64]) -> f64 {
        let sum: f64 = a.iter().zip(y).map(|(a, y)| (a - y).powi(2)).sum();
        match self {
            Self::Mean => sum / a.len() as f64,
            Self::Half => sum / 2.0,
        }
    }
}

fn logarithm(is_one: bool, a: f64) -> f64 {
    if is_one { a } else { a.ln() }
}

impl Naive for CrossEntropy {
    fn naive(&self, logarithms: bool, a: &[f64], target: &[f64]) -> f64 {
        -logarithm(logarithms, a[class(target)])
    }
}

impl Naive for SoftCrossEntropy {
    fn naive(&self, logarithms: bool, a: &[f64], y: &[f64]) -> f64 {
        a.iter().zip(y).map(|(a, y)| -y * logarithm(logarithms, *a)).sum()
    }
}

impl Naive for BinaryCrossEntropy {
    fn naive(&self, _: bool, a: &[f64], y: &[f64]) -> f64 {
        let sum: f64 = a.iter().zip(y).map(|(a, y)| -y * a.ln() - (1.0 - y) * (1.0 - a).ln()).sum();
        sum / a.len() as f64
    }
}

impl Naive for AbsoluteError {
    fn naive(&self, _: bool, a: &[f64], y: &[f64]) -> f64 {
        a.iter().zip(y).map(|(a, y)| (a - y).abs()).sum::<f64>() / a.len() as f64
    }
}

impl Naive for Huber {
    fn naive(&self, _: bool, a: &[f64], y: &[f64]) -> f64 {
        let t = self.threshold();
        let each = |(a, y): (&f64, &f64)| {
            let distance = (a - y).abs();
            if distance <= t { distance * distance / 2.0 } else { t * (distance - t / 2.0) }
        };
        a.iter().zip(y).map(each).sum::<f64>() / a.len() as f64
    }
}

impl Naive for BinaryCrossEntropyWithLogits {
    fn naive(&self, logarithms: bool, z: &[f64], y: &[f64]) -> f64 {
        let a: Vec<f64> = z.iter().map(|z| 1.0 / (1.0 + (-z).exp())).collect();
        BinaryCrossEntropy.naive(logarithms, &a, y)
    }
}

impl Naive for Hinge {
    fn naive(&self, _: bool, z: &[f64], target: &[f64]) -> f64 {
        let target = class(target);
        let others = (0..z.len()).filter(|class| *class != target);
        others.map(|class| (1.0 - z[target] + z[class]).max(0.0)).sum::<f64>() / z.len() as f64
    }
}

impl<const N: usize> Naive for WeightedCrossEntropy<N> {
    fn naive(&self, logarithms: bool, a: &[f64], target: &[f64]) -> f64 {
        let term = |class: usize| -self.weights()[class] * logarithm(logarithms, a[class]);
        let all: f64 = (0..N).map(term).sum();
        (1.0 - self.smoothing()) * term(class(target)) + self.smoothing() / N as f64 * all
    }
}

impl Naive for KullbackLeibler {
    fn naive(&self, logarithms: bool, a: &[f64], y: &[f64]) -> f64 {
        a.iter().zip(y).map(|(a, y)| y * (y.ln() - logarithm(logarithms, *a))).sum()
    }
}
