//! One step of training, and one batch of evaluation.

use std::any::Any;
use std::io;

use typednet_layers::loss::LossFor;
use typednet_layers::{Layer, Network, Run, pass};
use typednet_optim::{Optimizer, State};
use typednet_tensor::{Buffer, Key, Model, Parallel, ThreadPool, flat, ops};

use crate::{Culprit, NotFinite, TrainError};

/// The model with everything that a step needs beside the batch. Nothing grows after the first step.
pub(crate) struct Engine<M: Layer, L, O> {
    pub(crate) model: Model<M>,
    pub(crate) loss: L,
    pub(crate) optimizer: O,
    /// The stream of random numbers for layers that draw some.
    pub(crate) key: Key,
    state: State<M, O>,
    gradient: Model<M>,
    memory: Buffer<M::Elem>,
    /// The threads beside the caller's, if there are any.
    pool: Option<ThreadPool>,
}

/// What a pass over a batch has found.
pub(crate) struct Passed {
    /// The sum of the loss over the rows.
    pub(crate) loss: f64,
    /// In how many rows the network decides as the target says.
    pub(crate) hits: Option<usize>,
}

impl<M: Layer, L: LossFor<M::Head, M::Out>, O: Optimizer> Engine<M, L, O> {
    pub(crate) fn new(model: Model<M>, loss: L, optimizer: O, key: Key) -> Self {
        let (state, gradient) = (State::new(&optimizer), M::zeroed());
        Self { model, loss, optimizer, key, state, gradient, memory: Buffer::new(), pool: None }
    }

    /// Makes the memory as large as a pass over `rows` needs it.
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.memory.grow(pass::training_need::<M>().of(rows).max(pass::inference_need::<M>().of(rows)));
    }

    /// Lets the work run on `threads` threads, the caller's among them.
    ///
    /// # Errors
    /// If the system has no more threads to give.
    pub(crate) fn use_threads(&mut self, threads: usize) -> io::Result<()> {
        if self.parallel().threads() != threads {
            self.pool = if threads > 1 { Some(ThreadPool::new(threads)?) } else { None };
        }
        Ok(())
    }

    /// Where the work runs: the one place that decides it.
    pub(crate) fn parallel(&self) -> Parallel<'_> {
        on(self.pool.as_ref())
    }

    /// The learning rate of the next step: the one place for a schedule.
    pub(crate) fn learning_rate(&self) -> f64 {
        self.optimizer.learning_rate()
    }

    /// One step on a batch: forward, backward, update. If loss or gradient are not finite, there is no update.
    pub(crate) fn step(&mut self, x: &[M::In], targets: &[L::Target]) -> Result<Passed, Culprit> {
        let (parallel, learning_rate) = (on(self.pool.as_ref()), self.learning_rate());
        let run = Run::new(self.key.child(self.state.count())).on(parallel);
        let memory = self.memory.grow(pass::training_need::<M>().of(x.len()));
        let (mean, y) = pass::gradient(&*self.model, &self.loss, x, targets, &mut *self.gradient, memory, run);
        let hits = self.loss.hits(y, targets);
        if !mean.is_finite() || !ops::all_finite(self.gradient.as_flat()) {
            return Err(self.culprit(x, mean));
        }
        self.state.step(&self.optimizer, learning_rate, &mut *self.model, &self.gradient, parallel);
        Ok(Passed { loss: mean * x.len() as f64, hits })
    }

    /// A batch in use: what it finds, and the outputs (logits where the loss wants them).
    pub(crate) fn evaluate(&mut self, x: &[M::In], targets: &[L::Target]) -> (Passed, &[M::Out]) {
        let run = Run::new(self.key).on(on(self.pool.as_ref()));
        let memory = self.memory.grow(pass::inference_need::<M>().of(x.len()));
        let (loss, y) = pass::evaluate(&*self.model, &self.loss, x, targets, memory, run);
        (Passed { loss, hits: self.loss.hits(y, targets) }, y)
    }

    /// The error of the step that was not made.
    #[cold]
    pub(crate) fn not_finite(&self, epoch: usize, what: Culprit) -> TrainError {
        let (step, learning_rate) = (self.state.count() + 1, self.learning_rate());
        TrainError::NotFinite(NotFinite { epoch, step, learning_rate, what })
    }

    /// What is to blame for a step that is not finite.
    #[cold]
    fn culprit(&self, x: &[M::In], loss: f64) -> Culprit {
        if let Some(row) = x.iter().position(|x| !flat(std::slice::from_ref(x)).iter().all(|x| is_finite(x))) {
            return Culprit::Input { row };
        }
        if let Some(name) = first_not_finite(&*self.model) {
            return Culprit::Parameter { name };
        }
        match first_not_finite(&*self.gradient) {
            Some(name) if loss.is_finite() => Culprit::Gradient { name },
            gradient => Culprit::Loss { found: loss, gradient },
        }
    }
}

/// On the pool if there is one, else on the calling thread.
fn on(pool: Option<&ThreadPool>) -> Parallel<'_> {
    pool.map_or(Parallel::SERIAL, ThreadPool::parallel)
}

/// Whether an element of an input is finite; what is no real number is.
fn is_finite(element: &dyn Any) -> bool {
    element.downcast_ref::<f32>().is_none_or(|x| x.is_finite())
        && element.downcast_ref::<f64>().is_none_or(|x| x.is_finite())
}

/// The name of the first run of parameters that holds a value that is not finite.
fn first_not_finite<M: Layer>(block: &M) -> Option<String> {
    let mut first = None;
    const { &M::TREE }.visit(&mut |place| {
        if first.is_none() && !ops::all_finite(&block.as_flat()[place.range()]) {
            first = Some(place.to_string());
        }
    });
    first
}
