//! What the monitor measures is what the network does, and it allocates nothing in a step.

use std::sync::{Arc, Mutex};

use allocation_counter::measure;
use typednet_data::Dataset;
use typednet_layers::loss::CrossEntropy;
use typednet_layers::{BatchNorm, Chain, Dense, Dropout, Layer, Network, Relu, Residual, Softmax, Tanh};
use typednet_optim::{Adam, GradientDescent};
use typednet_tensor::Class;
use typednet_train::{Callback, CallbackResult, Control, EpochView, Record, RunView, StepView, Trainer};
use typednet_watch::{Finding, Measurement, Monitor, Sink, Thresholds, WatchError, WatchedLayer};

type Net = Chain<
    Dense<5, 7, Relu>,
    Chain<BatchNorm<7>, Chain<Residual<Dense<7, 7, Tanh>>, Chain<Dropout<[f32; 7], { half() }>, Dense<7, 3, Softmax>>>>,
>;

const fn half() -> u64 {
    0.5_f64.to_bits()
}

fn data() -> Dataset<[u8; 5], Class<3>> {
    let samples: Vec<[u8; 5]> = (0..50_u8).map(|i| std::array::from_fn(|j| i.wrapping_mul(37 + j as u8))).collect();
    let targets: Vec<_> = samples.iter().map(|x| Class::new(usize::from(x[0] % 3)).expect("a class")).collect();
    Dataset::new(samples, targets).expect("as many targets as samples")
}

/// Keeps the gradients and weights that it sees.
#[derive(Clone, Default)]
struct Witness(Arc<Mutex<Vec<Seen>>>);

/// The gradient, and the weights before and after a step.
type Seen = [Vec<f32>; 3];

impl<M: Layer<Elem = f32>> Callback<M> for Witness {
    fn every_steps(&self) -> u64 {
        1
    }

    fn before_step(&mut self, view: &StepView<'_, M>) -> CallbackResult {
        let (model, gradient) = (view.model.as_flat().to_vec(), view.gradient.as_flat().to_vec());
        self.0.lock().expect("one thread").push([gradient, model, Vec::new()]);
        Ok(Control::Continue)
    }

    fn after_step(&mut self, view: &StepView<'_, M>) -> CallbackResult {
        let mut all = self.0.lock().expect("one thread");
        all.last_mut().expect("a step")[2] = view.model.as_flat().to_vec();
        Ok(Control::Continue)
    }
}

fn norm(values: impl Iterator<Item = f32>) -> f64 {
    values.map(|value| f64::from(value).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn norms_are_those_of_the_training() {
    let (monitor, witness) = (Monitor::new().every(3), Witness::default());
    let trainer = Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.01)).batch(8).epochs(2).quiet();
    trainer.callback(monitor.clone()).callback(witness.clone()).fit(&data()).expect("training");
    let log = monitor.log();
    let steps: Vec<u64> = log.measurements.iter().map(|measurement| measurement.step).collect();
    assert_eq!(steps, [1, 3, 6, 9, 12], "the first step, and every third");
    let names: Vec<&str> = log.layers.iter().map(|layer| &layer.name[..]).collect();
    let all = [
        "first",
        "rest.first",
        "rest.rest.first.inner",
        "rest.rest.first",
        "rest.rest.rest.first",
        "rest.rest.rest.rest",
    ];
    assert_eq!(names, all);
    let seen = witness.0.lock().expect("one thread");
    for measurement in &log.measurements {
        let [gradient, before, after] = &seen[measurement.step as usize - 1];
        // The first layer: 35 weights, 7 biases.
        let first = measurement.layers[0].parameters.expect("parameters");
        let close = |a: f64, b: f64| assert!((a / b - 1.0).abs() < 1e-5, "{a} and {b}");
        close(first.gradient_norm, norm(gradient[..42].iter().copied()));
        close(first.weight_norm, norm(before[..35].iter().copied()));
        let change = before[..35].iter().zip(&after[..35]).map(|(before, after)| after - before);
        close(first.update_ratio.expect("a ratio"), norm(change) / norm(before[..35].iter().copied()));
        assert!(measurement.layers.iter().all(|layer| layer.activations.is_some()));
        assert!(measurement.layers[3].parameters.is_none(), "a residual has none of its own");
        // Normalised, then scaled by about 1.
        let normal = measurement.layers[1].parameters.expect("scale and shift");
        assert!((normal.weight_norm / 7.0_f64.sqrt() - 1.0).abs() < 0.2, "{}", normal.weight_norm);
    }
}

/// Of several ranks, the first may have no row of a small batch: nothing was computed there, so no unit is dead.
#[test]
fn a_step_without_rows_has_gradients_and_no_activations() {
    let (model, gradient) = (Net::seeded(3), Net::seeded(4));
    let mut monitor = Monitor::<Net>::new().every(1);
    monitor.start();
    let mut step = |step: u64, x: &[[f32; 5]]| {
        let outputs = vec![[0.0; 3]; x.len()];
        let (model, gradient) = (&*model, &*gradient);
        let view = StepView { epoch: 1, step, loss: 0.5, learning_rate: 0.1, model, gradient, x, outputs: &outputs };
        assert_eq!(monitor.before_step(&view).expect("nothing fails"), Control::Continue);
        assert_eq!(monitor.after_step(&view).expect("nothing fails"), Control::Continue);
        monitor.log().measurements.last().expect("a measurement").layers.clone()
    };
    assert!(step(1, &[[0.5; 5]; 4]).iter().all(|layer| layer.activations.is_some()));
    let layers = step(2, &[]);
    assert!(layers.iter().all(|layer| layer.activations.is_none()), "{layers:?}");
    assert!(layers.iter().any(|layer| layer.parameters.is_some()));
}

