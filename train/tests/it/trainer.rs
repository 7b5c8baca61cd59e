//! The loop: what it measures, how it goes on, and how it stops.

use std::sync::Mutex;

use typednet_data::{Dataset, Source};
use typednet_layers::loss::{
    AbsoluteError, BinaryCrossEntropy, BinaryCrossEntropyWithLogits, CrossEntropy, Huber, KullbackLeibler, Loss,
    LossFor, SoftCrossEntropy, SquaredError,
};
use typednet_layers::{
    BatchNorm, Chain, Dense, Each, Flatten, Frozen, Layer, Linear, LogSoftmax, Network, Relu, Reshape, Sigmoid, Softmax,
};
use typednet_optim::{Adam, GradientDescent};
use typednet_tensor::{Class, Flat, Key, Parallel};
use typednet_train::{EarlyStopping, NonFiniteSource, NotFinite, TrainError, Trainer};

type Net = Chain<Dense<2, 6, Relu>, Dense<6, 2, Softmax>>;
type Points = Dataset<[f32; 2], Class<2>>;

/// Points of the unit square by the side of its diagonal.
fn points(count: usize) -> Points {
    let samples: Vec<[f32; 2]> = (0..count as u64).map(|i| [0, 1].map(|j| Key::new(3).uniform(2 * i + j))).collect();
    let targets: Vec<_> = samples.iter().map(|[x, y]| Class::new(usize::from(x > y)).expect("a class")).collect();
    Dataset::new(samples, targets).expect("as many targets as samples")
}

fn trainer(rate: f64) -> Trainer<Net, CrossEntropy, Adam> {
    Trainer::new(Net::seeded(1), CrossEntropy, Adam::new(rate)).batch(8).quiet()
}

fn bits(net: &Net) -> Vec<u32> {
    net.as_flat().iter().map(|w| w.to_bits()).collect()
}

#[test]
fn it_learns() {
    let (train, test) = points(500).split_at(400).expect("two parts");
    let mut trainer = trainer(0.01).epochs(30);
    let history = trainer.fit_validated(&train, &test).expect("training");
    let (first, last) = (history.records()[0], history.records()[29]);
    assert!(last.training.loss < 0.3 * first.training.loss, "{history}");
    assert_eq!(last.validation, Some(trainer.evaluate(&test).expect("an evaluation")));
    assert!(last.validation.and_then(|v| v.accuracy) > Some(0.95), "{history}");
    let confusion = trainer.confusion(&test).expect("an evaluation");
    assert_eq!(confusion.accuracy(), last.validation.and_then(|v| v.accuracy));
    assert_eq!(confusion.total(), 100);
}

#[test]
fn every_sample_weighs_the_same() {
    // 5 samples in batches of 2, without learning: the last batch is half as large.
    let data = points(5);
    let whole = trainer(0.0).batch(5).evaluate(&data).expect("an evaluation");
    for size in [1, 2, 3, 5, 6, usize::MAX] {
        let mut trainer = trainer(0.0).batch(size);
        for measured in [trainer.epoch(&data).expect("training").training, trainer.evaluate(&data).expect("a value")] {
            assert!((measured.loss - whole.loss).abs() < 1e-6, "batches of {size}: {measured} instead of {whole}");
            assert_eq!(measured.accuracy, whole.accuracy, "batches of {size}");
        }
    }
}

