//! Losses that are a sum over elements.

use core::hint::black_box;

use typednet_tensor::simd::{Kernel, Simd};
use typednet_tensor::{Parallel, Sample, Scalar};

use super::sum::Sum;

/// How many terms an output has of which each element is one. Of padded steps there are none: a loss cannot know that the number behind
/// them says how many count, and that what it finds in padding is of no account.
pub(super) const fn terms<Out: Sample>() -> usize {
    const {
        assert!(
            !Out::SHAPE.has_padding(),
            "a loss over padded steps would count padding: let the network end with `Last`, `MeanOverSteps` or a layer in `EndPadded`, \
             and of a pair let that half do so"
        );
    }
    Out::LEN
}

/// The loss of one element.
pub(super) trait Elementwise<T>: Sync {
    /// The loss of `y` against `target`, and its derivative by `y`.
    fn eval<S: Simd<T>>(&self, s: S, y: S::V, target: S::V) -> (S::V, S::V);
}

/// Compiles both functions of a loss: see `instances.rs`.
pub(super) fn instances<T: Scalar, F: Elementwise<T>>() {
    black_box([value::<T, F> as *const (), gradient::<T, F> as *const ()]);
}

/// The sum of the loss over all elements.
#[inline(never)]
pub(super) fn value<T: Scalar, F: Elementwise<T>>(loss: &F, y: &[T], targets: &[T], parallel: Parallel<'_>) -> f64 {
    struct Value<'a, T, F>(&'a [T], &'a [T], &'a F);
    impl<T: Scalar, F: Elementwise<T>> Kernel<T> for Value<'_, T, F> {
        type Output = f64;
        #[inline(always)]
        fn run<S: Simd<T>>(self, s: S) -> f64 {
            let Self(y, targets, of) = self;
            let mut sum = 0.0;
            for (y, targets) in y.chunks(BLOCK * S::LANES).zip(targets.chunks(BLOCK * S::LANES)) {
                let mut total = s.splat(T::zero());
                for (y, target) in y.chunks(S::LANES).zip(targets.chunks(S::LANES)) {
                    let (loss, _) = of.eval(s, s.load_part(y, T::zero()), s.load_part(target, T::zero()));
                    total = s.add(total, keep(s, loss, y.len()));
                }
                sum += s.sum(total).to_f64_exact();
            }
            sum
        }
    }
    assert_eq!(y.len(), targets.len(), "there must be one target for each output");
    if parallel.awake() < 2 {
        return T::dispatch(Value(y, targets, loss));
    }
    let block = block::<T>();
    Sum::of_pieces(block).over(parallel, y.len(), |at, sink| {
        for (y, targets) in y[at.clone()].chunks(block).zip(targets[at].chunks(block)) {
            sink(T::dispatch(Value(y, targets, loss)));
        }
    })
}

/// As [`value`], and `dy` ← `scale` times the derivative.
#[inline(never)]
pub(super) fn gradient<T: Scalar, F: Elementwise<T>>(
    loss: &F,
    (y, targets): (&[T], &[T]),
    scale: T,
    dy: &mut [T],
    parallel: Parallel<'_>,
) -> f64 {
    struct Gradient<'a, T, F>(&'a [T], &'a [T], T, &'a mut [T], &'a F);
    impl<T: Scalar, F: Elementwise<T>> Kernel<T> for Gradient<'_, T, F> {
        type Output = f64;
        #[inline(always)]
        fn run<S: Simd<T>>(self, s: S) -> f64 {
            let Self(y, targets, scale, dy, of) = self;
            let scale = s.splat(scale);
            let mut sum = 0.0;
            let blocks = y.chunks(BLOCK * S::LANES).zip(targets.chunks(BLOCK * S::LANES));
            for ((y, targets), dy) in blocks.zip(dy.chunks_mut(BLOCK * S::LANES)) {
                let mut total = s.splat(T::zero());
                let vectors = y.chunks(S::LANES).zip(targets.chunks(S::LANES));
                for ((y, target), dy) in vectors.zip(dy.chunks_mut(S::LANES)) {
                    let (loss, slope) = of.eval(s, s.load_part(y, T::zero()), s.load_part(target, T::zero()));
                    s.store_part(s.mul(scale, slope), dy);
                    total = s.add(total, keep(s, loss, y.len()));
                }
                sum += s.sum(total).to_f64_exact();
            }
            sum
        }
    }
    assert_eq!((y.len(), dy.len()), (targets.len(), y.len()), "there must be one target for each output");
    if parallel.awake() < 2 {
        return T::dispatch(Gradient(y, targets, scale, dy, loss));
    }
    let block = block::<T>();
    Sum::of_pieces(block).writing(parallel, dy, |at, dy, sink| {
        let here = at..at + dy.len();
        let pieces = y[here.clone()].chunks(block).zip(targets[here].chunks(block));
        for ((y, targets), dy) in pieces.zip(dy.chunks_mut(block)) {
            sink(T::dispatch(Gradient(y, targets, scale, dy, loss)));
        }
    })
}

/// How many vectors are added up before the sum moves on to [`f64`]: so few that an [`f32`] loses nothing to speak of.
const BLOCK: usize = 32;

/// The elements of that many vectors: work is cut between such blocks, so that they are the same on any number of threads.
fn block<T: Scalar>() -> usize {
    struct Block;
    impl<T: Scalar> Kernel<T> for Block {
        type Output = usize;
        #[inline(always)]
        fn run<S: Simd<T>>(self, _: S) -> usize {
            BLOCK * S::LANES
        }
    }
    T::dispatch(Block)
}

/// The first `len` losses of a vector, and zeros behind them: what stands behind the end has a loss too, which must not
/// be counted.
#[inline(always)]
fn keep<T: Scalar, S: Simd<T>>(s: S, loss: S::V, len: usize) -> S::V {
    if len == S::LANES {
        return loss;
    }
    let mut losses = [T::zero(); 64];
    s.store_part(loss, &mut losses[..len]);
    s.load(&losses)
}
