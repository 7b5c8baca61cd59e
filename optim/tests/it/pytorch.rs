//! Twenty steps of every optimiser, clipping and averaging against `PyTorch` (`goldens/optimizers.py`).

use serde_json::Value;
use typednet_layers::{Dense, Linear, Network};
use typednet_optim::{
    Adadelta, Adagrad, Adam, AdamW, Clip, GradientDescent, Lamb, Lion, Momentum, MovingAverage, NAdam, Nesterov,
    Optimizer, RAdam, RmsProp, StepInfo, clip_norm,
};
use typednet_tensor::{Flat, Scalar};

fn golden() -> Value {
    serde_json::from_str(include_str!("../../../goldens/optimizers.json")).expect("the golden file is JSON")
}

fn numbers<T: Scalar>(list: &Value) -> Vec<T> {
    list.as_array().expect("a list").iter().map(|number| T::of(number.as_f64().expect("a number"))).collect()
}

/// Compares the weights after the kept steps; the largest relative error may be `tolerance`.
fn compare<T: Scalar, O: Optimizer>(optimizer: &O, name: &str, tolerance: f64) {
    let golden = golden();
    let kept: Vec<u64> = golden["kept"].as_array().expect("a list").iter().filter_map(Value::as_u64).collect();
    let bits = T::NAME.trim_start_matches('f');
    let truth: Vec<Vec<f64>> =
        golden["cases"][name][bits].as_array().expect("a list for each kept step").iter().map(numbers).collect();
    assert_eq!((kept.len(), truth.len()), (3, 3));

    let mut weights: Vec<T> = numbers(&golden["start"]);
    let mut moments = vec![vec![T::zero(); weights.len()]; O::MOMENTS];
    let mut compared = 0;
    for (count, gradient) in (1..).zip(golden["gradients"].as_array().expect("a list")) {
        let mut moments: Vec<&mut [T]> = moments.iter_mut().map(Vec::as_mut_slice).collect();
        let step = StepInfo::new(count, optimizer.learning_rate());
        optimizer.update(step, &mut weights, &numbers::<T>(gradient), &mut moments);
        let Some(place) = kept.iter().position(|&kept| kept == count) else { continue };
        for (i, (&found, &expected)) in weights.iter().zip(&truth[place]).enumerate() {
            let error = (found.to_f64_exact() - expected).abs() / expected.abs();
            assert!(error <= tolerance, "{name}, {}, step {count}, weight {i}: {found} for {expected}", T::NAME);
            compared += 1;
        }
    }
    assert_eq!(compared, 3 * weights.len());
}

fn check<O: Optimizer>(optimizer: &O, name: &str) {
    compare::<f32, O>(optimizer, name, 1e-5);
    compare::<f64, O>(optimizer, name, 1e-10);
}

#[test]
fn gradient_descent() {
    check(&GradientDescent::new(1e-4), "gradient descent");
}

#[test]
fn momentum() {
    check(&Momentum::new(1e-4, 0.9), "momentum");
    check(&Momentum::averaged(1e-4, 0.9), "averaged momentum");
}

#[test]
fn nesterov() {
    check(&Nesterov::new(1e-4, 0.9), "nesterov");
}

#[test]
fn adam() {
    check(&Adam::default(), "adam, defaults");
    check(&Adam::new(0.03).betas(0.8, 0.95).epsilon(1e-4), "adam");
    check(&Adam::default().bias_correction(false), "uncorrected adam");
}

#[test]
fn adamw() {
    check(&AdamW::default(), "adamw, defaults");
    check(&AdamW::new(0.03).betas(0.8, 0.95).epsilon(1e-4).weight_decay(0.2), "adamw");
}

#[test]
fn adagrad() {
    check(&Adagrad::default(), "adagrad, defaults");
    check(&Adagrad::new(0.03).rate_decay(0.1).start(0.2).epsilon(1e-4), "adagrad");
}

