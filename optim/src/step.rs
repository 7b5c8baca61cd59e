//! One step over a whole model.

use core::ops::Range;

use typednet_layers::Layer;
use typednet_tensor::{LeastPart, Parallel, Scalar, ops, split_rows};

use crate::blocks::Blocks;
use crate::{Group, MAX_MOMENTS, Optimizer, StepInfo, trained};

/// One step of `optimizer` over all trained parameters of `model`, in memory that the caller lends: `moments` are
/// [`Optimizer::MOMENTS`] slices, each as long as the model's flat block and all 0 before the first step.
///
/// `State` keeps them on the heap. This form needs none, so a model can be trained in `static` memory. It leaves
/// [`Layer::commit`] to the caller, and gives what the [updates](Optimizer::update) give: the sum of the squares of the new
/// weights.
///
/// # Steps that would not stay finite
/// To take a step back needs a copy, and there is no memory for one, so each step is made. Where a weight is not finite
/// after it the sum is not either, and all weights and moments are what the rule made of them: those that are finite are the
/// right ones, none is as before the step. The sum alone is no proof: it is infinite too where a finite weight is beyond the
/// root of the largest number, and a moment that is not finite need not show in it (Adam divides by the root of one).
/// [`ops::all_finite`] looks at weights and moments themselves. Whoever wants to go on from before such a step copies them
/// into memory of their own and back.
///
/// ```
/// use typednet_layers::{Dense, Network};
/// use typednet_optim::{GradientDescent, StepInfo, step};
/// use typednet_tensor::{Flat, Parallel};
///
/// let (mut model, mut gradient) = (Dense::<1, 1>::zeroed(), Dense::<1, 1>::zeroed());
/// gradient.as_flat_mut().copy_from_slice(&[2.0, 0.5]);
/// let before = model.clone();
/// let step = |model: &mut Dense<1, 1>, rate| {
///     step(&GradientDescent::new(rate), StepInfo::new(1, rate), model, &gradient, &mut [], Parallel::SERIAL)
/// };
/// assert!(!step(&mut model, 3e38).is_finite());
/// assert_eq!((model.weight, model.bias), ([[f32::NEG_INFINITY]], [-1.5e38]));
///
/// model.copy_from(&before);
/// assert_eq!(step(&mut model, 1.0), 4.25);
/// ```
///
/// # Panics
/// If there are not as many moments as the optimiser asks for, or their lengths differ from the model's.
pub fn step<M: Layer, O: Optimizer>(
    optimizer: &O,
    step: StepInfo,
    model: &mut M,
    gradient: &M,
    moments: &mut [&mut [M::Elem]],
    parallel: Parallel<'_>,
) -> f64 {
    step_over(optimizer, step, blocks(model, gradient, moments), parallel)
}

/// [`step()`], over the flat blocks of a network with this tree.
#[inline(never)]
pub(crate) fn step_over<T: Scalar, O: Optimizer>(
    optimizer: &O,
    step: StepInfo,
    Blocks { tree, weights, gradient, moments }: Blocks<'_, '_, T>,
    parallel: Parallel<'_>,
) -> f64 {
    let mut whole = Whole::new::<O>(weights, gradient, moments);
    let mut squares = 0.0;
    if O::BY_PARAMETER {
        tree.visit(&mut |place| {
            if place.kind.is_trained() && !place.range().is_empty() {
                squares += share(optimizer, step, whole.part(place.range()), parallel);
            }
        });
    } else {
        trained(tree, |run| squares += share(optimizer, step, whole.part(run), parallel));
    }
    squares
}

/// As [`step()`], over the elements of `groups` only, each with its own rate and decay; the sum is over those elements.
///
/// For an optimiser that works [by parameter](Optimizer::BY_PARAMETER), each group must be one parameter.
///
/// ```
/// use typednet_layers::{Dense, Network};
/// use typednet_optim::{GradientDescent, Group, StepInfo, step_in};
/// use typednet_tensor::{Flat, Parallel};
///
/// static GROUPS: [Group; 2] = [Group { range: 0..2, rate: 1.0, decay: 0.5 }, Group { range: 2..3, rate: 0.1, decay: 0.0 }];
///
/// let (mut model, mut gradient) = (Dense::<2, 1>::zeroed(), Dense::<2, 1>::zeroed());
/// model.as_flat_mut().fill(2.0);
/// gradient.as_flat_mut().fill(1.0);
/// let (descent, step) = (GradientDescent::new(1.0), StepInfo::new(1, 1.0));
/// step_in(&GROUPS, &descent, step, &mut *model, &gradient, &mut [], Parallel::SERIAL);
/// assert_eq!((model.weight, model.bias), ([[0.0], [0.0]], [1.9]));
/// ```
///
/// # Panics
/// As [`step()`], and if a group reaches beyond the model.
pub fn step_in<M: Layer, O: Optimizer>(
    groups: &[Group],
    optimizer: &O,
    step: StepInfo,
    model: &mut M,
    gradient: &M,
    moments: &mut [&mut [M::Elem]],
    parallel: Parallel<'_>,
) -> f64 {
    step_over_groups(groups, optimizer, step, blocks(model, gradient, moments), parallel)
}

