//! Reduction on a plateau.

use typednet_tensor::Better;

use crate::OptimError;

/// Lowers the rate when a metric has stopped getting better.
///
/// It is told the metric after each epoch, usually the validation loss. A metric is better that is below the best so far
/// by more than the threshold. After more than `patience` epochs in a row that were not better, the factor is multiplied
/// with γ; for `cooldown` epochs after that, epochs are not counted as bad. NaN is not better than any number.
///
/// A relative threshold is a part of the best metric's size: with 1e-4, a loss of 1 must fall below 0.9999, and one of −1
/// below −1.0001. (`PyTorch` multiplies −1 with 0.9999 too, so that there every metric below −0.9999 counts as better, and
/// the rate does not fall while a negative loss stands still or rises.)
///
/// This is no [`Schedule`](super::Schedule), as it knows more than the time, but it goes with any: multiply the factors.
/// All that it remembers is its [`PlateauState`], which a checkpoint keeps.
///
/// ```
/// use typednet_optim::schedule::Plateau;
///
/// let mut plateau = Plateau::new().gamma(0.5).patience(2);
/// for loss in [1.0, 0.9, 0.9, 0.9] {
///     plateau.observe(loss);
/// }
/// assert_eq!(plateau.factor(), 1.0, "two bad epochs are borne");
/// plateau.observe(0.95);
/// assert_eq!(plateau.factor(), 0.5);
///
/// let resumed = Plateau::new().gamma(0.5).patience(2).with_state(plateau.state());
/// assert_eq!(resumed, plateau);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plateau {
    gamma: f64,
    patience: u32,
    threshold: f64,
    absolute: bool,
    rising: bool,
    cooldown: u32,
    least: f64,
    least_change: f64,
    state: PlateauState,
}

/// What a [`Plateau`] remembers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlateauState {
    /// What the learning rate is multiplied with.
    pub factor: f64,
    /// The best metric so far; `None` before the first.
    pub best: Option<f64>,
    /// How many epochs in a row were not better.
    pub bad_epochs: u32,
    /// For how many epochs bad ones are not counted.
    pub cooling: u32,
}

impl Plateau {
    /// `PyTorch`'s defaults: the lower the better, γ = 0.1, a patience of 10 epochs, a relative threshold of 1e-4, no
    /// cooldown, no least factor, a least change of 1e-8.
    pub const fn new() -> Self {
        Self {
            gamma: 0.1,
            patience: 10,
            threshold: 1e-4,
            absolute: false,
            rising: false,
            cooldown: 0,
            least: 0.0,
            least_change: 1e-8,
            state: PlateauState { factor: 1.0, best: None, bad_epochs: 0, cooling: 0 },
        }
    }

    /// What is left of the rate after each reduction.
    #[must_use]
    pub const fn gamma(self, gamma: f64) -> Self {
        Self { gamma, ..self }
    }

    /// How many bad epochs in a row are borne.
    #[must_use]
    pub const fn patience(self, epochs: u32) -> Self {
        Self { patience: epochs, ..self }
    }

    /// The part of the best metric's size by which a better one must differ from it.
    #[must_use]
    pub const fn threshold(self, part: f64) -> Self {
        Self { threshold: part, absolute: false, ..self }
    }

    /// As [`threshold`](Plateau::threshold), but an amount.
    #[must_use]
    pub const fn absolute_threshold(self, amount: f64) -> Self {
        Self { threshold: amount, absolute: true, ..self }
    }

    /// The higher the better, as for an accuracy.
    #[must_use]
    pub const fn rising(self) -> Self {
        Self { rising: true, ..self }
    }

    /// Whether the higher the better.
    pub const fn is_rising(&self) -> bool {
        self.rising
    }

    /// For how many epochs after a reduction bad ones are not counted.
    #[must_use]
    pub const fn cooldown(self, epochs: u32) -> Self {
        Self { cooldown: epochs, ..self }
    }

    /// The factor does not fall below this.
    #[must_use]
    pub const fn least(self, factor: f64) -> Self {
        Self { least: factor, ..self }
    }

    /// A reduction that would change the factor by no more than this is left out.
    ///
    /// `PyTorch`'s `eps` is the same for the learning rate, which is the factor times the optimiser's own rate: for its
    /// `eps` give `eps` / (optimiser's rate).
    #[must_use]
    pub const fn least_change(self, amount: f64) -> Self {
        Self { least_change: amount, ..self }
    }

    /// Continues from what a checkpoint kept.
    #[must_use]
    pub const fn with_state(self, state: PlateauState) -> Self {
        Self { state, ..self }
    }

    /// Whether it can work with its numbers.
    ///
    /// # Errors
    /// The first value that is out of range.
    pub fn check(&self) -> Result<(), OptimError> {
        OptimError::fraction("gamma", self.gamma)?;
        OptimError::amount("threshold of a better metric", self.threshold)?;
        OptimError::amount("least factor of the learning rate", self.least)?;
        OptimError::amount("least change of the learning rate's factor", self.least_change)?;
        Ok(())
    }

    /// What the learning rate is multiplied with.
    pub const fn factor(&self) -> f64 {
        self.state.factor
    }

    /// What it remembers.
    pub const fn state(&self) -> PlateauState {
        self.state
    }

    /// Takes in the metric of an epoch.
    pub fn observe(&mut self, metric: f64) {
        let better = self.is_better(metric);
        let state = &mut self.state;
        if better {
            state.best = Some(metric);
            state.bad_epochs = 0;
        } else {
            state.bad_epochs = state.bad_epochs.saturating_add(1);
        }
        if state.cooling > 0 {
            state.cooling -= 1;
            state.bad_epochs = 0;
        }
        if state.bad_epochs > self.patience {
            let factor = (state.factor * self.gamma).max(self.least.min(state.factor));
            if state.factor - factor > self.least_change {
                state.factor = factor;
            }
            state.cooling = self.cooldown;
            state.bad_epochs = 0;
        }
    }

    fn is_better(&self, metric: f64) -> bool {
        let (better, worst) =
            if self.rising { (Better::Higher, f64::NEG_INFINITY) } else { (Better::Lower, f64::INFINITY) };
        let Some(best) = self.state.best else { return better.is_better(metric, worst) };
        let limit = match (self.rising, self.absolute) {
            (false, true) => best - self.threshold,
            (true, true) => best + self.threshold,
            // Away from 0 where that is the better direction, towards it elsewhere.
            (rising, false) if rising == (best >= 0.0) => best * (1.0 + self.threshold),
            (_, false) => best * (1.0 - self.threshold),
        };
        better.is_better(metric, limit)
    }
}

impl Default for Plateau {
    fn default() -> Self {
        Self::new()
    }
}
