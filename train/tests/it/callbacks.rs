//! Code that runs along with a training, and early stopping.

use std::sync::{Arc, Mutex};

use typednet_data::Dataset;
use typednet_layers::loss::{CrossEntropy, Loss, LossFor, SquaredError};
use typednet_layers::{Chain, Dense, Linear, Network, Relu, Softmax};
use typednet_optim::{Adam, GradientDescent};
use typednet_tensor::{Class, Flat, Key, Parallel};
use typednet_train::{
    Callback, CallbackResult, Control, EarlyStopping, EpochView, Evaluation, History, Objective, Record, StepView,
    TrainError, Trainer,
};

type Net = Chain<Dense<2, 6, Relu>, Dense<6, 2, Softmax>>;

fn points(count: usize) -> Dataset<[f32; 2], Class<2>> {
    let samples: Vec<[f32; 2]> = (0..count as u64).map(|i| [0, 1].map(|j| Key::new(3).uniform(2 * i + j))).collect();
    let targets: Vec<_> = samples.iter().map(|[x, y]| Class::new(usize::from(x > y)).expect("a class")).collect();
    Dataset::new(samples, targets).expect("as many targets as samples")
}

fn trainer() -> Trainer<Net, CrossEntropy, Adam> {
    Trainer::new(Net::seeded(1), CrossEntropy, Adam::new(0.01)).batch(8).epochs(4).quiet()
}

/// Writes down what it sees, and stops after a step or an epoch.
#[derive(Clone, Default)]
struct Diary {
    lines: Arc<Mutex<Vec<String>>>,
    every: u64,
    stop_at_epoch: Option<usize>,
    fail: bool,
}

impl Diary {
    fn write(&self, line: String) {
        self.lines.lock().expect("one thread").push(line);
    }
}

impl Callback<Net> for Diary {
    fn start(&mut self) {
        self.write("start".into());
    }

    fn every_steps(&self) -> u64 {
        self.every
    }

    fn before_step(&mut self, view: &StepView<'_, Net>) -> CallbackResult {
        assert_eq!((view.x.len(), view.outputs.len()), (8, 8));
        self.write(format!("before {}: {:?}", view.step, view.model.rest.bias[0]));
        Ok(Control::Continue)
    }

    fn after_step(&mut self, view: &StepView<'_, Net>) -> CallbackResult {
        assert!(view.gradient.as_flat().iter().any(|g| *g != 0.0) && view.loss > 0.0);
        self.write(format!("after {} of epoch {}: {:?}", view.step, view.epoch, view.model.rest.bias[0]));
        Ok(Control::Continue)
    }

    fn epoch(&mut self, view: &EpochView<'_, Net>) -> CallbackResult {
        assert_eq!(view.history.last(), Some(view.record()));
        self.write(format!("epoch {} after {}", view.record().epoch, view.step));
        if self.fail {
            return Err("no room on the disk".into());
        }
        Ok(if self.stop_at_epoch == Some(view.record().epoch) { Control::Stop } else { Control::Continue })
    }

    fn end(&mut self) -> Option<&Net> {
        self.write("end".into());
        None
    }
}

fn lines(diary: &Diary) -> Vec<String> {
    diary.lines.lock().expect("one thread").clone()
}

#[test]
fn hooks_come_in_order_and_only_where_asked_for() {
    let diary = Diary::default();
    trainer().epochs(2).callback(diary.clone()).fit(&points(24)).expect("training");
    assert_eq!(lines(&diary), ["start", "epoch 1 after 3", "epoch 2 after 6", "end"]);

    let diary = Diary { every: 2, ..Diary::default() };
    let mut trainer = trainer().epochs(2).callback(diary.clone());
    trainer.fit(&points(24)).expect("training");
    let lines = lines(&diary);
    let words: Vec<&str> = lines.iter().map(|line| line.split(':').next().expect("a word")).collect();
    let expected = ["start", "before 2", "after 2 of epoch 1", "epoch 1 after 3", "before 4", "after 4 of epoch 2"];
    assert_eq!(words, [&expected[..], &["before 6", "after 6 of epoch 2", "epoch 2 after 6", "end"]].concat());
    let bias = |line: &str| line.rsplit(' ').next().map(str::to_owned);
    assert_ne!(bias(&lines[1]), bias(&lines[2]), "a step changes the weights");
    assert_eq!(bias(&lines[7]), Some(format!("{:?}", trainer.model().rest.bias[0])));
}

