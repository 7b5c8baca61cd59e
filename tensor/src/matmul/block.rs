//! The part of a result that one thread writes.

use core::marker::PhantomData;
use core::ops::Range;

use super::choose::Cut;
use crate::parallel::Start;
use crate::{Parallel, split_rows};

/// Some rows and columns of a row-major matrix, borrowed uniquely.
pub(crate) struct Block<'a, T> {
    start: *mut T,
    row: usize,
    rows: usize,
    columns: usize,
    matrix: PhantomData<&'a mut [T]>,
}

impl<'a, T> Block<'a, T> {
    /// `rows` rows of `columns` elements, `row` elements apart, from `start` on.
    ///
    /// # Safety
    /// They may be read and written as long as the block is there, and nobody else does it.
    pub(crate) unsafe fn at(start: *mut T, row: usize, rows: usize, columns: usize) -> Self {
        Self { start, row, rows, columns, matrix: PhantomData }
    }

    /// A whole matrix of `columns` columns.
    pub(crate) fn whole(matrix: &'a mut [T], columns: usize) -> Self {
        let rows = matrix.len() / columns;
        Self { start: matrix.as_mut_ptr(), row: columns, rows, columns, matrix: PhantomData }
    }

    /// Rows of `columns` elements that are `row` elements apart, from the first of `elements` on.
    ///
    /// # Panics
    /// If so many rows are longer than that.
    pub(crate) fn strided(elements: &'a mut [T], row: usize, rows: usize, columns: usize) -> Self {
        assert!(columns <= row, "rows of {columns} that begin every {row} elements overlap");
        let end = rows.checked_sub(1).map_or(Some(0), |last| last.checked_mul(row)?.checked_add(columns));
        assert!(end.is_some_and(|end| end <= elements.len()), "{rows} rows are longer than their elements");
        Self { start: elements.as_mut_ptr(), row, rows, columns, matrix: PhantomData }
    }

    /// How many rows it has.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns it has.
    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// From a row to the next.
    pub(super) fn stride(&self) -> usize {
        self.row
    }

    /// Where row `i` begins, `rows()` rows of `columns()` elements [`stride`](Self::stride) apart may be written.
    pub(super) fn as_mut_ptr(&mut self) -> *mut T {
        self.start
    }

    /// Some of its rows.
    pub(crate) fn rows_mut(&mut self, rows: Range<usize>) -> Block<'_, T> {
        assert!(rows.start <= rows.end && rows.end <= self.rows, "rows {rows:?} of {}", self.rows);
        let start = self.start.wrapping_add(rows.start * self.row);
        Block { start, rows: rows.len(), matrix: PhantomData, ..*self }
    }

    /// Row `i`.
    pub(crate) fn row_mut(&mut self, i: usize) -> &mut [T] {
        assert!(i < self.rows, "row {i} of {}", self.rows);
        // SAFETY: row i is one of those that are borrowed, and it has `columns` elements.
        unsafe { core::slice::from_raw_parts_mut(self.start.add(i * self.row), self.columns) }
    }
}

/// Calls `work` with the place of the first element and the block, for each part of `c`, which has `n` columns.
pub(super) fn split<T: Send>(
    par: Parallel<'_>,
    c: &mut [T],
    n: usize,
    cut: Cut,
    work: impl Fn((usize, usize), Block<'_, T>) + Sync,
) {
    match cut {
        Cut::Rows(rows) => split_rows(par, c, n, rows, |top, c| work((top, 0), Block::whole(c, n))),
        Cut::Columns(columns) => {
            let (rows, start) = (c.len() / n, Start::of(c));
            par.run(n.div_ceil(columns), &|part| {
                let left = part * columns;
                // Part `part` is columns `left` to `left + columns` of `c`, which is borrowed uniquely until all calls
                // have returned. A `Pool` calls each number once, so no two blocks overlap.
                let columns = columns.min(n - left);
                let block = Block { start: start.at(left), row: n, rows, columns, matrix: PhantomData };
                work((0, left), block);
            });
        }
    }
}
