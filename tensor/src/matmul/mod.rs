//! Matrix products, by the shapes that layers need.
//!
//! All matrices are row-major slices. `m` is the number of rows of the batch, `k` the inner size, `n` the columns.

pub mod reference;

use crate::{Parallel, Scalar};

/// What happens to a product's element before it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Epilogue {
    /// Nothing.
    None,
    /// max(0, z).
    Relu,
}

/// Y ← f(X·W + b): the forward pass of a dense layer.
///
/// `x` is m×k, `w` k×n, `b` has n elements, `y` is m×n; m follows from `x`.
///
/// # Panics
/// If the lengths do not agree.
#[allow(
    clippy::too_many_arguments,
    reason = "four matrices, two sizes and two choices; all have different types or names"
)]
pub fn affine<T: Scalar>(x: &[T], w: &[T], b: &[T], y: &mut [T], k: usize, n: usize, f: Epilogue, par: Parallel<'_>) {
    let _ = par;
    reference::affine(x, w, b, y, k, n, f);
}

/// D ← Xᵀ·Δ: the gradient of a dense layer's weights, summed over the batch.
///
/// `x` is m×k, `delta` m×n, `d` k×n; m follows from `x`.
///
/// # Panics
/// If the lengths do not agree.
pub fn weight_gradient<T: Scalar>(x: &[T], delta: &[T], d: &mut [T], k: usize, n: usize, par: Parallel<'_>) {
    let _ = par;
    reference::weight_gradient(x, delta, d, k, n);
}

/// D ← Δ·Wᵀ: the gradient of a dense layer's input.
///
/// `delta` is m×n, `w` k×n, `d` m×k; m follows from `delta`.
///
/// # Panics
/// If the lengths do not agree.
pub fn input_gradient<T: Scalar>(delta: &[T], w: &[T], d: &mut [T], k: usize, n: usize, par: Parallel<'_>) {
    let _ = par;
    reference::input_gradient(delta, w, d, k, n);
}

/// C ← A·B for row-major A (m×k), B (k×n) and C (m×n).
///
/// # Panics
/// If the lengths do not agree.
pub fn product<T: Scalar>(a: &[T], b: &[T], c: &mut [T], k: usize, n: usize, par: Parallel<'_>) {
    let _ = par;
    c.fill(T::zero());
    reference::affine(a, b, &[], c, k, n, Epilogue::None);
}
