//! The one loop of all optimisers: weights, gradient and moments, a vector of each at a time.

use typednet_tensor::Scalar;
use typednet_tensor::simd::{Kernel, Simd};

use crate::StepInfo;

/// What happens to one weight with `N` moments.
pub(crate) trait Formula<T, const N: usize> {
    /// The new weight and the new moments.
    fn eval<S: Simd<T>>(&self, s: S, w: S::V, g: S::V, moments: [S::V; N]) -> (S::V, [S::V; N]);
}

/// `moment`, or 0 where it is too small to matter.
///
/// A moment whose gradients have become exactly 0 shrinks by a factor in each step, until it is a subnormal number,
/// where it stays: rounding makes the smallest one of its own product. Arithmetic with those is slow. The bound is 2²⁷
/// times the smallest normal number (1.6e-30 for `f32`), so that products with a learning rate are normal too, and far
/// below what moves a weight.
#[inline(always)]
pub(crate) fn or_zero<T: Scalar, S: Simd<T>>(s: S, moment: S::V) -> S::V {
    let bound = T::min_positive_value() * T::of(f64::from(1 << 27));
    s.select(s.lt(s.abs(moment), s.splat(bound)), s.splat(T::zero()), moment)
}

/// `square`, or 0 where it is a subnormal number: for means of squares that forget fast. Only their roots are used, and
/// beside the ε of any rule the root of so small a number is nothing.
#[inline(always)]
pub(crate) fn square_or_zero<T: Scalar, S: Simd<T>>(s: S, square: S::V) -> S::V {
    s.select(s.lt(square, s.splat(T::min_positive_value())), s.splat(T::zero()), square)
}

/// Applies `formula` to every element, and gives the sum of the squares of the new weights.
///
/// # Panics
/// If there are not `N` moments, or the lengths differ.
#[inline(never)]
pub(crate) fn fused<T: Scalar, const N: usize>(
    step: StepInfo,
    formula: impl Formula<T, N>,
    weights: &mut [T],
    gradient: &[T],
    moments: &mut [&mut [T]],
) -> f64 {
    T::dispatch(Walk { stream: step.shared, ..Walk::new(formula, weights, gradient, moments) }).to_f64_exact()
}

/// The loop.
pub(crate) struct Walk<'a, T, F, const N: usize> {
    formula: F,
    weights: &'a mut [T],
    gradient: &'a [T],
    moments: [&'a mut [T]; N],
    /// Whether other threads read the weights: then they are written past the caches.
    stream: bool,
}

impl<'a, T, F, const N: usize> Walk<'a, T, F, N> {
    pub(crate) fn new(formula: F, weights: &'a mut [T], gradient: &'a [T], moments: &'a mut [&mut [T]]) -> Self {
        let len = weights.len();
        assert_eq!(gradient.len(), len, "there must be one gradient for each weight");
        assert_eq!(moments.len(), N, "this optimiser needs another number of moments");
        for moment in &*moments {
            assert_eq!(moment.len(), len, "there must be one moment for each weight");
        }
        let mut moments = moments.iter_mut();
        let moments = core::array::from_fn(|_| moments.next().map_or(&mut [][..], |moment| &mut **moment));
        Self { formula, weights, gradient, moments, stream: false }
    }
}

impl<T: Scalar, F: Formula<T, N>, const N: usize> Kernel<T> for Walk<'_, T, F, N> {
    type Output = T;

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) -> T {
        let Self { formula, weights, gradient, mut moments, stream } = self;
        // What is not finite stays in this sum, so that one look at it is enough.
        let mut squares = s.splat(T::zero());
        let len = weights.len();
        let whole = len / S::LANES * S::LANES;
        if stream {
            s.stream_each(&mut weights[..whole], |i, w| {
                let w = one(s, &formula, w, &gradient[i..], &mut moments, i);
                squares = s.mul_add(w, w, squares);
                w
            });
        } else {
            for (i, weights) in weights.chunks_exact_mut(S::LANES).enumerate() {
                let i = i * S::LANES;
                let w = one(s, &formula, s.load(weights), &gradient[i..], &mut moments, i);
                squares = s.mul_add(w, w, squares);
                s.store(w, weights);
            }
        }
        if whole < len {
            let part = |x: &[T]| s.load_part(&x[whole..], T::zero());
            let (w, g) = (part(weights), part(gradient));
            let mut old = [s.splat(T::zero()); N];
            for (old, moment) in old.iter_mut().zip(&moments) {
                *old = part(moment);
            }
            let (w, new) = formula.eval(s, w, g, old);
            s.store_part(w, &mut weights[whole..]);
            // Behind the end a formula may give anything.
            let w = s.load_part(&weights[whole..], T::zero());
            squares = s.mul_add(w, w, squares);
            for (moment, new) in moments.iter_mut().zip(new) {
                s.store_part(new, &mut moment[whole..]);
            }
        }
        s.sum(squares)
    }
}

