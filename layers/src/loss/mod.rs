//! Losses as types that know which last layers they fit (lecture section 3).

mod binary_cross_entropy;
mod binary_cross_entropy_with_logits;
mod cross_entropy;
mod distance;
mod elementwise;
mod first_half;
mod fitted;
mod head;
mod hinge;
mod kullback_leibler;
mod masked;
mod per_step;
mod soft_cross_entropy;
mod squared_error;
mod squared_hinge;
mod sum;
mod target;
#[cfg(test)]
mod tests;
mod weighted_cross_entropy;

pub use binary_cross_entropy::BinaryCrossEntropy;
pub use binary_cross_entropy_with_logits::BinaryCrossEntropyWithLogits;
pub use cross_entropy::CrossEntropy;
pub use distance::{AbsoluteError, Huber};
pub use first_half::FirstHalf;
pub use fitted::CheckedLoss;
pub use hinge::Hinge;
pub use kullback_leibler::KullbackLeibler;
pub use masked::Masked;
pub use per_step::PerStep;
pub use soft_cross_entropy::SoftCrossEntropy;
pub use squared_error::SquaredError;
pub use squared_hinge::SquaredHinge;
pub use target::{TargetError, TargetFault};
pub use weighted_cross_entropy::WeightedCrossEntropy;

use core::fmt;

use typednet_tensor::{Parallel, Sample, Scalar};

/// Compiles the losses of elements: see `instances.rs`.
pub(crate) fn instances<T: Scalar>() {
    elementwise::instances::<T, AbsoluteError>();
    elementwise::instances::<T, BinaryCrossEntropy>();
    elementwise::instances::<T, Huber>();
    elementwise::instances::<T, squared_error::Square>();
}

/// What a loss compares outputs `Out` with, whatever the last activation is.
///
/// It stands apart from [`LossFor`], so that a loss that does not fit is one error and not a second one about targets.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a loss over outputs `{Out}`",
    label = "is not a loss over `{Out}`"
)]
pub trait Loss<Out: Sample> {
    /// What an output is compared with.
    type Target: Copy + Send + Sync + 'static;

    /// Whether the loss takes `target`; every one unless it is written.
    ///
    /// A trainer asks for each row once, when a training begins, and never in a step.
    ///
    /// | loss | takes |
    /// | --- | --- |
    /// | `SquaredError`, `AbsoluteError`, `Huber` | finite numbers |
    /// | `BinaryCrossEntropy`, `BinaryCrossEntropyWithLogits` | numbers from 0 to 1 |
    /// | `SoftCrossEntropy`, `KullbackLeibler` | probabilities that add up to 1 |
    /// | `CrossEntropy`, `WeightedCrossEntropy`, `Hinge`, `SquaredHinge` | every [`Class`](typednet_tensor::Class), which their type sees to |
    /// | `PerStep`, `Masked` | what the loss within them takes, of which something counts |
    /// | `FirstHalf` | what the loss within it takes |
    ///
    /// ```
    /// use typednet_layers::loss::{BinaryCrossEntropy, Loss};
    ///
    /// let error = BinaryCrossEntropy.check_target(&[-1.0_f32]).unwrap_err();
    /// assert!(error.to_string().starts_with("element 0 is -1, but `BinaryCrossEntropy` takes numbers from 0 to 1; "));
    /// assert_eq!(BinaryCrossEntropy.check_target(&[0.25_f32]), Ok(()));
    /// ```
    ///
    /// # Errors
    /// What the loss takes, what was found, and what to do.
    fn check_target(&self, target: &Self::Target) -> Result<(), TargetError> {
        let _ = target;
        Ok(())
    }

    /// A number that tells targets apart, by which a trainer knows its data again; 0 unless it is written.
    fn fingerprint(&self, target: &Self::Target) -> u64 {
        let _ = target;
        0
    }

    /// Writes in what this value of the loss differs from the default of its type, in words such as `threshold 2`; nothing unless
    /// it is written.
    ///
    /// A training goes on with the same loss, and is shared by several processes that all have it: its name and these words
    /// are compared.
    ///
    /// ```
    /// use typednet_layers::loss::{Huber, Loss, PerStep};
    ///
    /// let mut words = String::new();
    /// Loss::<[[f32; 1]; 8]>::settings(&PerStep(Huber::new(2.0)), &mut words)?;
    /// assert_eq!(words, "threshold 2");
    /// # Ok::<(), std::fmt::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of `to`.
    fn settings(&self, to: &mut dyn fmt::Write) -> fmt::Result {
        let _ = to;
        Ok(())
    }

    /// Over how many terms the mean of a batch is: its rows, unless it is written; all steps of all rows, where each step has a
    /// target, and only those that count.
    fn terms(&self, targets: &[Self::Target]) -> usize {
        targets.len()
    }
}

/// A loss over outputs `Out` of a network whose last activation is `Head`.
///
/// A loss of a batch is the mean over its [terms](Loss::terms), which are its rows for most; the sums here are divided by the caller.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a loss for a network that ends with `{Head}` over `{Out}`",
    note = "`CrossEntropy`, for example, fits a row of `Softmax` or `LogSoftmax`, `BinaryCrossEntropy` a row of `Sigmoid`, \
            `Hinge` a row of `Linear`, `SquaredError` every network, `PerStep(CrossEntropy)` an array of such rows"
)]
pub trait LossFor<Head, Out: Sample>: Loss<Out> + Send + Sync {
    /// Whether the loss brings the network's last activation along, and reads what comes before it: the logits z.
    const LOGITS: bool;

    /// The sum of the loss over all terms. `y` holds logits where [`LOGITS`](LossFor::LOGITS) says so.
    ///
    /// The work may go to the threads of `parallel`, with the same bits for any number of them.
    fn value(&self, y: &[Out], targets: &[Self::Target], parallel: Parallel<'_>) -> f64;

    /// As [`value`](LossFor::value), and dy ← the gradient of the mean over the terms.
    fn gradient(&self, y: &[Out], targets: &[Self::Target], dy: &mut [Out], parallel: Parallel<'_>) -> f64;

    /// In how many terms the network decides as the target says; `None` where there is nothing to decide (regression).
    fn correct(&self, y: &[Out], targets: &[Self::Target]) -> Option<usize> {
        let _ = (y, targets);
        None
    }

    /// y ← the outputs with the activation that the loss brings along: it must be written where
    /// [`LOGITS`](LossFor::LOGITS) says so, and does nothing otherwise.
    fn activate(&self, y: &mut [Out]) {
        let _ = y;
    }
}
