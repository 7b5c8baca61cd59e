//! Work on a batch, shared by threads.

use typednet_tensor::{LeastPart, Parallel, Scalar, ops, split_both, split_rows};

/// The fewest elements that are worth another thread: some 0.5 µs of the cheapest activation, with what it costs to move
/// them from one processor to the other.
const LEAST_PART: LeastPart = LeastPart::new(4096, 500);

/// Calls `work` with the number of the first row and the rows, for each thread's part of `rows`, each of which is work on `cost`
/// elements.
pub(crate) fn by_samples<R: Send>(
    parallel: Parallel<'_>,
    rows: &mut [R],
    cost: usize,
    work: impl Fn(usize, &mut [R]) + Sync,
) {
    let parts = parts_of(parallel, rows.len(), cost);
    if parts < 2 {
        return work(0, rows);
    }
    let rows_per_part = rows.len().div_ceil(parts);
    split_rows(parallel, rows, 1, rows_per_part, work);
}

/// Into how many parts `rows` rows are cut, each of which is work on `cost` elements.
pub(crate) fn parts_of(parallel: Parallel<'_>, rows: usize, cost: usize) -> usize {
    parallel.parts(rows.saturating_mul(cost), LEAST_PART).min(rows)
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
    let parts = parallel.parts(elements, LEAST_PART);
    if parts < 2 {
        return work(0, y);
    }
    let rows = y.len() / width;
    split_rows(parallel, y, width, rows.div_ceil(parts), |row, y| work(row * width, y));
}

/// As [`by_rows`], with what is kept of each row.
pub(crate) fn by_rows_and<T: Scalar, R: Send>(
    parallel: Parallel<'_>,
    y: &mut [T],
    width: usize,
    kept: &mut [R],
    work: impl Fn(usize, &mut [T], &mut [R]) + Sync,
) {
    let parts = parallel.parts(y.len(), LEAST_PART);
    if parts < 2 {
        return work(0, y, kept);
    }
    let rows = kept.len().div_ceil(parts);
    split_both(parallel, (y, kept), [width, 1], rows, |row, y, kept| work(row * width, y, kept));
}

/// Calls `work` with the place of the first element and the elements, for each thread's part of `y`; parts begin at a multiple of
/// `unit` elements.
pub(crate) fn by_elements<T: Scalar>(
    parallel: Parallel<'_>,
    y: &mut [T],
    unit: usize,
    work: impl Fn(usize, &mut [T]) + Sync,
) {
    let parts = parallel.parts(y.len(), LEAST_PART);
    if parts < 2 {
        return work(0, y);
    }
    split_rows(parallel, y, 1, y.len().div_ceil(parts).next_multiple_of(unit), work);
}

/// The elements of a cache line, which no two threads should write.
const LINE: usize = 16;

/// y ← x
///
/// # Panics
/// If the lengths differ.
#[inline(never)]
pub(crate) fn copy<T: Scalar>(parallel: Parallel<'_>, x: &[T], y: &mut [T]) {
    assert_eq!(x.len(), y.len(), "a copy has the length of what it is of");
    by_elements(parallel, y, LINE, |at, y| y.copy_from_slice(&x[at..at + y.len()]));
}

/// y ← y + x
///
/// # Panics
/// If the lengths differ.
#[inline(never)]
pub(crate) fn add<T: Scalar>(parallel: Parallel<'_>, x: &[T], y: &mut [T]) {
    assert_eq!(x.len(), y.len(), "what is added has the length of the sum");
    by_elements(parallel, y, LINE, |at, y| ops::add(&x[at..at + y.len()], y));
}

/// y ← a + b
///
/// # Panics
/// If the lengths differ.
#[inline(never)]
pub(crate) fn sum<T: Scalar>(parallel: Parallel<'_>, a: &[T], b: &[T], y: &mut [T]) {
    assert!(a.len() == y.len() && b.len() == y.len(), "what is added has the length of the sum");
    by_elements(parallel, y, LINE, |at, y| {
        for_tiles(y, 1, |first, y| {
            let here = at + first..at + first + y.len();
            y.copy_from_slice(&a[here.clone()]);
            ops::add(&b[here], y);
        });
    });
}

/// Calls `work` with the place of the first element and the elements, for each few rows of `y` that stay in the first cache: work
/// that goes over them twice reads them once from memory.
pub(crate) fn for_tiles<T>(y: &mut [T], width: usize, mut work: impl FnMut(usize, &mut [T])) {
    /// The elements of a tile of short rows.
    const TILE: usize = 1024;
    let tile = (TILE / width.max(1)).max(1) * width.max(1);
    for (index, y) in y.chunks_mut(tile).enumerate() {
        work(index * tile, y);
    }
}