/// Takes everything and keeps nothing.
struct Nowhere;

impl Sink for Nowhere {}

#[test]
fn steps_with_the_monitor_on_do_not_allocate() {
    let data = data();
    let steps = |epochs: usize, every: u64| {
        // A finding has words and takes memory, after the epoch; here there are none.
        let healthy =
            Thresholds { patience: u32::MAX, far_above: 1e9, rising: 1e9, flat: 0.0, ..Thresholds::default() };
        let monitor = Monitor::new().every(every).thresholds(healthy).sink(Nowhere);
        let trainer = Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.01)).batch(8).epochs(epochs).quiet();
        let mut trainer = trainer.callback(monitor);
        measure(|| drop(trainer.fit(&data).expect("training"))).count_total
    };
    steps(1, 1);
    let first = steps(1, 1);
    assert!(first > 0, "the counter counts");
    assert_eq!(steps(30, 1), first, "30 epochs of 7 steps, each measured, allocate no more than one");
}

/// Fails at the second epoch.
struct Torn(usize);

impl Sink for Torn {
    fn epoch(&mut self, _: &Record, _: u64) -> Result<(), WatchError> {
        self.0 += 1;
        if self.0 < 2 {
            return Ok(());
        }
        Err(WatchError::Write { path: "somewhere/log".into(), reason: "the disk is full".into() })
    }
}

#[test]
fn a_sink_that_fails_ends_the_training_once() {
    let data = data();
    let monitor = Monitor::new().sink(Torn(0));
    let trainer = Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.01)).batch(8).epochs(5).quiet();
    let mut trainer = trainer.callback(monitor.clone());
    let error = trainer.fit(&data).expect_err("the disk is full").to_string();
    assert!(error.contains("`somewhere/log`") && error.contains("the disk is full"), "{error}");
    assert_eq!(trainer.history().records().len(), 2, "nothing is lost");
    trainer.fit(&data).expect("it goes on without the sink");
    assert_eq!(monitor.log().records.len(), 7);
}

#[test]
fn a_network_of_one_layer_and_a_training_without_measurements() {
    type One = Dense<5, 3, Softmax>;
    let monitor = Monitor::new();
    let trainer = Trainer::new(One::seeded(0), CrossEntropy, GradientDescent::new(0.1)).batch(50).epochs(1).quiet();
    trainer.callback(monitor.clone()).fit(&data()).expect("training");
    let log = monitor.log();
    let activations = log.measurements[0].layers[0].activations.expect("activations");
    assert!((activations.mean - 1.0 / 3.0).abs() < 1e-6, "probabilities of three classes");
    assert_eq!(activations.values.total(), 150);

    let monitor = Monitor::new().every(0);
    let trainer = Trainer::new(One::seeded(0), CrossEntropy, GradientDescent::new(0.1)).epochs(2).quiet();
    trainer.callback(monitor.clone()).fit(&data()).expect("training");
    assert_eq!((monitor.log().measurements.len(), monitor.log().records.len()), (0, 2));
}

/// Counts what it is told.
#[derive(Clone, Default)]
struct Counter(Arc<Mutex<[usize; 4]>>);

impl Sink for Counter {
    fn start(&mut self, _: &RunView<'_>, layers: &[WatchedLayer]) -> Result<(), WatchError> {
        self.0.lock().expect("one thread")[0] += layers.len();
        Ok(())
    }

    fn measurement(&mut self, _: &[WatchedLayer], _: &Measurement) -> Result<(), WatchError> {
        self.0.lock().expect("one thread")[1] += 1;
        Ok(())
    }

    fn epoch(&mut self, _: &Record, _: u64) -> Result<(), WatchError> {
        self.0.lock().expect("one thread")[2] += 1;
        Ok(())
    }

    fn finding(&mut self, _: &Finding) -> Result<(), WatchError> {
        self.0.lock().expect("one thread")[3] += 1;
        Ok(())
    }
}

#[test]
fn sinks_get_every_measurement_also_where_more_wait_than_there_is_room_for() {
    let samples = vec![[1_u8; 5]; 6_000];
    let data = Dataset::new(samples, vec![Class::<3>::default(); 6_000]).expect("as many");
    let (counter, monitor) = (Counter::default(), Monitor::new().every(2));
    let monitor = monitor.sink(counter.clone());
    let trainer = Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.001)).batch(2).epochs(1).quiet();
    trainer.callback(monitor.clone()).fit(&data).expect("training");
    let [layers, measurements, epochs, findings] = *counter.0.lock().expect("one thread");
    assert_eq!((layers, measurements, epochs), (6, 1_501, 1));
    assert_eq!(findings, monitor.findings().len());
    let log = monitor.log();
    let (first, last) = (&log.measurements[0], log.measurements.last().expect("the last"));
    assert_eq!((first.step, last.step), (1, 3_000));
    assert!((32..=129).contains(&log.measurements.len()), "{}", log.measurements.len());
}

#[allow(dead_code, reason = "it must compile: a callback of one's own may keep a monitor")]
struct Keeps(Monitor<Net>);

impl Callback<Net> for Keeps {
    fn epoch(&mut self, view: &EpochView<'_, Net>) -> CallbackResult {
        Callback::epoch(&mut self.0, view)
    }
}
