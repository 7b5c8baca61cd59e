//! Batches that are cut into shards: whose sum a step is made from, and what cannot be cut.

use std::sync::{Arc, Mutex};

use typednet_data::Dataset;
use typednet_layers::loss::{CrossEntropy, Masked, SquaredError};
use typednet_layers::{BatchNorm, Chain, Dense, Dropout, Layer, Network, PassContext, Relu, Softmax, Tanh, bits, pass};
use typednet_optim::{Adam, GradientDescent};
use typednet_tensor::{Class, Flat, Key};
use typednet_train::{GradientView, MacroF1, StepView, TopK, TrainError, Trainer};

type Net = Chain<Dense<3, 5, Tanh, f64>, Dense<5, 2, Softmax, f64>>;

fn rows(count: u64) -> Dataset<[f64; 3], Class<2>> {
    let samples: Vec<[f64; 3]> = (0..count).map(|i| [0, 1, 2].map(|j| Key::new(5).uniform(3 * i + j))).collect();
    let targets: Vec<_> = samples.iter().map(|[x, y, _]| Class::new(usize::from(x > y)).expect("a class")).collect();
    Dataset::new(samples, targets).expect("as many targets as samples")
}

/// The gradients of the sums over each shard, added as a tree by hand.
fn tree(net: &Net, data: &Dataset<[f64; 3], Class<2>>, cuts: &[usize]) -> Vec<f64> {
    let mut shards: Vec<Vec<f64>> = Vec::new();
    for cut in cuts.windows(2) {
        let (x, y) = (&data.samples()[cut[0]..cut[1]], &data.targets()[cut[0]..cut[1]]);
        let mut gradient = Net::zeroed();
        if !x.is_empty() {
            let mut memory = vec![0.0; pass::training_need::<Net>().of(x.len())];
            pass::gradient(net, &CrossEntropy, x, y, &mut *gradient, &mut memory, PassContext::new(Key::new(0)));
        }
        shards.push(gradient.as_flat().iter().map(|g| g * x.len() as f64).collect());
    }
    while shards.len() > 1 {
        let added = shards.chunks(2).map(|pair| pair[0].iter().zip(&pair[1]).map(|(a, b)| a + b).collect());
        shards = added.collect();
    }
    shards.remove(0)
}

#[test]
fn a_step_is_made_from_the_tree_over_the_shards() {
    // 13 rows: shards of 3 and 4; 3 rows: one shard of four has none.
    for (count, shards, cuts) in [
        (13, 4, &[0, 3, 6, 9, 13][..]),
        (16, 8, &[0, 2, 4, 6, 8, 10, 12, 14, 16]),
        (3, 4, &[0, 0, 1, 2, 3]),
        (13, 2, &[0, 6, 13]),
    ] {
        let (data, net) = (rows(count), Net::seeded(4));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let to = Arc::clone(&seen);
        let mut trainer = Trainer::new(Net::seeded(4), CrossEntropy, GradientDescent::new(0.5))
            .shards(shards)
            .on_gradient(move |gradient: &mut Net, _: &GradientView<'_, Net>| {
                *to.lock().expect("no panic") = bits_of(gradient);
            })
            .quiet();
        let loss = trainer.step(data.samples(), data.targets()).expect("a step");
        let expected: Vec<u64> =
            tree(&net, &data, cuts).iter().map(|sum| (sum * (1.0 / count as f64)).to_bits()).collect();
        assert!(*seen.lock().expect("no panic") == expected, "{count} rows, {shards} shards");
        let whole =
            Trainer::new(Net::seeded(4), CrossEntropy, GradientDescent::new(0.5)).evaluate(&data).expect("data");
        assert!((loss - whole.loss).abs() < 1e-12, "the mean over the batch: {loss}, {}", whole.loss);
    }
}

type Odd = Chain<
    Dense<3, 6, Relu, f64>,
    Chain<
        BatchNorm<6, typednet_layers::Linear, f64>,
        Chain<Dropout<[f64; 6], { bits(0.5) }>, Dense<6, 2, Softmax, f64>>,
    >,
>;

fn bits_of<M: Layer<Elem = f64>>(model: &M) -> Vec<u64> {
    model.as_flat().iter().map(|weight| weight.to_bits()).collect()
}

