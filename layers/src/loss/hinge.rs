//! The hinge loss of support vector machines.

use core::ops::Range;

use typednet_tensor::{Class, Parallel, Sample, Scalar};

use super::head::Exactly;
use super::sum::Sum;
use super::{Loss, LossFor};
use crate::Linear;
use crate::threads::by_samples;

/// L = 1/N Σ_{j≠t} max(0, 1 − zₜ + zⱼ) over the N classes, where t is the right one: no loss where it leads every other by
/// 1 (Weston and Watkins 1999; PyTorch's `MultiMarginLoss`).
///
/// δⱼ = 1/N for each class j that comes nearer than 1, and δₜ = −Σ_{j≠t} δⱼ. The network's outputs are scores, so its last
/// layer has no activation.
///
/// ```
/// use typednet_layers::Linear;
/// use typednet_layers::loss::{Hinge, LossFor};
/// use typednet_tensor::{Class, Parallel};
///
/// let loss = LossFor::<Linear, _>::value(&Hinge, &[[2.0_f64, 1.5, -3.0]], &[Class::new(0)?], Parallel::SERIAL);
/// assert_eq!(loss, 0.5 / 3.0);
/// # Ok::<(), typednet_tensor::LabelError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hinge;

#[diagnostic::do_not_recommend]
impl<S: Sample, const N: usize> Loss<[S; N]> for Hinge {
    type Target = Class<N>;

    fn fingerprint(&self, target: &Self::Target) -> u64 {
        target.index() as u64
    }
}

/// The loss of each class of a row, 0 for the right one; NaN stays NaN.
pub(super) fn margins<T: Scalar, const N: usize>(z: &[T; N], target: Class<N>) -> impl Iterator<Item = T> {
    z.iter().enumerate().map(move |(class, other)| {
        let margin = T::one() - z[target.index()] + *other;
        if class == target.index() || margin < T::zero() { T::zero() } else { margin }
    })
}

#[diagnostic::do_not_recommend]
impl<H: Exactly<Linear>, T: Scalar, const N: usize> LossFor<H, [T; N]> for Hinge {
    const LOGITS: bool = false;

    fn value(&self, z: &[[T; N]], targets: &[Class<N>], parallel: Parallel<'_>) -> f64 {
        let row = |(z, target): (&[T; N], &Class<N>)| margins(z, *target).sum::<T>().to_f64_exact();
        let rows = |at: Range<usize>| z[at.clone()].iter().zip(&targets[at]).map(row);
        Sum::of_rows(N).over(parallel, z.len(), |at, sink| rows(at).for_each(sink)) / N as f64
    }

    fn gradient(&self, z: &[[T; N]], targets: &[Class<N>], dz: &mut [[T; N]], parallel: Parallel<'_>) -> f64 {
        let share = T::of(1.0 / (N * z.len()) as f64);
        by_samples(parallel, dz, 2 * N, |at, dz| {
            for ((z, target), dz) in z[at..].iter().zip(&targets[at..]).zip(dz) {
                let mut sum = T::zero();
                for (dz, margin) in dz.iter_mut().zip(margins(z, *target)) {
                    *dz = if margin > T::zero() { share } else { margin };
                    sum += *dz;
                }
                dz[target.index()] = -sum;
            }
        });
        LossFor::<Linear, _>::value(self, z, targets, parallel)
    }

    fn correct(&self, z: &[[T; N]], targets: &[Class<N>]) -> Option<usize> {
        Some(z.iter().zip(targets).filter(|(z, target)| target.is_largest(z)).count())
    }
}
