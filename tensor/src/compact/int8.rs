//! A dense layer in integers of 8 bits.

use super::quad;
use crate::simd::{Lane, lane};
use crate::size::checked_product;

/// The most inputs whose products of 8 bits surely fit into a sum of 32 bits: ⌊(2³¹ − 1) / (255·127)⌋.
pub const INT8_MAX_INPUTS: usize = i32::MAX as usize / (255 * 127);

const _: () = {
    let most = i32::MAX as usize;
    assert!(INT8_MAX_INPUTS * 255 * 127 <= most && (INT8_MAX_INPUTS + 1) * 255 * 127 > most);
};

/// What a dense layer is in integers: with q = round(x·`inverse` + `zero`), limited to 0 … 255,
/// y = `scale`ₒ · Σᵢ qᵢ·ŵᵢₒ + `shift`ₒ.
#[derive(Clone, Copy, Debug)]
pub struct Int8<'a> {
    /// How many steps of q the number 1 is.
    pub inverse: f32,
    /// The step that stands for 0, a whole number.
    pub zero: f32,
    /// ŵ from [`pack_int8`], the bits of `i8`.
    pub weight: &'a [u8],
    /// One factor per output: the little-endian bytes of `f32`, which need no alignment.
    pub scale: &'a [[u8; 4]],
    /// One summand per output, as above.
    pub shift: &'a [[u8; 4]],
}

/// Brings the row-major weights `w` (k×n) in the order that [`affine_int8`] reads: writes `quantise(w, o)` for each, where
/// o is its column.
///
/// Four rows stand together: (ŵ₀₀, ŵ₁₀, ŵ₂₀, ŵ₃₀), (ŵ₀₁, …), …, then rows 4 to 7. The last rows, fewer than four, stand
/// one after the other.
///
/// # Panics
/// If the lengths differ or are not rows of `n`.
pub fn pack_int8(w: &[f32], n: usize, to: &mut [u8], quantise: impl Fn(f32, usize) -> i8) {
    assert!(
        n > 0 && w.len().is_multiple_of(n) && w.len() == to.len(),
        "{} weights and {} places for rows of {n}",
        w.len(),
        to.len()
    );
    let four = n.saturating_mul(4);
    let quads = w.len() / four * four;
    for (rows, to) in w[..quads].chunks_exact(four).zip(to.chunks_exact_mut(four)) {
        for (i, to) in to.iter_mut().enumerate() {
            *to = quantise(rows[i % 4 * n + i / 4], i / 4).cast_unsigned();
        }
    }
    for (i, (w, to)) in w[quads..].iter().zip(&mut to[quads..]).enumerate() {
        *to = quantise(*w, i % n).cast_unsigned();
    }
}

/// y ← x·W + b for one row x, by integers; `q` holds the integers of x.
///
/// Every lane gives the same bits. What is beyond the range of q counts as its end. If an x is NaN, every y is.
///
/// # Panics
/// If the lengths do not agree, or there are more than [`INT8_MAX_INPUTS`] inputs.
pub fn affine_int8(x: &[f32], layer: Int8<'_>, q: &mut [u8], y: &mut [f32]) {
    affine_int8_on(lane(), x, layer, q, y);
}

/// [`affine_int8`] on the given lane.
pub(super) fn affine_int8_on(lane: Lane, x: &[f32], layer: Int8<'_>, q: &mut [u8], y: &mut [f32]) {
    let (k, n) = (x.len(), y.len());
    let Int8 { weight, scale, shift, .. } = layer;
    assert!(k <= INT8_MAX_INPUTS, "{k} inputs are more than {INT8_MAX_INPUTS}, and their sum may not fit into 32 bits");
    assert!(
        checked_product(&[k, n]) == Some(weight.len()) && scale.len() == n && shift.len() == n && q.len() == k,
        "{} weights, {} and {} factors and {} places, not {k}x{n}, {n}, {n} and {k}",
        weight.len(),
        scale.len(),
        shift.len(),
        q.len()
    );
    if n > 0 {
        quad::run(lane, x, &layer, q, y);
    }
}
