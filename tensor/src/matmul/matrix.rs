//! Matrices as views of slices: how many rows and columns there are, and how far they are apart.

use core::marker::PhantomData;
use core::ops::Range;

use crate::parallel::Start;
use crate::size::checked_product;

/// A matrix that is read: some rows and columns of a slice.
///
/// Element (i, j) stands i row strides and j column strides behind the first. Whether all of them are there is asked once, when the
/// view is made; parts of a view and transposed views are views of the same slice, and nothing is copied.
///
/// ```
/// use typednet_tensor::Parallel;
/// use typednet_tensor::matmul::{MatMut, MatRef, product};
///
/// let a = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
/// let a = MatRef::new(&a, 2, 3);
/// assert_eq!((a.get(1, 0), a.transposed().get(0, 1)), (4.0, 4.0));
///
/// // The last two columns of A by themselves, transposed: [2 5; 3 6]·[2 3; 5 6].
/// let right = a.columns(1..3);
/// let mut c = [0.0; 4];
/// product(right.transposed(), right, MatMut::new(&mut c, 2, 2), Parallel::SERIAL);
/// assert_eq!(c, [29.0, 36.0, 36.0, 45.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MatRef<'a, T> {
    /// From the first element on, at least as far as the last one. One of the strides is 1.
    pub(super) elements: &'a [T],
    pub(super) nrows: usize,
    pub(super) ncols: usize,
    pub(super) row_stride: usize,
    pub(super) column_stride: usize,
}

impl<'a, T> MatRef<'a, T> {
    /// All of `elements`, row by row.
    ///
    /// # Panics
    /// If they are not `rows`×`columns`, or there are no columns.
    #[inline]
    pub fn new(elements: &'a [T], rows: usize, columns: usize) -> Self {
        whole(elements.len(), rows, columns);
        Self { elements, nrows: rows, ncols: columns, row_stride: columns, column_stride: 1 }
    }

    /// All of `elements` as rows of `columns`, of as many as there are.
    ///
    /// # Panics
    /// If the last row is not whole, or there are no columns.
    #[inline]
    pub fn of_rows(elements: &'a [T], columns: usize) -> Self {
        Self::new(elements, rows_in(elements.len(), columns), columns)
    }

    /// Rows of `columns` elements, of which each begins `row_stride` elements behind the one before, the first one at the first of
    /// `elements`.
    ///
    /// # Panics
    /// If `elements` end before the last row does, or there are no columns.
    #[inline]
    pub fn strided(elements: &'a [T], rows: usize, columns: usize, row_stride: usize) -> Self {
        strided(elements.len(), rows, columns, row_stride);
        Self { elements, nrows: rows, ncols: columns, row_stride, column_stride: 1 }
    }

    /// How many rows there are.
    #[inline]
    pub fn nrows(&self) -> usize {
        self.nrows
    }

    /// How many columns there are.
    #[inline]
    pub fn ncols(&self) -> usize {
        self.ncols
    }

    /// The same elements with rows for columns.
    #[must_use]
    #[inline]
    pub fn transposed(self) -> Self {
        let Self { elements, nrows, ncols, row_stride, column_stride } = self;
        Self { elements, nrows: ncols, ncols: nrows, row_stride: column_stride, column_stride: row_stride }
    }

    /// Some of the rows.
    ///
    /// # Panics
    /// If there are not so many.
    #[must_use]
    #[inline]
    pub fn rows(self, rows: Range<usize>) -> Self {
        within("rows", &rows, self.nrows);
        let elements = self.elements.get(rows.start * self.row_stride..).unwrap_or_default();
        Self { elements, nrows: rows.len(), ..self }
    }

    /// Some of the columns.
    ///
    /// # Panics
    /// If there are not so many.
    #[must_use]
    #[inline]
    pub fn columns(self, columns: Range<usize>) -> Self {
        within("columns", &columns, self.ncols);
        let elements = self.elements.get(columns.start * self.column_stride..).unwrap_or_default();
        Self { elements, ncols: columns.len(), ..self }
    }

    /// Row `i`.
    ///
    /// # Panics
    /// If there is no such row, or the row's elements do not lie side by side, as those of a transposed view.
    #[inline]
    pub fn row(&self, i: usize) -> &'a [T] {
        assert!(i < self.nrows, "row {i} of {}", self.nrows);
        assert!(self.column_stride == 1, "the rows of a transposed matrix are no slices");
        &self.elements[i * self.row_stride..][..self.ncols]
    }

    /// The first element: rows of `ncols()` elements, [`row_stride`](Self::row_stride) apart, may be read.
    ///
    /// # Panics
    /// If it is a transposed view.
    #[inline]
    pub(crate) fn as_ptr(&self) -> *const T {
        assert!(self.column_stride == 1, "the rows of a transposed matrix are no slices");
        self.elements.as_ptr()
    }

    /// From a row to the next.
    #[inline]
    pub(crate) fn row_stride(&self) -> usize {
        self.row_stride
    }

    /// Whether the elements of each row lie side by side.
    #[inline]
    pub(crate) fn is_by_rows(&self) -> bool {
        self.column_stride == 1
    }
}

