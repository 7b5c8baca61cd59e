//! A table of tokens' rows in fewer bytes, of which a pass reads those that it needs.

use typednet_tensor::compact::Bf16;
use typednet_tensor::{Flat, Token, impl_flat};

use super::factors;
use super::form::{form, made};
use super::parts::by_rows;
use super::{Compact, Predictor};
use crate::{Arg, Embedding, LayerInfo, Network, ParamKind, PassContext};

/// [`Embedding`] with its table rounded to [`Bf16`].
#[repr(C)]
pub struct EmbeddingBf16<const V: usize, const D: usize> {
    weight: [[Bf16; D]; V],
}

impl_flat! {
    [const V: usize, const D: usize] EmbeddingBf16<V, D>: Bf16 {
        weight: [[Bf16; D]; V],
    }
}

impl<const V: usize, const D: usize> Predictor for EmbeddingBf16<V, D> {
    type In = Token<V>;
    type Out = [f32; D];

    const TREE: LayerInfo =
        form::<Self>("EmbeddingBf16", &[Arg::Size(D)], &[made("table", &[V, D], ParamKind::Weight)], &[]);

    fn predict_into(&self, x: &Token<V>, y: &mut [f32; D]) {
        for (y, weight) in y.iter_mut().zip(&self.weight[x.index()]) {
            *y = weight.to_f32();
        }
    }

    fn infer(&self, x: &[Token<V>], y: &mut [[f32; D]], _: &mut [f32], run: PassContext<'_>) {
        by_rows(self, x, y, D, run);
    }
}

/// [`Embedding`] in bytes: each row is whole numbers from −127 to 127 with a factor of its own, max |w| / 127, so that no number is
/// further from its own than half of that. A row that is not finite is NaN.
#[repr(C)]
pub struct EmbeddingInt8<const V: usize, const D: usize> {
    weight: [[u8; D]; V],
    /// Numbers of four bytes as bytes.
    factor: [[u8; 4]; V],
}

impl_flat! {
    [const V: usize, const D: usize] EmbeddingInt8<V, D>: u8 {
        weight: [[u8; D]; V],
        factor: [[u8; 4]; V],
    }
}

impl<const V: usize, const D: usize> Predictor for EmbeddingInt8<V, D> {
    type In = Token<V>;
    type Out = [f32; D];

    const TREE: LayerInfo = form::<Self>(
        "EmbeddingInt8",
        &[Arg::Size(D)],
        &[made("table", &[V, D], ParamKind::Weight), made("factor", &[V, 4], ParamKind::Scale)],
        &[],
    );

    fn predict_into(&self, x: &Token<V>, y: &mut [f32; D]) {
        let factor = f32::from_le_bytes(self.factor[x.index()]);
        for (y, weight) in y.iter_mut().zip(&self.weight[x.index()]) {
            *y = f32::from(weight.cast_signed()) * factor;
        }
    }

    fn infer(&self, x: &[Token<V>], y: &mut [[f32; D]], _: &mut [f32], run: PassContext<'_>) {
        by_rows(self, x, y, D, run);
    }
}

impl<const V: usize, const D: usize> Compact for Embedding<V, D> {
    type Bf16 = EmbeddingBf16<V, D>;
    type Int8 = EmbeddingInt8<V, D>;

    fn write_bf16(&self, to: &mut Self::Bf16) {
        for (to, weight) in to.as_flat_mut().iter_mut().zip(self.as_flat()) {
            *to = Bf16::round(*weight);
        }
    }

    fn observe(&self, x: &Token<V>, y: &mut [f32; D], _: &mut Self::Int8) {
        self.predict_to(x, y);
    }

    fn quantise(&self, to: &mut Self::Int8) {
        for ((row, to), factor) in self.weight.iter().zip(&mut to.weight).zip(&mut to.factor) {
            let width = factors::width(row.iter());
            *factor = width.to_le_bytes();
            for (to, w) in to.iter_mut().zip(row) {
                *to = factors::nearest(*w, f64::from(width)).cast_unsigned();
            }
        }
    }

    fn restore(&self, form: &Self::Int8, to: &mut Self) {
        for ((to, row), factor) in to.weight.iter_mut().zip(&form.weight).zip(&form.factor) {
            for (to, byte) in to.iter_mut().zip(row) {
                *to = f32::from(byte.cast_signed()) * f32::from_le_bytes(*factor);
            }
        }
    }
}
