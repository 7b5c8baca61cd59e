//! Drift: none, some and much, over real digits and at the edges.

use typednet_data::{Dataset, mnist, tabular};
use typednet_govern::{DriftMonitor, DriftReport, DriftSettings, GovernError, Shift};
use typednet_layers::{Chain, Dense, Network, Relu, Sigmoid, Softmax, loss::CrossEntropy};
use typednet_optim::Adam;
use typednet_tensor::{Class, Key};
use typednet_train::Trainer;

type Table = Dataset<[f32; 3], ()>;

/// Two normal features, shifted and stretched, and one that has few values.
fn table(count: u64, key: u64, shift: f32, stretch: f32) -> Table {
    let row = |i| {
        let [a, b] = [0, 1].map(|j| Key::new(key).normal::<f32>(3 * i + j));
        [a + shift, stretch * b, (Key::new(key).below(3 * i + 2, 4) / 2) as f32]
    };
    let samples: Vec<[f32; 3]> = (0..count).map(row).collect();
    let targets = vec![(); samples.len()];
    Dataset::new(samples, targets).expect("samples")
}

fn monitor() -> DriftMonitor {
    let settings = DriftSettings::default();
    DriftMonitor::fit_inputs::<[f32; 3], _, _>(&table(2000, 1, 0.0, 1.0), settings)
        .expect("a monitor")
        .named(["a", "b"])
}

fn check(now: &Table) -> DriftReport {
    monitor().check_inputs::<[f32; 3], _, _>(now).expect("a report")
}

fn shifts(report: &DriftReport) -> Vec<Shift> {
    report.features.iter().map(|feature| feature.shift).collect()
}

#[test]
fn what_has_not_changed_is_not_called_drift() {
    for key in 2..12 {
        for count in [50, 200, 2000] {
            let report = check(&table(count, key, 0.0, 1.0));
            assert_eq!(
                (report.shift(), report.significant()),
                (Shift::None, 0),
                "{count} samples of key {key}\n{report}"
            );
        }
    }
}

