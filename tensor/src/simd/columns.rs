//! A vector of neighbouring columns of a row: a whole one, or the last of a row, which is shorter.

use super::Simd;

/// The elements of a vector at `from`, or of `part` of one with zeros behind them where it is not `WHOLE`.
///
/// # Safety
/// They must be readable.
#[inline(always)]
pub(crate) unsafe fn load<T, S: Simd<T>, const WHOLE: bool>(s: S, from: *const T, part: S::Part) -> S::V {
    // SAFETY: the caller's promise is the same one.
    unsafe { if WHOLE { s.load_at(from) } else { s.load_part_at(from, part) } }
}

/// Writes the elements of `v`, or of `part` of it where it is not `WHOLE`, to `to`.
///
/// # Safety
/// They must be writable.
#[inline(always)]
pub(crate) unsafe fn store<T, S: Simd<T>, const WHOLE: bool>(s: S, v: S::V, to: *mut T, part: S::Part) {
    // SAFETY: the caller's promise is the same one.
    unsafe { if WHOLE { s.store_at(v, to) } else { s.store_part_at(v, to, part) } }
}
