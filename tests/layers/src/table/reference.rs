//! What every layer computes, as plain loops and formulas in `f64`: one implementation for each type, so that one without
//! a formula does not compile. A family of layers has its formulas beside its cases, as `norms.rs` has.

use typednet_layers::{
    Activation, ActivationLayer, Add, Chain, Dense, Dropout, Gaussian, Layer, Noise, Repeat, Residual,
    TestScaledDropout,
};
use typednet_tensor::{Differentiable, Scalar};

use super::activations::NaiveActivation;

/// The output of a network for one sample, and how near any z came to a kink of its activation.
pub(crate) struct Output {
    pub(crate) a: Vec<f64>,
    pub(crate) margin: f64,
}

/// The output of the network whose formula is `naive` with the parameters `params` for the sample `x`.
pub(crate) fn predict(naive: impl Fn(&mut &[f64], &[f64], &mut f64) -> Vec<f64>, params: &[f64], x: &[f64]) -> Output {
    let (mut params, mut margin) = (params, f64::INFINITY);
    let a = naive(&mut params, x, &mut margin);
    assert!(params.is_empty(), "{} parameters were not used", params.len());
    Output { a, margin }
}

/// A layer as its formula says it.
pub(crate) trait NaiveLayer: Layer {
    /// Its output for the sample `x`, at inference. It takes its parameters from the first of `params`.
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64>;
}

/// The first `len` of `params`, which are left out of them.
pub(crate) fn take<'a>(params: &mut &'a [f64], len: usize) -> &'a [f64] {
    let (first, rest) = params.split_at(len);
    *params = rest;
    first
}

/// What `f` gives for each part of `x` that has `len` numbers, one behind the other.
pub(crate) fn by_parts(x: &[f64], len: usize, f: &mut dyn FnMut(&[f64]) -> Vec<f64>) -> Vec<f64> {
    let mut y = vec![];
    for x in x.chunks(len) {
        y.extend_from_slice(&f(x));
    }
    y
}

/// The mean of each of so many channels, which stand beside each other, over `count` places.
pub(crate) fn means(x: &[f64], channels: usize, count: f64) -> Vec<f64> {
    (0..channels).map(|c| x.iter().skip(c).step_by(channels).sum::<f64>() / count).collect()
}

/// a + b
fn sum(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// How many of so many steps count, where `mark` says how many are padding.
#[allow(clippy::cast_sign_loss, reason = "a length is not negative")]
pub(crate) fn length(mark: f64, steps: usize) -> usize {
    steps - (mark.round().max(0.0) as usize).min(steps - 1)
}

impl<const I: usize, const O: usize, A: Activation<T> + NaiveActivation, T: Scalar> NaiveLayer for Dense<I, O, A, T> {
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        A::activate(&affine(params, x, O), O, margin)
    }
}

/// x·W + b for a row x, of `outputs` numbers.
fn affine(params: &mut &[f64], x: &[f64], outputs: usize) -> Vec<f64> {
    let (weight, bias) = (take(params, x.len() * outputs), take(params, outputs));
    let mut z = bias.to_vec();
    for (i, x) in x.iter().enumerate() {
        for (j, z) in z.iter_mut().enumerate() {
            *z += x * weight[i * outputs + j];
        }
    }
    z
}

impl<S: Differentiable, A: Activation<S::Elem> + NaiveActivation> NaiveLayer for ActivationLayer<S, A> {
    fn naive(_: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        A::activate(x, S::SHAPE.sizes().last().copied().unwrap_or(1), margin)
    }
}

impl<S: Differentiable, const P: u64> NaiveLayer for Dropout<S, P> {
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        x.to_vec()
    }
}

impl<S: Differentiable, const P: u64> NaiveLayer for TestScaledDropout<S, P> {
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        x.iter().map(|x| x * (1.0 - f64::from_bits(P))).collect()
    }
}

impl<S: Differentiable, const DEVIATION: u64> NaiveLayer for Noise<S, DEVIATION> {
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        x.to_vec()
    }
}

impl<S: Differentiable> NaiveLayer for Gaussian<S> {
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        x[..S::LEN].to_vec()
    }
}

impl<L: NaiveLayer> NaiveLayer for Residual<L>
where
    Self: Layer,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        sum(x, &L::naive(params, x, margin))
    }
}

impl<const N: usize, L: NaiveLayer> NaiveLayer for Repeat<N, L>
where
    Self: Layer,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let mut x = x.to_vec();
        for _ in 0..N {
            x = L::naive(params, &x, margin);
        }
        x
    }
}

impl<A: NaiveLayer, B: NaiveLayer> NaiveLayer for Add<A, B>
where
    Self: Layer,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let a = A::naive(params, x, margin);
        sum(&a, &B::naive(params, x, margin))
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
