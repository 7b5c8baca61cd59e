//! Sequences that come step by step: a network takes one step, keeps what it must know of those before, and gives the next.

mod around;
mod padded;
mod pointwise;
#[cfg(test)]
mod tests;

pub use around::StatePair;

use typednet_tensor::{Differentiable, Flat, Sample, zeros};

use crate::Layer;
use crate::join::Fit;

/// A layer over steps that can take them one at a time, in memory of one size and without allocation.
///
/// What it gives for a step is what [`Layer::predict_into`] gives in the same place of a whole sequence that begins with the same
/// steps: so no step may depend on a later one, and it takes the steps as at inference. Sums of a step may be added up in another
/// order than those of a whole sequence, so both agree as closely as the number type computes; a layer whose bits are the same
/// says so.
///
/// It is implemented for the recurrent layers, whose steps have the bits of whole sequences, for causal
/// [`Attention`](crate::Attention) and [`Positions`](crate::Positions), for [`Each`](crate::Each), activations, dropout and noise over
/// steps, for [`Chain`](crate::Chain), [`Repeat`](crate::Repeat), [`Residual`](crate::Residual), [`Add`](crate::Add),
/// [`Concat`](crate::Concat), [`TiedEmbedding`](crate::TiedEmbedding) and [`Frozen`](crate::Frozen) of such, and for what
/// `network!` declares of them, up to 32 layers. It is not for [`Last`](crate::Last) and [`MeanOverSteps`](crate::MeanOverSteps),
/// behind which there are no steps, and not for [`Reverse`](crate::Reverse), which begins with the last one.
///
/// Of layers over [padded](typednet_tensor::Padded) steps it is the stream of the layers: padding is no step, so none is taken. What a
/// stream has given behind n steps is what stands in the n steps of a whole sequence of which these count.
///
/// ```
/// use typednet_layers::{EndPadded, Gru, Network, Streaming};
/// use typednet_tensor::Padded;
///
/// let model = EndPadded::<Gru<8, 2, 3>>::seeded(0);
/// let (steps, mut stream) = ([[0.1, 0.2], [0.3, -0.4]], model.stream());
/// let whole = model.predict(&Padded::new(&steps)?);
/// assert_eq!(steps.map(|x| model.step(&mut stream, &x)), whole[..2]);
/// # Ok::<(), typednet_tensor::PaddingError>(())
/// ```
///
/// ```
/// use typednet_layers::{Chain, Dense, Each, Gru, Network, Softmax, Stream, Streaming};
///
/// // Three steps of two numbers.
/// type Net = Chain<Gru<3, 2, 8>, Each<3, Dense<8, 3, Softmax>>>;
///
/// let model = Net::seeded(0);
/// let steps = [[0.1, 0.2], [0.3, -0.4], [0.0, 1.0]];
/// let whole = model.predict(&steps);
/// let mut stream = Stream::<Net>::new();
/// for (x, whole) in steps.iter().zip(whole) {
///     let y = model.step(&mut stream, x);
///     assert!(y.iter().zip(whole).all(|(a, b)| (a - b).abs() < 1e-6));
/// }
/// // A recurrent network takes more steps than a sample has.
/// model.step(&mut stream, &[0.0, 0.0]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not take its steps one at a time",
    note = "recurrent layers, causal attention, positions, `Each`, activations and dropout over steps do, and networks of layers that \
            do; behind `Last` there are no steps, and `Reverse` begins with the last one"
)]
pub trait Streaming: Layer {
    /// One step of what comes in: `In` is `[StepIn; N]`, or padded steps, `Padded<[StepIn; N]>`.
    type StepIn: Sample;

    /// One step of what it gives: `Out` is `[StepOut; N]`, or padded steps.
    type StepOut: Differentiable<Elem = Self::Elem>;

    /// What it keeps of the steps before. A stream begins with zeros.
    type State: Flat<Elem = Self::Elem> + Send + Sync;

    /// The most steps that a stream may take; `usize::MAX` where there is no end.
    const LONGEST: usize = usize::MAX;

    /// y ← what it gives for the step `x`, with nothing but the stack; the state takes the step up.
    ///
    /// `at` is the number of steps that the state has taken up before, less than [`LONGEST`](Streaming::LONGEST).
    fn step_into(&self, state: &mut Self::State, at: usize, x: &Self::StepIn, y: &mut Self::StepOut);

    /// What it gives for the step `x` behind those that `stream` has taken.
    ///
    /// # Panics
    /// If the stream has taken [`LONGEST`](Streaming::LONGEST) steps: begin a new one.
    fn step(&self, stream: &mut Stream<Self>, x: &Self::StepIn) -> Self::StepOut {
        let mut y = zeros::<Self::StepOut>();
        assert!(
            stream.taken < Self::LONGEST,
            "the stream has taken {} steps, and the network takes no more: begin a new one",
            stream.taken
        );
        self.step_into(&mut stream.state, stream.taken, x, &mut y);
        stream.taken += 1;
        y
    }
}

/// Who begins streams through `L`. It is asked of [`Fit`](crate::join::Fit): where the network were in question, rustc would show its
/// declaration too.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{L}` does not take its steps one at a time",
    label = "it has no stream",
    note = "recurrent layers, causal attention, positions, `Each`, activations and dropout over steps do, and networks of layers that \
            do; behind `Last` there are no steps, and `Reverse` begins with the last one"
)]
pub trait Streams<L: ?Sized> {
    /// The stream.
    type Stream;

    /// Before the first step.
    fn begin() -> Self::Stream;
}

#[diagnostic::do_not_recommend]
impl<L: Streaming> Streams<L> for Fit {
    type Stream = Stream<L>;

    fn begin() -> Stream<L> {
        Stream::new()
    }
}

/// The state of one sequence on its way through the network `L`; see [`Streaming`].
///
/// It is a plain value: on the stack, in a `static`, or in a `Box`. A copy of it is a fork of the sequence.
pub struct Stream<L: Streaming> {
    /// What the layers keep of the steps before.
    pub state: L::State,
    taken: usize,
}

impl<L: Streaming> Stream<L> {
    /// Before the first step.
    pub const fn new() -> Self {
        Self { state: zeros(), taken: 0 }
    }

    /// How many steps it has taken.
    pub const fn taken(&self) -> usize {
        self.taken
    }

    /// Back to before the first step, where it is.
    pub fn restart(&mut self) {
        self.state.as_flat_mut().fill(zeros());
        self.taken = 0;
    }
}

impl<L: Streaming> Default for Stream<L> {
    fn default() -> Self {
        Self::new()
    }
}

impl<L: Streaming> Clone for Stream<L> {
    fn clone(&self) -> Self {
        let mut state = zeros::<L::State>();
        state.as_flat_mut().copy_from_slice(self.state.as_flat());
        Self { state, taken: self.taken }
    }
}

impl<L: Streaming> core::fmt::Debug for Stream<L> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Stream after {} steps", self.taken)
    }
}
