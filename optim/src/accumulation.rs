//! One step from the gradients of many blocks.

use typednet_layers::{Layer, Network};
use typednet_tensor::{Model, Parallel, Scalar, ops};

use crate::toward::move_toward;
use crate::with_gradient;

/// The mean of the gradients of several blocks of rows: a step on a batch that is too large for the memory.
///
/// After blocks of n₁, n₂… rows it holds Σ nᵢ·gᵢ / Σ nᵢ, which is the gradient of the mean loss over all rows. Blocks
/// need not be of one size. A single block keeps its bits. (`PyTorch`'s habit of adding gradients up gives the mean times
/// the number of blocks.)
///
/// What layers leave in the places of buffers is averaged too, so that they commit the mean of the blocks' statistics. Those of
/// frozen layers are left alone.
///
/// ```
/// use typednet_layers::{Dense, Network};
/// use typednet_optim::Accumulation;
/// use typednet_tensor::Parallel;
///
/// let mut gradient = Dense::<1, 1>::zeroed();
/// let mut all = Accumulation::<Dense<1, 1>>::new();
/// for (rows, bias) in [(32, 1.0), (32, 3.0), (64, 6.0)] {
///     gradient.bias = [bias];
///     all.add(&gradient, rows, Parallel::SERIAL);
/// }
/// assert_eq!((all.rows(), all.mean().bias), (128, [4.0]));
/// all.clear();
/// ```
pub struct Accumulation<M> {
    mean: Model<M>,
    rows: usize,
    blocks: usize,
}

impl<M: Layer> Accumulation<M> {
    /// Memory for the mean, before the first block.
    pub fn new() -> Self {
        Self { mean: M::zeroed(), rows: 0, blocks: 0 }
    }

    /// Takes in the gradient of the mean loss over a block of `rows` rows. It allocates nothing, and gives the same bits for any
    /// number of threads.
    pub fn add(&mut self, gradient: &M, rows: usize, parallel: Parallel<'_>) {
        self.rows += rows;
        self.blocks += 1;
        let (mean, gradient) = (self.mean.as_flat_mut(), gradient.as_flat());
        let share = rows as f64 / self.rows as f64;
        with_gradient(const { &M::TREE }, |run| {
            if self.rows == rows {
                ops::copy_on(&gradient[run.clone()], &mut mean[run], parallel);
            } else {
                move_toward(M::Elem::of(share), &gradient[run.clone()], &mut mean[run], parallel);
            }
        });
    }

    /// The number of rows taken in.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of blocks taken in.
    pub fn blocks(&self) -> usize {
        self.blocks
    }

    /// The gradient of the mean loss over all rows taken in; 0 before the first block.
    pub fn mean(&self) -> &M {
        &self.mean
    }

    /// As [`mean`](Accumulation::mean), to be clipped or given a penalty before the step.
    pub fn mean_mut(&mut self) -> &mut M {
        &mut self.mean
    }

    /// Forgets all blocks: call it after the step.
    pub fn clear(&mut self) {
        (self.rows, self.blocks) = (0, 0);
        self.mean.as_flat_mut().fill(M::Elem::ZERO);
    }
}

impl<M: Layer> Default for Accumulation<M> {
    fn default() -> Self {
        Self::new()
    }
}
