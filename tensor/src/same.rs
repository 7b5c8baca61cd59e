//! One type under two names.

use core::any::TypeId;

/// The batch `x` under another name of its type; used where two types are known to be one but the compiler has been told so
/// elsewhere (see `network!`), or not at all: what a layer gives is its own gradient, and that of the input of the next.
///
/// ```
/// # use typednet_tensor::{Sample, same};
/// fn first<S: Sample>(x: &[S]) -> f32 {
///     same::<S, [f32; 2]>(x)[0][0]
/// }
/// assert_eq!(first(&[[0.5_f32, 1.0]]), 0.5);
/// ```
///
/// # Panics
/// If they are two types.
#[doc(hidden)]
#[inline]
pub fn same<A: 'static, B: 'static>(x: &[A]) -> &[B] {
    are_one::<A, B>();
    // SAFETY: `A` and `B` are one type (asked above). The borrow is passed on.
    unsafe { core::slice::from_raw_parts(x.as_ptr().cast(), x.len()) }
}

/// [`same`] for a batch that is to be changed.
#[doc(hidden)]
#[inline]
pub fn same_mut<A: 'static, B: 'static>(x: &mut [A]) -> &mut [B] {
    are_one::<A, B>();
    // SAFETY: as in `same`. The unique borrow is passed on.
    unsafe { core::slice::from_raw_parts_mut(x.as_mut_ptr().cast(), x.len()) }
}

/// # Panics
/// If they are two types.
#[inline]
fn are_one<A: 'static, B: 'static>() {
    if TypeId::of::<A>() != TypeId::of::<B>() {
        are_two();
    }
}

#[cold]
#[inline(never)]
fn are_two() -> ! {
    panic!("a batch of one type is no batch of another")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_are_where_they_were() {
        let mut x = [[1.0_f32, 2.0], [3.0, 4.0]];
        let place = x.as_ptr();
        assert_eq!(same::<[f32; 2], [f32; 2]>(&x).as_ptr(), place);
        same_mut::<[f32; 2], [f32; 2]>(&mut x)[1][0] = 5.0;
        assert_eq!(x, [[1.0, 2.0], [5.0, 4.0]]);
    }

    /// Two structs of the same fields, of which one might have padding where the other has a value.
    #[test]
    #[should_panic(expected = "a batch of one type is no batch of another")]
    fn two_types_of_the_same_elements_are_not_one() {
        #[derive(Clone, Copy)]
        struct Number {
            _x: f64,
        }
        let _ = same::<[f64; 1], Number>(&[[1.0]]);
    }
}
