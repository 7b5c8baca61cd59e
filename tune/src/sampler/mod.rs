//! Samplers: how a study chooses what to try.

mod grid;
mod parzen;
mod random;
mod tpe;

use std::fmt;
use std::sync::Arc;

use typednet_tensor::Key;

pub use grid::Grid;
pub use random::Random;
pub use tpe::Tpe;

use crate::{Finished, Setting, Space, TuneError};

/// Chooses what the next trial tries.
///
/// What `Debug` shows is kept in the study's file, so that a study goes on only with the same sampler.
pub trait Sampler: fmt::Debug + Send + Sync {
    /// One setting for each parameter of the space, for trial `index`.
    ///
    /// `key` belongs to this trial alone. The result must follow from the arguments, else the same seed does not give
    /// the same trials. `known` are finished trials in the order of their numbers; it is empty unless the sampler
    /// [learns](Sampler::learns).
    fn sample(&self, space: &Space, known: &[Arc<Finished>], index: usize, key: Key) -> Vec<Setting>;

    /// Whether the choice depends on the results of earlier trials.
    fn learns(&self) -> bool;

    /// After how many trials there is nothing left to try; `None` where that never happens.
    ///
    /// # Errors
    /// If there are more than can be counted.
    fn limit(&self, space: &Space) -> Result<Option<usize>, TuneError> {
        let _ = space;
        Ok(None)
    }

    /// What can be known to be wrong before the first trial.
    ///
    /// # Errors
    /// If a setting is out of its range.
    fn check(&self, space: &Space) -> Result<(), TuneError> {
        let _ = space;
        Ok(())
    }
}

/// The number from 0 up to but not including 1 at place `n`, with all its 53 bits.
pub(crate) const fn unit(key: Key, n: u64) -> f64 {
    (key.bits(n) >> 11) as f64 / (1_u64 << 53) as f64
}
