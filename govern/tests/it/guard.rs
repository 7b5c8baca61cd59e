//! Temperature, curve and guard: over a real training, at their edges, and from files.

use typednet_data::{Dataset, tabular};
use typednet_govern::{Curve, Decision, GovernError, Guard, Reason, Scores, Target, Temperature};
use typednet_layers::loss::{BinaryCrossEntropy, CrossEntropy};
use typednet_layers::{Chain, Dense, LogSoftmax, Network, Relu, Sigmoid, Softmax};
use typednet_optim::Adam;
use typednet_tensor::{Class, Flat, Key, Model};
use typednet_train::Trainer;

type Net = Chain<Dense<2, 64, Relu>, Chain<Dense<64, 64, Relu>, Dense<64, 2, Softmax>>>;
type Other = Chain<Dense<2, 9, Relu>, Dense<9, 2, Softmax>>;
type One = Chain<Dense<30, 16, Relu>, Dense<16, 1, Sigmoid>>;
type Soft = Dense<30, 2, Softmax>;
type LogSoft = Dense<30, 2, LogSoftmax>;
type Points = Dataset<[f32; 2], Class<2>>;

/// Two clouds that overlap: no network can be right everywhere.
fn points(count: u64, key: u64) -> Points {
    let (mut samples, mut targets) = (Vec::new(), Vec::new());
    for i in 0..count {
        let label = i % 2;
        let [x, y] = [0, 1].map(|j| Key::new(key).normal::<f32>(2 * i + j) + label as f32);
        samples.push([x, y]);
        targets.push(Class::new(label as usize).expect("0 or 1"));
    }
    Dataset::new(samples, targets).expect("as many targets as samples")
}

/// A network that has learnt 200 noisy points by heart, and so is too sure of itself.
fn trained() -> (Model<Net>, Points) {
    let train = points(200, 1);
    let mut trainer = Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.01)).batch(20).epochs(150).quiet();
    trainer.fit(&train).expect("training");
    (trainer.into_model(), train)
}

fn scores(cases: impl IntoIterator<Item = ([f64; 2], usize)>) -> Scores<2> {
    let cases = cases.into_iter().map(|(logits, truth)| (logits, Class::new(truth).expect("0 or 1")));
    Scores::from_logits(cases).expect("scores")
}

#[test]
fn an_over_confident_network_is_calibrated() {
    let (model, _) = trained();
    let (validation, test) = (
        Scores::of(&*model, &points(1000, 2)).expect("scores"),
        Scores::of(&*model, &points(2000, 3)).expect("scores"),
    );
    let temperature = Temperature::fit(&validation).expect("a temperature");
    assert!(temperature.value() > 1.5, "it was too sure: {temperature}");
    let (before, after) = (test.calibration_error(1.0), test.calibration_error(temperature.value()));
    assert!(before > 0.1 && after < before / 3.0, "calibration error {before} before, {after} after");
    assert!(test.negative_log_likelihood(temperature.value()) < test.negative_log_likelihood(1.0));
    for nearby in [0.99, 1.01] {
        let value = nearby * temperature.value();
        assert!(validation.negative_log_likelihood(value) > validation.negative_log_likelihood(temperature.value()));
    }
}

#[test]
fn the_guard_keeps_its_wish_on_new_cases() {
    let (model, train) = trained();
    let validation = points(1000, 2);
    let mut guard = Guard::fit(&*model, &train, &validation, Target::Accuracy(0.9)).expect("a guard");
    assert!(guard.chosen().accuracy() >= 0.9);
    let count = |guard: &mut Guard<Net, 2>, data: &Points| {
        let mut counts = (0_usize, 0_usize);
        for (x, truth) in data {
            if let Decision::Decided(class, confidence) = guard.decide(&model, x) {
                assert!(confidence >= guard.threshold() && confidence <= 1.0);
                counts = (counts.0 + 1, counts.1 + usize::from(class == *truth));
            }
        }
        counts
    };
    // On its own validation data it does as it says; one sample may round to the other side.
    let (decided, right) = count(&mut guard, &validation);
    assert!(decided.abs_diff(guard.chosen().decided) <= 1 && right.abs_diff(guard.chosen().right) <= 1);
    let all = Scores::of(&*model, &points(2000, 3)).expect("scores").confusion().accuracy().expect("cases");
    let (decided, right) = count(&mut guard, &points(2000, 3));
    let accuracy = right as f64 / decided as f64;
    assert!(
        accuracy > all + 0.05 && accuracy > guard.chosen().least_accuracy() - 0.03,
        "{accuracy} for {all}: {guard}"
    );
    assert!(decided > 200 && decided < 1900);
}

