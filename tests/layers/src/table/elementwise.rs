//! Activations that act on each element by itself, alone: true values and slopes, and the ends of the range.

use std::any::type_name;

use typednet_layers::{Activation, SavesForBackward};
use typednet_tensor::Scalar;

use super::activations::{NaiveActivation, Visitor, every_elementwise};

/// An activation with its type erased.
struct Elementwise<T: 'static> {
    name: &'static str,
    kinks: &'static [f64],
    keeps: SavesForBackward,
    saturates: Option<(f64, f64)>,
    dies: bool,
    apply: fn(&mut [T], usize),
    backward: fn(&[T], &mut [T], usize),
    naive: fn(&[f64], usize) -> Vec<f64>,
}

impl<T: Scalar> Elementwise<T> {
    fn every() -> Vec<Self> {
        struct Every<T: 'static>(Vec<Elementwise<T>>);

        impl<T: Scalar> Visitor<T> for Every<T> {
            fn visit<A: Activation<T> + NaiveActivation>(&mut self) {
                self.0.push(Elementwise {
                    name: type_name::<A>(),
                    kinks: A::KINKS,
                    keeps: A::KEEPS,
                    saturates: A::SATURATES,
                    dies: A::DIES,
                    apply: A::apply,
                    backward: A::backward,
                    naive: A::naive,
                });
            }
        }

        let mut every = Every(vec![]);
        every_elementwise(&mut every);
        every.0
    }

    fn apply(&self, z: &[T]) -> Vec<T> {
        let mut a = z.to_vec();
        (self.apply)(&mut a, 1);
        a
    }

    /// σ'(z) for each element.
    fn slope(&self, z: &[T]) -> Vec<T> {
        let mut dy = vec![T::one(); z.len()];
        match self.keeps {
            SavesForBackward::Output => (self.backward)(&self.apply(z), &mut dy, 1),
            SavesForBackward::Input => (self.backward)(z, &mut dy, 1),
        }
        dy
    }

    /// The formula's values for z, as `f64` computes them.
    fn wanted(&self, z: &[T]) -> Vec<f64> {
        (self.naive)(&z.iter().map(|z| z.to_f64_exact()).collect::<Vec<_>>(), 1)
    }
}

/// Runs a test over every activation that acts on elements, in both precisions.
macro_rules! in_both_precisions {
    ($check:ident) => {
        Elementwise::<f32>::every().iter().for_each($check);
        Elementwise::<f64>::every().iter().for_each($check);
    };
}

#[test]
fn values_are_the_formulas() {
    fn check<T: Scalar>(activation: &Elementwise<T>) {
        let z: Vec<T> = (-4003..=4003).map(|i| T::of(f64::from(i) / 200.0)).collect();
        // An exponent of up to 87 that is rounded twice to 6e-8 of itself makes its power uncertain by 1e-5.
        let (relative, absolute) = if T::NAME == "f32" { (1e-5, 1e-37) } else { (4e-15, 2e-15) };
        for ((z, a), wanted) in z.iter().zip(activation.apply(&z)).zip(activation.wanted(&z)) {
            let error = (a.to_f64_exact() - wanted).abs();
            let name = activation.name;
            assert!(error <= relative * wanted.abs() + absolute, "{name} of {z}: {a} should be {wanted}");
        }
    }

    in_both_precisions!(check);
}

#[test]
fn slopes_are_the_derivatives() {
    fn check<T: Scalar>(activation: &Elementwise<T>) {
        // No z is nearer to a kink than the step of the difference.
        let z: Vec<f64> = (-3003..3003).map(|i| (f64::from(i) + 0.5) / 200.0).collect();
        let far = |z: &f64| activation.kinks.iter().all(|kink| (z - kink).abs() > 1e-3);
        assert!(z.iter().all(far), "{}", activation.name);
        let moved = |by: f64| (activation.naive)(&z.iter().map(|z| z + by).collect::<Vec<_>>(), 1);
        let tolerance = if T::NAME == "f32" { 1e-6 } else { 1e-9 };
        let slopes = activation.slope(&z.iter().map(|z| T::of(*z)).collect::<Vec<_>>());
        for (((z, slope), above), below) in z.iter().zip(slopes).zip(moved(1e-5)).zip(moved(-1e-5)) {
            let wanted = (above - below) / 2e-5;
            let error = (slope.to_f64_exact() - wanted).abs();
            assert!(error <= tolerance, "{}' of {z}: {slope} should be {wanted}", activation.name);
        }
    }

    in_both_precisions!(check);
}

#[test]
fn far_out_all_is_finite() {
    fn check<T: Scalar>(activation: &Elementwise<T>) {
        let ends = if T::NAME == "f32" {
            [1e4, 1e8, 1e19, 1e38, 88.0, 89.0, 104.0, 1e-45, 1e-20, 0.0]
        } else {
            [1e4, 1e8, 1e160, 1e307, 709.0, 710.0, 750.0, 1e-320, 1e-200, 0.0]
        };
        let z: Vec<T> = ends.iter().flat_map(|z| [T::of(*z), T::of(-*z)]).collect();
        for ((z, a), slope) in z.iter().zip(activation.apply(&z)).zip(activation.slope(&z)) {
            let name = activation.name;
            assert!(a.is_finite() && slope.is_finite(), "{name} of {z} is {a}, its slope {slope}");
        }
    }

    in_both_precisions!(check);
}

#[test]
fn what_is_said_of_saturation_and_death_is_so() {
    fn check<T: Scalar>(activation: &Elementwise<T>) {
        let far = [-1e3, 1e3].map(T::of);
        let (ends, slopes) = (activation.apply(&far), activation.slope(&far));
        let is_zero = |values: &[T]| values.iter().all(T::is_zero);
        let learns = !is_zero(&activation.slope(&[T::of(0.5)]));
        let saturates = (learns && is_zero(&slopes)).then(|| (ends[0].to_f64_exact(), ends[1].to_f64_exact()));
        let negative: Vec<T> = (1..1000).map(|i| T::of(-f64::from(i) / 50.0)).collect();
        let dies = learns && is_zero(&activation.apply(&negative)) && is_zero(&activation.slope(&negative));
        assert_eq!((activation.saturates, activation.dies), (saturates, dies), "{} in {}", activation.name, T::NAME);
    }

    in_both_precisions!(check);
}

#[test]
fn what_is_not_a_number_stays_so_and_alone() {
    fn check<T: Scalar>(activation: &Elementwise<T>) {
        for len in [1, 7, 8, 9, 33] {
            for place in [0, len / 2, len - 1] {
                let mut z = vec![T::of(0.5); len];
                z[place] = T::nan();
                for (i, a) in activation.apply(&z).iter().enumerate() {
                    let name = activation.name;
                    assert_eq!(a.is_nan(), i == place, "{name}: element {i} of {len}, NaN at {place}");
                }
            }
        }
    }

    in_both_precisions!(check);
}
