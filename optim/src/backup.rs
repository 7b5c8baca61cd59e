//! A copy of what a step changes.

use alloc::vec::Vec;

use num_traits::Float;
use typednet_layers::Layer;
use typednet_tensor::{Flat, Model, ops};

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

    pub(crate) fn keep<M: Layer + Flat<Elem = T>>(&mut self, model: &M, moments: &[Model<M>]) {
        self.copy.clear();
        self.copy.extend_from_slice(model.as_flat());
        for moment in moments {
            self.copy.extend_from_slice(moment.as_flat());
        }
    }

    /// Puts back what was kept.
    pub(crate) fn put_back<M: Layer + Flat<Elem = T>>(&self, model: &mut M, moments: &mut [Model<M>]) {
        let (weights, mut rest) = self.copy.split_at(model.as_flat().len());
        model.as_flat_mut().copy_from_slice(weights);
        for moment in moments {
            let (this, others) = rest.split_at(weights.len());
            moment.as_flat_mut().copy_from_slice(this);
            rest = others;
        }
    }
}

/// The place of the first element that is not finite, in the trained weights or in a moment.
pub(crate) fn first_not_finite<M: Layer>(model: &M, moments: &[Model<M>]) -> Option<usize> {
    let mut first = None;
    trained(const { &M::TREE }, |run| {
        for block in core::iter::once(model.as_flat()).chain(moments.iter().map(|moment| moment.as_flat())) {
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
