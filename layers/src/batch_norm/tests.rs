//! Batch normalisation by its own claims; the tables of all layers have its formula and gradients.

use super::*;
use crate::{Network, pass};
use typednet_tensor::ops;

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
