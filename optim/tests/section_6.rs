//! The worked numbers of lecture section 6, and what every optimiser must do.
#![allow(missing_docs, reason = "a test")]

use typednet_optim::{Adam, AdamW, GradientDescent, Momentum, Nesterov, OptimError, Optimizer, Step};

/// The data z = 2x.
const X: [f64; 3] = [0.5, 1.0, 1.5];

/// J(w) = 1/(2m)·Σ (z − w·x)²
fn loss(w: f64) -> f64 {
    X.iter().map(|x| (2.0 * x - w * x).powi(2)).sum::<f64>() / (2.0 * X.len() as f64)
}

/// dJ/dw = −1/m·Σ (z − w·x)·x
fn slope(w: f64) -> f64 {
    -X.iter().map(|x| (2.0 * x - w * x) * x).sum::<f64>() / X.len() as f64
}

/// w after each of `steps` steps from `start`, the start included.
fn path<O: Optimizer>(optimizer: &O, start: f64, steps: u64) -> Vec<f64> {
    let mut weights = [start];
    let mut moments = vec![[0.0]; O::MOMENTS];
    let mut path = vec![start];
    for count in 1..=steps {
        let gradient = [slope(weights[0])];
        let mut moments: Vec<&mut [f64]> = moments.iter_mut().map(<[f64; 1]>::as_mut_slice).collect();
        optimizer.update(Step::new(count, optimizer.learning_rate()), &mut weights, &gradient, &mut moments);
        path.push(weights[0]);
    }
    path
}

#[test]
fn section_6_the_slope_is_that_of_the_loss() {
    for w in [-1.0, 0.0, 3.5] {
        let numeric = (loss(w + 1e-6) - loss(w - 1e-6)) / 2e-6;
        assert!((numeric - slope(w)).abs() < 1e-8);
    }
}

#[test]
fn section_6_a_big_first_step_then_smaller_ones_to_2() {
    let path = path(&GradientDescent::new(0.4), 0.0, 50);
    let steps: Vec<f64> = path.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // The first step is η·1/m·Σ z·x = 0.4 · 2 · 3.5 / 3.
    assert!((steps[0] - 0.4 * 2.0 * 3.5 / 3.0).abs() < 1e-15);
    // Each leaves the same part of the way, 1 − η·1/m·Σ x², for the next.
    for (step, next) in steps.iter().zip(&steps[1..25]) {
        assert!((next / step - (1.0 - 0.4 * 3.5 / 3.0)).abs() < 1e-6, "{step} then {next}");
    }
    assert!((path[50] - 2.0).abs() < 1e-12);
    assert!(path.windows(2).take(25).all(|pair| loss(pair[1]) < loss(pair[0])));
}

#[test]
fn section_6_too_large_a_rate_diverges() {
    // Beyond 2 / (1/m·Σ x²) = 12/7 each step leads further away than the one before.
    let path = path(&GradientDescent::new(2.0), 0.0, 50);
    assert!(path.windows(2).all(|pair| (pair[1] - 2.0).abs() > (pair[0] - 2.0).abs()));
    assert!(path[50].abs() > 1e6);
}

#[test]
fn section_6_too_small_a_rate_crawls() {
    let path = path(&GradientDescent::new(0.001), 0.0, 50);
    assert!(path[50] > 0.0 && path[50] < 0.12, "{}", path[50]);
}

#[test]
fn section_6_momentum_by_hand() {
    // v₁ = (1 − β)·g₁ and v₂ = β·v₁ + (1 − β)·g₂; in today's form without the factor.
    let (g1, rate) = (slope(0.0), 0.1);
    for (optimizer, share) in [(Momentum::averaged(rate, 0.9), 1.0 - 0.9), (Momentum::new(rate, 0.9), 1.0)] {
        let path = path(&optimizer, 0.0, 2);
        let w1 = -rate * share * g1;
        let w2 = w1 - rate * (0.9 * share * g1 + share * slope(w1));
        assert!((path[1] - w1).abs() < 1e-15 && (path[2] - w2).abs() < 1e-15, "{path:?}");
    }
}

#[test]
fn section_6_the_first_step_of_adam() {
    // With the correction it is α·g/(|g| + ε); without, α·(1 − β₁)·g / (√(1 − β₂)·|g| + ε).
    let corrected = path(&Adam::new(0.001), 0.0, 1)[1];
    assert!((corrected - 0.001).abs() < 1e-10, "{corrected}");
    let plain = path(&Adam::new(0.001).bias_correction(false), 0.0, 1)[1];
    assert!((plain - 0.001 * 0.1 / 0.001_f64.sqrt()).abs() < 1e-8, "{plain}");
}

#[test]
fn every_optimizer_arrives() {
    fn check<O: Optimizer>(optimizer: &O) {
        let w = path(optimizer, 0.0, 2000)[2000];
        assert!((w - 2.0).abs() < 1e-3, "{}: {w}", std::any::type_name::<O>());
    }
    check(&GradientDescent::new(0.4));
    check(&Momentum::new(0.05, 0.9));
    check(&Momentum::averaged(0.4, 0.9));
    check(&Nesterov::new(0.05, 0.9));
    check(&Adam::new(0.01));
    check(&Adam::new(0.01).bias_correction(false));
    check(&AdamW::new(0.01).weight_decay(1e-5));
}

#[test]
fn values_out_of_range_are_named() {
    fn message<O: Optimizer>(optimizer: &O) -> String {
        optimizer.check().expect_err("a value out of range").to_string()
    }
    for rate in [f64::NAN, f64::INFINITY, -0.1] {
        let refused = format!("the learning rate is {rate}, but it must be a finite number that is not negative");
        assert_eq!(message(&GradientDescent::new(rate)), refused);
        assert_eq!(message(&Momentum::new(rate, 0.9)), refused);
        assert_eq!(message(&Nesterov::new(rate, 0.9)), refused);
        assert_eq!(message(&Adam::new(rate)), refused);
        assert_eq!(message(&AdamW::new(rate)), refused);
    }
    assert_eq!(message(&Momentum::new(0.1, 1.0)), "the momentum is 1, but it must be at least 0 and below 1");
    assert_eq!(message(&Momentum::averaged(0.1, -0.5)), "the momentum is -0.5, but it must be at least 0 and below 1");
    assert_eq!(message(&Nesterov::new(0.1, 1.5)), "the momentum is 1.5, but it must be at least 0 and below 1");
    assert_eq!(message(&Adam::new(0.1).betas(1.0, 0.9)), "beta 1 is 1, but it must be at least 0 and below 1");
    assert_eq!(message(&AdamW::new(0.1).betas(0.9, -1.0)), "beta 2 is -1, but it must be at least 0 and below 1");
    assert_eq!(Adam::new(0.1).epsilon(-1e-8).check(), Err(OptimError::NotAnAmount { name: "epsilon", found: -1e-8 }));
    assert_eq!(
        AdamW::new(0.1).weight_decay(f64::INFINITY).check(),
        Err(OptimError::NotAnAmount { name: "weight decay", found: f64::INFINITY })
    );
    assert_eq!(AdamW::new(0.0).epsilon(0.0).betas(0.0, 0.0).check(), Ok(()));
}
