//! An optimiser that has been found to be one, as a value.

use typednet_layers::Layer;
use typednet_optim::{Groups, OptimError, Optimizer, State};
use typednet_tensor::Parallel;

/// What an optimiser `O` does with a model `M`, for code that asks nothing of `O`.
///
/// The question whether `O` is an optimiser is asked once, where this is made, as [`CheckedLoss`](typednet_layers::loss::CheckedLoss)
/// asks of a loss whether it fits. So what is no optimiser is one error, however much is done with the trainer that holds it.
pub(crate) struct Rule<M: Layer, O> {
    /// [`Optimizer::learning_rate`].
    pub(crate) learning_rate: fn(&O) -> f64,
    /// [`Optimizer::check`].
    pub(crate) check: fn(&O) -> Result<(), OptimError>,
    step: Step<M, O>,
    step_in: StepIn<M, O>,
}

/// [`State::step`] of one model and optimiser.
type Step<M, O> = fn(&mut State<M, O>, &O, f64, &mut M, &M, Parallel<'_>) -> Result<(), OptimError>;

/// [`State::step_in`] of one model and optimiser.
type StepIn<M, O> = fn(&mut State<M, O>, &Groups<M>, &O, f64, &mut M, &M, Parallel<'_>) -> Result<(), OptimError>;

impl<M: Layer, O: Optimizer> Rule<M, O> {
    pub(crate) fn new() -> Self {
        Self { learning_rate: O::learning_rate, check: O::check, step: State::step, step_in: State::step_in }
    }
}

impl<M: Layer, O> Rule<M, O> {
    /// A step, with rates and decays of their own for the parts of the model that `groups` name.
    ///
    /// # Errors
    /// As [`State::step`].
    #[allow(clippy::too_many_arguments, reason = "those of `State::step`")]
    pub(crate) fn step(
        &self,
        state: &mut State<M, O>,
        groups: Option<&Groups<M>>,
        optimizer: &O,
        learning_rate: f64,
        model: &mut M,
        gradient: &M,
        parallel: Parallel<'_>,
    ) -> Result<(), OptimError> {
        match groups {
            None => (self.step)(state, optimizer, learning_rate, model, gradient, parallel),
            Some(groups) => (self.step_in)(state, groups, optimizer, learning_rate, model, gradient, parallel),
        }
    }
}
