//! The end of a training that gets no better.

use typednet_layers::{Layer, Network};
use typednet_tensor::Model;

use crate::{Callback, CallbackResult, Control, EpochView, History, Objective};

/// Ends a training when the validation loss has stopped falling, and puts the best weights back (lecture section 8;
/// Prechelt 1998).
///
/// It looks at the validation data, or at the training data where there are none. An epoch is better whose loss is
/// below the best so far by more than [`min_delta`](EarlyStopping::min_delta); NaN is never better. After `patience`
/// epochs in a row that were not better the training ends. Then, and also when all epochs were trained, the weights of
/// the best epoch are put back; also when a number stops being finite. The optimiser's moments stay those of the last step.
/// However a training ends, [`Trainer::best_model`](crate::Trainer::best_model) is the model of the best epoch.
///
/// It keeps one copy of the model.
///
/// ```
/// use typednet_data::Dataset;
/// use typednet_layers::{Dense, Linear, Network, loss::SquaredError};
/// use typednet_optim::GradientDescent;
/// use typednet_train::{EarlyStopping, Trainer};
///
/// // At this rate the weight jumps over the minimum, further each time.
/// let line = Dataset::new([[1.0_f32], [2.0]], [[2.0_f32], [4.0]])?;
/// let mut trainer = Trainer::new(Dense::<1, 1, Linear>::seeded(0), SquaredError::Mean, GradientDescent::new(0.5))
///     .epochs(100)
///     .callback(EarlyStopping::new().patience(3))
///     .quiet();
/// let history = trainer.fit_validated(&line, &line)?;
/// assert_eq!(history.records().len(), 4);
/// assert_eq!(trainer.evaluate(&line)?.loss, history.records()[0].validation.unwrap().loss);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct EarlyStopping<M> {
    metric: Objective,
    patience: usize,
    min_delta: f64,
    put_back: bool,
    /// The best value so far, and the weights that had it.
    best: Option<Best>,
    weights: Option<Model<M>>,
    /// How many epochs in a row were not better.
    bad: usize,
    /// The epoch that was seen last.
    last: usize,
}

/// The best epoch so far.
#[derive(Clone, Copy)]
struct Best {
    value: f64,
    epoch: usize,
}

impl<M: Layer> EarlyStopping<M> {
    /// By the loss, with a patience of 5 epochs; any fall of the loss is better.
    pub const fn new() -> Self {
        Self {
            metric: Objective::Loss,
            patience: 5,
            min_delta: 0.0,
            put_back: true,
            best: None,
            weights: None,
            bad: 0,
            last: 0,
        }
    }

    /// After how many epochs in a row that were not better the training ends; 0 is as 1.
    #[must_use]
    pub fn patience(self, epochs: usize) -> Self {
        Self { patience: epochs, ..self }
    }

    /// What is looked at: `"accuracy"`, or a [`Metric`](crate::Metric) of the trainer by its name.
    #[must_use]
    pub fn metric(self, metric: impl Into<Objective>) -> Self {
        Self { metric: metric.into(), ..self }
    }

    /// By how much a better epoch must differ from the best one so far.
    #[must_use]
    pub fn min_delta(self, delta: f64) -> Self {
        Self { min_delta: delta, ..self }
    }

    /// Keeps the weights of the last epoch instead of putting the best back, and no copy of the model.
    #[must_use]
    pub fn keep_last(self) -> Self {
        Self { put_back: false, ..self }
    }

    /// Takes in the epoch of the record at `place`; says whether it is the best so far.
    fn observe(&mut self, history: &History, place: usize) -> bool {
        let (value, epoch) = (self.metric.at(history, place), history.records()[place].epoch);
        let better = self.metric.is_better(history, value, self.best.map(|best| best.value), self.min_delta);
        self.last = epoch;
        if better {
            (self.best, self.bad) = (Some(Best { value, epoch }), 0);
        } else {
            self.bad += 1;
        }
        better
    }

    fn flow(&self) -> Control {
        if self.bad >= self.patience.max(1) { Control::Stop } else { Control::Continue }
    }

    fn keep(&mut self, model: &M) {
        self.weights.get_or_insert_with(M::zeroed).copy_from(model);
    }
}

impl<M: Layer> Default for EarlyStopping<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Layer> Callback<M> for EarlyStopping<M> {
    fn start(&mut self) {
        (self.best, self.bad) = (None, 0);
    }

    fn follows(&self) -> Option<&Objective> {
        Some(&self.metric)
    }

    fn resume(&mut self, history: &History, weights: Option<&M>) -> Control {
        self.start();
        for place in 0..history.records().len() {
            self.observe(history, place);
        }
        if let Some(weights) = weights {
            self.keep(weights);
        }
        self.flow()
    }

    fn epoch(&mut self, view: &EpochView<'_, M>) -> CallbackResult {
        if self.observe(view.history, view.history.records().len() - 1) && self.put_back {
            self.keep(view.model);
        }
        Ok(self.flow())
    }

    fn end(&mut self) -> Option<&M> {
        self.weights()
    }

    fn best(&self) -> Option<(usize, &M)> {
        Some((self.best?.epoch, self.weights.as_deref()?))
    }

    fn said(&self) -> Option<String> {
        let (Best { value, epoch }, metric) = (self.best?, &self.metric);
        let stopped = match self.flow() {
            Control::Stop => {
                format!("stopped early after epoch {}: {} epochs in a row were no better; ", self.last, self.bad)
            }
            Control::Continue => String::new(),
        };
        // The weights of the last epoch are there already.
        let back = match self.weights() {
            Some(_) if epoch < self.last => "; its weights were put back",
            _ => "",
        };
        Some(format!("{stopped}the best was epoch {epoch} ({metric} {value:.4}){back}"))
    }

    fn weights(&self) -> Option<&M> {
        self.best.and(self.weights.as_deref())
    }
}
