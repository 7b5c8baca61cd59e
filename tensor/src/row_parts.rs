//! Rows of a batch in parts, whose sums threads make at the same time.

use core::ops::Range;

use crate::{LeastPart, Parallel, Scalar, size, split_rows};

/// How the rows of a batch are cut: into parts for sums, and into some of those for each thread.
///
/// Blocks of 128 rows make up to 32 parts. Where they end follows from the number of rows alone, and the sums of parts are added
/// one after the other: the bits are the same for any number of threads.
///
/// ```
/// use typednet_tensor::{Parallel, RowParts, ops};
///
/// // The sums of two columns.
/// let rows = [[1.0, 0.5]; 1000].concat();
/// let parts = RowParts::new(rows.len(), 2, Parallel::SERIAL);
/// let mut scratch = [0.0; RowParts::scratch(2)];
/// let sums = parts.sums(2, &mut scratch, Parallel::SERIAL, |part, sums| ops::column_sums(&rows[part], sums));
/// let mut total = [0.0; 2];
/// ops::column_sums(sums, &mut total);
/// assert_eq!(total, [1000.0, 500.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RowParts {
    n: usize,
    rows: usize,
    rows_in_part: usize,
    parts: usize,
    parts_for_thread: usize,
}

/// So many rows are summed one after the other, then the sums of blocks: the pixels of a batch of images are so many that one
/// sum of all would lose digits to rounding.
pub(crate) const BLOCK: usize = 128;

impl RowParts {
    /// The rows of a block, which sums go through one after the other.
    pub const BLOCK: usize = BLOCK;

    /// The most parts.
    const MOST: usize = 32;

    /// The fewest elements that are worth another thread.
    const LEAST_FOR_THREAD: LeastPart = LeastPart::new(4096, 500);

    /// `elements` in rows of `n`.
    ///
    /// # Panics
    /// If rows are empty, or the last one is not whole.
    pub fn new(elements: usize, n: usize, parallel: Parallel<'_>) -> Self {
        assert!(n > 0 && elements.is_multiple_of(n), "{elements} elements are not rows of {n}");
        let rows = elements / n;
        let rows_in_part = rows.div_ceil(BLOCK).div_ceil(Self::MOST).max(1) * BLOCK;
        let parts = rows.div_ceil(rows_in_part).max(1);
        let threads = parallel.parts(elements, Self::LEAST_FOR_THREAD);
        Self { n, rows, rows_in_part, parts, parts_for_thread: parts.div_ceil(threads) }
    }

    /// The elements of working memory that `width` sums for each part take, for any batch.
    pub const fn scratch(width: usize) -> usize {
        size::product(&[Self::MOST, width])
    }

    /// The elements of a row.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The number of rows in a part.
    pub fn rows_in(&self, part: usize) -> usize {
        self.rows_in_part.min(self.rows - part * self.rows_in_part)
    }

    /// Calls `work` with the elements of each part and `width` sums of it, which it overwrites, and gives these back, part by part.
    ///
    /// From the last part to the first: what was just written is still in the caches from its end on, and what reads the rows next
    /// begins at their start.
    ///
    /// # Panics
    /// If `scratch` is shorter than [`scratch`](Self::scratch) says, or there are no sums.
    pub fn sums<'s, T: Scalar>(
        &self,
        width: usize,
        scratch: &'s mut [T],
        parallel: Parallel<'_>,
        work: impl Fn(Range<usize>, &mut [T]) + Sync,
    ) -> &'s [T] {
        let (elements, least, found) = (self.rows * self.n, self.parts * width, scratch.len());
        assert!(found >= least, "{} parts of rows have {least} sums, which {found} elements do not hold", self.parts);
        let sums = &mut scratch[..least];
        split_rows(parallel, sums, width, self.parts_for_thread, |first, sums| {
            for (index, sums) in sums.chunks_exact_mut(width).enumerate().rev() {
                let start = (first + index) * self.rows_in_part * self.n;
                work(start..elements.min(start + self.rows_in_part * self.n), sums);
            }
        });
        sums
    }

    /// Calls `work` with the place of the first element and the elements, for each thread's rows of `y`: those of its parts.
    ///
    /// # Panics
    /// If `y` is not as long as the rows.
    pub fn rows<T: Scalar>(&self, y: &mut [T], parallel: Parallel<'_>, work: impl Fn(usize, &mut [T]) + Sync) {
        assert_eq!(y.len(), self.rows * self.n, "the rows that are cut have another length");
        if self.rows > 0 {
            let rows = self.parts_for_thread * self.rows_in_part;
            split_rows(parallel, y, self.n, rows, |row, y| work(row * self.n, y));
        }
    }
}
