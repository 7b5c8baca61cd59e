//! The lectures' numbers, and softmax; the values of every activation are in the table of tests.

use typednet_tensor::Scalar;

use super::functions::{LogSoftmax, Sigmoid, Softmax, Step};
use super::*;

fn apply<A: Activation<T>, T: Scalar>(z: &[T], width: usize) -> Vec<T> {
    let mut a = z.to_vec();
    A::apply(&mut a, width);
    a
}

/// σ'(z) for each element.
fn slope<A: Activation<T>, T: Scalar>(z: &[T], width: usize) -> Vec<T> {
    let mut dy = vec![T::one(); z.len()];
    match A::KEEPS {
        SavesForBackward::Output => A::backward(&apply::<A, T>(z, width), &mut dy, width),
        SavesForBackward::Input => A::backward(z, &mut dy, width),
    }
    dy
}

#[track_caller]
fn near(found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance, "{found} should be {wanted}");
}

/// In registers and in rows of any length, at each place of a row.
#[test]
fn one_infinite_logit_is_certain() {
    fn check<T: Scalar>() {
        for width in [1, 2, 10, 17, 40, 100] {
            for place in [0, width / 2, width - 1] {
                let mut z: Vec<T> = (0..width).map(|i| T::of(i as f64 * -0.5)).collect();
                z[place] = T::infinity();
                // Beside a row without one, which keeps its bits.
                let other: Vec<T> = (0..width).map(|i| T::of((i as f64 * 0.7).sin())).collect();
                let rows = [&*z, &*other].concat();
                let (a, log) = (apply::<Softmax, T>(&rows, width), apply::<LogSoftmax, T>(&rows, width));
                assert!(a[width..] == apply::<Softmax, T>(&other, width));
                assert!(log[width..] == apply::<LogSoftmax, T>(&other, width));
                for (i, (a, log)) in a[..width].iter().zip(&log[..width]).enumerate() {
                    let wanted = if i == place { (1.0, 0.0) } else { (0.0, f64::NEG_INFINITY) };
                    assert_eq!((a.to_f64_exact(), log.to_f64_exact()), wanted, "{width}, {place}, {i}");
                }
            }
        }
        let both = apply::<Softmax, T>(&[T::infinity(), T::infinity()], 2);
        assert!(both.iter().all(|a| a.is_nan()));
    }
    check::<f32>();
    check::<f64>();
}

/// The notes print (0.51, 0.18, 0.31) for these numbers. That is z/Σz, the plain share of each; the softmax that the
/// notes define, e^z/Σe^z, is (0.53, 0.19, 0.28).
#[test]
fn section_2_softmax_of_1_6_0_55_0_98() {
    let z = [1.6, 0.55, 0.98];
    let a = apply::<Softmax, f64>(&z, 3);
    let sum: f64 = z.iter().map(|z| z.exp()).sum();
    for ((a, z), rounded) in a.iter().zip(z).zip([0.53, 0.19, 0.28]) {
        near(*a, z.exp() / sum, 1e-15);
        near(*a, rounded, 0.005);
    }
    near(a.iter().sum(), 1.0, 1e-15);
    let total: f64 = z.iter().sum();
    for (z, printed) in z.iter().zip([0.51, 0.18, 0.31]) {
        near(z / total, printed, 0.005);
    }
}

#[test]
fn section_2_the_slope_of_sigmoid_is_at_most_0_25() {
    let z: Vec<f64> = (-1000..=1000).map(|i| f64::from(i) / 100.0).collect();
    let slopes = slope::<Sigmoid, _>(&z, 1);
    assert_eq!(slopes.iter().copied().fold(0.0, f64::max).to_bits(), 0.25_f64.to_bits());
    assert_eq!(slopes[1000].to_bits(), 0.25_f64.to_bits(), "it stands at z = 0");
}

#[test]
fn section_2_sigmoid_of_the_worked_forward_pass() {
    let a = apply::<Sigmoid, f64>(&[0.52, 0.43, 0.979], 3);
    for (a, wanted) in a.iter().zip([0.627, 0.606, 0.727]) {
        near(*a, wanted, 0.0005);
    }
}

#[test]
fn section_2_the_step_is_1_from_0_on() {
    assert_eq!(apply::<Step, f64>(&[-1e-300, -0.0, 0.0, 1e-300], 1), [0.0, 1.0, 1.0, 1.0]);
    assert_eq!(slope::<Step, f64>(&[-1.0, 0.0, 1.0], 1), [0.0; 3]);
}

#[test]
fn softmax_rows_of_every_width() {
    fn check<T: Scalar>(tolerance: f64) {
        for width in [1, 2, 3, 7, 8, 9, 10, 15, 16, 17, 31, 32, 33, 100] {
            let z: Vec<T> = (0..3 * width).map(|i| T::of(f64::from(i as u32 * 37 % 101) / 20.0 - 2.0)).collect();
            let (a, logs) = (apply::<Softmax, T>(&z, width), apply::<LogSoftmax, T>(&z, width));
            for (i, (a, log)) in a.iter().zip(logs).enumerate() {
                let row = &z[i / width * width..][..width];
                let sum: f64 = row.iter().map(|z| z.to_f64_exact().exp()).sum();
                let wanted = z[i].to_f64_exact().exp() / sum;
                near(a.to_f64_exact(), wanted, tolerance * wanted);
                near(log.to_f64_exact(), wanted.ln(), tolerance * (1.0 + wanted.ln().abs()));
            }
        }
    }
    check::<f32>(1e-6);
    check::<f64>(2e-15);
}

#[test]
fn softmax_far_out() {
    for width in [3, 9, 40] {
        let mut z = vec![-1e4_f32; width];
        z[1] = 1e4;
        let (a, logs) = (apply::<Softmax, _>(&z, width), apply::<LogSoftmax, _>(&z, width));
        for i in 0..width {
            near(f64::from(a[i]), f64::from(u8::from(i == 1)), 0.0);
            near(f64::from(logs[i]), if i == 1 { 0.0 } else { -2e4 }, 0.0);
        }
        // A row that is not a number does not touch its neighbours.
        let mut z = vec![1.0_f64; 3 * width];
        z[width + width / 2] = f64::NAN;
        for a in [apply::<Softmax, _>(&z, width), apply::<LogSoftmax, _>(&z, width)] {
            for (i, a) in a.iter().enumerate() {
                assert_eq!(a.is_nan(), i / width == 1, "width {width}, element {i}");
            }
        }
    }
}
