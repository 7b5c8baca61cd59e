//! Losses of the distance between output and target that grow more slowly than its square.

use core::fmt;

use typednet_tensor::simd::Simd;
use typednet_tensor::{Parallel, Sample, Scalar, flat, flat_mut};

use super::{Loss, LossFor, TargetError, elementwise, target};

/// The mean absolute error 1/n Σ |a − y| over the n elements of a row, PyTorch's `L1Loss`. It fits every network.
///
/// δ = sign(a − y)/n, and 0 where a = y.
///
/// ```
/// use typednet_layers::Linear;
/// use typednet_layers::loss::{AbsoluteError, LossFor};
/// use typednet_tensor::Parallel;
///
/// let value = LossFor::<Linear, [f64; 2]>::value(&AbsoluteError, &[[1.0, 3.0]], &[[0.0, 5.0]], Parallel::SERIAL);
/// assert_eq!(value, (1.0 + 2.0) / 2.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AbsoluteError;

impl<T: Scalar> elementwise::Elementwise<T> for AbsoluteError {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, a: S::V, y: S::V) -> (S::V, S::V) {
        let (zero, one) = (s.splat(T::zero()), s.splat(T::one()));
        let distance = s.sub(a, y);
        let slope = s.select(s.lt(zero, distance), one, s.select(s.lt(distance, zero), s.neg(one), distance));
        (s.abs(distance), slope)
    }
}

/// The Huber loss (Huber 1964), quadratic near the target and linear far from it, so that outliers pull less; the mean
/// over the n elements of a row. It fits every network.
///
/// With d = a − y and the threshold t: ½d² where |d| ≤ t, else t·(|d| − ½t); δ = d/n or t·sign(d)/n. As PyTorch's
/// `HuberLoss`.
///
/// ```
/// use typednet_layers::Linear;
/// use typednet_layers::loss::{Huber, LossFor};
/// use typednet_tensor::Parallel;
///
/// let value = |a: f64| LossFor::<Linear, [f64; 1]>::value(&Huber::default(), &[[a]], &[[0.0]], Parallel::SERIAL);
/// assert_eq!((value(0.5), value(-3.0)), (0.125, 2.5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Huber {
    threshold: f64,
}

impl Huber {
    /// Linear from the distance `threshold` on.
    ///
    /// # Panics
    /// If it is not a finite number above 0.
    pub const fn new(threshold: f64) -> Self {
        assert!(threshold > 0.0 && threshold < f64::INFINITY, "the threshold of a Huber loss is above 0 and finite");
        Self { threshold }
    }

    /// Where the loss becomes linear.
    pub const fn threshold(&self) -> f64 {
        self.threshold
    }
}

impl Default for Huber {
    /// The threshold 1, as in PyTorch.
    fn default() -> Self {
        Self::new(1.0)
    }
}

impl<T: Scalar> elementwise::Elementwise<T> for Huber {
    #[inline(always)]
    fn eval<S: Simd<T>>(&self, s: S, a: S::V, y: S::V) -> (S::V, S::V) {
        let threshold = s.splat(T::of(self.threshold));
        let distance = s.sub(a, y);
        // The distance cut off at ±t is the slope, and the loss is slope·(d − ½ slope). NaN stays NaN.
        let slope = s.max(s.neg(threshold), s.min(threshold, distance));
        let half = s.mul(s.splat(T::of(0.5)), slope);
        (s.mul(slope, s.sub(distance, half)), slope)
    }
}

macro_rules! for_every_network {
    ($($loss:ty { $($own:item)* })*) => {$(
        #[diagnostic::do_not_recommend]
        impl<Out: Sample> Loss<Out> for $loss {
            type Target = Out;

            fn check_target(&self, target: &Self::Target) -> Result<(), TargetError> {
                target::finite(stringify!($loss), target)
            }

            fn fingerprint(&self, target: &Self::Target) -> u64 {
                target::fingerprint(target)
            }

            $($own)*
        }

        #[diagnostic::do_not_recommend]
        impl<H, Out> LossFor<H, Out> for $loss
        where
            Out: Sample<Elem: Scalar>,
        {
            const LOGITS: bool = false;

            fn value(&self, y: &[Out], targets: &[Out], parallel: Parallel<'_>) -> f64 {
                elementwise::value(self, flat(y), flat(targets), parallel) / elementwise::terms::<Out>() as f64
            }

            fn gradient(&self, y: &[Out], targets: &[Out], dy: &mut [Out], parallel: Parallel<'_>) -> f64 {
                let scale = Out::Elem::of(1.0 / flat(y).len() as f64);
                let sum = elementwise::gradient(self, (flat(y), flat(targets)), scale, flat_mut(dy), parallel);
                sum / elementwise::terms::<Out>() as f64
            }
        }
    )*};
}

for_every_network! {
    AbsoluteError {}
    Huber {
        fn settings(&self, to: &mut dyn fmt::Write) -> fmt::Result {
            if *self == Self::default() { Ok(()) } else { write!(to, "threshold {}", self.threshold) }
        }
    }
}
