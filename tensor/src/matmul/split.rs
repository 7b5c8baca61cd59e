//! Which part of a result each thread writes.

use super::choose::Cut;
use super::matrix::MatMut;
use crate::Parallel;

/// Calls `work` with the place of the first element and the part, for each part of `c`.
#[inline]
pub(super) fn split<T: Send>(
    par: Parallel<'_>,
    mut c: MatMut<'_, T>,
    cut: Cut,
    work: impl Fn((usize, usize), MatMut<'_, T>) + Sync,
) {
    let (rows, columns, row_stride) = (c.nrows(), c.ncols(), c.row_stride());
    let (height, width) = match cut {
        Cut::Rows(height) => (height, columns),
        Cut::Columns(width) => (rows, width),
    };
    let parts = cut.parts((rows, columns));
    if parts == 1 {
        return work((0, 0), c);
    }
    let start = c.share();
    par.run(parts, &|part| {
        let (top, left) = match cut {
            Cut::Rows(_) => (part * height, 0),
            Cut::Columns(_) => (0, part * width),
        };
        let (height, width) = (height.min(rows - top), width.min(columns - left));
        // SAFETY: these are rows `top` to `top + height` ≤ `rows`, columns `left` to `left + width` ≤ `columns` of `c`, which is
        // borrowed uniquely until all calls have returned. A `Pool` calls each number once, so no two parts overlap.
        let part = unsafe { MatMut::at(start.at(top * row_stride + left), height, width, row_stride) };
        work((top, left), part);
    });
}
