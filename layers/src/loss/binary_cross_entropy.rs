//! Binary cross-entropy, with the sigmoid that it belongs to.

use typednet_tensor::simd::Simd;
use typednet_tensor::{Parallel, Sample, Scalar, flat, flat_mut};

use super::head::Exactly;
use super::{Loss, LossFor, TargetError, elementwise, target};
use crate::activation::vector;
use crate::{Activation, Sigmoid};

/// L = −1/n Σ (y·ln a + (1 − y)·ln(1 − a)) over the n elements of a row, where a = σ(z) and y is from 0 to 1 (lecture
/// section 3).
///
/// It is computed from the logits, max(z, 0) − z·y + ln(1 + e^(−|z|)), so that it stays finite for any finite z, and
/// δ = ∂L/∂z = (a − y)/n. At z = ∞ it is 0 where y is 1, at z = −∞ where y is 0; elsewhere it is ∞ there, never NaN.
///
/// A row is right where all its elements are on their target's side of 0.5.
///
/// ```
/// use typednet_layers::Sigmoid;
/// use typednet_layers::loss::{BinaryCrossEntropy, LossFor};
/// use typednet_tensor::Parallel;
///
/// let (z, y) = ([[0.0_f32], [1e4]], [[1.0], [0.0]]);
/// let loss = LossFor::<Sigmoid, [f32; 1]>::value(&BinaryCrossEntropy, &z, &y, Parallel::SERIAL);
/// assert!((loss - (2_f64.ln() + 1e4)).abs() < 1e-2);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BinaryCrossEntropy;

impl<T: Scalar> elementwise::Elementwise<T> for BinaryCrossEntropy {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, z: S::V, y: S::V) -> (S::V, S::V) {
        let (zero, one) = (s.splat(T::zero()), s.splat(T::one()));
        // One e^(−|z|) serves the loss and σ(z).
        let e = s.exp(s.neg(s.abs(z)));
        let loss = s.add(s.sub(vector::positive_part(s, z), s.mul(z, y)), vector::ln_1p(s, e));
        // ∞ − ∞ and 0·∞ are no numbers, but the limits are.
        let sure = s.select(s.lt(z, zero), zero, one);
        let limit = s.select(s.eq(y, sure), zero, s.splat(T::infinity()));
        let loss = s.select(s.eq(s.abs(z), s.splat(T::infinity())), limit, loss);
        let a = s.div(s.select(s.lt(z, zero), e, one), s.add(one, e));
        (loss, s.sub(a, y))
    }
}

#[diagnostic::do_not_recommend]
impl<S: Sample, const N: usize> Loss<[S; N]> for BinaryCrossEntropy {
    type Target = [S; N];

    fn check_target(&self, target: &Self::Target) -> Result<(), TargetError> {
        target::probabilities("BinaryCrossEntropy", target)
    }

    fn fingerprint(&self, target: &Self::Target) -> u64 {
        target::fingerprint(target)
    }
}

#[diagnostic::do_not_recommend]
impl<H: Exactly<Sigmoid>, T: Scalar, const N: usize> LossFor<H, [T; N]> for BinaryCrossEntropy {
    const LOGITS: bool = true;

    fn value(&self, z: &[[T; N]], targets: &[[T; N]], parallel: Parallel<'_>) -> f64 {
        elementwise::value(self, flat(z), flat(targets), parallel) / N as f64
    }

    fn gradient(&self, z: &[[T; N]], targets: &[[T; N]], dz: &mut [[T; N]], parallel: Parallel<'_>) -> f64 {
        let scale = T::of(1.0 / flat(z).len() as f64);
        elementwise::gradient(self, (flat(z), flat(targets)), scale, flat_mut(dz), parallel) / N as f64
    }

    fn activate(&self, y: &mut [[T; N]]) {
        <Sigmoid as Activation<T>>::apply(flat_mut(y), N);
    }

    fn correct(&self, z: &[[T; N]], targets: &[[T; N]]) -> Option<usize> {
        // σ(z) > ½ where z > 0.
        let right = |(z, y): (&T, &T)| (*z > T::zero()) == (*y > T::of(0.5));
        Some(z.iter().zip(targets).filter(|(z, y)| z.iter().zip(*y).all(right)).count())
    }
}
