//! One step over a whole model.

use typednet_layers::Layer;
use typednet_tensor::{Parallel, Scalar, split_rows};

use crate::{MAX_MOMENTS, Optimizer, Step, trained};

/// One step of `optimizer` over all trained parameters of `model`, in memory that the caller lends: `moments` are
/// [`Optimizer::MOMENTS`] slices, each as long as the model's flat block and all 0 before the first step.
///
/// [`State`](crate::State) keeps them on the heap. This form needs none, so a model can be trained in `static` memory.
/// It leaves [`Layer::commit`] to the caller.
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

impl<T: Scalar> Part<'_, T> {
    /// Cuts the first `len` elements off.
    fn cut(&mut self, len: usize) -> Self {
        // There is no moment to cut where the optimiser has less than the most.
        Self {
            weights: self.weights.split_off_mut(..len).unwrap_or_default(),
            gradient: self.gradient.split_off(..len).unwrap_or_default(),
            moments: self.moments.each_mut().map(|moment| moment.split_off_mut(..len).unwrap_or_default()),
        }
    }
}

/// The step over one run, shared by the threads of `parallel`. Where it is cut makes no difference to the bits.
fn share<T: Scalar, O: Optimizer>(optimizer: &O, step: Step, mut all: Part<'_, T>, parallel: Parallel<'_>) {
    let len = all.weights.len();
    let count = parallel.threads().min(len / LEAST_PART).clamp(1, MOST_PARTS);
    if count == 1 {
        return optimizer.update(step, all.weights, all.gradient, &mut all.moments[..O::MOMENTS]);
    }
    // Parts start on a cache line where the run does.
    let part_len = len.div_ceil(count).next_multiple_of(64);
    let mut parts: [Part<'_, T>; MOST_PARTS] = core::array::from_fn(|_| all.cut(part_len.min(all.weights.len())));
    split_rows(parallel, &mut parts[..count], 1, 1, |_, parts| {
        for Part { weights, gradient, moments } in parts {
            optimizer.update(step, weights, gradient, &mut moments[..O::MOMENTS]);
        }
    });
}
