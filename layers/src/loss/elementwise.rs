//! Losses that are a sum over elements.

use typednet_tensor::Scalar;
use typednet_tensor::simd::{Kernel, Simd};

/// The loss of one element.
pub(super) trait Elementwise<T> {
    /// The loss of `y` against `target`, and its derivative by `y`.
    fn eval<S: Simd<T>>(s: S, y: S::V, target: S::V) -> (S::V, S::V);
}

/// The sum of the loss over all elements.
pub(super) fn value<T: Scalar, F: Elementwise<T>>(y: &[T], targets: &[T]) -> f64 {
    struct Value<'a, T, F>(&'a [T], &'a [T], F);
    impl<T: Scalar, F: Elementwise<T>> Kernel<T> for Value<'_, T, core::marker::PhantomData<F>> {
        type Output = f64;
        #[inline(always)]
        fn run<S: Simd<T>>(self, s: S) -> f64 {
            let Self(y, targets, _) = self;
            let blocks = y.chunks(BLOCK * S::LANES).zip(targets.chunks(BLOCK * S::LANES));
            blocks.map(|(y, targets)| block::<T, S, F>(s, y, targets, |_, _| ())).sum()
        }
    }
    assert_eq!(y.len(), targets.len(), "there must be one target for each output");
    T::dispatch(Value(y, targets, core::marker::PhantomData::<F>))
}

/// As [`value`], and `dy` ← `scale` times the derivative.
pub(super) fn gradient<T: Scalar, F: Elementwise<T>>(y: &[T], targets: &[T], scale: T, dy: &mut [T]) -> f64 {
    struct Gradient<'a, T, F>(&'a [T], &'a [T], T, &'a mut [T], F);
    impl<T: Scalar, F: Elementwise<T>> Kernel<T> for Gradient<'_, T, core::marker::PhantomData<F>> {
        type Output = f64;
        #[inline(always)]
        fn run<S: Simd<T>>(self, s: S) -> f64 {
            let Self(y, targets, scale, dy, _) = self;
            let scale = s.splat(scale);
            let blocks = y.chunks(BLOCK * S::LANES).zip(targets.chunks(BLOCK * S::LANES));
            let mut sum = 0.0;
            for ((y, targets), dy) in blocks.zip(dy.chunks_mut(BLOCK * S::LANES)) {
                sum += block::<T, S, F>(s, y, targets, |place, slope| {
                    s.store_part(s.mul(scale, slope), &mut dy[place]);
                });
            }
            sum
        }
    }
    assert_eq!((y.len(), dy.len()), (targets.len(), y.len()), "there must be one target for each output");
    T::dispatch(Gradient(y, targets, scale, dy, core::marker::PhantomData::<F>))
}

/// How many vectors are added up before the sum moves on to [`f64`]: so few that an [`f32`] loses nothing to speak of.
const BLOCK: usize = 32;

/// The sum over a block of at most [`BLOCK`] vectors; hands on each derivative with its place.
#[inline(always)]
fn block<T: Scalar, S: Simd<T>, F: Elementwise<T>>(
    s: S,
    y: &[T],
    targets: &[T],
    mut slope: impl FnMut(core::ops::Range<usize>, S::V),
) -> f64 {
    let whole = y.len() / S::LANES * S::LANES;
    let mut total = s.splat(T::zero());
    for start in (0..whole).step_by(S::LANES) {
        let place = start..start + S::LANES;
        let (loss, derivative) = F::eval(s, s.load(&y[place.clone()]), s.load(&targets[place.clone()]));
        total = s.add(total, loss);
        slope(place, derivative);
    }
    let mut rest = T::zero();
    if whole < y.len() {
        let place = whole..y.len();
        let load = |x: &[T]| s.load_part(&x[place.clone()], T::zero());
        let (loss, derivative) = F::eval(s, load(y), load(targets));
        // What stands behind the end has a loss too, which must not be counted.
        let mut losses = [T::zero(); 64];
        s.store_part(loss, &mut losses[..place.len()]);
        rest = losses[..place.len()].iter().copied().sum();
        slope(place, derivative);
    }
    (s.sum(total) + rest).to_f64_exact()
}
