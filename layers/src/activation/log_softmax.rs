//! Logarithms of probabilities.

use typednet_tensor::simd::{Simd, Zip, zip};
use typednet_tensor::{Scalar, ops};

use super::softmax::log_softmax;
use crate::{Activation, Arg, Function, Init, SavesForBackward};

/// aᵢ = zᵢ − ln Σⱼ e^(zⱼ) over each row: the logarithm of [`Softmax`](crate::Softmax), without overflow, with its limits at
/// infinite logits.
///
/// ∂L/∂zᵢ = ∂L/∂aᵢ − e^(aᵢ) Σⱼ ∂L/∂aⱼ.
pub struct LogSoftmax;

impl<T: Scalar> Activation<T> for LogSoftmax {
    const ARG: Arg = Arg::Type("LogSoftmax", &[]);
    const FUNCTION: Function = Function::OfLogSoftmax;
    const INIT: Init = Init::XavierNormal;
    const KEEPS: SavesForBackward = SavesForBackward::Output;

    #[inline(never)]
    fn apply(z: &mut [T], width: usize) {
        log_softmax(z, width);
    }

    #[inline(never)]
    fn backward(a: &[T], dy: &mut [T], width: usize) {
        for (a, dy) in a.chunks_exact(width).zip(dy.chunks_exact_mut(width)) {
            zip(Backward(ops::sum(dy)), a, dy);
        }
    }
}

struct Backward<T>(T);

impl<T: Scalar> Zip<T> for Backward<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, a: S::V, dy: S::V) -> S::V {
        s.sub(dy, s.mul(s.exp(a), s.splat(self.0)))
    }
}
