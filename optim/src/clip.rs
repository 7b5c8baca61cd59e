//! Gradients that are too large, made smaller.

use num_traits::Float;
use typednet_layers::Layer;
use typednet_tensor::simd::{Map, Simd, map_in_place};
use typednet_tensor::{Parallel, Scalar, ops, split_elements};

use crate::{OptimError, norm, trained};

/// A limit for the gradient, against exploding gradients (lecture section 6; Pascanu et al. 2013).
///
/// [`Clip::Norm`] keeps the direction, [`Clip::Value`] does not. What stands in the places of buffers is left alone. So
/// is, by the first, a gradient that is not finite.
///
/// ```
/// use typednet_layers::{Dense, Network};
/// use typednet_optim::{Clip, norm};
/// use typednet_tensor::Parallel;
///
/// let mut gradient = Dense::<1, 1>::zeroed();
/// (gradient.weight, gradient.bias) = ([[3.0]], [4.0]);
/// Clip::Norm(1.0).apply(&mut *gradient, Parallel::SERIAL);
/// assert!((norm(&*gradient, Parallel::SERIAL) - 1.0).abs() < 1e-6);
/// assert!((gradient.weight[0][0] / gradient.bias[0] - 0.75).abs() < 1e-6);
///
/// (gradient.weight, gradient.bias) = ([[3.0]], [-4.0]);
/// Clip::Value(1.0).apply(&mut *gradient, Parallel::SERIAL);
/// assert_eq!((gradient.weight, gradient.bias), ([[1.0]], [-1.0]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Clip {
    /// g ← g·min(1, c / (‖g‖ + 1e-6)), the norm over all trained parameters together, as in `PyTorch`.
    Norm(f64),
    /// Every element to the range from −c to c.
    Value(f64),
}

impl Clip {
    /// Whether the limit c is one.
    ///
    /// # Errors
    /// [`OptimError::NotPositive`] if it is not finite or not greater than 0.
    pub fn check(&self) -> Result<(), OptimError> {
        let (Self::Norm(limit) | Self::Value(limit)) = *self;
        OptimError::positive("limit of the gradient", limit).map(drop)
    }

    /// Limits `gradient`. It allocates nothing, and gives the same bits for any number of threads.
    pub fn apply<M: Layer>(&self, gradient: &mut M, parallel: Parallel<'_>) {
        match *self {
            Self::Norm(limit) => _ = clip_norm(gradient, limit, parallel),
            Self::Value(limit) => clip_value(gradient, limit, parallel),
        }
    }
}

/// [`Clip::Norm`], which gives back the norm that the gradient had.
///
/// ```
/// use typednet_layers::{Dense, Network};
/// use typednet_optim::clip_norm;
/// use typednet_tensor::Parallel;
///
/// let mut gradient = Dense::<1, 1>::zeroed();
/// gradient.bias = [4.0];
/// assert_eq!(clip_norm(&mut *gradient, 10.0, Parallel::SERIAL), 4.0);
/// assert_eq!(gradient.bias, [4.0], "small enough");
/// ```
pub fn clip_norm<M: Layer>(gradient: &mut M, limit: f64, parallel: Parallel<'_>) -> f64 {
    let norm = norm(gradient, parallel);
    let factor = limit / (norm + 1e-6);
    if factor < 1.0 && norm.is_finite() {
        trained(const { &M::TREE }, |run| {
            let gradient = &mut gradient.as_flat_mut()[run];
            if factor < M::Elem::min_positive_value().to_f64_exact() {
                // The factor itself is too small for the type.
                let root = Float::sqrt(factor);
                ops::scale_on(M::Elem::of(root), gradient, parallel);
                ops::scale_on(M::Elem::of(root), gradient, parallel);
            } else {
                ops::scale_on(M::Elem::of(factor), gradient, parallel);
            }
        });
    }
    norm
}

/// [`Clip::Value`].
fn clip_value<M: Layer>(gradient: &mut M, limit: f64, parallel: Parallel<'_>) {
    let limit = M::Elem::of(limit);
    trained(const { &M::TREE }, |run| within(limit, &mut gradient.as_flat_mut()[run], parallel));
}

/// x ← the nearest to x from −`limit` to `limit`.
#[inline(never)]
pub(crate) fn within<T: Scalar>(limit: T, x: &mut [T], parallel: Parallel<'_>) {
    split_elements(parallel, x, |_, x| map_in_place(Within(limit), x));
}

/// At most so far from 0; what is not a number stays so.
struct Within<T>(T);

impl<T: Scalar> Map<T> for Within<T> {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, x: S::V) -> S::V {
        s.min(s.splat(self.0), s.max(s.splat(-self.0), x))
    }
}
