//! Where weights and a guard come from, and what is loaded of them.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::{error, fmt};

use typednet::govern::{Classifies, Decision, GovernError, Guard};
use typednet::prelude::*;
use typednet::train::CheckpointError;

/// Where a server's weights come from, and the guard that was fitted to them, if there is one.
pub struct Source<M: Layer> {
    weights: Weights<M>,
    guard: Option<(PathBuf, ReadGuard<M>)>,
}

enum Weights<M: Layer> {
    File(PathBuf),
    Builtin(&'static M),
}

type ReadGuard<M> = fn(&Path, &M) -> Result<Judge<M>, GovernError>;

/// A guard of any number of classes, as what it says of a sample.
type Judge<M> = Box<dyn FnMut(&M, &<M as Layer>::In) -> Verdict + Send>;

/// What a guard says of a sample.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    Decided { class: usize, confidence: f64 },
    AskHuman { reason: String },
}

/// What one load has given. It is exchanged as a whole, so that an answer is of one of them.
pub(crate) struct Loaded<M: Layer> {
    pub(crate) model: Model<M>,
    /// Of the thread that computes; nobody else asks.
    pub(crate) judge: Option<Mutex<Judge<M>>>,
    /// Counts the loads, from 1.
    pub(crate) number: u64,
}

/// Why nothing was loaded; what was served before still is.
pub enum LoadError {
    /// The weights.
    Weights(CheckpointError),
    /// The guard.
    Guard(GovernError),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Weights(error) => write!(f, "the weights cannot be loaded: {error}"),
            Self::Guard(error) => write!(f, "the guard cannot be loaded: {error}"),
        }
    }
}

impl fmt::Debug for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for LoadError {}

impl<M: Layer<Elem = f32, In: Sample<Elem = f32>>> Source<M> {
    /// Weights in a file, which is read again where the server is told to.
    pub fn file(weights: impl Into<PathBuf>) -> Self {
        Self { weights: Weights::File(weights.into()), guard: None }
    }

    /// Weights that are part of the program.
    pub fn builtin(weights: &'static M) -> Self {
        Self { weights: Weights::Builtin(weights), guard: None }
    }

    /// The same with a guard of `N` classes in a file, which was fitted to these weights: each answer then says what is
    /// decided, or that a human must be asked and why.
    #[must_use]
    pub fn guarded<const N: usize>(self, guard: impl Into<PathBuf>) -> Self
    where
        M: Layer<Head: Classifies<M::Out, N>>,
    {
        let read: ReadGuard<M> = |path, model| {
            let mut guard = Guard::<M, N>::read(path, model)?;
            Ok(Box::new(move |model, x| match guard.decide(model, x) {
                Decision::Decided(class, confidence) => Verdict::Decided { class: class.index(), confidence },
                Decision::HandOver { reason } => Verdict::AskHuman { reason: reason.to_string() },
            }))
        };
        Self { guard: Some((guard.into(), read)), ..self }
    }

    pub(crate) fn load(&self, number: u64) -> Result<Loaded<M>, LoadError> {
        let model = match &self.weights {
            Weights::File(path) => M::load(path).map_err(LoadError::Weights)?,
            Weights::Builtin(weights) => {
                let mut model = Model::<M>::zeroed();
                model.copy_from(weights);
                model
            }
        };
        let judge = self.guard.as_ref().map(|(path, read)| read(path, &model)).transpose().map_err(LoadError::Guard)?;
        Ok(Loaded { model, judge: judge.map(Mutex::new), number })
    }
}
