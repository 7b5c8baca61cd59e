//! No change over time.

use super::Schedule;
use crate::OptimError;

/// The factor c at any time.
///
/// ```
/// use typednet_optim::schedule::{Constant, Schedule};
///
/// assert_eq!(Constant::default().factor(7), 1.0);
/// // A third of the rate for four steps, as a start.
/// let start = Constant::new(1.0 / 3.0).then(4, Constant::default());
/// assert_eq!((start.factor(3), start.factor(4)), (1.0 / 3.0, 1.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constant {
    factor: f64,
}

impl Constant {
    /// The factor c.
    pub const fn new(factor: f64) -> Self {
        Self { factor }
    }
}

impl Default for Constant {
    /// The factor 1.
    fn default() -> Self {
        Self::new(1.0)
    }
}

impl Schedule for Constant {
    fn factor(&self, _: u64) -> f64 {
        self.factor
    }

    fn check(&self) -> Result<(), OptimError> {
        OptimError::amount("factor of the learning rate", self.factor).map(drop)
    }
}
