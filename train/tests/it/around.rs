//! What stands around a step: schedules, limits, penalties, groups, accumulation, the average.
#![allow(clippy::float_cmp, reason = "sums of few binary fractions are exact")]

use typednet_data::Dataset;
use typednet_layers::loss::{CrossEntropy, SquaredError};
use typednet_layers::{Chain, Dense, Dropout, Linear, Network, Relu, Softmax, bits};
use typednet_optim::schedule::{Exponential, Plateau, StepDecay};
use typednet_optim::{Adam, GradientDescent, Groups, MovingAverage, OptimError, Penalty};
use typednet_tensor::{Class, Flat, Key, Model, Parallel};
use typednet_train::{Callback, CallbackResult, Control, StepView, TrainError, Trainer};

type Line = Dense<1, 1, Linear, f64>;
type Net = Chain<Dense<2, 6, Relu, f64>, Dense<6, 2, Softmax, f64>>;

/// y = 0 at x = 1: with `SquaredError::Half`, ∂L/∂w = ∂L/∂b = w + b.
fn point() -> Dataset<[f64; 1], [f64; 1]> {
    Dataset::new([[1.0]], [[0.0]]).expect("a sample")
}

fn line(weight: f64, bias: f64) -> Model<Line> {
    let mut line = Line::zeroed();
    (line.weight, line.bias) = ([[weight]], [bias]);
    line
}

fn on_line(rate: f64) -> Trainer<Line, SquaredError, GradientDescent> {
    Trainer::new(line(2.0, 1.0), SquaredError::Half, GradientDescent::new(rate)).epochs(1).quiet()
}

fn points(count: usize) -> Dataset<[f64; 2], Class<2>> {
    let samples: Vec<[f64; 2]> = (0..count as u64).map(|i| [0, 1].map(|j| Key::new(3).uniform(2 * i + j))).collect();
    let targets: Vec<_> = samples.iter().map(|[x, y]| Class::new(usize::from(x > y)).expect("a class")).collect();
    Dataset::new(samples, targets).expect("as many targets as samples")
}

fn on_points() -> Trainer<Net, CrossEntropy, Adam> {
    Trainer::new(Net::seeded(1), CrossEntropy, Adam::new(0.01)).batch(8).epochs(3).quiet()
}

fn both(line: &Line) -> [f64; 2] {
    [line.weight[0][0], line.bias[0]]
}

#[test]
fn schedules_count_steps_or_epochs() {
    let rates = |mut trainer: Trainer<Net, CrossEntropy, Adam>| -> Vec<f64> {
        trainer = trainer.batch(5);
        let history = trainer.fit(&points(20)).expect("training");
        history.records().iter().map(|record| record.learning_rate).collect()
    };
    // 20 samples in batches of 5: the last steps of the epochs are 4, 8 and 12, after 3, 7 and 11 steps.
    assert_eq!(rates(on_points().schedule(Exponential::new(0.5))), [3, 7, 11].map(|t| 0.01 * 0.5_f64.powi(t)));
    assert_eq!(rates(on_points().schedule_by_epoch(Exponential::new(0.5))), [0.01, 0.005, 0.0025]);
    assert_eq!(rates(on_points()), [0.01; 3]);
}

#[test]
fn the_scheduled_rate_is_the_one_that_steps() {
    let mut trainer = on_line(0.5).epochs(2).schedule(Exponential::new(0.5));
    trainer.fit(&point()).expect("training");
    // g = 3, rate 0.5: [0.5, −0.5]; g = 0, rate 0.25: nothing.
    assert_eq!(both(trainer.model()), [0.5, -0.5]);
    let mut trainer = on_line(0.25).epochs(2).schedule(Exponential::new(0.5));
    trainer.fit(&point()).expect("training");
    // g = 3, rate 0.25: [1.25, 0.25]; g = 1.5, rate 0.125: 0.1875 less.
    assert_eq!(both(trainer.model()), [1.0625, 0.0625]);
}

#[test]
fn a_plateau_lowers_the_rate_after_bad_epochs() {
    // Nothing is learnt, so no epoch is better than the first.
    let mut trainer = on_line(1.0).epochs(6).groups(Groups::new().freeze("").expect("all"));
    trainer = trainer.plateau(Plateau::new().gamma(0.5).patience(1));
    let history = trainer.fit(&point()).expect("training");
    let rates: Vec<f64> = history.records().iter().map(|record| record.learning_rate).collect();
    assert_eq!(rates, [1.0, 1.0, 1.0, 0.5, 0.5, 0.25]);
    assert_eq!(both(trainer.model()), [2.0, 1.0], "all is frozen");
}

