//! Passes as functions over slices, with a layer's sizes as data.
//!
//! A network calls them instead of [`Layer::forward`](crate::Layer::forward) and [`Layer::backward`](crate::Layer::backward) where a
//! layer has them, so that no pass is compiled for each size. Each is a trait of its own: a program that has no use for one of them
//! does not have it in its code.

use crate::PassContext;
use crate::activated::Kept;

/// [`Layer::forward`](crate::Layer::forward), the layer as its flat block.
pub trait ForwardOverSlices<T>: Sync {
    /// y ← f(x) for each row, in training.
    fn forward(&self, layer: &[T], x: &[T], y: &mut [T], saved: &mut [T], scratch: &mut [T], run: PassContext<'_>);
}

/// [`Layer::backward`](crate::Layer::backward), the layer and its gradient as their flat blocks.
pub trait BackwardOverSlices<T>: Sync {
    /// From ∂L/∂y in `dy`: ∂L/∂θ into `grad`, and ∂L/∂x into `dx` where that is asked for.
    fn backward(
        &self,
        kept: Kept<'_, T>,
        dy: &mut [T],
        dx: Option<&mut [T]>,
        block: Block<'_, T>,
        run: PassContext<'_>,
    );
}

/// What a backward pass has beside what goes through it.
pub struct Block<'a, T> {
    pub(crate) layer: &'a [T],
    pub(crate) grad: &'a mut [T],
    pub(crate) scratch: &'a mut [T],
}
