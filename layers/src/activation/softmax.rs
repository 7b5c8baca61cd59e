//! Probabilities that sum to 1.

use typednet_tensor::Scalar;
use typednet_tensor::simd::{Map, Simd, map_in_place};

use crate::{Activation, Arg, Init, Keeps};

/// aᵢ = e^(zᵢ) / Σⱼ e^(zⱼ) over each row, computed as e^(zᵢ − max z) so that it cannot overflow;
/// ∂L/∂zᵢ = aᵢ (∂L/∂aᵢ − Σⱼ aⱼ ∂L/∂aⱼ).
pub struct Softmax;

pub(crate) struct Exp;

impl<T: Scalar> Map<T> for Exp {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V) -> S::V {
        s.exp(z)
    }
}

impl<T: Scalar> Activation<T> for Softmax {
    const ARG: Arg = Arg::Type("Softmax", &[]);
    const INIT: Init = Init::XavierNormal;
    const KEEPS: Keeps = Keeps::Output;

    fn apply(z: &mut [T], width: usize) {
        for row in z.chunks_exact_mut(width) {
            let max = row.iter().copied().fold(T::neg_infinity(), T::max);
            row.iter_mut().for_each(|z| *z -= max);
        }
        map_in_place(Exp, z);
        for row in z.chunks_exact_mut(width) {
            let sum: T = row.iter().copied().sum();
            let scale = T::one() / sum;
            row.iter_mut().for_each(|a| *a *= scale);
        }
    }

    fn backward(a: &[T], dy: &mut [T], width: usize) {
        for (a, dy) in a.chunks_exact(width).zip(dy.chunks_exact_mut(width)) {
            let dot: T = a.iter().zip(&*dy).map(|(a, dy)| *a * *dy).sum();
            for (a, dy) in a.iter().zip(dy) {
                *dy = *a * (*dy - dot);
            }
        }
    }
}
