//! Categorical cross-entropy, with the softmax that it belongs to.

use typednet_tensor::{Class, Parallel, Sample, Scalar, flat_mut};

use super::head::ClassProbabilities;
use super::sum::Sum;
use super::{Loss, LossFor};
use crate::activation::softmax::{below, normaliser, softmax};

/// L = −ln aₜ, where a = softmax(z) and t is the right class (lecture section 3).
///
/// It is computed from the logits, L = ln Σⱼ e^(zⱼ) − zₜ, so that it stays finite for any finite z, and
/// δ = ∂L/∂z = a − y (y: 1 at the right class, else 0). It is the same for a network that ends with
/// [`Softmax`](crate::Softmax) and for one that ends with [`LogSoftmax`](crate::LogSoftmax).
///
/// Where one logit is ∞, L is the limit, 0 if that is the right class, else ∞; it is ∞ too where the right class has −∞.
/// Where several logits are ∞, or all are −∞, there is no limit, and L is NaN.
///
/// ```
/// use typednet_layers::Softmax;
/// use typednet_layers::loss::{CrossEntropy, LossFor};
/// use typednet_tensor::{Class, Parallel};
///
/// let right = Class::new(0)?;
/// let loss = |z: [f64; 2]| LossFor::<Softmax, _>::value(&CrossEntropy, &[z], &[right], Parallel::SERIAL);
/// assert!((loss([0.0, 0.0]) - 2_f64.ln()).abs() < 1e-15);
/// assert_eq!(loss([-1e4, 1e4]), 2e4);
/// # Ok::<(), typednet_tensor::LabelError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CrossEntropy;

/// ln Σⱼ e^(zⱼ) − zₜ, from max z and Σ e^(z − max z).
#[inline]
fn loss<T: Scalar>(max: T, sum: T, at_target: T) -> f64 {
    (below(max, at_target) + sum.ln()).to_f64_exact()
}

fn value<T: Scalar, const N: usize>(z: &[[T; N]], targets: &[Class<N>], parallel: Parallel<'_>) -> f64 {
    let row = |(z, target): (&[T; N], &Class<N>)| {
        let (max, sum) = normaliser(z);
        loss(max, sum, z[target.index()])
    };
    Sum::of_rows(N).over(parallel, z.len(), |at, sink| z[at.clone()].iter().zip(&targets[at]).map(row).for_each(sink))
}

fn gradient<T: Scalar, const N: usize>(
    z: &[[T; N]],
    targets: &[Class<N>],
    dz: &mut [[T; N]],
    parallel: Parallel<'_>,
) -> f64 {
    let scale = T::of(1.0 / z.len() as f64);
    Sum::of_rows(N).writing(parallel, dz, |at, dz, sink| {
        let (z, targets) = (&z[at..at + dz.len()], &targets[at..]);
        let mut rows = z.iter().zip(targets);
        dz.copy_from_slice(z);
        softmax(flat_mut(dz), N, scale, &mut |max, sum| {
            if let Some((z, target)) = rows.next() {
                sink(loss(max, sum, z[target.index()]));
            }
        });
        for (dz, target) in dz.iter_mut().zip(targets) {
            dz[target.index()] -= scale;
        }
    })
}

#[diagnostic::do_not_recommend]
impl<S: Sample, const N: usize> Loss<[S; N]> for CrossEntropy {
    type Target = Class<N>;

    fn fingerprint(&self, target: &Self::Target) -> u64 {
        target.index() as u64
    }
}

#[diagnostic::do_not_recommend]
impl<H: ClassProbabilities, T: Scalar, const N: usize> LossFor<H, [T; N]> for CrossEntropy {
    const LOGITS: bool = true;

    fn value(&self, z: &[[T; N]], targets: &[Class<N>], parallel: Parallel<'_>) -> f64 {
        value(z, targets, parallel)
    }

    fn gradient(&self, z: &[[T; N]], targets: &[Class<N>], dz: &mut [[T; N]], parallel: Parallel<'_>) -> f64 {
        gradient(z, targets, dz, parallel)
    }

    fn activate(&self, y: &mut [[T; N]]) {
        H::apply(flat_mut(y), N);
    }

    fn correct(&self, z: &[[T; N]], targets: &[Class<N>]) -> Option<usize> {
        Some(z.iter().zip(targets).filter(|(z, target)| target.is_largest(z)).count())
    }
}
