//! The one loop of all optimisers: weights, gradient and moments, a vector of each at a time.

use typednet_tensor::Scalar;
use typednet_tensor::simd::{Kernel, Simd};

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

/// Applies `formula` to every element.
///
/// # Panics
/// If there are not `N` moments, or the lengths differ.
pub(crate) fn walk<T: Scalar, const N: usize>(
    formula: impl Formula<T, N>,
    weights: &mut [T],
    gradient: &[T],
    moments: &mut [&mut [T]],
) {
    T::dispatch(Walk::new(formula, weights, gradient, moments));
}

/// The loop.
pub(crate) struct Walk<'a, T, F, const N: usize> {
    formula: F,
    weights: &'a mut [T],
    gradient: &'a [T],
    moments: [&'a mut [T]; N],
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
        Self { formula, weights, gradient, moments }
    }
}

impl<T: Scalar, F: Formula<T, N>, const N: usize> Kernel<T> for Walk<'_, T, F, N> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { formula, weights, gradient, mut moments } = self;
        let len = weights.len();
        let whole = len / S::LANES * S::LANES;
        for i in (0..whole).step_by(S::LANES) {
            let (w, g) = (s.load(&weights[i..]), s.load(&gradient[i..]));
            let (w, new) = formula.eval(s, w, g, core::array::from_fn(|j| s.load(&moments[j][i..])));
            s.store(w, &mut weights[i..]);
            for (moment, new) in moments.iter_mut().zip(new) {
                s.store(new, &mut moment[i..]);
            }
        }
        if whole < len {
            let part = |x: &[T]| s.load_part(&x[whole..], T::zero());
            let (w, g) = (part(weights), part(gradient));
            let (w, new) = formula.eval(s, w, g, core::array::from_fn(|j| part(moments[j])));
            s.store_part(w, &mut weights[whole..]);
            for (moment, new) in moments.iter_mut().zip(new) {
                s.store_part(new, &mut moment[whole..]);
            }
        }
    }
}