#[test]
fn a_second_call_goes_on_where_the_first_ended() {
    let data = points(40);
    let mut once = trainer(0.01).epochs(5);
    let history = once.fit(&data).expect("training");
    let mut twice = trainer(0.01).epochs(2);
    twice.fit(&data).expect("training");
    let mut twice = twice.epochs(3);
    let continued = twice.fit(&data).expect("training");
    assert_eq!(bits(once.model()), bits(twice.model()));
    assert_eq!(continued.records().iter().map(|record| record.epoch).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!(
        history.records().iter().map(|r| r.training).collect::<Vec<_>>(),
        continued.records().iter().map(|r| r.training).collect::<Vec<_>>()
    );
}

#[test]
fn the_seed_decides() {
    let data = points(40);
    let run = |seed| {
        let mut trainer = trainer(0.01).epochs(2).seed(seed);
        trainer.fit(&data).expect("training");
        bits(trainer.model())
    };
    assert_eq!(run(0), run(0));
    assert_ne!(run(0), run(1));
}

/// A source that writes down which rows it is asked for.
struct Watched(Points, Mutex<Vec<u32>>);

impl Source<[f32; 2], Class<2>> for Watched {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn target(&self, row: u32) -> Class<2> {
        Source::<[f32; 2], _>::target(&self.0, row)
    }

    fn gather(&self, rows: &[u32], key: Key, x: &mut [[f32; 2]], y: &mut [Class<2>]) {
        self.1.lock().expect("one thread").extend(rows);
        self.0.gather(rows, key, x, y);
    }
}

#[test]
fn each_epoch_takes_every_row_once_in_an_order_of_its_own() {
    let data = Watched(points(30), Mutex::default());
    let mut trainer = trainer(0.01).epochs(3);
    trainer.fit(&data).expect("training");
    let asked = std::mem::take(&mut *data.1.lock().expect("one thread"));
    let (looked, asked) = asked.split_at(30);
    assert!(looked.is_sorted(), "one look at all rows, in order");
    let epochs: Vec<&[u32]> = asked.chunks(30).collect();
    assert_eq!(epochs.len(), 3);
    assert!(epochs[0] != epochs[1] && epochs[1] != epochs[2]);
    for epoch in epochs {
        let mut rows = epoch.to_vec();
        rows.sort_unstable();
        assert_eq!(rows, (0..30).collect::<Vec<_>>());
    }
    trainer.evaluate(&data).expect("an evaluation");
    assert!(data.1.lock().expect("one thread").is_sorted(), "an evaluation goes in order");
}

#[test]
fn regression_has_a_loss_and_no_accuracy() {
    let samples: Vec<[f64; 1]> = (0..20).map(|i| [f64::from(i) / 20.0]).collect();
    let targets: Vec<[f64; 1]> = samples.iter().map(|[x]| [2.0 * x]).collect();
    let data = Dataset::new(samples, targets).expect("as many targets as samples");
    let model = Dense::<1, 1, Linear, f64>::seeded(0);
    let mut trainer = Trainer::new(model, SquaredError::Half, GradientDescent::new(0.4)).batch(20).epochs(400).quiet();
    let last = *trainer.fit(&data).expect("training").last().expect("a record");
    assert_eq!(last.training.accuracy, None);
    assert!((trainer.model().weight[0][0] - 2.0).abs() < 1e-3, "{:?}", trainer.model().weight);
}

#[test]
fn a_step_of_ones_own() {
    let data = points(8);
    let mut trainer = trainer(0.01);
    let first = trainer.step(data.samples(), data.targets()).expect("a step");
    for _ in 0..50 {
        trainer.step(data.samples(), data.targets()).expect("a step");
    }
    assert!(trainer.step(data.samples(), data.targets()).expect("a step") < first);
}

/// The error, and whether the model is as it was.
fn stops(mut trainer: Trainer<Net, CrossEntropy, Adam>, data: &Points) -> TrainError {
    let start = bits(trainer.model());
    let error = trainer.fit(data).expect_err("the run cannot start");
    assert_eq!(bits(trainer.model()), start, "the model was changed");
    error
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let data = points(4);
    assert_eq!(stops(trainer(0.1).batch(0), &data), TrainError::BatchSize);
    assert_eq!(trainer(0.1).batch(0).evaluate(&data), Err(TrainError::BatchSize));
    for rate in [f64::NAN, f64::INFINITY, -0.1] {
        let error = stops(trainer(rate), &data);
        assert!(matches!(error, TrainError::Optimizer(_)), "{error}");
        assert!(error.to_string().starts_with(&format!("the learning rate is {rate}, ")), "{error}");
        assert!(trainer(rate).step(data.samples(), data.targets()).is_err());
    }
    let (x, targets) = (data.samples(), data.targets());
    let error = trainer(0.1).step(&x[..3], &targets[..2]).expect_err("a row without target");
    assert_eq!(error.to_string(), "the batch has 3 rows and 2 targets, but each row needs one target");
    assert_eq!(trainer(0.1).step(&[], &[]), Err(TrainError::BatchSize));
    assert_eq!(trainer(0.1).epochs(0).fit(&data).expect("nothing to do").records(), []);
}

/// As many samples as it says, all alike.
struct Alike(usize);

impl Source<[f32; 2], Class<2>> for Alike {
    fn len(&self) -> usize {
        self.0
    }

    fn target(&self, _: u32) -> Class<2> {
        Class::default()
    }

    fn gather(&self, _: &[u32], _: Key, x: &mut [[f32; 2]], y: &mut [Class<2>]) {
        x.fill([0.5, 0.5]);
        y.fill(Class::default());
    }
}

#[test]
fn empty_and_endless_data_are_refused() {
    let data = points(4);
    let refusal = |result: Result<_, TrainError>| result.expect_err("no data").to_string();
    let mut trainer = trainer(0.1);
    assert_eq!(
        refusal(trainer.fit(&Alike(0)).map(drop)),
        "the training data are empty, but at least 1 sample is needed"
    );
    let error = refusal(trainer.fit_validated(&data, &Alike(0)).map(drop));
    assert_eq!(error, "the validation data are empty, but at least 1 sample is needed");
    assert_eq!(trainer.evaluate(&Alike(0)), Err(TrainError::NoData { purpose: "evaluation" }));
    let found = u32::MAX as usize + 1;
    assert_eq!(trainer.fit(&Alike(found)), Err(TrainError::TooManySamples { found }));
    assert_eq!(trainer.evaluate(&Alike(found)), Err(TrainError::TooManySamples { found }));
    assert!(trainer.fit(&Alike(3)).is_ok());
}

#[test]
fn a_sample_that_is_not_finite_is_named_before_a_step_is_made() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let (mut samples, targets) = points(20).into_parts();
        samples[13][1] = bad;
        samples[17][0] = bad;
        let data = Dataset::new(samples, targets).expect("as many targets as samples");
        // Batches of 3: four of them come before it.
        for refused in [stops(trainer(0.5).batch(3), &data), trainer(0.5).epoch(&data).expect_err("a bad sample")] {
            let words =
                format!("element 1 of sample 13 of the training data is {bad}, but a network reads finite numbers;");
            assert!(refused.to_string().starts_with(&words), "{refused}");
            assert!(
                matches!(refused, TrainError::Sample { purpose: "training", row: 13, element: 1, .. }),
                "{refused}"
            );
        }
        let refused = trainer(0.5).fit_validated(&points(8), &data).expect_err("a bad sample");
        assert!(matches!(refused, TrainError::Sample { purpose: "validation", row: 13, .. }), "{refused}");
        // A batch of one's own is not looked at before its step, which is not made.
        let error = trainer(0.5).step(data.samples(), data.targets()).expect_err("a bad sample");
        let what = NonFiniteSource::Input { row: 13 };
        assert_eq!(
            error,
            TrainError::NotFinite(NotFinite { epoch: 1, step: 1, learning_rate: 0.5, what, put_back: None }),
            "{error}"
        );
        assert!(error.to_string().starts_with("epoch 1, step 1: sample 13 of the data holds a value"), "{error}");
    }
}

