//! Metrics as named columns: their values, who follows them, and how they come through a checkpoint.

use std::fs;

use typednet_data::Dataset;
use typednet_layers::loss::{BinaryCrossEntropy, CrossEntropy, Masked, PerStep, SquaredError};
use typednet_layers::{Chain, Dense, Network, Relu, Sigmoid, Softmax};
use typednet_optim::schedule::Plateau;
use typednet_optim::{Adam, GradientDescent};
use typednet_tensor::{Better, Class, Key};
use typednet_train::{
    Auc, Callback, CallbackResult, CheckpointError, Checkpoints, Control, EarlyStopping, F1, MacroF1,
    MeanAbsoluteError, Metric, Objective, Perplexity, RSquared, Regression, StepView, TopK, TrainError, Trainer,
    roc_auc, top_k,
};

type Net = Chain<Dense<2, 6, Relu>, Dense<6, 3, Softmax>>;
type Pair = Chain<Dense<2, 6, Relu>, Dense<6, 2, Softmax>>;

fn samples(count: usize) -> Vec<[f32; 2]> {
    (0..count as u64).map(|i| [0, 1].map(|j| Key::new(9).uniform(2 * i + j))).collect()
}

fn classes<const N: usize>(count: usize) -> Dataset<[f32; 2], Class<N>> {
    let samples = samples(count);
    let class = |[x, y]: &[f32; 2]| usize::from(x > y) + usize::from(x + y > 1.2) * (N - 2);
    let targets: Vec<_> = samples.iter().map(|x| Class::new(class(x) % N).expect("a class")).collect();
    Dataset::new(samples, targets).expect("as many targets as samples")
}

fn trainer() -> Trainer<Net, CrossEntropy, Adam> {
    Trainer::new(Net::seeded(1), CrossEntropy, Adam::new(0.02)).batch(8).epochs(4).quiet()
}

fn near(found: Option<f64>, wanted: Option<f64>) {
    let (found, wanted) = (found.expect("a value"), wanted.expect("a value"));
    assert!((found - wanted).abs() < 1e-12, "{found} should be {wanted}");
}

#[test]
fn columns_hold_what_the_functions_say() {
    let (train, validation) = (classes::<3>(50), classes::<3>(21));
    let mut trainer = trainer().metric(TopK::<2>::new()).metric(MacroF1::new());
    let history = trainer.fit_validated(&train, &validation).expect("training");
    let names: Vec<_> = history.columns().iter().map(|column| (column.name(), column.better())).collect();
    assert_eq!(names, [("top-2", Better::Higher), ("macro f1", Better::Higher)]);
    assert!(history.columns().iter().all(|column| column.values().len() == 4));
    let last = |name| history.column(name).and_then(|column| column.values().last().copied()).expect("an epoch");
    near(last("top-2").validation, top_k(&trainer.outputs(&validation).expect("outputs"), 2));
    near(last("macro f1").validation, trainer.confusion(&validation).expect("a matrix").macro_f1());
    let measured = trainer.measure(&validation).expect("a measurement");
    let names: Vec<&str> = measured.iter().map(|(name, _)| &name[..]).collect();
    assert_eq!(names, ["loss", "accuracy", "top-2", "macro f1"]);
    assert_eq!(measured[2].1, last("top-2").validation);
    // Without validation data there is nothing to say of them.
    let history = trainer.fit(&train).expect("training");
    assert_eq!(history.column("top-2").expect("a column").values()[4].validation, None);
    let mut csv = Vec::new();
    history.write_csv(&mut csv).expect("a vector takes all bytes");
    let csv = String::from_utf8(csv).expect("text");
    assert!(csv.starts_with("epoch,loss,accuracy,validation_loss,validation_accuracy,learning_rate,seconds,top-2,"));
    assert!(csv.lines().all(|line| line.split(',').count() == 11), "{csv}");
    assert!(history.to_string().lines().next().is_some_and(|line| line.contains("top-2")), "{history}");
}

