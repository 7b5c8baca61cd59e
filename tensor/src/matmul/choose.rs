//! The algorithm that computes a product, by its shape, and how it is cut for threads. `cargo bench -p benches --bench matmul` measures it;
//! figures are from one core of an AMD EPYC (Zen 4, 1 MB of L2), f32, unless they say otherwise.

use core::ops::Range;

use super::tile::{Ahead, MAX_ROWS};
#[cfg(feature = "std")]
use crate::Precision;
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
pub enum Algorithm {
    /// Own register tiles: `product.rs`.
    Tiles,
    /// An own dot product for each element: `dots.rs`.
    Dots,
    /// An own loop over the rows of the result: `outer.rs`.
    Outer,
    /// `matrixmultiply`: `library.rs`.
    #[cfg(feature = "matrixmultiply")]
    Library,
    /// Own tiles of operands that are rounded: `bf16`.
    #[cfg(feature = "std")]
    Rounded(Precision),
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

/// How the columns of B that tiles share are read, and the inner size that is worked on at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Blocks {
    /// How B is read.
    pub(super) reading: Reading,
    /// The most of the inner size.
    pub(super) depth: usize,
    /// What tiles ask for.
    pub(super) ahead: Ahead,
}

/// How tiles read B.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Where it stands.
    InPlace,
    /// In panels that are copied together first.
    Packed,
    /// The first tile where it stands, and the others what that one has copied meanwhile.
    Copied,
}

/// The [`Blocks`] of a product of m rows in tiles of `height`, by panels of B of `row` elements a row, each of `size` bytes. From a row of A,
/// or where it is read by columns from a column, to the next there are `a_stride` bytes.
///
/// On AVX2 a tile that copies what it reads takes as long as one that does not, and the others read neighbouring lines: it pays from the second
/// tile on, unless B is in the first-level cache anyway. The panel is most of that cache of 32 KB. Where A is read by columns, its rows are on
/// many pages, and the processor's first table of pages has 64 entries. GFLOP/s of one core of an AMD EPYC (Zen 3, peak 103.7), in place and so,
/// least of many times: 91 and 94 for 256x784x128, 81 and 92 where every X is another one; 81 and 90 for the gradient of 512x784x128, 68 and 87
/// where every X is another one.
pub(super) fn blocks(
    registers: usize,
    (m, inner, n): (usize, usize, usize),
    height: usize,
    (row, size): (usize, usize),
    a_stride: usize,
    (a_by_rows, b_by_rows): (bool, bool),
) -> Blocks {
    // The rows of a single panel are neighbours.
    let is_near = b_by_rows && (n <= row || inner * n * size <= NEAR / 2);
    if !copies(registers) || m <= height || is_near {
        let pack = !b_by_rows || packs(m, inner, n);
        let (reading, depth) = if pack { (Reading::Packed, PACKED_FIRST / row) } else { (Reading::InPlace, DEPTH) };
        return Blocks { reading, depth, ahead: Ahead::Nothing };
    }
    let reading = if b_by_rows { Reading::Copied } else { Reading::Packed };
    let ahead = match a_by_rows {
        _ if m * inner * size <= NEAR => Ahead::Nothing,
        // Lines so far apart drive each other from the cache.
        true if a_stride.is_multiple_of(4096) => Ahead::Nothing,
        false if a_stride.is_multiple_of(512) => Ahead::Nothing,
        true => Ahead::Below,
        false => Ahead::Beside,
    };
    let by_pages = if a_by_rows { 0 } else { (inner * a_stride + PAGES / 2) / PAGES };
    let blocks = by_pages.max(inner.div_ceil((PANEL / size).min(PACKED) / row)).max(1);
    Blocks { reading, depth: inner.div_ceil(blocks), ahead }
}

/// Whether tiles copy B on the way and ask for what is next in A: on AVX2, the lane of 16 registers, it was measured to pay.
pub(super) const fn copies(registers: usize) -> bool {
    registers == 16
}

/// The bytes of B that tiles read again and again where they are copied on the way.
const PANEL: usize = 25 * 1024;

/// How many elements of B there is room for: a part of the first-level cache, and of the stack, which is small on a microcontroller.
/// There it is a little more than the rows of a narrow panel that cannot be read in place, of the widest vectors that a lane has.
pub(super) const PACKED: usize = if cfg!(target_os = "none") { 512 } else { PANEL / size_of::<f32>() };

/// How many of them are packed where no tile copies on the way.
const PACKED_FIRST: usize = if PACKED < 4096 { PACKED } else { 4096 };

/// About how many bytes the rows of A are apart that are worked on at a time where it is read by columns: 50 pages.
const PAGES: usize = 50 * 4096;

/// A matrix A of so many bytes is in the first-level cache, or nearly.
const NEAR: usize = 32 * 1024;

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
