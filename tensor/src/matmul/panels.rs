//! A matrix that product after product reads, as the weights of a recurrent layer are read at every step: copied together once, so
//! that what a tile reads lies side by side.
//!
//! The rows of such a matrix are often a power of two apart. The columns of one tile are then lines of a few sets of the first-level
//! cache, and at 4 KB of the second-level one, so each tile reads them from further away: on one core of an AMD EPYC (Zen 3, 512 KB of
//! L2), AVX2, products of 32 rows by 256x1024 ran at 43 GFLOP/s in place and at 80 by panels in the prototype of this file.

use core::mem::MaybeUninit;

use super::choose;
use super::matrix::{MatMut, MatRef};
use super::product::copy_panel;
use super::tile::{self, Ahead, MAX_ROWS, Rows, Tile, max_columns};
use crate::simd::{Kernel, Lane, Simd};
use crate::{Scalar, size};

/// A matrix cut into the columns of tiles, whole vectors of them: row by row, and one panel behind the other.
#[derive(Clone, Copy, Debug)]
pub struct Panels<'a, T> {
    elements: &'a [T],
    rows: usize,
    columns: usize,
    /// The lane whose vectors they are.
    lane: Lane,
}

/// The elements of the longest vector: columns are rounded up to whole ones.
const LONGEST_VECTOR: usize = 16;

/// How many elements the panels of `rows` rows and `columns` columns take at most, whatever the lane.
pub const fn panels_len(rows: usize, columns: usize) -> usize {
    size::product(&[rows, columns.next_multiple_of(LONGEST_VECTOR)])
}

impl<'a, T: Scalar> Panels<'a, T> {
    /// Copies `from` to `to`, of which it takes [`panels_len`].
    ///
    /// # Panics
    /// If `to` is shorter.
    pub fn of(lane: Lane, from: MatRef<'_, T>, to: &'a mut [T]) -> Self {
        let (rows, columns) = (from.nrows(), from.ncols());
        T::dispatch_on(lane, Copy { from, to: &mut *to });
        Self { elements: to, rows, columns, lane }
    }

    /// The lane whose vectors they are.
    pub(crate) fn lane(&self) -> Lane {
        self.lane
    }
}

/// How many vectors wide the panels of a matrix of so many vectors of columns are: nearly all the same.
#[inline(always)]
pub(super) fn panel_width<T, S: Simd<T>>(vectors: usize) -> usize {
    vectors.div_ceil(vectors.div_ceil(max_columns(MAX_ROWS, S::REGISTERS)))
}

/// Each panel of a matrix of `n` columns, `width` vectors wide: its first column, where it ends, and how many vectors it has.
#[inline(always)]
pub(super) fn panels<T, S: Simd<T>>(n: usize, width: usize) -> impl Iterator<Item = (usize, usize, usize)> {
    let vectors = n.div_ceil(S::LANES);
    (0..vectors).step_by(width).map(move |panel| {
        let (left, columns) = (panel * S::LANES, width.min(vectors - panel));
        (left, n.min(left + columns * S::LANES), columns)
    })
}

/// `to` ← the panels of `from`.
struct Copy<'a, T> {
    from: MatRef<'a, T>,
    to: &'a mut [T],
}

impl<T: Scalar> Kernel<T> for Copy<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { from, mut to } = self;
        // Rows may all stand at one place, so there may be more of them than memory holds.
        let len = size::product(&[from.nrows(), from.ncols().next_multiple_of(S::LANES)]);
        assert!(to.len() >= len, "the panels have {len} elements, but there is room for {}", to.len());
        let width = panel_width::<T, S>(from.ncols().div_ceil(S::LANES));
        for (left, right, columns) in panels::<T, S>(from.ncols(), width) {
            let width = columns * S::LANES;
            let (panel, behind) = to.split_at_mut(from.nrows() * width);
            // SAFETY: they are the elements of `panel`, borrowed as long, and `copy_panel` makes no element uninitialised.
            let panel: &mut [MaybeUninit<T>] =
                unsafe { core::slice::from_raw_parts_mut(panel.as_mut_ptr().cast(), panel.len()) };
            copy_panel(s, &from, (0, from.nrows()), (left, right), width, panel);
            to = behind;
        }
    }
}