/// A vector of new weights; their new moments, from place `i` on, are stored.
///
/// It is no closure, and calls none by `array::from_fn`: what is not inlined is not compiled for the lane, and without
/// optimisation at link time, which users' programs do not have by themselves, neither was (a fifth more instructions).
#[inline(always)]
#[allow(
    clippy::needless_range_loop,
    reason = "iterators over two arrays are not unrolled where nothing is optimised at link time"
)]
fn one<T: Scalar, S: Simd<T>, F: Formula<T, N>, const N: usize>(
    s: S,
    formula: &F,
    w: S::V,
    gradient: &[T],
    moments: &mut [&mut [T]; N],
    i: usize,
) -> S::V {
    let mut old = [s.splat(T::zero()); N];
    for j in 0..N {
        old[j] = s.load(&moments[j][i..]);
    }
    let (w, new) = formula.eval(s, w, s.load(gradient), old);
    for j in 0..N {
        s.store(new[j], &mut moments[j][i..]);
    }
    w
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use typednet_tensor::Key;
    use typednet_tensor::simd::Lane;

    use super::*;
    use crate::{Adam, GradientDescent, Momentum, Optimizer};

    /// w ← w·g + m₀ − m₁, m₀ ← w, m₁ ← √|g|: every input goes to every output.
    struct Mixed;

    impl<T: Scalar> Formula<T, 2> for Mixed {
        #[inline(always)]
        fn eval<S: Simd<T>>(&self, s: S, w: S::V, g: S::V, [a, b]: [S::V; 2]) -> (S::V, [S::V; 2]) {
            (s.sub(s.mul_add(w, g, a), b), [w, s.sqrt(s.abs(g))])
        }
    }

    fn random<T: Scalar>(seed: u64, len: usize) -> Vec<T> {
        (0..len as u64).map(|i| Key::new(seed).uniform::<T>(i) + T::of(0.5)).collect()
    }

    /// One pass of `formula` on `lane`: weights and moments behind each other.
    fn on<T: Scalar, const N: usize>(lane: Lane, formula: impl Formula<T, N>, len: usize) -> Vec<T> {
        let (mut weights, gradient) = (random::<T>(0, len), random::<T>(1, len));
        let mut all: [Vec<T>; N] = core::array::from_fn(|j| random(2 + j as u64, len));
        let mut moments = all.each_mut().map(Vec::as_mut_slice);
        T::dispatch_on(lane, Walk::new(formula, &mut weights, &gradient, &mut moments));
        weights.into_iter().chain(all.into_iter().flatten()).collect()
    }

    fn check_lanes<T: Scalar>() {
        for lane in Lane::ALL.into_iter().filter(|lane| lane.available()) {
            for len in [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 23, 24, 25, 31, 32, 33, 1023] {
                for (found, expected) in on::<T, 2>(lane, Mixed, len).into_iter().zip(on(Lane::Portable, Mixed, len)) {
                    let error = (found - expected).abs();
                    assert!(error <= T::epsilon() * T::of(4.0), "{}, {len}: {found} for {expected}", lane.name());
                }
                let adam = Adam::default().at::<T>(StepInfo::new(3, 0.5));
                for (found, expected) in on(lane, adam, len).into_iter().zip(on(Lane::Portable, adam, len)) {
                    let error = (found - expected).abs();
                    assert!(error <= T::epsilon() * T::of(4.0), "{}, {len}: {found} for {expected}", lane.name());
                }
            }
        }
    }

    #[test]
    fn every_lane_agrees_with_the_portable_one() {
        check_lanes::<f32>();
        check_lanes::<f64>();
    }

    #[test]
    #[should_panic(expected = "one gradient for each weight")]
    fn a_gradient_of_another_length_is_refused() {
        GradientDescent::default().update(StepInfo::new(1, 0.1), &mut [1.0; 8], &[1.0; 9], &mut []);
    }

    #[test]
    #[should_panic(expected = "one moment for each weight")]
    fn a_moment_of_another_length_is_refused() {
        Momentum::default().update(StepInfo::new(1, 0.1), &mut [1.0; 8], &[1.0; 8], &mut [&mut [0.0; 9]]);
    }

    #[test]
    #[should_panic(expected = "another number of moments")]
    fn too_few_moments_are_refused() {
        Adam::default().update(StepInfo::new(1, 0.1), &mut [1.0; 8], &[1.0; 8], &mut [&mut [0.0; 8]]);
    }
}
