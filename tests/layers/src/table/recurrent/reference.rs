//! What recurrent layers compute, one number after the other.

use typednet_layers::{
    Activation, Gru, Last, Layer, Lstm, MeanOverSteps, Recurrent, Reverse, Rnn, Sequence, WithState,
};
use typednet_tensor::{Differentiable, Flat, Scalar, Steps};

use super::super::activations::NaiveActivation;
use super::super::pairs::counted;
use super::super::reference::{NaiveLayer, by_parts, means, take};

fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// What a row of numbers brings into unit `unit` of gate `gate`, by weights `[row.len()][gates][width]`.
fn brings(row: &[f64], weight: &[f64], [gates, width]: [usize; 2], gate: usize, unit: usize) -> f64 {
    row.iter().enumerate().map(|(i, x)| x * weight[(i * gates + gate) * width + unit]).sum()
}

/// z of a layer without gates.
fn simple(x: &[f64], h: &[f64], (input, state, bias): (&[f64], &[f64], &[f64])) -> Vec<f64> {
    let sizes = [1, bias.len()];
    let z = |unit| bias[unit] + brings(x, input, sizes, 0, unit) + brings(h, state, sizes, 0, unit);
    (0..bias.len()).map(z).collect()
}

/// h of an LSTM after the step `x`, of states h and c behind each other.
fn lstm(x: &[f64], states: &mut [f64], (input, state, bias): (&[f64], &[f64], &[f64])) -> Vec<f64> {
    let width = bias.len() / 4;
    let (h, c) = states.split_at_mut(width);
    let before = h.to_vec();
    for unit in 0..width {
        let z = |gate| {
            let sizes = [4, width];
            bias[gate * width + unit] + brings(x, input, sizes, gate, unit) + brings(&before, state, sizes, gate, unit)
        };
        c[unit] = sigmoid(z(1)) * c[unit] + sigmoid(z(0)) * z(2).tanh();
        h[unit] = sigmoid(z(3)) * c[unit].tanh();
    }
    h.to_vec()
}

/// h of a GRU after the step `x`; the weights are of input and state, the biases of all gates and of the state.
fn gru(x: &[f64], h: &mut [f64], weights: [&[f64]; 2], [bias, state_bias]: [&[f64]; 2]) -> Vec<f64> {
    let ([input, state], width) = (weights, h.len());
    let before = h.to_vec();
    for unit in 0..width {
        let by_x = |gate| bias[gate * width + unit] + brings(x, input, [3, width], gate, unit);
        let by_state = |gate| brings(&before, state, [3, width], gate, unit);
        let (r, z) = (sigmoid(by_x(0) + by_state(0)), sigmoid(by_x(1) + by_state(1)));
        let n = (by_x(2) + r * (by_state(2) + state_bias[unit])).tanh();
        h[unit] = (1.0 - z) * n + z * before[unit];
    }
    h.to_vec()
}

/// A recurrent layer from any state on.
pub(super) trait NaiveRecurrent: Recurrent {
    /// h behind each of the steps `x`; `state` is the one before them, and becomes the one behind them.
    fn states(params: &mut &[f64], x: &[f64], state: &mut [f64], margin: &mut f64) -> Vec<f64>;

    /// The same from a state of zeros.
    fn from_zeros(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        Self::states(params, x, &mut vec![0.0; Self::State::LEN], margin)
    }
}

impl<const N: usize, const C: usize, const H: usize, A: Activation<T> + NaiveActivation, T: Scalar> NaiveRecurrent
    for Rnn<N, C, H, A, T>
{
    fn states(params: &mut &[f64], x: &[f64], h: &mut [f64], margin: &mut f64) -> Vec<f64> {
        let (input, state, bias) = (take(params, C * H), take(params, H * H), take(params, H));
        by_parts(x, C, &mut |x| {
            h.copy_from_slice(&A::activate(&simple(x, h, (input, state, bias)), H, margin));
            h.to_vec()
        })
    }
}

impl<const N: usize, const C: usize, const H: usize, A: Activation<T> + NaiveActivation, T: Scalar> NaiveLayer
    for Rnn<N, C, H, A, T>
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        Self::from_zeros(params, x, margin)
    }
}

impl<const N: usize, const C: usize, const H: usize, T: Scalar> NaiveRecurrent for Lstm<N, C, H, T> {
    fn states(params: &mut &[f64], x: &[f64], states: &mut [f64], _: &mut f64) -> Vec<f64> {
        let (input, state, bias) = (take(params, C * 4 * H), take(params, H * 4 * H), take(params, 4 * H));
        by_parts(x, C, &mut |x| lstm(x, states, (input, state, bias)))
    }
}

impl<const N: usize, const C: usize, const H: usize, T: Scalar> NaiveLayer for Lstm<N, C, H, T> {
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        Self::from_zeros(params, x, margin)
    }
}

impl<const N: usize, const C: usize, const H: usize, T: Scalar> NaiveRecurrent for Gru<N, C, H, T> {
    fn states(params: &mut &[f64], x: &[f64], h: &mut [f64], _: &mut f64) -> Vec<f64> {
        let weights = [take(params, C * 3 * H), take(params, H * 3 * H)];
        let biases = [take(params, 3 * H), take(params, H)];
        by_parts(x, C, &mut |x| gru(x, h, weights, biases))
    }
}

impl<const N: usize, const C: usize, const H: usize, T: Scalar> NaiveLayer for Gru<N, C, H, T> {
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        Self::from_zeros(params, x, margin)
    }
}

impl<L: NaiveRecurrent, A, Y> NaiveLayer for WithState<L, A, Y>
where
    Self: Layer,
    A: Sequence<Steps = L::In>,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let (steps, state) = x.split_at(A::LEN);
        let (length, mut state) = (counted::<A>(steps), state.to_vec());
        let step = L::In::LEN / L::In::STEPS;
        let mut y = L::states(params, &steps[..length * step], &mut state, margin);
        y.resize(L::Out::LEN, 0.0);
        y.extend(A::SHAPE.is_padded().then_some((L::In::STEPS - length) as f64));
        [y, state].concat()
    }
}

impl<S: Differentiable, const N: usize> NaiveLayer for Last<S, N> {
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        x[x.len() - S::LEN..].to_vec()
    }
}

impl<const N: usize, const C: usize, T: Scalar> NaiveLayer for MeanOverSteps<N, C, T> {
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        means(x, C, (x.len() / C) as f64)
    }
}

impl<const N: usize, L: NaiveLayer> NaiveLayer for Reverse<N, L>
where
    Self: Layer,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        turned(&L::naive(params, &turned(x, L::In::LEN / N), margin), L::Out::LEN / N)
    }
}

/// The steps, each of `width` numbers, the last one first.
fn turned(steps: &[f64], width: usize) -> Vec<f64> {
    steps.chunks(width).rev().flatten().copied().collect()
}
