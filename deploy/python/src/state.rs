//! The module's model, which calls of several threads share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use typednet::prelude::*;

/// A module's model. Whoever predicts keeps the weights that were there when he began, whatever is trained meanwhile.
pub struct State<M: Layer> {
    first: Option<&'static M>,
    current: RwLock<Option<Arc<Model<M>>>>,
    /// One training at a time, whose weights nothing else replaces.
    is_training: Mutex<bool>,
}

/// A training, until it is dropped.
pub(crate) struct Training<'a, M: Layer>(&'a State<M>);

/// Another thread trains the model.
#[derive(Debug)]
pub(crate) struct Busy;

impl<M: Layer> State<M> {
    /// A model with these weights, or new ones.
    pub const fn new(first: Option<&'static M>) -> Self {
        Self { first, current: RwLock::new(None), is_training: Mutex::new(false) }
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

    /// Takes another model from here on, unless what is there is being trained.
    pub(crate) fn replace(&self, model: Model<M>) -> Result<(), Busy> {
        let is_training = self.is_training();
        if *is_training {
            return Err(Busy);
        }
        self.set(model);
        Ok(())
    }

    /// Begins a training.
    pub(crate) fn train(&self) -> Result<Training<'_, M>, Busy> {
        let mut is_training = self.is_training();
        if std::mem::replace(&mut *is_training, true) {
            return Err(Busy);
        }
        Ok(Training(self))
    }

    fn is_training(&self) -> MutexGuard<'_, bool> {
        self.is_training.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, model: Model<M>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(model));
    }
}

impl<M: Layer> Training<'_, M> {
    /// Ends it with a model, which is the module's from here on.
    pub(crate) fn end(self, model: Model<M>) {
        self.0.set(model);
    }
}

impl<M: Layer> Drop for Training<'_, M> {
    fn drop(&mut self) {
        *self.0.is_training() = false;
    }
}
