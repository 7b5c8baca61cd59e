//! Twenty steps of every optimiser, clipping and averaging against `PyTorch` (`goldens/optimizers.py`).

use std::collections::BTreeSet;

use serde_json::Value;
use typednet_layers::{Dense, Linear, Network};
use typednet_optim::{Clip, GradientDescent, MovingAverage, Optimizer, StepInfo, clip_norm};
use typednet_tensor::{Flat, Parallel, Scalar};

use crate::table::{Case, Visitor, every_optimizer};

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

#[test]
fn every_optimizer_is_pytorch_s() {
    #[derive(Default)]
    struct Compared {
        names: BTreeSet<&'static str>,
        optimizers: BTreeSet<&'static str>,
        all: BTreeSet<&'static str>,
    }

    impl Visitor for Compared {
        fn visit<O: Optimizer>(&mut self, Case { name, optimizer, has_golden, .. }: &Case<O>) {
            let kind = std::any::type_name::<O>();
            self.all.insert(kind);
            if *has_golden {
                compare::<f32, O>(optimizer, name, 1e-5);
                compare::<f64, O>(optimizer, name, 1e-10);
                self.names.insert(name);
                self.optimizers.insert(kind);
            }
        }
    }

    let mut compared = Compared::default();
    every_optimizer(&mut compared);
    let golden = golden();
    let names: BTreeSet<&str> =
        golden["cases"].as_object().expect("cases by name").keys().map(String::as_str).collect();
    assert_eq!(compared.names, names, "those that were compared, and those in the file");
    assert_eq!(compared.optimizers, compared.all, "those that were compared, and all");
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
        near(&[clip_norm(&mut *clipped, 0.5, Parallel::SERIAL)], &[case["norm"].as_f64().expect("a number")]);
        near(&clipped.as_flat()[..11], &numbers::<f64>(&case["by norm"]));
        clipped.as_flat_mut()[..11].copy_from_slice(&plain);
        Clip::Value(0.25).apply(&mut *clipped, Parallel::SERIAL);
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
        average.update(&model, Parallel::SERIAL);
        if kept.contains(&count) {
            near(&average.model().as_flat()[..11], &numbers::<f64>(truth.next().expect("one for each kept step")));
        }
    }
    assert!(truth.next().is_none());
    assert_eq!(average.count(), 20);
}
