//! Metrics against scikit-learn (`goldens/metrics.py`), at their edges, and over the outputs of a trainer.

use serde_json::Value;
use typednet_data::{Dataset, Folds};
use typednet_layers::loss::{BinaryCrossEntropy, CrossEntropy};
use typednet_layers::{Chain, Dense, Relu, Sigmoid, Softmax};
use typednet_optim::Adam;
use typednet_tensor::{Class, Key};
use typednet_train::{
    Confusion, Evaluation, Regression, TrainError, Trainer, calibration_error, cross_validate, roc_auc, top_k,
};

fn golden() -> Value {
    serde_json::from_str(include_str!("../../../goldens/metrics.json")).expect("the golden file is JSON")
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number")).collect()
}

fn near(found: Option<f64>, expected: &Value, what: &str) {
    let (found, expected) = (found.expect(what), expected.as_f64().expect("a number"));
    assert!((found - expected).abs() < 1e-12, "{what}: {found} for {expected}");
}

#[test]
fn classifiers_as_in_scikit_learn() {
    for case in golden()["classifiers"].as_array().expect("a list") {
        let probabilities = case["probabilities"].as_array().expect("a list").iter();
        let probabilities = probabilities.map(|row| <[f64; 3]>::try_from(numbers(row)).expect("three"));
        let truth = case["truth"].as_array().expect("a list").iter().map(|label| label.as_u64().expect("a label"));
        let truth = truth.map(|label| Class::<3>::new(label as usize).expect("a class"));
        let pairs: Vec<([f64; 3], Class<3>)> = probabilities.zip(truth).collect();

        let confusion: Confusion<3> = pairs.iter().map(|(p, truth)| (*truth, Class::of_largest(p))).collect();
        near(confusion.accuracy(), &case["accuracy"], "accuracy");
        near(confusion.accuracy(), &case["micro_f1"], "micro F1");
        near(confusion.macro_precision(), &case["macro_precision"], "macro precision");
        near(confusion.macro_recall(), &case["macro_recall"], "macro recall");
        near(confusion.macro_f1(), &case["macro_f1"], "macro F1");
        for class in Class::all() {
            let of = |name: &str| &case[name][class.index()];
            near(confusion.precision(class).or(Some(0.0)), of("precision"), "precision");
            near(confusion.recall(class).or(Some(0.0)), of("recall"), "recall");
            near(confusion.f1(class).or(Some(0.0)), of("f1"), "F1");
            let auc = roc_auc(pairs.iter().map(|(p, truth)| (p[class.index()], *truth == class)));
            match of("auc") {
                Value::Null => assert_eq!(auc, None),
                expected => near(auc, expected, "AUC"),
            }
        }
        if !case["top_2"].is_null() {
            near(top_k(pairs.iter().copied(), 2), &case["top_2"], "top 2");
        }
        assert_eq!(top_k(pairs.iter().copied(), 1), confusion.accuracy());
        assert_eq!(top_k(pairs.iter().copied(), 3), Some(1.0));
        for (bins, expected) in case["calibration_error"].as_object().expect("bins") {
            let decisions = pairs.iter().map(|(p, truth)| {
                let decision = Class::of_largest(p);
                (p[decision.index()], decision == *truth)
            });
            near(calibration_error(decisions, bins.parse().expect("a count")), expected, "calibration error");
        }
    }
}

#[test]
fn regressions_as_in_scikit_learn() {
    for case in golden()["regressions"].as_array().expect("a list") {
        let pairs = numbers(&case["predicted"]).into_iter().zip(numbers(&case["truth"]));
        let found = Regression::of(pairs).expect("numbers");
        near(found.r2, &case["r2"], "R²");
        near(Some(found.mean_absolute_error), &case["mae"], "MAE");
        near(Some(found.mean_squared_error), &case["mse"], "MSE");
    }
}

