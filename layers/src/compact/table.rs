//! Tables of tokens' rows in fewer bytes that are also the weights of a product: y = h·Eᵀ + b.

use typednet_tensor::compact::{Bf16, affine_bf16, column_bf16, column_int8, pack_bf16};
use typednet_tensor::{Flat, impl_flat};

use super::form::{form, made};
use super::parts::by_rows;
use super::{DenseInt8, Predictor, with_zeros};
use crate::conv::sizes::present;
use crate::{Arg, LayerInfo, Linear, Param, ParamKind, PassContext};

/// A form of a table with a row of `D` numbers for each of `V` tokens: the product with all of them is what it predicts.
pub trait Table<const V: usize, const D: usize>: Predictor<In = [f32; D], Out = [f32; V]> {
    /// `to` ← the row of `token`
    fn row(&self, token: usize, to: &mut [f32; D]);
}

/// The rows of an embedding rounded to [`Bf16`], as the columns of a product's weight, which is computed in `f32`; with biases or none.
#[repr(C)]
pub struct TableBf16<const V: usize, const D: usize, const B: usize = 0> {
    /// In the order of [`pack_bf16`].
    weight: [[Bf16; V]; D],
    bias: [Bf16; B],
}

impl_flat! {
    [const V: usize, const D: usize, const B: usize] TableBf16<V, D, B>: Bf16 {
        weight: [[Bf16; V]; D],
        bias: [Bf16; B],
    }
}

impl<const V: usize, const D: usize, const B: usize> TableBf16<V, D, B> {
    const PARAMS: [Param; 2] = [made("packed_weight", &[D, V], ParamKind::Weight), made("bias", &[B], ParamKind::Bias)];

    /// Takes the rows of `table` and biases, rounded.
    pub(super) fn round(&mut self, table: &[[f32; D]; V], bias: &[f32; B]) {
        with_columns(table, |weight| pack_bf16(weight.as_flat(), V, self.weight.as_flat_mut()));
        for (to, bias) in self.bias.iter_mut().zip(bias) {
            *to = Bf16::round(*bias);
        }
    }
}

impl<const V: usize, const D: usize, const B: usize> Predictor for TableBf16<V, D, B> {
    type In = [f32; D];
    type Out = [f32; V];

    const TREE: LayerInfo = form::<Self>("TableBf16", &[Arg::Size(D)], present(const { &Self::PARAMS }, B), &[]);

    fn predict_into(&self, x: &[f32; D], y: &mut [f32; V]) {
        let bias: &[Bf16] = if B == 0 { const { &[Bf16::round(0.0); V] } } else { &self.bias };
        affine_bf16(x, self.weight.as_flat(), bias, y);
    }

    fn infer(&self, x: &[[f32; D]], y: &mut [[f32; V]], _: &mut [f32], run: PassContext<'_>) {
        by_rows(self, x, y, D * V, run);
    }
}

impl<const V: usize, const D: usize, const B: usize> Table<V, D> for TableBf16<V, D, B> {
    fn row(&self, token: usize, to: &mut [f32; D]) {
        column_bf16(self.weight.as_flat(), V, token, to);
    }
}

/// Each row is whole numbers from −127 to 127 with a factor of its own, max |w| / 127.
impl<const V: usize, const D: usize> Table<V, D> for DenseInt8<D, V, Linear> {
    fn row(&self, token: usize, to: &mut [f32; D]) {
        column_int8(self.packed(), V, token, self.steps().width(token), to);
    }
}

/// Lends the rows of a table as columns.
pub(super) fn with_columns<const V: usize, const D: usize, R>(
    table: &[[f32; D]; V],
    work: impl FnOnce(&[[f32; V]; D]) -> R,
) -> R {
    with_zeros(|columns: &mut [[f32; V]; D]| {
        transpose(table.as_flat(), D, columns.as_flat_mut());
        work(columns)
    })
}

/// `to` ← the transpose of `from`, whose rows have `width` numbers.
#[inline(never)]
fn transpose(from: &[f32], width: usize, to: &mut [f32]) {
    let height = to.len().checked_div(width).unwrap_or(0);
    for (row, from) in from.chunks(width.max(1)).enumerate() {
        for (column, from) in from.iter().enumerate() {
            to[column * height + row] = *from;
        }
    }
}
