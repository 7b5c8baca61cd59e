//! The worked numbers of lecture section 6, and what every optimiser must do.

use std::collections::BTreeSet;

use typednet_optim::schedule::{Constant, Polynomial, Schedule};
use typednet_optim::{Adagrad, Adam, AdamW, GradientDescent, Momentum, Nesterov, Optimizer, RmsProp, StepInfo};

use crate::table::{Arrives, Case, Visitor, every_optimizer};

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
    scheduled_path(optimizer, Constant::default(), start, steps)
}

/// The same with a learning rate that changes.
fn scheduled_path<O: Optimizer>(optimizer: &O, schedule: impl Schedule, start: f64, steps: u64) -> Vec<f64> {
    let mut weights = [start];
    let mut moments = vec![[0.0]; O::MOMENTS];
    let mut path = vec![start];
    for count in 1..=steps {
        let gradient = [slope(weights[0])];
        let mut moments: Vec<&mut [f64]> = moments.iter_mut().map(<[f64; 1]>::as_mut_slice).collect();
        let rate = optimizer.learning_rate() * schedule.factor(count - 1);
        optimizer.update(StepInfo::new(count, rate), &mut weights, &gradient, &mut moments);
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
    #[derive(Default)]
    struct Ways {
        all: BTreeSet<&'static str>,
        arrived: BTreeSet<&'static str>,
    }

    impl Visitor for Ways {
        fn visit<O: Optimizer>(&mut self, case: &Case<O>) {
            // All settings of an optimiser are one.
            let optimizer = std::any::type_name::<O>().split('<').next().expect("a name");
            self.all.insert(optimizer);
            let way = match case.arrives {
                Some(Arrives::At(rate)) => path(&(case.with_rate)(rate), 0.0, 2000),
                Some(Arrives::WithSchedule(rate)) => {
                    scheduled_path(&(case.with_rate)(rate), Polynomial::new(2000), 0.0, 2000)
                }
                None => return,
            };
            assert!((way[2000] - 2.0).abs() < 1e-3, "{}: {}", case.name, way[2000]);
            self.arrived.insert(optimizer);
        }
    }

    let mut ways = Ways::default();
    every_optimizer(&mut ways);
    assert_eq!(ways.arrived, ways.all, "those that arrive, and all");
}

#[test]
fn values_out_of_range_are_named() {
    struct OutOfRange;

    impl Visitor for OutOfRange {
        fn visit<O: Optimizer>(&mut self, case: &Case<O>) {
            assert_eq!(case.optimizer.check(), Ok(()), "{}", case.name);
            for rate in [f64::NAN, f64::INFINITY, -0.1] {
                let message = (case.with_rate)(rate).check().expect_err("no rate").to_string();
                let refused =
                    format!("the learning rate is {rate}, but it must be a finite number that is not negative");
                assert_eq!(message, refused, "{}", case.name);
            }
            for (optimizer, error) in &case.refused {
                assert_eq!(optimizer.check(), Err(*error), "{}", case.name);
            }
        }
    }

    every_optimizer(&mut OutOfRange);
    let momentum = Momentum::averaged(0.1, -0.5).check().expect_err("no momentum").to_string();
    assert_eq!(momentum, "the momentum is -0.5, but it must be at least 0 and below 1");
    assert_eq!(AdamW::new(0.0).epsilon(0.0).betas(0.0, 0.0).check(), Ok(()));
}
/// The steps that `optimizer` needs from (1, 1) to a hundredth of the way on the bowl ½·(x² + 100·y²).
fn steps_down_the_bowl<O: Optimizer>(optimizer: &O) -> u64 {
    let mut place = [1.0_f64, 1.0];
    let mut moments = vec![[0.0; 2]; O::MOMENTS];
    for count in 1..=10_000 {
        let gradient = [place[0], 100.0 * place[1]];
        let mut moments: Vec<&mut [f64]> = moments.iter_mut().map(<[f64; 2]>::as_mut_slice).collect();
        optimizer.update(StepInfo::new(count, optimizer.learning_rate()), &mut place, &gradient, &mut moments);
        if place[0].hypot(place[1]) < 0.01 {
            return count;
        }
    }
    panic!("{} does not arrive", std::any::type_name::<O>());
}

#[test]
fn section_6_momentum_needs_fewer_steps_in_an_ill_conditioned_bowl() {
    // Each at its best rate: 2/(λ₁ + λ₂) for plain descent, and (2/(√λ₁ + √λ₂))² with momentum ((√κ − 1)/(√κ + 1))².
    let plain = steps_down_the_bowl(&GradientDescent::new(2.0 / 101.0));
    let momentum = Momentum::new((2.0 / 11.0_f64).powi(2), (9.0 / 11.0_f64).powi(2));
    assert!(steps_down_the_bowl(&momentum) * 4 < plain, "{} and {plain}", steps_down_the_bowl(&momentum));
    // At one and the same rate, where plain descent is stable too, in every form.
    let plain = steps_down_the_bowl(&GradientDescent::new(0.01));
    for found in [
        steps_down_the_bowl(&Momentum::new(0.01, 0.8)),
        steps_down_the_bowl(&Momentum::averaged(0.05, 0.8)),
        steps_down_the_bowl(&Nesterov::new(0.01, 0.8)),
    ] {
        assert!(found * 2 < plain, "{found} and {plain}");
    }
}

#[test]
fn section_6_adagrad_slows_down_and_rmsprop_does_not() {
    // Under a constant gradient Adagrad's steps fall as 1/√t, RMSprop's stay at α.
    fn lengths<O: Optimizer>(optimizer: &O) -> [f64; 2] {
        let (mut w, mut moments) = ([0.0], vec![[0.0]; O::MOMENTS]);
        let mut length = |count| {
            let before = w[0];
            let mut moments: Vec<&mut [f64]> = moments.iter_mut().map(<[f64; 1]>::as_mut_slice).collect();
            optimizer.update(StepInfo::new(count, 0.01), &mut w, &[3.0], &mut moments);
            before - w[0]
        };
        let lengths: Vec<f64> = (1..=2500).map(&mut length).collect();
        [lengths[24], lengths[2499]]
    }
    let [early, late] = lengths(&Adagrad::default());
    assert!((early - 0.01 / 5.0).abs() < 1e-10 && (late - 0.01 / 50.0).abs() < 1e-10, "{early} {late}");
    let [_, late] = lengths(&RmsProp::default());
    assert!((late - 0.01).abs() < 1e-8, "{late}");
}
