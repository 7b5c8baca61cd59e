//! Random search.

use std::sync::Arc;

use typednet_tensor::Key;

use super::{Sampler, unit};
use crate::{Finished, Setting, Space};

/// Draws each parameter by itself, spread over its range (Bergstra and Bengio, *Random search for hyper-parameter
/// optimization*, 2012).
///
/// Where only a few parameters matter it is better than a grid with as many trials, because no two trials try the same
/// value of one that does. A trial depends on the seed and its number only: the trials are the same for any number of
/// threads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Random {}

impl Random {
    /// Random search.
    pub const fn new() -> Self {
        Self {}
    }
}

impl Sampler for Random {
    fn sample(&self, space: &Space, _known: &[Arc<Finished>], _index: usize, key: Key) -> Vec<Setting> {
        (0..).zip(space.parameters()).map(|(place, parameter)| parameter.at(unit(key.child(place), 0))).collect()
    }

    fn learns(&self) -> bool {
        false
    }
}
