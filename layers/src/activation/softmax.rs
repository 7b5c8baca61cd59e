//! Probabilities that sum to 1.

use typednet_tensor::simd::{Kernel, Simd, Zip, zip};
use typednet_tensor::{Scalar, ops};

use crate::{Activation, Arg, Function, Init, SavesForBackward};

/// aᵢ = e^(zᵢ) / Σⱼ e^(zⱼ) over each row, computed as e^(zᵢ − max z) so that it cannot overflow (lecture section 2). For
/// many classes.
///
/// Where one logit of a row is ∞ it is the limit, 1 there and 0 elsewhere; where several are, or all are −∞, there is no
/// limit, and it is NaN.
///
/// ∂L/∂zᵢ = aᵢ (∂L/∂aᵢ − Σⱼ aⱼ ∂L/∂aⱼ). Under [`CrossEntropy`](crate::loss::CrossEntropy) that is a − y.
pub struct Softmax;

impl<T: Scalar> Activation<T> for Softmax {
    const ARG: Arg = Arg::Type("Softmax", &[]);
    const FUNCTION: Function = Function::OfSoftmax;
    const INIT: Init = Init::XavierNormal;
    const KEEPS: SavesForBackward = SavesForBackward::Output;

    #[inline(never)]
    fn apply(z: &mut [T], width: usize) {
        softmax(z, width, T::one(), &mut |_, _| ());
    }

    #[inline(never)]
    fn backward(a: &[T], dy: &mut [T], width: usize) {
        for (a, dy) in a.chunks_exact(width).zip(dy.chunks_exact_mut(width)) {
            zip(Backward(ops::dot(a, dy)), a, dy);
        }
    }
}

struct Backward<T>(T);

impl<T: Scalar> Zip<T> for Backward<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, a: S::V, dy: S::V) -> S::V {
        s.mul(a, s.sub(dy, s.splat(self.0)))
    }
}

/// z ← `scale`·softmax(z) for each row of `width`, and calls `normaliser` with max z and Σ e^(z − max z) of each row in
/// turn. Of a row with one infinite logit that sum is 1, its limit.
///
/// The callback is `dyn` so that the loop is compiled once, and not for every loss and number of classes.
#[inline(never)]
pub(crate) fn softmax<T: Scalar>(z: &mut [T], width: usize, scale: T, normaliser: &mut dyn FnMut(T, T)) {
    T::dispatch(Rows { z, width, finish: Scale(scale), normaliser });
}

/// max z and Σ e^(z − max z) of one row.
#[inline(never)]
pub(crate) fn normaliser<T: Scalar>(z: &[T]) -> (T, T) {
    struct Normaliser<'a, T>(&'a [T]);
    impl<T: Scalar> Kernel<T> for Normaliser<'_, T> {
        type Output = (T, T);
        #[inline(always)]
        fn run<S: Simd<T>>(self, s: S) -> (T, T) {
            max_and_sum(s, self.0)
        }
    }
    T::dispatch(Normaliser(z))
}

/// max z − zᵢ for the terms of a loss, where ∞ − ∞ is 0: a class that is certain is the largest one.
#[inline]
pub(crate) fn below<T: Scalar>(max: T, z: T) -> T {
    if z == max { T::zero() } else { max - z }
}

/// z ← z − ln Σ e^z for each row of `width`.
#[inline(never)]
pub(crate) fn log_softmax<T: Scalar>(z: &mut [T], width: usize) {
    T::dispatch(Rows { z, width, finish: Subtract, normaliser: &mut |_, _| () });
}

/// What is made of a row once its largest element and the sum of its exponentials are known.
trait Finish<T>: Copy {
    /// From d = z − max z, e = e^d and s = Σ e.
    fn finish<S: Simd<T>>(self, s: S, d: S::V, e: S::V, sum: T) -> S::V;
}

/// `scale`·e/s
#[derive(Clone, Copy)]
struct Scale<T>(T);

impl<T: Scalar> Finish<T> for Scale<T> {
    #[inline(always)]
    fn finish<S: Simd<T>>(self, s: S, _: S::V, e: S::V, sum: T) -> S::V {
        s.mul(e, s.splat(self.0 / sum))
    }
}

/// d − ln s
#[derive(Clone, Copy)]
struct Subtract;

