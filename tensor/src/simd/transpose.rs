//! Turning small square blocks of a matrix, rows into columns.

/// A block of `SIDE`×`SIDE` elements, one by one.
///
/// # Safety
/// See [`Simd::transpose_at`](super::Simd::transpose_at).
#[inline(always)]
pub(super) unsafe fn portable<T: Copy, const SIDE: usize>(from: *const T, from_row: usize, to: *mut T, to_row: usize) {
    for i in 0..SIDE {
        for j in 0..SIDE {
            // SAFETY: the caller promises the elements of both blocks.
            unsafe { *to.add(j * to_row + i) = *from.add(i * from_row + j) };
        }
    }
}

/// By the shuffles of AVX2. Halves of rows are loaded so that only neighbours within 128 bits have to change places.
#[cfg(target_arch = "x86_64")]
pub(super) mod avx2 {
    pub(in crate::simd) mod f32 {
        #[allow(clippy::wildcard_imports, reason = "the names of intrinsics say where they are from")]
        use core::arch::x86_64::*;

        pub(in crate::simd) const BLOCK: usize = 8;

        /// 8×8 elements.
        ///
        /// # Safety
        /// The processor must have AVX2; see also [`Simd::transpose_at`](crate::simd::Simd::transpose_at).
        #[inline(always)]
        pub(in crate::simd) unsafe fn block(from: *const f32, from_row: usize, to: *mut f32, to_row: usize) {
            for half in [0, 4] {
                // SAFETY: the caller promises the elements of both blocks and the instructions.
                unsafe {
                    // Columns `half` to `half + 4` of rows i and i + 4.
                    let load = |i: usize| {
                        let low = _mm_loadu_ps(from.add(i * from_row + half));
                        let high = _mm_loadu_ps(from.add((i + 4) * from_row + half));
                        _mm256_insertf128_ps::<1>(_mm256_castps128_ps256(low), high)
                    };
                    let (a, b, c, d) = (load(0), load(1), load(2), load(3));
                    let (ab_low, ab_high) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
                    let (cd_low, cd_high) = (_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
                    let to = to.add(half * to_row);
                    _mm256_storeu_ps(to, _mm256_shuffle_ps::<0b01_00_01_00>(ab_low, cd_low));
                    _mm256_storeu_ps(to.add(to_row), _mm256_shuffle_ps::<0b11_10_11_10>(ab_low, cd_low));
                    _mm256_storeu_ps(to.add(2 * to_row), _mm256_shuffle_ps::<0b01_00_01_00>(ab_high, cd_high));
                    _mm256_storeu_ps(to.add(3 * to_row), _mm256_shuffle_ps::<0b11_10_11_10>(ab_high, cd_high));
                }
            }
        }
    }

    pub(in crate::simd) mod f64 {
        #[allow(clippy::wildcard_imports, reason = "the names of intrinsics say where they are from")]
        use core::arch::x86_64::*;

        pub(in crate::simd) const BLOCK: usize = 4;

        /// 4×4 elements.
        ///
        /// # Safety
        /// The processor must have AVX2; see also [`Simd::transpose_at`](crate::simd::Simd::transpose_at).
        #[inline(always)]
        pub(in crate::simd) unsafe fn block(from: *const f64, from_row: usize, to: *mut f64, to_row: usize) {
            for half in [0, 2] {
                // SAFETY: the caller promises the elements of both blocks and the instructions.
                unsafe {
                    // Columns `half` and `half + 1` of rows i and i + 2.
                    let load = |i: usize| {
                        let low = _mm_loadu_pd(from.add(i * from_row + half));
                        let high = _mm_loadu_pd(from.add((i + 2) * from_row + half));
                        _mm256_insertf128_pd::<1>(_mm256_castpd128_pd256(low), high)
                    };
                    let (a, b) = (load(0), load(1));
                    let to = to.add(half * to_row);
                    _mm256_storeu_pd(to, _mm256_unpacklo_pd(a, b));
                    _mm256_storeu_pd(to.add(to_row), _mm256_unpackhi_pd(a, b));
                }
            }
        }
    }
}