#[test]
fn a_callback_stops_the_training_at_an_epoch() {
    let diary = Diary { stop_at_epoch: Some(2), ..Diary::default() };
    let mut trainer = trainer().callback(Diary::default()).callback(diary.clone());
    assert_eq!(trainer.fit(&points(24)).expect("training").records().len(), 2);
    assert_eq!(lines(&diary).last().map(String::as_str), Some("end"));
}

#[test]
fn a_training_stopped_in_an_epoch_goes_on_with_the_same_bits() {
    let data = points(30);
    let mut whole = trainer();
    let history = whole.fit(&data).expect("training");
    for step in 1..=16 {
        // Batches of 8: the last of an epoch has 6 rows.
        let mut stopped = trainer().batch(8).callback(Stop(step));
        stopped.fit(&data).expect("training");
        let done = stopped.history().records().len();
        assert_eq!(done as u64, step.div_ceil(4) - 1, "an epoch that was stopped has no record yet");
        let mut stopped = stopped.epochs(4 - done);
        let continued = stopped.fit(&data).expect("training");
        assert_eq!(stopped.model().as_flat(), whole.model().as_flat(), "stopped after step {step}");
        let records = |history: &typednet_train::History| {
            history.records().iter().map(|r| (r.epoch, r.training)).collect::<Vec<_>>()
        };
        assert_eq!(records(&continued), records(&history), "stopped after step {step}");
    }
}

/// Stops after one step.
struct Stop(u64);

impl Callback<Net> for Stop {
    fn every_steps(&self) -> u64 {
        self.0
    }

    fn after_step(&mut self, view: &StepView<'_, Net>) -> CallbackResult {
        Ok(if view.step == self.0 { Control::Stop } else { Control::Continue })
    }
}

#[test]
fn an_error_of_a_callback_ends_the_training_in_words() {
    let mut trainer = trainer().callback(Diary { fail: true, ..Diary::default() });
    let error = trainer.fit(&points(24)).expect_err("a callback that fails");
    assert_eq!(error, TrainError::Callback { message: "no room on the disk".into() });
    assert_eq!(error.to_string(), "a callback ended the training: no room on the disk");
    assert_eq!(trainer.history().records().len(), 1, "what was trained is kept");
}

type Line = Dense<1, 1, Linear, f64>;
type Point = Dataset<[f64; 1], [f64; 1]>;

/// A line whose output falls by 1 in each step: 3, 2, 1, 0, −1…, so that the loss falls and rises.
fn falling() -> (Trainer<Line, Falling, GradientDescent>, Point) {
    let mut model = Line::zeroed();
    model.weight = [[3.0]];
    let trainer = Trainer::new(model, Falling, GradientDescent::new(1.0)).epochs(20).quiet();
    (trainer, Dataset::new([[1.0]], [[0.0]]).expect("a sample"))
}

/// The squared error with the gradient 1 on the output, half of which each of weight and bias takes.
struct Falling;

impl Loss<[f64; 1]> for Falling {
    type Target = [f64; 1];
}

impl LossFor<Linear, [f64; 1]> for Falling {
    const LOGITS: bool = false;

    fn value(&self, y: &[[f64; 1]], targets: &[[f64; 1]], parallel: Parallel<'_>) -> f64 {
        LossFor::<Linear, _>::value(&SquaredError::Mean, y, targets, parallel)
    }

    fn gradient(&self, y: &[[f64; 1]], targets: &[[f64; 1]], dy: &mut [[f64; 1]], parallel: Parallel<'_>) -> f64 {
        dy.fill([0.5]);
        LossFor::<Linear, _>::value(self, y, targets, parallel)
    }
}

#[test]
fn early_stopping_waits_and_puts_the_best_weights_back() {
    for patience in [1, 2, 5] {
        let (trainer, data) = falling();
        let mut trainer = trainer.callback(EarlyStopping::new().patience(patience));
        let history = trainer.fit_validated(&data, &data).expect("training");
        // After epochs 1, 2, 3, 4 the output is 2, 1, 0, −1: the third is the best.
        assert_eq!(history.records().len(), 3 + patience);
        assert_eq!((trainer.model().weight, trainer.model().bias), ([[1.5]], [-1.5]));
        assert_eq!(trainer.evaluate(&data).map(|measured| measured.loss), Ok(0.0));
    }
}