#[test]
fn rmsprop() {
    check(&RmsProp::default(), "rmsprop, defaults");
    let plain = RmsProp::new(0.003).smoothing(0.9).epsilon(1e-4);
    check(&plain, "rmsprop");
    check(&plain.momentum(0.8), "rmsprop, momentum");
    check(&plain.centred(), "rmsprop, centred");
    check(&plain.momentum(0.8).centred(), "rmsprop, both");
    check(&plain.centred().momentum(0.8), "rmsprop, both");
}

#[test]
fn adadelta() {
    check(&Adadelta::default(), "adadelta, defaults");
    check(&Adadelta::new(0.5).smoothing(0.8).epsilon(1e-4), "adadelta");
}

#[test]
fn nadam() {
    check(&NAdam::default(), "nadam, defaults");
    check(&NAdam::new(0.03).betas(0.8, 0.95).epsilon(1e-4).momentum_decay(0.5), "nadam");
}

#[test]
fn radam() {
    check(&RAdam::default(), "radam, defaults");
    check(&RAdam::new(0.003).betas(0.8, 0.95).epsilon(1e-4), "radam");
}

#[test]
fn lion() {
    check(&Lion::default(), "lion, defaults");
    check(&Lion::new(0.003).betas(0.8, 0.95).weight_decay(0.2), "lion");
}

#[test]
fn lamb() {
    check(&Lamb::default(), "lamb, defaults");
    check(&Lamb::new(0.03).betas(0.8, 0.95).epsilon(1e-4).weight_decay(0.2), "lamb");
}

/// A model of the golden file's 11 weights; its bias stays 0.
type Eleven = Dense<11, 1, Linear, f64>;

fn near(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-10 * expected.abs(), "{found} for {expected}");
    }
}

#[test]
fn clipping() {
    let golden = golden();
    let cases = golden["clipped"].as_array().expect("a list");
    assert_eq!(cases.len(), 3);
    // The clipped gradients are those of the steps, without the scales of the weights.
    for (case, gradient) in cases.iter().zip(golden["gradients"].as_array().expect("a list")) {
        let plain: Vec<f64> = (-6..).zip(numbers::<f64>(gradient)).map(|(scale, g)| g / 10_f64.powi(scale)).collect();
        let mut clipped = Eleven::zeroed();
        clipped.as_flat_mut()[..11].copy_from_slice(&plain);
        near(&[clip_norm(&mut *clipped, 0.5)], &[case["norm"].as_f64().expect("a number")]);
        near(&clipped.as_flat()[..11], &numbers::<f64>(&case["by norm"]));
        clipped.as_flat_mut()[..11].copy_from_slice(&plain);
        Clip::Value(0.25).apply(&mut *clipped);
        near(&clipped.as_flat()[..11], &numbers::<f64>(&case["by value"]));
    }
}

#[test]
fn moving_average() {
    let golden = golden();
    let kept: Vec<u64> = golden["kept"].as_array().expect("a list").iter().filter_map(Value::as_u64).collect();
    let mut truth = golden["moving average"].as_array().expect("a list").iter();
    let mut model = Eleven::zeroed();
    model.as_flat_mut()[..11].copy_from_slice(&numbers::<f64>(&golden["start"]));
    let mut average = MovingAverage::<Eleven>::new(0.8);
    for (count, gradient) in (1..).zip(golden["gradients"].as_array().expect("a list")) {
        let gradient = numbers::<f64>(gradient);
        GradientDescent::default().update(
            StepInfo::new(count, 1e-4),
            &mut model.as_flat_mut()[..11],
            &gradient,
            &mut [],
        );
        average.update(&model);
        if kept.contains(&count) {
            near(&average.model().as_flat()[..11], &numbers::<f64>(truth.next().expect("one for each kept step")));
        }
    }
    assert!(truth.next().is_none());
    assert_eq!(average.count(), 20);
}