/// What a trainer says of targets, at batches of 2.
fn says<H, L, const N: usize>(loss: L, targets: &[[f32; N]]) -> String
where
    L: LossFor<H, [f32; N]> + Loss<[f32; N], Target = [f32; N]>,
    Dense<1, N, H>: Layer<In = [f32; 1], Out = [f32; N], Head = H, Elem = f32>,
{
    let data = Dataset::new(vec![[0.5_f32]; targets.len()], targets).expect("as many targets as samples");
    let mut trainer =
        Trainer::new(Dense::<1, N, H>::seeded(0), loss, GradientDescent::new(0.0)).batch(2).epochs(1).quiet();
    let said = trainer.fit(&data).map_or_else(|error| error.to_string(), |_| "taken".to_owned());
    let validated = trainer.fit_validated(&Dataset::new([[0.5_f32]; 2], [targets[0]; 2]).expect("two"), &data);
    let validated = validated.map_or_else(|error| error.to_string(), |_| "taken".to_owned());
    assert_eq!(validated, said.replace("training", "validation"));
    said
}

#[test]
fn targets_that_a_loss_does_not_take_are_named_before_a_step_is_made() {
    for bad in [-1.0, 1.000_1, 255.0, f32::NAN] {
        let wanted = |loss| {
            format!("target 2 of the training data: element 1 is {bad}, but `{loss}` takes numbers from 0 to 1;")
        };
        let targets = [[0.0, 1.0], [1.0, 0.25], [0.0, bad]];
        let said = says::<Sigmoid, _, 2>(BinaryCrossEntropy, &targets);
        assert!(said.starts_with(&wanted("BinaryCrossEntropy")), "{said}");
        let said = says::<Linear, _, 2>(BinaryCrossEntropyWithLogits, &targets);
        assert!(said.starts_with(&wanted("BinaryCrossEntropyWithLogits")), "{said}");
    }
    let said = says::<Softmax, _, 3>(SoftCrossEntropy, &[[0.1, 0.2, 0.7], [1.0, 0.0, 1.0]]);
    let words =
        "target 1 of the training data: its elements add up to 2, but `SoftCrossEntropy` takes probabilities that";
    assert!(said.starts_with(words), "{said}");
    let said = says::<LogSoftmax, _, 3>(KullbackLeibler, &[[0.0, 0.0, 0.0]; 2]);
    assert!(said.contains("target 0 of the training data: its elements add up to 0, but `KullbackLeibler`"), "{said}");
    let said = says::<Softmax, _, 2>(KullbackLeibler, &[[0.5, 0.5], [-0.5, 1.5]]);
    assert!(said.contains("target 1 of the training data: element 0 is -0.5"), "{said}");
    for said in [
        says::<Linear, _, 1>(SquaredError::Mean, &[[1e30], [f32::INFINITY]]),
        says::<Linear, _, 1>(AbsoluteError, &[[1e30], [f32::INFINITY]]),
        says::<Linear, _, 1>(Huber::default(), &[[1e30], [f32::INFINITY]]),
    ] {
        assert!(said.contains("target 1 of the training data: element 0 is inf, but `"), "{said}");
        assert!(said.contains("takes finite numbers; leave the row out"), "{said}");
    }
}

