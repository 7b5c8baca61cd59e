//! The algorithm that computes a product, by its shape, and how it is cut for threads. `cargo bench -p benches --bench matmul` measures it;
//! figures are from one core of an AMD EPYC (Zen 4, 1 MB of L2), f32, unless they say otherwise.

use core::ops::Range;

use super::tile::MAX_ROWS;
use crate::simd::{Chosen, Lane};
use crate::{LeastPart, Parallel};

/// The three products of a dense layer, of `rows` rows through `weights` weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    /// X·W, or any product of two row-major matrices.
    Forward,
    /// Xᵀ·Δ
    WeightGradient,
    /// Δ·Wᵀ
    InputGradient,
}

/// What computes a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// Own register tiles: `product.rs`.
    Tiles,
    /// An own dot product for each element: `dots.rs`.
    Dots,
    /// An own loop over the rows of the result: `outer.rs`.
    Outer,
    /// `matrixmultiply`: `library.rs`.
    #[cfg(feature = "matrixmultiply")]
    Library,
}

#[cfg(feature = "matrixmultiply")]
pub(super) const LIBRARY: Algorithm = Algorithm::Library;
/// Without the library, the own tiles do everything.
#[cfg(not(feature = "matrixmultiply"))]
pub(super) const LIBRARY: Algorithm = Algorithm::Tiles;

/// The table. ARCHITECTURE.md shows what it rests on.
///
/// The own tiles work on the matrices where they are, add the bias and take max(0, z) on the way. `matrixmultiply` copies
/// both operands into blocks first, in memory that it allocates. That pays for the gradient of weights that do not fit
/// into the second-level cache, whose columns of X would be read across many rows. Where no lane but the portable one is
/// there, its own kernels for older processors are wider. If the portable lane was asked for, its results must not
/// depend on the processor, so nothing but own code runs.
///
/// Where every product is to be the library's, it is.
#[rustfmt::skip]
pub(super) fn algorithm(operation: Operation, chosen: Chosen, rows: usize, weights: usize, size: usize) -> Algorithm {
    let Chosen { lane, forced, library } = chosen;
    let beyond_cache = weights * size > 1024 * 1024;
    match (operation, lane) {
        _                                                 if library                       => LIBRARY,
        (Operation::WeightGradient, _)                       if rows == 1                     => Algorithm::Outer,
        (Operation::InputGradient,  _)                       if rows <= DOT_ROWS              => Algorithm::Dots,
        (_,                      Lane::Portable)          if forced                        => Algorithm::Tiles,
        (_,                      Lane::Portable)          if rows >= 32 && weights >= 8192 => LIBRARY,
        (Operation::WeightGradient, Lane::Avx512)            if rows >= 8 && beyond_cache     => LIBRARY,
        (Operation::WeightGradient, Lane::Avx2 | Lane::Neon) if rows >= 32 && beyond_cache    => LIBRARY,
        _                                                                                  => Algorithm::Tiles,
    }
}

/// Up to how many rows the input gradient is a dot product per element: below, turning W does not pay. At 784x128, 6 rows
/// take 20.7 µs by dot products and 21.9 µs by tiles, 7 rows 24.2 and 23.5 µs.
const DOT_ROWS: usize = 6;

/// The rows of A that are worked on before B is read again: with [`DEPTH`] columns they fill a part of the second-level
/// cache. 96 rows cost 5 % at 512x784x128.
pub(super) const ROWS: usize = 384;

/// The inner size that is worked on at a time. 512 cost 4 % at batch 512 on AVX2, where the 16 columns of B that are in
/// use should stay in the first-level cache.
pub(super) const DEPTH: usize = 256;

/// Whether panels of B are copied together first.
///
/// Rows of B that are far apart share few sets of the first-level cache: packing took the weight gradient of
/// 64x512x512 on AVX2 from 373 to 334 µs. A copy must be used often to pay: at 64 rows it slowed the forward pass of
/// 64x512x512 from 317 to 343 µs. Where B does not fit into the second-level cache, fewer rows are enough.
pub(super) const fn packs(m: usize, inner: usize, n: usize) -> bool {
    (m >= 128 && n >= 512) || (m >= 32 && inner * n > 512 * 1024)
}

/// The parts of a result that threads take, one after the other. Every element is one sum in a fixed order, so the bits
/// are the same wherever a result is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// So many rows each.
    Rows(usize),
    /// So many columns each.
    Columns(usize),
}

impl Cut {
    /// How many parts a result of `rows` rows and `columns` columns has.
    pub(super) fn parts(self, (rows, columns): (usize, usize)) -> usize {
        match self {
            Self::Rows(height) => rows.div_ceil(height),
            Self::Columns(width) => columns.div_ceil(width),
        }
    }

    /// The number of the part at (`top`, `left`).
    pub(super) fn part(self, (top, left): (usize, usize)) -> usize {
        match self {
            Self::Rows(height) => top / height,
            Self::Columns(width) => left / width,
        }
    }

    /// The columns that belong to the part at (`top`, `left`) of a result of `rows` rows and `columns` columns, so that
    /// every column belongs to one part.
    pub(super) fn share_of_columns(self, (top, left): (usize, usize), (rows, columns): (usize, usize)) -> Range<usize> {
        let (part, width) = match self {
            Self::Rows(height) => (top / height, columns.div_ceil(rows.div_ceil(height)).next_multiple_of(LINE)),
            Self::Columns(width) => (left / width, width),
        };
        columns.min(part * width)..columns.min((part + 1) * width)
    }
}

/// The elements of a cache line, or half of them.
pub(super) const LINE: usize = 16;

/// How a result of `rows` rows and `columns` columns, each element of which is a sum of `inner` products, is cut.
///
/// Measured on two cores for the network 784 → 128 → 64 → 10: the products of a step at batch 32, 64, 128 and 512 take
/// 75, 133, 259 and 1015 µs instead of 131, 254, 503 and 2028.
pub(super) fn cut(par: Parallel<'_>, (rows, columns): (usize, usize), inner: usize) -> Cut {
    let parts = parts(par, rows.saturating_mul(columns).saturating_mul(inner).saturating_mul(2));
    if parts < 2 {
        Cut::Rows(rows.max(1))
    } else if rows >= parts * MAX_ROWS {
        Cut::Rows(rows.div_ceil(parts))
    } else {
        Cut::Columns(columns.div_ceil(parts).next_multiple_of(COLUMNS))
    }
}

/// How many parts work of so many floating-point operations is cut into; below 2, it is not cut.
pub(crate) fn parts(par: Parallel<'_>, flops: usize) -> usize {
    let threads = par.threads();
    if threads > 1 && flops / FLOPS_PER_LARGE_PART >= PARTS_PER_THREAD * threads {
        // As many parts for each thread, so that all end together.
        PARTS_PER_THREAD * threads
    } else {
        par.parts(flops, LEAST_PART)
    }
}

/// The fewest floating-point operations of a part: 3 µs of one core. A sleeping thread is woken for 30 µs.
const LEAST_PART: LeastPart = LeastPart::new(300_000, 3_000).waking_from(3_000_000);

/// From this size of a part on, 70 µs of one core, there are more parts than threads: a thread that is held up leaves
/// the rest to others. Below, cutting finer costs more than it gains.
const FLOPS_PER_LARGE_PART: usize = 8_000_000;

/// How many of those there are for each thread.
const PARTS_PER_THREAD: usize = 2;

/// Columns are cut at whole cache lines, and at whole tiles of all lanes.
const COLUMNS: usize = 64;
