//! Which way a product is computed, by its shape. `cargo bench --bench matmul` measures it.

/// The rows of A that are worked on before B is read again.
pub(super) const ROWS: usize = 384;

/// The inner size that is worked on at a time where B is not packed.
pub(super) const DEPTH: usize = 256;

/// Whether panels of B are copied together first.
pub(super) const fn packs(m: usize, inner: usize, n: usize) -> bool {
    m >= 32 && inner * n > 512 * 1024
}

/// Up to how many rows the input gradient is a dot product per element: below, packing Wᵀ does not pay.
pub(super) const DOT_ROWS: usize = 3;

/// The floating-point operations that are worth another thread.
pub(super) const FLOPS_PER_PART: usize = 300_000;
