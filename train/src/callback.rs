//! Code of one's own that runs along with a training.

use typednet_layers::Layer;

use crate::{History, Objective, Record, Run, TrainError};

/// Whether a training goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub enum Control {
    /// It goes on.
    #[default]
    Continue,
    /// It ends here, without an error. What was trained is kept.
    Stop,
}

/// What a callback gives back: whether the training goes on, or an error that ends it.
pub type CallbackResult = Result<Control, Box<dyn std::error::Error + Send + Sync>>;

/// Code of one's own that [`fit`](crate::Trainer::fit) calls after each epoch, and around steps where it asks for that.
///
/// A callback reads the training and may end it. Given to [`Trainer::callback`](crate::Trainer::callback), it is called
/// in the order in which it was given. [`EarlyStopping`](crate::EarlyStopping) is one; here is another:
///
/// ```
/// use std::time::{Duration, Instant};
///
/// use typednet_layers::Layer;
/// use typednet_train::{Callback, CallbackResult, EpochView, Control};
///
/// /// Ends a training that takes too long.
/// struct Until(Instant);
///
/// impl<M: Layer> Callback<M> for Until {
///     fn epoch(&mut self, view: &EpochView<'_, M>) -> CallbackResult {
///         println!("{}", view.record());
///         Ok(if Instant::now() < self.0 { Control::Continue } else { Control::Stop })
///     }
/// }
///
/// let one_minute = Until(Instant::now() + Duration::from_secs(60));
/// ```
pub trait Callback<M: Layer>: Send {
    /// The number that it follows, if it follows one: a name that is not measured is an error when a call of `fit` begins.
    fn follows(&self) -> Option<&Objective> {
        None
    }

    /// A call of `fit` begins.
    fn start(&mut self) {}

    /// A call of `fit` goes on that a checkpoint was made in: with the history of its epochs so far, and the
    /// [`weights`](Callback::weights) that the checkpoint kept. [`Control::Stop`] if there is nothing left to train.
    fn resume(&mut self, history: &History, weights: Option<&M>) -> Control {
        let _ = (history, weights);
        Control::Continue
    }

    /// A call of `fit` is about to make steps, after [`start`](Callback::start) or [`resume`](Callback::resume): the run that
    /// they belong to, and how far it is.
    ///
    /// # Errors
    /// What ends the training.
    fn run(&mut self, view: &RunView<'_>) -> CallbackResult {
        let _ = view;
        Ok(Control::Continue)
    }

    /// An epoch is done and measured.
    ///
    /// # Errors
    /// What ends the training.
    fn epoch(&mut self, view: &EpochView<'_, M>) -> CallbackResult {
        let _ = view;
        Ok(Control::Continue)
    }

    /// Every how many steps [`before_step`](Callback::before_step) and [`after_step`](Callback::after_step) are called:
    /// with n for the steps n, 2n, 3n…; never where it is 0.
    fn every_steps(&self) -> u64 {
        0
    }

    /// The gradient is known, the weights are not yet changed by it.
    ///
    /// # Errors
    /// What ends the training. The step is made before it ends.
    fn before_step(&mut self, view: &StepView<'_, M>) -> CallbackResult {
        let _ = view;
        Ok(Control::Continue)
    }

    /// A step is made.
    ///
    /// # Errors
    /// What ends the training.
    fn after_step(&mut self, view: &StepView<'_, M>) -> CallbackResult {
        let _ = view;
        Ok(Control::Continue)
    }

    /// A call of `fit` ends without an error after an epoch, by itself or because of a callback. Weights that are given
    /// back take the place of the model's. (A stop within an epoch is a pause: the next call of `fit` goes on there.)
    fn end(&mut self) -> Option<&M> {
        None
    }

    /// A call of `fit` ends within an epoch: because a callback stops it there, or because it was asked to end. The next one
    /// goes on there.
    ///
    /// # Errors
    /// What the call of `fit` then ends with.
    fn pause(&mut self) -> CallbackResult {
        Ok(Control::Continue)
    }

