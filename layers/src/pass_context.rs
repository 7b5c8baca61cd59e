//! The context of a pass: random numbers, threads, and whether it stops at logits.

use typednet_tensor::{Key, Parallel};

use crate::Lengths;

/// The circumstances of one pass through a network.
///
/// A layer hands [`child`](PassContext::child) to its inner layers, or [`last`](PassContext::last) to the one whose output is its own.
#[derive(Clone, Copy, Debug)]
pub struct PassContext<'a> {
    key: Key,
    place: u64,
    parallel: Parallel<'a>,
    logits: bool,
    frozen: bool,
    lengths: Option<&'a dyn Lengths>,
}

impl<'a> PassContext<'a> {
    /// A pass on the calling thread; `key` names the step, for layers that draw random numbers.
    pub const fn new(key: Key) -> Self {
        Self { key, place: 0, parallel: Parallel::SERIAL, logits: false, frozen: false, lengths: None }
    }

    /// A pass on the calling thread of what draws no random numbers.
    pub(crate) const SERIAL: Self = Self::new(Key::new(0));

    /// The same pass on the threads of `parallel`.
    #[must_use]
    pub const fn on(self, parallel: Parallel<'a>) -> Self {
        Self { parallel, ..self }
    }

    /// The same pass, but the last layer leaves off the activation that its [`Head`](crate::Layer::Head) names, because
    /// the loss brings it along.
    #[must_use]
    pub const fn stop_at_logits(self, stop: bool) -> Self {
        Self { logits: stop, ..self }
    }

    /// The same pass through a part that is not trained: a [`Frozen`](crate::Frozen) layer hands it to the one inside it.
    #[must_use]
    pub const fn frozen(self) -> Self {
        Self { frozen: true, ..self }
    }

    /// The same pass over samples of which so many steps count each.
    #[must_use]
    pub const fn with_lengths<'b>(self, lengths: &'b dyn Lengths) -> PassContext<'b>
    where
        'a: 'b,
    {
        PassContext { lengths: Some(lengths), ..self }
    }

    /// The same pass over parts of the samples, which are no steps of theirs: a layer that makes rows of its own of them hands it to
    /// the one inside it.
    #[must_use]
    pub const fn over_parts(self) -> Self {
        Self { lengths: None, ..self }
    }

    /// The pass as inner layer `index` sees it.
    #[must_use]
    #[inline]
    pub const fn child(self, index: u64) -> Self {
        Self { logits: false, ..self.last(index) }
    }

    /// The pass as the last inner layer sees it, whose activation is the outer layer's too.
    #[must_use]
    #[inline]
    pub const fn last(self, index: u64) -> Self {
        // FNV-1a over the path of indices.
        let place = (self.place ^ (index + 1)).wrapping_mul(0x0000_0100_0000_01B3);
        Self { place, ..self }
    }

    /// The stream of random numbers of this layer in this step.
    #[inline]
    pub const fn key(self) -> Key {
        self.key.child(self.place)
    }

    /// Where the work may run.
    #[inline]
    pub const fn parallel(self) -> Parallel<'a> {
        self.parallel
    }

    /// Whether this layer is not trained: its forward pass gives what it gives in use, its backward pass only ∂L/∂x, and the
    /// gradient's block is left alone.
    #[inline]
    pub const fn is_frozen(self) -> bool {
        self.frozen
    }

    /// How many steps of each sample count, where these are steps of [`Padded`](typednet_tensor::Padded) sequences: see
    /// [`ReadsPadded`](crate::ReadsPadded).
    #[inline]
    pub const fn lengths(self) -> Option<&'a dyn Lengths> {
        self.lengths
    }

    /// How many of the `steps` steps of a sample count.
    #[inline]
    pub(crate) fn length(self, sample: usize, steps: usize) -> usize {
        self.lengths.map_or(steps, |lengths| lengths.length(sample))
    }

    /// Whether this layer leaves off the activation that its [`Head`](crate::Layer::Head) names.
    #[inline]
    pub const fn logits(self) -> bool {
        self.logits
    }
}