/// [`step_in`], over flat blocks.
#[inline(never)]
pub(crate) fn step_over_groups<T: Scalar, O: Optimizer>(
    groups: &[Group],
    optimizer: &O,
    step: StepInfo,
    Blocks { weights, gradient, moments, .. }: Blocks<'_, '_, T>,
    parallel: Parallel<'_>,
) -> f64 {
    let mut whole = Whole::new::<O>(weights, gradient, moments);
    let mut squares = 0.0;
    for Group { range, rate, decay } in groups.iter().filter(|group| group.rate != 0.0) {
        let step = StepInfo { learning_rate: step.learning_rate * rate, ..step };
        let part = whole.part(range.clone());
        if *decay != 0.0 {
            ops::scale_on(T::of(1.0 - step.learning_rate * decay), part.weights, parallel);
        }
        squares += share(optimizer, step, part, parallel);
    }
    squares
}

/// The flat blocks of a step.
fn blocks<'a, 'b, M: Layer>(
    model: &'a mut M,
    gradient: &'a M,
    moments: &'a mut [&'b mut [M::Elem]],
) -> Blocks<'a, 'b, M::Elem> {
    Blocks { tree: const { &M::TREE }, weights: model.as_flat_mut(), gradient: gradient.as_flat(), moments }
}

/// The most threads that share a step.
const MOST_PARTS: usize = 64;

/// Fewer elements are not worth a thread: Adam needs about 2 µs for so many.
const LEAST_PART: LeastPart = LeastPart::new(8192, 2000).waking_from(16 * 8192);

/// The blocks that a step reads and writes.
struct Whole<'a, 'b, T> {
    weights: &'a mut [T],
    gradient: &'a [T],
    moments: &'a mut [&'b mut [T]],
}

impl<'a, 'b, T: Scalar> Whole<'a, 'b, T> {
    fn new<O: Optimizer>(weights: &'a mut [T], gradient: &'a [T], moments: &'a mut [&'b mut [T]]) -> Self {
        const { assert!(O::MOMENTS <= MAX_MOMENTS, "an optimiser can have at most `MAX_MOMENTS` moments") };
        assert_eq!(moments.len(), O::MOMENTS, "there must be as many moments as the optimiser asks for");
        for moment in &*moments {
            assert_eq!(moment.len(), weights.len(), "each moment must be as long as the model");
        }
        Self { weights, gradient, moments }
    }

    /// The elements of one run.
    fn part(&mut self, run: Range<usize>) -> Part<'_, T> {
        let mut part = Part {
            weights: &mut self.weights[run.clone()],
            gradient: &self.gradient[run.clone()],
            moments: Default::default(),
            squares: 0.0,
        };
        for (part, moment) in part.moments.iter_mut().zip(&mut *self.moments) {
            *part = &mut moment[run.clone()];
        }
        part
    }
}

/// What one thread does of a step.
#[derive(Default)]
struct Part<'a, T> {
    weights: &'a mut [T],
    gradient: &'a [T],
    moments: [&'a mut [T]; MAX_MOMENTS],
    /// What the update has given.
    squares: f64,
}

impl<T: Scalar> Part<'_, T> {
    /// Cuts the first `len` elements off.
    fn cut(&mut self, len: usize) -> Self {
        // There is no moment to cut where the optimiser has less than the most.
        Self {
            weights: self.weights.split_off_mut(..len).unwrap_or_default(),
            gradient: self.gradient.split_off(..len).unwrap_or_default(),
            moments: self.moments.each_mut().map(|moment| moment.split_off_mut(..len).unwrap_or_default()),
            squares: 0.0,
        }
    }
}

/// The step over one run, shared by the threads of `parallel`. Where it is cut makes no difference to the bits.
#[inline(never)]
fn share<T: Scalar, O: Optimizer>(optimizer: &O, step: StepInfo, mut all: Part<'_, T>, parallel: Parallel<'_>) -> f64 {
    let len = all.weights.len();
    let parts = if O::BY_PARAMETER { 1 } else { parallel.parts(len, LEAST_PART) };
    let count = parts.min(MOST_PARTS);
    if count == 1 {
        return optimizer.update(step, all.weights, all.gradient, &mut all.moments[..O::MOMENTS]);
    }
    // Parts start on a cache line where the run does.
    let part_len = len.div_ceil(count).next_multiple_of(64);
    let mut parts: [Part<'_, T>; MOST_PARTS] = core::array::from_fn(|_| all.cut(part_len.min(all.weights.len())));
    let step = StepInfo { shared: true, ..step };
    split_rows(parallel, &mut parts[..count], 1, 1, |_, parts| {
        for Part { weights, gradient, moments, squares } in parts {
            *squares = optimizer.update(step, weights, gradient, &mut moments[..O::MOMENTS]);
        }
    });
    parts[..count].iter().map(|part| part.squares).sum()
}
