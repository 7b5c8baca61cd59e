//! Sums, products and scalings of runs of elements, at the lane's full width.

use crate::Scalar;
use crate::simd::{Kernel, Map, Reduce, Simd, Zip, map_in_place, reduce, zip};

/// y ← y + a·x
///
/// # Panics
/// If the lengths differ.
pub fn axpy<T: Scalar>(a: T, x: &[T], y: &mut [T]) {
    struct Axpy<T>(T);
    impl<T: Scalar> Zip<T> for Axpy<T> {
        #[inline(always)]
        fn eval<S: Simd<T>>(&self, s: S, x: S::V, y: S::V) -> S::V {
            s.mul_add(s.splat(self.0), x, y)
        }
    }
    zip(Axpy(a), x, y);
}

/// x ← a·x
pub fn scale<T: Scalar>(a: T, x: &mut [T]) {
    struct Scale<T>(T);
    impl<T: Scalar> Map<T> for Scale<T> {
        #[inline(always)]
        fn eval<S: Simd<T>>(&self, s: S, x: S::V) -> S::V {
            s.mul(s.splat(self.0), x)
        }
    }
    map_in_place(Scale(a), x);
}

/// y ← y + x
///
/// # Panics
/// If the lengths differ.
pub fn add<T: Scalar>(x: &[T], y: &mut [T]) {
    struct Add;
    impl<T> Zip<T> for Add {
        #[inline(always)]
        fn eval<S: Simd<T>>(&self, s: S, x: S::V, y: S::V) -> S::V {
            s.add(y, x)
        }
    }
    zip(Add, x, y);
}

/// y ← y − x
///
/// # Panics
/// If the lengths differ.
pub fn sub<T: Scalar>(x: &[T], y: &mut [T]) {
    struct Sub;
    impl<T> Zip<T> for Sub {
        #[inline(always)]
        fn eval<S: Simd<T>>(&self, s: S, x: S::V, y: S::V) -> S::V {
            s.sub(y, x)
        }
    }
    zip(Sub, x, y);
}

/// y ← y ⊙ x, element by element.
///
/// # Panics
/// If the lengths differ.
pub fn mul<T: Scalar>(x: &[T], y: &mut [T]) {
    struct Mul;
    impl<T> Zip<T> for Mul {
        #[inline(always)]
        fn eval<S: Simd<T>>(&self, s: S, x: S::V, y: S::V) -> S::V {
            s.mul(y, x)
        }
    }
    zip(Mul, x, y);
}

/// Σ xᵢ·yᵢ
///
/// ```
/// assert_eq!(typednet_tensor::ops::dot(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), 32.0);
/// ```
///
/// # Panics
/// If the lengths differ.
pub fn dot<T: Scalar>(x: &[T], y: &[T]) -> T {
    struct Dot<'a, T>(&'a [T], &'a [T]);
    impl<T: Scalar> Kernel<T> for Dot<'_, T> {
        type Output = T;
        #[inline(always)]
        fn run<S: Simd<T>>(self, s: S) -> T {
            let Self(x, y) = self;
            // Four running totals hide the latency of the sum.
            let mut totals = [s.splat(T::zero()); 4];
            let mut x_quads = x.chunks_exact(4 * S::LANES);
            let mut y_quads = y.chunks_exact(4 * S::LANES);
            for (x, y) in (&mut x_quads).zip(&mut y_quads) {
                for (i, total) in totals.iter_mut().enumerate() {
                    *total = s.mul_add(s.load(&x[i * S::LANES..]), s.load(&y[i * S::LANES..]), *total);
                }
            }
            let [mut a, b, c, d] = totals;
            let (x, y) = (x_quads.remainder(), y_quads.remainder());
            for (x, y) in x.chunks(S::LANES).zip(y.chunks(S::LANES)) {
                a = s.mul_add(s.load_part(x, T::zero()), s.load_part(y, T::zero()), a);
            }
            s.sum(s.add(s.add(a, b), s.add(c, d)))
        }
    }
    assert_eq!(x.len(), y.len(), "dot needs two runs of one length");
    T::dispatch(Dot(x, y))
}

/// Σ xᵢ
pub fn sum<T: Scalar>(x: &[T]) -> T {
    struct Sum<T>(T);
    impl<T: Scalar> Reduce<T> for Sum<T> {
        fn start(&self) -> T {
            self.0
        }
        #[inline(always)]
        fn join<S: Simd<T>>(&self, s: S, total: S::V, x: S::V) -> S::V {
            s.add(total, x)
        }
        #[inline(always)]
        fn finish<S: Simd<T>>(&self, s: S, total: S::V) -> T {
            s.sum(total)
        }
    }
    reduce(Sum(T::zero()), x)
}