    /// A call of `fit` ends with an error; after that, if a number was not finite, the [`best`](Callback::best) weights take
    /// the place of the model's.
    ///
    /// # Errors
    /// None that would take the place of `error`: they are left out.
    fn failed(&mut self, error: &TrainError) -> CallbackResult {
        let _ = error;
        Ok(Control::Continue)
    }

    /// The best weights so far with the number of their epoch, if this callback keeps them.
    fn best(&self) -> Option<(usize, &M)> {
        None
    }

    /// What a person is told when a call of `fit` has ended after an epoch: why it ended, or what was put back.
    fn said(&self) -> Option<String> {
        None
    }

    /// What a checkpoint must keep for [`resume`](Callback::resume), beside the history.
    fn weights(&self) -> Option<&M> {
        None
    }
}

/// What a callback sees of the run before the first step of a call of `fit`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RunView<'a> {
    /// The run.
    pub run: &'a Run,
    /// How many steps of it are made.
    pub step: u64,
    /// How many epochs of it are done.
    pub epochs: usize,
}

/// What a callback sees after an epoch.
#[derive(Clone, Copy)]
pub struct EpochView<'a, M> {
    /// The records of all epochs so far, this one the last.
    pub history: &'a History,
    /// The model in use: the moving average of the weights where one is kept.
    pub model: &'a M,
    /// The number of steps made since the start of the training.
    pub step: u64,
    pub(crate) record: &'a Record,
}

impl<M> EpochView<'_, M> {
    /// The record of this epoch.
    pub fn record(&self) -> &Record {
        self.record
    }
}

/// What a callback sees of a step.
pub struct StepView<'a, M: Layer> {
    /// The epoch, from 1.
    pub epoch: usize,
    /// The step, from 1, counted from the start of the training.
    pub step: u64,
    /// The mean loss of the batch, before the step.
    pub loss: f64,
    /// The learning rate of the step.
    pub learning_rate: f64,
    /// The model that is trained.
    pub model: &'a M,
    /// The gradient as the optimiser gets it: with penalties, within its limits.
    pub gradient: &'a M,
    /// The samples of the batch; of several [ranks](crate::Trainer::ranks), those that rank 0 computes, which may be none.
    pub x: &'a [M::In],
    /// The outputs for them before the step; logits where the loss wants those.
    pub outputs: &'a [M::Out],
}

/// All callbacks of a trainer.
pub(crate) type Callbacks<M> = [Box<dyn Callback<M>>];

/// [`Control::Stop`] if any says so; the first error, but all are called.
pub(crate) fn call<M: Layer>(
    callbacks: &mut Callbacks<M>,
    each: &mut dyn FnMut(&mut dyn Callback<M>) -> CallbackResult,
) -> CallbackResult {
    let mut said = Ok(Control::Continue);
    for callback in callbacks {
        said = join(said, each(&mut **callback));
    }
    said
}

/// What two have said together.
pub(crate) fn join(first: CallbackResult, second: CallbackResult) -> CallbackResult {
    match (first, second) {
        (Err(error), _) | (_, Err(error)) => Err(error),
        (Ok(Control::Continue), Ok(Control::Continue)) => Ok(Control::Continue),
        _ => Ok(Control::Stop),
    }
}

/// Calls those that want to see step `step`.
pub(crate) fn call_for_step<M: Layer>(
    callbacks: &mut Callbacks<M>,
    step: u64,
    each: &mut dyn FnMut(&mut dyn Callback<M>) -> CallbackResult,
) -> CallbackResult {
    // No interval is 0 here: nothing is a multiple of it but 0, and steps begin at 1.
    call(callbacks, &mut |callback| {
        if step.is_multiple_of(callback.every_steps()) { each(callback) } else { Ok(Control::Continue) }
    })
}