/// The loss works on logits, but a metric sees probabilities: over several rows, their order is another one.
#[test]
fn metrics_see_what_the_network_gives() {
    let data = classes::<2>(40);
    let mut trainer = Trainer::new(Pair::seeded(3), CrossEntropy, Adam::new(0.02)).batch(40).epochs(1).quiet();
    let outputs = trainer.outputs(&data).expect("outputs");
    let scores =
        outputs.samples().iter().zip(outputs.targets()).map(|(y, class)| (f64::from(y[1]), class.index() == 1));
    let wanted = roc_auc(scores);
    trainer = trainer.metric(Auc::new());
    let history = trainer.fit_validated(&data, &data).expect("training");
    let auc = history.column("auc").expect("a column").values()[0];
    near(auc.training, wanted);
    let outputs = trainer.outputs(&data).expect("outputs");
    let scores =
        outputs.samples().iter().zip(outputs.targets()).map(|(y, class)| (f64::from(y[1]), class.index() == 1));
    near(auc.validation, roc_auc(scores));
}

#[test]
fn numbers_are_measured_by_sums() {
    let samples = samples(30);
    let targets: Vec<[f32; 1]> = samples.iter().map(|[x, y]| [1000.0 + x - 2.0 * y]).collect();
    let data = Dataset::new(samples, targets).expect("data");
    let mut net = Dense::<2, 1>::zeroed();
    net.copy_from(&Dense::new([[1.0], [-1.5]], [1000.0]));
    let mut trainer = Trainer::new(net, SquaredError::Mean, GradientDescent::new(1e-9))
        .metric(MeanAbsoluteError::new())
        .metric(RSquared::new())
        .batch(7)
        .epochs(1)
        .quiet();
    let history = trainer.fit_validated(&data, &data).expect("training");
    let outputs = trainer.outputs(&data).expect("outputs");
    let pairs = outputs.samples().iter().zip(outputs.targets()).map(|(y, t)| (f64::from(y[0]), f64::from(t[0])));
    let wanted = Regression::of(pairs).expect("numbers");
    let value = |name| history.column(name).expect("a column").values()[0].validation;
    near(value("mae"), Some(wanted.mean_absolute_error));
    assert!((value("r2").expect("a value") - wanted.r2.expect("a value")).abs() < 1e-9);
}

#[test]
fn yes_and_no_are_counted() {
    let samples = samples(40);
    let targets: Vec<[f32; 1]> = samples.iter().map(|[x, y]| [f32::from(u8::from(x > y))]).collect();
    let data = Dataset::new(samples, targets).expect("data");
    let mut trainer = Trainer::new(Dense::<2, 1, Sigmoid>::seeded(0), BinaryCrossEntropy, Adam::new(0.1))
        .metric(F1::new())
        .metric(Auc::new())
        .epochs(60)
        .quiet();
    let history = trainer.fit_validated(&data, &data).expect("training");
    let last = |name| history.column(name).expect("a column").values()[59].validation.expect("a value");
    let outputs = trainer.outputs(&data).expect("outputs");
    let both = |said: bool, truth: bool| {
        let pairs = outputs.samples().iter().zip(outputs.targets());
        pairs.filter(|(y, t)| (y[0] > 0.5) == said && (t[0] > 0.5) == truth).count() as f64
    };
    let right = 2.0 * both(true, true);
    near(Some(last("f1")), Some(right / (right + both(true, false) + both(false, true))));
    assert!(last("auc") > 0.95 && last("f1") > 0.9, "it has learnt: {history}");
}

/// Counts down from epoch to epoch, so that the first one is the best where higher is better.
#[derive(Clone, Default)]
struct Falling(f64, f64);

impl Metric<[f32; 3], Class<3>> for Falling {
    fn name(&self) -> String {
        "falling".to_owned()
    }
    fn better(&self) -> Better {
        Better::Higher
    }
    fn reset(&mut self) {
        (self.0, self.1) = (self.0 - 1.0, 0.0);
    }
    fn update(&mut self, _: &[[f32; 3]], targets: &[Class<3>]) {
        self.1 += targets.len() as f64;
    }
    fn value(&self) -> Option<f64> {
        (self.1 > 0.0).then_some(self.0)
    }
}