impl<T: Scalar> Finish<T> for Subtract {
    #[inline(always)]
    fn finish<S: Simd<T>>(self, s: S, d: S::V, _: S::V, sum: T) -> S::V {
        s.sub(d, s.splat(sum.ln()))
    }
}

struct Rows<'a, T, F> {
    z: &'a mut [T],
    width: usize,
    finish: F,
    normaliser: &'a mut dyn FnMut(T, T),
}

impl<T: Scalar, F: Finish<T>> Kernel<T> for Rows<'_, T, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { z, width, finish, normaliser } = self;
        for row in z.chunks_exact_mut(width) {
            // A row of a few classes stays in registers.
            let (max, sum) = match width.div_ceil(S::LANES) {
                1 => short::<T, S, F, 1>(s, row, finish),
                2 => short::<T, S, F, 2>(s, row, finish),
                _ => long(s, row, finish),
            };
            normaliser(max, sum);
        }
    }
}

// Vectors stay out of closures and iterator adapters below: what the compiler does not inline is not compiled for the
// lane, and would be slow.

/// One row of at most `K` vectors.
#[inline(always)]
fn short<T: Scalar, S: Simd<T>, F: Finish<T>, const K: usize>(s: S, row: &mut [T], finish: F) -> (T, T) {
    // e^(−∞) = 0: what stands behind the row adds nothing to its sum.
    let mut d = [s.splat(T::neg_infinity()); K];
    let mut max = d[0];
    for (z, d) in row.chunks(S::LANES).zip(&mut d) {
        *d = s.load_part(z, T::neg_infinity());
        max = s.max(max, *d);
    }
    let max = s.largest(max);
    let mut origin = max;
    if max == T::infinity() && settle(row) {
        origin = T::zero();
        for (z, d) in row.chunks(S::LANES).zip(&mut d) {
            *d = s.load_part(z, T::neg_infinity());
        }
    }
    let mut e = d;
    let mut sum = s.splat(T::zero());
    for (d, e) in d.iter_mut().zip(&mut e) {
        *d = s.sub(*d, s.splat(origin));
        *e = s.exp(*d);
        sum = s.add(sum, *e);
    }
    let sum = s.sum(sum);
    for ((z, d), e) in row.chunks_mut(S::LANES).zip(d).zip(e) {
        s.store_part(finish.finish(s, d, e, sum), z);
    }
    (max, sum)
}

/// One row of any length.
#[inline(always)]
fn long<T: Scalar, S: Simd<T>, F: Finish<T>>(s: S, row: &mut [T], finish: F) -> (T, T) {
    let (max, sum) = max_and_sum(s, row);
    let mut origin = max;
    if max == T::infinity() && settle(row) {
        origin = T::zero();
    }
    for z in row.chunks_mut(S::LANES) {
        let d = s.sub(s.load_part(z, T::neg_infinity()), s.splat(origin));
        s.store_part(finish.finish(s, d, s.exp(d), sum), z);
    }
    (max, sum)
}

/// max z and Σ e^(z − max z).
#[inline(always)]
fn max_and_sum<T: Scalar, S: Simd<T>>(s: S, row: &[T]) -> (T, T) {
    let mut max = s.splat(T::neg_infinity());
    for z in row.chunks(S::LANES) {
        max = s.max(max, s.load_part(z, T::neg_infinity()));
    }
    let max = s.largest(max);
    if max == T::infinity() && is_certain(row) {
        return (max, T::one());
    }
    let mut sum = s.splat(T::zero());
    for z in row.chunks(S::LANES) {
        sum = s.add(sum, s.exp(s.sub(s.load_part(z, T::neg_infinity()), s.splat(max))));
    }
    (max, s.sum(sum))
}

/// Whether one logit of a row is ∞ and the others are numbers below it.
#[cold]
#[inline(never)]
fn is_certain<T: Scalar>(row: &[T]) -> bool {
    row.iter().filter(|z| **z == T::infinity()).count() == 1 && !row.iter().any(|z| z.is_nan())
}

/// Makes of such a row one with the same softmax, without taking anything from ∞: 0 and −∞.
#[cold]
#[inline(never)]
fn settle<T: Scalar>(row: &mut [T]) -> bool {
    let certain = is_certain(row);
    if certain {
        for z in row {
            *z = if *z == T::infinity() { T::zero() } else { T::neg_infinity() };
        }
    }
    certain
}
