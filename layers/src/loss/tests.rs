//! Every loss: the lectures' formulas, the ends of the range. Gradients stand in the table of tests.

use typednet_tensor::{Class, Parallel, Scalar};

use super::*;
use crate::{Activation, Linear, LogSoftmax, Sigmoid, Softmax};

#[track_caller]
fn near(found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance * wanted.abs().max(1.0), "{found} should be {wanted}");
}

/// The loss, after a check that `value` and `gradient` agree, and the gradient.
fn both<H, Out: Sample, L: LossFor<H, Out>>(loss: &L, y: &[Out], targets: &[L::Target]) -> (f64, Vec<Out>) {
    let mut dy = y.to_vec();
    let value = loss.value(y, targets, Parallel::SERIAL);
    near(loss.gradient(y, targets, &mut dy, Parallel::SERIAL), value, 1e-6);
    (value, dy)
}

fn class<const N: usize>(label: usize) -> Class<N> {
    Class::new(label).expect("a class")
}

#[test]
fn section_3_half_squared_error() {
    let (value, dy) = both::<Linear, _, _>(&SquaredError::Half, &[[0.7_f64]], &[[1.0]]);
    near(value, 0.5 * 0.3 * 0.3, 1e-15);
    near(dy[0][0], -0.3, 1e-15);
}

#[test]
fn section_3_mean_squared_error() {
    let (value, dy) = both::<Linear, _, _>(&SquaredError::Mean, &[[1.0_f64, 2.0], [3.0, 4.0]], &[[0.0, 0.0]; 2]);
    near(value / 2.0, (1.0 + 4.0 + 9.0 + 16.0) / 4.0, 1e-15);
    assert_eq!(dy, [[0.5, 1.0], [1.5, 2.0]]);
}

#[test]
fn section_3_binary_cross_entropy() {
    let a = 0.8_f64;
    let z = (a / (1.0 - a)).ln();
    let (value, dz) = both::<Sigmoid, _, _>(&BinaryCrossEntropy, &[[z]], &[[1.0]]);
    near(value, -a.ln(), 1e-15);
    near(dz[0][0], a - 1.0, 1e-15);
    let (value, dz) = both::<Sigmoid, _, _>(&BinaryCrossEntropy, &[[z]], &[[0.0]]);
    near(value, -(1.0 - a).ln(), 1e-15);
    near(dz[0][0], a, 1e-15);
}

#[test]
fn section_3_categorical_cross_entropy() {
    let z = [[1.6_f64, 0.55, 0.98]];
    let (value, dz) = both::<Softmax, _, _>(&CrossEntropy, &z, &[class(0)]);
    let sum: f64 = z[0].iter().map(|z| z.exp()).sum();
    near(value, -(z[0][0].exp() / sum).ln(), 1e-15);
    for (i, dz) in dz[0].iter().enumerate() {
        let y = f64::from(u8::from(i == 0));
        near(*dz, z[0][i].exp() / sum - y, 1e-15);
    }
}

