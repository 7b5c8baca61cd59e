//! q·Ŵ for weights of 8 bits, of which four rows stand together.
//!
//! Each 32-bit element of a vector holds the weights from four inputs to one output, as the instructions for dot products
//! of bytes take them (AVX-512 VNNI). A tile is some rows of q by some vectors of outputs, whose sums stay in registers: each
//! weight is read once for all rows of it. One row alone is a tile of as many vectors as there are registers for.

#[cfg(all(target_arch = "arm", feature = "arm-dsp"))]
use super::dsp;
use super::product::{Product, Row};
use crate::simd::Lane;

/// The most rows that are computed together.
pub(super) const ROWS: usize = 8;

/// Computes `rows`.
///
/// # Panics
/// If something would be read or written that is not there.
pub(super) fn run(lane: Lane, product: &Product<'_>, rows: &[Row], y: &mut [f32]) {
    if rows.is_empty() {
        return;
    }
    product.check(rows, y.len());
    match lane {
        #[cfg(target_arch = "x86_64")]
        Lane::Avx512 if lane.available() && has_vnni() => {
            // SAFETY: the processor has AVX-512F with VL and VNNI, AVX2 and FMA. The places were checked above.
            unsafe {
                if product.columns.len() <= 8 { vnni_half::run(product, rows, y) } else { vnni::run(product, rows, y) }
            }
        }
        #[cfg(target_arch = "x86_64")]
        Lane::Avx512 | Lane::Avx2 if Lane::Avx2.available() => {
            // SAFETY: the processor has AVX2 and FMA. The places were checked above.
            unsafe { avx2::run(product, rows, y) }
        }
        #[cfg(all(target_arch = "arm", feature = "arm-dsp"))]
        _ => rows.iter().for_each(|row| dsp::run(product, *row, y)),
        #[cfg(not(all(target_arch = "arm", feature = "arm-dsp")))]
        _ => rows.iter().for_each(|row| portable(product, *row, y)),
    }
}

#[cfg(target_arch = "x86_64")]
fn has_vnni() -> bool {
    #[cfg(feature = "std")]
    let has = std::arch::is_x86_feature_detected!("avx512vnni") && std::arch::is_x86_feature_detected!("avx512vl");
    #[cfg(not(feature = "std"))]
    let has = cfg!(all(target_feature = "avx512vnni", target_feature = "avx512vl"));
    has
}

/// The `len` bytes at `from`, one to three, with zeros behind them.
///
/// # Safety
/// They may be read.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn short_inputs(from: *const u8, len: usize) -> i32 {
    // SAFETY: no more than `len` bytes are read.
    unsafe {
        match len {
            1 => i32::from(from.read()),
            2 => i32::from(from.cast::<u16>().read_unaligned()),
            _ => i32::from(from.cast::<u16>().read_unaligned()) | i32::from(from.add(2).read()) << 16,
        }
    }
}

/// One row, in plain loops.
#[cfg_attr(
    all(target_arch = "arm", feature = "arm-dsp"),
    expect(dead_code, reason = "`dsp` gives the same bits in fewer instructions")
)]
pub(super) fn portable(product: &Product<'_>, row: Row, y: &mut [f32]) {
    const WIDTH: usize = 32;
    let Product { q, runs, weight, n, columns, rests, scale, shift } = product;
    let rest = runs.rest();
    let add = |sums: &mut [i32; WIDTH], q: [u8; 4], w: &[[u8; 4]]| {
        let q = q.map(i32::from);
        for (sum, w) in sums.iter_mut().zip(w) {
            // Bytes taken out of a number by shifts become vectors, bytes of an array do not.
            let w = i32::from_le_bytes(*w);
            *sum += q[0] * (w << 24 >> 24) + q[1] * (w << 16 >> 24) + q[2] * (w << 8 >> 24) + q[3] * (w >> 24);
        }
    };
    for (panel, y) in y[row.to..][..columns.len()].chunks_mut(WIDTH).enumerate() {
        let left = panel * WIDTH;
        let mut sums = [0_i32; WIDTH];
        for run in 0..runs.count() {
            let (outer, inner) = (run / runs.counts[1], run % runs.counts[1]);
            let from = row.from + outer * runs.distances[0] + inner * runs.distances[1];
            let q = &q[from..from + runs.len];
            let (fours, last) = q.as_chunks::<4>();
            let weight = weight[run * runs.len * n..][..fours.len() * 4 * n].as_chunks::<4>().0;
            for (q, row) in fours.iter().zip(weight.chunks_exact(*n)) {
                add(&mut sums, *q, &row[columns.start + left..][..y.len()]);
            }
            if rest > 0 {
                let mut short = [0; 4];
                short[..rest].copy_from_slice(last);
                add(&mut sums, *q.last_chunk().unwrap_or(&short), &rests[run * columns.len() + left..][..y.len()]);
            }
        }
        let place = columns.start + left..columns.start + left + y.len();
        for (((y, sum), scale), shift) in y.iter_mut().zip(sums).zip(&scale[place.clone()]).zip(&shift[place]) {
            *y = sum as f32 * f32::from_le_bytes(*scale) + f32::from_le_bytes(*shift);
        }
    }
}

