//! Activations that act on each element by itself, alone: true values and slopes, and the ends of the range.

use std::any::type_name;

use typednet_layers::{Activation, SavesForBackward};
use typednet_tensor::Scalar;

use super::activations::{NaiveActivation, Visitor, every_elementwise};

fn apply<A: Activation<T>, T: Scalar>(z: &[T]) -> Vec<T> {
    let mut a = z.to_vec();
    A::apply(&mut a, 1);
    a
}

/// σ'(z) for each element.
fn slope<A: Activation<T>, T: Scalar>(z: &[T]) -> Vec<T> {
    let mut dy = vec![T::one(); z.len()];
    match A::KEEPS {
        SavesForBackward::Output => A::backward(&apply::<A, T>(z), &mut dy, 1),
        SavesForBackward::Input => A::backward(z, &mut dy, 1),
    }
    dy
}

/// The formula's values for z, as `f64` computes them.
fn wanted<A: NaiveActivation, T: Scalar>(z: &[T]) -> Vec<f64> {
    A::naive(&z.iter().map(|z| z.to_f64_exact()).collect::<Vec<_>>(), 1)
}

/// Runs a test over every activation that acts on elements, in both precisions.
macro_rules! in_both_precisions {
    ($check:ident) => {
        every_elementwise::<f32>(&mut $check);
        every_elementwise::<f64>(&mut $check);
    };
}

#[test]
fn values_are_the_formulas() {
    struct Values;

    impl<T: Scalar> Visitor<T> for Values {
        fn visit<A: Activation<T> + NaiveActivation>(&mut self) {
            let z: Vec<T> = (-4003..=4003).map(|i| T::of(f64::from(i) / 200.0)).collect();
            // An exponent of up to 87 that is rounded twice to 6e-8 of itself makes its power uncertain by 1e-5.
            let (relative, absolute) = if T::NAME == "f32" { (1e-5, 1e-37) } else { (4e-15, 2e-15) };
            for ((z, a), wanted) in z.iter().zip(apply::<A, T>(&z)).zip(wanted::<A, T>(&z)) {
                let error = (a.to_f64_exact() - wanted).abs();
                let name = type_name::<A>();
                assert!(error <= relative * wanted.abs() + absolute, "{name} of {z}: {a} should be {wanted}");
            }
        }
    }

    in_both_precisions!(Values);
}

#[test]
fn slopes_are_the_derivatives() {
    struct Slopes;

    impl<T: Scalar> Visitor<T> for Slopes {
        fn visit<A: Activation<T> + NaiveActivation>(&mut self) {
            // No z is nearer to a kink than the step of the difference.
            let z: Vec<f64> = (-3003..3003).map(|i| (f64::from(i) + 0.5) / 200.0).collect();
            let far = |z: &f64| A::KINKS.iter().all(|kink| (z - kink).abs() > 1e-3);
            assert!(z.iter().all(far), "{}", type_name::<A>());
            let moved = |by: f64| A::naive(&z.iter().map(|z| z + by).collect::<Vec<_>>(), 1);
            let tolerance = if T::NAME == "f32" { 1e-6 } else { 1e-9 };
            let slopes = slope::<A, T>(&z.iter().map(|z| T::of(*z)).collect::<Vec<_>>());
            for (((z, slope), above), below) in z.iter().zip(slopes).zip(moved(1e-5)).zip(moved(-1e-5)) {
                let wanted = (above - below) / 2e-5;
                let error = (slope.to_f64_exact() - wanted).abs();
                assert!(error <= tolerance, "{}' of {z}: {slope} should be {wanted}", type_name::<A>());
            }
        }
    }

    in_both_precisions!(Slopes);
}

#[test]
fn far_out_all_is_finite() {
    struct Ends;

    impl<T: Scalar> Visitor<T> for Ends {
        fn visit<A: Activation<T> + NaiveActivation>(&mut self) {
            let ends = if T::NAME == "f32" {
                [1e4, 1e8, 1e19, 1e38, 88.0, 89.0, 104.0, 1e-45, 1e-20, 0.0]
            } else {
                [1e4, 1e8, 1e160, 1e307, 709.0, 710.0, 750.0, 1e-320, 1e-200, 0.0]
            };
            let z: Vec<T> = ends.iter().flat_map(|z| [T::of(*z), T::of(-*z)]).collect();
            for ((z, a), slope) in z.iter().zip(apply::<A, T>(&z)).zip(slope::<A, T>(&z)) {
                let name = type_name::<A>();
                assert!(a.is_finite() && slope.is_finite(), "{name} of {z} is {a}, its slope {slope}");
            }
        }
    }

    in_both_precisions!(Ends);
}

#[test]
fn what_is_said_of_saturation_and_death_is_so() {
    struct Health;

    impl<T: Scalar> Visitor<T> for Health {
        fn visit<A: Activation<T> + NaiveActivation>(&mut self) {
            let far = [-1e3, 1e3].map(T::of);
            let (ends, slopes) = (apply::<A, T>(&far), slope::<A, T>(&far));
            let is_zero = |values: &[T]| values.iter().all(T::is_zero);
            let learns = !is_zero(&slope::<A, T>(&[T::of(0.5)]));
            let saturates = (learns && is_zero(&slopes)).then(|| (ends[0].to_f64_exact(), ends[1].to_f64_exact()));
            let negative: Vec<T> = (1..1000).map(|i| T::of(-f64::from(i) / 50.0)).collect();
            let dies = learns && is_zero(&apply::<A, T>(&negative)) && is_zero(&slope::<A, T>(&negative));
            assert_eq!((A::SATURATES, A::DIES), (saturates, dies), "{} in {}", type_name::<A>(), T::NAME);
        }
    }

    in_both_precisions!(Health);
}

#[test]
fn what_is_not_a_number_stays_so_and_alone() {
    struct Nan;

    impl<T: Scalar> Visitor<T> for Nan {
        fn visit<A: Activation<T> + NaiveActivation>(&mut self) {
            for len in [1, 7, 8, 9, 33] {
                for place in [0, len / 2, len - 1] {
                    let mut z = vec![T::of(0.5); len];
                    z[place] = T::nan();
                    for (i, a) in apply::<A, T>(&z).iter().enumerate() {
                        let name = type_name::<A>();
                        assert_eq!(a.is_nan(), i == place, "{name}: element {i} of {len}, NaN at {place}");
                    }
                }
            }
        }
    }

    in_both_precisions!(Nan);
}