#[test]
fn binary_cross_entropy_far_out() {
    fn check<T: Scalar>() {
        for (z, a) in [(1e4, 1.0), (-1e4, 0.0)] {
            for y in [0.0, 1.0] {
                let (value, dz) = both::<Sigmoid, _, _>(&BinaryCrossEntropy, &[[T::of(z)]], &[[T::of(y)]]);
                near(value, 1e4 * f64::abs(a - y), 0.0);
                near(dz[0][0].to_f64_exact(), a - y, 0.0);
            }
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn cross_entropy_far_out() {
    fn check<T: Scalar>() {
        let z = [[T::of(1e4), T::of(-1e4), T::of(0.0)]];
        for (label, wanted) in [0.0, 2e4, 1e4].into_iter().enumerate() {
            let (value, dz) = both::<Softmax, _, _>(&CrossEntropy, &z, &[class(label)]);
            near(value, wanted, 0.0);
            let mut y = [T::zero(); 3];
            y[label] = T::one();
            for (i, dz) in dz[0].iter().enumerate() {
                near(dz.to_f64_exact(), f64::from(u8::from(i == 0)) - f64::from(u8::from(i == label)), 0.0);
            }
            near(both::<LogSoftmax, _, _>(&CrossEntropy, &z, &[class(label)]).0, wanted, 0.0);
            near(both::<Softmax, _, _>(&SoftCrossEntropy, &z, &[y]).0, wanted, 0.0);
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn a_loss_that_is_not_a_number_says_so() {
    let z = [[0.5_f32, f32::NAN, 1.0]];
    assert!(both_nan::<Softmax, _, _>(&CrossEntropy, &z, &[class(0)]));
    assert!(both_nan::<Softmax, _, _>(&SoftCrossEntropy, &z, &[[1.0, 0.0, 0.0]]));
    assert!(both_nan::<Sigmoid, _, _>(&BinaryCrossEntropy, &z, &[[1.0, 0.0, 0.0]]));
    assert!(both_nan::<Linear, _, _>(&SquaredError::Mean, &z, &[[1.0, 0.0, 0.0]]));
}

fn both_nan<H, Out: Sample, L: LossFor<H, Out>>(loss: &L, y: &[Out], targets: &[L::Target]) -> bool {
    loss.value(y, targets, Parallel::SERIAL).is_nan()
        && loss.gradient(y, targets, &mut y.to_vec(), Parallel::SERIAL).is_nan()
}

#[test]
fn long_batches_lose_no_precision() {
    // 100,003 times 0.1² in f32: one running total in f32 would be off by 1e-3.
    let (y, targets) = (vec![[0.1_f32]; 100_003], vec![[0.0_f32]; 100_003]);
    let value = LossFor::<Linear, _>::value(&SquaredError::Mean, &y, &targets, Parallel::SERIAL);
    near(value / 100_003.0, f64::from(0.1_f32).powi(2), 1e-7);
}

#[test]
fn a_loss_that_takes_logits_gives_the_activation_back() {
    fn check<H: Activation<f64>, L: LossFor<H, [f64; 3]>>(loss: &L) {
        let z = [[1.5, -0.5, 0.25], [2.0, 2.0, -7.0]];
        let (mut found, mut wanted) = (z, z);
        loss.activate(&mut found);
        if L::LOGITS {
            for row in &mut wanted {
                H::apply(row, 3);
            }
            assert_ne!(wanted, z);
        }
        assert_eq!(found, wanted, "{}", core::any::type_name::<(L, H)>());
    }
    check::<Softmax, _>(&CrossEntropy);
    check::<LogSoftmax, _>(&CrossEntropy);
    check::<Softmax, _>(&SoftCrossEntropy);
    check::<LogSoftmax, _>(&KullbackLeibler);
    check::<Softmax, _>(&WeightedCrossEntropy::<3>::smoothed(0.1));
    check::<Sigmoid, _>(&BinaryCrossEntropy);
    check::<Linear, _>(&BinaryCrossEntropyWithLogits);
    check::<Linear, _>(&SquaredError::Mean);
}

#[test]
fn hits_are_counted() {
    let z = [[1.0_f32, 2.0, 0.0], [3.0, 2.0, 1.0]];
    let correct = |targets: [usize; 2]| LossFor::<Softmax, _>::correct(&CrossEntropy, &z, &targets.map(class::<3>));
    assert_eq!((correct([1, 0]), correct([1, 1]), correct([0, 2])), (Some(2), Some(1), Some(0)));
    let soft = LossFor::<LogSoftmax, _>::correct(&SoftCrossEntropy, &z, &[[0.2, 0.5, 0.3], [0.1, 0.2, 0.7]]);
    assert_eq!(soft, Some(1));
    let binary = LossFor::<Sigmoid, _>::correct(&BinaryCrossEntropy, &[[0.1_f32, -3.0], [0.1, 0.2]], &[[1.0, 0.0]; 2]);
    assert_eq!(binary, Some(1));
    let margins = |labels: [usize; 2]| {
        let targets = labels.map(class::<3>);
        [
            LossFor::<Linear, _>::correct(&Hinge, &z, &targets),
            LossFor::<Linear, _>::correct(&SquaredHinge, &z, &targets),
        ]
    };
    assert_eq!((margins([1, 0]), margins([1, 2]), margins([0, 1])), ([Some(2); 2], [Some(1); 2], [Some(0); 2]));
    assert_eq!(LossFor::<Sigmoid, _>::correct(&SquaredError::Mean, &[[0.1_f32]], &[[0.0]]), None);
}

#[test]
fn infinite_logits_are_right_or_infinitely_wrong() {
    fn check<T: Scalar>() {
        let (most, least) = (T::infinity(), T::neg_infinity());
        for (z, y, wanted) in [
            (most, 1.0, 0.0),
            (least, 0.0, 0.0),
            (most, 0.0, f64::INFINITY),
            (least, 1.0, f64::INFINITY),
            (most, 0.5, f64::INFINITY),
            (least, 0.5, f64::INFINITY),
        ] {
            // Beside ordinary elements, in a whole vector and in a part of one.
            let mut row = [T::zero(); 19];
            let mut targets = [T::one(); 19];
            for place in [0, 5, 18] {
                (row[place], targets[place]) = (z, T::of(y));
            }
            let mut dz = [row];
            let others = 16.0 * 2_f64.ln() / 19.0;
            let loss =
                LossFor::<Sigmoid, _>::gradient(&BinaryCrossEntropy, &[row], &[targets], &mut dz, Parallel::SERIAL);
            assert_eq!(loss.is_infinite(), wanted.is_infinite(), "{z}, {y}: {loss}");
            if wanted == 0.0 {
                near(loss, others, 1e-5);
            }
            let slope = if z > T::zero() { 1.0 } else { 0.0 } - y;
            near(dz[0][5].to_f64_exact(), slope / 19.0, 1e-6);
            near(dz[0][18].to_f64_exact(), slope / 19.0, 1e-6);
            let with_logits =
                LossFor::<Linear, _>::value(&BinaryCrossEntropyWithLogits, &[row], &[targets], Parallel::SERIAL);
            assert_eq!(with_logits.to_bits(), loss.to_bits());
        }
    }
    check::<f32>();
    check::<f64>();
}

#[test]
fn classes_that_are_ruled_out_and_do_not_count_cost_nothing() {
    let z = [[0.0, f64::NEG_INFINITY, 0.0]];
    let (soft, _) = both::<Softmax, _, _>(&SoftCrossEntropy, &z, &[[0.5, 0.0, 0.5]]);
    near(soft, 2_f64.ln(), 1e-15);
    let (weighted, _) = both::<Softmax, _, _>(&WeightedCrossEntropy::weighted([1.0; 3]), &z, &[class(0)]);
    near(weighted, 2_f64.ln(), 1e-15);
    let (value, _) = both::<Softmax, _, _>(&CrossEntropy, &z, &[class(2)]);
    near(value, 2_f64.ln(), 1e-15);
    let wrong = LossFor::<Softmax, _>::value(&SoftCrossEntropy, &z, &[[0.5, 0.5, 0.0]], Parallel::SERIAL);
    assert!(wrong.is_infinite() && wrong > 0.0);
}

/// Every categorical loss of one row of which `right` is the right class, by its value and by its gradient.
fn categorical<T: Scalar, const N: usize>(z: [T; N], right: usize) -> [(f64, [T; N]); 6] {
    fn of<H, T: Scalar, const N: usize, L: LossFor<H, [T; N]>>(
        loss: &L,
        z: [T; N],
        target: L::Target,
    ) -> (f64, [T; N]) {
        let mut dz = [z];
        let from_gradient = loss.gradient(&[z], &[target], &mut dz, Parallel::SERIAL);
        let value = loss.value(&[z], &[target], Parallel::SERIAL);
        assert!(value.to_bits() == from_gradient.to_bits() || value.is_nan() && from_gradient.is_nan(), "{z:?}");
        (from_gradient, dz[0])
    }
    let mut y = [T::zero(); N];
    y[right] = T::one();
    let weighted = WeightedCrossEntropy::weighted([1.0; N]);
    [
        of::<Softmax, _, N, _>(&CrossEntropy, z, class(right)),
        of::<LogSoftmax, _, N, _>(&CrossEntropy, z, class(right)),
        of::<Softmax, _, N, _>(&weighted, z, class(right)),
        of::<LogSoftmax, _, N, _>(&SoftCrossEntropy, z, y),
        of::<Softmax, _, N, _>(&SoftCrossEntropy, z, y),
        of::<Softmax, _, N, _>(&KullbackLeibler, z, y),
    ]
}

/// Rows of one vector, of two and of many, and parts of vectors.
#[test]
fn categorical_losses_have_their_limits_at_infinite_logits() {
    fn check<T: Scalar, const N: usize>() {
        for certain in [0, N / 2, N - 1] {
            let mut z = core::array::from_fn(|i| T::of(i as f64 * 0.25));
            z[certain] = T::infinity();
            for right in [0, N / 2, N - 1] {
                for (loss, dz) in categorical::<T, N>(z, right) {
                    let wanted = if right == certain { 0.0 } else { f64::INFINITY };
                    assert_eq!(loss.to_bits(), wanted.to_bits(), "{N}, {certain}, {right}: {loss}");
                    for (i, dz) in dz.iter().enumerate() {
                        let wanted = f64::from(u8::from(i == certain)) - f64::from(u8::from(i == right));
                        near(dz.to_f64_exact(), wanted, 0.0);
                    }
                }
            }
            // What is ruled out by −∞ does not change that.
            z[(certain + 1) % N] = T::neg_infinity();
            assert!(categorical::<T, N>(z, certain).iter().all(|(loss, _)| *loss == 0.0));
            // Of two infinite logits nobody knows which is larger.
            z[(certain + 1) % N] = T::infinity();
            assert!(categorical::<T, N>(z, certain).iter().all(|(loss, dz)| loss.is_nan() && dz[certain].is_nan()));
            z[(certain + 1) % N] = T::nan();
            assert!(categorical::<T, N>(z, certain).iter().all(|(loss, dz)| loss.is_nan() && dz[certain].is_nan()));
        }
        let none = categorical::<T, N>([T::neg_infinity(); N], 0);
        assert!(none.iter().all(|(loss, dz)| loss.is_nan() && dz[0].is_nan()));
    }
    check::<f32, 2>();
    check::<f32, 10>();
    check::<f32, 19>();
    check::<f32, 100>();
    check::<f64, 3>();
    check::<f64, 10>();
    check::<f64, 37>();
}
