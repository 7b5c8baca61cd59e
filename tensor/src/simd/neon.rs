//! NEON: 4 `f32` or 2 `f64` per vector, on every aarch64 processor.
//!
//! On such a processor `cargo test -p typednet-tensor` compares every operation with the portable lane, and elsewhere `cargo xtask check
//! neon` does it in an emulator.

#[allow(clippy::wildcard_imports, reason = "the names of intrinsics say where they are from")]
use core::arch::aarch64::*;

use super::methods::{of_lengths, of_registers};
use super::{Kernel, Simd, exp, transpose};

/// Proof that the processor has NEON.
#[derive(Clone, Copy, Debug)]
pub(super) struct Neon(());

impl Neon {
    /// The token.
    ///
    /// # Safety
    /// The processor must have NEON.
    #[inline(always)]
    pub(super) const unsafe fn new() -> Self {
        Self(())
    }
}

macro_rules! neon {
    (
        $t:ident, $v:ident, $m:ident, $lanes:literal, splat $splat:ident, load $load:ident, store $store:ident,
        add $add:ident, sub $sub:ident, mul $mul:ident, div $div:ident, fma $fma:ident, gt $gt:ident, ge $ge:ident,
        eq $eq:ident, select $select:ident, sqrt $sqrt:ident, abs $abs:ident, neg $neg:ident, round $round:ident,
        pow2 $pow2:expr
    ) => {
        // SAFETY (each block below): a `Neon` value exists only where the processor has these instructions, and the
        // pointers come from slices whose length has been checked.
        // SAFETY: vectors, parts and blocks are of the elements that the constants say, and a call hands on the token.
        unsafe impl Simd<$t> for Neon {
            type V = $v;
            type M = $m;
            type Part = usize;
            const REGISTERS: usize = 32;

            of_registers!(
                $t, $lanes, splat $splat, load $load, store $store, add $add, sub $sub, mul $mul, div $div, sqrt $sqrt
            );
            of_lengths!($t, $lanes, array |s: Self, v| {
                let mut all = [0.0; $lanes];
                s.store(v, &mut all);
                all
            });

            #[inline(always)]
            fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
                // SAFETY: see above. The instruction takes the summand first.
                unsafe { $fma(c, a, b) }
            }
            #[inline(always)]
            fn max(self, a: Self::V, b: Self::V) -> Self::V {
                // The instruction of this name gives NaN where either is NaN.
                // SAFETY: see above.
                unsafe { $select($gt(a, b), a, b) }
            }
            #[inline(always)]
            fn min(self, a: Self::V, b: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $select($gt(b, a), a, b) }
            }
            #[inline(always)]
            fn abs(self, a: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $abs(a) }
            }
            #[inline(always)]
            fn neg(self, a: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $neg(a) }
            }
            #[inline(always)]
            fn round(self, a: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $round(a) }
            }
            #[inline(always)]
            fn pow2(self, n: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $pow2(n) }
            }
            #[inline(always)]
            fn lt(self, a: Self::V, b: Self::V) -> Self::M {
                // SAFETY: see above.
                unsafe { $gt(b, a) }
            }
            #[inline(always)]
            fn le(self, a: Self::V, b: Self::V) -> Self::M {
                // SAFETY: see above.
                unsafe { $ge(b, a) }
            }
            #[inline(always)]
            fn eq(self, a: Self::V, b: Self::V) -> Self::M {
                // SAFETY: see above.
                unsafe { $eq(a, b) }
            }
            #[inline(always)]
            fn select(self, mask: Self::M, yes: Self::V, no: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $select(mask, yes, no) }
            }
        }
    };
}

neon!(
    f32, float32x4_t, uint32x4_t, 4, splat vdupq_n_f32, load vld1q_f32, store vst1q_f32, add vaddq_f32, sub vsubq_f32,
    mul vmulq_f32, div vdivq_f32, fma vfmaq_f32, gt vcgtq_f32, ge vcgeq_f32, eq vceqq_f32, select vbslq_f32,
    sqrt vsqrtq_f32, abs vabsq_f32, neg vnegq_f32, round vrndnq_f32,
    pow2 |n| vreinterpretq_f32_s32(vshlq_n_s32::<23>(vaddq_s32(vcvtq_s32_f32(n), vdupq_n_s32(127))))
);

neon!(
    f64, float64x2_t, uint64x2_t, 2, splat vdupq_n_f64, load vld1q_f64, store vst1q_f64, add vaddq_f64, sub vsubq_f64,
    mul vmulq_f64, div vdivq_f64, fma vfmaq_f64, gt vcgtq_f64, ge vcgeq_f64, eq vceqq_f64, select vbslq_f64,
    sqrt vsqrtq_f64, abs vabsq_f64, neg vnegq_f64, round vrndnq_f64,
    pow2 |n| vreinterpretq_f64_s64(vshlq_n_s64::<52>(vaddq_s64(vcvtq_s64_f64(n), vdupq_n_s64(1023))))
);