/// What a product is added to.
#[derive(Clone, Copy, Debug)]
pub enum Addend<'a, T> {
    /// Nothing: C ← A·B.
    Zero,
    /// A bias, to each row: C ← A·B + b.
    Bias(&'a [T]),
    /// What is there: C ← C + A·B.
    Itself,
}

/// C ← A·B + what `addend` says, for A (m×inner), B (inner×n) in panels, and a C of m rows and n columns.
pub(crate) struct ByPanels<'a, T> {
    a: MatRef<'a, T>,
    b: Panels<'a, T>,
    addend: Addend<'a, T>,
    c: MatMut<'a, T>,
}

impl<'a, T: Scalar> ByPanels<'a, T> {
    /// The product.
    ///
    /// # Panics
    /// If the sizes do not agree.
    pub(crate) fn new(a: MatRef<'a, T>, b: Panels<'a, T>, addend: Addend<'a, T>, c: MatMut<'a, T>) -> Self {
        let sizes = (c.nrows(), b.rows, b.columns);
        assert!((a.nrows(), a.ncols(), c.ncols()) == sizes, "the sizes of a product agree");
        if let Addend::Bias(bias) = addend {
            assert!(bias.len() == b.columns, "the bias has an element for each column");
        }
        Self { a, b, addend, c }
    }
}

/// How many bytes of a panel are worked on at a time: they stay in the first-level cache, beside as many rows of A as a tile has.
pub(super) const PANEL: usize = 20 * 1024;

impl<T: Scalar> Kernel<T> for ByPanels<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { a, b, addend, mut c } = self;
        let (m, inner, n, c_row) = (c.nrows(), b.rows, b.columns, c.row_stride());
        assert!(b.elements.len() >= inner * n.next_multiple_of(S::LANES), "the panels are there");
        let width = panel_width::<T, S>(n.div_ceil(S::LANES));
        let most = PANEL / size_of::<T>() / (width * S::LANES);
        let depth = inner.div_ceil(inner.div_ceil(most));
        for from in (0..inner).step_by(depth) {
            let depth = depth.min(inner - from);
            for block in (0..m).step_by(choose::ROWS) {
                let block_rows = choose::ROWS.min(m - block);
                // Tiles of nearly equal heights: so many are a row higher than the others.
                let tiles = block_rows.div_ceil(if S::REGISTERS < 16 { 3 } else { MAX_ROWS });
                let (low, high) = (block_rows / tiles, block_rows % tiles);
                for (left, right, columns) in panels::<T, S>(n, width) {
                    let panel = left * inner + from * columns * S::LANES;
                    let rows_of_b = Rows { from: b.elements[panel..].as_ptr(), row: columns * S::LANES, count: depth };
                    let in_last = right - left - (columns - 1) * S::LANES;
                    let mut i = block;
                    for tile in 0..tiles {
                        let rows = low + usize::from(tile < high);
                        let to = c.as_mut_ptr().wrapping_add(i * c_row + left);
                        let (start, start_row) = match addend {
                            Addend::Bias(bias) if from == 0 => (bias[left..].as_ptr(), 0),
                            Addend::Zero if from == 0 => (core::ptr::null(), 0),
                            _ => (to.cast_const(), c_row),
                        };
                        let tile = Tile {
                            a: a.elements.as_ptr().wrapping_add(i * a.row_stride + from * a.column_stride),
                            a_row: a.row_stride,
                            a_inner: a.column_stride,
                            b: [rows_of_b, Rows { count: 0, ..rows_of_b }],
                            start,
                            start_row,
                            c: to,
                            c_row,
                            last: in_last,
                            relu: false,
                            copy: core::ptr::null_mut(),
                            ahead: Ahead::Nothing,
                        };
                        // SAFETY: `new` has checked that A is m×inner, whose elements are there, that C is m×n and the bias n long; the tile is
                        // rows i to i + rows ≤ m, columns left to right ≤ n, and the inner places from to from + depth ≤ inner. The panels
                        // before this one have left·inner elements, and this one inner rows of whole vectors; all of them are there. C is
                        // borrowed uniquely, so it overlaps nothing.
                        unsafe { tile::run(s, &tile, rows, columns) };
                        i += rows;
                    }
                }
            }
        }
    }
}
