//! The trait of all optimisers.

use typednet_tensor::Scalar;

use crate::{Extent, OptimError};

/// A rule that changes weights by their gradient.
///
/// The rule works on each element by itself, unless [`BY_PARAMETER`](Optimizer::BY_PARAMETER) says otherwise. So it may
/// be applied to any part of a model, in parts of any size and in any order, on any thread, and the bits are the same:
/// layers can be frozen or have rates of their own ([`Group`](crate::Group)).
///
/// One's own optimiser needs no vector code:
///
/// ```
/// use typednet_optim::{OptimError, Optimizer, StepInfo};
/// use typednet_tensor::Scalar;
///
/// /// Walks against the sign of the gradient.
/// struct SignDescent(f64);
///
/// impl Optimizer for SignDescent {
///     const MOMENTS: usize = 0;
///
///     fn learning_rate(&self) -> f64 {
///         self.0
///     }
///
///     fn check(&self) -> Result<(), OptimError> {
///         OptimError::amount("learning rate", self.0).map(drop)
///     }
///
///     fn update<T: Scalar>(&self, step: StepInfo, weights: &mut [T], gradient: &[T], _: &mut [&mut [T]]) -> f64 {
///         for (w, &g) in weights.iter_mut().zip(gradient) {
///             *w -= T::of(step.learning_rate) * g.signum();
///         }
///         f64::NAN // not known
///     }
/// }
///
/// let mut weights = [1.0, -1.0];
/// SignDescent(0.5).update(StepInfo::new(1, 0.5), &mut weights, &[0.01, -200.0], &mut []);
/// assert_eq!(weights, [0.5, -0.5]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an optimiser",
    label = "expected an optimiser such as `Adam::new(1e-3)`"
)]
pub trait Optimizer: Send + Sync {
    /// How many numbers it remembers for each weight, at most [`MAX_MOMENTS`]. All start at 0.
    const MOMENTS: usize;

    /// Whether the rule looks at a parameter as a whole, such as at the norm of a layer's weights. Then each
    /// [`update`](Optimizer::update) of a model's step is given one whole parameter, on one thread.
    const BY_PARAMETER: bool = false;

    /// The learning rate that it was made with; a schedule scales it.
    fn learning_rate(&self) -> f64;

    /// Whether it can work with its hyper-parameters.
    ///
    /// # Errors
    /// The first value that is out of range.
    fn check(&self) -> Result<(), OptimError>;

    /// Changes `weights` by their `gradient`, and the moments with them, in one pass. It allocates nothing.
    ///
    /// It gives the sum of the squares of the new weights, so that they need not be looked at once more: where it is not
    /// finite, `State` looks at each of them. NaN says that it is not known.
    ///
    /// # Panics
    /// If there are not [`MOMENTS`](Optimizer::MOMENTS) moments, or the lengths differ.
    fn update<T: Scalar>(&self, step: StepInfo, weights: &mut [T], gradient: &[T], moments: &mut [&mut [T]]) -> f64;

    /// How far from 0 this step can leave weights and moments that are, with the gradient, no farther from it than
    /// `before` says; rounding need not be thought of.
    ///
    /// Where that is within what the type can hold, `State` makes the step in place. Elsewhere, and where it is not known,
    /// as here, it first keeps a copy of weights and moments, to be put back if one of them does not stay finite.
    fn reach(&self, step: StepInfo, before: Extent) -> Extent {
        let _ = (step, before);
        Extent::UNKNOWN
    }
}

/// The most numbers that an optimiser can remember for each weight.
pub const MAX_MOMENTS: usize = 3;

/// Which step of the training is made, and how large.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepInfo {
    /// The number of the step; the first is 1.
    pub count: u64,
    /// The learning rate of this step.
    pub learning_rate: f64,
    /// Whether several threads make it, and all will read the weights.
    pub(crate) shared: bool,
}

impl StepInfo {
    /// Step number `count`, the first being 1, with this learning rate.
    pub const fn new(count: u64, learning_rate: f64) -> Self {
        Self { count, learning_rate, shared: false }
    }
}
