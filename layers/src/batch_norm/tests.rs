//! Batch normalisation by its own claims; the tables of all layers have its formula and gradients.

use super::*;
use crate::{Network, pass};
use typednet_tensor::{Flat, ops};

#[test]
fn section_7_a_batch_leaves_with_mean_0_and_variance_1() {
    let mut model = BatchNorm::<3, Linear, f64>::seeded(0);
    let x: Vec<[f64; 3]> = (0..50)
        .map(|row| {
            core::array::from_fn(|i| 100.0 * i as f64 + (i + 1) as f64 * Key::new(1).child(row).normal::<f64>(i as u64))
        })
        .collect();
    let mut y = x.clone();
    let mut saved = vec![f64::NAN; BatchNorm::<3, Linear, f64>::SAVED.of(x.len())];
    let mut scratch = vec![f64::NAN; BatchNorm::<3, Linear, f64>::SCRATCH.of(x.len())];
    model.forward(&x, &mut y, &mut saved, &mut scratch, PassContext::new(Key::new(0)));
    for feature in 0..3 {
        let mean = y.iter().map(|y| y[feature]).sum::<f64>() / 50.0;
        let variance = y.iter().map(|y| (y[feature] - mean).powi(2)).sum::<f64>() / 50.0;
        assert!(mean.abs() < 1e-12 && (variance - 1.0).abs() < 1e-4, "feature {feature}: {mean}, {variance}");
    }
    // Many steps over one batch: the running statistics are its own, and use gives what training gives.
    let mut grad = BatchNorm::<3, Linear, f64>::zeroed();
    let mut dy = vec![[0.0; 3]; 50];
    for _ in 0..300 {
        let trace = Trace { x: &x, y: &y, saved: &mut saved };
        model.backward(trace, &mut dy, None, &mut grad, &mut scratch, PassContext::new(Key::new(0)));
        model.commit(&grad);
    }
    let mut used = y.clone();
    model.infer(&x, &mut used, &mut [], PassContext::new(Key::new(0)));
    ops::scale((50.0_f64 / 49.0).sqrt(), flat_mut(&mut used));
    for (used, y) in flat(&used).iter().zip(flat(&y)) {
        assert!((used - y).abs() < 1e-4, "{used} should be {y}");
    }
}

/// As many as the pixels of a batch of images: one after the other, sums of `f32` would be off by 1 in 10,000.
#[test]
fn sums_over_many_rows_keep_their_digits() {
    let rows = 300_000;
    let x: Vec<[f32; 1]> = (0..rows).map(|row| [10.1 + Key::new(2).uniform::<f32>(row)]).collect();
    let (mut y, mut saved) = (x.clone(), vec![f32::NAN; BatchNorm::<1>::SAVED.of(x.len())]);
    let mut scratch = vec![f32::NAN; BatchNorm::<1>::SCRATCH.of(x.len())];
    let run = PassContext::new(Key::new(0));
    BatchNorm::<1>::seeded(0).forward(&x, &mut y, &mut saved, &mut scratch, run);
    let exact =
        |power: i32, from: f64| x.iter().map(|[x]| (f64::from(*x) - from).powi(power)).sum::<f64>() / rows as f64;
    let mean = exact(1, 0.0);
    let inverse = (exact(2, mean) + 1e-5).sqrt().recip();
    let mut saved = Workspace::new(&mut saved, x.len());
    let squares = rows as f64 * exact(2, mean);
    for wanted in [mean, squares, inverse] {
        let found = saved.elements(1)[0];
        assert!((f64::from(found) / wanted - 1.0).abs() < 1e-6, "{found} should be {wanted}");
    }
}

#[test]
fn one_row_leaves_the_running_variance() {
    let mut model = BatchNorm::<2>::seeded(0);
    model.running_variance = [3.0, 4.0];
    let mut grad = BatchNorm::<2>::zeroed();
    let mut memory = vec![f32::NAN; pass::training_need::<BatchNorm<2>>().of(1)];
    let loss = crate::loss::SquaredError::Mean;
    let run = PassContext::new(Key::new(0));
    pass::gradient(&*model, &loss, &[[10.0, 20.0]], &[[0.0, 0.0]], &mut *grad, &mut memory, run);
    model.commit(&grad);
    assert_eq!((model.running_mean, model.running_variance), ([1.0, 2.0], [3.0, 4.0]));
}