/// Also where layers draw and measure: neither threads nor batches that are gathered ahead change a bit, another number of shards
/// does.
#[test]
fn shards_have_the_same_bits_on_threads_and_ahead() {
    let data = rows(100);
    let trained = |shards, threads, ahead| {
        let trainer = Trainer::new(Odd::seeded(2), CrossEntropy, Adam::new(0.02)).batch(32).shards(shards).epochs(3);
        let trainer = if ahead { trainer.gather_ahead() } else { trainer };
        let mut trainer = trainer.threads(threads).metric(MacroF1::new()).metric(TopK::<1>::new()).quiet();
        let history = trainer.fit_validated(&data, &data).expect("training");
        // What is measured over shards is what is measured over batches: the accuracy, by another name.
        let top = history.column("top-1").expect("a column").values();
        for (record, top) in history.records().iter().zip(top) {
            assert_eq!(record.training.accuracy, top.training);
        }
        assert!(history.records()[2].training.loss < history.records()[0].training.loss);
        bits_of(trainer.model())
    };
    let four = trained(4, 1, false);
    assert!(four == trained(4, 3, false) && four == trained(4, 1, true), "threads, and batches ahead");
    assert!(four != trained(1, 1, false) && four != trained(8, 1, false), "other shards are another training");
}

/// Each shard draws masks of its own: else all shards would leave the same elements of their rows out.
#[test]
fn shards_draw_different_random_numbers() {
    type Masks = Chain<Dropout<[f64; 32], { bits(0.5) }>, Dense<32, 1, typednet_layers::Linear, f64>>;
    let (x, y) = (vec![[1.0_f64; 32]; 2], vec![[1.0_f64]; 2]);
    let mut trainer = Trainer::new(Masks::zeroed(), SquaredError::Half, GradientDescent::new(1.0)).shards(2).quiet();
    trainer.step(&x, &y).expect("a step");
    // From weights of 0 each row that has an element moves its weight by 1: by 2·½ in both, by 2·0 in none.
    let weights = &trainer.model().rest.weight;
    let once = weights.iter().filter(|weight| (weight[0] - 1.0).abs() < 1e-9).count();
    assert!((8..=24).contains(&once), "{once} of 32 elements were left out of one row only: {weights:?}");
}

/// Terms that do not count are spread unevenly: each that counts weighs the same.
#[test]
fn shards_weigh_by_what_counts_in_them() {
    type Line = Dense<1, 1, typednet_layers::Linear, f64>;
    let x: Vec<[f64; 1]> = (0..8).map(|i| [f64::from(i)]).collect();
    let y: Vec<Option<[f64; 1]>> = (0..8).map(|i| (i < 3).then_some([1.0])).collect();
    let step = |x: &[[f64; 1]], y: &[Option<[f64; 1]>], shards| {
        let mut trainer =
            Trainer::new(Line::zeroed(), Masked(SquaredError::Half), GradientDescent::new(1.0)).shards(shards);
        let loss = trainer.step(x, y).expect("a step");
        (loss, trainer.model().weight[0][0], trainer.model().bias[0])
    };
    // The means over three rows: of the loss ½, of x 1. The shards have 2, 1, 0 and 0 of them.
    let whole = step(&x, &y, 1);
    let cut = step(&x, &y, 4);
    for (whole, cut) in [(whole.0, cut.0), (whole.1, cut.1), (whole.2, cut.2)] {
        assert!((whole - cut).abs() < 1e-15, "{whole} and {cut}");
    }
    assert!((cut.0 - 0.5).abs() < 1e-15 && (cut.1 - 1.0).abs() < 1e-15, "{cut:?}");
}

/// A callback sees the whole batch, with the outputs of all shards in order.
#[test]
fn a_callback_sees_the_outputs_of_all_shards() {
    struct Look;
    impl typednet_train::Callback<Net> for Look {
        fn every_steps(&self) -> u64 {
            1
        }

        fn before_step(&mut self, view: &StepView<'_, Net>) -> typednet_train::CallbackResult {
            assert_eq!(view.x.len(), view.outputs.len());
            for (x, logits) in view.x.iter().zip(view.outputs) {
                let probability = view.model.predict(x)[0];
                let of_logits = 1.0 / (1.0 + (logits[1] - logits[0]).exp());
                assert!((probability - of_logits).abs() < 1e-12, "{probability} {of_logits}");
            }
            Ok(typednet_train::Control::Continue)
        }
    }
    let mut trainer = Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.1)).batch(10).shards(8).epochs(2);
    trainer = trainer.callback(Look).quiet();
    trainer.fit(&rows(25)).expect("training");
}

#[test]
fn a_batch_that_cannot_be_cut_is_refused_in_words() {
    let data = rows(64);
    let says = |batch, shards| {
        let mut trainer =
            Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.1)).batch(batch).shards(shards).quiet();
        let error = trainer.fit(&data).expect_err("no such shards");
        assert_eq!(error, TrainError::Shards { asked: shards, rows: batch });
        error.to_string()
    };
    for (batch, shards, most) in [(64, 0, 64), (64, 6, 64), (20, 32, 16), (7, 3, 4)] {
        let text = format!(
            "a batch of {batch} rows is to be cut into {shards} shards, but their number must be a power of two from 1 to {most}"
        );
        assert_eq!(says(batch, shards), text);
    }
}
