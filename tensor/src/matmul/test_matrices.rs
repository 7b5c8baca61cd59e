//! Matrices of numbers by chance, and the lanes that products are tested on.

use super::*;
use crate::Key;

pub(super) fn numbers<T: Scalar>(len: usize, seed: u64) -> Vec<T> {
    (0..len).map(|i| Key::new(seed).uniform::<T>(i as u64) - T::of(0.5)).collect()
}

/// The rows of a whole matrix.
pub(super) fn by<T>(elements: &[T], columns: usize) -> MatRef<'_, T> {
    MatRef::of_rows(elements, columns)
}

/// The same, to be written.
pub(super) fn to<T>(elements: &mut [T], columns: usize) -> MatMut<'_, T> {
    MatMut::of_rows(elements, columns)
}

/// Every lane of this processor as if it were asked for, the portable one as if there were no other, and what leaves all to
/// the library.
pub(super) fn lanes() -> impl Iterator<Item = Chosen> {
    let forced =
        Lane::ALL.into_iter().filter(|lane| lane.available()).map(|lane| Chosen { lane, forced: true, library: false });
    let portable = Chosen { lane: Lane::Portable, forced: false, library: false };
    forced.chain([portable, Chosen { library: true, ..portable }])
}
