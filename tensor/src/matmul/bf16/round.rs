//! Rounding to bf16.

use super::tiles::{DEPTH, SIDE};

/// The bits of the nearest bf16 to `x`, ties to even, and of 0 with the sign of `x` where that is below 2⁻¹²⁶: products of tiles read it so.
///
/// What is larger than every finite value becomes infinite, and NaN stays NaN.
#[inline(always)]
pub(crate) fn round(x: f32) -> u32 {
    let bits = x.to_bits();
    let nearest = bits.wrapping_add(0x7FFF + (bits >> 16 & 1)) >> 16;
    let rounded = if x.is_nan() { bits >> 16 | 0x40 } else { nearest };
    if rounded & 0x7F80 == 0 { rounded & 0x8000 } else { rounded }
}

/// The number whose bits [`round`] gives.
#[inline(always)]
pub(crate) fn rounded(x: f32) -> f32 {
    f32::from_bits(round(x) << 16)
}

// Loops and no functions of arrays: those are not inlined into what is compiled for a lane.

/// The pairs of 32 neighbours.
#[inline(always)]
pub(super) fn pairs_along(x: &[f32; DEPTH]) -> [u32; SIDE] {
    let mut halves = [0_u16; DEPTH];
    for (half, x) in halves.iter_mut().zip(x) {
        *half = round(*x) as u16;
    }
    let mut pairs = [0; SIDE];
    for (pair, halves) in pairs.iter_mut().zip(halves.as_chunks::<2>().0) {
        *pair = u32::from(halves[0]) | u32::from(halves[1]) << 16;
    }
    pairs
}

/// The pairs of 16 numbers each with the one below it.
#[inline(always)]
pub(super) fn pairs_across(even: &[f32; SIDE], odd: &[f32; SIDE]) -> [u32; SIDE] {
    let mut pairs = [0; SIDE];
    for (pair, (even, odd)) in pairs.iter_mut().zip(even.iter().zip(odd)) {
        *pair = round(*even) | round(*odd) << 16;
    }
    pairs
}

/// The numbers of even and of odd k in a row of pairs.
#[inline(always)]
pub(super) fn halves(pairs: &[u32; SIDE]) -> ([f32; SIDE], [f32; SIDE]) {
    let (mut even, mut odd) = ([0.0; SIDE], [0.0; SIDE]);
    for (pair, (even, odd)) in pairs.iter().zip(even.iter_mut().zip(&mut odd)) {
        (*even, *odd) = (f32::from_bits(pair << 16), f32::from_bits(pair & 0xFFFF_0000));
    }
    (even, odd)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compact::Bf16;

    /// As the numbers that weights are kept in, which a test of their own holds, but for those that are too small.
    #[test]
    fn rounding_is_that_of_bf16_but_for_the_smallest() {
        let around = (0..=u16::MAX).flat_map(|upper| {
            [0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF].map(|lower| f32::from_bits(u32::from(upper) << 16 | lower))
        });
        for x in around {
            let nearest = Bf16::round(x);
            let wanted = if nearest.to_f32().is_subnormal() { 0.0_f32.copysign(x) } else { nearest.to_f32() };
            assert_eq!(rounded(x).to_bits(), wanted.to_bits(), "{x:e}");
        }
    }

    #[test]
    fn pairs_have_the_even_one_below() {
        let x: [f32; DEPTH] = core::array::from_fn(|i| i as f32 - 7.5);
        let (even, odd) = halves(&pairs_along(&x));
        let interleaved: Vec<f32> = even.into_iter().zip(odd).flat_map(<[f32; 2]>::from).collect();
        assert_eq!(interleaved[..], x[..]);
        assert_eq!(halves(&pairs_across(&even, &odd)), (even, odd));
    }
}
