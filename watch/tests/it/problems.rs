//! Small trainings that have one problem each, and a healthy one that has none.

use typednet_data::{Dataset, mnist, tabular};
use typednet_layers::loss::{BinaryCrossEntropy, CrossEntropy, LossFor, SquaredError};
use typednet_layers::{Chain, Dense, Init, Layer, Linear, Network, Relu, Sigmoid, Softmax, Tanh};
use typednet_optim::{Adam, GradientDescent, Optimizer};
use typednet_tensor::{Class, Model};
use typednet_train::{TrainError, Trainer};
use typednet_watch::{Finding, Monitor, Problem, Thresholds};

type Digits = Dataset<[u8; 784], Class<10>>;
type Mnist = Chain<Dense<784, 128, Relu>, Chain<Dense<128, 64, Relu>, Dense<64, 10, Softmax>>>;

/// Ten layers of sigmoid, as the lecture warns of.
type Hidden<B> = Chain<Dense<16, 16, Sigmoid>, B>;
type Deep = Chain<
    Dense<784, 16, Sigmoid>,
    Hidden<Hidden<Hidden<Hidden<Hidden<Hidden<Hidden<Hidden<Dense<16, 10, Softmax>>>>>>>>>,
>;

fn digits(train: usize, test: usize) -> (Digits, Digits) {
    let digits = mnist::embedded().expect("the sample");
    (digits.train.take(train).expect("digits"), digits.test.take(test).expect("digits"))
}

struct Watched {
    findings: Vec<Finding>,
    error: Option<TrainError>,
}

impl Watched {
    fn problems(&self) -> Vec<Problem> {
        let mut all: Vec<Problem> = self.findings.iter().map(|finding| finding.problem).collect();
        all.dedup();
        all
    }

    fn the(&self, problem: Problem) -> &Finding {
        let found = self.findings.iter().find(|finding| finding.problem == problem);
        found.unwrap_or_else(|| panic!("{problem:?} is not among {:#?}", self.findings))
    }

    fn has(&self, problem: Problem) -> bool {
        self.findings.iter().any(|finding| finding.problem == problem)
    }
}

fn watch<M: Layer, L, O: Optimizer>(
    model: Model<M>,
    loss: L,
    optimizer: O,
    monitor: &Monitor<M>,
    train: impl FnOnce(Trainer<M, L, O>) -> Result<(), TrainError>,
) -> Watched
where
    L: LossFor<M::Head, M::Out>,
{
    let trainer = Trainer::new(model, loss, optimizer).quiet().callback(monitor.clone());
    let error = train(trainer).err();
    if let Some(error) = &error {
        monitor.failed(error).expect("no sink");
    }
    Watched { findings: monitor.findings(), error }
}

/// The lecture's network on 2,000 digits.
fn on_digits<M, O: Optimizer>(model: Model<M>, optimizer: O, epochs: usize) -> Watched
where
    M: Layer<In = [f32; 784], Out = [f32; 10], Elem = f32, Head = Softmax>,
{
    let (train, test) = digits(2_000, 500);
    watch(model, CrossEntropy, optimizer, &Monitor::new().every(20), |trainer| {
        trainer.batch(32).epochs(epochs).fit_validated(&train, &test).map(drop)
    })
}

#[test]
fn a_healthy_training_has_no_findings() {
    let watched = on_digits(Mnist::seeded(1), Adam::new(0.001), 6);
    assert_eq!((watched.findings, watched.error), (Vec::new(), None));
}

#[test]
fn a_healthy_training_on_a_small_table_has_no_findings() {
    type Iris = Chain<Dense<4, 16, Relu>, Dense<16, 3, Softmax>>;
    let iris = tabular::iris().expect("the table");
    let scaler = typednet_data::Standard::fit(iris.samples()).expect("a scaler");
    let (mut samples, targets) = iris.into_parts();
    scaler.transform(&mut samples);
    let data = Dataset::new(samples, targets).expect("as many");
    let watched = watch(Iris::seeded(1), CrossEntropy, Adam::new(0.01), &Monitor::new().every(10), |trainer| {
        trainer.batch(16).epochs(40).fit(&data).map(drop)
    });
    assert_eq!((watched.findings, watched.error), (Vec::new(), None));
}

#[test]
fn a_deep_stack_of_sigmoids_has_vanishing_gradients() {
    let watched = on_digits(Deep::seeded(1), GradientDescent::new(0.1), 4);
    let shrinking = watched.the(Problem::ShrinkingGradient);
    assert_eq!(shrinking.layer.as_deref(), Some("first"), "{:#?}", watched.findings);
    assert!(shrinking.found < 0.25, "{shrinking}");
    assert!(watched.has(Problem::VanishingGradient), "{:#?}", watched.findings);
    assert!(watched.has(Problem::FlatLoss), "it learns nothing: {:#?}", watched.findings);
    let once = watched.findings.iter().filter(|finding| finding.problem == Problem::ShrinkingGradient).count();
    assert_eq!(once, 1);
}

