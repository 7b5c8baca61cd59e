//! A form with inputs of it, its types erased, and what all forms must do.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use allocation_counter::measure;
use typednet_layers::compact::Predictor;
use typednet_layers::{PassContext, WorkspaceSize};
use typednet_tensor::{Flat, Key, Parallel, Pool, flat, rows_mut, value_mut};

/// A form, and inputs of it.
pub(super) trait Form {
    /// How many inputs there are.
    fn rows(&self) -> usize;
    /// How many numbers it gives for each.
    fn width(&self) -> usize;
    fn need(&self) -> WorkspaceSize;
    /// The outputs of the first `rows`.
    fn infer(&self, rows: usize, y: &mut [f32], scratch: &mut [f32], run: PassContext<'_>);
    fn predict(&self, row: usize, y: &mut [f32]);
    fn predict_many(&self, rows: usize) -> Vec<f32>;
}

/// The form `P`.
pub(super) struct Of<'a, P: Predictor> {
    form: &'a P,
    x: &'a [P::In],
}

impl<'a, P: Predictor> Of<'a, P> {
    pub(super) fn new(form: &'a P, x: &'a [P::In]) -> Self {
        Self { form, x }
    }
}

impl<P: Predictor> Form for Of<'_, P> {
    fn rows(&self) -> usize {
        self.x.len()
    }

    fn width(&self) -> usize {
        P::Out::LEN
    }

    fn need(&self) -> WorkspaceSize {
        P::INFER
    }

    fn infer(&self, rows: usize, y: &mut [f32], scratch: &mut [f32], run: PassContext<'_>) {
        self.form.infer(&self.x[..rows], rows_mut(y), scratch, run);
    }

    fn predict(&self, row: usize, y: &mut [f32]) {
        self.form.predict_into(&self.x[row], value_mut(y));
    }

    fn predict_many(&self, rows: usize) -> Vec<f32> {
        flat(&self.form.predict_many(&self.x[..rows])).to_vec()
    }
}

/// Runs the parts from the last to the first, and counts them.
#[derive(Default)]
struct Backwards {
    most: AtomicUsize,
}

// SAFETY: every part runs once, before `run` returns.
#[allow(unsafe_code, reason = "a pool of threads is one")]
unsafe impl Pool for Backwards {
    fn threads(&self) -> usize {
        3
    }

    fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
        self.most.fetch_max(parts, Relaxed);
        (0..parts).rev().for_each(part);
    }
}

/// The outputs of all inputs.
pub(super) fn infer(form: &dyn Form, run: PassContext<'_>) -> Vec<f32> {
    infer_first(form, form.rows(), run)
}

/// The outputs of the first `rows`, in memory that holds what no pass may read.
fn infer_first(form: &dyn Form, rows: usize, run: PassContext<'_>) -> Vec<f32> {
    let mut y = vec![f32::NAN; rows * form.width()];
    let mut scratch = vec![f32::NAN; form.need().of(rows)];
    let passes = measure(|| form.infer(rows, &mut y, &mut scratch, run));
    assert_eq!(passes.count_total, 0, "a pass allocates");
    y
}

/// No two numbers are further apart than `most`.
pub(super) fn near(a: &[f32], b: &[f32], most: f32, what: &str) {
    assert_eq!(a.len(), b.len(), "{what}");
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        assert!((a - b).abs() <= most, "{what}: number {i} is {a}, not {b}");
    }
}

/// In any form a batch is what its rows are, for any number of threads and also where a loss would bring the last activation along,
/// and what lay in the working memory does not show. Says into how many parts a batch was cut.
pub(super) fn batches(form: &dyn Form, what: &str) -> usize {
    let (run, pool) = (PassContext::new(Key::new(0)), Backwards::default());
    for rows in [0, 1, 2, 5, form.rows()] {
        let mut alone = vec![0.0; rows * form.width()];
        for (row, y) in alone.chunks_mut(form.width()).enumerate() {
            let passes = measure(|| form.predict(row, y));
            assert_eq!(passes.count_total, 0, "{what} allocates");
        }
        let together = infer_first(form, rows, run);
        // The sums of one row and of several may be formed in another order.
        near(&together, &alone, 1e-5, what);
        let threads = infer_first(form, rows, run.on(Parallel::on(&pool)));
        assert!(threads == together, "{what}: {rows} rows on threads");
        let asked = infer_first(form, rows, run.stop_at_logits(true));
        assert!(asked == together, "{what}: {rows} rows without a last activation");
        near(&form.predict_many(rows), &together, 1e-5, what);
    }
    pool.most.into_inner()
}
