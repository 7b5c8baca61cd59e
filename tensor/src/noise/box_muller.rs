//! Normal numbers, two from two words (Box and Muller: *A note on the generation of random normal deviates*, 1958).
//!
//! With u from 0 to 1 and the angle φ, both spread evenly, √(−2 ln u)·(cos φ, sin φ) are two independent normal numbers. Of one
//! word 31 bits are u and one is the sign of both, of the other all 32 are φ from −π/2 to π/2: with the sign, any angle.
//!
//! With t = tan ½φ, which is a fraction p/q here, (cos φ, sin φ) = (q² − p², 2pq)/(q² + p²). Its length is 1 however good the
//! fraction is, and the divisor goes under the root.
//!
//! The steps are loops of their own, over what fits into the first cache: they would be one chain of 100 cycles, of which a
//! processor does not have enough under way at a time.

use num_traits::Float;

use super::words::Words;
use crate::Scalar;

/// How many pairs are made at a time.
const PAIRS: usize = 64;

/// The numbers of these pairs: the first of each, and then the second.
pub(super) const NUMBERS: usize = 2 * PAIRS;

/// The bit of a number's sign.
const SIGN: u32 = 1 << 31;

/// What the steps hand on.
pub(super) struct BoxMuller {
    words: [[u32; PAIRS]; 2],
    /// (−2 ln u)/(q² + p²)²
    squares: [f32; PAIRS],
    /// q² − p² and 2pq
    directions: [[f32; PAIRS]; 2],
}

impl BoxMuller {
    pub(super) const fn new() -> Self {
        Self { words: [[0; PAIRS]; 2], squares: [0.0; PAIRS], directions: [[0.0; PAIRS]; 2] }
    }

    /// Adds the numbers of the next words, times `deviation`.
    ///
    /// But for that product they are within 4·10⁻⁶ times their distance from the origin of the formula for these words, and reach
    /// √(−2 ln 2⁻³²) = 6.66.
    #[inline(always)]
    pub(super) fn add<T: Scalar>(&mut self, generators: &mut Words, deviation: T, values: &mut [T; NUMBERS]) {
        generators.fill(self.words.as_flattened_mut());
        let Self { words: [u, angle], squares, directions: [cosine, sine] } = self;
        for i in 0..PAIRS {
            squares[i] = square_of_radius(u[i]);
        }
        for i in 0..PAIRS {
            let [p, q] = half_tangent(angle[i]);
            let [p_squared, q_squared, half] = [p * p, q * q, p * q];
            let length = q_squared + p_squared;
            squares[i] /= length * length;
            (cosine[i], sine[i]) = (q_squared - p_squared, half + half);
        }
        let (first, second) = values.split_at_mut(PAIRS);
        for i in 0..PAIRS {
            let radius = f32::from_bits(Float::sqrt(squares[i]).to_bits() ^ u[i] & SIGN);
            first[i] += deviation * T::of(f64::from(radius * cosine[i]));
            second[i] += deviation * T::of(f64::from(radius * sine[i]));
        }
    }
}

/// −2 ln u, where u is the amount of `word` as a number with a sign over 2³¹, from 2⁻³² (for the word 0) to 1.
///
/// u = 2ᵉ·m with √½ ≤ m < √2, and ln m = 2·artanh z with z = (m − 1)/(m + 1), for which there is an odd polynomial with an error of at
/// most 4·10⁻⁸. Where u is near 1, e is 0 and nothing cancels; it is never below 0.
#[inline(always)]
fn square_of_radius(word: u32) -> f32 {
    const HALF_ROOT: u32 = 0x3F35_04F3;
    const MANTISSA: u32 = (1 << 23) - 1;
    let x = (word.cast_signed() as f32).abs();
    let x = if x < 0.5 { 0.5 } else { x };
    // With √½·2³¹ as 0, the upper bits are the exponent.
    let bits = x.to_bits().wrapping_sub(HALF_ROOT + (31 << 23));
    let m = f32::from_bits((bits & MANTISSA) + HALF_ROOT);
    let z = (m - 1.0) / (m + 1.0);
    let exponent = (bits.cast_signed() >> 23) as f32;
    let square = z * z;
    z * ((-0.830_354_1 * square - 1.332_881_6) * square - 4.000_002) - exponent * (2.0 * core::f32::consts::LN_2)
}

/// p and q with p/q = tan ½φ, where φ = π/2·x and x is `word` as a number with a sign over 2³¹.
///
/// Of all fractions p = ax + bx³, q = 1 + cx² these are nearest: φ is right to 3.7·10⁻⁶. The constants have the 2³¹ in them.
#[inline(always)]
fn half_tangent(word: u32) -> [f32; 2] {
    let x = word.cast_signed() as f32;
    let square = x * x;
    [(-3.362_58e-30 * square + 3.657_355_5e-10) * x, -5.375_203e-20 * square + 1.0]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of all sizes, and of both signs.
    fn words() -> impl Iterator<Item = u32> {
        let places = [0, 1, 2, 3, u32::MAX, SIGN - 1, SIGN, SIGN + 1];
        places.into_iter().chain((0..200_000_u32).map(|i| i.wrapping_mul(0x9E37_79B9) >> (i % 31)))
    }

    #[test]
    fn the_square_of_the_radius_is_a_logarithm() {
        for word in words() {
            // The same rounding of the word: near u = 1 a step of u is 2⁻²⁴.
            let u = f64::from((word.cast_signed() as f32).abs().max(0.5)) / f64::from(SIGN);
            let (found, wanted) = (f64::from(square_of_radius(word)), -2.0 * u.ln());
            let bound = f64::min(8e-7 * wanted, 6e-8 + 2e-7 * wanted);
            assert!(found >= 0.0 && (found - wanted).abs() <= bound, "{word}: {found} should be {wanted}");
        }
        assert!(square_of_radius(SIGN) == 0.0);
        assert!((square_of_radius(0).sqrt() - 6.660_4).abs() < 1e-4);
    }

    #[test]
    fn half_the_tangent_is_that_of_the_angle() {
        for word in words() {
            let [p, q] = half_tangent(word).map(f64::from);
            let wanted = core::f64::consts::FRAC_PI_4 * f64::from(word.cast_signed()) / f64::from(SIGN);
            assert!((p.atan2(q) - wanted).abs() < 1.9e-6, "{word}: {p}/{q} should be the tangent of {wanted}");
        }
    }
}