#[test]
fn large_weights_make_the_gradient_explode() {
    type Net =
        Chain<Dense<784, 64, Relu>, Chain<Dense<64, 64, Relu>, Chain<Dense<64, 64, Relu>, Dense<64, 10, Softmax>>>>;
    let mut model = Net::zeroed();
    model.initialise_with(Init::Normal(1.0), 1);
    let watched = on_digits(model, GradientDescent::new(1e-6), 3);
    let finding = watched.the(Problem::ExplodingGradient);
    assert!(finding.found > 1.0, "{finding}");
    assert!(!watched.has(Problem::VanishingGradient));
}

#[test]
fn units_die_where_the_first_step_is_too_large() {
    let mut model = Mnist::seeded(1);
    // As after a step that was far too large: the units' inputs are below 0 for all samples.
    model.first.bias = [-50.0; 128];
    let watched = on_digits(model, Adam::new(0.001), 2);
    let finding = watched.the(Problem::DeadUnits);
    assert_eq!((finding.layer.as_deref(), finding.found.to_bits()), (Some("first"), 1.0_f64.to_bits()));
    assert!(finding.to_string().contains("100 % of the units of `first` are dead"), "{finding}");
}

#[test]
fn wide_weights_saturate_tanh() {
    type Net = Chain<Dense<784, 64, Tanh>, Dense<64, 10, Softmax>>;
    let mut model = Net::zeroed();
    model.initialise_with(Init::Normal(1.0), 1);
    let watched = on_digits(model, Adam::new(0.0001), 2);
    let finding = watched.the(Problem::SaturatedUnits);
    assert_eq!(finding.layer.as_deref(), Some("first"));
    assert!(finding.found > 0.7, "N(0, 1) saturates: {finding}");
}

type Regression = Dense<784, 10, Softmax>;

#[test]
fn a_rate_that_is_too_high_is_said() {
    let watched = on_digits(Mnist::seeded(1), Adam::new(1.0), 3);
    let finding = watched.the(Problem::LargeUpdates);
    assert!(finding.found > 0.1 && finding.epoch == 1, "{finding}");
    let watched = on_digits(Regression::seeded(1), GradientDescent::new(10.0), 3);
    let finding = watched.the(Problem::RisingLoss);
    assert!(finding.found > 1.5 * 2.3, "higher than that of ten classes by chance: {finding}");
}

#[test]
fn a_rate_that_is_too_low_is_said() {
    let watched = on_digits(Mnist::seeded(1), Adam::new(1e-8), 3);
    let finding = watched.the(Problem::SmallUpdates);
    assert_eq!((finding.epoch, watched.problems()), (3, vec![Problem::SmallUpdates]), "{:#?}", watched.findings);
    assert!(finding.found < 1e-4, "{finding}");
}

#[test]
fn a_network_that_learns_by_heart_overfits() {
    let (train, test) = digits(100, 1_000);
    let watched = watch(Mnist::seeded(1), CrossEntropy, Adam::new(0.003), &Monitor::new().every(10), |trainer| {
        trainer.batch(20).epochs(60).fit_validated(&train, &test).map(drop)
    });
    let finding = watched.the(Problem::Overfitting);
    assert!(finding.found > finding.threshold && finding.epoch > 3, "{finding}");
}

#[test]
fn a_number_that_is_not_finite_is_said_with_its_step_and_layer() {
    type Line = Chain<Dense<1, 8, Linear>, Dense<8, 1, Linear>>;
    let samples: Vec<[f32; 1]> = (0..64).map(|i| [i as f32]).collect();
    let targets: Vec<[f32; 1]> = samples.iter().map(|[x]| [2.0 * x]).collect();
    let data = Dataset::new(samples, targets).expect("as many");
    let watched =
        watch(Line::seeded(0), SquaredError::Mean, GradientDescent::new(1.0), &Monitor::new().every(1), |trainer| {
            trainer.batch(8).epochs(20).fit(&data).map(drop)
        });
    let Some(TrainError::NotFinite(error)) = &watched.error else { panic!("{:?}", watched.error) };
    let said = watched.the(Problem::NotFinite);
    let last = watched.findings.last().expect("a finding");
    assert_eq!((last.problem, last.step), (Problem::NotFinite, error.step), "{said}");
    assert!(
        last.layer.as_deref().is_some_and(|layer| layer.starts_with("first") || layer.starts_with("rest")),
        "{last}"
    );
}

#[test]
fn a_sample_that_is_not_finite_is_said_with_its_row() {
    type Net = Chain<Dense<2, 4, Relu>, Dense<4, 1, Sigmoid>>;
    let data = Dataset::new([[0.0_f32, 1.0], [f32::NAN, 1.0]], [[0.0_f32], [1.0]]).expect("as many");
    let watched = watch(Net::seeded(0), BinaryCrossEntropy, Adam::new(0.1), &Monitor::new(), |trainer| {
        trainer.batch(2).epochs(2).fit(&data).map(drop)
    });
    assert!(watched.the(Problem::NotFinite).to_string().contains("sample 1 of the data"));
}

#[test]
fn thresholds_are_settings() {
    let (train, _) = digits(500, 1);
    let strict = Thresholds { dead: 0.0, patience: 1, ..Thresholds::default() };
    let watched =
        watch(Mnist::seeded(1), CrossEntropy, Adam::new(0.001), &Monitor::new().every(5).thresholds(strict), |t| {
            t.batch(16).epochs(1).fit(&train).map(drop)
        });
    assert!(watched.has(Problem::DeadUnits), "some unit is 0 for 16 digits: {:#?}", watched.findings);
}
