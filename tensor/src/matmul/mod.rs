//! Matrix products, by the shapes that layers need.
//!
//! All matrices are row-major slices. `m` is the number of rows of the batch, `k` the inner size, `n` the columns.
//!
//! The own kernels are in `tile.rs` (the innermost loop), `product.rs` (how a product is cut into tiles), `dots.rs` and
//! `outer.rs`, the calls of `matrixmultiply` in `library.rs`; which of them runs, and on how many threads, is decided in
//! `choose.rs`. [`mod@reference`] is what they are tested against. They are compiled once, for each lane and for `f32`
//! and `f64`, not for each network.

mod backend;
mod block;
mod choose;
mod dots;
#[cfg(feature = "matrixmultiply")]
mod library;
mod outer;
mod product;
pub mod reference;
#[cfg(test)]
mod tests;
mod tile;

#[cfg(feature = "matrixmultiply")]
pub use backend::set_backend;
pub use backend::{Backend, backend};
pub(crate) use block::Block;
pub(crate) use choose::parts;
pub(crate) use product::{Matrix, Product};

use crate::parallel::Start;
use crate::simd::{Chosen, Lane, chosen};
use crate::size::checked_product;
use crate::{Parallel, Scalar, ops};
use block::split;
use choose::{Algorithm, Operation, algorithm, cut};
use dots::Dots;
use outer::Outer;

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
#[inline(never)]
pub fn affine<T: Scalar>(x: &[T], w: &[T], b: &[T], y: &mut [T], k: usize, n: usize, f: Epilogue, par: Parallel<'_>) {
    assert_eq!(b.len(), n, "affine: the bias must have n = {n} elements");
    forward(chosen(), x, w, Some(b), y, (k, n), f, par);
}

/// D ← Xᵀ·Δ: the gradient of a dense layer's weights, summed over the batch.
///
/// `x` is m×k, `delta` m×n, `d` k×n; m follows from `x`.
///
/// # Panics
/// If the lengths do not agree.
#[inline(never)]
pub fn weight_gradient<T: Scalar>(x: &[T], delta: &[T], d: &mut [T], k: usize, n: usize, par: Parallel<'_>) {
    weight_gradient_on(chosen(), x, delta, (d, None), (k, n), par);
}

/// D ← Xᵀ·Δ and b ← the sums of Δ's columns: the gradients of a dense layer's weights and biases, summed over the batch.
///
/// `x` is m×k, `delta` m×n, `d` k×n, `b` has n elements; m follows from `x`. Each sum runs from the first row to the last.
///
/// # Panics
/// If the lengths do not agree.
#[inline(never)]
pub fn gradients<T: Scalar>(x: &[T], delta: &[T], (d, b): (&mut [T], &mut [T]), k: usize, n: usize, par: Parallel<'_>) {
    assert_eq!(b.len(), n, "gradients: the bias must have n = {n} elements");
    weight_gradient_on(chosen(), x, delta, (d, Some(b)), (k, n), par);
}

/// D ← Δ·Wᵀ: the gradient of a dense layer's input.
///
/// `delta` is m×n, `w` k×n, `d` m×k; m follows from `delta`.
///
/// # Panics
/// If the lengths do not agree.
#[inline(never)]
pub fn input_gradient<T: Scalar>(delta: &[T], w: &[T], d: &mut [T], k: usize, n: usize, par: Parallel<'_>) {
    input_gradient_on(chosen(), delta, w, d, (k, n), par);
}

/// C ← A·B for row-major A (m×k), B (k×n) and C (m×n).
///
/// # Panics
/// If the lengths do not agree.
#[inline(never)]
pub fn product<T: Scalar>(a: &[T], b: &[T], c: &mut [T], k: usize, n: usize, par: Parallel<'_>) {
    forward(chosen(), a, b, None, c, (k, n), Epilogue::None, par);
}

#[allow(clippy::too_many_arguments, reason = "as `affine`")]
fn forward<T: Scalar>(
    lane: Chosen,
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
    let algorithm = algorithm(Operation::Forward, lane, m, k * n, size_of::<T>());
    split(par, y, n, cut(par, (m, n), k), |(top, left), y| {
        let x = Matrix { elements: &x[top * k..], row: k, column: 1 };
        let w = Matrix { elements: &w[left..], row: n, column: 1 };
        let bias = bias.map(|bias| &bias[left..left + y.columns()]);
        run(algorithm, lane, (x, w), bias, y, k, f == Epilogue::Relu);
    });
}

