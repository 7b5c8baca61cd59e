//! The innermost loop: a few rows by a few vectors of the result, held in registers.
//!
//! Each size of a tile is a function of its own, compiled once for its lane: inlined into each kind of product, the tiles were more than half of
//! this crate's instructions, and of the time that it took to compile.

use super::choose;
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
    /// Where the rows of B are copied, one behind the other: null for nowhere. Where that is [`can_copy`].
    pub(super) copy: *mut T,
    /// What is read soon.
    pub(super) ahead: Ahead,
}

/// What a tile that [can](can_copy) asks for on the way, so that it is in the first-level cache when it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ahead {
    /// Nothing.
    Nothing,
    /// As many rows of A as it has itself, from the next one on.
    Below,
    /// The columns of A behind those of the next tile: its own are in lines that are there already.
    Beside,
}

/// Whether a tile of this size can copy what it reads, and ask for what is read soon: those can that are the first of several.
pub(super) const fn can_copy(rows: usize, columns: usize, registers: usize) -> bool {
    choose::copies(registers) && rows >= 4 && columns <= 2
}

/// C ← f(start + A·B) for `rows` rows and `columns` vectors of C.
///
/// Each element is one sum over the inner size in order, whatever the sizes of the tile: where a matrix is cut into
/// tiles does not change a bit of the result.
///
/// # Safety
/// With `inner` rows in both runs of B and `w` columns in `columns` vectors (the last of them holding `last`):
/// `rows`×`inner` elements of A must be readable, `columns` whole vectors of each row of B, `rows`×`w` elements of the
/// start unless it is null, and `rows`×`w` of C must be writable and must not overlap A and B. Unless `copy` is null, `inner` times
/// `columns` vectors must be writable there; they overlap no other matrix, and B's second run only where it is what would be copied there.
///
/// # Panics
/// If the tile is larger than [`MAX_ROWS`] and [`max_columns`] allow, or has to copy and [cannot](can_copy).
#[inline(always)]
pub(super) unsafe fn run<T: Scalar, S: Simd<T>>(s: S, tile: &Tile<T>, rows: usize, columns: usize) {
    macro_rules! sizes {
        ($($rows:literal: $($columns:literal)*;)*) => {
            match (rows, columns) {
                $($(
                    ($rows, $columns) => {
                        if const { $columns > max_columns($rows, S::REGISTERS) } {
                            unreachable!("a tile of {rows} rows is not {columns} vectors wide");
                        } else if const { can_copy($rows, $columns, S::REGISTERS) }
                            && !(tile.copy.is_null() && tile.ahead == Ahead::Nothing)
                        {
                            s.call(OfSize::<T, $rows, $columns, true>(tile));
                        } else {
                            assert!(tile.copy.is_null(), "a tile of {rows} rows and {columns} vectors does not copy");
                            s.call(OfSize::<T, $rows, $columns, false>(tile));
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
struct OfSize<'a, T, const ROWS: usize, const COLUMNS: usize, const AHEAD: bool>(&'a Tile<T>);

impl<T: Scalar, const ROWS: usize, const COLUMNS: usize, const AHEAD: bool> Kernel<T>
    for OfSize<'_, T, ROWS, COLUMNS, AHEAD>
{
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let &Tile { a, a_row, a_inner, ref b, start, start_row, c, c_row, last, relu, copy, ahead } = self.0;
        let line = 64 / size_of::<T>();
        let mut below = a.wrapping_add(ROWS * a_row);
        let beside = a.wrapping_add(2 * line);
        let mut at = At { a, b: b[0].from, copy, beside };
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
            at.b = rows.from;
            let strides = (a_row, a_inner, rows.row);
            if !AHEAD {
                // SAFETY: `run` was promised what so many steps read.
                unsafe { steps::<_, _, _, _, false, false>(s, rows.count, strides, &mut at, &mut sums) };
                continue;
            }
            let mut left = rows.count;
            while left > 0 {
                let mut turns = left;
                if ahead == Ahead::Below {
                    turns = left.min(line);
                    for i in 0..ROWS {
                        s.prefetch(below.wrapping_add(i * a_row));
                    }
                    below = below.wrapping_add(line);
                }
                left -= turns;
                // SAFETY: `run` was promised what so many steps read and copy.
                unsafe {
                    match (copy.is_null(), ahead == Ahead::Beside) {
                        (true, false) => steps::<_, _, _, _, false, false>(s, turns, strides, &mut at, &mut sums),
                        (true, true) => steps::<_, _, _, _, false, true>(s, turns, strides, &mut at, &mut sums),
                        (false, false) => steps::<_, _, _, _, true, false>(s, turns, strides, &mut at, &mut sums),
                        (false, true) => steps::<_, _, _, _, true, true>(s, turns, strides, &mut at, &mut sums),
                    }
                }
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

/// Where the steps of a tile's sums are.
struct At<T> {
    a: *const T,
    b: *const T,
    copy: *mut T,
    beside: *const T,
}

/// Some steps of a tile's sums, each of a column of A and a row of B. From a row and a column of A and a row of B to the next it is as far as the
/// strides say.
///
/// # Safety
/// The columns and rows must be readable, and where it copies, as many vectors be writable.
#[inline(always)]
unsafe fn steps<
    T: Scalar,
    S: Simd<T>,
    const ROWS: usize,
    const COLUMNS: usize,
    const COPIES: bool,
    const BESIDE: bool,
>(
    s: S,
    turns: usize,
    (a_row, a_inner, b_row): (usize, usize, usize),
    at: &mut At<T>,
    sums: &mut [[S::V; COLUMNS]; ROWS],
) {
    for _ in 0..turns {
        if BESIDE {
            s.prefetch(at.beside);
            at.beside = at.beside.wrapping_add(a_inner);
        }
        let mut row = [s.splat(T::ZERO); COLUMNS];
        for (j, v) in row.iter_mut().enumerate() {
            // SAFETY: the caller promised this row of B.
            *v = unsafe { s.load_at(at.b.add(j * S::LANES)) };
        }
        if COPIES {
            for (j, v) in row.iter().enumerate() {
                // SAFETY: the caller promised so many vectors.
                unsafe { s.store_at(*v, at.copy.add(j * S::LANES)) };
            }
            at.copy = at.copy.wrapping_add(COLUMNS * S::LANES);
        }
        for (i, sums) in sums.iter_mut().enumerate() {
            // SAFETY: the caller promised this column of A.
            let x = s.splat(unsafe { *at.a.add(i * a_row) });
            // No `zip`: without the highest optimisation it is a call in each step.
            for (j, sum) in sums.iter_mut().enumerate() {
                *sum = s.mul_add(x, row[j], *sum);
            }
        }
        // The last step leaves the matrices; nothing is read there.
        at.a = at.a.wrapping_add(a_inner);
        at.b = at.b.wrapping_add(b_row);
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
