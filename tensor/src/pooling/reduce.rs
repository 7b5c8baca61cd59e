//! What is made of the elements of a window.

use crate::Scalar;
use crate::pooling::Pooling;
use crate::simd::Simd;
use crate::simd::row::load;

/// What becomes of the elements of a window, and of the gradient of that.
pub(super) trait Reduce<T: Scalar>: Copy {
    /// The value of no elements.
    const START: T;

    /// Whether gradients are usually of this form; for the rest the general loops will do.
    const IS_USUAL: bool;

    /// `total` with the next element.
    fn join<S: Simd<T>>(self, s: S, total: S::V, x: S::V) -> S::V;

    /// y from all elements.
    fn finish<S: Simd<T>>(self, s: S, total: S::V) -> S::V;

    /// What there is to share of ∂L/∂y.
    fn begin<S: Simd<T>>(self, s: S, dy: S::V) -> S::V;

    /// ∂L/∂x of the next element from what there is to share, and what there is for those behind it.
    fn share<S: Simd<T>>(self, s: S, x: S::V, y: S::V, left: S::V) -> (S::V, S::V);
}

/// Whether there is no NaN in `y`.
#[inline(always)]
pub(super) fn are_numbers<T: Scalar, S: Simd<T>>(s: S, y: &[T]) -> bool {
    let (zero, one) = (s.splat(T::ZERO), s.splat(T::one()));
    let mut others = zero;
    for y in y.chunks(S::LANES) {
        let y = load(s, y, T::ZERO);
        others = s.select(s.eq(y, y), others, one);
    }
    s.sum(others) == T::ZERO
}

/// The largest; where `NUMBERS`, it is a number in each window, as nearly always, and to find it takes half as many steps.
#[derive(Clone, Copy)]
pub(super) struct Largest<const NUMBERS: bool>;

impl<T: Scalar, const NUMBERS: bool> Reduce<T> for Largest<NUMBERS> {
    const START: T = T::LOWEST;
    const IS_USUAL: bool = NUMBERS;

    /// The lane's maximum is its second argument where either is not a number, so only a total that is none must be kept.
    #[inline(always)]
    fn join<S: Simd<T>>(self, s: S, total: S::V, x: S::V) -> S::V {
        s.select(s.eq(total, total), s.max(total, x), total)
    }

    #[inline(always)]
    fn finish<S: Simd<T>>(self, _: S, total: S::V) -> S::V {
        total
    }

    #[inline(always)]
    fn begin<S: Simd<T>>(self, _: S, dy: S::V) -> S::V {
        dy
    }

    /// All to the first that is y; one that is not a number is, since it has won.
    #[inline(always)]
    fn share<S: Simd<T>>(self, s: S, x: S::V, y: S::V, left: S::V) -> (S::V, S::V) {
        let zero = s.splat(T::ZERO);
        if NUMBERS {
            // Nothing is larger than y.
            let loses = s.lt(x, y);
            return (s.select(loses, zero, left), s.select(loses, left, zero));
        }
        let (number, equal) = (s.eq(x, x), s.eq(x, y));
        (s.select(number, s.select(equal, left, zero), left), s.select(number, s.select(equal, zero, left), zero))
    }
}

/// The mean of so many elements.
#[derive(Clone, Copy)]
pub(super) struct Mean<T>(T);

pub(super) fn mean<T: Scalar>(p: &Pooling) -> Mean<T> {
    Mean(T::of(p.elements() as f64))
}

impl<T: Scalar> Reduce<T> for Mean<T> {
    const START: T = T::ZERO;
    const IS_USUAL: bool = true;

    #[inline(always)]
    fn join<S: Simd<T>>(self, s: S, total: S::V, x: S::V) -> S::V {
        s.add(total, x)
    }

    #[inline(always)]
    fn finish<S: Simd<T>>(self, s: S, total: S::V) -> S::V {
        s.div(total, s.splat(self.0))
    }

    #[inline(always)]
    fn begin<S: Simd<T>>(self, s: S, dy: S::V) -> S::V {
        s.div(dy, s.splat(self.0))
    }

    /// The same to each.
    #[inline(always)]
    fn share<S: Simd<T>>(self, _: S, _: S::V, _: S::V, left: S::V) -> (S::V, S::V) {
        (left, left)
    }
}
