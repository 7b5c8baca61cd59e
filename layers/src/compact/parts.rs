//! Batches, cut for threads.

use typednet_tensor::{Parallel, split_both};

use super::Predictor;
use crate::PassContext;
use crate::threads::{by_samples, parts_of};

/// Each row by itself, which is work on `cost` elements.
pub(super) fn by_rows<P: Predictor>(form: &P, x: &[P::In], y: &mut [P::Out], cost: usize, run: PassContext<'_>) {
    assert_eq!(x.len(), y.len(), "there must be one output for each row");
    by_samples(run.parallel(), y, cost, |first, y| {
        for (x, y) in x[first..].iter().zip(y) {
            form.predict_into(x, y);
        }
    });
}

/// Calls `work` with each thread's part of the rows, of which each is work on `cost` elements and has the same share of `scratch`.
pub(super) fn by_parts<X: Sync, Y: Send>(
    parallel: Parallel<'_>,
    (x, y): (&[X], &mut [Y]),
    scratch: &mut [f32],
    cost: usize,
    work: impl Fn(&[X], &mut [Y], &mut [f32]) + Sync,
) {
    assert_eq!(x.len(), y.len(), "there must be one output for each row");
    let rows = x.len();
    if rows == 0 {
        return;
    }
    let parts = parts_of(parallel, rows, cost);
    if parts < 2 {
        return work(x, y, scratch);
    }
    let each = [1, scratch.len() / rows];
    split_both(parallel, (y, scratch), each, rows.div_ceil(parts), |first, y, scratch| {
        work(&x[first..first + y.len()], y, scratch);
    });
}
