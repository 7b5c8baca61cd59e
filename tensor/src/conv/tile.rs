//! The innermost loop: a few rows by one or two vectors of a result, held in registers.
//!
//! Each size of a tile is a function of its own, compiled for its lane: where several were inlined into one loop nest, the
//! compiler kept sums in memory.

use super::operands::{Contraction, Loop, Nest, Start};
use super::width::Width;
use crate::Scalar;
use crate::simd::{Kernel, Simd};

/// The most rows of a tile.
const MAX_ROWS: usize = 8;

/// How many rows a tile of `vectors` vectors may have, so that it, a row of b and an element of a fit into `registers`.
const fn max_rows(vectors: usize, registers: usize) -> usize {
    match (vectors, registers) {
        (_, 32..) | (1, 16..) => MAX_ROWS,
        (2, 16..) => 6,
        (1, _) => 3,
        _ => 0,
    }
}

/// So many sums have to be under way at a time: two multiplications begin in a cycle, and each takes four.
const UNDER_WAY: usize = 8;

/// How many rows each tile has of `rows` rows, at most `most`. A tile that is not full takes as long as a full one, and each a
/// little by itself.
fn tile_rows(rows: usize, vectors: usize, most: usize) -> usize {
    if rows >= 16 * most {
        return most;
    }
    let cost = |size: &u32| (rows as u32).div_ceil(*size) * ((*size).max((UNDER_WAY / vectors) as u32) + 1);
    (1..=most as u32).min_by_key(cost).unwrap_or(1) as usize
}

/// Computes `whole`, on the lane that `width` says.
#[inline(never)]
pub(super) fn run<T: Scalar>(width: Width, whole: &Contraction<'_, T>) {
    let vectors = whole.lanes.div_ceil(width.lanes);
    let rows = whole.rows.count();
    let mut first = 0;
    while first < vectors {
        let some = if vectors - first >= 2 && max_rows(2, width.registers) > 0 && !whole.by_column { 2 } else { 1 };
        let panel = Panel { whole, first: first * width.lanes, end: whole.lanes.min((first + some) * width.lanes) };
        let size = tile_rows(rows, some, max_rows(some, width.registers).min(whole.apart));
        macro_rules! sizes {
            ($($by_column:literal $vectors:literal: $($rows:literal)*;)*) => {
                match (whole.by_column, some, size) {
                    $($(($by_column, $vectors, $rows) => {
                        T::dispatch_on(width.lane, Tiles::<T, $rows, $vectors, $by_column>(panel));
                    })*)*
                    _ => unreachable!("there is no tile of {size} rows and {some} vectors"),
                }
            };
        }
        sizes! {
            false 1: 1 2 3 4 5 6 7 8;
            false 2: 1 2 3 4 5 6 7 8;
            true 1: 1 2 3 4 5 6 7 8;
        }
        first += some;
    }
}

/// Columns `first` to `end` of a contraction that has been checked.
#[derive(Clone, Copy)]
struct Panel<'a, T> {
    whole: &'a Contraction<'a, T>,
    first: usize,
    end: usize,
}

/// All rows of a panel, `ROWS` at a time.
struct Tiles<'a, T, const ROWS: usize, const VECTORS: usize, const BY_COLUMN: bool>(Panel<'a, T>);