#[test]
fn targets_in_the_domain_of_a_loss_are_taken() {
    // Soft labels in single precision, a third to three digits, and both ends of the range.
    assert_eq!(says::<Softmax, _, 3>(SoftCrossEntropy, &[[0.333; 3], [0.1, 0.2, 0.7], [0.0, 1.0, 0.0]]), "taken");
    assert_eq!(says::<Softmax, _, 10>(KullbackLeibler, &[[0.1; 10], [0.1; 10]]), "taken");
    assert_eq!(says::<Sigmoid, _, 2>(BinaryCrossEntropy, &[[0.0, 1.0], [0.5, f32::MIN_POSITIVE]]), "taken");
    assert_eq!(says::<Linear, _, 1>(SquaredError::Half, &[[-1e10], [1e10]]), "taken");
}

#[test]
fn batches_of_one_row_are_refused_where_a_layer_normalises_over_rows() {
    type Normal = Chain<Dense<2, 6, Relu>, Chain<BatchNorm<6>, Dense<6, 2, Softmax>>>;
    let normal = |rows| Trainer::new(Normal::seeded(1), CrossEntropy, Adam::new(0.01)).batch(rows).epochs(1).quiet();
    let data = points(4);
    let error = normal(1).fit(&data).expect_err("nothing would be trained");
    assert_eq!(error, TrainError::OneRow { layer: "rest.first".into(), shards: 1 });
    assert!(
        error.to_string().starts_with("`rest.first` normalises over the rows of a batch, but each batch has 1 row")
    );
    let (x, targets) = (data.samples(), data.targets());
    for refused in [
        normal(64).fit(&points(1)).map(drop),
        normal(1).epoch(&data).map(drop),
        normal(4).step(&x[..1], &targets[..1]).map(drop),
    ] {
        assert!(matches!(refused, Err(TrainError::OneRow { .. })), "{refused:?}");
    }
    let error = normal(4).shards(4).fit(&data).expect_err("nothing would be trained");
    let text = "`rest.first` normalises over the rows of a shard, but each shard of a batch has 1 row, so that nothing before it \
                would be trained; choose a batch size of at least 8, or `LayerNorm`";
    assert_eq!(error.to_string(), text);
    assert!(normal(4).shards(2).fit(&data).is_ok());
    // The last batch of an epoch may have one row: the others train, and in use one row is as good as many.
    assert!(normal(3).fit(&data).is_ok() && normal(1).evaluate(&data).is_ok());
    assert!(trainer(0.01).batch(1).epochs(1).fit(&data).is_ok(), "no layer of this one does");
}

