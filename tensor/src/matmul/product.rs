//! A product as a whole: cut into blocks that stay in the caches, and those into tiles.

use core::mem::MaybeUninit;

use super::choose;
use super::tile::{self, MAX_ROWS, Tile, max_columns};
use crate::Scalar;
use crate::simd::{Kernel, Simd};

/// One operand: element (i, j) is at `i·row + j·column`.
#[derive(Clone, Copy)]
pub(super) struct Matrix<'a, T> {
    pub(super) elements: &'a [T],
    pub(super) row: usize,
    pub(super) column: usize,
}

impl<T> Matrix<'_, T> {
    /// Refuses to go on if the matrix does not have `rows`×`columns` elements.
    fn check(&self, rows: usize, columns: usize) {
        if rows > 0 && columns > 0 {
            let last = (rows - 1) * self.row + (columns - 1) * self.column;
            assert!(last < self.elements.len(), "a matrix of {rows}x{columns} is longer than its elements");
        }
    }
}

/// C ← f(A·B + bias) for A (m×inner), B (inner×n), and a row-major C (m×n).
pub struct Product<'a, T> {
    a: Matrix<'a, T>,
    b: Matrix<'a, T>,
    bias: Option<&'a [T]>,
    c: &'a mut [T],
    inner: usize,
    n: usize,
    relu: bool,
}

impl<'a, T: Scalar> Product<'a, T> {
    /// The product; the rows of C say how many rows there are.
    pub(super) fn new(
        (a, b): (Matrix<'a, T>, Matrix<'a, T>),
        bias: Option<&'a [T]>,
        c: &'a mut [T],
        (inner, n): (usize, usize),
        relu: bool,
    ) -> Self {
        let m = c.len() / n;
        a.check(m, inner);
        b.check(inner, n);
        assert!(c.len() == m * n && bias.is_none_or(|bias| bias.len() == n));
        Self { a, b, bias, c, inner, n, relu }
    }
}

/// How many elements of B are packed at a time: a part of the first-level cache, and of a small stack.
const PACKED: usize = 4096;

impl<T: Scalar> Kernel<T> for Product<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { a, b, bias, c, inner, n, relu } = self;
        let m = c.len() / n;
        if m == 0 {
            return;
        }
        // Tiles of nearly equal heights, panels of nearly equal widths.
        let height = m.div_ceil(m.div_ceil(if S::REGISTERS < 16 { 3 } else { MAX_ROWS }));
        let vectors = n.div_ceil(S::LANES);
        let width = vectors.div_ceil(vectors.div_ceil(max_columns(height, S::REGISTERS)));
        let pack = b.column != 1 || choose::packs(m, inner, n);
        let depth = if pack { PACKED / (width * S::LANES) } else { choose::DEPTH };
        let mut packed = [const { MaybeUninit::<T>::uninit() }; PACKED];

        // With an inner size of 0 there is one empty block, which writes the bias.
        let mut from = 0;
        loop {
            let depth = depth.min(inner - from);
            let (first, end) = (from == 0, from + depth == inner);
            for block in (0..m).step_by(choose::ROWS) {
                let block_end = m.min(block + choose::ROWS);
                for panel in (0..vectors).step_by(width) {
                    let left = panel * S::LANES;
                    let columns = width.min(vectors - panel);
                    let right = n.min(left + columns * S::LANES);
                    let in_last = right - left - (columns - 1) * S::LANES;
                    let (from_b, b_inner) = if pack {
                        let row = columns * S::LANES;
                        pack_panel(&b, from, depth, left, right, row, &mut packed);
                        (packed.as_ptr().cast::<T>(), row)
                    } else {
                        (b.elements.as_ptr().wrapping_add(from * b.row + left), b.row)
                    };
                    let mut i = block;
                    while i < block_end {
                        let rows = height.min(block_end - i);
                        let to = c.as_mut_ptr().wrapping_add(i * n + left);
                        let (start, start_row) = match bias {
                            _ if !first => (to.cast_const(), n),
                            Some(bias) => (bias[left..].as_ptr(), 0),
                            None => (core::ptr::null(), 0),
                        };
                        let tile = Tile {
                            a: a.elements.as_ptr().wrapping_add(i * a.row + from * a.column),
                            a_row: a.row,
                            a_inner: a.column,
                            b: from_b,
                            b_inner,
                            inner: depth,
                            start,
                            start_row,
                            c: to,
                            c_row: n,
                            last: s.part(in_last),
                            whole: in_last == S::LANES,
                            relu: relu && end,
                        };
                        // SAFETY: `new` has checked that A is m×inner and B inner×n, that C is m×n and the bias n
                        // long; the tile is rows i to i + rows ≤ m, columns left to right ≤ n, and the inner places
                        // from to from + depth ≤ inner. A packed panel has depth rows of right − left elements. C is
                        // borrowed uniquely, so it overlaps nothing.
                        unsafe { tile::run(s, &tile, rows, columns) };
                        i += rows;
                    }
                }
            }
            from += depth;
            if from >= inner {
                return;
            }
        }
    }
}

/// Copies rows `from` to `from + depth`, columns `left` to `right` of B to rows of `row` elements.
#[inline(always)]
fn pack_panel<T: Scalar>(
    b: &Matrix<'_, T>,
    from: usize,
    depth: usize,
    left: usize,
    right: usize,
    row: usize,
    to: &mut [MaybeUninit<T>; PACKED],
) {
    let to = &mut to[..depth * row];
    if b.column == 1 {
        for (i, to) in to.chunks_exact_mut(row).enumerate() {
            let b = &b.elements[(from + i) * b.row..];
            for (to, b) in to.iter_mut().zip(&b[left..right]) {
                to.write(*b);
            }
        }
    } else {
        for j in left..right {
            let column = &b.elements[j * b.column..];
            for i in 0..depth {
                to[i * row + j - left].write(column[(from + i) * b.row]);
            }
        }
    }
}