#[test]
fn no_rows_leave_the_running_statistics() {
    let mut model = BatchNorm::<2>::seeded(0);
    (model.running_mean, model.running_variance) = ([1.0, -2.0], [3.0, 4.0]);
    let mut grad = BatchNorm::<2>::zeroed();
    let mut saved = vec![f32::NAN; BatchNorm::<2>::SAVED.of(0)];
    let mut scratch = vec![f32::NAN; BatchNorm::<2>::SCRATCH.of(0)];
    let run = PassContext::new(Key::new(0));
    model.forward(&[], &mut [], &mut saved, &mut scratch, run);
    let trace = Trace { x: &[], y: &[], saved: &mut saved };
    model.backward(trace, &mut [], Some(&mut []), &mut grad, &mut scratch, run);
    model.commit(&grad);
    assert_eq!((model.running_mean, model.running_variance), ([1.0, -2.0], [3.0, 4.0]));
    assert_eq!((grad.scale, grad.bias), ([0.0; 2], [0.0; 2]));
}

#[test]
fn a_variance_that_cannot_be_kept_is_no_number() {
    let model = BatchNorm::<2>::seeded(0);
    let mut grad = BatchNorm::<2>::zeroed();
    let mut memory = vec![0.0; pass::training_need::<BatchNorm<2>>().of(2)];
    let (x, loss) = ([[1e20, 1.0], [-1e20, 3.0]], crate::loss::SquaredError::Mean);
    let run = PassContext::new(Key::new(0));
    let (value, y) = pass::gradient(&*model, &loss, &x, &[[0.0; 2]; 2], &mut *grad, &mut memory, run);
    assert!(value.is_nan() && y[0][0].is_nan() && (y[0][1] + 1.0).abs() < 1e-4, "{value} {y:?}");
    assert!(!ops::all_finite(typednet_tensor::Flat::as_flat(&*grad)));
}

/// Rows wider than what stands on the stack at a time, whose last piece is a short one: each column has its own numbers.
#[test]
fn wide_rows_are_the_formula_in_each_column() {
    const N: usize = 2 * 512 + 6;
    let number = |child: u64, i: usize| Key::new(3).child(child).normal::<f64>(i as u64);
    let mut model = FrozenBatchNorm::<N, Linear, f64>::zeroed();
    model.scale = core::array::from_fn(|i| number(0, i));
    model.bias = core::array::from_fn(|i| number(1, i));
    model.running_mean = core::array::from_fn(|i| number(2, i));
    model.running_variance = core::array::from_fn(|i| number(3, i).powi(2));
    let mut usual = BatchNorm::<N, Linear, f64>::zeroed();
    usual.as_flat_mut().copy_from_slice(model.as_flat());

    let x: Vec<[f64; N]> = (4..7).map(|row| core::array::from_fn(|i| number(row, i))).collect();
    let delta: Vec<[f64; N]> = (7..10).map(|row| core::array::from_fn(|i| number(row, i))).collect();
    let inverse = |i: usize| (model.running_variance[i] + 1e-5).sqrt().recip();
    let run = PassContext::new(Key::new(0));
    let check = |of: &str, found: &[[f64; N]], wanted: &dyn Fn(usize, usize) -> f64| {
        for (row, found) in found.iter().enumerate() {
            for (i, found) in found.iter().enumerate() {
                let wanted = wanted(row, i);
                assert!(
                    (found - wanted).abs() < 1e-12 * (1.0 + wanted.abs()),
                    "{of}, row {row}, column {i}: {found}, not {wanted}"
                );
            }
        }
    };
    let output =
        |row: usize, i: usize| model.scale[i] * (x[row][i] - model.running_mean[i]) * inverse(i) + model.bias[i];
    let mut y = vec![[f64::NAN; N]; 3];
    model.infer(&x, &mut y, &mut [], run);
    check("inference", &y, &output);
    usual.infer(&x, &mut y, &mut [], run);
    check("inference of the usual layer", &y, &output);

    let mut saved = vec![f64::NAN; FrozenBatchNorm::<N, Linear, f64>::SAVED.of(3)];
    let mut scratch = vec![f64::NAN; FrozenBatchNorm::<N, Linear, f64>::SCRATCH.of(3)];
    y.fill([f64::NAN; N]);
    model.forward(&x, &mut y, &mut saved, &mut scratch, run);
    check("training", &y, &output);
    let mut gradient = FrozenBatchNorm::<N, Linear, f64>::zeroed();
    let (mut dy, mut dx) = (delta.clone(), vec![[f64::NAN; N]; 3]);
    let trace = Trace { x: &x, y: &y, saved: &mut saved };
    model.backward(trace, &mut dy, Some(&mut dx), &mut gradient, &mut scratch, run);
    check("dx", &dx, &|row, i| model.scale[i] * inverse(i) * delta[row][i]);
    let over_rows = |of: &dyn Fn(usize) -> f64| (0..3).map(of).sum::<f64>();
    check("dγ", &[gradient.scale], &|_, i| {
        over_rows(&|row| delta[row][i] * (x[row][i] - model.running_mean[i]) * inverse(i))
    });
    check("dβ", &[gradient.bias], &|_, i| over_rows(&|row| delta[row][i]));
}
