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
use typednet_tensor::{Parallel, Scalar, split_rows};

use crate::{MAX_MOMENTS, Optimizer, Step};

/// Calls `visit` for every run of elements in the flat block whose kind is `wanted`, in order. Runs that touch are one.
///
/// With it, penalties find the weights, and parts of a network can have their own rates.
///
/// ```
/// use typednet_layers::{Chain, Dense, Kind, Layer, Relu};
/// use typednet_optim::runs;
///
/// type Net = Chain<Dense<3, 4, Relu>, Dense<4, 2>>;
/// let mut weights = vec![];
/// runs(const { &Net::TREE }, |kind| kind == Kind::Weight, |run| weights.push(run));
/// assert_eq!(weights, [0..12, 16..24]);
/// ```
pub fn runs(tree: &'static Node, wanted: impl Fn(Kind) -> bool, mut visit: impl FnMut(Range<usize>)) {
    let mut run = 0..0;
    tree.visit(&mut |place| {
        let next = place.range();
        if !wanted(place.param.kind) || next.is_empty() {
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

/// [`runs`] of everything that is trained: all but buffers. A network without buffers is a single run.
///
/// ```
/// use typednet_layers::{Chain, Dense, Layer, Relu};
/// use typednet_optim::trained;
///
/// type Net = Chain<Dense<3, 4, Relu>, Dense<4, 2>>;
/// let mut runs = vec![];
/// trained(const { &Net::TREE }, |run| runs.push(run));
/// assert_eq!(runs, [0..26]);
/// ```
pub fn trained(tree: &'static Node, visit: impl FnMut(Range<usize>)) {
    runs(tree, |kind| kind != Kind::Buffer, visit);
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
    trained(const { &M::TREE }, |run| {
        let mut part =
            Part { weights: &mut weights[run.clone()], gradient: &gradient[run.clone()], moments: Default::default() };
        for (part, moment) in part.moments.iter_mut().zip(&mut *moments) {
            *part = &mut moment[run.clone()];
        }
        share(optimizer, step, part, parallel);
    });
}

/// The most threads that share a step.
const MOST_PARTS: usize = 64;

/// Fewer elements are not worth a thread: Adam needs about 2 µs for so many.
const LEAST_PART: usize = 8192;

/// What one thread does of a step.
#[derive(Default)]
struct Part<'a, T> {
    weights: &'a mut [T],
    gradient: &'a [T],
    moments: [&'a mut [T]; MAX_MOMENTS],
}

impl<T> Part<'_, T> {
    /// Cuts the first `len` elements off.
    fn cut(&mut self, len: usize) -> Self {
        fn cut<'a, T>(left: &mut &'a mut [T], len: usize) -> &'a mut [T] {
            let (part, rest) = core::mem::take(left).split_at_mut(len);
            *left = rest;
            part
        }
        let (gradient, rest) = self.gradient.split_at(len);
        self.gradient = rest;
        let mut moments: [&mut [T]; MAX_MOMENTS] = Default::default();
        for (part, left) in moments.iter_mut().zip(&mut self.moments) {
            *part = cut(left, len.min(left.len()));
        }
        Self { weights: cut(&mut self.weights, len), gradient, moments }
    }
}

/// The step over one run, shared by the threads of `parallel`. Where it is cut makes no difference to the bits.
fn share<T: Scalar, O: Optimizer>(optimizer: &O, step: Step, mut all: Part<'_, T>, parallel: Parallel<'_>) {
    let len = all.weights.len();
    let count = parallel.threads().min(len / LEAST_PART).clamp(1, MOST_PARTS);
    // Parts start on a cache line where the run does.
    let part_len = len.div_ceil(count).next_multiple_of(64);
    let mut parts: [Part<'_, T>; MOST_PARTS] = core::array::from_fn(|_| all.cut(part_len.min(all.weights.len())));
    split_rows(parallel, &mut parts[..count], 1, 1, |_, parts| {
        for Part { weights, gradient, moments } in parts {
            optimizer.update(step, weights, gradient, &mut moments[..O::MOMENTS]);
        }
    });
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
/// let mut state = State::<Dense<1, 1>, _>::new(&optimizer);
/// state.step(&optimizer, optimizer.learning_rate(), &mut model, &gradient, Parallel::SERIAL);
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
