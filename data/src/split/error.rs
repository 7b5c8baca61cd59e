//! Why data cannot be split.

use std::{error, fmt};

/// Why data cannot be split as asked, or classes not be weighted.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum SplitError {
    /// The shares are not positive numbers with the sum 1.
    Shares {
        /// The shares.
        found: Vec<f64>,
    },
    /// There are fewer rows than parts.
    TooFewRows {
        /// How many rows there are.
        rows: usize,
        /// How many parts.
        parts: usize,
    },
    /// A class has fewer rows than there are parts or folds, each of which needs one.
    TooFewOfClass {
        /// The number of the class.
        class: usize,
        /// How many rows it has.
        rows: usize,
        /// How many parts or folds.
        parts: usize,
    },
    /// Cross-validation needs two folds or more.
    Folds {
        /// How many were asked for.
        found: usize,
    },
    /// A class without rows has no weight.
    AbsentClass {
        /// The number of the class.
        class: usize,
    },
}

impl fmt::Display for SplitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shares { found } => {
                write!(f, "expected positive shares with the sum 1, found {found:?} with the sum ")?;
                write!(f, "{}", found.iter().sum::<f64>())
            }
            Self::TooFewRows { rows, parts } => {
                write!(f, "{rows} rows cannot be split into {parts} parts with a row in each; use fewer parts")
            }
            Self::TooFewOfClass { class, rows, parts } => write!(
                f,
                "class {class} has {rows} rows, too few for one in each of {parts} parts; use fewer parts, gather \
                 more rows of the class, or split without regard to classes"
            ),
            Self::Folds { found } => write!(f, "expected 2 folds or more, found {found}"),
            Self::AbsentClass { class } => {
                write!(f, "class {class} has no rows, so no weight balances it; remove the class or add rows")
            }
        }
    }
}

typednet_tensor::debug_as_display!(SplitError);

impl error::Error for SplitError {}
