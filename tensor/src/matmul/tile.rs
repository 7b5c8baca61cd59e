//! The innermost loop: a few rows by a few vectors of the result, held in registers.
//!
//! Each size of a tile is a function of its own, compiled once for its lane: inlined into each kind of product, the tiles were more than half of
//! this crate's instructions, and of the time that it took to compile.

use crate::Scalar;
use crate::simd::{Kernel, Simd};

/// The most rows of a tile.
pub(super) const MAX_ROWS: usize = 6;

/// How many vectors wide a tile of `rows` rows may be, so that it, a row of B, an element of A and a mask fit into
/// `registers`.
pub(super) const fn max_columns(rows: usize, registers: usize) -> usize {
    match (rows, registers) {
        (1, 16..) => 8,
        (_, 32..) | (2, 16..) => 4,
        (3, 16..) => 3,
        (_, 16..) | (2, _) => 2,
        (1, _) => 4,
        _ => 1,
    }
}

/// Some rows of B, which are whole vectors.
#[derive(Clone, Copy)]
pub(super) struct Rows<T> {
    /// The first element.
    pub(super) from: *const T,
    /// From a row to the next.
    pub(super) row: usize,
    /// How many there are.
    pub(super) count: usize,
}

/// Where a tile's operands are. See [`run`] for what must be readable and writable.
#[derive(Clone, Copy)]
pub(super) struct Tile<T> {
    /// The first element of A.
    pub(super) a: *const T,
    /// From a row of A to the next.
    pub(super) a_row: usize,
    /// From a column of A to the next.
    pub(super) a_inner: usize,
    /// The rows of B, in two runs one after the other.
    pub(super) b: [Rows<T>; 2],
    /// What the sums start from: null for zero.
    pub(super) start: *const T,
    /// From a row of what the sums start from to the next: 0 for a bias.
    pub(super) start_row: usize,
    /// The first element of C.
    pub(super) c: *mut T,
    /// From a row of C to the next.
    pub(super) c_row: usize,
    /// How many columns the last vector holds.
    pub(super) last: usize,
    /// Whether to write max(0, c).
    pub(super) relu: bool,
}

/// C ← f(start + A·B) for `rows` rows and `columns` vectors of C.
///
/// Each element is one sum over the inner size in order, whatever the sizes of the tile: where a matrix is cut into
/// tiles does not change a bit of the result.
///
/// # Safety
/// With `inner` rows in both runs of B and `w` columns in `columns` vectors (the last of them holding `last`):
/// `rows`×`inner` elements of A must be readable, `columns` whole vectors of each row of B, `rows`×`w` elements of the
/// start unless it is null, and `rows`×`w` of C must be writable and must not overlap A and B.
///
/// # Panics
/// If the tile is larger than [`MAX_ROWS`] and [`max_columns`] allow.
#[inline(always)]
pub(super) unsafe fn run<T: Scalar, S: Simd<T>>(s: S, tile: &Tile<T>, rows: usize, columns: usize) {
    macro_rules! sizes {
        ($($rows:literal: $($columns:literal)*;)*) => {
            match (rows, columns) {
                $($(
                    ($rows, $columns) => {
                        if const { $columns > max_columns($rows, S::REGISTERS) } {
                            unreachable!("a tile of {rows} rows is not {columns} vectors wide");
                        } else {
                            s.call(OfSize::<T, $rows, $columns>(tile));
                        }
                    }
                )*)*
                _ => unreachable!("there is no tile of {rows} rows and {columns} vectors"),
            }
        };
    }
    sizes! {
        1: 1 2 3 4 5 6 7 8;
        2: 1 2 3 4;
        3: 1 2 3 4;
        4: 1 2 3 4;
        5: 1 2 3 4;
        6: 1 2 3 4;
    }
}

/// [`run`] for one size. Only [`run`] makes one, of a tile whose elements it was promised.
struct OfSize<'a, T, const ROWS: usize, const COLUMNS: usize>(&'a Tile<T>);

impl<T: Scalar, const ROWS: usize, const COLUMNS: usize> Kernel<T> for OfSize<'_, T, ROWS, COLUMNS> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let &Tile { mut a, a_row, a_inner, ref b, start, start_row, c, c_row, last, relu } = self.0;
        let (is_whole, last) = (last == S::LANES, s.part(last));
        let zero = s.splat(T::ZERO);
        let mut sums = [[zero; COLUMNS]; ROWS];
        if !start.is_null() {
            for (i, sums) in sums.iter_mut().enumerate() {
                // SAFETY: `run` was promised the start's elements.
                unsafe { load(s, start.add(i * start_row), last, sums) };
            }
        }
        for rows in b {
            let mut b = rows.from;
            for _ in 0..rows.count {
                let mut row = [zero; COLUMNS];
                for (j, v) in row.iter_mut().enumerate() {
                    // SAFETY: `run` was promised this row of B.
                    *v = unsafe { s.load_at(b.add(j * S::LANES)) };
                }
                for (i, sums) in sums.iter_mut().enumerate() {
                    // SAFETY: `run` was promised this column of A.
                    let x = s.splat(unsafe { *a.add(i * a_row) });
                    // No `zip`: without the highest optimisation it is a call in each step.
                    for (j, sum) in sums.iter_mut().enumerate() {
                        *sum = s.mul_add(x, row[j], *sum);
                    }
                }
                // The last step leaves the matrices; nothing is read there.
                a = a.wrapping_add(a_inner);
                b = b.wrapping_add(rows.row);
            }
        }
        for (i, sums) in sums.iter_mut().enumerate() {
            if relu {
                for sum in &mut *sums {
                    // In this order NaN stays NaN.
                    *sum = s.max(zero, *sum);
                }
            }
            for (j, sum) in sums.iter().enumerate() {
                // SAFETY: `run` was promised these elements of C.
                unsafe {
                    let to = c.add(i * c_row + j * S::LANES);
                    if j + 1 < COLUMNS || is_whole { s.store_at(*sum, to) } else { s.store_part_at(*sum, to, last) }
                }
            }
        }
    }
}

/// The vectors at `from`, of which the last holds `last`.
///
/// # Safety
/// Their elements must be readable.
#[inline(always)]
unsafe fn load<T: Scalar, S: Simd<T>, const COLUMNS: usize>(
    s: S,
    from: *const T,
    last: S::Part,
    to: &mut [S::V; COLUMNS],
) {
    for (j, to) in to.iter_mut().enumerate() {
        // SAFETY: the caller's promise is the same one.
        unsafe {
            let from = from.add(j * S::LANES);
            *to = if j + 1 < COLUMNS { s.load_at(from) } else { s.load_part_at(from, last) };
        }
    }
}
