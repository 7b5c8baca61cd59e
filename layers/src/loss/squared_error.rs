//! Squared error.

use typednet_tensor::{Sample, Scalar, flat, flat_mut};

use super::LossFor;

/// The squared distance between output and target, in either scaling (lecture section 3).
#[derive(Clone, Copy, Debug, Default)]
pub enum SquaredError {
    /// 1/n Σ (a − y)² over the n elements of a row: mean squared error as PyTorch and Keras have it.
    #[default]
    Mean,
    /// ½ Σ (a − y)², the notes' ½‖a − y‖².
    Half,
}

impl<H, Out> LossFor<H, Out> for SquaredError
where
    Out: Sample<Elem: Scalar>,
{
    type Target = Out;
    const LOGITS: bool = false;

    fn value(&self, y: &[Out], targets: &[Out]) -> f64 {
        let sum: f64 = flat(y).iter().zip(flat(targets)).map(|(a, y)| (*a - *y).to_f64_exact().powi(2)).sum();
        self.factor::<Out>() * sum
    }

    fn gradient(&self, y: &[Out], targets: &[Out], dy: &mut [Out]) -> f64 {
        let factor = Out::Elem::of(2.0 * self.factor::<Out>() / y.len() as f64);
        for ((dy, a), y) in flat_mut(dy).iter_mut().zip(flat(y)).zip(flat(targets)) {
            *dy = factor * (*a - *y);
        }
        LossFor::<H, Out>::value(self, y, targets)
    }
}

impl SquaredError {
    fn factor<Out: Sample>(self) -> f64 {
        match self {
            Self::Mean => 1.0 / Out::LEN as f64,
            Self::Half => 0.5,
        }
    }
}