impl<T: Copy> MatRef<'_, T> {
    /// Element (i, j).
    ///
    /// # Panics
    /// If there is none.
    pub fn get(&self, i: usize, j: usize) -> T {
        assert!(i < self.nrows && j < self.ncols, "element ({i}, {j}) of {}x{}", self.nrows, self.ncols);
        self.elements[i * self.row_stride + j * self.column_stride]
    }
}

/// A matrix that is written: some rows of a slice, each of neighbouring elements, borrowed uniquely.
///
/// As for [`MatRef`], whether all elements are there is asked once.
#[derive(Debug)]
pub struct MatMut<'a, T> {
    /// The first element. All of the view may be read and written, by nobody else.
    start: *mut T,
    nrows: usize,
    ncols: usize,
    row_stride: usize,
    elements: PhantomData<&'a mut [T]>,
}

impl<'a, T> MatMut<'a, T> {
    /// All of `elements`, row by row.
    ///
    /// # Panics
    /// If they are not `rows`×`columns`, or there are no columns.
    #[inline]
    pub fn new(elements: &'a mut [T], rows: usize, columns: usize) -> Self {
        whole(elements.len(), rows, columns);
        let (start, elements) = (elements.as_mut_ptr(), PhantomData);
        Self { start, nrows: rows, ncols: columns, row_stride: columns, elements }
    }

    /// All of `elements` as rows of `columns`, of as many as there are.
    ///
    /// # Panics
    /// If the last row is not whole, or there are no columns.
    #[inline]
    pub fn of_rows(elements: &'a mut [T], columns: usize) -> Self {
        let rows = rows_in(elements.len(), columns);
        Self::new(elements, rows, columns)
    }

    /// Rows of `columns` elements, of which each begins `row_stride` elements behind the one before, the first one at the first of
    /// `elements`. What stands between them is not touched.
    ///
    /// # Panics
    /// If rows overlap, `elements` end before the last row does, or there are no columns.
    #[inline]
    pub fn strided(elements: &'a mut [T], rows: usize, columns: usize, row_stride: usize) -> Self {
        assert!(columns <= row_stride, "rows of {columns} that begin every {row_stride} elements overlap");
        strided(elements.len(), rows, columns, row_stride);
        Self { start: elements.as_mut_ptr(), nrows: rows, ncols: columns, row_stride, elements: PhantomData }
    }

    /// `rows` rows of `columns` elements, `row_stride` elements apart, from `start` on.
    ///
    /// # Safety
    /// They may be read and written as long as the view is there, and nobody else does it.
    #[inline]
    pub(crate) unsafe fn at(start: *mut T, rows: usize, columns: usize, row_stride: usize) -> Self {
        Self { start, nrows: rows, ncols: columns, row_stride, elements: PhantomData }
    }

    /// How many rows there are.
    #[inline]
    pub fn nrows(&self) -> usize {
        self.nrows
    }

    /// How many columns there are.
    #[inline]
    pub fn ncols(&self) -> usize {
        self.ncols
    }

    /// Some of the rows.
    ///
    /// # Panics
    /// If there are not so many.
    #[inline]
    pub fn rows_mut(&mut self, rows: Range<usize>) -> MatMut<'_, T> {
        within("rows", &rows, self.nrows);
        let start = self.start.wrapping_add(rows.start * self.row_stride);
        MatMut { start, nrows: rows.len(), elements: PhantomData, ..*self }
    }

    /// Row `i`.
    ///
    /// # Panics
    /// If there is no such row.
    #[inline]
    pub fn row_mut(&mut self, i: usize) -> &mut [T] {
        assert!(i < self.nrows, "row {i} of {}", self.nrows);
        // SAFETY: row i is one of those that are borrowed, and it has `ncols` elements.
        unsafe { core::slice::from_raw_parts_mut(self.start.add(i * self.row_stride), self.ncols) }
    }

    /// From a row to the next.
    #[inline]
    pub(crate) fn row_stride(&self) -> usize {
        self.row_stride
    }

    /// The first element: `nrows()` rows of `ncols()` elements, [`row_stride`](Self::row_stride) apart, may be written.
    #[inline]
    pub(crate) fn as_mut_ptr(&mut self) -> *mut T {
        self.start
    }

    /// The first element, for threads that each take another part.
    pub(super) fn share(&mut self) -> Start<T> {
        Start::from_ptr(self.start)
    }
}

/// Refuses elements that are not a whole matrix of these sizes.
#[inline]
fn whole(len: usize, rows: usize, columns: usize) {
    assert!(columns > 0, "a matrix needs at least one column, and has none");
    assert!(checked_product(&[rows, columns]) == Some(len), "{len} elements are not a matrix of {rows}x{columns}");
}

/// How many rows there are.
#[inline]
fn rows_in(len: usize, columns: usize) -> usize {
    assert!(columns > 0, "a matrix needs at least one column, and has none");
    assert!(len.is_multiple_of(columns), "{len} elements are not rows of {columns}");
    len / columns
}

