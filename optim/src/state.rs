//! What an optimiser remembers between steps.

use alloc::vec::Vec;
use core::marker::PhantomData;

use typednet_layers::{Layer, Network};
use typednet_tensor::{Flat, Model, Parallel};

use crate::{Groups, MAX_MOMENTS, Optimizer, Step, step, step_in};

/// What an optimiser `O` remembers of a model `M`: its moments and the number of steps made.
///
/// ```
/// use typednet_layers::{Dense, Network};
/// use typednet_optim::{GradientDescent, Optimizer, State};
/// use typednet_tensor::Parallel;
///
/// let optimizer = GradientDescent::new(0.5);
/// let mut model = Dense::<1, 1>::seeded(0);
/// let mut gradient = Dense::<1, 1>::zeroed();
/// (model.weight, gradient.weight) = ([[1.0]], [[3.0]]);
///
/// let mut state = State::<Dense<1, 1>, _>::new(&optimizer);
/// state.step(&optimizer, optimizer.learning_rate(), &mut model, &gradient, Parallel::SERIAL);
/// assert_eq!(model.weight, [[-0.5]]);
/// assert_eq!(state.count(), 1);
/// ```
pub struct State<M: Layer, O> {
    moments: Vec<Model<M>>,
    count: u64,
    /// Frozen buffers, while the layers commit.
    kept: Vec<M::Elem>,
    optimizer: PhantomData<fn() -> O>,
}

impl<M: Layer, O: Optimizer> State<M, O> {
    /// The state before the first step.
    pub fn new(_: &O) -> Self {
        let moments = (0..O::MOMENTS).map(|_| M::zeroed()).collect();
        Self { moments, count: 0, kept: Vec::new(), optimizer: PhantomData }
    }

    /// Changes the trained parameters of `model` by their `gradient`, then lets the layers commit their buffers
    /// ([`Layer::commit`]). It allocates nothing, and the bits are the same for any number of threads.
    pub fn step(&mut self, optimizer: &O, learning_rate: f64, model: &mut M, gradient: &M, parallel: Parallel<'_>) {
        let (now, mut moments) = self.next(learning_rate);
        step(optimizer, now, model, gradient, &mut moments[..O::MOMENTS], parallel);
        model.commit(gradient);
    }

    /// As [`step`](State::step), with the rates and decays of `groups`. What is frozen keeps its bits: weights, moments
    /// and buffers.
    ///
    /// It allocates nothing, but for the first step of a model with frozen buffers.
    pub fn step_in(
        &mut self,
        groups: &Groups<M>,
        optimizer: &O,
        learning_rate: f64,
        model: &mut M,
        gradient: &M,
        parallel: Parallel<'_>,
    ) {
        let (now, mut moments) = self.next(learning_rate);
        step_in(groups.of::<O>(), optimizer, now, model, gradient, &mut moments[..O::MOMENTS], parallel);
        self.kept.clear();
        for range in groups.frozen_buffers() {
            self.kept.extend_from_slice(&model.as_flat()[range.clone()]);
        }
        model.commit(gradient);
        let mut kept = self.kept.as_slice();
        for range in groups.frozen_buffers() {
            let (these, rest) = kept.split_at(range.len());
            model.as_flat_mut()[range.clone()].copy_from_slice(these);
            kept = rest;
        }
    }

    /// Counts the next step, and lends the moments for it.
    fn next(&mut self, learning_rate: f64) -> (Step, [&mut [M::Elem]; MAX_MOMENTS]) {
        self.count += 1;
        let mut moments: [&mut [M::Elem]; MAX_MOMENTS] = Default::default();
        for (moment, model) in moments.iter_mut().zip(&mut self.moments) {
            *moment = model.as_flat_mut();
        }
        (Step::new(self.count, learning_rate), moments)
    }

    /// The number of steps made.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The moments, each shaped like the model.
    pub fn moments(&self) -> &[Model<M>] {
        &self.moments
    }

    /// Forgets everything, as before the first step.
    pub fn reset(&mut self) {
        self.count = 0;
        for moment in &mut self.moments {
            moment.as_flat_mut().fill(M::Elem::zeros());
        }
    }

    /// Continues from the moments and the count that a checkpoint kept: `count` steps made, and `moments` to be
    /// written.
    pub fn restore(&mut self, count: u64) -> &mut [Model<M>] {
        self.count = count;
        &mut self.moments
    }
}
