//! AVX2 with FMA: 8 `f32` or 4 `f64` per vector.

use core::arch::x86_64::*;

use super::{Simd, exp};

/// Proof that the processor has AVX2 and FMA.
#[derive(Clone, Copy, Debug)]
pub struct Avx2(());

impl Avx2 {
    /// The token.
    ///
    /// # Safety
    /// The processor must have AVX2 and FMA.
    #[inline(always)]
    pub(super) const unsafe fn new() -> Self {
        Self(())
    }
}

macro_rules! avx2 {
    (
        $t:ident, $v:ident, $lanes:literal, splat $splat:ident, load $load:ident, store $store:ident, add $add:ident,
        sub $sub:ident, mul $mul:ident, div $div:ident, fma $fma:ident, max $max:ident, min $min:ident,
        sqrt $sqrt:ident, andnot $andnot:ident, xor $xor:ident, round $round:ident, cmp $cmp:ident,
        select $select:ident, pow2 $pow2:expr
    ) => {
        // SAFETY (each block below): an `Avx2` value exists only where the processor has these instructions, and the
        // pointers come from slices whose length has been checked.
        impl Simd<$t> for Avx2 {
            type V = $v;
            type M = $v;
            const LANES: usize = $lanes;

            #[inline(always)]
            fn splat(self, x: $t) -> Self::V {
                // SAFETY: see above.
                unsafe { $splat(x) }
            }
            #[inline(always)]
            fn load(self, x: &[$t]) -> Self::V {
                assert!(x.len() >= $lanes);
                // SAFETY: see above.
                unsafe { $load(x.as_ptr()) }
            }
            #[inline(always)]
            fn load_part(self, x: &[$t], fill: $t) -> Self::V {
                let mut v = [fill; $lanes];
                v[..x.len()].copy_from_slice(x);
                self.load(&v)
            }
            #[inline(always)]
            fn store(self, v: Self::V, to: &mut [$t]) {
                assert!(to.len() >= $lanes);
                // SAFETY: see above.
                unsafe { $store(to.as_mut_ptr(), v) }
            }
            #[inline(always)]
            fn store_part(self, v: Self::V, to: &mut [$t]) {
                let mut all = [0.0; $lanes];
                self.store(v, &mut all);
                let len = to.len();
                to.copy_from_slice(&all[..len]);
            }
            #[inline(always)]
            fn add(self, a: Self::V, b: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $add(a, b) }
            }
            #[inline(always)]
            fn sub(self, a: Self::V, b: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $sub(a, b) }
            }
            #[inline(always)]
            fn mul(self, a: Self::V, b: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $mul(a, b) }
            }
            #[inline(always)]
            fn div(self, a: Self::V, b: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $div(a, b) }
            }
            #[inline(always)]
            fn mul_add(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $fma(a, b, c) }
            }
            #[inline(always)]
            fn max(self, a: Self::V, b: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $max(a, b) }
            }
            #[inline(always)]
            fn min(self, a: Self::V, b: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $min(a, b) }
            }
            #[inline(always)]
            fn sqrt(self, a: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $sqrt(a) }
            }
            #[inline(always)]
            fn abs(self, a: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $andnot($splat(-0.0), a) }
            }
            #[inline(always)]
            fn neg(self, a: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $xor($splat(-0.0), a) }
            }
            #[inline(always)]
            fn round(self, a: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $round::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(a) }
            }
            #[inline(always)]
            fn pow2(self, n: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $pow2(n) }
            }
            #[inline(always)]
            fn lt(self, a: Self::V, b: Self::V) -> Self::M {
                // SAFETY: see above.
                unsafe { $cmp::<_CMP_LT_OQ>(a, b) }
            }
            #[inline(always)]
            fn le(self, a: Self::V, b: Self::V) -> Self::M {
                // SAFETY: see above.
                unsafe { $cmp::<_CMP_LE_OQ>(a, b) }
            }
            #[inline(always)]
            fn eq(self, a: Self::V, b: Self::V) -> Self::M {
                // SAFETY: see above.
                unsafe { $cmp::<_CMP_EQ_OQ>(a, b) }
            }
            #[inline(always)]
            fn select(self, mask: Self::M, yes: Self::V, no: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $select(no, yes, mask) }
            }
            #[inline(always)]
            fn sum(self, a: Self::V) -> $t {
                let mut all = [0.0; $lanes];
                self.store(a, &mut all);
                super::Simd::<$t>::sum(super::Portable, all)
            }
            #[inline(always)]
            fn largest(self, a: Self::V) -> $t {
                let mut all = [0.0; $lanes];
                self.store(a, &mut all);
                super::Simd::<$t>::largest(super::Portable, all)
            }
            #[inline(always)]
            fn exp(self, a: Self::V) -> Self::V {
                exp::$t(self, a)
            }
            #[inline(always)]
            fn each(self, a: Self::V, f: impl Fn($t) -> $t) -> Self::V {
                let mut all = [0.0; $lanes];
                self.store(a, &mut all);
                self.load(&all.map(f))
            }
        }
    };
}

avx2!(
    f32, __m256, 8, splat _mm256_set1_ps, load _mm256_loadu_ps, store _mm256_storeu_ps, add _mm256_add_ps,
    sub _mm256_sub_ps, mul _mm256_mul_ps, div _mm256_div_ps, fma _mm256_fmadd_ps, max _mm256_max_ps,
    min _mm256_min_ps, sqrt _mm256_sqrt_ps, andnot _mm256_andnot_ps, xor _mm256_xor_ps, round _mm256_round_ps,
    cmp _mm256_cmp_ps, select _mm256_blendv_ps,
    pow2 |n| _mm256_castsi256_ps(_mm256_slli_epi32::<23>(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127))))
);

avx2!(
    f64, __m256d, 4, splat _mm256_set1_pd, load _mm256_loadu_pd, store _mm256_storeu_pd, add _mm256_add_pd,
    sub _mm256_sub_pd, mul _mm256_mul_pd, div _mm256_div_pd, fma _mm256_fmadd_pd, max _mm256_max_pd,
    min _mm256_min_pd, sqrt _mm256_sqrt_pd, andnot _mm256_andnot_pd, xor _mm256_xor_pd, round _mm256_round_pd,
    cmp _mm256_cmp_pd, select _mm256_blendv_pd,
    pow2 |n| _mm256_castsi256_pd(_mm256_slli_epi64::<52>(_mm256_add_epi64(
        _mm256_cvtepi32_epi64(_mm256_cvtpd_epi32(n)), _mm256_set1_epi64x(1023))))
);
