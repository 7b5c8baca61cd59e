//! Squared error.

use core::fmt;

use typednet_tensor::simd::Simd;
use typednet_tensor::{Parallel, Sample, Scalar, flat, flat_mut};

use super::{Loss, LossFor, TargetError, elementwise, target};

/// The squared distance between output and target, in either scaling (lecture section 3). It fits every network.
///
/// ```
/// use typednet_layers::Linear;
/// use typednet_layers::loss::{LossFor, SquaredError};
/// use typednet_tensor::Parallel;
///
/// let value = |loss: SquaredError| LossFor::<Linear, [f64; 2]>::value(&loss, &[[1.0, 3.0]], &[[0.0, 1.0]], Parallel::SERIAL);
/// assert_eq!(value(SquaredError::Mean), (1.0 + 4.0) / 2.0);
/// assert_eq!(value(SquaredError::Half), (1.0 + 4.0) / 2.0);
/// assert_eq!(LossFor::<Linear, [f64; 1]>::value(&SquaredError::Mean, &[[3.0]], &[[1.0]], Parallel::SERIAL), 4.0);
/// assert_eq!(LossFor::<Linear, [f64; 1]>::value(&SquaredError::Half, &[[3.0]], &[[1.0]], Parallel::SERIAL), 2.0);
/// ```
///
/// As every loss over elements it would count the padding of outputs that are padded, alone or as half of a pair; so it takes none:
///
/// ```compile_fail
/// use typednet_layers::Linear;
/// use typednet_layers::loss::{LossFor, SquaredError};
/// use typednet_tensor::{Padded, Pair, Parallel};
///
/// type Out = Pair<[f64; 1], Padded<[[f64; 2]; 3]>>;
/// let y = [Out { first: [1.0], second: Padded::full([[1.0; 2]; 3]) }];
/// LossFor::<Linear, Out>::value(&SquaredError::Mean, &y, &y, Parallel::SERIAL);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SquaredError {
    /// 1/n Σ (a − y)² over the n elements of a row: mean squared error as PyTorch and Keras have it. δ = 2(a − y)/n.
    #[default]
    Mean,
    /// ½ Σ (a − y)², the notes' ½‖a − y‖². δ = a − y.
    Half,
}

/// (a − y)², whose derivative is taken as a − y; the factor 2 stands in the scale.
pub(super) struct Square;

impl<T: Scalar> elementwise::Elementwise<T> for Square {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, a: S::V, y: S::V) -> (S::V, S::V) {
        let distance = s.sub(a, y);
        (s.mul(distance, distance), distance)
    }
}

#[diagnostic::do_not_recommend]
impl<Out: Sample> Loss<Out> for SquaredError {
    type Target = Out;

    fn check_target(&self, target: &Self::Target) -> Result<(), TargetError> {
        target::finite("SquaredError", target)
    }

    fn fingerprint(&self, target: &Self::Target) -> u64 {
        target::fingerprint(target)
    }

    fn settings(&self, to: &mut dyn fmt::Write) -> fmt::Result {
        match self {
            Self::Mean => Ok(()),
            Self::Half => to.write_str("half of the sum"),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<H, Out> LossFor<H, Out> for SquaredError
where
    Out: Sample<Elem: Scalar>,
{
    const LOGITS: bool = false;

    fn value(&self, y: &[Out], targets: &[Out], parallel: Parallel<'_>) -> f64 {
        self.factor::<Out>() * elementwise::value(&Square, flat(y), flat(targets), parallel)
    }

    fn gradient(&self, y: &[Out], targets: &[Out], dy: &mut [Out], parallel: Parallel<'_>) -> f64 {
        let factor = self.factor::<Out>();
        let scale = Out::Elem::of(2.0 * factor / y.len() as f64);
        factor * elementwise::gradient(&Square, (flat(y), flat(targets)), scale, flat_mut(dy), parallel)
    }
}

impl SquaredError {
    fn factor<Out: Sample>(self) -> f64 {
        let terms = elementwise::terms::<Out>();
        match self {
            Self::Mean => 1.0 / terms as f64,
            Self::Half => 0.5,
        }
    }
}