#[test]
fn a_name_is_followed_by_all_who_can() {
    let data = classes::<3>(20);
    let folder = std::env::temp_dir().join(format!("typednet-named-{}", std::process::id()));
    _ = fs::remove_dir_all(&folder);
    let mut followed = trainer()
        .epochs(20)
        .metric(Falling::default())
        .callback(EarlyStopping::new().metric("falling").patience(3))
        .plateau_by("falling", Plateau::new().rising().patience(1).gamma(0.5))
        .checkpoints(Checkpoints::new(&folder).best_by("falling"));
    let history = followed.fit_validated(&data, &data).expect("training");
    assert_eq!(history.records().len(), 4, "the first epoch is the best, and three are not");
    assert_eq!(history.best_by("falling").map(|record| record.epoch), Some(1));
    assert_eq!(followed.best_model().map(|_| ()), Some(()));
    let rates: Vec<f64> = history.records().iter().map(|record| record.learning_rate).collect();
    assert_eq!(rates, [0.02, 0.02, 0.02, 0.01], "the plateau bears one bad epoch");
    let best = Checkpoints::runs(&folder).expect("a folder")[0].best().expect("a best one");
    let mut restored = trainer().epochs(20).metric(Falling::default()).callback(EarlyStopping::new().metric("falling"));
    let other = restored.resume(&best).expect_err("it has no plateau");
    assert!(other.to_string().contains("plateau of"), "{other}");
    let best = Objective::from("falling").best_to_minimise(&history);
    assert!((best - 1.0).abs() < 1e-12, "the value is −1, and higher is better: {best}");
    fs::remove_dir_all(&folder).expect("a folder");
}

#[test]
fn a_name_that_is_not_measured_is_an_error_before_the_first_step() {
    let data = classes::<3>(20);
    let unknown = |name: &str| TrainError::UnknownMetric {
        name: name.into(),
        known: ["loss", "accuracy", "top-2"].map(String::from).into(),
    };
    let fit = |mut trainer: Trainer<Net, CrossEntropy, Adam>| {
        let error = trainer.fit_validated(&data, &data).expect_err("an unknown name");
        assert_eq!(trainer.steps(), 0);
        error
    };
    let measured = || trainer().metric(TopK::<2>::new());
    let error = fit(measured().callback(EarlyStopping::new().metric("top-5")));
    assert_eq!(error, unknown("top-5"));
    assert!(error.to_string().contains("measured are `loss`, `accuracy`, `top-2`"), "{error}");
    assert_eq!(fit(measured().plateau_by("f1", Plateau::new())), unknown("f1"));
    assert_eq!(fit(measured().checkpoints(Checkpoints::new(std::env::temp_dir()).best_by("auc"))), unknown("auc"));
    let direction = fit(measured().plateau_by("top-2", Plateau::new()));
    assert!(direction.to_string().ends_with("better the higher it is: add `Plateau::rising`"), "{direction}");
    // There is nothing to decide in a regression.
    let line = Dataset::new([[0.0_f32], [1.0]], [[1.0_f32], [2.0]]).expect("data");
    let mut regression = Trainer::new(Dense::<1, 1>::seeded(0), SquaredError::Mean, Adam::new(0.1))
        .callback(EarlyStopping::new().metric("accuracy"))
        .quiet();
    let known = vec!["loss".to_owned()];
    assert_eq!(regression.fit(&line), Err(TrainError::UnknownMetric { name: "accuracy".into(), known }));
}

