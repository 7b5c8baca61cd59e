//! An optimiser's step over a whole model.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::marker::PhantomData;
use core::ops::Range;

#[cfg(feature = "alloc")]
use typednet_layers::Network;
use typednet_layers::{Kind, Layer, Node};
#[cfg(feature = "alloc")]
use typednet_tensor::{Flat, Model};
use typednet_tensor::{Parallel, Scalar};

use crate::{MAX_MOMENTS, Optimizer, Step};

/// Calls `visit` for every run of trained elements in the flat block, in order. Runs that touch are one, so a network
/// without buffers is a single run.
///
/// ```
/// use typednet_layers::{Chain, Dense, Layer, Relu};
/// use typednet_optim::trained;
///
/// type Net = Chain<Dense<3, 4, Relu>, Dense<4, 2>>;
/// let mut runs = vec![];
/// trained(const { &Net::TREE }, &mut |run| runs.push(run));
/// assert_eq!(runs, [0..26]);
/// ```
pub fn trained(tree: &'static Node, visit: &mut dyn FnMut(Range<usize>)) {
    let mut run = 0..0;
    tree.visit(&mut |place| {
        let next = place.range();
        if place.param.kind == Kind::Buffer || next.is_empty() {
            return;
        }
        if run.end == next.start {
            run.end = next.end;
        } else {
            let done = core::mem::replace(&mut run, next);
            if !done.is_empty() {
                visit(done);
            }
        }
    });
    if !run.is_empty() {
        visit(run);
    }
}

/// One step of `optimizer` over all trained parameters of `model`, in memory that the caller lends: `moments` are
/// [`Optimizer::MOMENTS`] slices, each as long as the model's flat block and all 0 before the first step.
///
/// [`State`] keeps them on the heap. This form needs none, so a model can be trained in `static` memory. It leaves
/// [`Layer::commit`] to the caller.
///
/// # Panics
/// If there are not as many moments as the optimiser asks for, or their lengths differ from the model's.
pub fn step<M: Layer, O: Optimizer>(
    optimizer: &O,
    step: Step,
    model: &mut M,
    gradient: &M,
    moments: &mut [&mut [M::Elem]],
    parallel: Parallel<'_>,
) {
    const { assert!(O::MOMENTS <= MAX_MOMENTS, "an optimiser can have at most `MAX_MOMENTS` moments") };
    assert_eq!(moments.len(), O::MOMENTS, "there must be as many moments as the optimiser asks for");
    let (weights, gradient) = (model.as_flat_mut(), gradient.as_flat());
    for moment in &*moments {
        assert_eq!(moment.len(), weights.len(), "each moment must be as long as the model");
    }
    trained(const { &M::TREE }, &mut |run| {
        let mut parts: [&mut [M::Elem]; MAX_MOMENTS] = Default::default();
        for (part, moment) in parts.iter_mut().zip(&mut *moments) {
            *part = &mut moment[run.clone()];
        }
        let weights = &mut weights[run.clone()];
        share(optimizer, step, weights, &gradient[run], &mut parts[..O::MOMENTS], parallel);
    });
}

/// The step over one run, cut for the threads of `parallel`.
fn share<T: Scalar, O: Optimizer>(
    optimizer: &O,
    step: Step,
    weights: &mut [T],
    gradient: &[T],
    moments: &mut [&mut [T]],
    _parallel: Parallel<'_>,
) {
    optimizer.update(step, weights, gradient, moments);
}

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
/// let mut state = State::new(&optimizer);
/// state.step(&optimizer, optimizer.learning_rate(), &mut *model, &gradient, Parallel::SERIAL);
/// assert_eq!(model.weight, [[-0.5]]);
/// assert_eq!(state.count(), 1);
/// ```
#[cfg(feature = "alloc")]
pub struct State<M, O> {
    moments: Vec<Model<M>>,
    count: u64,
    optimizer: PhantomData<fn() -> O>,
}

#[cfg(feature = "alloc")]
impl<M: Layer, O: Optimizer> State<M, O> {
    /// The state before the first step.
    pub fn new(_: &O) -> Self {
        let moments = (0..O::MOMENTS).map(|_| M::zeroed()).collect();
        Self { moments, count: 0, optimizer: PhantomData }
    }

    /// Changes the trained parameters of `model` by their `gradient`, then lets the layers commit their buffers
    /// ([`Layer::commit`]). It allocates nothing, and the bits are the same for any number of threads.
    pub fn step(&mut self, optimizer: &O, learning_rate: f64, model: &mut M, gradient: &M, parallel: Parallel<'_>) {
        self.count += 1;
        let mut moments: [&mut [M::Elem]; MAX_MOMENTS] = Default::default();
        for (moment, model) in moments.iter_mut().zip(&mut self.moments) {
            *moment = model.as_flat_mut();
        }
        let now = Step::new(self.count, learning_rate);
        step(optimizer, now, model, gradient, &mut moments[..O::MOMENTS], parallel);
        model.commit(gradient);
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
