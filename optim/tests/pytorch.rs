//! Twenty steps of every optimiser against `PyTorch` (`goldens/optimizers.py`).
#![allow(missing_docs, reason = "a test")]

use serde_json::Value;
use typednet_optim::{Adam, AdamW, GradientDescent, Momentum, Nesterov, Optimizer, Step};
use typednet_tensor::Scalar;

fn golden() -> Value {
    serde_json::from_str(include_str!("../../goldens/optimizers.json")).expect("the golden file is JSON")
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
        let step = Step::new(count, optimizer.learning_rate());
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
