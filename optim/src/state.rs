//! The state of an optimiser between steps.

use alloc::vec::Vec;
use core::marker::PhantomData;

use typednet_layers::{Layer, Network};
use typednet_tensor::{Flat, Model, Parallel, Scalar};

use crate::attempt::{Attempts, Known};
use crate::blocks::Blocks;
use crate::largest::{largest_gradient, largest_trained};
use crate::step::{step_over, step_over_groups};
use crate::{Extent, Group, Groups, MAX_MOMENTS, OptimError, Optimizer, StepInfo};

/// What an optimiser `O` remembers of a model `M`: its moments and the number of steps made.
///
/// # Steps that would not stay finite
/// A step that would leave a weight or a moment infinite or not a number is not made: model, moments and count are as
/// they were before it, to the bit, and the error says which parameter it was. What the numbers of a step
/// [can reach](Optimizer::reach) is known before it is made; where that is far below the largest number of the type, as it
/// is with the usual rates, nothing is copied. Elsewhere weights and moments are, for this step.
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
/// state.step(&optimizer, optimizer.learning_rate(), &mut model, &gradient, Parallel::SERIAL)?;
/// assert_eq!(model.weight, [[-0.5]]);
/// assert_eq!(state.count(), 1);
///
/// let error = state.step(&optimizer, 1e39, &mut model, &gradient, Parallel::SERIAL).unwrap_err();
/// assert!(error.to_string().contains("lower the learning rate"));
/// assert_eq!((model.weight, state.count()), ([[-0.5]], 1));
/// # Ok::<(), typednet_optim::OptimError>(())
/// ```
pub struct State<M: Layer, O> {
    moments: Vec<Model<M>>,
    /// Frozen buffers, while the layers commit.
    kept: Vec<M::Elem>,
    attempts: Attempts<M::Elem>,
    optimizer: PhantomData<fn() -> O>,
}

impl<M: Layer, O: Optimizer> State<M, O> {
    /// The state before the first step.
    pub fn new(_: &O) -> Self {
        let moments = (0..O::MOMENTS).map(|_| M::zeroed()).collect();
        Self { moments, kept: Vec::new(), attempts: Attempts::new(), optimizer: PhantomData }
    }

    /// Changes the trained parameters of `model` by their `gradient`, then lets the layers commit their buffers
    /// ([`Layer::commit`]). It allocates nothing, but for a step that may have to be taken back; the bits are the same for
    /// any number of threads.
    ///
    /// # Errors
    /// [`OptimError::Gradient`] if the gradient is not finite, [`OptimError::Overflow`] if a weight or a moment would not
    /// be after the step; nothing is changed then.
    pub fn step(
        &mut self,
        optimizer: &O,
        learning_rate: f64,
        model: &mut M,
        gradient: &M,
        parallel: Parallel<'_>,
    ) -> Result<(), OptimError> {
        self.attempt(model, gradient, |attempts, blocks| {
            make_step(attempts, optimizer, learning_rate, blocks, parallel)
        })?;
        model.commit(gradient);
        Ok(())
    }

    /// As [`step`](State::step), with the rates and decays of `groups`. What is frozen keeps its bits: weights, moments
    /// and buffers.
    ///
    /// The first step of a model with frozen buffers allocates too.
    ///
    /// # Errors
    /// As [`step`](State::step).
    pub fn step_in(
        &mut self,
        groups: &Groups<M>,
        optimizer: &O,
        learning_rate: f64,
        model: &mut M,
        gradient: &M,
        parallel: Parallel<'_>,
    ) -> Result<(), OptimError> {
        self.attempt(model, gradient, |attempts, blocks| {
            make_step_in(attempts, (groups.runs(), groups.of::<O>()), optimizer, learning_rate, blocks, parallel)
        })?;
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
        Ok(())
    }

    /// Calls `make` with the flat blocks of the next step, and with what decides whether it is made.
    fn attempt(
        &mut self,
        model: &mut M,
        gradient: &M,
        make: impl FnOnce(&mut Attempts<M::Elem>, Blocks<'_, '_, M::Elem>) -> Result<(), OptimError>,
    ) -> Result<(), OptimError> {
        let mut moments: [&mut [M::Elem]; MAX_MOMENTS] = Default::default();
        for (moment, model) in moments.iter_mut().zip(&mut self.moments) {
            *moment = model.as_flat_mut();
        }
        let blocks = Blocks {
            tree: const { &M::TREE },
            weights: model.as_flat_mut(),
            gradient: gradient.as_flat(),
            moments: &mut moments[..O::MOMENTS],
        };
        make(&mut self.attempts, blocks)
    }
}

impl<M: Layer, O> State<M, O> {
    /// Looks at the gradient of the next step; whether it is finite. The step then need not look once more. What is done
    /// to the gradient in between may only bring it nearer to 0, as limits do.
    pub fn look(&mut self, gradient: &M, parallel: Parallel<'_>) -> bool {
        let largest = largest_gradient(const { &M::TREE }, gradient.as_flat(), parallel);
        self.attempts.known.gradient = Some(largest);
        largest.is_finite()
    }

    /// Says that the weights of the model were changed by other means than a step, so that the next step looks at them.
    pub fn weights_changed(&mut self) {
        self.attempts.known.weights = None;
    }

    /// The number of steps made.
    pub fn count(&self) -> u64 {
        self.attempts.count
    }

    /// The moments, each shaped like the model.
    pub fn moments(&self) -> &[Model<M>] {
        &self.moments
    }

    /// Forgets everything, as before the first step.
    pub fn reset(&mut self) {
        self.attempts.count = 0;
        self.attempts.known = Known::default();
        for moment in &mut self.moments {
            moment.as_flat_mut().fill(M::Elem::zeros());
        }
    }