/// Refuses rows that end behind the elements.
#[inline]
fn strided(len: usize, rows: usize, columns: usize, row_stride: usize) {
    assert!(columns > 0, "a matrix needs at least one column, and has none");
    let end = rows.checked_sub(1).map_or(Some(0), |last| last.checked_mul(row_stride)?.checked_add(columns));
    assert!(
        end.is_some_and(|end| end <= len),
        "{rows} rows of {columns}, {row_stride} apart, are longer than their {len} elements"
    );
}

/// Refuses a part that is not there.
#[inline]
fn within(what: &str, part: &Range<usize>, count: usize) {
    assert!(part.start <= part.end && part.end <= count, "{what} {part:?} of {count}");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The elements of a view, row by row.
    fn elements(matrix: MatRef<'_, usize>) -> Vec<usize> {
        (0..matrix.nrows()).flat_map(|i| (0..matrix.ncols()).map(move |j| matrix.get(i, j))).collect()
    }

    #[test]
    fn parts_of_views_are_the_elements_that_they_name() {
        let all: Vec<usize> = (0..5 * 7).collect();
        let whole = MatRef::new(&all, 5, 7);
        for (top, bottom) in (0..=5).flat_map(|top| (top..=5).map(move |bottom| (top, bottom))) {
            for (left, right) in (0..=7).flat_map(|left| (left..=7).map(move |right| (left, right))) {
                let wanted: Vec<usize> = (top..bottom).flat_map(|i| (left..right).map(move |j| 7 * i + j)).collect();
                let part = whole.rows(top..bottom).columns(left..right);
                assert_eq!(elements(part), wanted);
                assert_eq!(elements(whole.columns(left..right).rows(top..bottom)), wanted);
                assert_eq!(elements(part.transposed().transposed()), wanted);
                let turned: Vec<usize> = (left..right).flat_map(|j| (top..bottom).map(move |i| 7 * i + j)).collect();
                assert_eq!(elements(part.transposed()), turned);
                assert_eq!(elements(whole.transposed().rows(left..right).columns(top..bottom)), turned);
            }
        }
        assert_eq!(elements(MatRef::strided(&all[3..], 3, 2, 15)), [3, 4, 18, 19, 33, 34]);
    }

    #[test]
    fn what_is_written_is_the_rows_and_nothing_between_them() {
        let mut all = [0; 23];
        let mut matrix = MatMut::strided(&mut all, 4, 2, 7);
        for i in 0..4 {
            matrix.row_mut(i).fill(i + 1);
        }
        matrix.rows_mut(1..3).row_mut(1)[1] = 9;
        let mut wanted = [0; 23];
        for i in 0..4 {
            wanted[7 * i..7 * i + 2].fill(i + 1);
        }
        wanted[15] = 9;
        assert_eq!(all, wanted);
    }

    /// Also sizes whose products wrap around to the length of what is given.
    #[test]
    fn elements_that_are_not_there_are_refused() {
        const HALF: usize = 1 << (usize::BITS - 1);
        type Case = (fn(), &'static str);
        let cases: [Case; 13] = [
            (|| _ = MatRef::new(&[0; 6], 2, 2), "6 elements are not a matrix of 2x2"),
            (|| _ = MatMut::new(&mut [0; 6], 2, 4), "6 elements are not a matrix of 2x4"),
            (|| _ = MatRef::new(&[0; 0], 2, HALF), "0 elements are not a matrix of 2x"),
            (|| _ = MatMut::new(&mut [0; 0], HALF, 2), "0 elements are not a matrix of"),
            (|| _ = MatRef::new(&[0; 0], 3, 0), "a matrix needs at least one column"),
            (|| _ = MatRef::of_rows(&[0; 5], 2), "5 elements are not rows of 2"),
            (|| _ = MatMut::of_rows(&mut [0; 5], 0), "a matrix needs at least one column"),
            (|| _ = MatRef::strided(&[0; 10], 3, 3, 4), "3 rows of 3, 4 apart, are longer than their 10 elements"),
            (|| _ = MatMut::strided(&mut [0; 10], 3, 3, 4), "are longer than their 10 elements"),
            (|| _ = MatRef::strided(&[0; 10], 3, 3, HALF), "are longer than their 10 elements"),
            (|| _ = MatMut::strided(&mut [0; 10], 2, 4, 3), "rows of 4 that begin every 3 elements overlap"),
            (|| _ = MatRef::new(&[0; 6], 2, 3).columns(2..4), "columns 2..4 of 3"),
            (|| _ = MatMut::new(&mut [0; 6], 2, 3).rows_mut(2..3), "rows 2..3 of 2"),
        ];
        for (case, wanted) in cases {
            let panic = std::panic::catch_unwind(case).expect_err(wanted);
            let found = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            assert!(found.is_some_and(|found| found.contains(wanted)), "{found:?}, not {wanted}");
        }
    }
}
