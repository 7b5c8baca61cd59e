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

/// C ← A·B + bias of operands rounded to bf16, number by number in the order that Intel's manual gives for TDPBF16PS: see
/// [`Precision`](crate::Precision). A is m×k, B k×n; with no `bias`, sums begin with 0.
///
/// In each 32 neighbours of the inner size, products of even and of odd places have a sum each, and both together are added to c. Products
/// are added without being rounded; sums below 2⁻¹²⁶ are 0.
///
/// ```
/// use typednet_tensor::matmul::reference::product_bf16;
///
/// // 1 + 2⁻⁹ is rounded to 1.
/// let mut c = [0.0];
/// product_bf16(&[1.0 + 1.0 / 512.0, 3.0], &[1.0, 2.0], &[0.5], &mut c, 2, 1);
/// assert_eq!(c, [7.5]);
/// ```
#[cfg(feature = "std")]
pub fn product_bf16(a: &[f32], b: &[f32], bias: &[f32], c: &mut [f32], k: usize, n: usize) {
    use super::bf16::rounded;

    let flushed = |x: f32| if x.is_subnormal() { 0.0_f32.copysign(x) } else { x };
    for (a, c) in a.chunks_exact(k).zip(c.chunks_exact_mut(n)) {
        for (j, c) in c.iter_mut().enumerate() {
            *c = bias.get(j).copied().unwrap_or_default();
            for from in (0..k).step_by(32) {
                let mut sums = [0.0_f32; 2];
                for t in from..k.min(from + 32) {
                    let sum = &mut sums[t % 2];
                    *sum = flushed(rounded(a[t]).mul_add(rounded(b[t * n + j]), *sum));
                }
                *c = flushed(flushed(*c) + flushed(sums[0] + sums[1]));
            }
        }
    }
}