impl<T: Scalar, const ROWS: usize, const VECTORS: usize, const BY_COLUMN: bool> Kernel<T>
    for Tiles<'_, T, ROWS, VECTORS, BY_COLUMN>
{
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        if const { ROWS > max_rows(VECTORS, S::REGISTERS) } {
            unreachable!("a tile of {VECTORS} vectors has not {ROWS} rows");
        }
        let Panel { whole, first, end } = self.0;
        let Contraction { a, b, c, rows, sum, start, relu, .. } = *whole;
        let last = s.part(end - first - (VECTORS - 1) * S::LANES);
        let [outer, middle, inner] = sum.0;
        // SAFETY (of all places below): `Contraction::run` has checked the furthest place of each operand and of the result; `end`
        // is at most the row's length, and `last` is what the last vector holds of it.
        let a = a.as_ptr().wrapping_add(if BY_COLUMN { first } else { 0 });
        let b = b.as_ptr().wrapping_add(first);
        let c = c.as_mut_ptr().wrapping_add(first);
        let mut bias = [s.splat(T::ZERO); VECTORS];
        if let Start::Bias(from) = start {
            // SAFETY: see above; a bias is as long as a row.
            unsafe { load(s, from.as_ptr().add(first), last, &mut bias) };
        }
        let mut walk = Walk::new(rows);
        for _ in 0..rows.count().div_ceil(ROWS) {
            let (a_rows, c_rows) = walk.next::<ROWS>();
            let mut sums = [bias; ROWS];
            if let Start::Result = start {
                for (i, sums) in sums.iter_mut().enumerate() {
                    // SAFETY: see above.
                    unsafe { load(s, c.add(c_rows[i]), last, sums) };
                }
            }
            for i in 0..outer.count {
                for j in 0..middle.count {
                    let mut a = a.wrapping_add(i * outer.read + j * middle.read);
                    let mut b = b.wrapping_add(i * outer.other + j * middle.other);
                    for _ in 0..inner.count {
                        let mut row = [s.splat(T::ZERO); VECTORS];
                        // SAFETY: see above.
                        unsafe { load(s, b, last, &mut row) };
                        // No `zip`: without the highest optimisation it is a call in each step.
                        for (i, sums) in sums.iter_mut().enumerate() {
                            let place = a_rows[i];
                            let x = if BY_COLUMN {
                                // SAFETY: see above.
                                unsafe { s.load_part_at(a.add(place), last) }
                            } else {
                                // SAFETY: see above.
                                s.splat(unsafe { *a.add(place) })
                            };
                            for (j, sum) in sums.iter_mut().enumerate() {
                                *sum = s.mul_add(x, row[j], *sum);
                            }
                        }
                        // The last step leaves the operands; nothing is read there.
                        a = a.wrapping_add(inner.read);
                        b = b.wrapping_add(inner.other);
                    }
                }
            }
            for (sums, &row) in sums.iter_mut().zip(&c_rows) {
                for (j, sum) in sums.iter_mut().enumerate() {
                    if relu {
                        // In this order NaN stays NaN.
                        *sum = s.max(s.splat(T::ZERO), *sum);
                    }
                    // SAFETY: see above.
                    unsafe {
                        let to = c.add(row + j * S::LANES);
                        if j + 1 < VECTORS { s.store_at(*sum, to) } else { s.store_part_at(*sum, to, last) }
                    }
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
unsafe fn load<T: Scalar, S: Simd<T>, const VECTORS: usize>(
    s: S,
    from: *const T,
    last: S::Part,
    to: &mut [S::V; VECTORS],
) {
    for (j, to) in to.iter_mut().enumerate() {
        // SAFETY: the caller's promise is the same one.
        unsafe {
            let from = from.add(j * S::LANES);
            *to = if j + 1 < VECTORS { s.load_at(from) } else { s.load_part_at(from, last) };
        }
    }
}

/// The places of rows, one after the other.
struct Walk {
    loops: [Loop; 3],
    turn: [usize; 3],
    /// Where the outermost loop's turn begins, where the middle one's does, and the next row.
    outer: Place,
    middle: Place,
    next: Place,
}

/// A place in a and one in c.
type Place = (usize, usize);

fn further((a, c): Place, l: Loop, turns: usize) -> Place {
    (a + turns * l.read, c + turns * l.other)
}

impl Walk {
    fn new(Nest(loops): Nest) -> Self {
        Self { loops, turn: [0; 3], outer: (0, 0), middle: (0, 0), next: (0, 0) }
    }

    /// The places of the next `ROWS` rows; where fewer are left, the last one is there several times.
    #[inline(always)]
    fn next<const ROWS: usize>(&mut self) -> ([usize; ROWS], [usize; ROWS]) {
        let [.., inner] = self.loops;
        let (mut reads, mut others) = ([0; ROWS], [0; ROWS]);
        let left = inner.count - self.turn[2];
        if left > ROWS {
            for i in 0..ROWS {
                (reads[i], others[i]) = further(self.next, inner, i);
            }
            self.turn[2] += ROWS;
            self.next = further(self.next, inner, ROWS);
        } else if inner.count >= ROWS {
            // The rest of this run, and the start of the next one if there is one.
            let (first, last) = (self.next, further(self.next, inner, left - 1));
            let (second, step) = if self.next_run() { (self.next, inner) } else { (last, Loop::ONCE) };
            for i in 0..ROWS {
                (reads[i], others[i]) =
                    if i < left { further(first, inner, i) } else { further(second, step, i - left) };
            }
            if step.read > 0 || step.other > 0 {
                self.turn[2] = ROWS - left;
                self.next = further(self.next, inner, ROWS - left);
            }
        } else {
            for i in 0..ROWS {
                (reads[i], others[i]) = self.next;
                if self.turn[2] + 1 < inner.count {
                    self.turn[2] += 1;
                    self.next = further(self.next, inner, 1);
                } else {
                    self.next_run();
                }
            }
        }
        (reads, others)
    }

    /// On to the first row of the next run of the innermost loop, if there is one.
    #[inline(always)]
    fn next_run(&mut self) -> bool {
        let [outer, middle, _] = self.loops;
        if self.turn[1] + 1 < middle.count {
            self.turn[1] += 1;
            self.middle = further(self.middle, middle, 1);
        } else if self.turn[0] + 1 < outer.count {
            (self.turn[0], self.turn[1]) = (self.turn[0] + 1, 0);
            self.outer = further(self.outer, outer, 1);
            self.middle = self.outer;
        } else {
            return false;
        }
        (self.turn[2], self.next) = (0, self.middle);
        true
    }
}
