//! Rows of A and columns of B as tiles.

use super::round::{pairs_across, pairs_along};
use super::tiles::{DEPTH, Pairs, SIDE};
use crate::matmul::matrix::MatRef;
use crate::simd::{Kernel, Simd};

/// What stands in a row of a tile.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// The pairs of one row of the matrix, as in a tile of A.
    Lines,
    /// One pair of each row of the matrix, as in a tile of B, whose columns the matrix has for rows.
    Pairs,
}

/// The tiles of up to 16 rows of `matrix`, one behind the other in the order of its columns, with zeros where it ends.
#[inline(always)]
pub(super) fn pack<S: Simd<f32>>(s: S, matrix: MatRef<'_, f32>, rows: Rows, to: &mut [Pairs]) {
    // A function for each lane, not for each driver.
    s.call(Pack { matrix, rows, to });
}

struct Pack<'a> {
    matrix: MatRef<'a, f32>,
    rows: Rows,
    to: &'a mut [Pairs],
}

impl Kernel<f32> for Pack<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<f32>>(self, s: S) {
        tiles(s, self.matrix, self.rows, self.to);
    }
}

/// See [`pack`].
#[inline(always)]
fn tiles<S: Simd<f32>>(s: S, matrix: MatRef<'_, f32>, rows: Rows, to: &mut [Pairs]) {
    assert!(matrix.nrows <= SIDE && to.len() == matrix.ncols.div_ceil(DEPTH));
    for (t, to) in to.iter_mut().enumerate() {
        let (from, depth) = (t * DEPTH, DEPTH.min(matrix.ncols - t * DEPTH));
        // As the elements lie side by side, so they are rounded.
        let is = if matrix.column_stride == 1 { Rows::Lines } else { Rows::Pairs };
        let mut turned = Pairs::ZERO;
        let tile = if is == rows { &mut *to } else { &mut turned };
        match is {
            Rows::Lines => lines(&matrix, (from, depth), tile),
            Rows::Pairs => pairs(&matrix, (from, depth), tile),
        }
        if is != rows {
            turn(s, &turned, to);
        }
    }
}

/// Rows `from` to `from + N` of a line, and zeros behind what it has of them.
#[inline(always)]
fn part<const N: usize>(line: &[f32]) -> [f32; N] {
    if let Some(whole) = line.first_chunk() {
        return *whole;
    }
    let mut part = [0.0; N];
    part[..line.len()].copy_from_slice(line);
    part
}

/// A row of the tile is a row of the matrix.
#[inline(always)]
fn lines(matrix: &MatRef<'_, f32>, (from, depth): (usize, usize), tile: &mut Pairs) {
    for (i, to) in tile.0.iter_mut().enumerate() {
        *to = if i < matrix.nrows {
            pairs_along(&part(&matrix.elements[i * matrix.row_stride + from..][..depth]))
        } else {
            [0; SIDE]
        };
    }
}

/// A row of the tile is two columns of the matrix, whose elements lie side by side.
#[inline(always)]
fn pairs(matrix: &MatRef<'_, f32>, (from, depth): (usize, usize), tile: &mut Pairs) {
    let column = |k: usize| -> [f32; SIDE] {
        if k < depth {
            part(&matrix.elements[(from + k) * matrix.column_stride..][..matrix.nrows])
        } else {
            [0.0; SIDE]
        }
    };
    for (p, to) in tile.0.iter_mut().enumerate() {
        *to = pairs_across(&column(2 * p), &column(2 * p + 1));
    }
}

/// `to` ← `tile` with rows for columns.
#[inline(always)]
fn turn<S: Simd<f32>>(s: S, tile: &Pairs, to: &mut Pairs) {
    const { assert!(SIDE.is_multiple_of(S::BLOCK)) };
    let (from, to) = (tile.0.as_flattened().as_ptr().cast::<f32>(), to.0.as_flattened_mut().as_mut_ptr().cast::<f32>());
    for i in (0..SIDE).step_by(S::BLOCK) {
        for j in (0..SIDE).step_by(S::BLOCK) {
            // SAFETY: both tiles have 16 rows of 16 numbers, of which these blocks are; any bits are an `f32`, and moving one keeps them.
            unsafe { s.transpose_at(from.add(i * SIDE + j), SIDE, to.add(j * SIDE + i), SIDE) };
        }
    }
}
