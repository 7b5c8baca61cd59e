//! Settings that make no sense.

use std::{error, fmt};

/// A setting of an augmentation that makes no sense.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum AugmentError {
    /// A number is outside the range in which it means something.
    Setting {
        /// The name of the setting.
        name: &'static str,
        /// What it may be.
        expected: &'static str,
        /// What it was.
        found: f64,
    },
}

impl AugmentError {
    /// An error unless `good`.
    pub(super) fn unless(good: bool, name: &'static str, expected: &'static str, found: f64) -> Result<(), Self> {
        if good { Ok(()) } else { Err(Self::Setting { name, expected, found }) }
    }
}

impl fmt::Display for AugmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Setting { name, expected, found } = self;
        write!(f, "augmentation `{name}`: expected {expected}, found {found}")
    }
}

typednet_tensor::debug_as_display!(AugmentError);

impl error::Error for AugmentError {}
