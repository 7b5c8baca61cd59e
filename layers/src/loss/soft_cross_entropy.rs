//! Categorical cross-entropy against probabilities.

use typednet_tensor::{Class, Parallel, Sample, Scalar, flat_mut};

use super::head::ClassProbabilities;
use super::sum::Sum;
use super::{Loss, LossFor, TargetError, target};
use crate::activation::softmax::{below, normaliser, softmax};

/// L = −Σ yⱼ ln aⱼ, where a = softmax(z) and y are probabilities, such as smoothed labels or another network's output.
///
/// It is computed from the logits, L = Σ yⱼ (ln Σ e^z − zⱼ), and δ = ∂L/∂z = a·Σy − y. It has the limits of
/// [`CrossEntropy`](super::CrossEntropy) at infinite logits: 0 where y is 1 at a logit of ∞. A row is right where the
/// largest output stands at the largest target.
///
/// ```
/// use typednet_layers::Softmax;
/// use typednet_layers::loss::{CrossEntropy, LossFor, SoftCrossEntropy};
/// use typednet_tensor::{Class, Parallel};
///
/// let z = [[0.3_f64, -0.2, 1.0]];
/// let soft = LossFor::<Softmax, _>::value(&SoftCrossEntropy, &z, &[[0.0, 1.0, 0.0]], Parallel::SERIAL);
/// let hard = LossFor::<Softmax, _>::value(&CrossEntropy, &z, &[Class::new(1)?], Parallel::SERIAL);
/// assert!((soft - hard).abs() < 1e-15);
/// # Ok::<(), typednet_tensor::LabelError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SoftCrossEntropy;

/// Σ yⱼ (max z − zⱼ + ln Σ e^(z − max z)): every term is at least 0, so nothing cancels.
fn loss<T: Scalar>(max: T, sum: T, z: &[T], y: &[T]) -> f64 {
    let log = sum.ln();
    // Of a class that is ruled out on both sides, 0·∞ is no number.
    let term = |(z, y): (&T, &T)| if *y == T::zero() { T::zero() } else { *y * (below(max, *z) + log) };
    z.iter().zip(y).map(term).sum::<T>().to_f64_exact()
}

fn value<T: Scalar, const N: usize>(z: &[[T; N]], targets: &[[T; N]], parallel: Parallel<'_>) -> f64 {
    let row = |(z, y): (&[T; N], &[T; N])| {
        let (max, sum) = normaliser(z);
        loss(max, sum, z, y)
    };
    Sum::of_rows(2 * N)
        .over(parallel, z.len(), |at, sink| z[at.clone()].iter().zip(&targets[at]).map(row).for_each(sink))
}

fn gradient<T: Scalar, const N: usize>(
    z: &[[T; N]],
    targets: &[[T; N]],
    dz: &mut [[T; N]],
    parallel: Parallel<'_>,
) -> f64 {
    let scale = T::of(1.0 / z.len() as f64);
    Sum::of_rows(2 * N).writing(parallel, dz, |at, dz, sink| {
        let (z, targets) = (&z[at..at + dz.len()], &targets[at..]);
        let mut rows = z.iter().zip(targets);
        dz.copy_from_slice(z);
        softmax(flat_mut(dz), N, scale, &mut |max, sum| {
            if let Some((z, y)) = rows.next() {
                sink(loss(max, sum, z, y));
            }
        });
        for (dz, y) in dz.iter_mut().zip(targets) {
            let mass: T = y.iter().copied().sum();
            for (dz, y) in dz.iter_mut().zip(y) {
                *dz = *dz * mass - scale * *y;
            }
        }
    })
}

#[diagnostic::do_not_recommend]
impl<S: Sample, const N: usize> Loss<[S; N]> for SoftCrossEntropy {
    type Target = [S; N];

    fn check_target(&self, target: &Self::Target) -> Result<(), TargetError> {
        target::distribution("SoftCrossEntropy", target)
    }

    fn fingerprint(&self, target: &Self::Target) -> u64 {
        target::fingerprint(target)
    }
}

#[diagnostic::do_not_recommend]
impl<H: ClassProbabilities, T: Scalar, const N: usize> LossFor<H, [T; N]> for SoftCrossEntropy {
    const LOGITS: bool = true;

    fn value(&self, z: &[[T; N]], targets: &[[T; N]], parallel: Parallel<'_>) -> f64 {
        value(z, targets, parallel)
    }

    fn gradient(&self, z: &[[T; N]], targets: &[[T; N]], dz: &mut [[T; N]], parallel: Parallel<'_>) -> f64 {
        gradient(z, targets, dz, parallel)
    }

    fn activate(&self, y: &mut [[T; N]]) {
        H::apply(flat_mut(y), N);
    }

    fn correct(&self, z: &[[T; N]], targets: &[[T; N]]) -> Option<usize> {
        let right = |(z, y): &(&[T; N], &[T; N])| Class::of_largest(z) == Class::of_largest(y);
        Some(z.iter().zip(targets).filter(right).count())
    }
}