#[test]
fn strange_inputs_are_handed_over() {
    let (model, train) = trained();
    let mut guard = Guard::fit(&*model, &train, &points(500, 2), Target::Coverage(1.0)).expect("a guard");
    assert!(matches!(guard.decide(&model, &[-1.0, -1.0]), Decision::Decided(class, _) if class.index() == 0));
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let handed = guard.decide(&model, &[0.0, bad]);
        assert_eq!(handed, Decision::HandOver { reason: Reason::NotFinite { feature: 1 } });
    }
    for far in [1e6, -40.0] {
        let Decision::HandOver { reason } = guard.decide(&model, &[far, 0.0]) else { panic!("{far} was decided") };
        assert!(matches!(reason, Reason::OutOfRange { feature: 0, .. }));
        assert!(reason.to_string().contains("far from the training data"), "{reason}");
    }
    let mut broken = model.clone();
    broken.as_flat_mut()[0] = f32::NAN;
    assert_eq!(guard.decide(&broken, &[0.0, 0.0]), Decision::HandOver { reason: Reason::NoScore });
}

#[test]
fn a_guard_travels_with_its_model() {
    let (model, train) = trained();
    let mut guard = Guard::fit(&*model, &train, &points(500, 2), Target::Accuracy(0.85)).expect("a guard");
    let path = std::env::temp_dir().join(format!("typednet-guard-{}.json", std::process::id()));
    guard.write(&path).expect("a file");
    let mut read = Guard::<Net, 2>::read(&path, &model).expect("the guard");
    assert_eq!(format!("{read:?}"), format!("{guard:?}"));
    for (x, _) in &points(100, 4) {
        assert_eq!(read.decide(&model, x), guard.decide(&model, x));
    }
    let error = Guard::<Net, 2>::read(&path, &Net::seeded(1)).unwrap_err().to_string();
    assert!(error.contains("fitted to other weights"), "{error}");
    let error = Guard::<Other, 2>::read(&path, &Other::seeded(1)).unwrap_err();
    assert!(matches!(error, GovernError::OtherModel { .. }), "{error}");
    let good = std::fs::read_to_string(&path).expect("text");
    let threshold = format!("\"threshold\": {:?}", guard.threshold());
    for (from, to) in [
        ("\"temperature\": ", "\"temperature\": -"),
        (&*threshold, "\"threshold\": 1.5"),
        ("\"high\": [", "\"high\": [0.5,"),
        ("\"guard\"", "\"drift monitor\""),
    ] {
        assert!(good.contains(from), "{from} in {good}");
        std::fs::write(&path, good.replace(from, to)).expect("a file");
        assert!(matches!(Guard::<Net, 2>::read(&path, &model), Err(GovernError::File(_))), "{to} is damage");
        typednet_formats::reseal(&path).expect("a file of this form");
        assert!(Guard::<Net, 2>::read(&path, &model).is_err(), "{to}");
    }
    std::fs::remove_file(path).expect("the file");
}

#[test]
fn decisions_allocate_nothing() {
    let (model, train) = trained();
    let mut guard = Guard::fit(&*model, &train, &points(500, 2), Target::Coverage(0.5)).expect("a guard");
    guard.decide(&model, &[0.0, 0.0]);
    let counted = allocation_counter::measure(|| {
        for (x, _) in &train {
            guard.decide(&model, x);
        }
    });
    assert_eq!(counted.count_total, 0);
}

#[test]
fn sigmoid_and_log_softmax_are_guarded_too() {
    let tumours = tabular::breast_cancer().expect("the table");
    let [mut train, mut validation] = tumours.split_stratified([0.7, 0.3], Key::new(1)).expect("two parts");
    let scaler = typednet_data::Standard::fit(train.samples()).expect("a scaler");
    scaler.transform(train.samples_mut());
    scaler.transform(validation.samples_mut());
    let binary = |data: &Dataset<[f32; 30], Class<2>>| {
        let targets: Vec<[f32; 1]> = data.targets().iter().map(|class| [class.index() as f32]).collect();
        Dataset::new(data.samples(), targets).expect("as many targets as samples")
    };
    let mut trainer = Trainer::new(One::seeded(0), BinaryCrossEntropy, Adam::new(0.01)).epochs(60).quiet();
    trainer.fit(&binary(&train)).expect("training");
    let model = trainer.model();
    let mut guard = Guard::fit(model, &binary(&train), &binary(&validation), Target::Coverage(0.9))
        .expect("a guard of two classes");
    assert!(guard.chosen().coverage() >= 0.9 && guard.chosen().accuracy() > 0.97, "{guard}");
    let (mut decided, mut far) = ([0; 2], 0);
    for (x, truth) in &validation {
        let [p] = model.predict(x);
        match guard.decide(model, x) {
            Decision::Decided(class, confidence) => {
                decided[class.index()] += 1;
                assert_eq!(class.index(), usize::from(p > 0.5));
                let logit = f64::from(p / (1.0 - p)).ln();
                if logit.abs() < 10.0 {
                    let scaled = 1.0 / (1.0 + (-logit.abs() / guard.temperature()).exp());
                    assert!((confidence - scaled).abs() < 1e-3, "{confidence} for {scaled}, {truth}");
                }
            }
            // Two tumours lie farther from all of training than these are apart.
            Decision::HandOver { reason } => far += usize::from(matches!(reason, Reason::OutOfRange { .. })),
        }
    }
    assert!(decided.iter().all(|count| *count > 30) && far == 2, "{decided:?}, {far}");

    // The same logits give the same guard, whichever softmax ends the network.
    let mut trainer = Trainer::new(Soft::seeded(0), CrossEntropy, Adam::new(0.01)).epochs(5).quiet();
    trainer.fit(&train).expect("training");
    let mut other = LogSoft::zeroed();
    other.as_flat_mut().copy_from_slice(trainer.model().as_flat());
    let (a, b) = (Scores::of(trainer.model(), &validation), Scores::of(&*other, &validation));
    assert_eq!(a.expect("scores"), b.expect("scores"));
}