/// A row of two parts is two rows for the layer, and a layer that is frozen does not look at the batch.
#[test]
fn batches_of_one_row_train_where_the_layer_has_more_or_is_frozen() {
    type Parts = Chain<Each<2, BatchNorm<1>>, Chain<Flatten<[[f32; 1]; 2], 2>, Dense<2, 2, Softmax>>>;
    type OnParts = Chain<Reshape<[f32; 2], [[f32; 1]; 2]>, Parts>;
    type Body = Chain<Dense<2, 6, Relu>, BatchNorm<6>>;
    type OnFrozen = Chain<Frozen<Body>, Dense<6, 2, Softmax>>;
    let (data, adam) = (points(4), || Adam::new(0.01));
    assert!(Trainer::new(OnParts::seeded(1), CrossEntropy, adam()).batch(1).epochs(1).quiet().fit(&data).is_ok());
    let mut frozen = Trainer::new(OnFrozen::seeded(1), CrossEntropy, adam()).batch(1).epochs(1).quiet();
    assert!(frozen.fit(&data).is_ok());
    let (before, after) = (OnFrozen::seeded(1), frozen.model());
    assert_eq!(after.as_flat()[..Body::LEN], before.as_flat()[..Body::LEN]);
    assert_ne!(after.as_flat()[Body::LEN..], before.as_flat()[Body::LEN..]);
}

#[test]
fn a_training_without_an_end_can_go_on() {
    let data = points(16);
    let mut trainer = trainer(0.0).epochs(usize::MAX).callback(EarlyStopping::new().patience(2));
    assert_eq!(trainer.fit(&data).expect("training").records().len(), 3);
    assert_eq!(trainer.fit(&data).expect("training").records().len(), 6);
}

#[test]
fn a_parameter_that_is_not_finite_is_named() {
    let mut trainer = trainer(0.5);
    trainer.model_mut().rest.bias[1] = f32::NAN;
    let error = stops(trainer, &points(20));
    assert!(error.to_string().starts_with("epoch 1, step 1: `rest.bias` of the model holds"), "{error}");
}

/// A loss that is 1, with a gradient that is not finite.
struct Cliff;

impl Loss<[f32; 1]> for Cliff {
    type Target = [f32; 1];
}

impl LossFor<Linear, [f32; 1]> for Cliff {
    const LOGITS: bool = false;

    fn value(&self, y: &[[f32; 1]], _: &[[f32; 1]], _: Parallel<'_>) -> f64 {
        y.len() as f64
    }

    fn gradient(&self, y: &[[f32; 1]], targets: &[[f32; 1]], dy: &mut [[f32; 1]], parallel: Parallel<'_>) -> f64 {
        dy.fill([f32::INFINITY]);
        LossFor::<Linear, _>::value(self, y, targets, parallel)
    }
}

