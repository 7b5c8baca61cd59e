//! Measures of outputs that a trainer records beside the loss.

mod auc;
mod f1;
mod meters;
mod per_step;
mod perplexity;
mod regression;
mod top_k;

use typednet_tensor::Better;

pub use auc::Auc;
pub use f1::{F1, MacroF1};
pub(crate) use meters::{Meters, check_names};
pub use perplexity::Perplexity;
pub use regression::{MeanAbsoluteError, RSquared};
pub use top_k::TopK;

/// A measure of a network's outputs against the targets, a named column of the [`History`](crate::History).
///
/// Given to [`Trainer::metric`](crate::Trainer::metric), it is measured over the training data during each epoch and over
/// the validation data after it. [`EarlyStopping`](crate::EarlyStopping), [`Checkpoints`](crate::Checkpoints),
/// [`Trainer::plateau_by`](crate::Trainer::plateau_by) and searches can follow it by its name. The accuracy is measured
/// without being asked for, where the loss knows what a right decision is.
///
/// | metric | outputs and targets | memory |
/// | --- | --- | --- |
/// | [`TopK`] | scores, a class | two counts |
/// | [`MacroF1`] | scores, a class | N² counts |
/// | [`F1`] | numbers, numbers that are 0 or 1 | three counts |
/// | [`Auc`] | one score, a number that is 0 or 1; or two scores, a class of two | every score |
/// | [`MeanAbsoluteError`], [`RSquared`] | numbers, numbers | a few sums |
/// | [`Perplexity`] | probabilities or their logarithms, a class | two sums |
/// | `PerStep`, `Masked` of another, as the losses | an array, an array of targets; an output, a target or `None` | of the other |
///
/// One of one's own needs a name, a direction, and sums:
///
/// ```
/// use typednet_data::Dataset;
/// use typednet_layers::{Dense, Linear, Network, loss::SquaredError};
/// use typednet_optim::Adam;
/// use typednet_tensor::Better;
/// use typednet_train::{EarlyStopping, Metric, Trainer};
///
/// /// The largest error of any sample.
/// #[derive(Clone, Default)]
/// struct LargestError(Option<f64>);
///
/// impl Metric<[f32; 1], [f32; 1]> for LargestError {
///     fn name(&self) -> String {
///         "largest error".to_owned()
///     }
///
///     fn better(&self) -> Better {
///         Better::Lower
///     }
///
///     fn reset(&mut self) {
///         self.0 = None;
///     }
///
///     fn update(&mut self, outputs: &[[f32; 1]], targets: &[[f32; 1]]) {
///         for ([output], [target]) in outputs.iter().zip(targets) {
///             let error = f64::from((output - target).abs());
///             self.0 = Some(self.0.map_or(error, |largest| largest.max(error)));
///         }
///     }
///
///     fn value(&self) -> Option<f64> {
///         self.0
///     }
/// }
///
/// let line = Dataset::new([[0.0_f32], [1.0], [2.0]], [[1.0_f32], [3.0], [5.0]])?;
/// let mut trainer = Trainer::new(Dense::<1, 1, Linear>::seeded(0), SquaredError::Mean, Adam::new(0.1))
///     .epochs(30)
///     .metric(LargestError::default())
///     .callback(EarlyStopping::new().metric("largest error"))
///     .quiet();
/// let history = trainer.fit_validated(&line, &line)?;
/// let column = history.column("largest error").expect("it is measured");
/// assert!(column.values()[0].validation > column.values()[20].validation);
/// println!("{history}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Metric<Out, Target>: Send {
    /// The name of its column: not empty, without commas, quotation marks and line ends, and no other column's.
    fn name(&self) -> String;

    /// Which of two values is the better one.
    fn better(&self) -> Better;

    /// Forgets all samples.
    fn reset(&mut self);

    /// Takes in a batch: what the network gives for its samples, after the last activation, and the targets. It is called in
    /// each step of a training, so it should allocate nothing once it has grown.
    fn update(&mut self, outputs: &[Out], targets: &[Target]);

    /// Its value over the samples since the last [`reset`](Metric::reset); `None` where it is not defined for them.
    fn value(&self) -> Option<f64>;

    /// What it remembers of the samples, as numbers that a checkpoint within an epoch keeps. `None`, unless it is written:
    /// then an epoch that a checkpoint goes on with has no value over the training data.
    fn state(&self) -> Option<Vec<f64>> {
        None
    }

    /// Takes [`state`](Metric::state) over, as another value of the same type gave it. Gives `false`, and changes nothing, for
    /// numbers that it would not have given.
    fn restore(&mut self, state: &[f64]) -> bool {
        let _ = state;
        false
    }
}

/// A count as a number of a state.
fn from_count(count: u64) -> f64 {
    count as f64
}

/// A count from a number of a state, if it is one.
#[allow(clippy::cast_sign_loss, reason = "it is not below 0")]
fn to_count(number: f64) -> Option<u64> {
    const MOST: f64 = 9_007_199_254_740_992.0;
    ((0.0..MOST).contains(&number) && number.fract() == 0.0).then_some(number as u64)
}