#[test]
fn what_is_not_defined_is_none() {
    assert_eq!(Confusion::<3>::new().macro_f1(), None);
    let none: [([f64; 2], Class<2>); 0] = [];
    assert_eq!(top_k(none, 1), None);
    assert_eq!(top_k([([0.0; 2], Class::<2>::default())], 0), Some(0.0));
    assert_eq!(top_k([([f64::NAN, -5.0], Class::<2>::default())], 1), Some(0.0));
    // What is no number is below −∞ too, as in `Class::of_largest`.
    let scores = [f64::NAN, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for (label, shares) in [(0, [0.0, 0.0, 1.0]), (1, [1.0; 3]), (2, [0.0, 1.0, 1.0])] {
        let of = |k| top_k([(scores, Class::<3>::new(label).expect("a class"))], k).expect("a sample");
        assert_eq!([of(1), of(2), of(3)].map(f64::to_bits), shares.map(f64::to_bits), "class {label}");
    }
    for truth in [5.0, 0.1, 36.6, 1e16 / 3.0] {
        for (predicted, count) in (1..12).flat_map(|count| [(truth + 0.1, count), (truth, count)]) {
            let found = Regression::of(std::iter::repeat_n((predicted, truth), count)).expect("pairs");
            assert_eq!(found.r2, None, "{count} × {truth} has no variance that could be explained");
        }
    }
    assert_eq!(roc_auc([(0.5, true)]), None);
    assert_eq!(roc_auc([(0.0, true), (-0.0, false)]), Some(0.5), "0 and −0 are one score");
    assert_eq!(roc_auc([(0.5, true), (f64::NAN, false)]), None);
    assert_eq!(roc_auc([(-0.0, true), (0.0, false)]), Some(0.5));
    assert_eq!(roc_auc([(f64::INFINITY, true), (f64::NEG_INFINITY, false)]), Some(1.0));
    assert_eq!(calibration_error([], 10), None);
    assert_eq!(calibration_error([(0.5, true)], 0), None);
    assert_eq!(calibration_error([(f64::NAN, true)], 3), None);
    assert_eq!(calibration_error([(0.0, false), (1.0, true)], 10), Some(0.0));
    assert_eq!(Regression::of([]), None);
    assert_eq!(Regression::of([(1.0, 2.0), (3.0, 2.0)]).expect("numbers").r2, None);
    assert_eq!(Regression::of([(1.0, 2.0)]).expect("a number").to_string(), "MAE 1.0000  MSE 1.0000  R² -");
}

fn points(count: usize) -> Dataset<[f32; 2], Class<2>> {
    let samples: Vec<[f32; 2]> = (0..count as u64).map(|i| [0, 1].map(|j| Key::new(3).uniform(2 * i + j))).collect();
    let targets: Vec<_> = samples.iter().map(|[x, y]| Class::new(usize::from(x > y)).expect("a class")).collect();
    Dataset::new(samples, targets).expect("as many targets as samples")
}

#[test]
fn outputs_are_probabilities_in_the_order_of_the_data() {
    let data = points(50);
    let mut trainer =
        Trainer::new(Chain::<Dense<2, 6, Relu>, Dense<6, 2, Softmax>>::seeded(0), CrossEntropy, Adam::new(0.05));
    trainer = trainer.batch(8).quiet();
    trainer.fit(&data).expect("training");
    let outputs = trainer.outputs(&data).expect("outputs");
    assert_eq!(outputs.len(), 50);
    for ((p, target), (x, truth)) in outputs.iter().zip(&data) {
        assert!((p[0] + p[1] - 1.0).abs() < 1e-6, "probabilities, not logits: {p:?}");
        assert!((p[0] - trainer.predict(x)[0]).abs() < 1e-6);
        assert_eq!(target, truth);
    }
    assert_eq!(top_k(&outputs, 1), trainer.evaluate(&data).expect("a value").accuracy);

    let targets: Vec<[f32; 1]> = data.targets().iter().map(|class| [class.index() as f32]).collect();
    let data = Dataset::new(data.samples(), targets).expect("as many targets as samples");
    let model = Chain::<Dense<2, 6, Relu>, Dense<6, 1, Sigmoid>>::seeded(0);
    let mut trainer = Trainer::new(model, BinaryCrossEntropy, Adam::new(0.05)).batch(8).epochs(20).quiet();
    trainer.fit(&data).expect("training");
    let outputs = trainer.outputs(&data).expect("outputs");
    assert!(roc_auc(outputs.iter().map(|([p], [truth])| (f64::from(*p), *truth > 0.5))) > Some(0.95));
}

#[test]
fn cross_validation_tests_every_sample_once() {
    let data = points(50);
    let folds = Folds::stratified(data.targets(), 4, Key::new(1)).expect("enough of each class");
    let mut tested = Vec::new();
    let found = cross_validate::<_, _, TrainError>(&data, &folds, |fold, parts| {
        assert_eq!(parts.train.len() + parts.test.len(), 50);
        assert!(parts.test.samples().iter().all(|x| !parts.train.samples().contains(x)));
        tested.extend_from_slice(parts.test.samples());
        Ok(Evaluation { loss: fold as f64, accuracy: Some(0.25 * fold as f64) })
    });
    let found = found.expect("four folds");
    assert_eq!((tested.len(), found.folds().len()), (50, 4));
    assert!(data.samples().iter().all(|x| tested.contains(x)));
    // 0, 1, 2, 3: mean 3/2, deviation √(5/3).
    assert_eq!(found.to_string(), "4 folds  loss 1.5000 ± 1.2910  accuracy 37.5 % ± 32.3 %");
    assert!((found.loss_deviation() - (5.0_f64 / 3.0).sqrt()).abs() < 1e-15);

    let mut calls = 0;
    let error = cross_validate::<_, _, TrainError>(&data, &folds, |_, _| {
        calls += 1;
        Err(TrainError::BatchSize)
    });
    assert_eq!((error, calls), (Err(TrainError::BatchSize), 1));
    let others = cross_validate(&points(49), &folds, |_, _| Ok(Evaluation { loss: 0.0, accuracy: None }));
    assert!(matches!(others, Err(TrainError::Data { .. })));
}
