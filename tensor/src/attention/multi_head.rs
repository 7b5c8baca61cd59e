//! The sizes of attention.

use crate::Scalar;
use crate::size::{checked_product, product};

/// The sizes of attention.
///
/// ```
/// use typednet_tensor::attention::MultiHead;
///
/// let heads = MultiHead::new(64, 4, 32).causal();
/// assert_eq!(heads.width(), 128);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MultiHead {
    pub(super) queries: usize,
    pub(super) keys: usize,
    pub(super) heads: usize,
    pub(super) head_width: usize,
    pub(super) is_causal: bool,
}

impl MultiHead {
    /// `heads` heads of `head_width` numbers over `steps` steps, each of which looks at all.
    ///
    /// # Panics
    /// If a size is 0.
    pub const fn new(steps: usize, heads: usize, head_width: usize) -> Self {
        Self::across(steps, steps, heads, head_width)
    }

    /// The same, where the steps of one sequence, `queries`, look at all steps of another, `keys`.
    ///
    /// # Panics
    /// If a size is 0.
    pub const fn across(queries: usize, keys: usize, heads: usize, head_width: usize) -> Self {
        assert!(
            queries > 0 && keys > 0 && heads > 0 && head_width > 0,
            "attention needs a step, a head and a number in it"
        );
        Self { queries, keys, heads, head_width, is_causal: false }
    }

    /// The same, where a step looks at itself and those before it.
    #[must_use]
    pub const fn causal(self) -> Self {
        Self { is_causal: true, ..self }
    }

    /// The same over other steps, such as those of a sequence that count.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub const fn over(self, steps: usize) -> Self {
        assert!(steps > 0, "attention needs a step");
        Self { queries: steps, keys: steps, ..self }
    }

    /// The same, where the other sequence has another number of steps, such as those that count.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub const fn seeing(self, keys: usize) -> Self {
        assert!(keys > 0, "attention needs a step to look at");
        Self { keys, ..self }
    }

    /// The number of steps that look at others.
    pub const fn steps(&self) -> usize {
        self.queries
    }

    /// The number of steps that are looked at.
    pub const fn keys(&self) -> usize {
        self.keys
    }

    /// The number of heads.
    pub const fn heads(&self) -> usize {
        self.heads
    }

    /// The numbers of a head of a step.
    pub const fn head_width(&self) -> usize {
        self.head_width
    }

    /// The numbers of a step: those of all heads.
    pub const fn width(&self) -> usize {
        product(&[self.heads, self.head_width])
    }

    /// The numbers that the forward pass keeps of a sample for the backward pass: the largest score of each head's query, and
    /// 1/Σ e^(score − largest).
    pub const fn kept(&self) -> usize {
        product(&[2, self.heads, self.queries])
    }

    /// The numbers of working memory that the forward pass takes for a sample: all keys, turned.
    pub const fn forward_scratch(&self) -> usize {
        product(&[self.keys, self.width()])
    }

    /// The same for the backward pass: keys and values.
    pub const fn backward_scratch(&self) -> usize {
        product(&[2, self.keys, self.width()])
    }

    /// √w⁻¹
    pub(super) fn scale<T: Scalar>(&self) -> T {
        T::of(num_traits::Float::sqrt(self.head_width as f64).recip())
    }

    /// Which keys query `query` sees, from the first on.
    pub(super) fn seen(&self, query: usize) -> usize {
        if self.is_causal { query + 1 } else { self.keys }
    }

    /// The multiplications and additions of a product over all queries and keys of a batch.
    pub(super) fn flops(&self, samples: usize) -> usize {
        [2, samples, self.queries, self.width()].into_iter().fold(self.keys, usize::saturating_mul)
    }

    /// How many samples `qkv` is.
    pub(super) fn samples<T>(&self, qkv: &[T]) -> usize {
        assert_eq!(self.queries, self.keys, "queries that stand beside keys are as many");
        let sample = product(&[3, self.queries, self.width()]);
        let samples = qkv.len() / sample;
        assert_eq!(qkv.len(), samples * sample, "queries, keys and values are samples of {sample} numbers");
        samples
    }

    /// How many samples `queries` are, and `keys_and_values` too.
    pub(super) fn samples_across<T>(&self, queries: &[T], keys_and_values: &[T]) -> usize {
        assert!(!self.is_causal, "steps of two sequences have no order");
        let [sample, others] = [product(&[self.queries, self.width()]), product(&[2, self.keys, self.width()])];
        let samples = queries.len() / sample;
        assert_eq!(queries.len(), samples * sample, "queries are samples of {sample} numbers");
        let agrees = checked_product(&[samples, others]) == Some(keys_and_values.len());
        assert!(agrees, "keys and values are samples of {others} numbers, {samples} of them");
        samples
    }
}