#[test]
fn a_gradient_that_is_not_finite_is_named() {
    let mut model = Dense::<1, 1>::zeroed();
    model.weight = [[0.5]];
    let mut trainer = Trainer::new(model, Cliff, GradientDescent::new(0.1)).quiet();
    let error = trainer.step(&[[1.0]], &[[1.0]]).expect_err("the gradient is infinite").to_string();
    assert!(error.starts_with("epoch 1, step 1: the gradient of `weight` is not finite; lower"), "{error}");
    assert_eq!(trainer.model().as_flat().iter().map(|w| w.to_bits()).collect::<Vec<_>>(), [0.5_f32.to_bits(), 0]);
}

/// A finite gradient, times a rate that takes the weight beyond the largest number: the step is told, and not made.
#[test]
fn a_step_beyond_all_numbers_is_named_and_changes_no_bit() {
    let mut model = Dense::<2, 1>::zeroed();
    (model.weight, model.bias) = ([[0.5], [-0.25]], [0.125]);
    let data = Dataset::new([[1.0_f32, 0.0], [20.0, 0.0]], [[1.0_f32], [-3.0]]).expect("two rows");
    let bits = |trainer: &Trainer<_, _, _>| -> Vec<u32> {
        let model: &Dense<2, 1> = trainer.model();
        model.as_flat().iter().map(|w| w.to_bits()).collect()
    };
    let mut trainer = Trainer::new(model, SquaredError::Mean, GradientDescent::new(1e38)).epochs(1).quiet();
    let before = bits(&trainer);
    let error = trainer.fit(&data).expect_err("the weights would be infinite");
    let TrainError::NotFinite(found) = &error else { panic!("{error}") };
    assert_eq!(found.what, NonFiniteSource::Step { name: "weight".into(), undone: true });
    let text = error.to_string();
    assert!(text.starts_with("epoch 1, step 1: the step takes `weight`, or what the optimiser"), "{text}");
    assert!(text.contains("now 1e38") && text.ends_with("(the model is as it was before this step)"), "{text}");
    assert_eq!((bits(&trainer), trainer.steps()), (before, 0));

    // With a rate that is one, it goes on as if nothing had been.
    *trainer.optimizer_mut() = GradientDescent::new(1e-4);
    trainer.fit(&data).expect("finite steps");
    assert_eq!(trainer.steps(), 1);
    // Weights that are put in from outside are looked at too.
    trainer.model_mut().weight = [[f32::MAX], [0.0]];
    assert!(matches!(trainer.fit(&data), Err(TrainError::NotFinite(_))));
    assert_eq!(trainer.model().weight, [[f32::MAX], [0.0]]);
}

#[test]
fn a_run_that_explodes_stops_with_finite_weights() {
    type Line = Chain<Dense<1, 2>, Dense<2, 1>>;
    let data = Dataset::new([[1.0_f32], [2.0]], [[1.0_f32], [2.0]]).expect("as many targets as samples");
    let optimizer = GradientDescent::new(10.0);
    let mut trainer = Trainer::new(Line::seeded(0), SquaredError::Mean, optimizer).batch(2).epochs(100).quiet();
    let error = trainer.fit(&data).expect_err("a rate of 10 is too high");
    let TrainError::NotFinite(NotFinite { epoch, step, learning_rate, what, .. }) = &error else {
        panic!("another error: {error}")
    };
    assert_eq!((*epoch as u64, *learning_rate), (*step, 10.0), "one step in each epoch");
    assert_eq!(trainer.history().records().len(), epoch - 1);
    assert!(matches!(what, NonFiniteSource::Loss { .. } | NonFiniteSource::Gradient { .. }), "{what:?}");
    assert!(trainer.model().as_flat().iter().all(|w| w.is_finite()), "the step was made");
    assert!(error.to_string().contains("lower the learning rate (now 10.0)"), "{error}");
}
