//! What recurrent layers have in common where their first state is given.

use typednet_tensor::{Differentiable, Scalar, Steps};

use crate::{Layer, PassContext, WorkspaceSize};

/// A recurrent layer whose first state can be given: [`Rnn`](crate::Rnn), [`Lstm`](crate::Lstm) or [`Gru`](crate::Gru) in a
/// [`WithState`](crate::WithState), which prepares the memory that these passes work in.
///
/// H is the width of a state h, N the number of steps. `states` are those h of each sequence, the given one and then N more, and, of a layer
/// whose state has cells, as many c; of others there are none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no state that could be given",
    label = "expected `Rnn`, `Lstm` or `Gru`"
)]
pub trait Recurrent: Layer<Elem: Scalar, In: RecurrentSteps<Self::Elem>, Out: RecurrentSteps<Self::Elem>> {
    /// The state behind a step: h, or h and then c.
    type State: Differentiable<Elem = Self::Elem>;

    /// What [`forward_from`](Self::forward_from) keeps beside the cells.
    const KEPT: WorkspaceSize;

    /// What the passes forward take.
    const STEP: WorkspaceSize;

    /// One step of one sequence: `state` becomes the one behind it.
    fn step_from(&self, x: &[Self::Elem], state: &mut Self::State);

    /// All states of each sequence of `x`, behind the given ones.
    fn infer_from(
        &self,
        x: &[Self::Elem],
        states: [&mut [Self::Elem]; 2],
        scratch: &mut [Self::Elem],
        run: PassContext<'_>,
    );

    /// As [`infer_from`](Self::infer_from), and keeps what the backward pass needs.
    fn forward_from(
        &self,
        x: &[Self::Elem],
        states: [&mut [Self::Elem]; 2],
        kept: &mut [Self::Elem],
        scratch: &mut [Self::Elem],
        run: PassContext<'_>,
    );

    /// The gradients; those of the parameters where they are not frozen. It takes the layer's own [`SCRATCH`](Layer::SCRATCH).
    fn backward_from(
        &self,
        pass: BackwardFrom<'_, Self::Elem>,
        grad: &mut Self,
        scratch: &mut [Self::Elem],
        run: PassContext<'_>,
    );
}

/// The array of all steps of a sequence of numbers.
pub trait RecurrentSteps<T>: Steps + Differentiable<Elem = T> {}

impl<S: Steps + Differentiable<Elem = T>, T> RecurrentSteps<T> for S {}

/// What the backward pass of a [`Recurrent`] layer reads and writes.
pub struct BackwardFrom<'a, T> {
    /// The steps of all sequences.
    pub x: &'a [T],
    /// h before each step.
    pub before: &'a [T],
    /// What the pass forward has kept; it is used up.
    pub kept: &'a mut [T],
    /// c before the first step and behind each.
    pub cells: &'a [T],
    /// ∂L/∂h behind each step, with that of the last state; it is used up.
    pub dy: &'a mut [T],
    /// ∂L/∂c behind the last step that counts.
    pub last_cells: &'a [T],
    /// How many steps of a sequence count.
    pub length: &'a (dyn Fn(usize) -> usize + Sync),
    /// Where ∂L/∂x goes, if it is wanted.
    pub dx: Option<&'a mut [T]>,
    /// Where ∂L/∂h and ∂L/∂c of the given states go.
    pub first: [&'a mut [T]; 2],
}
