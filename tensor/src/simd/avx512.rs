//! AVX-512F: 16 `f32` or 8 `f64` per vector.

#[allow(clippy::wildcard_imports, reason = "the names of intrinsics say where they are from")]
use core::arch::x86_64::*;

use super::fence::{fence, streamed};
use super::methods::{of_registers, of_x86};
use super::{Kernel, Simd, exp, transpose};

/// Proof that the processor has AVX-512F, AVX2 and FMA.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx512(());

impl Avx512 {
    /// The token.
    ///
    /// # Safety
    /// The processor must have AVX-512F, AVX2 and FMA.
    #[inline(always)]
    pub(super) const unsafe fn new() -> Self {
        Self(())
    }
}

macro_rules! avx512 {
    (
        $t:ident, $v:ident, $m:ident, $lanes:literal, splat $splat:ident, load $load:ident, store $store:ident, stream $stream:ident,
        add $add:ident, sub $sub:ident, mul $mul:ident, div $div:ident, fma $fma:ident, max $max:ident, min $min:ident,
        sqrt $sqrt:ident, abs $abs:ident, round $round:ident, cmp $cmp:ident, select $select:ident,
        maskload $maskload:ident, maskstore $maskstore:ident, neg $neg:expr, widen $widen:expr, sum $sum:expr, largest $largest:expr,
        scalef $scalef:ident, pow2 $pow2:expr
    ) => {
        // SAFETY (each block below): an `Avx512` value exists only where the processor has these instructions, and the
        // pointers come from slices whose length has been checked.
        // SAFETY: vectors, parts and blocks are of the elements that the constants say, and a call hands on the token.
        unsafe impl Simd<$t> for Avx512 {
            type V = $v;
            type M = $m;
            type Part = $m;
            const REGISTERS: usize = 32;

            #[inline(always)]
            fn call<K: Kernel<$t>>(self, kernel: K) -> K::Output {
                #[target_feature(enable = "avx512f,avx2,fma")]
                #[inline(never)]
                fn run<K: Kernel<$t>>(kernel: K, s: Avx512) -> K::Output {
                    kernel.run(s)
                }
                // SAFETY: see above.
                unsafe { run(kernel, self) }
            }

            of_registers!(
                $t, $lanes, splat $splat, load $load, store $store, add $add, sub $sub, mul $mul, div $div, sqrt $sqrt
            );
            of_x86!(
                $t, $v, $lanes, stream $stream, fma $fma, max $max, min $min, round $round, cmp $cmp, widen $widen, sum $sum,
                largest $largest, pow2 $pow2
            );

            #[inline(always)]
            fn load_part(self, x: &[$t], fill: $t) -> Self::V {
                let part = Simd::<$t>::part(self, x.len());
                // SAFETY: see above; the mask lets no more than `x.len()` elements through.
                unsafe { $select(part, $splat(fill), $maskload(part, x.as_ptr())) }
            }
            #[inline(always)]
            fn part(self, len: usize) -> $m {
                assert!(len <= $lanes);
                ((1_u32 << len) - 1) as $m
            }
            #[inline(always)]
            unsafe fn load_part_at(self, from: *const $t, part: $m) -> Self::V {
                // SAFETY: see above; the caller promises the elements that the mask lets through.
                unsafe { $maskload(part, from) }
            }
            #[inline(always)]
            unsafe fn store_part_at(self, v: Self::V, to: *mut $t, part: $m) {
                // SAFETY: see above; the caller promises the elements that the mask lets through.
                unsafe { $maskstore(to, part, v) }
            }
            #[inline(always)]
            fn store_part(self, v: Self::V, to: &mut [$t]) {
                let part = Simd::<$t>::part(self, to.len());
                // SAFETY: see above; the mask lets no more than `to.len()` elements through.
                unsafe { $maskstore(to.as_mut_ptr(), part, v) }
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
            fn select(self, mask: Self::M, yes: Self::V, no: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $select(mask, no, yes) }
            }
            /// The processor multiplies with 2ⁿ in one instruction, also where that alone is no number.
            #[inline(always)]
            fn exp(self, a: Self::V) -> Self::V {
                use exp::$t::{HIGH, LOW, parts};
                // SAFETY: see above.
                unsafe {
                    // eˣ of 1000 is infinite. NaN is neither above nor below anything, and stays NaN.
                    let (y, n) = parts(self, $select($cmp::<_CMP_GT_OQ>(a, $splat(HIGH)), a, $splat(1e3)));
                    $scalef($cmp::<_CMP_NLT_UQ>(a, $splat(LOW)), y, n)
                }
            }
        }
    };
}

