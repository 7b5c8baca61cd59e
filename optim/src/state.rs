//! The state of an optimiser between steps.

use alloc::vec::Vec;
use core::marker::PhantomData;

use num_traits::Float;
use typednet_layers::{Layer, Network};
use typednet_tensor::{Flat, Model, Parallel};

use crate::backup::{Backup, first_not_finite};
use crate::largest::{larger, largest_gradient, largest_on, largest_trained};
use crate::{Extent, Groups, MAX_MOMENTS, OptimError, Optimizer, StepInfo, step, step_in};

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
    count: u64,
    /// Frozen buffers, while the layers commit.
    kept: Vec<M::Elem>,
    known: Known,
    backup: Backup<M::Elem>,
    optimizer: PhantomData<fn() -> O>,
}

/// How far from 0 the numbers of the next step are at most, where that is known.
#[derive(Default)]
struct Known {
    weights: Option<f64>,
    gradient: Option<f64>,
    moments: Option<f64>,
}

impl<M: Layer, O: Optimizer> State<M, O> {
    /// The state before the first step.
    pub fn new(_: &O) -> Self {
        let moments = (0..O::MOMENTS).map(|_| M::zeroed()).collect();
        let (kept, known, backup) = (Vec::new(), Known::default(), Backup::new());
        Self { moments, count: 0, kept, known, backup, optimizer: PhantomData }
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
        let reach = |now: StepInfo, before: Extent| optimizer.reach(now, before);
        self.make(learning_rate, model, gradient, parallel, reach, |now, model, moments| {
            step(optimizer, now, model, gradient, moments, parallel)
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
        let reach = |now: StepInfo, before: Extent| {
            groups.runs().iter().fold(before, |reach, group| {
                let now = StepInfo { learning_rate: now.learning_rate * group.rate, ..now };
                let keep = (1.0 - now.learning_rate * group.decay).abs();
                let decayed = Extent { weights: before.weights * keep, ..before }.at_least_one();
                reach.or(decayed).or(optimizer.reach(now, decayed))
            })
        };
        // Frozen weights stay as large as they were.
        let before = self.known.weights.unwrap_or_else(|| largest_trained(&*model, parallel));
        self.known.weights = Some(before);
        self.make(learning_rate, model, gradient, parallel, reach, |now, model, moments| {
            step_in(groups.of::<O>(), optimizer, now, model, gradient, moments, parallel)
        })?;
        self.known.weights = self.known.weights.map(|weights| weights.max(before));
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

    /// Makes the next step by `update`, or none of it.
    fn make(
        &mut self,
        learning_rate: f64,
        model: &mut M,
        gradient: &M,
        parallel: Parallel<'_>,
        reach: impl Fn(StepInfo, Extent) -> Extent,
        update: impl Fn(StepInfo, &mut M, &mut [&mut [M::Elem]]) -> f64,
    ) -> Result<(), OptimError> {
        let now = StepInfo::new(self.count + 1, learning_rate);
        let known = &mut self.known;
        let gradient = known.gradient.take().unwrap_or_else(|| largest_gradient(gradient, parallel));
        if !gradient.is_finite() {
            return Err(OptimError::Gradient);
        }
        let weights = known.weights.unwrap_or_else(|| largest_trained(&*model, parallel));
        let largest_of = |moments: &[Model<M>]| {
            moments.iter().fold(0.0, |most, moment| larger(most, largest_on(moment.as_flat(), parallel)))
        };
        let after = |moments: f64| {
            let known = weights.is_finite() && moments.is_finite();
            let before = Extent { weights, gradient, moments }.at_least_one();
            if known { reach(now, before) } else { Extent::UNKNOWN }
        };
        let mut most = after(known.moments.unwrap_or_else(|| largest_of(&self.moments)));
        if !most.fits::<M::Elem>() && known.moments.is_some() {
            // What was only reckoned may be far above what is.
            most = after(largest_of(&self.moments));
        }
        let in_place = most.fits::<M::Elem>();
        if !in_place {
            self.backup.keep(&*model, &self.moments);
        }
        let mut moments: [&mut [M::Elem]; MAX_MOMENTS] = Default::default();
        for (moment, model) in moments.iter_mut().zip(&mut self.moments) {
            *moment = model.as_flat_mut();
        }
        let squares = update(now, model, &mut moments[..O::MOMENTS]);
        if (!in_place || !squares.is_finite())
            && let Some(element) = first_not_finite(&*model, &self.moments)
        {
            if !in_place {
                self.backup.put_back(model, &mut self.moments);
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

impl<M: Layer, O> State<M, O> {
    /// Looks at the gradient of the next step; whether it is finite. The step then need not look once more. What is done
    /// to the gradient in between may only bring it nearer to 0, as limits do.
    pub fn look(&mut self, gradient: &M, parallel: Parallel<'_>) -> bool {
        let largest = largest_gradient(gradient, parallel);
        self.known.gradient = Some(largest);
        largest.is_finite()
    }

    /// Says that the weights of the model were changed by other means than a step, so that the next step looks at them.
    pub fn weights_changed(&mut self) {
        self.known.weights = None;
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
        self.known = Known::default();
        for moment in &mut self.moments {
            moment.as_flat_mut().fill(M::Elem::zeros());
        }
    }

    /// Continues from the moments and the count that a checkpoint kept: `count` steps made, and `moments` to be
    /// written.
    pub fn restore(&mut self, count: u64) -> &mut [Model<M>] {
        self.count = count;
        self.known = Known::default();
        &mut self.moments
    }
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
            if state.backup.is_used() {
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
