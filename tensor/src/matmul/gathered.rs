//! The gradient of weights where there is memory to copy both operands together, block by block of the rows that it is a sum over.
//!
//! Tiles in place (`product.rs`) read six neighbouring columns of X in every row, and copy a panel of Δ whose rows are far apart for as many
//! tiles as X has columns of six.

use super::matrix::{MatMut, MatRef};
use super::panels::{PANEL, panel_width, panels};
use super::tile::{self, Ahead, MAX_ROWS, Rows, Tile};
use crate::Scalar;
use crate::simd::{Kernel, Simd};

/// D ← Xᵀ·Δ for X (m×k), Δ (m×n) and D (k×n): each element is one sum over the rows in order.
pub(super) struct Gathered<'a, T> {
    x: MatRef<'a, T>,
    delta: MatRef<'a, T>,
    d: MatMut<'a, T>,
    memory: &'a mut [T],
}

/// How many panels of Δ are copied together: their rows lie side by side.
const PANELS: usize = 4;

/// The fewest rows of a block.
const LEAST_ROWS: usize = 32;

impl<'a, T: Scalar> Gathered<'a, T> {
    /// The product.
    ///
    /// # Panics
    /// If the sizes do not agree, a matrix is a transposed view, or the memory is less than [`memory_for`] says.
    pub(super) fn new(x: MatRef<'a, T>, delta: MatRef<'a, T>, d: MatMut<'a, T>, memory: &'a mut [T]) -> Self {
        assert!(
            (x.nrows(), x.ncols(), delta.ncols()) == (delta.nrows(), d.nrows(), d.ncols()),
            "the sizes of a product agree"
        );
        assert!(x.is_by_rows() && delta.is_by_rows(), "the rows of a transposed matrix are no slices");
        assert!(memory.len() >= memory_for(d.nrows()), "a block needs memory");
        Self { x, delta, d, memory }
    }
}

/// The fewest elements of memory for a gradient of `k` rows: on any lane, panels are no wider than 64 elements.
pub const fn memory_for(k: usize) -> usize {
    LEAST_ROWS * (k + PANELS * 64)
}

impl<T: Scalar> Kernel<T> for Gathered<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { x, delta, mut d, memory } = self;
        let (m, k, n, d_row) = (x.nrows(), d.nrows(), d.ncols(), d.row_stride());
        let width = panel_width::<T, S>(n.div_ceil(S::LANES)) * S::LANES;
        let most = (PANEL / size_of::<T>() / width).min(memory.len() / (k + PANELS * width));
        let depth = m.div_ceil(m.div_ceil(most).max(1));
        let (columns_of_x, panels_of_delta) = memory.split_at_mut(k * depth);
        // Tiles of nearly equal heights: so many are a row higher than the others.
        let tiles = k.div_ceil(if S::REGISTERS < 16 { 3 } else { MAX_ROWS });
        let (low, high) = (k / tiles, k % tiles);
        for from in (0..m).step_by(depth) {
            let depth = depth.min(m - from);
            let mut top = 0;
            for tile in 0..tiles {
                let height = low + usize::from(tile < high);
                copy_columns(x, (from, depth), top, height, &mut columns_of_x[top * depth..][..height * depth]);
                top += height;
            }
            for strip in (0..n).step_by(PANELS * width) {
                let end = n.min(strip + PANELS * width);
                copy_panels(s, delta, (from, depth), (strip, end), width, panels_of_delta);
                for (left, right, columns) in panels::<T, S>(end - strip, width / S::LANES) {
                    let b =
                        Rows { from: panels_of_delta[left * depth..].as_ptr(), row: columns * S::LANES, count: depth };
                    let in_last = right - left - (columns - 1) * S::LANES;
                    let mut top = 0;
                    for tile in 0..tiles {
                        let height = low + usize::from(tile < high);
                        let to = d.as_mut_ptr().wrapping_add(top * d_row + strip + left);
                        let tile = Tile {
                            a: columns_of_x[top * depth..].as_ptr(),
                            a_row: 1,
                            a_inner: height,
                            b: [b, Rows { count: 0, ..b }],
                            start: if from == 0 { core::ptr::null() } else { to.cast_const() },
                            start_row: d_row,
                            c: to,
                            c_row: d_row,
                            last: in_last,
                            relu: false,
                            copy: core::ptr::null_mut(),
                            ahead: Ahead::Nothing,
                        };
                        // SAFETY: the tile is rows top to top + height ≤ k and columns strip + left to strip + right ≤ n of D, which is
                        // borrowed uniquely. Of X there are height·depth elements, and of Δ depth rows of whole vectors: both have
                        // just been copied to memory that is split from D.
                        unsafe { tile::run(s, &tile, height, columns) };
                        top += height;
                    }
                }
            }
        }
    }
}

/// `to` ← columns `left` to `left + height` of rows `from` to `from + depth`, row by row.
#[inline(always)]
fn copy_columns<T: Scalar>(x: MatRef<'_, T>, rows: (usize, usize), left: usize, height: usize, to: &mut [T]) {
    match height {
        1 => copy::<T, 1>(x, rows, left, to),
        2 => copy::<T, 2>(x, rows, left, to),
        3 => copy::<T, 3>(x, rows, left, to),
        4 => copy::<T, 4>(x, rows, left, to),
        5 => copy::<T, 5>(x, rows, left, to),
        6 => copy::<T, 6>(x, rows, left, to),
        _ => unreachable!("there is no tile of {height} rows"),
    }
}

/// [`copy_columns`] for one height.
#[inline(always)]
fn copy<T: Scalar, const N: usize>(x: MatRef<'_, T>, (from, depth): (usize, usize), left: usize, to: &mut [T]) {
    for (i, to) in (from..from + depth).zip(to.as_chunks_mut::<N>().0) {
        if let Some(row) = x.row(i)[left..].first_chunk::<N>() {
            *to = *row;
        }
    }
}

/// `to` ← rows `from` to `from + depth`, columns `left` to `right` in panels of `width` columns, of which the last may be narrower and ends with
/// zeros.
#[inline(always)]
fn copy_panels<T: Scalar, S: Simd<T>>(
    s: S,
    delta: MatRef<'_, T>,
    (from, depth): (usize, usize),
    (left, right): (usize, usize),
    width: usize,
    to: &mut [T],
) {
    for i in 0..depth {
        let row = &delta.row(from + i)[left..right];
        for (panel, row) in row.chunks(width).enumerate() {
            let columns = row.len().next_multiple_of(S::LANES);
            let to = &mut to[panel * width * depth + i * columns..][..columns];
            for (row, to) in row.chunks(S::LANES).zip(to.chunks_exact_mut(S::LANES)) {
                s.store(crate::simd::row::load(s, row, T::ZERO), to);
            }
        }
    }
}
