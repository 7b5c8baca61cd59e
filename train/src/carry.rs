//! States that go from one batch to the next.

use typednet_data::Parts;
use typednet_layers::Layer;
use typednet_layers::loss::Loss;
use typednet_tensor::{Key, Pair, Sample, Scalar, flat, rows};

use crate::Trainer;

/// The states of the rows of a batch, side by side.
pub(crate) struct Carry<M: Layer> {
    put: fn(&[M::Elem], &mut [M::In]),
    take: fn(&[M::Out], &mut [M::Elem]),
    /// How many numbers a state has.
    pub(crate) width: usize,
    /// Those behind the last batch of the epoch under way.
    pub(crate) training: States<M::Elem>,
    /// Those of the data that are measured.
    evaluation: States<M::Elem>,
}

/// A state for each row.
pub(crate) struct States<T>(pub(crate) Vec<T>);

impl<T: Scalar> States<T> {
    /// All of `rows` rows are 0.
    fn begin(&mut self, rows: usize, width: usize) {
        self.0.clear();
        self.0.resize(rows * width, T::ZERO);
    }
}

impl<M: Layer> Carry<M> {
    /// A walk over data begins.
    pub(crate) fn begin(&mut self, rows: usize, is_training: bool) {
        let width = self.width;
        self.states(is_training).begin(rows, width);
    }

    /// The samples of a batch begin with the states behind the batch before.
    pub(crate) fn put(&mut self, x: &mut [M::In], is_training: bool) {
        let (put, len) = (self.put, x.len() * self.width);
        put(&self.states(is_training).0[..len], x);
    }

    /// The states behind a batch.
    pub(crate) fn take(&mut self, y: &[M::Out], is_training: bool) {
        let (take, len) = (self.take, y.len() * self.width);
        take(y, &mut self.states(is_training).0[..len]);
    }

    fn states(&mut self, is_training: bool) -> &mut States<M::Elem> {
        if is_training { &mut self.training } else { &mut self.evaluation }
    }
}

/// A network whose inputs and outputs are pairs with one state as their second halves, as a
/// [`WithState`](typednet_layers::WithState) reads and gives it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no state that goes from batch to batch",
    label = "expected a network that reads a state as the second half of a pair, and gives one of the same type",
    note = "such as `([64, 12], [2, 32]) => WithState<Lstm<32>>`"
)]
pub trait CarriesState: Layer {
    /// How many numbers a state has.
    #[doc(hidden)]
    const WIDTH: usize;

    /// The samples `x` begin with these states.
    #[doc(hidden)]
    fn put_states(states: &[Self::Elem], x: &mut [Self::In]);

    /// The states behind the outputs `y`.
    #[doc(hidden)]
    fn take_states(y: &[Self::Out], states: &mut [Self::Elem]);
}

#[diagnostic::do_not_recommend]
impl<M, A, Y, S> CarriesState for M
where
    M: Layer<In = Pair<A, S>, Out = Pair<Y, S>>,
    S: Sample<Elem = M::Elem>,
{
    const WIDTH: usize = S::LEN;

    fn put_states(states: &[M::Elem], x: &mut [Pair<A, S>]) {
        for (x, state) in x.iter_mut().zip(rows::<S>(states)) {
            x.second = *state;
        }
    }

    fn take_states(y: &[Pair<Y, S>], states: &mut [M::Elem]) {
        for (y, state) in y.iter().zip(states.chunks_exact_mut(S::LEN)) {
            state.copy_from_slice(flat(std::slice::from_ref(&y.second)));
        }
    }
}

impl<M: Layer, L: Loss<M::Out>, O> Trainer<M, L, O> {
    /// Each row of a batch begins with the state in which the same row of the batch before ended: truncated back-propagation through
    /// time, in Keras `stateful`. The network reads a state as the second half of its input and gives one as the second half of its
    /// output, as a [`WithState`](typednet_layers::WithState) does; gradients end where a batch begins.
    ///
    /// The data are taken in order instead of a random one, and say by
    /// [`contiguous_rows`](typednet_data::Source::contiguous_rows) that they go on from batch to batch, such as `text::Contiguous`, whose
    /// batches have as many rows as it was made for. Where an epoch begins, and where data that are measured begin, the states
    /// are 0. A checkpoint within an epoch has the states, so that a training that goes on from it ends with the same bits. The loss
    /// looks at the first half: [`FirstHalf`](typednet_layers::loss::FirstHalf). A batch of one's own ([`step`](Trainer::step)) begins with
    /// the states in it, and leaves those of the epoch alone. It is not for several [ranks](Trainer::ranks).
    ///
    /// ```
    /// use typednet_data::text::Vocabulary;
    /// use typednet_layers::loss::{CrossEntropy, FirstHalf, PerStep};
    /// use typednet_layers::{ActivationLayer, Chain, Dense, Each, Embedding, Gru, Halves, Linear, Network, OnFirst, Softmax, WithState};
    /// use typednet_optim::Adam;
    /// use typednet_tensor::Token;
    /// use typednet_train::Trainer;
    ///
    /// // ([Token<3>; 4], 8) => Halves<Embedding<4>, Linear> => WithState<Gru<8>> => OnFirst<Each<Dense<3, Softmax>>>
    /// type Text = Halves<Each<4, Embedding<3, 4>>, ActivationLayer<[f32; 8], Linear>>;
    /// type Net = Chain<Text, Chain<WithState<Gru<4, 4, 8>>, OnFirst<Each<4, Dense<8, 3, Softmax>>, [f32; 8]>>>;
    ///
    /// let vocabulary = Vocabulary::<3>::of("abc")?;
    /// // Windows of four characters do not tell what comes behind `aaa`; the state does.
    /// let text = vocabulary.contiguous::<4>(&"aaabaaac".repeat(40), 4)?;
    /// let mut trainer = Trainer::new(Net::seeded(0), FirstHalf(PerStep(CrossEntropy)), Adam::new(0.02))
    ///     .batch(4)
    ///     .epochs(60)
    ///     .carry_states()
    ///     .quiet();
    /// trainer.fit(&text)?;
    /// assert!(trainer.evaluate(&text)?.accuracy.is_some_and(|share| share > 0.95));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn carry_states(mut self) -> Self
    where
        M: CarriesState,
    {
        let (training, evaluation) = (States(Vec::new()), States(Vec::new()));
        self.carry = Some(Carry { put: M::put_states, take: M::take_states, width: M::WIDTH, training, evaluation });
        self
    }

    /// Brings the samples of an epoch into their order, of which so many are taken.
    pub(crate) fn begin_order(&mut self, (parts, samples): (Option<&Parts>, usize), key: Key, taken: usize) {
        let Some(carry) = &mut self.carry else {
            return self.batch.shuffle((parts, samples), self.batch_size, key);
        };
        self.batch.in_turn(samples);
        if taken == 0 {
            carry.begin(self.batch_size, true);
        }
    }
}
