//! eˣ for vectors: x = n·ln 2 + r with |r| ≤ ½ ln 2, and eˣ = 2ⁿ·eʳ (Cephes, S. Moshier).

use super::Simd;

/// eʳ for `f32`, by a polynomial of degree 6, and n.
#[inline(always)]
pub(super) fn parts_f32<S: Simd<f32>>(s: S, x: S::V) -> (S::V, S::V) {
    let n = s.round(s.mul(x, s.splat(core::f32::consts::LOG2_E)));
    let r = s.mul_add(n, s.splat(-0.693_359_4), x);
    let r = s.mul_add(n, s.splat(2.121_944_4e-4), r);
    let mut p = s.splat(1.987_569_1e-4);
    for c in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5] {
        p = s.mul_add(p, r, s.splat(c));
    }
    (s.add(s.mul_add(p, s.mul(r, r), r), s.splat(1.0)), n)
}

/// eʳ for `f64`, 1 + 2r·P(r²) / (Q(r²) − r·P(r²)), and n.
#[inline(always)]
pub(super) fn parts_f64<S: Simd<f64>>(s: S, x: S::V) -> (S::V, S::V) {
    let n = s.round(s.mul(x, s.splat(core::f64::consts::LOG2_E)));
    let r = s.mul_add(n, s.splat(-6.931_457_519_531_25e-1), x);
    let r = s.mul_add(n, s.splat(-1.428_606_820_309_417_2e-6), r);
    let square = s.mul(r, r);
    let mut p = s.splat(1.261_771_930_748_105_9e-4);
    for c in [3.029_944_077_074_419_6e-2, 1.0] {
        p = s.mul_add(p, square, s.splat(c));
    }
    let p = s.mul(p, r);
    let mut q = s.splat(3.001_985_051_386_644_6e-6);
    for c in [2.524_483_403_496_841e-3, 2.272_655_482_081_550_3e-1, 2.0] {
        q = s.mul_add(q, square, s.splat(c));
    }
    let fraction = s.div(p, s.sub(q, p));
    (s.mul_add(s.splat(2.0), fraction, s.splat(1.0)), n)
}

macro_rules! exp {
    ($t:ident, $parts:ident, $low:literal, $high:literal) => {
        pub(super) mod $t {
            use super::Simd;
            pub(in crate::simd) use super::$parts as parts;

            /// Above it eˣ is infinite.
            pub(in crate::simd) const HIGH: $t = $high;
            /// Below it eˣ is no normal number.
            pub(in crate::simd) const LOW: $t = $low;

            /// eˣ where the lane multiplies with 2ⁿ by [`Simd::pow2`].
            #[inline(always)]
            pub(in crate::simd) fn exp<S: Simd<$t>>(s: S, x: S::V) -> S::V {
                let (too_high, too_low, is_number) = (s.lt(s.splat(HIGH), x), s.lt(x, s.splat(LOW)), s.eq(x, x));
                let (y, n) = parts(s, s.max(s.min(x, s.splat(HIGH)), s.splat(LOW)));
                // The largest n has no power that is a number: two halves.
                let half = s.round(s.mul(n, s.splat(0.5)));
                let y = s.mul(s.mul(y, s.pow2(half)), s.pow2(s.sub(n, half)));
                let y = s.select(too_high, s.splat($t::INFINITY), y);
                let y = s.select(too_low, s.splat(0.0), y);
                s.select(is_number, y, x)
            }

            /// eˣ where 2ⁿ is a normal number.
            #[inline(always)]
            pub(in crate::simd) fn exp_of_moderate<S: Simd<$t>>(s: S, x: S::V) -> S::V {
                let (y, n) = parts(s, x);
                s.mul(y, s.pow2(n))
            }
        }
    };
}
exp!(f32, parts_f32, -87.336_55, 88.722_84);
exp!(f64, parts_f64, -708.396_418_532_264_1, 709.782_712_893_384);
