//! Logits of texts of different lengths.

use core::slice::from_ref;

use typednet_tensor::{
    Flat, NoGradient, Padded, Parallel, Sample, Scalar, Token, flat, flat_mut, impl_flat, same, zeros,
};

use super::lengths::LengthsOf;
use super::{ReadsPadded, clear_padding, copy_counted, pad};
use crate::{Layer, LayerInfo, Linear, Output, PassContext, Path, TiedEmbedding, Trace, Workspace, WorkspaceSize};

/// A [`TiedEmbedding`] of the tokens that count of texts of different lengths: N tokens at most.
///
/// The layers inside are told how many tokens count, as in [`OnPadded`](crate::OnPadded). The logits that stand for padding are 0, bias or
/// not, and no token that is padding has a part in the gradient.
///
/// # Shapes
/// x is `Padded<[Token<V>; N]>`, y is `Padded<[[T; V]; N]>`, with as many steps that count; `L` is a `TiedEmbedding` whose layers
/// [can be told](ReadsPadded). In `network!` it is written `TiedEmbedding<D, …>`.
///
/// Parameters: those of `L`, under the same names. In the network's tree it is `L` itself with padded shapes.
///
/// ```
/// use typednet_layers::{Embedding, Linear, Network, PaddedTiedEmbedding, Reverse, Rnn, TiedEmbedding};
/// use typednet_tensor::{Padded, Token};
///
/// // The sum of the vectors from a token on, times those of both tokens.
/// let sum = Reverse::<3, _>::new(Rnn::<3, 1, 1, Linear>::new([[1.0]], [[1.0]], [0.0]));
/// let model = PaddedTiedEmbedding::new(TiedEmbedding::new(Embedding::new([[1.0], [2.0]]), sum));
/// let y = model.predict(&Padded::new(&[Token::new(1)?, Token::new(0)?])?);
/// assert_eq!((y.length(), y.steps), (2, [[3.0, 6.0], [1.0, 2.0], [0.0; 2]]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[repr(C)]
pub struct PaddedTiedEmbedding<L> {
    /// The table, and the layers that are told.
    pub inner: L,
}

impl<L> PaddedTiedEmbedding<L> {
    /// `inner` on the tokens that count.
    pub const fn new(inner: L) -> Self {
        Self { inner }
    }
}

impl_flat! {
    [L: Flat] PaddedTiedEmbedding<L>: L::Elem {
        inner: L,
    }
}

impl<const N: usize, const V: usize, const D: usize, L: ReadsPadded<Elem = T>, T: Scalar, const B: usize> Layer
    for PaddedTiedEmbedding<TiedEmbedding<N, V, D, L, T, B>>
{
    type In = Padded<[Token<V>; N]>;
    type Out = Padded<[[T; V]; N]>;
    type Head = Linear;

    const TREE: LayerInfo = {
        assert!(L::KEEPS_STEPS, "the layers within a tied embedding keep the steps that they read");
        let inner = TiedEmbedding::<N, V, D, L, T, B>::TREE;
        LayerInfo { input: Self::In::SHAPE, output: Self::Out::SHAPE, behaviour: inner.behaviour.on_padded(), ..inner }
    };

    const SAVED: WorkspaceSize = TiedEmbedding::<N, V, D, L, T, B>::SAVED;

    /// The logits side by side, or their gradient, and what is taken inside.
    const SCRATCH: WorkspaceSize = WorkspaceSize::rows(N * V).and(TiedEmbedding::<N, V, D, L, T, B>::SCRATCH);

    const INFER: WorkspaceSize = WorkspaceSize::rows(N * V).and(TiedEmbedding::<N, V, D, L, T, B>::INFER);

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        let (mut e, mut h, length) = ([zeros::<[[T; D]; N]>()], zeros::<L::Out>(), x.length());
        self.inner.look_up(from_ref(x), &mut e, Parallel::SERIAL);
        self.inner.inner.predict_padded(&same(&e)[0], &mut h, length);
        self.inner.logits(&h.as_flat()[..length * D], &mut y.steps.as_flat_mut()[..length * V], Parallel::SERIAL);
        clear_padding(&mut y.steps, N, length);
        y.set_length(length);
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [T], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let logits = scratch.samples::<[[T; V]; N]>();
        self.inner.infer_texts(x, flat_mut(logits), scratch.rest(), run.with_lengths(&LengthsOf(x)));
        pad(x, logits, y, run);
    }

    /// What is inside is shown with what it gives for padding, which is of no account.
    fn visit_outputs(
        &self,
        x: &[Self::In],
        y: &mut [Self::Out],
        scratch: &mut [T],
        run: PassContext<'_>,
        path: &Path<'_>,
        visit: &mut dyn FnMut(Output<'_, T>),
    ) {
        let mut scratch = Workspace::new(scratch, x.len());
        let logits = scratch.samples::<[[T; V]; N]>();
        let inside = LengthsOf(x);
        self.inner.show_texts(x, flat_mut(logits), scratch.rest(), run.with_lengths(&inside), path, visit);
        pad(x, logits, y, run);
    }

    fn forward(&self, x: &[Self::In], y: &mut [Self::Out], saved: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        let mut scratch = Workspace::new(scratch, x.len());
        let logits = scratch.samples::<[[T; V]; N]>();
        self.inner.forward_texts(x, flat_mut(logits), saved, scratch.rest(), run.with_lengths(&LengthsOf(x)));
        pad(x, logits, y, run);
    }

    /// ∂L/∂y of the steps that count goes into the tied embedding, with 0 for the others: so no sum over places sees padding.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [Self::Out],
        _: Option<&mut [Padded<[NoGradient; N]>]>,
        grad: &mut Self,
        scratch: &mut [T],
        run: PassContext<'_>,
    ) {
        let Trace { x, saved, .. } = trace;
        let mut scratch = Workspace::new(scratch, x.len());
        let delta = scratch.samples::<[[T; V]; N]>();
        copy_counted(x, dy, delta, run);
        let inside = LengthsOf(x);
        let run = run.with_lengths(&inside);
        self.inner.backward_texts(x, saved, flat(delta), &mut grad.inner, scratch.rest(), run);
    }

    fn commit(&mut self, grad: &Self) {
        self.inner.commit(&grad.inner);
    }
}
