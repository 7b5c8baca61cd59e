//! Where a number of a training stopped being finite.

use std::fmt;

/// Where a number stopped being finite.
#[derive(Clone, Debug, PartialEq)]
pub struct NotFinite {
    /// The epoch, from 1.
    pub epoch: usize,
    /// The step, from 1, counted from the start of the training.
    pub step: u64,
    /// The learning rate of the step.
    pub learning_rate: f64,
    /// The number that is not finite.
    pub what: NonFiniteSource,
    /// The epoch whose weights were put back in the place of those before this step, where a callback such as
    /// [`EarlyStopping`](crate::EarlyStopping) had kept the best.
    pub put_back: Option<usize>,
}

/// The first number that is not finite on the way from the input to the weights after the step.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum NonFiniteSource {
    /// A value of an input sample.
    Input {
        /// The number of the sample in the data, from 0.
        row: usize,
    },
    /// A parameter, before the step.
    Parameter {
        /// Its name, such as `hidden.weight`.
        name: String,
    },
    /// The loss, though inputs and parameters are finite.
    Loss {
        /// The mean loss of the batch.
        found: f64,
        /// The first parameter whose gradient is not finite, if there is one.
        gradient: Option<String>,
    },
    /// The gradient, though the loss is finite.
    Gradient {
        /// The first parameter whose gradient is not finite, such as `hidden.weight`.
        name: String,
    },
    /// What the step would make of a parameter, or of what the optimiser remembers of it, though the gradient is finite.
    Step {
        /// The parameter's name.
        name: String,
        /// Whether the model is as it was before the step: always, unless an optimiser of one's own
        /// [reaches](typednet_optim::Optimizer::reach) farther than it says.
        undone: bool,
    },
}

impl NonFiniteSource {
    /// The same, with the number of a row in the batch replaced by its number in the data.
    pub(crate) fn in_row(self, row_of: impl FnOnce(usize) -> usize) -> Self {
        match self {
            Self::Input { row } => Self::Input { row: row_of(row) },
            other => other,
        }
    }
}

impl fmt::Display for NotFinite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { epoch, step, learning_rate, what, put_back } = self;
        write!(f, "epoch {epoch}, step {step}: ")?;
        match what {
            NonFiniteSource::Input { row } => {
                write!(f, "sample {row} of the data holds a value that is not finite; clean the data, or fill the gap")
            }
            NonFiniteSource::Parameter { name } => {
                write!(f, "`{name}` of the model holds a value that is not finite; start from a sound model")
            }
            NonFiniteSource::Loss { found, gradient } => {
                write!(f, "the loss is {found}")?;
                if let Some(name) = gradient {
                    write!(f, ", and the gradient of `{name}` is not finite")?;
                }
                write!(f, "; {}", Advice(*learning_rate))?;
                write!(f, ", or look for targets that are not finite")
            }
            NonFiniteSource::Gradient { name } => {
                write!(f, "the gradient of `{name}` is not finite; {}", Advice(*learning_rate))
            }
            NonFiniteSource::Step { name, .. } => {
                write!(
                    f,
                    "the step takes `{name}`, or what the optimiser remembers of it, beyond the numbers of its type; "
                )?;
                write!(f, "{}", Advice(*learning_rate))
            }
        }?;
        match put_back {
            Some(best) => write!(f, " (the weights of epoch {best}, the best so far, were put back)"),
            None if matches!(what, NonFiniteSource::Step { undone: false, .. }) => {
                write!(f, " (the step was made, as the optimiser promised to stay below)")
            }
            None => write!(f, " (the model is as it was before this step)"),
        }
    }
}

/// What to do about numbers that explode.
struct Advice(f64);

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lower the learning rate (now {:?}), clip the gradient, scale the inputs to about -1 to 1", self.0)
    }
}
