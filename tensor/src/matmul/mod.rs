//! Matrix products, by the shapes that layers need.
//!
//! All matrices are row-major slices. `m` is the number of rows of the batch, `k` the inner size, `n` the columns.
//!
//! The kernels are in `tile.rs` (the innermost loop), `product.rs` (how a product is cut into tiles) and `dots.rs`;
//! which of them runs is decided in `choose.rs`. [`mod@reference`] is what they are tested against. They are compiled once,
//! for each lane and for `f32` and `f64`, not for each network.

mod choose;
mod dots;
mod product;
pub mod reference;
#[cfg(test)]
mod tests;
mod tile;

pub(crate) use dots::Dots;
pub(crate) use product::Product;

use crate::simd::{Lane, lane};
use crate::{Parallel, Scalar, split_rows};
use product::Matrix;

/// What happens to a product's element before it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Epilogue {
    /// Nothing.
    None,
    /// max(0, z); NaN stays NaN.
    Relu,
}

/// Y ← f(X·W + b): the forward pass of a dense layer.
///
/// `x` is m×k, `w` k×n, `b` has n elements, `y` is m×n; m follows from `x`.
///
/// # Panics
/// If the lengths do not agree.
#[allow(clippy::too_many_arguments, reason = "four matrices, two sizes and two choices")]
pub fn affine<T: Scalar>(x: &[T], w: &[T], b: &[T], y: &mut [T], k: usize, n: usize, f: Epilogue, par: Parallel<'_>) {
    assert_eq!(b.len(), n, "affine: the bias must have n = {n} elements");
    forward(lane(), x, w, Some(b), y, (k, n), f, par);
}

/// D ← Xᵀ·Δ: the gradient of a dense layer's weights, summed over the batch.
///
/// `x` is m×k, `delta` m×n, `d` k×n; m follows from `x`.
///
/// # Panics
/// If the lengths do not agree.
pub fn weight_gradient<T: Scalar>(x: &[T], delta: &[T], d: &mut [T], k: usize, n: usize, par: Parallel<'_>) {
    weight_gradient_on(lane(), x, delta, d, (k, n), par);
}

/// D ← Δ·Wᵀ: the gradient of a dense layer's input.
///
/// `delta` is m×n, `w` k×n, `d` m×k; m follows from `delta`.
///
/// # Panics
/// If the lengths do not agree.
pub fn input_gradient<T: Scalar>(delta: &[T], w: &[T], d: &mut [T], k: usize, n: usize, par: Parallel<'_>) {
    input_gradient_on(lane(), delta, w, d, (k, n), par);
}

/// C ← A·B for row-major A (m×k), B (k×n) and C (m×n).
///
/// # Panics
/// If the lengths do not agree.
pub fn product<T: Scalar>(a: &[T], b: &[T], c: &mut [T], k: usize, n: usize, par: Parallel<'_>) {
    forward(lane(), a, b, None, c, (k, n), Epilogue::None, par);
}

#[allow(clippy::too_many_arguments, reason = "as `affine`")]
fn forward<T: Scalar>(
    lane: Lane,
    x: &[T],
    w: &[T],
    bias: Option<&[T]>,
    y: &mut [T],
    (k, n): (usize, usize),
    f: Epilogue,
    par: Parallel<'_>,
) {
    let m = rows("x", x, k);
    length("w", w, k, n);
    length("y", y, m, n);
    split_rows(par, y, n, rows_per_part(par, m, k * n), |first, y| {
        let x = Matrix { elements: &x[first * k..], row: k, column: 1 };
        let w = Matrix { elements: w, row: n, column: 1 };
        T::run_product(lane, Product::new((x, w), bias, y, (k, n), f == Epilogue::Relu));
    });
}

fn weight_gradient_on<T: Scalar>(
    lane: Lane,
    x: &[T],
    delta: &[T],
    d: &mut [T],
    (k, n): (usize, usize),
    par: Parallel<'_>,
) {
    let m = rows("x", x, k);
    length("delta", delta, m, n);
    length("d", d, k, n);
    split_rows(par, d, n, rows_per_part(par, k, m * n), |first, d| {
        let x = Matrix { elements: x.get(first..).unwrap_or_default(), row: 1, column: k };
        let delta = Matrix { elements: delta, row: n, column: 1 };
        T::run_product(lane, Product::new((x, delta), None, d, (m, n), false));
    });
}

fn input_gradient_on<T: Scalar>(
    lane: Lane,
    delta: &[T],
    w: &[T],
    d: &mut [T],
    (k, n): (usize, usize),
    par: Parallel<'_>,
) {
    let m = rows("delta", delta, n);
    length("w", w, k, n);
    length("d", d, m, k);
    if m <= choose::DOT_ROWS {
        return T::run_dots(lane, Dots { delta, w, d, k, n });
    }
    split_rows(par, d, k, rows_per_part(par, m, k * n), |first, d| {
        let delta = Matrix { elements: &delta[first * n..], row: n, column: 1 };
        let w = Matrix { elements: w, row: 1, column: n };
        T::run_product(lane, Product::new((delta, w), None, d, (n, k), false));
    });
}

/// How many rows there are.
fn rows<T>(name: &str, x: &[T], columns: usize) -> usize {
    assert!(columns > 0, "a matrix product needs at least one column, and `{name}` has none");
    let m = x.len() / columns;
    assert!(x.len() == m * columns, "`{name}` has {} elements, which are not rows of {columns}", x.len());
    m
}

/// Refuses a matrix of another size.
fn length<T>(name: &str, x: &[T], rows: usize, columns: usize) {
    assert!(columns > 0, "a matrix product needs at least one column, and `{name}` has none");
    assert!(x.len() == rows * columns, "`{name}` has {} elements, but must be {rows}x{columns}", x.len());
}

/// How many of `rows` rows of a result one part takes, where a row costs `products` multiplications.
fn rows_per_part(par: Parallel<'_>, rows: usize, products: usize) -> usize {
    let worth = 2 * rows * products / choose::FLOPS_PER_PART;
    // Whole tiles, so that only the last part has a ragged one. The bits are the same wherever the cut is.
    rows.div_ceil(par.threads().min(worth).max(1)).max(1).next_multiple_of(tile::MAX_ROWS)
}