#[test]
fn what_has_changed_is_named() {
    let report = check(&table(1000, 2, 0.35, 1.0));
    assert_eq!(shifts(&report), [Shift::Moderate, Shift::None, Shift::None], "{report}");
    let report = check(&table(1000, 2, 1.0, 2.5));
    assert_eq!(shifts(&report), [Shift::Major, Shift::Major, Shift::None], "{report}");
    let text = report.to_string();
    assert!(text.contains("of 3 features, 2 have a major and 0 a moderate shift, 2 differ by the test"), "{text}");
    assert!(text.contains("train again before relying on it"), "{text}");
    assert_eq!(report.drifted().iter().map(|feature| &*feature.name).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(report.features[2].name, "feature 2");
    let largest = report.features[0].test.expect("finite values");
    // Half a standard deviation from both: Φ(0.5) − Φ(−0.5) = 0.383.
    assert!((largest.statistic - 0.383).abs() < 0.06 && largest.p_value < 1e-20, "{largest:?}");
}

#[test]
fn missing_and_unknown_values_are_drift() {
    let mut now = table(500, 2, 0.0, 1.0);
    for sample in now.samples_mut().iter_mut().step_by(4) {
        sample[1] = f32::NAN;
    }
    for sample in now.samples_mut() {
        sample[2] = 7.0;
    }
    let report = check(&now);
    assert_eq!(shifts(&report), [Shift::None, Shift::Major, Shift::Major], "{report}");
    assert!((report.features[1].missing - 0.25).abs() < 1e-12);
    assert!(report.to_string().contains("1 features have values that are not finite"), "{report}");
    for sample in now.samples_mut() {
        sample[0] = f32::INFINITY;
    }
    let report = check(&now);
    assert_eq!((report.features[0].test, report.features[0].shift), (None, Shift::Major));
}

#[test]
fn references_and_reports_travel_as_files() {
    let path = |name: &str| std::env::temp_dir().join(format!("typednet-drift-{}-{name}.json", std::process::id()));
    let (reference, found) = (path("reference"), path("report"));
    let (monitor, now) = (monitor(), table(300, 5, 0.4, 1.0));
    monitor.write(&reference).expect("a file");
    let read = DriftMonitor::read(&reference).expect("the monitor");
    assert_eq!(read, monitor);
    let report = check(&now);
    assert_eq!(read.check_inputs::<[f32; 3], _, _>(&now).expect("a report"), report);
    report.write(&found).expect("a file");
    assert_eq!(DriftReport::read(&found).expect("the report"), report);
    assert!(DriftMonitor::read(&found).unwrap_err().to_string().contains("holds a drift report"));

    // The reference is of bounded size, and what does not fit together is refused.
    let text = std::fs::read_to_string(&reference).expect("text");
    assert!(text.len() < 2 * 500 * 80, "{} bytes", text.len());
    for (from, to) in
        [("\"edges\": [", "\"edges\": [-9.5,"), ("\"names\": [", "\"names\": [\"c\","), ("\"bins\": 10", "\"bins\": 0")]
    {
        assert!(text.contains(from), "{from}");
        std::fs::write(&reference, text.replace(from, to)).expect("a file");
        assert!(matches!(DriftMonitor::read(&reference), Err(GovernError::File(_))), "{to} is damage");
        typednet_formats::reseal(&reference).expect("a file of this form");
        assert!(matches!(DriftMonitor::read(&reference), Err(GovernError::Malformed { .. })), "{to}");
    }
    std::fs::remove_file(reference).and_then(|()| std::fs::remove_file(found)).expect("the files");
}

#[test]
fn what_cannot_be_compared_is_an_error() {
    let fit = |data: &Table, bins| {
        DriftMonitor::fit_inputs::<[f32; 3], _, _>(data, DriftSettings { bins, ..DriftSettings::default() })
    };
    assert!(matches!(fit(&table(49, 1, 0.0, 1.0), 10), Err(GovernError::TooFew { found: 49, needed: 50, .. })));
    assert!(matches!(fit(&table(49, 1, 0.0, 1.0), 1), Err(GovernError::OutOfRange { .. })));
    let mut bad = table(60, 1, 0.0, 1.0);
    bad.samples_mut()[5][1] = f32::NAN;
    assert_eq!(fit(&bad, 10), Err(GovernError::NotFinite { what: "feature", row: 5, column: 1 }));
    let few = monitor().check_inputs::<[f32; 3], _, _>(&table(20, 2, 0.0, 1.0));
    assert!(matches!(few, Err(GovernError::TooFew { found: 20, .. })));
    let narrow = Dataset::new(vec![[0.0_f32; 2]; 60], vec![(); 60]).expect("samples");
    let error = monitor().check_inputs::<[f32; 2], _, _>(&narrow).unwrap_err().to_string();
    assert!(error.contains("knows 3 features, but a sample has 2"), "{error}");
    let error = monitor().check(&*Dense::<3, 2, Softmax>::seeded(0), &table(60, 2, 0.0, 1.0)).unwrap_err();
    assert!(matches!(error, GovernError::OtherModel { .. }), "{error}");
}

#[test]
fn digits_drift_when_they_are_inverted_and_not_when_they_are_new() {
    type Net = Chain<Dense<784, 32, Relu>, Dense<32, 10, Softmax>>;
    let digits = mnist::embedded().expect("digits");
    let mut trainer = Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(1e-3)).epochs(2).quiet();
    trainer.fit(&digits.train).expect("training");
    let model = trainer.model();
    let (validation, test) = digits.test.clone().split_at(1000).expect("two parts");
    let monitor = DriftMonitor::fit(model, &digits.train, &validation).expect("a monitor");

    let report = monitor.check(model, &test).expect("a report");
    let predictions = report.predictions.as_ref().expect("answers");
    assert_eq!((predictions.shift, predictions.confidence.shift), (Shift::None, Shift::None), "{report}");
    assert!(report.drifted().len() < 8, "1 in 100 at most\n{report}");

    let mut inverted = test.clone();
    inverted.samples_mut().iter_mut().flatten().for_each(|pixel| *pixel = 255 - *pixel);
    let report = monitor.check(model, &inverted).expect("a report");
    assert!(report.features.iter().filter(|feature| feature.shift == Shift::Major).count() > 700, "{report}");
    let predictions = report.predictions.as_ref().expect("answers");
    assert_eq!(predictions.shift, Shift::Major, "{report}");
    assert!((predictions.now.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    assert!(report.to_string().contains("and 774 features with smaller indices"), "{report}");
}

#[test]
fn what_the_network_gets_wrong_is_seen_once_targets_are_known() {
    type Net = Chain<Dense<784, 32, Relu>, Dense<32, 10, Softmax>>;
    let digits = mnist::embedded().expect("digits");
    let mut trainer = Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(1e-3)).epochs(2).quiet();
    trainer.fit(&digits.train).expect("training");
    let (validation, test) = digits.test.clone().split_at(1000).expect("two parts");
    let accuracy = |trainer: &mut Trainer<Net, _, _>, data: &Dataset<_, _>| {
        trainer.evaluate(data).expect("an evaluation").accuracy.expect("classes")
    };
    let (before, now) = (accuracy(&mut trainer, &validation), accuracy(&mut trainer, &test));
    let model = trainer.model();
    let monitor = DriftMonitor::fit(model, &digits.train, &validation).expect("a monitor");

    // New digits: both accuracies are the trainer's, and no more apart than chance gives.
    let report = monitor.check_labelled(model, &test).expect("a report");
    let performance = report.performance.as_ref().expect("targets");
    assert!((performance.accuracy_before() - before).abs() < 1e-12, "{performance}");
    assert!((performance.accuracy_now() - now).abs() < 1e-12, "{performance}");
    assert!(!performance.has_fallen() && !performance.has_risen(), "{performance}");
    let without = monitor.check(model, &test).expect("a report");
    assert_eq!((&without.features, &without.predictions), (&report.features, &report.predictions));
    assert_eq!(without.performance, None);

    // The same pixels, but every fifth digit means another number than it did: no feature tells.
    let mut targets = test.targets().to_vec();
    for target in targets.iter_mut().step_by(5) {
        *target = Class::new((target.index() + 1) % 10).expect("a class");
    }
    let changed = Dataset::new(test.samples().to_vec(), targets).expect("samples");
    let report = monitor.check_labelled(model, &changed).expect("a report");
    let performance = report.performance.as_ref().expect("targets");
    assert_eq!(report.predictions, without.predictions);
    assert!(performance.has_fallen() && performance.difference[1] < -0.1, "{performance}");
    let text = report.to_string();
    assert!(text.contains("the accuracy has fallen, by ") && text.contains("before relying on it"), "{text}");
    let path = std::env::temp_dir().join(format!("typednet-drift-{}-labelled.json", std::process::id()));
    report.write(&path).expect("a file");
    assert_eq!(DriftReport::read(&path).expect("the report"), report);
    std::fs::remove_file(path).expect("the file");
}

#[test]
fn a_sigmoid_s_targets_are_checked_and_missing_scores_are_not_right() {
    let samples: Vec<[f64; 1]> = (0..60).map(|i| [f64::from(i) - 29.5]).collect();
    let data = |samples: &[[f64; 1]], target: &dyn Fn(f64) -> f64| {
        Dataset::new(samples.to_vec(), samples.iter().map(|[x]| [target(*x)]).collect::<Vec<_>>()).expect("samples")
    };
    // σ(x) is right about the sign.
    let mut model = Dense::<1, 1, Sigmoid, f64>::zeroed();
    model.weight = [[1.0]];
    let right = data(&samples, &|x| f64::from(u8::from(x > 0.0)));
    let monitor = DriftMonitor::fit(&*model, &right, &right).expect("a monitor");
    let mut missing = samples.clone();
    missing[..12].fill([f64::NAN]);
    let report = monitor.check_labelled(&*model, &data(&missing, &|x| f64::from(u8::from(x > 0.0)))).expect("a report");
    let performance = report.performance.expect("targets");
    assert_eq!((performance.right_before, performance.cases_before), (60, 60));
    assert_eq!((performance.right_now, performance.cases_now), (48, 60));
    assert!(performance.has_fallen(), "{performance}");

    let half = data(&samples, &|x| if x > 10.0 { 0.5 } else { 1.0 });
    assert_eq!(monitor.check_labelled(&*model, &half), Err(GovernError::Target { row: 40, found: 0.5 }));
    assert_eq!(DriftMonitor::fit(&*model, &right, &half), Err(GovernError::Target { row: 40, found: 0.5 }));
}

#[test]
fn samples_without_a_score_are_counted() {
    type Net = Dense<4, 3, Softmax>;
    let flowers = tabular::iris().expect("iris");
    let model = Net::seeded(0);
    let monitor = DriftMonitor::fit(&*model, &flowers, &flowers).expect("a monitor");
    let mut now: Dataset<[f32; 4], Class<3>> = flowers.clone();
    now.samples_mut()[..3].fill([f32::NAN; 4]);
    let report = monitor.check(&*model, &now).expect("a report");
    assert_eq!(report.predictions.as_ref().expect("answers").undecided, 3);
    assert!(report.to_string().contains("For 3 samples the network has no finite score"), "{report}");
    now.samples_mut().fill([f32::NAN; 4]);
    assert!(matches!(monitor.check(&*model, &now), Err(GovernError::NotFinite { .. })));
}
