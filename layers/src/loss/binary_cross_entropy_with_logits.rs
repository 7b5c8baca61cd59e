//! Binary cross-entropy of a network that gives logits.

use typednet_tensor::{Parallel, Sample, Scalar};

use super::head::Exactly;
use super::{BinaryCrossEntropy, Loss, LossFor, TargetError, target};
use crate::{Linear, Sigmoid};

/// [`BinaryCrossEntropy`] of a network whose last layer has no activation, so that in use it gives the logits z, and not
/// the probabilities σ(z); PyTorch's `BCEWithLogitsLoss`.
///
/// δ = ∂L/∂z = (σ(z) − y)/n over the n elements of a row. Training is the same as with a last `Sigmoid` and
/// [`BinaryCrossEntropy`], which is computed from the logits too.
///
/// ```
/// use typednet_layers::Linear;
/// use typednet_layers::loss::{BinaryCrossEntropyWithLogits, LossFor};
/// use typednet_tensor::Parallel;
///
/// let loss = LossFor::<Linear, [f64; 1]>::value(&BinaryCrossEntropyWithLogits, &[[0.0]], &[[1.0]], Parallel::SERIAL);
/// assert!((loss - 2_f64.ln()).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BinaryCrossEntropyWithLogits;

#[diagnostic::do_not_recommend]
impl<S: Sample, const N: usize> Loss<[S; N]> for BinaryCrossEntropyWithLogits {
    type Target = [S; N];

    fn check_target(&self, target: &Self::Target) -> Result<(), TargetError> {
        target::probabilities("BinaryCrossEntropyWithLogits", target)
    }

    fn fingerprint(&self, target: &Self::Target) -> u64 {
        target::fingerprint(target)
    }
}

#[diagnostic::do_not_recommend]
impl<H: Exactly<Linear>, T: Scalar, const N: usize> LossFor<H, [T; N]> for BinaryCrossEntropyWithLogits {
    const LOGITS: bool = false;

    fn value(&self, z: &[[T; N]], targets: &[[T; N]], parallel: Parallel<'_>) -> f64 {
        LossFor::<Sigmoid, _>::value(&BinaryCrossEntropy, z, targets, parallel)
    }

    fn gradient(&self, z: &[[T; N]], targets: &[[T; N]], dz: &mut [[T; N]], parallel: Parallel<'_>) -> f64 {
        LossFor::<Sigmoid, _>::gradient(&BinaryCrossEntropy, z, targets, dz, parallel)
    }

    fn correct(&self, z: &[[T; N]], targets: &[[T; N]]) -> Option<usize> {
        LossFor::<Sigmoid, _>::correct(&BinaryCrossEntropy, z, targets)
    }
}
