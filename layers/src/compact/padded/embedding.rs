//! The forms of a table for texts of different lengths.

use typednet_tensor::{Flat, Padded, Sample, Token, impl_flat};

use super::super::embedding::{EmbeddingBf16, EmbeddingInt8};
use super::super::of_parts::of_parts;
use super::super::parts::by_rows;
use super::super::{Compact, Predictor};
#[cfg(feature = "alloc")]
use super::Walk;
use crate::padding::clear_padding;
use crate::{Each, Embedding, LayerInfo, Network, PaddedEmbedding, PassContext};

/// [`PaddedEmbedding`] with the form `E` of its table: of tokens that count their rows, and 0 for the others, which are not looked up.
#[repr(C)]
pub struct PaddedTable<const N: usize, const V: usize, const D: usize, E> {
    inner: E,
}

impl_flat! {
    [const N: usize, const V: usize, const D: usize, E: Flat] PaddedTable<N, V, D, E>: E::Elem {
        inner: E,
    }
}

impl<const N: usize, const V: usize, const D: usize, E> Predictor for PaddedTable<N, V, D, E>
where
    E: Predictor<In = Token<V>, Out = [f32; D]>,
{
    type In = Padded<[Token<V>; N]>;
    type Out = Padded<[[f32; D]; N]>;

    /// In files as the form of the table on each token of texts that are all as long.
    const TREE: LayerInfo =
        LayerInfo { input: Self::In::SHAPE, output: Self::Out::SHAPE, ..<Each<N, E> as Predictor>::TREE };

    const STACK: usize = E::STACK;

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        for (token, y) in x.counted().iter().zip(&mut y.steps) {
            self.inner.predict_into(token, y);
        }
        clear_padding(&mut y.steps, N, x.length());
        y.set_length(x.length());
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], _: &mut [f32], run: PassContext<'_>) {
        by_rows(self, x, y, N * D, run);
    }
}

impl<const N: usize, const V: usize, const D: usize> Compact for PaddedEmbedding<N, V, D> {
    type Bf16 = PaddedTable<N, V, D, EmbeddingBf16<V, D>>;
    type Int8 = PaddedTable<N, V, D, EmbeddingInt8<V, D>>;

    fn observe(&self, x: &Self::In, y: &mut Self::Out, _: &mut Self::Int8) {
        self.predict_to(x, y);
    }

    of_parts!(inner: Embedding<V, D>);

    #[cfg(feature = "alloc")]
    fn compare(
        &self,
        form: &Self::Int8,
        [x, in_form]: [&Self::In; 2],
        [y, of_form]: [&mut Self::Out; 2],
        walk: &mut Walk,
    ) {
        self.predict_to(x, y);
        form.predict_to(in_form, of_form);
        walk.numbers([y.counted().as_flattened(), of_form.counted().as_flattened()], None);
    }
}
