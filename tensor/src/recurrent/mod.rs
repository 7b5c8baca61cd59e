//! The passes of recurrent layers over the steps of sequences.
//!
//! A batch is `[rows][steps][inputs]`, and what a layer gives `[rows][steps][width]`: a step of all sequences is rows that are as far
//! apart as a sequence is long, and they are used where they stand. The gates of a step lie side by side, each `width` wide, and so do
//! the columns of their weights, `[inputs][gates][width]` and `[width][gates][width]`.
//!
//! Each step is two products (`step.rs`), of weights that are copied together once for all steps of several sequences, and the cells
//! (`lstm.rs`, `gru.rs`), a vector of them at a time. The backward pass goes through the steps from the last to the first and leaves the
//! gradient δ of what goes into the gates of all steps; then the gradients of weights and inputs are one product each, over all steps of
//! all sequences. Threads share sequences, and the elements of those products: each element is one sum in one order.
//!
//! Before the first step the states are 0, or given ([`Sizes::is_given`]). A given one stands before those of the steps, so the first
//! step is one like all others: forward the memory of states has a step more; backward what is read are the states before each step,
//! as many as steps, and the gradient by the first leaves in memory of its own.

mod gru;
mod gru_cell;
mod lstm;
mod lstm_cell;
mod rnn;
mod step;
#[cfg(test)]
mod tests;

pub use gru::{Gru, GruGradients};
pub use lstm::Lstm;
pub use rnn::Rnn;

use crate::Scalar;
use crate::matmul::panels_len;
use crate::simd::{Kernel, Lane, Simd};

/// The sizes of a recurrent layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// The steps of a sequence.
    pub steps: usize,
    /// The numbers of a step that comes in.
    pub inputs: usize,
    /// The numbers of a state.
    pub width: usize,
    /// Whether the state before the first step is given; else it is 0.
    pub is_given: bool,
}

impl Sizes {
    /// How many elements the copies of W and U take that the passes forward over several sequences make, for so many gates.
    pub const fn packed(&self, gates: usize) -> usize {
        panels_len(self.inputs, gates * self.width) + panels_len(self.width, gates * self.width)
    }

    /// How many elements the copy of Uᵀ takes that the pass backward makes.
    pub const fn turned(&self, gates: usize) -> usize {
        panels_len(gates * self.width, self.width)
    }
}

/// The gradients at both ends of the steps of an [`Lstm`] whose first states are given.
pub struct Ends<'a, T> {
    /// Becomes ∂L/∂h of the state before the first step, width elements a sequence.
    pub first: &'a mut [T],
    /// ∂L/∂c of the state behind the last step that counts, width elements a sequence.
    pub last_cells: &'a [T],
    /// How many steps of a sequence count.
    pub length: &'a (dyn Fn(usize) -> usize + Sync),
}

/// The gradients of a layer's parameters, of the same sizes as those.
#[derive(Debug)]
pub struct Gradients<'a, T> {
    /// ∂L/∂W
    pub input: &'a mut [T],
    /// ∂L/∂U
    pub state: &'a mut [T],
    /// ∂L/∂b
    pub bias: &'a mut [T],
}

/// The cells of one step of some sequences, forward or backward.
enum Cell<'a, T> {
    /// Those of an LSTM.
    Lstm(lstm_cell::Forward<'a, T>),
    /// Their gradients.
    LstmGradient(lstm_cell::Backward<'a, T>),
    /// Those of a GRU.
    Gru(gru_cell::Forward<'a, T>),
    /// Their gradients.
    GruGradient(gru_cell::Backward<'a, T>),
}

impl<T: Scalar> Kernel<T> for Cell<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        match self {
            Self::Lstm(cell) => cell.run(s),
            Self::LstmGradient(cell) => cell.run(s),
            Self::Gru(cell) => cell.run(s),
            Self::GruGradient(cell) => cell.run(s),
        }
    }
}

/// Runs `cell` on `lane`.
#[inline(never)]
fn run_cell<T: Scalar>(lane: Lane, cell: Cell<'_, T>) {
    T::dispatch_on(lane, cell);
}
