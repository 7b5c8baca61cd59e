//! A step that is made whole, or not at all.
//!
//! It works on flat blocks, so it is compiled once for each scalar, and not for each network.

use num_traits::Float;
use typednet_tensor::{Parallel, Scalar};

use crate::backup::{Backup, first_not_finite};
use crate::blocks::Blocks;
use crate::largest::{larger, largest_gradient, largest_on, largest_trained};
use crate::{Extent, OptimError, StepInfo};

/// How far from 0 the numbers of the next step are at most, where that is known.
#[derive(Default)]
pub(crate) struct Known {
    pub(crate) weights: Option<f64>,
    pub(crate) gradient: Option<f64>,
    pub(crate) moments: Option<f64>,
}

/// The steps made so far, and what the next one needs to be made or taken back.
pub(crate) struct Attempts<T> {
    pub(crate) count: u64,
    pub(crate) known: Known,
    pub(crate) backup: Backup<T>,
}

impl<T: Scalar> Attempts<T> {
    pub(crate) fn new() -> Self {
        Self { count: 0, known: Known::default(), backup: Backup::new() }
    }

    /// Makes the next step by `update`, or none of it; `reach` is [`Optimizer::reach`](crate::Optimizer::reach).
    #[inline(never)]
    pub(crate) fn make(
        &mut self,
        learning_rate: f64,
        blocks: Blocks<'_, '_, T>,
        parallel: Parallel<'_>,
        reach: &dyn Fn(StepInfo, Extent) -> Extent,
        update: &dyn Fn(StepInfo, Blocks<'_, '_, T>) -> f64,
    ) -> Result<(), OptimError> {
        let Blocks { tree, weights, gradient, moments } = blocks;
        let now = StepInfo::new(self.count + 1, learning_rate);
        let known = &mut self.known;
        let of_gradient = known.gradient.take().unwrap_or_else(|| largest_gradient(tree, gradient, parallel));
        if !of_gradient.is_finite() {
            return Err(OptimError::Gradient);
        }
        let of_weights = known.weights.unwrap_or_else(|| largest_trained(tree, weights, parallel));
        let largest_of =
            |moments: &[&mut [T]]| moments.iter().fold(0.0, |most, moment| larger(most, largest_on(moment, parallel)));
        let after = |moments: f64| {
            let known = of_weights.is_finite() && moments.is_finite();
            let before = Extent { weights: of_weights, gradient: of_gradient, moments }.at_least_one();
            if known { reach(now, before) } else { Extent::UNKNOWN }
        };
        let mut most = after(known.moments.unwrap_or_else(|| largest_of(moments)));
        if !most.fits::<T>() && known.moments.is_some() {
            // What was only reckoned may be far above what is.
            most = after(largest_of(moments));
        }
        let in_place = most.fits::<T>();
        if !in_place {
            self.backup.keep(weights, moments);
        }
        let squares = update(now, Blocks { tree, weights, gradient, moments });
        if (!in_place || !squares.is_finite())
            && let Some(element) = first_not_finite(tree, weights, moments)
        {
            if !in_place {
                self.backup.put_back(weights, moments);
            }
            return Err(OptimError::Overflow { element, undone: !in_place });
        }
        self.count += 1;
        self.known = Known {
            weights: squares.is_finite().then(|| Float::sqrt(squares) * 1.01),
            gradient: None,
            moments: in_place.then_some(most.moments),
        };
        Ok(())
    }
}
