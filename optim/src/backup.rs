//! A copy of what a step changes.

use alloc::vec::Vec;

use typednet_layers::LayerInfo;
use typednet_tensor::{Scalar, ops};

use crate::trained;

/// Weights and moments as they were before a step that may have to be taken back. It is empty until one is.
pub(crate) struct Backup<T> {
    copy: Vec<T>,
}

impl<T: Copy> Backup<T> {
    pub(crate) const fn new() -> Self {
        Self { copy: Vec::new() }
    }

    /// Whether there was a step that needed it.
    #[cfg(test)]
    pub(crate) fn is_used(&self) -> bool {
        !self.copy.is_empty()
    }

    pub(crate) fn keep(&mut self, weights: &[T], moments: &[&mut [T]]) {
        self.copy.clear();
        self.copy.extend_from_slice(weights);
        for moment in moments {
            self.copy.extend_from_slice(moment);
        }
    }

    /// Puts back what was kept.
    pub(crate) fn put_back(&self, weights: &mut [T], moments: &mut [&mut [T]]) {
        let (kept, mut rest) = self.copy.split_at(weights.len());
        weights.copy_from_slice(kept);
        for moment in moments {
            let (this, others) = rest.split_at(kept.len());
            moment.copy_from_slice(this);
            rest = others;
        }
    }
}

/// The place of the first element that is not finite, in the trained weights or in a moment.
pub(crate) fn first_not_finite<T: Scalar>(
    tree: &'static LayerInfo,
    weights: &[T],
    moments: &[&mut [T]],
) -> Option<usize> {
    let mut first = None;
    trained(tree, |run| {
        for block in core::iter::once(weights).chain(moments.iter().map(|moment| &**moment)) {
            let found = || block[run.clone()].iter().position(|x| !x.is_finite());
            if !ops::all_finite(&block[run.clone()])
                && let Some(place) = found()
            {
                let place = run.start + place;
                first = Some(first.map_or(place, |first: usize| first.min(place)));
            }
        }
    });
    first
}