    /// Continues from the moments and the count that a checkpoint kept: `count` steps made, and `moments` to be
    /// written.
    pub fn restore(&mut self, count: u64) -> &mut [Model<M>] {
        self.attempts.count = count;
        self.attempts.known = Known::default();
        &mut self.moments
    }
}

/// [`State::step`], without what the layers commit.
#[inline(never)]
pub(crate) fn make_step<T: Scalar, O: Optimizer>(
    attempts: &mut Attempts<T>,
    optimizer: &O,
    learning_rate: f64,
    blocks: Blocks<'_, '_, T>,
    parallel: Parallel<'_>,
) -> Result<(), OptimError> {
    attempts.make(learning_rate, blocks, parallel, &|now, before| optimizer.reach(now, before), &|now, blocks| {
        step_over(optimizer, now, blocks, parallel)
    })
}

/// [`State::step_in`], without what the layers commit. There are two forms of the groups: all, and as the optimiser takes them.
#[inline(never)]
pub(crate) fn make_step_in<T: Scalar, O: Optimizer>(
    attempts: &mut Attempts<T>,
    (runs, groups): (&[Group], &[Group]),
    optimizer: &O,
    learning_rate: f64,
    blocks: Blocks<'_, '_, T>,
    parallel: Parallel<'_>,
) -> Result<(), OptimError> {
    let reach = |now: StepInfo, before: Extent| {
        runs.iter().fold(before, |reach, group| {
            let now = StepInfo { learning_rate: now.learning_rate * group.rate, ..now };
            let keep = (1.0 - now.learning_rate * group.decay).abs();
            let decayed = Extent { weights: before.weights * keep, ..before }.at_least_one();
            reach.or(decayed).or(optimizer.reach(now, decayed))
        })
    };
    // Frozen weights stay as large as they were.
    let before = attempts.known.weights.unwrap_or_else(|| largest_trained(blocks.tree, blocks.weights, parallel));
    attempts.known.weights = Some(before);
    attempts.make(learning_rate, blocks, parallel, &reach, &|now, blocks| {
        step_over_groups(groups, optimizer, now, blocks, parallel)
    })?;
    attempts.known.weights = attempts.known.weights.map(|weights| weights.max(before));
    Ok(())
}

#[cfg(test)]
mod tests {
    use typednet_layers::{Chain, Dense, Relu};
    use typednet_tensor::{Key, Scalar};

    use super::*;
    use crate::GradientDescent;
    use crate::table::{Case, Visitor, every_optimizer};

    type Net = Chain<Dense<3, 4, Relu>, Dense<4, 2>>;

    /// Whether any of 300 steps, with gradients that are now and then large or 0, needs a copy.
    fn is_copied<O: Optimizer>(name: &str, optimizer: &O) -> bool {
        let (mut model, mut gradient, mut state) = (Net::seeded(0), Net::zeroed(), State::<Net, _>::new(optimizer));
        for count in 1..=300 {
            let size = [1.0, 1e-6, 0.0, 1e4][count as usize % 4];
            for (i, g) in gradient.as_flat_mut().iter_mut().enumerate() {
                *g = f32::of(size) * Key::new(count).normal::<f32>(i as u64);
            }
            let done = state.step(optimizer, optimizer.learning_rate(), &mut model, &gradient, Parallel::SERIAL);
            if state.attempts.backup.is_used() {
                return true;
            }
            assert_eq!(done, Ok(()), "{name}");
        }
        false
    }

    #[test]
    fn ordinary_steps_need_no_copy() {
        struct Copied;

        impl Visitor for Copied {
            fn visit<O: Optimizer>(&mut self, case: &Case<O>) {
                assert_eq!(is_copied(case.name, &case.optimizer), case.is_extreme, "{}", case.name);
            }
        }

        every_optimizer(&mut Copied);
    }

    #[test]
    fn a_look_is_good_for_one_step() {
        let descent = GradientDescent::new(1.0);
        let (mut model, mut gradient, mut state) = (Net::seeded(0), Net::zeroed(), State::<Net, _>::new(&descent));
        assert!(state.look(&gradient, Parallel::SERIAL));
        assert_eq!(state.step(&descent, 1.0, &mut model, &gradient, Parallel::SERIAL), Ok(()));
        gradient.as_flat_mut()[7] = f32::NAN;
        assert_eq!(state.step(&descent, 1.0, &mut model, &gradient, Parallel::SERIAL), Err(OptimError::Gradient));
        assert!(!state.look(&gradient, Parallel::SERIAL));
    }

    #[test]
    fn weights_that_were_changed_unseen_are_told_though_not_taken_back() {
        let descent = GradientDescent::new(1.0);
        let (mut model, mut gradient, mut state) = (Net::seeded(0), Net::zeroed(), State::<Net, _>::new(&descent));
        gradient.as_flat_mut().fill(-1e33);
        for unseen in [true, false] {
            model.as_flat_mut().fill(0.0);
            state.weights_changed();
            assert_eq!(state.step(&descent, 1e-20, &mut model, &gradient, Parallel::SERIAL), Ok(()));
            model.as_flat_mut()[5] = f32::MAX;
            if !unseen {
                state.weights_changed();
            }
            let error = state.step(&descent, 1.0, &mut model, &gradient, Parallel::SERIAL);
            assert_eq!(error, Err(OptimError::Overflow { element: 5, undone: !unseen }));
            assert_eq!(model.as_flat()[5].to_bits() == f32::MAX.to_bits(), !unseen);
        }
    }
}
