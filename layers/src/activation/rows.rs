//! Work on the rows of a batch, shared by threads.

use typednet_tensor::{Parallel, Scalar, split_rows};

/// The fewest elements that are worth another thread: some 0.5 µs of the cheapest activation, with what it costs to move
/// them from one processor to the other.
const LEAST_PART: usize = 4096;

/// Calls `work` with the number of the first row and the rows, for each thread's part of `rows`, each of which is work on `cost`
/// elements.
pub(crate) fn by_samples<R: Send>(
    parallel: Parallel<'_>,
    rows: &mut [R],
    cost: usize,
    work: impl Fn(usize, &mut [R]) + Sync,
) {
    let parts = parallel.awake().min(rows.len().saturating_mul(cost) / LEAST_PART).min(rows.len());
    if parts < 2 {
        return work(0, rows);
    }
    let rows_per_part = rows.len().div_ceil(parts);
    split_rows(parallel, rows, 1, rows_per_part, work);
}

/// Calls `work` with the place of the first element and the elements, for each thread's part of the rows of `y`.
///
/// The rows are cut as those of a matrix product, so each thread finds in its caches what it has written there.
pub(crate) fn by_rows<T: Scalar>(
    parallel: Parallel<'_>,
    y: &mut [T],
    width: usize,
    work: impl Fn(usize, &mut [T]) + Sync,
) {
    by_rows_of(parallel, y, width, y.len(), work);
}

/// As [`by_rows`], where the work reads and writes `elements` elements in all, which may be more than `y` has.
pub(crate) fn by_rows_of<T: Scalar>(
    parallel: Parallel<'_>,
    y: &mut [T],
    width: usize,
    elements: usize,
    work: impl Fn(usize, &mut [T]) + Sync,
) {
    let parts = parallel.awake().min(elements / LEAST_PART);
    if parts < 2 {
        return work(0, y);
    }
    let rows = y.len() / width;
    split_rows(parallel, y, width, rows.div_ceil(parts), |row, y| work(row * width, y));
}
