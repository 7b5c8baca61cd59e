//! Logarithms of probabilities.

use typednet_tensor::Scalar;

use super::softmax::log_softmax;
use crate::{Activation, Arg, Init, Keeps};

/// aᵢ = zᵢ − ln Σⱼ e^(zⱼ) over each row: the logarithm of [`Softmax`](crate::Softmax), without overflow.
///
/// ∂L/∂zᵢ = ∂L/∂aᵢ − e^(aᵢ) Σⱼ ∂L/∂aⱼ.
pub struct LogSoftmax;

impl<T: Scalar> Activation<T> for LogSoftmax {
    const ARG: Arg = Arg::Type("LogSoftmax", &[]);
    const INIT: Init = Init::XavierNormal;
    const KEEPS: Keeps = Keeps::Output;

    fn apply(z: &mut [T], width: usize) {
        log_softmax(z, width);
    }

    fn backward(a: &[T], dy: &mut [T], width: usize) {
        for (a, dy) in a.chunks_exact(width).zip(dy.chunks_exact_mut(width)) {
            let sum: T = dy.iter().copied().sum();
            for (a, dy) in a.iter().zip(dy) {
                *dy -= a.exp() * sum;
            }
        }
    }
}