/// The loops of one set of instructions; `sum` is what a vector of outputs is summed in.
#[cfg(target_arch = "x86_64")]
macro_rules! lane {
    (
        $name:ident, $features:literal, $lanes:literal, tile $rows:literal by [$($width:literal)*], one by [$($one:literal)*],
        sum $sum:ty, zero $zero:expr, input $input:expr, add $add:expr, finish $finish:expr, none $none:expr, load $load:ident, mask $mask:expr => $mask_type:ty,
        load_part $load_part:expr, load_factors $load_factors:expr, scale $scale:expr, store_part $store_part:expr
    ) => {
        mod $name {
            #[allow(clippy::wildcard_imports, reason = "the names of intrinsics say where they are from")]
            use core::arch::x86_64::*;

            use super::super::product::{Product, Row};
            use super::short_inputs;

            /// # Safety
            /// [`Product::check`] was passed with these rows.
            #[target_feature(enable = $features)]
            pub(super) unsafe fn run(product: &Product<'_>, rows: &[Row], y: &mut [f32]) {
                for rows in rows.chunks($rows) {
                    // As many as fill half a tile are a tile, in which the last of them is computed several times.
                    if rows.len() >= $rows / 2 {
                        let mut tile = [Row::default(); $rows];
                        for (i, row) in tile.iter_mut().enumerate() {
                            *row = rows[i.min(rows.len() - 1)];
                        }
                        // SAFETY: passed on.
                        unsafe { tile_of_rows(product, &tile, y) }
                    } else {
                        for row in rows {
                            // SAFETY: passed on.
                            unsafe { one_row(product, *row, y) }
                        }
                    }
                }
            }

            /// All columns of a tile's rows.
            ///
            /// # Safety
            /// As [`run`].
            #[target_feature(enable = $features)]
            unsafe fn tile_of_rows(product: &Product<'_>, rows: &[Row; $rows], y: &mut [f32]) {
                const WIDTHS: &[usize] = &[$($width),*];
                let mut left = 0;
                while left < product.columns.len() {
                    let vectors = (product.columns.len() - left).div_ceil($lanes).min(WIDTHS.len());
                    // SAFETY: passed on; `left` is less than the number of columns.
                    unsafe {
                        match vectors {
                            $($width => panel::<$rows, $width>(product, rows, left, y),)*
                            _ => unreachable!("there is no tile of {vectors} vectors"),
                        }
                    }
                    left += vectors * $lanes;
                }
            }

            /// All columns of one row.
            ///
            /// # Safety
            /// As [`run`].
            #[target_feature(enable = $features)]
            unsafe fn one_row(product: &Product<'_>, row: Row, y: &mut [f32]) {
                const WIDTHS: &[usize] = &[$($one),*];
                let mut left = 0;
                while left < product.columns.len() {
                    let vectors = (product.columns.len() - left).div_ceil($lanes).min(WIDTHS.len());
                    // SAFETY: passed on; `left` is less than the number of columns.
                    unsafe {
                        match vectors {
                            $($one => panel::<1, $one>(product, &[row], left, y),)*
                            _ => unreachable!("there is no row of {vectors} vectors"),
                        }
                    }
                    left += vectors * $lanes;
                }
            }

            /// Adds the products of four inputs of each row, `at` bytes behind its first one, and of `V` vectors of fours, of which
            /// the last one has those that `mask` says. Of runs of fewer than four bytes, `len` inputs are read.
            ///
            /// # Safety
            /// All that may be read.
            #[target_feature(enable = $features)]
            #[inline]
            unsafe fn add_four<const R: usize, const V: usize>(
                sums: &mut [[$sum; V]; R],
                inputs: &[*const u8; R],
                at: usize,
                len: usize,
                fours: *const u8,
                mask: $mask_type,
            ) {
                // Loops and no closures, which would not be inlined with these instructions.
                let mut w = [$none; V];
                for (j, w) in w.iter_mut().enumerate() {
                    let from = fours.wrapping_add(4 * j * $lanes);
                    // SAFETY: passed on.
                    *w = unsafe { if j + 1 < V { $load(from.cast()) } else { $load_part(from.cast(), mask) } };
                }
                for (sums, inputs) in sums.iter_mut().zip(inputs) {
                    let inputs = inputs.wrapping_add(at);
                    // SAFETY: passed on.
                    let q = unsafe { if len < 4 { short_inputs(inputs, len) } else { inputs.cast::<i32>().read_unaligned() } };
                    let q = $input(q);
                    for (sum, w) in sums.iter_mut().zip(w) {
                        *sum = $add(*sum, q, w);
                    }
                }
            }

            /// The columns from `left` on that fill `V` vectors, the last of them perhaps in part.
            ///
            /// # Safety
            /// As [`run`]; `left` is less than the number of columns.
            #[target_feature(enable = $features)]
            unsafe fn panel<const R: usize, const V: usize>(
                product: &Product<'_>,
                rows: &[Row; R],
                left: usize,
                y: &mut [f32],
            ) {
                let Product { q, runs, weight, n, columns, rests, scale, shift } = product;
                let rest = runs.rest();
                let last = (columns.len() - left).min(V * $lanes) - (V - 1) * $lanes;
                let mask = $mask(last);
                let mut sums: [[$sum; V]; R] = [[$zero; V]; R];
                let mut from = weight.as_ptr().wrapping_add(4 * (columns.start + left));
                let mut rests = rests.as_ptr().wrapping_add(left);
                let mut inputs = [q.as_ptr(); R];
                for (inputs, row) in inputs.iter_mut().zip(rows) {
                    *inputs = inputs.wrapping_add(row.from);
                }
                if R == 1 {
                    for outer in 0..runs.counts[0] {
                        for inner in 0..runs.counts[1] {
                            let start = outer * runs.distances[0] + inner * runs.distances[1];
                            for at in (start..start + runs.len - rest).step_by(4) {
                                // SAFETY: as below.
                                unsafe { add_four(&mut sums, &inputs, at, runs.len, from, mask) }
                                from = from.wrapping_add(4 * *n);
                            }
                            if rest > 0 {
                                let at = start + runs.len.saturating_sub(4);
                                // SAFETY: as below.
                                unsafe { add_four(&mut sums, &inputs, at, runs.len, rests.cast(), mask) }
                                from = from.wrapping_add(rest * *n);
                                rests = rests.wrapping_add(columns.len());
                            }
                        }
                    }
                } else {
                    let (whole, each) = (runs.len / 4, runs.len.div_ceil(4));
                    // One loop over the fours of all runs, so that the rows' places stay in registers and one distance moves: `at`, in a
                    // run that begins at `start`.
                    let (mut outer, mut inner, mut start, mut at, mut four) = (0, 0, 0, 0, 0);
                    for _ in 0..runs.count() * each {
                        let is_rest = four == whole;
                        let fours = if is_rest { rests.cast() } else { from };
                        // SAFETY: four rows of Ŵ are `n` fours of bytes, and each run has as many fours of a rest as columns, as `check`
                        // has found. Of those the columns up to `left + (V − 1)·lanes + last` are read. The rows' runs end within `q`.
                        unsafe { add_four(&mut sums, &inputs, at, runs.len, fours, mask) }
                        from = from.wrapping_add(if is_rest { rest * *n } else { 4 * *n });
                        four += 1;
                        if four < each {
                            at = start + (4 * four).min(runs.len - 4);
                        } else {
                            rests = rests.wrapping_add(columns.len());
                            (four, inner) = (0, inner + 1);
                            if inner == runs.counts[1] {
                                (inner, outer) = (0, outer + 1);
                            }
                            start = outer * runs.distances[0] + inner * runs.distances[1];
                            at = start;
                        }
                    }
                }
                for j in 0..V {
                    let all = $mask(if j + 1 < V { $lanes } else { last });
                    let (at, first) = (columns.start + left + j * $lanes, left + j * $lanes);
                    // SAFETY: there are as many factors as `n`, and `at` and what `all` says are columns.
                    let (scale, shift) = unsafe {
                        ($load_factors(scale.as_ptr().add(at).cast(), all), $load_factors(shift.as_ptr().add(at).cast(), all))
                    };
                    for (sums, row) in sums.iter().zip(rows) {
                        let scaled = $scale($finish(sums[j]), scale, shift);
                        // SAFETY: the outputs of the row are as many as columns, and end within `y`.
                        unsafe { $store_part(y.as_mut_ptr().add(row.to + first), all, scaled) }
                    }
                }
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
lane!(
    vnni, "avx512f,avx512vnni,avx2,fma", 16, tile 8 by [1 2], one by [1 2 3 4 5 6 7 8],
    sum __m512i, zero _mm512_setzero_si512(), input |q| _mm512_set1_epi32(q),
    add |sum, q, w| _mm512_dpbusd_epi32(sum, q, w),
    finish |sum| _mm512_cvtepi32_ps(sum),
    none _mm512_setzero_si512(), load _mm512_loadu_si512, mask |len: usize| u16::MAX >> (16 - len) => __mmask16,
    load_part |from, mask| _mm512_maskz_loadu_epi32(mask, from),
    load_factors |from, mask| _mm512_maskz_loadu_ps(mask, from),
    scale |x, scale, shift| _mm512_add_ps(_mm512_mul_ps(x, scale), shift),
    store_part |to, mask, v| _mm512_mask_storeu_ps(to, mask, v)
);

// As few outputs as fill half a register take half the time in one.
#[cfg(target_arch = "x86_64")]
lane!(
    vnni_half, "avx512f,avx512vl,avx512vnni,avx2,fma", 8, tile 8 by [1], one by [1],
    sum __m256i, zero _mm256_setzero_si256(), input |q| _mm256_set1_epi32(q),
    add |sum, q, w| _mm256_dpbusd_epi32(sum, q, w),
    finish |sum| _mm256_cvtepi32_ps(sum),
    none _mm256_setzero_si256(), load _mm256_loadu_si256, mask |len: usize| u8::MAX >> (8 - len) => __mmask8,
    load_part |from, mask| _mm256_maskz_loadu_epi32(mask, from),
    load_factors |from, mask| _mm256_maskz_loadu_ps(mask, from),
    scale |x, scale, shift| _mm256_add_ps(_mm256_mul_ps(x, scale), shift),
    store_part |to, mask, v| _mm256_mask_storeu_ps(to, mask, v)
);

// Bytes are widened to 16 bits, whose products the processor adds in pairs; so there are two sums for each output until
// the end.
#[cfg(target_arch = "x86_64")]
lane!(
    avx2, "avx2,fma", 8, tile 4 by [1], one by [1 2 3 4],
    sum [__m256i; 2], zero [_mm256_setzero_si256(); 2],
    input |q| _mm256_broadcastq_epi64(_mm_cvtepu8_epi16(_mm_cvtsi32_si128(q))),
    add |[low, high]: [__m256i; 2], q, w| [
        _mm256_add_epi32(low, _mm256_madd_epi16(q, _mm256_cvtepi8_epi16(_mm256_castsi256_si128(w)))),
        _mm256_add_epi32(high, _mm256_madd_epi16(q, _mm256_cvtepi8_epi16(_mm256_extracti128_si256::<1>(w)))),
    ],
    finish |[low, high]: [__m256i; 2]| {
        _mm256_cvtepi32_ps(_mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_hadd_epi32(low, high)))
    },
    none _mm256_setzero_si256(), load _mm256_loadu_si256,
    mask |len: usize| _mm256_cmpgt_epi32(_mm256_set1_epi32((len as u32).cast_signed()), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)) => __m256i,
    load_part |from, mask| _mm256_maskload_epi32(from, mask),
    load_factors |from, mask| _mm256_maskload_ps(from, mask),
    scale |x, scale, shift| _mm256_add_ps(_mm256_mul_ps(x, scale), shift),
    store_part |to, mask, v| _mm256_maskstore_ps(to, mask, v)
);
