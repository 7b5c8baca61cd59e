//! Activations of whole batches, on the threads of a pass.

use typednet_tensor::{Parallel, Scalar};

use crate::Activation;
use crate::threads::{by_rows, for_tiles};

/// z ← σ(z)
pub(crate) fn apply<T: Scalar, A: Activation<T>>(parallel: Parallel<'_>, z: &mut [T], width: usize) {
    if !A::IS_IDENTITY {
        by_rows(parallel, z, width, |_, z| A::apply(z, width));
    }
}

/// `dy` ← `dy` ⊙ σ'(z), where `kept` is a or z as [`Activation::KEEPS`] says.
pub(crate) fn backward<T: Scalar, A: Activation<T>>(parallel: Parallel<'_>, kept: &[T], dy: &mut [T], width: usize) {
    if !A::IS_IDENTITY {
        by_rows(parallel, dy, width, |at, dy| A::backward(&kept[at..at + dy.len()], dy, width));
    }
}

/// a ← σ(z), which is read once.
pub(super) fn apply_to<T: Scalar, A: Activation<T>>(parallel: Parallel<'_>, z: &[T], a: &mut [T], width: usize) {
    by_rows(parallel, a, width, |at, a| {
        for_tiles(a, width, |first, a| {
            a.copy_from_slice(&z[at + first..at + first + a.len()]);
            A::apply(a, width);
        });
    });
}

/// dx ← dy ⊙ σ'(z), with `kept` as in [`backward`].
pub(super) fn backward_to<T: Scalar, A: Activation<T>>(
    parallel: Parallel<'_>,
    (kept, dy): (&[T], &[T]),
    dx: &mut [T],
    width: usize,
) {
    by_rows(parallel, dx, width, |at, dx| {
        for_tiles(dx, width, |first, dx| {
            let here = at + first..at + first + dx.len();
            dx.copy_from_slice(&dy[here.clone()]);
            A::backward(&kept[here], dx, width);
        });
    });
}
