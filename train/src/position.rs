//! Where a training stands, and what its epoch has summed up until there.

use crate::confusion::share;
use crate::engine::Passed;
use crate::{Control, Evaluation};

/// Where in an epoch a training stands between two steps.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Position {
    /// How many samples the epoch has.
    pub(crate) samples: usize,
    /// How many samples of the epoch's order were taken.
    pub(crate) taken: usize,
    pub(crate) total: Total,
    /// How long it took until here.
    pub(crate) seconds: f64,
}

/// What a checkpoint tells of the call of `fit` that it was made in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Resumed {
    /// How many epochs were done when it began.
    pub(crate) began_after: usize,
    /// Whether a callback says that there is nothing left to train.
    pub(crate) finished: Control,
}

/// The sums over the batches of an epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Total {
    pub(crate) loss: f64,
    pub(crate) correct: u64,
    pub(crate) terms: u64,
    pub(crate) decides: bool,
}

impl Total {
    pub(crate) fn add(&mut self, passed: &Passed) {
        self.loss += passed.loss;
        self.correct += passed.correct.unwrap_or(0) as u64;
        self.terms += passed.terms as u64;
        self.decides = passed.correct.is_some();
    }

    /// The means over all terms: a smaller last batch weighs less.
    pub(crate) fn evaluation(&self) -> Evaluation {
        let accuracy = if self.decides { share(self.correct, self.terms) } else { None };
        Evaluation { loss: self.loss / self.terms as f64, accuracy }
    }
}
