//! Which way a product is computed, by its shape. `cargo bench --bench matmul` measures it; figures are from one core of
//! an AMD EPYC (Zen 4, 1 MB of L2), f32.

/// The rows of A that are worked on before B is read again: with [`DEPTH`] columns they fill a part of the second-level
/// cache. 96 rows cost 5 % at 512x784x128.
pub(super) const ROWS: usize = 384;

/// The inner size that is worked on at a time. 512 cost 4 % at batch 512 on AVX2, where the 16 columns of B that are in
/// use should stay in the first-level cache.
pub(super) const DEPTH: usize = 256;

/// Whether panels of B are copied together first.
///
/// Rows of B that are far apart share few sets of the first-level cache: packing took the weight gradient of
/// 64x512x512 on AVX2 from 373 to 334 µs and that of 128x1024x1024 from 3900 to 3180 µs. A copy must be used often to
/// pay: at 64 rows it slowed the forward pass of 64x512x512 from 317 to 343 µs. Where B does not fit into the
/// second-level cache, fewer rows are enough.
pub(super) const fn packs(m: usize, inner: usize, n: usize) -> bool {
    (m >= 128 && n >= 512) || (m >= 32 && inner * n > 512 * 1024)
}

/// Up to how many rows the input gradient is a dot product per element: below, turning W does not pay. At 784x128, 6 rows
/// take 20.7 µs by dot products and 21.9 µs by tiles, 7 rows 24.2 and 23.5 µs.
pub(super) const DOT_ROWS: usize = 6;

/// The floating-point operations that are worth another thread: 3 µs of one core.
pub(super) const FLOPS_PER_PART: usize = 300_000;
