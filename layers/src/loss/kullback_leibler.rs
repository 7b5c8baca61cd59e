//! The distance of one distribution from another.

use typednet_tensor::{Sample, Scalar, flat_mut};

use super::head::ClassProbabilities;
use super::{Loss, LossFor, SoftCrossEntropy, TargetError, target};

/// The Kullback-Leibler divergence L = Σ yⱼ·ln(yⱼ/aⱼ), where a = softmax(z) and y are probabilities (0·ln 0 = 0): 0 where
/// both are equal. PyTorch's `KLDivLoss` with `batchmean`.
///
/// It is [`SoftCrossEntropy`] less the entropy of y, which the network cannot change, so δ = ∂L/∂z = a·Σy − y is the same.
///
/// ```
/// use typednet_layers::Softmax;
/// use typednet_layers::loss::{KullbackLeibler, LossFor};
///
/// let loss = |y| LossFor::<Softmax, _>::value(&KullbackLeibler, &[[0.0_f64, 0.0]], &[y]);
/// assert!(loss([0.5, 0.5]).abs() < 1e-15);
/// assert!((loss([1.0, 0.0]) - 2_f64.ln()).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KullbackLeibler;

/// Σ yⱼ ln yⱼ over all rows.
fn negative_entropy<T: Scalar, const N: usize>(targets: &[[T; N]]) -> f64 {
    let term = |y: &T| if *y == T::zero() { 0.0 } else { (*y * y.ln()).to_f64_exact() };
    targets.iter().flatten().map(term).sum()
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

    fn value(&self, z: &[[T; N]], targets: &[[T; N]]) -> f64 {
        LossFor::<H, _>::value(&SoftCrossEntropy, z, targets) + negative_entropy(targets)
    }

    fn gradient(&self, z: &[[T; N]], targets: &[[T; N]], dz: &mut [[T; N]]) -> f64 {
        LossFor::<H, _>::gradient(&SoftCrossEntropy, z, targets, dz) + negative_entropy(targets)
    }

    fn activate(&self, y: &mut [[T; N]]) {
        H::apply(flat_mut(y), N);
    }

    fn correct(&self, z: &[[T; N]], targets: &[[T; N]]) -> Option<usize> {
        LossFor::<H, _>::correct(&SoftCrossEntropy, z, targets)
    }
}
