//! x·W for weights of 16 bits, of which two rows stand together.
//!
//! Each 32-bit element of a vector holds the weights from two inputs to one output. A shift makes one of them an `f32`, a
//! mask the other.

use super::Bf16;
use crate::simd::Lane;

/// y ← x·W + b
pub(super) fn run(lane: Lane, x: &[f32], w: &[Bf16], b: &[Bf16], y: &mut [f32]) {
    match lane {
        #[cfg(target_arch = "x86_64")]
        Lane::Avx512 if lane.available() => {
            // SAFETY: the processor has AVX-512F, AVX2 and FMA.
            unsafe { avx512::run(x, w, b, y) }
        }
        #[cfg(target_arch = "x86_64")]
        Lane::Avx2 if lane.available() => {
            // SAFETY: the processor has AVX2 and FMA.
            unsafe { avx2::run(x, w, b, y) }
        }
        _ => portable(x, w, b, y),
    }
}

/// Adds the row that has no partner, and the bias.
#[inline(always)]
fn finish(x: &[f32], w: &[Bf16], b: &[Bf16], y: &mut [f32]) {
    if let [x] = x.as_chunks::<2>().1 {
        for (y, w) in y.iter_mut().zip(&w[w.len() - b.len()..]) {
            *y += x * w.to_f32();
        }
    }
    for (y, b) in y.iter_mut().zip(b) {
        *y += b.to_f32();
    }
}

/// Plain loops, for every processor.
fn portable(x: &[f32], w: &[Bf16], b: &[Bf16], y: &mut [f32]) {
    let n = y.len();
    y.fill(0.0);
    for ([x0, x1], w) in x.as_chunks::<2>().0.iter().zip(w.chunks_exact(2 * n)) {
        for (y, [w0, w1]) in y.iter_mut().zip(w.as_chunks::<2>().0) {
            *y = (*y + x0 * w0.to_f32()) + x1 * w1.to_f32();
        }
    }
    finish(x, w, b, y);
}

/// The loops of one set of instructions.
#[cfg(target_arch = "x86_64")]
macro_rules! lane {
    (
        $name:ident, $features:literal, $lanes:literal, width $width:literal, zero $zero:ident, add $add:ident, splat $splat:ident, fma $fma:ident,
        low $low:expr, high $high:expr, load $load:ident, mask $mask:expr, load_part $load_part:expr,
        store_part $store_part:expr
    ) => {
        mod $name {
            #[allow(clippy::wildcard_imports, reason = "the names of intrinsics say where they are from")]
            use core::arch::x86_64::*;

            use super::super::Bf16;
            use crate::size::checked_product;

            /// The most vectors of outputs whose sums are kept in registers, two for each.
            const WIDTH: usize = $width;

            #[target_feature(enable = $features)]
            pub(super) fn run(x: &[f32], w: &[Bf16], b: &[Bf16], y: &mut [f32]) {
                for left in (0..y.len()).step_by(WIDTH * $lanes) {
                    match (y.len() - left).div_ceil($lanes).min(WIDTH) {
                        1 => panel::<1>(x, w, y, left),
                        2 => panel::<2>(x, w, y, left),
                        3 => panel::<3>(x, w, y, left),
                        4 => panel::<4>(x, w, y, left),
                        5 => panel::<5>(x, w, y, left),
                        6 => panel::<6>(x, w, y, left),
                        7 => panel::<7>(x, w, y, left),
                        _ => panel::<8>(x, w, y, left),
                    }
                }
                super::finish(x, w, b, y);
            }

            /// The columns from `left` on that fill `V` vectors, the last of them perhaps in part.
            #[target_feature(enable = $features)]
            #[inline]
            fn panel<const V: usize>(x: &[f32], w: &[Bf16], y: &mut [f32], left: usize) {
                let n = y.len();
                assert!(checked_product(&[x.len(), n]) == Some(w.len()));
                let y = &mut y[left..];
                let last = y.len().min(V * $lanes) - (V - 1) * $lanes;
                let mask = $mask(last);
                let mut sums = [[$zero(); 2]; V];
                for (row, [x0, x1]) in x.as_chunks::<2>().0.iter().enumerate() {
                    let (x0, x1) = ($splat(*x0), $splat(*x1));
                    for (j, [even, odd]) in sums.iter_mut().enumerate() {
                        // SAFETY: both rows are `n` pairs of elements, of which all up to `left + (V − 1)·lanes + last`
                        // are read.
                        let both = unsafe {
                            let from = w.as_ptr().add(2 * (row * n + left + j * $lanes));
                            if j + 1 < V { $load(from.cast()) } else { $load_part(from.cast(), mask) }
                        };
                        *even = $fma(x0, $low(both), *even);
                        *odd = $fma(x1, $high(both), *odd);
                    }
                }
                for (j, [even, odd]) in sums.into_iter().enumerate() {
                    let all = $mask(if j + 1 < V { $lanes } else { last });
                    // SAFETY: `y` has that many elements from there on.
                    unsafe { $store_part(y.as_mut_ptr().add(j * $lanes), all, $add(even, odd)) }
                }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
lane!(
    avx512, "avx512f,avx2,fma", 16, width 8, zero _mm512_setzero_ps, add _mm512_add_ps, splat _mm512_set1_ps, fma _mm512_fmadd_ps,
    low |v| _mm512_castsi512_ps(_mm512_slli_epi32::<16>(v)),
    high |v| _mm512_castsi512_ps(_mm512_and_si512(v, _mm512_set1_epi32(-0x1_0000))),
    load _mm512_loadu_si512, mask |len: usize| u16::MAX >> (16 - len),
    load_part |from, mask| _mm512_maskz_loadu_epi32(mask, from),
    store_part |to, mask, v| _mm512_mask_storeu_ps(to, mask, v)
);

#[cfg(target_arch = "x86_64")]
lane!(
    avx2, "avx2,fma", 8, width 4, zero _mm256_setzero_ps, add _mm256_add_ps, splat _mm256_set1_ps, fma _mm256_fmadd_ps,
    low |v| _mm256_castsi256_ps(_mm256_slli_epi32::<16>(v)),
    high |v| _mm256_castsi256_ps(_mm256_and_si256(v, _mm256_set1_epi32(-0x1_0000))),
    load _mm256_loadu_si256,
    mask |len: usize| _mm256_cmpgt_epi32(_mm256_set1_epi32((len as u32).cast_signed()), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)),
    load_part |from, mask| _mm256_maskload_epi32(from, mask),
    store_part |to, mask, v| _mm256_maskstore_ps(to, mask, v)
);
