//! The distance of one distribution from another.

use typednet_tensor::{Parallel, Sample, Scalar, flat_mut};

use super::head::ClassProbabilities;
use super::sum::Sum;
use super::{Loss, LossFor, SoftCrossEntropy, TargetError, target};

/// The Kullback-Leibler divergence L = Σ yⱼ·ln(yⱼ/aⱼ), where a = softmax(z) and y are probabilities (0·ln 0 = 0): 0 where
/// both are equal. PyTorch's `KLDivLoss` with `batchmean`.
///
/// It is [`SoftCrossEntropy`] less the entropy of y, which the network cannot change, so δ = ∂L/∂z = a·Σy − y is the same.
///
/// ```
/// use typednet_layers::Softmax;
/// use typednet_layers::loss::{KullbackLeibler, LossFor};
/// use typednet_tensor::Parallel;
///
/// let loss = |y| LossFor::<Softmax, _>::value(&KullbackLeibler, &[[0.0_f64, 0.0]], &[y], Parallel::SERIAL);
/// assert!(loss([0.5, 0.5]).abs() < 1e-15);
/// assert!((loss([1.0, 0.0]) - 2_f64.ln()).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KullbackLeibler;

/// Σ yⱼ ln yⱼ over all rows.
fn negative_entropy<T: Scalar, const N: usize>(targets: &[[T; N]], parallel: Parallel<'_>) -> f64 {
    let term = |y: &T| if *y == T::zero() { 0.0 } else { (*y * y.ln()).to_f64_exact() };
    let elements = targets.as_flattened();
    // Each number by itself, of which a logarithm is most.
    Sum::of_rows(1).over(parallel, elements.len(), |at, sink| elements[at].iter().map(term).for_each(sink))
}

#[diagnostic::do_not_recommend]
impl<S: Sample, const N: usize> Loss<[S; N]> for KullbackLeibler {
    type Target = [S; N];

    fn check_target(&self, target: &Self::Target) -> Result<(), TargetError> {
        target::distribution("KullbackLeibler", target)
    }

    fn fingerprint(&self, target: &Self::Target) -> u64 {
        target::fingerprint(target)
    }
}

#[diagnostic::do_not_recommend]
impl<H: ClassProbabilities, T: Scalar, const N: usize> LossFor<H, [T; N]> for KullbackLeibler {
    const LOGITS: bool = true;

    fn value(&self, z: &[[T; N]], targets: &[[T; N]], parallel: Parallel<'_>) -> f64 {
        LossFor::<H, _>::value(&SoftCrossEntropy, z, targets, parallel) + negative_entropy(targets, parallel)
    }

    fn gradient(&self, z: &[[T; N]], targets: &[[T; N]], dz: &mut [[T; N]], parallel: Parallel<'_>) -> f64 {
        LossFor::<H, _>::gradient(&SoftCrossEntropy, z, targets, dz, parallel) + negative_entropy(targets, parallel)
    }

    fn activate(&self, y: &mut [[T; N]]) {
        H::apply(flat_mut(y), N);
    }

    fn correct(&self, z: &[[T; N]], targets: &[[T; N]]) -> Option<usize> {
        LossFor::<H, _>::correct(&SoftCrossEntropy, z, targets)
    }
}
