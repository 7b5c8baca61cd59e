//! Rows that a loop goes over a vector of columns at a time.

use super::Simd;
use crate::Scalar;

/// Neighbouring columns of a row: as many as a vector holds, or what is left at the row's end.
///
/// [`columns`] gives them, with the lane that they were cut for.
#[derive(Clone, Copy, Debug)]
pub struct Columns<S> {
    s: S,
    first: usize,
    len: usize,
}

impl<S> Columns<S> {
    /// As many columns, `distance` places further on: where several rows lie side by side in one slice.
    #[must_use]
    #[inline(always)]
    pub fn shift(self, distance: usize) -> Self {
        Self { first: self.first + distance, ..self }
    }
}

/// The columns 0 to `n`, a vector at a time.
#[inline(always)]
pub fn columns<T: Scalar, S: Simd<T>>(s: S, n: usize) -> impl Iterator<Item = Columns<S>> {
    (0..n).step_by(S::LANES).map(move |first| Columns { s, first, len: S::LANES.min(n - first) })
}

/// A row whose elements are loaded and stored by their columns.
///
/// ```
/// use typednet_tensor::Scalar;
/// use typednet_tensor::simd::{Kernel, Row, Simd, columns};
///
/// /// y ← a·x + y
/// struct Axpy<'a, T>(T, &'a [T], &'a mut [T]);
///
/// impl<T: Scalar> Kernel<T> for Axpy<'_, T> {
///     type Output = ();
///
///     #[inline(always)]
///     fn run<S: Simd<T>>(self, s: S) {
///         let Self(a, x, y) = self;
///         for at in columns(s, y.len()) {
///             y.store(at, s.mul_add(s.splat(a), x.load(at), y.load(at)));
///         }
///     }
/// }
///
/// let mut y = [1.0_f32; 100];
/// Scalar::dispatch(Axpy(2.0, &[3.0; 100], &mut y));
/// assert_eq!(y, [7.0; 100]);
/// ```
pub trait Row<T> {
    /// The elements of these columns, and zeros behind them.
    ///
    /// # Panics
    /// If the row has not all of them.
    fn load<S: Simd<T>>(&self, at: Columns<S>) -> S::V;

    /// The elements of these columns, and `fill` behind them.
    ///
    /// # Panics
    /// If the row has not all of them.
    fn load_or<S: Simd<T>>(&self, at: Columns<S>, fill: T) -> S::V;

    /// Writes as many elements of `v` as there are columns.
    ///
    /// # Panics
    /// If the row has not all of them.
    fn store<S: Simd<T>>(&mut self, at: Columns<S>, v: S::V);
}

impl<T: Scalar> Row<T> for [T] {
    #[inline(always)]
    fn load<S: Simd<T>>(&self, at: Columns<S>) -> S::V {
        self.load_or(at, T::ZERO)
    }

    #[inline(always)]
    fn load_or<S: Simd<T>>(&self, at: Columns<S>, fill: T) -> S::V {
        load(at.s, &self[at.first..][..at.len], fill)
    }

    #[inline(always)]
    fn store<S: Simd<T>>(&mut self, at: Columns<S>, v: S::V) {
        store(at.s, v, &mut self[at.first..][..at.len]);
    }
}

/// The elements of `x`, at most a vector of them, and `fill` behind them.
#[inline(always)]
pub(crate) fn load<T: Scalar, S: Simd<T>>(s: S, x: &[T], fill: T) -> S::V {
    if x.len() == S::LANES { s.load(x) } else { s.load_part(x, fill) }
}

/// Writes as many elements of `v` as `to` has, at most a vector of them.
#[inline(always)]
pub(crate) fn store<T: Scalar, S: Simd<T>>(s: S, v: S::V, to: &mut [T]) {
    if to.len() == S::LANES { s.store(v, to) } else { s.store_part(v, to) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::Kernel;
    use crate::simd::tests::lanes;

    /// What [`columns`] of rows of some lengths load, and where they store.
    struct Copies;

    impl<T: Scalar> Kernel<T> for Copies {
        type Output = ();

        #[inline(always)]
        fn run<S: Simd<T>>(self, s: S) {
            for n in 0..3 * S::LANES {
                // Two rows side by side, with something on either side of what is written.
                let x: Vec<T> = (0..2 * n).map(|i| T::of(i as f64 + 1.0)).collect();
                let mut y = vec![T::of(-1.0); 2 * n + 2];
                let mut behind = Vec::new();
                for at in columns(s, n) {
                    y.store(at.shift(1), x.load(at));
                    y.store(at.shift(n + 1), x.load(at.shift(n)));
                    for fill in [T::ZERO, T::of(7.0)] {
                        let mut all = vec![T::nan(); S::LANES];
                        s.store(x.load_or(at, fill), &mut all);
                        behind.extend(all.split_off(at.len).into_iter().map(|found| found == fill));
                    }
                }
                assert_eq!(y[1..=2 * n], x, "two rows of {n}");
                assert_eq!([y[0], y[2 * n + 1]], [T::of(-1.0); 2], "what stands beside two rows of {n}");
                let vectors = n.div_ceil(S::LANES);
                assert_eq!(behind, vec![true; 2 * (vectors * S::LANES - n)], "behind a row of {n}");
            }
        }
    }

    #[test]
    fn columns_cover_a_row_once_and_nothing_beside_it() {
        for lane in lanes() {
            f32::dispatch_on(lane, Copies);
            f64::dispatch_on(lane, Copies);
        }
    }

    #[test]
    #[should_panic(expected = "out of range")]
    fn columns_that_a_row_has_not_are_refused() {
        struct Beyond;
        impl Kernel<f32> for Beyond {
            type Output = ();
            #[inline(always)]
            fn run<S: Simd<f32>>(self, s: S) {
                for at in columns::<f32, S>(s, 5) {
                    [0.0; 5].load(at.shift(1));
                }
            }
        }
        f32::dispatch(Beyond);
    }
}
