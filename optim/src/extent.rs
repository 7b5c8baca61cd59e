//! Bounds of the numbers in a step.

#[cfg(feature = "alloc")]
use typednet_tensor::Scalar;

#[cfg(feature = "alloc")]
use crate::largest::larger;

/// How far from 0 the weights, the gradient and the moments of a step are at most.
///
/// [`Optimizer::reach`](crate::Optimizer::reach) is given numbers of 1 or more: what is nearer to 0 is never in danger.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// Of the weights.
    pub weights: f64,
    /// Of the gradient.
    pub gradient: f64,
    /// Of the moments.
    pub moments: f64,
}

impl Extent {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { weights: f64::INFINITY, gradient: f64::INFINITY, moments: f64::INFINITY };

    /// The same, with numbers of 1 or more.
    pub(crate) fn at_least_one(self) -> Self {
        // NaN stays, unlike in `f64::max`.
        let from_one = |x: f64| if x < 1.0 { 1.0 } else { x };
        let Self { weights, gradient, moments } = self;
        Self { weights: from_one(weights), gradient: from_one(gradient), moments: from_one(moments) }
    }

    /// The larger numbers of both.
    #[cfg(feature = "alloc")]
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            weights: larger(self.weights, other.weights),
            gradient: larger(self.gradient, other.gradient),
            moments: larger(self.moments, other.moments),
        }
    }

    /// Whether a step that reaches so far stays within the numbers of `T`, however its operations are rounded.
    #[cfg(feature = "alloc")]
    pub(crate) fn fits<T: Scalar>(self) -> bool {
        let most = T::max_value().to_f64_exact() / 4.0;
        self.weights <= most && self.moments <= most
    }
}

/// How large a quotient is at most, whose divisor is at least ε, which is made a number of the weights' type.
pub(crate) fn quotient(x: f64, epsilon: f64) -> f64 {
    // A smaller ε may be 0 as an `f32`. A larger one than 1 does not help, as factors beside the quotient are to fit too.
    if epsilon >= 1e-30 { x / epsilon.min(1.0) } else { f64::INFINITY }
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use typednet_tensor::{Key, Parallel};

    use super::*;
    use crate::largest::{largest, largest_on};
    use crate::table::{Case, Visitor, every_optimizer};
    use crate::{MAX_MOMENTS, Optimizer, StepInfo};

    /// Runs steps with gradients of up to `size`, and holds what they reach against what was said before.
    fn holds<O: Optimizer>(name: &str, optimizer: &O, size: f64) {
        const LEN: usize = 40;
        let (mut weights, mut moments) = ([0.0; LEN], [[0.0; LEN]; MAX_MOMENTS]);
        for (i, weight) in weights.iter_mut().enumerate() {
            *weight = size * Key::new(3).normal::<f64>(i as u64);
        }
        let (exact, largest) = (|x: &[f64]| largest(x), |x: &[f64]| largest_on(x, Parallel::SERIAL));
        let mut known = 0.0;
        for count in 1..=60 {
            let key = Key::new(7).child(count);
            // Zeros, tiny and large ones among them, and for some weights none but zeros.
            let gradient: [f64; LEN] = core::array::from_fn(|i| match i % 5 {
                0 => 0.0,
                1 => size * key.normal::<f64>(i as u64),
                2 => 1e-20 * key.normal::<f64>(i as u64),
                3 if count > 30 => 0.0,
                _ => size.sqrt() * key.normal::<f64>(i as u64),
            });
            let step = StepInfo::new(count, optimizer.learning_rate());
            let before =
                Extent { weights: largest(&weights), gradient: largest(&gradient), moments: known }.at_least_one();
            let reach = optimizer.reach(step, before);
            let mut views = moments.each_mut().map(<[f64; LEN]>::as_mut_slice);
            let squares = optimizer.update(step, &mut weights, &gradient, &mut views[..O::MOMENTS]);
            let found = Extent { weights: exact(&weights), gradient: 0.0, moments: exact(moments.as_flattened()) };
            let holds = |found: f64, reach: f64| found <= reach * 1.01 || found.is_nan() || reach.is_nan();
            assert!(holds(found.weights, reach.weights), "{name} at {size}, step {count}: {found:?} {reach:?}");
            assert!(holds(found.moments, reach.moments), "{name} at {size}, step {count}: {found:?} {reach:?}");
            if reach.fits::<f64>() {
                assert!(found.weights.is_finite() && found.moments.is_finite(), "{name} at {size}, step {count}");
            }
            let sum: f64 = weights.iter().map(|w| w * w).sum();
            assert!(
                (squares - sum).abs() <= 1e-12 * sum || !sum.is_finite() && !squares.is_finite(),
                "{squares} {sum}"
            );
            // What is not known is looked at.
            known = if reach.fits::<f64>() { reach.moments } else { found.moments };
        }
    }

    #[test]
    fn no_step_reaches_farther_than_it_says() {
        struct Reach;

        impl Visitor for Reach {
            fn visit<O: Optimizer>(&mut self, case: &Case<O>) {
                for size in [1e-30, 1e-3, 1.0, 30.0, 1e10, 1e30] {
                    for rate in [1e-5, 1.0, 1e10] {
                        holds(case.name, &(case.with_rate)(rate), size);
                    }
                }
            }
        }

        every_optimizer(&mut Reach);
    }

    #[test]
    fn a_small_epsilon_promises_nothing() {
        let found = [quotient(2.0, 0.5), quotient(2.0, 10.0)].map(f64::to_bits);
        assert_eq!(found, [4.0_f64, 2.0].map(f64::to_bits));
        assert!([0.0, 1e-31, f64::NAN].map(|epsilon| quotient(1.0, epsilon)).iter().all(|x| x.is_infinite()));
    }
}
