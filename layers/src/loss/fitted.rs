//! A loss that has been found to fit a network, as a value.

use typednet_tensor::{Parallel, Sample};

use super::{Loss, LossFor};

/// A loss with the proof that it fits the last activation it was made for.
///
/// The question is asked once, where it is made; what holds a `CheckedLoss` need not ask again. So a loss that does not fit is
/// one error at one place, however much is done with the trainer that holds it.
pub struct CheckedLoss<L: Loss<Out>, Out: Sample> {
    loss: L,
    logits: bool,
    value: Value<L, Out>,
    gradient: Gradient<L, Out>,
    correct: Hits<L, Out>,
    activate: fn(&L, &mut [Out]),
}

/// [`LossFor::value`] of one loss.
type Value<L, Out> = fn(&L, &[Out], &[<L as Loss<Out>>::Target], Parallel<'_>) -> f64;

/// [`LossFor::correct`] of one loss.
type Hits<L, Out> = fn(&L, &[Out], &[<L as Loss<Out>>::Target]) -> Option<usize>;

/// [`LossFor::gradient`] of one loss.
type Gradient<L, Out> = fn(&L, &[Out], &[<L as Loss<Out>>::Target], &mut [Out], Parallel<'_>) -> f64;

impl<L: Loss<Out>, Out: Sample> CheckedLoss<L, Out> {
    /// The loss, for networks whose last activation is `Head`.
    pub fn new<Head>(loss: L) -> Self
    where
        L: LossFor<Head, Out>,
    {
        Self {
            loss,
            logits: L::LOGITS,
            value: L::value,
            gradient: L::gradient,
            correct: L::correct,
            activate: L::activate,
        }
    }

    /// The loss itself.
    pub fn loss(&self) -> &L {
        &self.loss
    }

    /// See [`LossFor::LOGITS`].
    pub fn logits(&self) -> bool {
        self.logits
    }

    /// See [`LossFor::value`].
    pub fn value(&self, y: &[Out], targets: &[L::Target], parallel: Parallel<'_>) -> f64 {
        (self.value)(&self.loss, y, targets, parallel)
    }

    /// See [`LossFor::gradient`].
    pub fn gradient(&self, y: &[Out], targets: &[L::Target], dy: &mut [Out], parallel: Parallel<'_>) -> f64 {
        (self.gradient)(&self.loss, y, targets, dy, parallel)
    }

    /// See [`LossFor::activate`].
    pub fn activate(&self, y: &mut [Out]) {
        (self.activate)(&self.loss, y);
    }

    /// See [`LossFor::correct`].
    pub fn correct(&self, y: &[Out], targets: &[L::Target]) -> Option<usize> {
        (self.correct)(&self.loss, y, targets)
    }
}
