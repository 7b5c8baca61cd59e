//! Categorical cross-entropy, with the softmax that it belongs to.

use typednet_tensor::{Class, Scalar, flat_mut};

use super::LossFor;
use crate::{Activation, Softmax};

/// L = −ln a_t, where a = softmax(z) and t is the right class (lecture section 3).
///
/// It is computed from the logits, L = ln Σⱼ e^(zⱼ) − z_t, so that it stays finite for any finite z, and
/// δ = ∂L/∂z = a − y (y: 1 at the right class, else 0).
#[derive(Clone, Copy, Debug, Default)]
pub struct CrossEntropy;

impl<T: Scalar, const N: usize> LossFor<Softmax, [T; N]> for CrossEntropy {
    type Target = Class<N>;
    const LOGITS: bool = true;

    fn value(&self, z: &[[T; N]], targets: &[Class<N>]) -> f64 {
        let loss = |(z, target): (&[T; N], &Class<N>)| {
            let max = z.iter().copied().fold(T::neg_infinity(), T::max);
            let sum: T = z.iter().map(|z| (*z - max).exp()).sum();
            (max - z[target.index()] + sum.ln()).to_f64_exact()
        };
        z.iter().zip(targets).map(loss).sum()
    }

    fn gradient(&self, z: &[[T; N]], targets: &[Class<N>], dz: &mut [[T; N]]) -> f64 {
        let loss = self.value(z, targets);
        dz.copy_from_slice(z);
        Softmax::apply(flat_mut(dz), N);
        let scale = T::one() / T::of(z.len() as f64);
        for (dz, target) in dz.iter_mut().zip(targets) {
            dz[target.index()] -= T::one();
            dz.iter_mut().for_each(|d| *d *= scale);
        }
        loss
    }

    fn hits(&self, z: &[[T; N]], targets: &[Class<N>]) -> Option<usize> {
        Some(z.iter().zip(targets).filter(|(z, target)| Class::of_largest(z) == **target).count())
    }
}
