//! The squared hinge loss.

use core::ops::Range;

use typednet_tensor::{Class, Parallel, Sample, Scalar};

use super::head::Exactly;
use super::hinge::margins;
use super::sum::Sum;
use super::{Loss, LossFor};
use crate::Linear;
use crate::threads::by_samples;

/// L = 1/N Σ_{j≠t} max(0, 1 − zₜ + zⱼ)² over the N classes, where t is the right one: as [`Hinge`](super::Hinge), but a
/// class that comes nearer costs the more, and there is no kink (Tang 2013; PyTorch's `MultiMarginLoss` with `p=2`).
///
/// With the margins mⱼ = max(0, 1 − zₜ + zⱼ), of which zⱼ moves only its own and zₜ all of them the other way:
/// δⱼ = ∂L/∂zⱼ = 2/N·mⱼ for j ≠ t, and δₜ = −Σ_{j≠t} δⱼ. The network's outputs are scores, so its last layer has no
/// activation.
///
/// ```
/// use typednet_layers::Linear;
/// use typednet_layers::loss::{LossFor, SquaredHinge};
/// use typednet_tensor::{Class, Parallel};
///
/// let loss = LossFor::<Linear, _>::value(&SquaredHinge, &[[2.0_f64, 1.5, -3.0]], &[Class::new(0)?], Parallel::SERIAL);
/// assert_eq!(loss, 0.5 * 0.5 / 3.0);
/// # Ok::<(), typednet_tensor::LabelError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SquaredHinge;

#[diagnostic::do_not_recommend]
impl<S: Sample, const N: usize> Loss<[S; N]> for SquaredHinge {
    type Target = Class<N>;

    fn fingerprint(&self, target: &Self::Target) -> u64 {
        target.index() as u64
    }
}

#[diagnostic::do_not_recommend]
impl<H: Exactly<Linear>, T: Scalar, const N: usize> LossFor<H, [T; N]> for SquaredHinge {
    const LOGITS: bool = false;

    fn value(&self, z: &[[T; N]], targets: &[Class<N>], parallel: Parallel<'_>) -> f64 {
        // In f64, where the square of every f32 is a number.
        let square = |margin: T| margin.to_f64_exact() * margin.to_f64_exact();
        let row = |(z, target): (&[T; N], &Class<N>)| margins(z, *target).map(square).sum::<f64>();
        let rows = |at: Range<usize>| z[at.clone()].iter().zip(&targets[at]).map(row);
        Sum::of_rows(N).over(parallel, z.len(), |at, sink| rows(at).for_each(sink)) / N as f64
    }

    fn gradient(&self, z: &[[T; N]], targets: &[Class<N>], dz: &mut [[T; N]], parallel: Parallel<'_>) -> f64 {
        let share = T::of(2.0 / (N * z.len()) as f64);
        by_samples(parallel, dz, 2 * N, |at, dz| {
            for ((z, target), dz) in z[at..].iter().zip(&targets[at..]).zip(dz) {
                let mut sum = T::zero();
                for (dz, margin) in dz.iter_mut().zip(margins(z, *target)) {
                    *dz = share * margin;
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