avx512!(
    f32, __m512, __mmask16, 16, splat _mm512_set1_ps, load _mm512_loadu_ps, store _mm512_storeu_ps, stream _mm512_stream_ps, add _mm512_add_ps,
    sub _mm512_sub_ps, mul _mm512_mul_ps, div _mm512_div_ps, fma _mm512_fmadd_ps, max _mm512_max_ps,
    min _mm512_min_ps, sqrt _mm512_sqrt_ps, abs _mm512_abs_ps, round _mm512_roundscale_ps, cmp _mm512_cmp_ps_mask,
    select _mm512_mask_blend_ps, maskload _mm512_maskz_loadu_ps, maskstore _mm512_mask_storeu_ps,
    neg |a| _mm512_castsi512_ps(_mm512_xor_si512(_mm512_castps_si512(a), _mm512_set1_epi32(i32::MIN))),
    widen |x: &[u8; 16]| _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(x.as_ptr().cast()))),
    sum |a| {
        let high = _mm512_extractf64x4_pd::<1>(_mm512_castps_pd(a));
        let eight = _mm256_add_ps(_mm512_castps512_ps256(a), _mm256_castpd_ps(high));
        let four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps::<1>(eight));
        let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
        _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
    },
    largest |a| {
        let high = _mm512_extractf64x4_pd::<1>(_mm512_castps_pd(a));
        let eight = _mm256_max_ps(_mm512_castps512_ps256(a), _mm256_castpd_ps(high));
        let four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps::<1>(eight));
        let two = _mm_max_ps(four, _mm_movehl_ps(four, four));
        _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)))
    },
    scalef _mm512_maskz_scalef_ps,
    pow2 |n| _mm512_castsi512_ps(_mm512_slli_epi32::<23>(_mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127))))
);

avx512!(
    f64, __m512d, __mmask8, 8, splat _mm512_set1_pd, load _mm512_loadu_pd, store _mm512_storeu_pd, stream _mm512_stream_pd, add _mm512_add_pd,
    sub _mm512_sub_pd, mul _mm512_mul_pd, div _mm512_div_pd, fma _mm512_fmadd_pd, max _mm512_max_pd,
    min _mm512_min_pd, sqrt _mm512_sqrt_pd, abs _mm512_abs_pd, round _mm512_roundscale_pd, cmp _mm512_cmp_pd_mask,
    select _mm512_mask_blend_pd, maskload _mm512_maskz_loadu_pd, maskstore _mm512_mask_storeu_pd,
    neg |a| _mm512_castsi512_pd(_mm512_xor_si512(_mm512_castpd_si512(a), _mm512_set1_epi64(i64::MIN))),
    widen |x: &[u8; 8]| _mm512_cvtepi32_pd(_mm256_cvtepu8_epi32(_mm_loadl_epi64(x.as_ptr().cast()))),
    sum |a| {
        let four = _mm256_add_pd(_mm512_castpd512_pd256(a), _mm512_extractf64x4_pd::<1>(a));
        let two = _mm_add_pd(_mm256_castpd256_pd128(four), _mm256_extractf128_pd::<1>(four));
        _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)))
    },
    largest |a| {
        let four = _mm256_max_pd(_mm512_castpd512_pd256(a), _mm512_extractf64x4_pd::<1>(a));
        let two = _mm_max_pd(_mm256_castpd256_pd128(four), _mm256_extractf128_pd::<1>(four));
        _mm_cvtsd_f64(_mm_max_sd(two, _mm_unpackhi_pd(two, two)))
    },
    scalef _mm512_maskz_scalef_pd,
    pow2 |n| _mm512_castsi512_pd(_mm512_slli_epi64::<52>(_mm512_add_epi64(
        _mm512_cvtepi32_epi64(_mm512_cvtpd_epi32(n)), _mm512_set1_epi64(1023))))
);
