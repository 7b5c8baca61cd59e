//! The products as their formulas say them: what every kernel is tested against.

use super::Epilogue;
use crate::Scalar;

/// See [`affine`](super::affine); with no `b`, the bias is 0.
pub fn affine<T: Scalar>(x: &[T], w: &[T], b: &[T], y: &mut [T], k: usize, n: usize, f: Epilogue) {
    for (x, y) in x.chunks_exact(k).zip(y.chunks_exact_mut(n)) {
        for (j, y) in y.iter_mut().enumerate() {
            let z: T =
                x.iter().enumerate().map(|(i, x)| *x * w[i * n + j]).sum::<T>() + b.get(j).copied().unwrap_or_default();
            *y = if f == Epilogue::Relu { if z < T::ZERO { T::ZERO } else { z } } else { z };
        }
    }
}

/// See [`weight_gradient`](super::weight_gradient).
pub fn weight_gradient<T: Scalar>(x: &[T], delta: &[T], d: &mut [T], k: usize, n: usize) {
    for i in 0..k {
        for j in 0..n {
            d[i * n + j] = x.chunks_exact(k).zip(delta.chunks_exact(n)).map(|(x, delta)| x[i] * delta[j]).sum();
        }
    }
}

/// See [`input_gradient`](super::input_gradient).
pub fn input_gradient<T: Scalar>(delta: &[T], w: &[T], d: &mut [T], k: usize, n: usize) {
    for (delta, d) in delta.chunks_exact(n).zip(d.chunks_exact_mut(k)) {
        for (i, d) in d.iter_mut().enumerate() {
            *d = delta.iter().zip(&w[i * n..]).map(|(delta, w)| *delta * *w).sum();
        }
    }
}