#[test]
fn limits_and_penalties_change_the_gradient() {
    let after = |trainer: Trainer<Line, SquaredError, GradientDescent>| {
        let mut trainer = trainer;
        trainer.fit(&point()).expect("training");
        both(trainer.model())
    };
    assert_eq!(after(on_line(1.0)), [-1.0, -2.0]);
    assert_eq!(after(on_line(1.0).clip_value(0.5)), [1.5, 0.5]);
    let [w, b] = after(on_line(1.0).clip_norm(2_f64.sqrt()));
    assert!((w - 1.0).abs() < 1e-6 && b.abs() < 1e-6, "a step of length √2: {w} {b}");
    // 2λw = 0.5·2 on the weight, nothing on the bias.
    assert_eq!(after(on_line(1.0).penalty(Penalty::l2(0.25))), [-2.0, -2.0]);
    assert_eq!(after(on_line(1.0).penalty(Penalty::l1(0.25))), [-1.25, -2.0]);
    // The limit holds for gradient and penalty together, the norm's before the value's.
    assert_eq!(after(on_line(1.0).penalty(Penalty::l2(100.0)).clip_value(4.0)), [-2.0, -2.0]);
    let [w, b] = after(on_line(1.0).clip_value(0.25).clip_norm(2_f64.sqrt()));
    assert_eq!([w, b], [1.75, 0.75]);
}

#[test]
fn frozen_parts_keep_their_bits_and_count_in_no_norm() {
    let mut trainer = on_line(1.0).groups(Groups::new().freeze("weight").expect("a weight")).clip_norm(1.0);
    trainer.fit(&point()).expect("training");
    let [w, b] = both(trainer.model());
    assert!((b - 0.0).abs() < 1e-6, "the bias moves by the whole limit: {b}");
    assert_eq!(w.to_bits(), 2_f64.to_bits());
    let mut trainer = on_line(1.0).groups(Groups::new().rate("bias", 0.5).expect("a bias"));
    trainer.fit(&point()).expect("training");
    assert_eq!(both(trainer.model()), [-1.0, -0.5]);
}

#[test]
fn accumulated_batches_are_one_batch() {
    let data = points(30);
    let trained = |trainer: Trainer<Net, CrossEntropy, Adam>| {
        let mut trainer = trainer.epochs(4);
        let history = trainer.fit(&data).expect("training");
        (trainer.model().as_flat().to_vec(), history.last().expect("a record").training.loss)
    };
    // 30 rows in batches of 4: steps of 12, 12 and 6 rows, the last from a whole batch and one of 2.
    let (whole, loss) = trained(on_points().batch(12));
    let (parts, loss_of_parts) = trained(on_points().batch(4).accumulate(3));
    assert!((loss - loss_of_parts).abs() < 1e-12);
    for (whole, part) in whole.iter().zip(&parts) {
        assert!((whole - part).abs() < 1e-12, "{whole} and {part}");
    }
    let (single, _) = trained(on_points().batch(4));
    assert_ne!(single, parts);
    assert_eq!(trained(on_points().batch(4).accumulate(1)).0, single);
}

#[test]
fn steps_of_ones_own_accumulate_too() {
    let data = points(8);
    let mut trainer = on_points().accumulate(2);
    let start = trainer.model().as_flat().to_vec();
    trainer.step(&data.samples()[..4], &data.targets()[..4]).expect("half of a step");
    assert_eq!(trainer.model().as_flat(), start);
    trainer.step(&data.samples()[4..], &data.targets()[4..]).expect("the other half");
    assert_ne!(trainer.model().as_flat(), start);
}

#[test]
fn each_batch_of_a_step_draws_its_own_dropout() {
    type Drawn = Chain<Dropout<[f64; 8], { bits(0.5) }>, Dense<8, 1, Linear, f64>>;
    let after = |batches: usize| {
        let mut trainer = Trainer::new(Drawn::seeded(1), SquaredError::Half, GradientDescent::new(0.1)).quiet();
        trainer = trainer.accumulate(batches);
        for _ in 0..batches {
            trainer.step(&[[1.0; 8]], &[[5.0]]).expect("a step");
        }
        assert_eq!(trainer.steps(), 1);
        trainer.into_model().rest.weight
    };
    // With one mask for both batches, their mean were the gradient of one.
    assert_ne!(after(1), after(2));
}