#[test]
fn thresholds_follow_the_curve() {
    // Confidences fall; the 20 surest are right, then every second.
    let curve = Curve::of(
        &scores((0..100).map(|i| ([10.0 - f64::from(i) / 20.0, 0.0], usize::from(i >= 20 && i % 2 == 1)))),
        Temperature::ONE,
    );
    assert_eq!(curve.points().len(), 100);
    let sure = curve.choose(Target::Accuracy(1.0)).expect("a threshold");
    assert_eq!((sure.decided, sure.right), (21, 21));
    assert_eq!(curve.choose(Target::Accuracy(0.6)).expect("a threshold").decided, 100);
    let half = curve.choose(Target::Coverage(0.5)).expect("a threshold");
    assert_eq!((half.decided, half.right), (50, 35));
    assert!(half.least_accuracy() < 0.7 && half.least_accuracy() > 0.5);
    // SciPy: `stats.binomtest(35, 50).proportion_ci(method="wilson").low`
    assert!((half.least_accuracy() - 0.562_496_495_355_466).abs() < 1e-12, "{}", half.least_accuracy());
    assert_eq!(curve.choose(Target::Coverage(1.0)).expect("a threshold").threshold.to_bits(), 0);

    for wish in [Target::Accuracy(0.0), Target::Accuracy(1.01), Target::Coverage(f64::NAN), Target::Coverage(-1.0)] {
        assert!(matches!(curve.choose(wish), Err(GovernError::OutOfRange { .. })), "{wish:?}");
    }
    let wrong =
        Curve::of(&scores((0..40).map(|i| ([1.0 + f64::from(i), 0.0], usize::from(i % 4 == 0)))), Temperature::ONE);
    let error = wrong.choose(Target::Accuracy(0.99)).unwrap_err();
    assert!(matches!(error, GovernError::NotReached { .. }), "{error}");
    assert!(error.to_string().contains("the best is 81.82 %, with 27.5 % of the cases"), "{error}");
    let few = Curve::of(&scores((0..9).map(|i| ([f64::from(i), 0.0], 0))), Temperature::ONE);
    assert!(matches!(few.choose(Target::Coverage(0.5)), Err(GovernError::TooFew { found: 9, needed: 10, .. })));
    assert!(few.to_svg(None).is_err());
    let picture = curve.to_svg(Some(&half)).expect("a picture");
    for text in ["cases decided (%)", "decisions that are right (%)", "chosen: confidence"] {
        assert!(picture.contains(text), "`{text}` is missing");
    }
}

#[test]
fn temperatures_at_their_edges() {
    // All right: likelihood has no end, so nothing is scaled.
    assert_eq!(Temperature::fit(&scores([([3.0, 0.0], 0), ([0.0, 0.1], 1)])), Ok(Temperature::ONE));
    for cases in [vec![([1.0, 0.0], 1)], vec![([1.0, 0.0], 0), ([1.0, 0.0], 1)], vec![([0.0, 0.0], 0)]] {
        assert_eq!(Temperature::fit(&scores(cases)), Err(GovernError::WorseThanChance));
    }
    // The scale of the logits does not matter: T follows it.
    let cases = |scale: f64| scores([0, 0, 0, 1].map(|truth| ([scale, 0.0], truth)));
    for scale in [1e-9, 1.0, 1e6] {
        let temperature = Temperature::fit(&cases(scale)).expect("a temperature").value();
        assert!((temperature / (scale / 3_f64.ln()) - 1.0).abs() < 1e-9, "{temperature} for {scale}");
    }
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(Temperature::new(bad).is_err());
    }
    let odd = Scores::from_logits([([f64::NAN, 0.0], Class::<2>::default())]);
    assert!(matches!(odd, Err(GovernError::NotFinite { row: 0, column: 0, .. })));
    assert!(matches!(Scores::<2>::from_logits([]), Err(GovernError::TooFew { .. })));
    let half = Dataset::new([[0.0_f32], [1.0]], [[0.0_f32], [0.5]]).expect("two samples");
    let error = Scores::<2>::of(&*Dense::<1, 1, Sigmoid>::seeded(0), &half).unwrap_err().to_string();
    assert_eq!(error, "the target of sample 1 is 0.5, but 0 or 1 is expected");
}
