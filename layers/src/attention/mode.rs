//! What a step of attention looks at.

use core::marker::PhantomData;

/// Which steps a step of [`Attention`](super::Attention) looks at, and whether it knows how far away they are: [`Full`] and
/// [`Causal`], and either of them in [`Rotary`].
pub trait AttentionMode: 'static {
    /// Whether a step looks at itself and those before it only.
    const CAUSAL: bool;

    /// Whether queries and keys are turned by angles that grow with the steps.
    const ROTARY: bool;
}

/// Every step looks at all steps: for texts that are read as a whole.
pub struct Full;

impl AttentionMode for Full {
    const CAUSAL: bool = false;
    const ROTARY: bool = false;
}

/// Every step looks at itself and those before it: for texts that are to go on. Nothing that comes later has an influence, so
/// one pass teaches what follows on every step.
pub struct Causal;

impl AttentionMode for Causal {
    const CAUSAL: bool = true;
    const ROTARY: bool = false;
}

/// As `M`, with rotary positions (Su and others 2021): pairs of numbers of a query and a key are turned by i·θ on step i, so that
/// their product depends on how many steps lie between them.
///
/// Of a head of w numbers, number p and number p + w/2 are a pair, which is turned by i·10000^(−2p/w) on step i from 0. The paper
/// pairs neighbours; the halves are as in `GPT-NeoX` and in `Llama` as published for `transformers`, and the same but for the
/// order of the columns of the weights. A head's width must be even.
pub struct Rotary<M = Causal>(PhantomData<M>);

impl<M: AttentionMode> AttentionMode for Rotary<M> {
    const CAUSAL: bool = M::CAUSAL;
    const ROTARY: bool = true;
}
