//! q·Ŵ for weights of 8 bits, of which four rows stand together.
//!
//! Each 32-bit element of a vector holds the weights from four inputs to one output, as the instructions for dot products
//! of bytes take them (AVX-512 VNNI).

use super::Int8;
use crate::simd::Lane;

/// y ← `scale` ⊙ (q·Ŵ) + `shift`
pub(super) fn run(lane: Lane, x: &[f32], layer: &Int8<'_>, q: &mut [u8], y: &mut [f32]) {
    match lane {
        #[cfg(target_arch = "x86_64")]
        Lane::Avx512 if lane.available() && has_vnni() => {
            // SAFETY: the processor has AVX-512F with VNNI, AVX2 and FMA.
            unsafe { vnni::run(x, layer, q, y) }
        }
        #[cfg(target_arch = "x86_64")]
        Lane::Avx512 | Lane::Avx2 if Lane::Avx2.available() => {
            // SAFETY: the processor has AVX2 and FMA.
            unsafe { avx2::run(x, layer, q, y) }
        }
        _ => around(x, layer, q, y, portable),
    }
}

#[cfg(target_arch = "x86_64")]
fn has_vnni() -> bool {
    #[cfg(feature = "std")]
    let has = std::arch::is_x86_feature_detected!("avx512vnni");
    #[cfg(not(feature = "std"))]
    let has = cfg!(target_feature = "avx512vnni");
    has
}

/// What is the same on all lanes: the integers of x before `sums` is called, and the rows that make no four, the factors
/// and the summands after it.
#[inline(always)]
fn around(x: &[f32], layer: &Int8<'_>, q: &mut [u8], y: &mut [f32], sums: impl FnOnce(&[u8], &[u8], &mut [f32])) {
    if quantise(x, layer, q) {
        y.fill(f32::NAN);
        return;
    }
    sums(q, layer.weight, y);
    let n = y.len();
    let rest = q.as_chunks::<4>().1;
    for (q, w) in rest.iter().zip(layer.weight[(q.len() - rest.len()) * n..].chunks_exact(n)) {
        for (y, w) in y.iter_mut().zip(w) {
            *y += f32::from(*q) * f32::from(w.cast_signed());
        }
    }
    for ((y, scale), shift) in y.iter_mut().zip(layer.scale).zip(layer.shift) {
        *y = *y * f32::from_le_bytes(*scale) + f32::from_le_bytes(*shift);
    }
}

/// q ← round(x·inverse + zero), ties to even; says whether an x is NaN.
#[inline(always)]
fn quantise(x: &[f32], layer: &Int8<'_>, q: &mut [u8]) -> bool {
    // Adding 1.5·2²³ leaves the nearest whole number in the lowest bits.
    const MAGIC: f32 = 12_582_912.0;
    let mut nan = 0;
    for (q, x) in q.iter_mut().zip(x) {
        let step = x * layer.inverse + layer.zero;
        let step = if step > 0.0 { step } else { 0.0 };
        let step = if step < 255.0 { step } else { 255.0 };
        *q = (step + MAGIC).to_bits() as u8;
        nan |= u32::from(x.is_nan());
    }
    nan != 0
}

/// y ← q·Ŵ over the rows that make fours, in plain loops.
fn portable(q: &[u8], w: &[u8], y: &mut [f32]) {
    const WIDTH: usize = 32;
    let n = y.len();
    for (panel, y) in y.chunks_mut(WIDTH).enumerate() {
        let mut sums = [0_i32; WIDTH];
        for (q, w) in q.as_chunks::<4>().0.iter().zip(w.as_chunks::<4>().0.chunks_exact(n)) {
            let q = q.map(i32::from);
            for (sum, w) in sums.iter_mut().zip(&w[panel * WIDTH..][..y.len()]) {
                // Bytes taken out of a number by shifts become vectors, bytes of an array do not.
                let w = i32::from_le_bytes(*w);
                *sum += q[0] * (w << 24 >> 24) + q[1] * (w << 16 >> 24) + q[2] * (w << 8 >> 24) + q[3] * (w >> 24);
            }
        }
        for (y, sum) in y.iter_mut().zip(sums) {
            *y = sum as f32;
        }
    }
}

