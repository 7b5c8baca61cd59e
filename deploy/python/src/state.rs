//! The module's model, which calls of several threads share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};

use typednet::prelude::*;

/// A module's model. Whoever predicts keeps the weights that were there when he began, whatever is trained meanwhile.
pub struct State<M: Layer> {
    first: Option<&'static M>,
    current: RwLock<Option<Arc<Model<M>>>>,
    /// One training at a time.
    training: Mutex<()>,
}

impl<M: Layer> State<M> {
    /// A model with these weights, or new ones.
    pub const fn new(first: Option<&'static M>) -> Self {
        Self { first, current: RwLock::new(None), training: Mutex::new(()) }
    }

    /// The model as it is.
    pub(crate) fn current(&self) -> Arc<Model<M>> {
        if let Some(model) = &*self.current.read().unwrap_or_else(PoisonError::into_inner) {
            return Arc::clone(model);
        }
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(current.get_or_insert_with(|| {
            Arc::new(self.first.map_or_else(
                || M::seeded(0),
                |first| {
                    let mut model = Model::<M>::zeroed();
                    model.copy_from(first);
                    model
                },
            ))
        }))
    }

    /// Takes another model from here on.
    pub(crate) fn set(&self, model: Model<M>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(model));
    }

    /// The turn to train, unless somebody has it.
    pub(crate) fn turn(&self) -> Option<MutexGuard<'_, ()>> {
        match self.training.try_lock() {
            Ok(turn) => Some(turn),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}
