//! The loops that most kernels are: one output element from the input elements at the same place.

use super::{Kernel, Lane, Simd, lane};
use crate::Scalar;

/// A function of one element.
pub trait Map<T> {
    /// The function's value for each element of `x`.
    fn eval<S: Simd<T>>(&self, s: S, x: S::V) -> S::V;
}

/// A function of two elements.
pub trait Zip<T> {
    /// The function's value for each pair.
    fn eval<S: Simd<T>>(&self, s: S, x: S::V, y: S::V) -> S::V;
}

/// An associative combination of all elements.
pub trait Reduce<T> {
    /// The value for no elements.
    const START: T;
    /// `total` combined with the next elements.
    fn join<S: Simd<T>>(&self, s: S, total: S::V, x: S::V) -> S::V;
    /// The elements of `total` combined.
    fn finish<S: Simd<T>>(&self, s: S, total: S::V) -> T;
}

/// y ← f(x)
///
/// # Panics
/// If the lengths differ.
pub fn map<T: Scalar>(f: impl Map<T>, x: &[T], y: &mut [T]) {
    map_on(lane(), f, x, y);
}

/// [`map`] on the given lane.
pub(super) fn map_on<T: Scalar>(lane: Lane, f: impl Map<T>, x: &[T], y: &mut [T]) {
    struct Loop<'a, T, F>(F, &'a [T], &'a mut [T]);
    impl<T: Scalar, F: Map<T>> Kernel<T> for Loop<'_, T, F> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd<T>>(self, s: S) {
            let Self(f, x, y) = self;
            let whole = x.len() / S::LANES * S::LANES;
            let (x, x_rest) = x.split_at(whole);
            let (y, y_rest) = y.split_at_mut(whole);
            for (x, y) in x.chunks_exact(S::LANES).zip(y.chunks_exact_mut(S::LANES)) {
                s.store(f.eval(s, s.load(x)), y);
            }
            if !x_rest.is_empty() {
                s.store_part(f.eval(s, s.load_part(x_rest, T::zero())), y_rest);
            }
        }
    }
    assert_eq!(x.len(), y.len(), "map needs as many outputs as inputs");
    T::dispatch_on(lane, Loop(f, x, y));
}

/// x ← f(x)
pub fn map_in_place<T: Scalar>(f: impl Map<T>, x: &mut [T]) {
    map_in_place_on(lane(), f, x);
}

/// [`map_in_place`] on the given lane.
pub(super) fn map_in_place_on<T: Scalar>(lane: Lane, f: impl Map<T>, x: &mut [T]) {
    struct Loop<'a, T, F>(F, &'a mut [T]);
    impl<T: Scalar, F: Map<T>> Kernel<T> for Loop<'_, T, F> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd<T>>(self, s: S) {
            let Self(f, x) = self;
            let mut chunks = x.chunks_exact_mut(S::LANES);
            for x in &mut chunks {
                s.store(f.eval(s, s.load(x)), x);
            }
            let rest = chunks.into_remainder();
            if !rest.is_empty() {
                s.store_part(f.eval(s, s.load_part(rest, T::zero())), rest);
            }
        }
    }
    T::dispatch_on(lane, Loop(f, x));
}

/// y ← f(x, y)
///
/// # Panics
/// If the lengths differ.
pub fn zip<T: Scalar>(f: impl Zip<T>, x: &[T], y: &mut [T]) {
    zip_on(lane(), f, x, y);
}

/// [`zip`] on the given lane.
pub(super) fn zip_on<T: Scalar>(lane: Lane, f: impl Zip<T>, x: &[T], y: &mut [T]) {
    struct Loop<'a, T, F>(F, &'a [T], &'a mut [T]);
    impl<T: Scalar, F: Zip<T>> Kernel<T> for Loop<'_, T, F> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd<T>>(self, s: S) {
            let Self(f, x, y) = self;
            let whole = x.len() / S::LANES * S::LANES;
            let (x, x_rest) = x.split_at(whole);
            let (y, y_rest) = y.split_at_mut(whole);
            for (x, y) in x.chunks_exact(S::LANES).zip(y.chunks_exact_mut(S::LANES)) {
                s.store(f.eval(s, s.load(x), s.load(y)), y);
            }
            if !x_rest.is_empty() {
                let (a, b) = (s.load_part(x_rest, T::zero()), s.load_part(y_rest, T::zero()));
                s.store_part(f.eval(s, a, b), y_rest);
            }
        }
    }
    assert_eq!(x.len(), y.len(), "zip needs two runs of one length");
    T::dispatch_on(lane, Loop(f, x, y));
}

/// All elements of `x` combined.
pub fn reduce<T: Scalar, F: Reduce<T>>(f: F, x: &[T]) -> T {
    reduce_on(lane(), f, x)
}

/// [`reduce`] on the given lane.
pub(super) fn reduce_on<T: Scalar, F: Reduce<T>>(lane: Lane, f: F, x: &[T]) -> T {
    struct Loop<'a, T, F>(F, &'a [T]);
    impl<T: Scalar, F: Reduce<T>> Kernel<T> for Loop<'_, T, F> {
        type Output = T;
        #[inline(always)]
        fn run<S: Simd<T>>(self, s: S) -> T {
            let Self(f, x) = self;
            // Four running totals hide the latency of the combination.
            let mut totals = [s.splat(F::START); 4];
            let mut quads = x.chunks_exact(4 * S::LANES);
            for quad in &mut quads {
                for (total, x) in totals.iter_mut().zip(quad.chunks_exact(S::LANES)) {
                    *total = f.join(s, *total, s.load(x));
                }
            }
            let [mut a, b, c, d] = totals;
            let mut rest = quads.remainder();
            while rest.len() >= S::LANES {
                a = f.join(s, a, s.load(rest));
                rest = &rest[S::LANES..];
            }
            let parts = [f.finish(s, a), f.finish(s, b), f.finish(s, c), f.finish(s, d)];
            // What is left is combined through one short vector, whose empty places hold the neutral element.
            let mut last = s.splat(F::START);
            for part in parts.chunks(S::LANES) {
                last = f.join(s, last, s.load_part(part, F::START));
            }
            if !rest.is_empty() {
                last = f.join(s, last, s.load_part(rest, F::START));
            }
            f.finish(s, last)
        }
    }
    T::dispatch_on(lane, Loop(f, x))
}