fn weight_gradient_on<T: Scalar>(
    lane: Chosen,
    x: &[T],
    delta: &[T],
    (d, bias): (&mut [T], Option<&mut [T]>),
    (k, n): (usize, usize),
    par: Parallel<'_>,
) {
    let m = rows("x", x, k);
    length("delta", delta, m, n);
    length("d", d, k, n);
    let algorithm = algorithm(Operation::WeightGradient, lane, m, k * n, size_of::<T>());
    let cut = cut(par, (k, n), m);
    let bias = bias.map(Start::of);
    split(par, d, n, cut, |(top, left), d| {
        if let Some(bias) = &bias {
            let columns = cut.share_of_columns((top, left), (k, n));
            // SAFETY: `bias` has n elements and is borrowed uniquely until all calls have returned. The shares of two
            // parts have no column in common.
            let sums = unsafe { core::slice::from_raw_parts_mut(bias.at(columns.start), columns.len()) };
            ops::sums_of_columns(delta, n, columns.start, sums);
        }
        if algorithm == Algorithm::Outer {
            let (x, delta) = (&x[top..top + d.rows()], &delta[left..left + d.columns()]);
            return T::dispatch_on(lane.lane, Outer { x, delta, d });
        }
        let x = Matrix { elements: x.get(top..).unwrap_or_default(), row: 1, column: k };
        let delta = Matrix { elements: delta.get(left..).unwrap_or_default(), row: n, column: 1 };
        run(algorithm, lane, (x, delta), None, d, m, false);
    });
}

fn input_gradient_on<T: Scalar>(
    lane: Chosen,
    delta: &[T],
    w: &[T],
    d: &mut [T],
    (k, n): (usize, usize),
    par: Parallel<'_>,
) {
    let m = rows("delta", delta, n);
    length("w", w, k, n);
    length("d", d, m, k);
    let algorithm = algorithm(Operation::InputGradient, lane, m, k * n, size_of::<T>());
    split(par, d, k, cut(par, (m, k), n), |(top, left), d| {
        let (delta, w) = (&delta[top * n..], &w[left * n..(left + d.columns()) * n]);
        if algorithm == Algorithm::Dots {
            return T::dispatch_on(lane.lane, Dots { delta: &delta[..d.rows() * n], w, d, n });
        }
        let delta = Matrix { elements: delta, row: n, column: 1 };
        let w = Matrix { elements: w, row: 1, column: n };
        run(algorithm, lane, (delta, w), None, d, n, false);
    });
}

/// C ← A·B + bias, or C ← C + A·B where there is none, on this thread. It is a part of a product of `rows` rows in all, which decide
/// by which algorithm: so its bits do not depend on how many of them it has.
///
/// # Panics
/// If a matrix is longer than its elements.
pub(crate) fn part_of_product<T: Scalar>(
    lane: Chosen,
    rows: usize,
    (a, b): (Matrix<'_, T>, &[T]),
    bias: Option<&[T]>,
    c: Block<'_, T>,
) {
    let n = c.columns();
    let inner = self::rows("b", b, n);
    let matrices = (a, Matrix { elements: b, row: n, column: 1 });
    match algorithm(Operation::Forward, lane, rows, b.len(), size_of::<T>()) {
        #[cfg(feature = "matrixmultiply")]
        Algorithm::Library => library::product(matrices, bias, bias.is_none(), c, inner, false),
        _ => {
            let product = Product::new(matrices, bias, c, inner, false);
            if bias.is_none() {
                run_product(lane.lane, product.onto());
            } else {
                run_product(lane.lane, product);
            }
        }
    }
}

/// Runs a product by tiles.
#[inline(never)]
pub(crate) fn run_product<T: Scalar, const ONTO: bool>(lane: Lane, product: Product<'_, T, ONTO>) {
    T::dispatch_on(lane, product);
}

/// C ← f(A·B + bias), by tiles or by the library.
fn run<T: Scalar>(
    algorithm: Algorithm,
    lane: Chosen,
    matrices: (Matrix<'_, T>, Matrix<'_, T>),
    bias: Option<&[T]>,
    c: Block<'_, T>,
    inner: usize,
    relu: bool,
) {
    match algorithm {
        #[cfg(feature = "matrixmultiply")]
        Algorithm::Library => library::product(matrices, bias, false, c, inner, relu),
        _ => run_product(lane.lane, Product::new(matrices, bias, c, inner, relu)),
    }
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
    let agrees = checked_product(&[rows, columns]) == Some(x.len());
    assert!(agrees, "`{name}` has {} elements, but must be {rows}x{columns}", x.len());
}
