//! Numbers of 16 bits, and a dense layer whose weights are such.

use super::pair;
use crate::simd::{Lane, lane};
use crate::size::checked_product;
use crate::{AnyBits, Element, Flat};

/// The upper half of an [`f32`]: its sign, its 8 bits of exponent and the first 7 bits of its fraction ("bfloat16").
///
/// It is a form to keep weights in, not to compute with: the range is that of `f32`, the precision 2 to 3 digits.
///
/// ```
/// use typednet_tensor::compact::Bf16;
///
/// assert_eq!(Bf16::round(1.0).to_f32(), 1.0);
/// assert_eq!(Bf16::round(0.1).to_f32(), 0.100_097_656);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub struct Bf16(u16);

impl Bf16 {
    /// The nearest value to `x`, ties to even: |x̂ − x| ≤ 2⁻⁸·|x| for normal numbers.
    ///
    /// What is larger than every finite value becomes infinite, and NaN stays NaN.
    pub const fn round(x: f32) -> Self {
        let bits = x.to_bits();
        if x.is_nan() {
            // A fraction whose ones all stand in the lower half would become that of an infinity.
            return Self((bits >> 16) as u16 | 0x40);
        }
        Self(((bits + 0x7FFF + (bits >> 16 & 1)) >> 16) as u16)
    }

    /// The number with these bits.
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// The bits, which in files stand with the lower byte first.
    pub const fn to_bits(self) -> u16 {
        self.0
    }

    /// The same number, exactly.
    pub const fn to_f32(self) -> f32 {
        f32::from_bits((self.0 as u32) << 16)
    }
}

// SAFETY: a transparent `u16`.
unsafe impl Element for Bf16 {
    #[inline]
    fn bits(self) -> u64 {
        u64::from(self.0)
    }
}
// SAFETY: every pattern of bits is a number or NaN.
unsafe impl AnyBits for Bf16 {}

// SAFETY: one element of its own type.
unsafe impl Flat for Bf16 {
    type Elem = Self;
    const LEN: usize = 1;
}

/// Rounds the row-major weights `w` (k×n) to `to`, as [`affine_bf16`] reads them.
///
/// Two rows stand together: (w₀₀, w₁₀), (w₀₁, w₁₁), …, then rows 2 and 3. A last row without partner stands alone.
///
/// # Panics
/// If the lengths differ or are not rows of `n`.
pub fn pack_bf16(w: &[f32], n: usize, to: &mut [Bf16]) {
    assert!(
        n > 0 && w.len().is_multiple_of(n) && w.len() == to.len(),
        "{} weights and {} places for rows of {n}",
        w.len(),
        to.len()
    );
    let pair = n.saturating_mul(2);
    for (rows, to) in w.chunks(pair).zip(to.chunks_mut(pair)) {
        let height = rows.len() / n;
        for (i, to) in to.iter_mut().enumerate() {
            *to = Bf16::round(rows[i % height * n + i / height]);
        }
    }
}

/// Column `column` of W (k×n), of the k·n numbers that [`pack_bf16`] has written, to `to`.
///
/// # Panics
/// If the lengths do not agree, or there is no such column.
pub fn column_bf16(packed: &[Bf16], n: usize, column: usize, to: &mut [f32]) {
    let agrees = column < n && checked_product(&[to.len(), n]) == Some(packed.len());
    assert!(agrees, "{} numbers have no column {column} of {} in rows of {n}", packed.len(), to.len());
    for (rows, to) in packed.chunks(n.saturating_mul(2)).zip(to.chunks_mut(2)) {
        let height = to.len();
        for (to, w) in to.iter_mut().zip(&rows[column * height..]) {
            *to = w.to_f32();
        }
    }
}

/// y ← x·W + b for one row x, with W from [`pack_bf16`]; the arithmetic is that of `f32`.
///
/// # Panics
/// If the lengths do not agree.
pub fn affine_bf16(x: &[f32], w: &[Bf16], b: &[Bf16], y: &mut [f32]) {
    affine_bf16_on(lane(), x, w, b, y);
}

/// [`affine_bf16`] on the given lane.
pub(super) fn affine_bf16_on(lane: Lane, x: &[f32], w: &[Bf16], b: &[Bf16], y: &mut [f32]) {
    let (k, n) = (x.len(), y.len());
    let agrees = checked_product(&[k, n]) == Some(w.len()) && b.len() == n;
    assert!(agrees, "{} weights and {} biases, not {k}x{n} and {n}", w.len(), b.len());
    if n > 0 {
        pair::run(lane, x, w, b, y);
    }
}
