//! The moving average of a model's weights.

use typednet_layers::{Layer, Network, ParamKind};
use typednet_tensor::{Model, Parallel, Scalar, ops};

use crate::toward::move_toward;
use crate::{OptimError, runs, trained};

/// The exponential moving average of a model's weights (EMA), which often predicts better than the last weights do
/// (Polyak and Juditsky 1992).
///
/// e ← e + (1 − d)·(w − e) after each step; the first update copies. Buffers are copied each time, as in `PyTorch`'s
/// `AveragedModel`.
///
/// ```
/// use typednet_layers::{Dense, Network};
/// use typednet_optim::MovingAverage;
/// use typednet_tensor::Parallel;
///
/// let mut model = Dense::<1, 1>::zeroed();
/// let mut average = MovingAverage::<Dense<1, 1>>::new(0.75);
/// for bias in [2.0, 6.0] {
///     model.bias = [bias];
///     average.update(&model, Parallel::SERIAL);
/// }
/// assert_eq!(average.model().bias, [3.0]);
///
/// // Evaluate with the average in the model's place, then put the weights back.
/// average.swap(&mut model);
/// assert_eq!(model.bias, [3.0]);
/// average.swap(&mut model);
/// assert_eq!(model.bias, [6.0]);
/// ```
pub struct MovingAverage<M> {
    average: Model<M>,
    decay: f64,
    count: u64,
}

impl<M: Layer> MovingAverage<M> {
    /// An average that keeps the part d of itself in each update; 0.999 is usual. It remembers about 1 / (1 − d) steps.
    pub fn new(decay: f64) -> Self {
        Self { average: M::zeroed(), decay, count: 0 }
    }

    /// Whether d is a fraction.
    ///
    /// # Errors
    /// [`OptimError::NotAFraction`] if it is not.
    pub fn check(&self) -> Result<(), OptimError> {
        OptimError::fraction("the decay of the moving average", self.decay).map(drop)
    }

    /// Takes in the weights after a step. It allocates nothing, and gives the same bits for any number of threads.
    pub fn update(&mut self, model: &M, parallel: Parallel<'_>) {
        self.count += 1;
        let (average, model) = (self.average.as_flat_mut(), model.as_flat());
        if self.count == 1 {
            return ops::copy_on(model, average, parallel);
        }
        let rest = M::Elem::of(1.0 - self.decay);
        trained(const { &M::TREE }, |run| move_toward(rest, &model[run.clone()], &mut average[run], parallel));
        let is_kept = |kind: ParamKind| !kind.is_trained();
        runs(const { &M::TREE }, is_kept, |run| average[run.clone()].copy_from_slice(&model[run]));
    }

    /// The model with averaged weights; all 0 before the first update.
    pub fn model(&self) -> &M {
        &self.average
    }

    /// Exchanges the averaged weights with those of `model`. Exchange them again before the next update.
    pub fn swap(&mut self, model: &mut M) {
        self.average.as_flat_mut().swap_with_slice(model.as_flat_mut());
    }

    /// The number of updates.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Continues from the average and the count that a checkpoint kept: `count` updates made, and the average to be
    /// written.
    pub fn restore(&mut self, count: u64) -> &mut M {
        self.count = count;
        &mut self.average
    }
}