#[test]
fn names_are_those_of_columns() {
    #[derive(Clone)]
    struct Called(&'static str);
    impl Metric<[f32; 3], Class<3>> for Called {
        fn name(&self) -> String {
            self.0.to_owned()
        }
        fn better(&self) -> Better {
            Better::Lower
        }
        fn reset(&mut self) {}
        fn update(&mut self, _: &[[f32; 3]], _: &[Class<3>]) {}
        fn value(&self) -> Option<f64> {
            Some(1.0)
        }
    }
    let data = classes::<3>(20);
    for name in ["", " ", "a,b", "a\nb", "\"a\"", "loss", "accuracy", "seconds", "validation_loss"] {
        let found = trainer().metric(Called(name)).fit(&data);
        assert!(matches!(found, Err(TrainError::MetricName { .. })), "{name:?} gives {found:?}");
    }
    let twice = trainer().metric(Called("mine")).metric(Called("mine"));
    assert!(matches!({ twice }.fit(&data), Err(TrainError::MetricName { .. })));
    assert!(trainer().metric(Called("mine")).fit(&data).is_ok());
}

/// Stops after a step.
struct StopAfter(u64);

impl Callback<Net> for StopAfter {
    fn every_steps(&self) -> u64 {
        1
    }
    fn after_step(&mut self, view: &StepView<'_, Net>) -> CallbackResult {
        Ok(if view.step == self.0 { Control::Stop } else { Control::Continue })
    }
}

#[test]
fn a_training_that_goes_on_within_an_epoch_measures_the_same() {
    let data = classes::<3>(50);
    let path = std::env::temp_dir().join(format!("typednet-named-{}.safetensors", std::process::id()));
    let with = |stop: u64| trainer().metric(TopK::<2>::new()).metric(MacroF1::new()).callback(StopAfter(stop));
    let whole = with(0).fit_validated(&data, &data).expect("training");
    let mut stopped = with(10);
    stopped.fit_validated(&data, &data).expect("training");
    assert_eq!((stopped.steps(), stopped.history().records().len()), (10, 1));
    stopped.evaluate(&data).expect("a look in between, which changes nothing");
    stopped.save_checkpoint(&path).expect("a file");
    let mut resumed = with(0);
    resumed.resume(&path).expect("a checkpoint");
    let history = resumed.fit_validated(&data, &data).expect("training");
    assert_eq!(history.columns(), whole.columns());
    // The same trainer goes on too, and trains as many epochs as a call does.
    let history = stopped.fit_validated(&data, &data).expect("training");
    for (column, whole) in history.columns().iter().zip(whole.columns()) {
        assert_eq!(column.values()[..4], whole.values()[..], "{}", column.name());
    }

    // A metric that says nothing of its state has no value of the epoch that was cut, and one of every other.
    let with = |stop: u64| trainer().metric(Falling::default()).callback(StopAfter(stop));
    let mut stopped = with(10);
    stopped.fit_validated(&data, &data).expect("training");
    stopped.save_checkpoint(&path).expect("a file");
    let mut resumed = with(0);
    resumed.resume(&path).expect("a checkpoint");
    let history = resumed.fit_validated(&data, &data).expect("training");
    let there: Vec<bool> = history.columns()[0].values().iter().map(|values| values.training.is_some()).collect();
    assert_eq!(there, [true, false, true, true]);

    // With another list of metrics, it is another training.
    let error = trainer().callback(StopAfter(0)).resume(&path).expect_err("another list");
    assert!(
        matches!(&error, CheckpointError::OtherSettings { .. }) && error.to_string().contains("metrics"),
        "{error}"
    );
    fs::remove_file(&path).expect("a file");
}

/// What `metric` has seen comes back with its state; none of `bad` is one of its states.
fn check<Out, Target, M: Metric<Out, Target> + Clone>(mut metric: M, y: &[Out], t: &[Target], bad: &[&[f64]]) {
    let fresh = metric.clone();
    metric.update(y, t);
    let (value, state) = (metric.value(), metric.state().expect("a state"));
    assert!(value.is_some(), "{}", metric.name());
    let mut other = fresh;
    assert!(other.restore(&state) && other.value() == value, "{}", metric.name());
    for bad in bad {
        assert!(!other.restore(bad) && other.value() == value, "{}: {bad:?}", metric.name());
    }
    other.reset();
    assert_eq!(other.value(), None, "{}", metric.name());
}

/// A state that a metric would not have given is refused, and changes nothing.
#[test]
fn states_come_back_or_are_refused() {
    let target = |label: usize| Class::<3>::new(label).expect("a class");
    let scores = [[0.5_f32, 0.3, 0.2], [0.1, 0.8, 0.1]];
    let classes = [target(1), target(1)];
    check(TopK::<2>::new(), &scores, &classes, &[&[], &[2.0, 1.0], &[0.5, 1.0], &[-1.0, 1.0], &[f64::NAN, 1.0]]);
    check(MacroF1::<3>::new(), &scores, &classes, &[&[1.0], &[-1.0; 9], &[0.5; 9]]);
    let (y, t) = ([[0.9_f32], [0.2], [0.7]], [[1.0_f32], [0.0], [0.0]]);
    check(F1::new(), &y, &t, &[&[], &[3.0, 2.0]]);
    check(Auc::new(), &y, &t, &[&[1.0], &[0.5, 2.0]]);
    check(MeanAbsoluteError::new(), &y, &t, &[&[], &[-1.0, 1.0], &[1.0, 0.5]]);
    check(RSquared::new(), &y, &t, &[&[], &[1.0, 0.0, -1.0, 2.0]]);
    check(Perplexity::new(), &scores, &classes, &[&[1.0], &[-1.0, 2.0], &[f64::NAN, 2.0], &[1.0, 0.5]]);
    let (steps, of_steps) = ([scores], [classes.map(Some)]);
    check(PerStep(Masked(TopK::<2>::new())), &steps, &of_steps, &[&[], &[2.0, 1.0]]);
}