#[test]
fn early_stopping_puts_back_at_the_end_of_all_epochs_too() {
    let (trainer, data) = falling();
    let mut trainer = trainer.epochs(5).callback(EarlyStopping::new().patience(10));
    trainer.fit_validated(&data, &data).expect("training");
    assert_eq!(trainer.evaluate(&data).map(|measured| measured.loss), Ok(0.0));
    // And by the training loss, which is measured before the step: epoch 4 has the loss of the weights after epoch 3.
    let (trainer, data) = falling();
    let mut trainer = trainer.callback(EarlyStopping::new().patience(2));
    assert_eq!(trainer.fit(&data).expect("training").records().len(), 6);
}

#[test]
fn early_stopping_can_keep_the_last_weights_and_ask_for_more() {
    let (trainer, data) = falling();
    let mut trainer = trainer.callback(EarlyStopping::new().patience(2).keep_last());
    assert_eq!(trainer.fit_validated(&data, &data).expect("training").records().len(), 5);
    assert_eq!(trainer.evaluate(&data).map(|measured| measured.loss), Ok(4.0));
    // The losses 4, 1, 0: from 1 to 0 is no fall by more than 1.
    let (trainer, data) = falling();
    let mut trainer = trainer.callback(EarlyStopping::new().patience(2).min_delta(1.0));
    assert_eq!(trainer.fit_validated(&data, &data).expect("training").records().len(), 4);
    assert_eq!(trainer.evaluate(&data).map(|measured| measured.loss), Ok(1.0));
}

#[test]
fn early_stopping_counts_bad_epochs_in_a_row() {
    let of = |loss| Evaluation { loss, accuracy: None };
    let record = |loss| Record { epoch: 1, training: of(loss), validation: None, learning_rate: 0.1, seconds: 0.0 };
    let records = [3.0, 4.0, 2.0, 3.0, f64::NAN].map(record);
    let mut early = EarlyStopping::<Line>::new().patience(2);
    let flows: Vec<Control> =
        (1..=5).map(|epochs| early.resume(&records[..epochs].iter().copied().collect::<History>(), None)).collect();
    assert_eq!(flows, [Control::Continue, Control::Continue, Control::Continue, Control::Continue, Control::Stop]);
}

#[test]
fn early_stopping_begins_anew_with_each_call() {
    let (trainer, data) = falling();
    let mut trainer = trainer.callback(EarlyStopping::new().patience(2));
    trainer.fit_validated(&data, &data).expect("training");
    let history = trainer.fit_validated(&data, &data).expect("training");
    // From output 0 it goes on with −1, −2, −3: the first is the best of this call.
    assert_eq!(history.records().len(), 5 + 3);
    assert_eq!(trainer.evaluate(&data).map(|measured| measured.loss), Ok(1.0));
}

#[test]
fn early_stopping_puts_the_average_back_too() {
    let data = points(24);
    let mut trainer = trainer().epochs(30).average(0.5).callback(EarlyStopping::new().patience(30));
    trainer.fit_validated(&data, &points(16)).expect("training");
    let best = *trainer.history().best().expect("a record");
    assert_eq!(best.validation, Some(trainer.evaluate(&points(16)).expect("a value")));
}

#[test]
fn objectives_know_what_is_better() {
    let (loss, accuracy, none) = (Objective::Loss, Objective::from("accuracy"), History::new());
    assert!(loss.is_better(&none, 1.0, Some(2.0), 0.5) && !loss.is_better(&none, 1.5, Some(2.0), 0.5));
    assert!(accuracy.is_better(&none, 0.9, Some(0.8), 0.0) && !accuracy.is_better(&none, 0.8, Some(0.8), 0.0));
    for objective in [loss, accuracy] {
        let better = |new, old| objective.is_better(&none, new, old, 0.0);
        assert!(!better(f64::NAN, None) && !better(f64::NAN, Some(1.0)));
        assert!(better(f64::INFINITY, None));
        for nan in [f64::NAN, -f64::NAN] {
            assert!(better(1.0, Some(nan)) && !better(nan, Some(nan)));
        }
    }
    let history = trainer().fit_validated(&points(24), &points(24)).expect("training");
    let record = *history.last().expect("a record");
    assert_eq!(Some(Objective::Accuracy.newest(&history)), record.validation.and_then(|v| v.accuracy));
    let unvalidated: History = [typednet_train::Record { validation: None, ..record }].into_iter().collect();
    assert_eq!(Objective::Loss.newest(&unvalidated).to_bits(), record.training.loss.to_bits());
}
