//! An activation as data, so that what is around it is compiled once for each scalar, and not for each activation and shape; and its
//! functions of whole batches, on the threads of a pass.

use typednet_tensor::{Parallel, Scalar, matmul::Epilogue};

use super::{Activation, SavesForBackward};
use crate::threads::{by_rows, for_tiles};

/// The functions of an activation, and what a layer has to know of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ActivationFns<T> {
    /// What the derivative is a function of.
    pub(crate) keeps: SavesForBackward,
    /// What a product can apply while it writes.
    pub(crate) epilogue: Epilogue,
    is_identity: bool,
    apply: fn(&mut [T], usize),
    backward: fn(&[T], &mut [T], usize),
}

/// The functions of an activation, as one constant for all layers that have it.
pub(crate) trait HasFns<T: 'static> {
    const FNS: &'static ActivationFns<T>;
}

impl<A: Activation<T>, T: Scalar> HasFns<T> for A {
    const FNS: &'static ActivationFns<T> = &ActivationFns::of::<A>();
}

impl<T: Scalar> ActivationFns<T> {
    /// Those of `A`.
    pub(crate) const fn of<A: Activation<T>>() -> Self {
        let (keeps, epilogue, is_identity) = (A::KEEPS, A::EPILOGUE, A::IS_IDENTITY);
        Self { keeps, epilogue, is_identity, apply: A::apply, backward: A::backward }
    }

    /// z ← σ(z) in rows of `width`, on this thread.
    pub(crate) fn apply(&self, z: &mut [T], width: usize) {
        (self.apply)(z, width);
    }

    /// z ← σ(z)
    #[inline(never)]
    pub(crate) fn apply_on(&self, parallel: Parallel<'_>, z: &mut [T], width: usize) {
        if !self.is_identity {
            by_rows(parallel, z, width, |_, z| (self.apply)(z, width));
        }
    }

    /// `dy` ← `dy` ⊙ σ'(z), where `kept` is a or z as [`keeps`](Self::keeps) says.
    #[inline(never)]
    pub(crate) fn backward_on(&self, parallel: Parallel<'_>, kept: &[T], dy: &mut [T], width: usize) {
        if !self.is_identity {
            by_rows(parallel, dy, width, |at, dy| (self.backward)(&kept[at..at + dy.len()], dy, width));
        }
    }

    /// a ← σ(z), which is read once.
    #[inline(never)]
    pub(crate) fn apply_to(&self, parallel: Parallel<'_>, z: &[T], a: &mut [T], width: usize) {
        by_rows(parallel, a, width, |at, a| {
            for_tiles(a, width, |first, a| {
                a.copy_from_slice(&z[at + first..at + first + a.len()]);
                (self.apply)(a, width);
            });
        });
    }

    /// dx ← dy ⊙ σ'(z), with `kept` as in [`backward_on`](Self::backward_on).
    #[inline(never)]
    pub(crate) fn backward_to(&self, parallel: Parallel<'_>, (kept, dy): (&[T], &[T]), dx: &mut [T], width: usize) {
        by_rows(parallel, dx, width, |at, dx| {
            for_tiles(dx, width, |first, dx| {
                let here = at + first..at + first + dx.len();
                dx.copy_from_slice(&dy[here.clone()]);
                (self.backward)(&kept[here], dx, width);
            });
        });
    }
}
