//! AVX2 with FMA: 8 `f32` or 4 `f64` per vector.

#[allow(clippy::wildcard_imports, reason = "the names of intrinsics say where they are from")]
use core::arch::x86_64::*;

use super::fence::{fence, streamed};
use super::methods::{of_registers, of_x86};
use super::{Kernel, Simd, exp, transpose};

/// Proof that the processor has AVX2 and FMA.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx2(());

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

/// The first elements of a vector. Loads take the mask. A store with a mask takes a dozen cycles on AMD's processors, so stores
/// go by the length, in halves of halves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    mask: __m256i,
    len: usize,
}

/// A mask of `len` elements starts `lanes - len` places in.
static MASKS_32: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];
/// As above.
static MASKS_64: [i64; 8] = [-1, -1, -1, -1, 0, 0, 0, 0];

macro_rules! avx2 {
    (
        $t:ident, $v:ident, $lanes:literal, splat $splat:ident, load $load:ident, store $store:ident, stream $stream:ident, add $add:ident,
        sub $sub:ident, mul $mul:ident, div $div:ident, fma $fma:ident, max $max:ident, min $min:ident,
        sqrt $sqrt:ident, andnot $andnot:ident, xor $xor:ident, round $round:ident, cmp $cmp:ident,
        select $select:ident, maskload $maskload:ident, store_first $store_first:expr, masks $masks:ident,
        widen $widen:expr, sum $sum:expr, largest $largest:expr, pow2 $pow2:expr
    ) => {
        // SAFETY (each block below): an `Avx2` value exists only where the processor has these instructions, and the
        // pointers come from slices whose length has been checked.
        // SAFETY: vectors, parts and blocks are of the elements that the constants say, and a call hands on the token.
        unsafe impl Simd<$t> for Avx2 {
            type V = $v;
            type M = $v;
            type Part = Part;
            const REGISTERS: usize = 16;

            #[inline(always)]
            fn call<K: Kernel<$t>>(self, kernel: K) -> K::Output {
                #[target_feature(enable = "avx2,fma")]
                #[inline(never)]
                fn run<K: Kernel<$t>>(kernel: K, s: Avx2) -> K::Output {
                    kernel.run(s)
                }
                // SAFETY: see above.
                unsafe { run(kernel, self) }
            }

            #[inline(always)]
            fn prefetch(self, at: *const $t) {
                // SAFETY: see above; an address that is nobody's is passed over.
                unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) }
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
                unsafe {
                    let yes = core::mem::transmute::<__m256i, $v>(part.mask);
                    $select($splat(fill), $maskload(x.as_ptr(), part.mask), yes)
                }
            }
            #[inline(always)]
            fn part(self, len: usize) -> Part {
                assert!(len <= $lanes);
                // SAFETY: see above; `len` yeses and `lanes - len` noes stand from there on.
                Part { mask: unsafe { _mm256_loadu_si256($masks.as_ptr().add($lanes - len).cast()) }, len }
            }
            #[inline(always)]
            unsafe fn load_part_at(self, from: *const $t, part: Part) -> Self::V {
                // SAFETY: see above; the caller promises the elements that the mask lets through.
                unsafe { $maskload(from, part.mask) }
            }
            #[inline(always)]
            unsafe fn store_part_at(self, v: Self::V, to: *mut $t, part: Part) {
                // SAFETY: see above; the caller promises the elements, of which no more than `part.len` are written.
                unsafe { $store_first(to, v, part.len) }
            }
            #[inline(always)]
            fn store_part(self, v: Self::V, to: &mut [$t]) {
                assert!(to.len() <= $lanes);
                // SAFETY: see above; no more than `to.len()` elements are written.
                unsafe { $store_first(to.as_mut_ptr(), v, to.len()) }
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
            fn select(self, mask: Self::M, yes: Self::V, no: Self::V) -> Self::V {
                // SAFETY: see above.
                unsafe { $select(no, yes, mask) }
            }
            #[inline(always)]
            fn exp(self, a: Self::V) -> Self::V {
                exp::$t::exp(self, a)
            }
            #[inline(always)]
            fn exp_of_moderate(self, a: Self::V) -> Self::V {
                exp::$t::exp_of_moderate(self, a)
            }
        }
    };
}

