//! Errors of optimisers.

use core::fmt;

/// A hyper-parameter that is out of its range, a part of a network that does not exist, or a step that cannot be made.
#[derive(Clone, Copy, PartialEq)]
pub enum OptimError {
    /// A value that must be finite and not negative.
    NotAnAmount {
        /// What the value is, such as `learning rate`.
        name: &'static str,
        /// The value.
        found: f64,
    },
    /// A value that must be at least 0 and below 1.
    NotAFraction {
        /// What the value is, such as `beta 1`.
        name: &'static str,
        /// The value.
        found: f64,
    },
    /// A value that must be greater than 0.
    NotPositive {
        /// What the value is, such as `steps of a cycle`.
        name: &'static str,
        /// The value.
        found: f64,
    },
    /// A path that names no part of the network.
    UnknownPath {
        /// The path.
        path: &'static str,
    },
    /// A gradient that is not finite. No step was made.
    Gradient,
    /// A step that would leave a weight or a moment infinite or not a number.
    Overflow {
        /// The place of the first such parameter in the flat block.
        element: usize,
        /// Whether weights and moments are as they were before the step. They are not where the weights were changed by
        /// other means since the last step and nobody [said so](crate::State::weights_changed), or where the optimiser
        /// [reached](crate::Optimizer::reach) farther than it said.
        undone: bool,
    },
    /// A cycle of three phases in which the rate rises for more than half of the steps, so that it cannot fall as long.
    LongRise {
        /// The part of all steps in which the rate rises.
        found: f64,
    },
}

impl OptimError {
    /// `value` if it is finite and not negative.
    ///
    /// ```
    /// use typednet_optim::OptimError;
    ///
    /// assert_eq!(OptimError::amount("learning rate", 0.1), Ok(0.1));
    /// let error = OptimError::amount("learning rate", f64::NAN).unwrap_err();
    /// assert_eq!(error.to_string(), "the learning rate is NaN, but it must be a finite number that is not negative");
    /// ```
    ///
    /// # Errors
    /// [`OptimError::NotAnAmount`] if it is not.
    pub fn amount(name: &'static str, value: f64) -> Result<f64, Self> {
        if value.is_finite() && value >= 0.0 { Ok(value) } else { Err(Self::NotAnAmount { name, found: value }) }
    }

    /// `value` if it is at least 0 and below 1.
    ///
    /// # Errors
    /// [`OptimError::NotAFraction`] if it is not.
    pub fn fraction(name: &'static str, value: f64) -> Result<f64, Self> {
        if (0.0..1.0).contains(&value) { Ok(value) } else { Err(Self::NotAFraction { name, found: value }) }
    }

    /// `value` if it is finite and greater than 0.
    ///
    /// # Errors
    /// [`OptimError::NotPositive`] if it is not.
    pub fn positive(name: &'static str, value: f64) -> Result<f64, Self> {
        if value.is_finite() && value > 0.0 { Ok(value) } else { Err(Self::NotPositive { name, found: value }) }
    }
}

impl fmt::Display for OptimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnAmount { name, found } => {
                write!(f, "the {name} is {found}, but it must be a finite number that is not negative")
            }
            Self::NotAFraction { name, found } => {
                write!(f, "{name} is {found}, but it must be at least 0 and below 1")
            }
            Self::NotPositive { name, found } => {
                write!(f, "the {name} is {found}, but it must be a finite number greater than 0")
            }
            Self::UnknownPath { path } => {
                write!(f, "no parameter of the network is called `{path}` or stands in `{path}`; ")?;
                write!(f, "a path is made of the names of fields, such as `encoder.l1`")
            }
            Self::Gradient => {
                write!(f, "the gradient holds a value that is not finite, so no step was made; ")?;
                write!(f, "look for inputs and targets that are not finite, or lower the learning rate")
            }
            Self::Overflow { element, undone } => {
                write!(
                    f,
                    "the step takes parameter {element} of the flat block, or what the optimiser remembers of it, "
                )?;
                write!(f, "beyond the numbers of its type; lower the learning rate (")?;
                f.write_str(if *undone {
                    "weights and moments are as they were before the step)"
                } else {
                    "the step was made, so begin again with sound weights)"
                })
            }
            Self::LongRise { found } => {
                write!(f, "the rate rises in the part {found} of the cycle and falls as long again in three phases, ")?;
                write!(f, "so the part must be at most 0.5; lower it, or leave out the third phase")
            }
        }
    }
}

typednet_tensor::debug_as_display!(OptimError);

impl core::error::Error for OptimError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_closed_below_and_open_above() {
        for good in [0.0, 1e-300, 0.5, 1.0, f64::MAX] {
            assert_eq!(OptimError::amount("rate", good), Ok(good));
        }
        for bad in [-1e-300, f64::NEG_INFINITY, f64::INFINITY, f64::NAN] {
            assert!(OptimError::amount("rate", bad).is_err(), "{bad}");
        }
        for good in [0.0, 0.999, 1.0 - f64::EPSILON] {
            assert_eq!(OptimError::fraction("beta 1", good), Ok(good));
        }
        for bad in [-1e-300, 1.0, 2.0, f64::INFINITY, f64::NAN] {
            assert!(OptimError::fraction("beta 1", bad).is_err(), "{bad}");
        }
        for good in [1e-300, 1.0, f64::MAX] {
            assert_eq!(OptimError::positive("rate", good), Ok(good));
        }
        for bad in [0.0, -1.0, f64::INFINITY, f64::NAN] {
            assert!(OptimError::positive("rate", bad).is_err(), "{bad}");
        }
    }
}