/// Updates an average of its own.
struct Averaging(std::sync::Arc<std::sync::Mutex<MovingAverage<Net>>>);

impl Callback<Net> for Averaging {
    fn every_steps(&self) -> u64 {
        1
    }

    fn after_step(&mut self, view: &StepView<'_, Net>) -> CallbackResult {
        self.0.lock().expect("one thread").update(view.model, Parallel::SERIAL);
        Ok(Control::Continue)
    }
}

#[test]
fn the_average_is_what_is_measured_and_given_back() {
    let (data, test) = points(60).split_at(40).expect("two parts");
    let expected = std::sync::Arc::new(std::sync::Mutex::new(MovingAverage::new(0.9)));
    let mut trainer = on_points().average(0.9).callback(Averaging(expected.clone()));
    let start = trainer.model().as_flat().to_vec();
    assert_eq!(start, Net::seeded(1).as_flat(), "before the first step there is no average");
    let history = trainer.fit_validated(&data, &test).expect("training");

    let mut plain = on_points();
    plain.fit(&data).expect("training");
    assert_eq!(trainer.last_model().as_flat(), plain.model().as_flat(), "the average has no part in the training");
    assert_eq!(plain.last_model().as_flat(), plain.model().as_flat());

    let expected = expected.lock().expect("one thread");
    assert_eq!(trainer.model().as_flat(), expected.model().as_flat());
    assert_eq!(trainer.predict(&[0.1, 0.9]), expected.model().predict(&[0.1, 0.9]));
    let mut of_average = Trainer::new(Net::zeroed(), CrossEntropy, Adam::new(0.0)).batch(8);
    of_average.model_mut().as_flat_mut().copy_from_slice(expected.model().as_flat());
    assert_eq!(history.last().expect("a record").validation, Some(of_average.evaluate(&test).expect("a value")));
    assert_eq!(trainer.into_model().as_flat(), expected.model().as_flat());
}

#[test]
fn what_cannot_work_is_refused_before_a_step() {
    let refusal = |trainer: Trainer<Line, SquaredError, GradientDescent>| {
        let mut trainer = trainer;
        let error = trainer.fit(&point()).expect_err("a setting that cannot work");
        let of_step = trainer.step(&[[1.0]], &[[0.0]]).expect_err("a setting that cannot work");
        assert_eq!(of_step.to_string(), error.to_string());
        assert_eq!(both(trainer.model()), [2.0, 1.0]);
        error
    };
    assert_eq!(refusal(on_line(1.0).accumulate(0)), TrainError::Accumulation);
    for trainer in [
        on_line(1.0).clip_norm(0.0),
        on_line(1.0).clip_value(f64::NAN),
        on_line(1.0).penalty(Penalty::l2(-1.0)),
        on_line(1.0).average(1.0),
        on_line(1.0).schedule(StepDecay::new(0)),
        on_line(1.0).schedule_by_epoch(StepDecay::new(0)),
        on_line(1.0).plateau(Plateau::new().gamma(1.5)),
    ] {
        assert!(matches!(refusal(trainer), TrainError::Optimizer(_)));
    }
    let error = refusal(on_line(1.0).clip_norm(-1.0));
    assert!(matches!(error, TrainError::Optimizer(OptimError::NotPositive { .. })), "{error}");
}

#[test]
fn the_order_of_limits_is_norm_and_then_value() {
    // The gradient (30, 40) has the norm 50. Within 5 it is (3, 4), and by value (3, 3.5); the other way round it were
    // (3.5, 3.5).
    let data = Dataset::new([[0.75]], [[0.0]]).expect("a sample");
    let mut trainer = Trainer::new(line(0.0, 40.0), SquaredError::Half, GradientDescent::new(1.0)).epochs(1).quiet();
    trainer = trainer.clip_value(3.5).clip_norm(5.0);
    trainer.fit(&data).expect("training");
    let [w, b] = both(trainer.model());
    assert!((w + 3.0).abs() < 1e-5 && (b - 36.5).abs() < 1e-5, "{w} {b}");
}