avx2!(
    f32, __m256, 8, splat _mm256_set1_ps, load _mm256_loadu_ps, store _mm256_storeu_ps, stream _mm256_stream_ps, add _mm256_add_ps,
    sub _mm256_sub_ps, mul _mm256_mul_ps, div _mm256_div_ps, fma _mm256_fmadd_ps, max _mm256_max_ps,
    min _mm256_min_ps, sqrt _mm256_sqrt_ps, andnot _mm256_andnot_ps, xor _mm256_xor_ps, round _mm256_round_ps,
    cmp _mm256_cmp_ps, select _mm256_blendv_ps, maskload _mm256_maskload_ps,
    store_first |to: *mut f32, v, len: usize| {
        if len == 8 {
            _mm256_storeu_ps(to, v);
        } else {
            let (mut to, mut rest) = (to, _mm256_castps256_ps128(v));
            if len & 4 != 0 {
                _mm_storeu_ps(to, rest);
                (to, rest) = (to.add(4), _mm256_extractf128_ps::<1>(v));
            }
            if len & 2 != 0 {
                _mm_storel_epi64(to.cast(), _mm_castps_si128(rest));
                (to, rest) = (to.add(2), _mm_movehl_ps(rest, rest));
            }
            if len & 1 != 0 {
                _mm_store_ss(to, rest);
            }
        }
    },
    masks MASKS_32,
    widen |x: &[u8; 8]| _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(x.as_ptr().cast()))),
    sum |a| {
        let four = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps::<1>(a));
        let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
        _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
    },
    largest |a| {
        let four = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps::<1>(a));
        let two = _mm_max_ps(four, _mm_movehl_ps(four, four));
        _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)))
    },
    pow2 |n| _mm256_castsi256_ps(_mm256_slli_epi32::<23>(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127))))
);

avx2!(
    f64, __m256d, 4, splat _mm256_set1_pd, load _mm256_loadu_pd, store _mm256_storeu_pd, stream _mm256_stream_pd, add _mm256_add_pd,
    sub _mm256_sub_pd, mul _mm256_mul_pd, div _mm256_div_pd, fma _mm256_fmadd_pd, max _mm256_max_pd,
    min _mm256_min_pd, sqrt _mm256_sqrt_pd, andnot _mm256_andnot_pd, xor _mm256_xor_pd, round _mm256_round_pd,
    cmp _mm256_cmp_pd, select _mm256_blendv_pd, maskload _mm256_maskload_pd,
    store_first |to: *mut f64, v, len: usize| {
        if len == 4 {
            _mm256_storeu_pd(to, v);
        } else {
            let (mut to, mut rest) = (to, _mm256_castpd256_pd128(v));
            if len & 2 != 0 {
                _mm_storeu_pd(to, rest);
                (to, rest) = (to.add(2), _mm256_extractf128_pd::<1>(v));
            }
            if len & 1 != 0 {
                _mm_store_sd(to, rest);
            }
        }
    },
    masks MASKS_64,
    widen |x: &[u8; 4]| _mm256_cvtepi32_pd(_mm_cvtepu8_epi32(_mm_cvtsi32_si128(i32::from_le_bytes(*x)))),
    sum |a| {
        let two = _mm_add_pd(_mm256_castpd256_pd128(a), _mm256_extractf128_pd::<1>(a));
        _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)))
    },
    largest |a| {
        let two = _mm_max_pd(_mm256_castpd256_pd128(a), _mm256_extractf128_pd::<1>(a));
        _mm_cvtsd_f64(_mm_max_sd(two, _mm_unpackhi_pd(two, two)))
    },
    pow2 |n| _mm256_castsi256_pd(_mm256_slli_epi64::<52>(_mm256_add_epi64(
        _mm256_cvtepi32_epi64(_mm256_cvtpd_epi32(n)), _mm256_set1_epi64x(1023))))
);
