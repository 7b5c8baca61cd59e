//! The form of an embedding whose table is also the weight of the output, for texts of different lengths.

use core::slice::from_ref;

use typednet_tensor::{Padded, Sample, Token, same, zeros};

use super::super::of_parts::of_parts;
use super::super::table::{Table, TableBf16};
use super::super::tied::TiedForm;
use super::super::{Compact, DenseInt8, Predictor};
#[cfg(feature = "alloc")]
use super::Walk;
use super::{CompactPadded, PaddedPredictor};
use crate::padding::{LengthsOf, clear_padding, pad};
use crate::{LayerInfo, Linear, PaddedTiedEmbedding, PassContext, TiedEmbedding, Workspace, WorkspaceSize};

/// The layers inside are told, and of padding no logit is computed.
impl<const N: usize, const V: usize, const D: usize, E, L> Predictor for PaddedTiedEmbedding<TiedForm<N, V, D, E, L>>
where
    E: Table<V, D>,
    L: PaddedPredictor<Elem = E::Elem>,
{
    type In = Padded<[Token<V>; N]>;
    type Out = Padded<[[f32; V]; N]>;

    const TREE: LayerInfo =
        LayerInfo { input: Self::In::SHAPE, output: Self::Out::SHAPE, ..TiedForm::<N, V, D, E, L>::TREE };

    /// The logits side by side, and what the form takes.
    const INFER: WorkspaceSize = WorkspaceSize::rows(N * V).and(TiedForm::<N, V, D, E, L>::INFER);

    const STACK: usize = TiedForm::<N, V, D, E, L>::STACK;

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        let (mut e, mut h, length) = ([[0.0; D]; N], [zeros::<L::Out>()], x.length());
        self.inner.look_up(x, &mut e);
        self.inner.inner.predict_padded(&same(from_ref(&e))[0], &mut h[0], length);
        for (h, y) in same::<L::Out, [[f32; D]; N]>(&h)[0][..length].iter().zip(&mut y.steps) {
            self.inner.embedding.predict_into(h, y);
        }
        clear_padding(&mut y.steps, N, length);
        y.set_length(length);
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [f32], run: PassContext<'_>) {
        assert_eq!(x.len(), y.len(), "there must be one output for each row");
        let mut scratch = Workspace::new(scratch, x.len());
        let logits = scratch.samples::<[[f32; V]; N]>();
        self.inner.infer_texts(x, logits, scratch.rest(), run.with_lengths(&LengthsOf(x)));
        pad(x, logits, y, run);
    }
}

impl<const N: usize, const V: usize, const D: usize, L: CompactPadded, const B: usize> Compact
    for PaddedTiedEmbedding<TiedEmbedding<N, V, D, L, f32, B>>
{
    type Bf16 = PaddedTiedEmbedding<TiedForm<N, V, D, TableBf16<V, D, B>, L::Bf16>>;
    type Int8 = PaddedTiedEmbedding<TiedForm<N, V, D, DenseInt8<D, V, Linear>, L::Int8>>;

    fn observe(&self, x: &Self::In, y: &mut Self::Out, to: &mut Self::Int8) {
        let length = x.length();
        self.inner.observe_texts(x, &mut y.steps, &mut to.inner, |layer, x, y, to| {
            layer.observe_padded(x, y, to, length);
        });
        clear_padding(&mut y.steps, N, length);
        y.set_length(length);
    }

    of_parts!(inner: TiedEmbedding<N, V, D, L, f32, B>);

    #[cfg(feature = "alloc")]
    fn compare(&self, form: &Self::Int8, x: [&Self::In; 2], [y, of_form]: [&mut Self::Out; 2], walk: &mut Walk) {
        let length = x[0].length();
        let given = [&mut y.steps, &mut of_form.steps];
        self.inner.compare_texts(&form.inner, x, given, walk, |layer, form, x, y, walk| {
            layer.compare_padded(form, x, y, length, walk);
        });
        for y in [y, of_form] {
            clear_padding(&mut y.steps, N, length);
            y.set_length(length);
        }
    }
}