/// The loops of one set of instructions; `sums` of them are needed for each vector of outputs.
#[cfg(target_arch = "x86_64")]
macro_rules! lane {
    (
        $name:ident, $features:literal, $lanes:literal, width $width:literal, sum $sum:ty, zero $zero:expr, input $input:expr,
        add $add:expr, finish $finish:expr, load $load:ident, mask $mask:expr, load_part $load_part:expr,
        store_part $store_part:expr
    ) => {
        mod $name {
            #[allow(clippy::wildcard_imports, reason = "the names of intrinsics say where they are from")]
            use core::arch::x86_64::*;

            use super::super::Int8;
            use crate::size::checked_product;

            /// The most vectors of outputs whose sums are kept in registers.
            const WIDTH: usize = $width;

            #[target_feature(enable = $features)]
            pub(super) fn run(x: &[f32], layer: &Int8<'_>, q: &mut [u8], y: &mut [f32]) {
                super::around(x, layer, q, y, |q, w, y| {
                    for left in (0..y.len()).step_by(WIDTH * $lanes) {
                        match (y.len() - left).div_ceil($lanes).min(WIDTH) {
                            1 => panel::<1>(q, w, y, left),
                            2 => panel::<2>(q, w, y, left),
                            3 => panel::<3>(q, w, y, left),
                            4 => panel::<4>(q, w, y, left),
                            5 => panel::<5>(q, w, y, left),
                            6 => panel::<6>(q, w, y, left),
                            7 => panel::<7>(q, w, y, left),
                            _ => panel::<8>(q, w, y, left),
                        }
                    }
                });
            }

            /// The columns from `left` on that fill `V` vectors, the last of them perhaps in part.
            #[target_feature(enable = $features)]
            #[inline]
            fn panel<const V: usize>(q: &[u8], w: &[u8], y: &mut [f32], left: usize) {
                let n = y.len();
                assert!(checked_product(&[q.len(), n]) == Some(w.len()));
                let y = &mut y[left..];
                let last = y.len().min(V * $lanes) - (V - 1) * $lanes;
                let mask = $mask(last);
                let mut sums: [$sum; V] = [$zero; V];
                for (row, q) in q.as_chunks::<4>().0.iter().enumerate() {
                    let q = $input(i32::from_le_bytes(*q));
                    for (j, sum) in sums.iter_mut().enumerate() {
                        // SAFETY: the four rows are `n` fours of elements, of which all up to
                        // `left + (V − 1)·lanes + last` are read.
                        let four = unsafe {
                            let from = w.as_ptr().add(4 * (row * n + left + j * $lanes));
                            if j + 1 < V { $load(from.cast()) } else { $load_part(from.cast(), mask) }
                        };
                        *sum = $add(*sum, q, four);
                    }
                }
                for (j, sum) in sums.into_iter().enumerate() {
                    let all = $mask(if j + 1 < V { $lanes } else { last });
                    // SAFETY: `y` has that many elements from there on.
                    unsafe { $store_part(y.as_mut_ptr().add(j * $lanes), all, $finish(sum)) }
                }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
lane!(
    vnni, "avx512f,avx512vnni,avx2,fma", 16, width 8, sum __m512i, zero _mm512_setzero_si512(),
    input |q| _mm512_set1_epi32(q),
    add |sum, q, w| _mm512_dpbusd_epi32(sum, q, w),
    finish |sum| _mm512_cvtepi32_ps(sum),
    load _mm512_loadu_si512, mask |len: usize| u16::MAX >> (16 - len),
    load_part |from, mask| _mm512_maskz_loadu_epi32(mask, from),
    store_part |to, mask, v| _mm512_mask_storeu_ps(to, mask, v)
);

// Bytes are widened to 16 bits, whose products the processor adds in pairs; so there are two sums for each output until
// the end.
#[cfg(target_arch = "x86_64")]
lane!(
    avx2, "avx2,fma", 8, width 4, sum [__m256i; 2], zero [_mm256_setzero_si256(); 2],
    input |q| _mm256_broadcastq_epi64(_mm_cvtepu8_epi16(_mm_cvtsi32_si128(q))),
    add |[low, high]: [__m256i; 2], q, w| [
        _mm256_add_epi32(low, _mm256_madd_epi16(q, _mm256_cvtepi8_epi16(_mm256_castsi256_si128(w)))),
        _mm256_add_epi32(high, _mm256_madd_epi16(q, _mm256_cvtepi8_epi16(_mm256_extracti128_si256::<1>(w)))),
    ],
    finish |[low, high]: [__m256i; 2]| {
        _mm256_cvtepi32_ps(_mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_hadd_epi32(low, high)))
    },
    load _mm256_loadu_si256,
    mask |len: usize| _mm256_cmpgt_epi32(_mm256_set1_epi32((len as u32).cast_signed()), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)),
    load_part |from, mask| _mm256_maskload_epi32(from, mask),
    store_part |to, mask, v| _mm256_maskstore_ps(to, mask, v)
);
