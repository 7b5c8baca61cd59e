//! Products of operands of half the width: what they change, who is told, and what it does to what is learnt.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{env, iter, thread};

use allocation_counter::measure;
use typednet_data::{Dataset, Split, mnist};
use typednet_layers::loss::CrossEntropy;
use typednet_layers::{Chain, Dense, Network, PassContext, Relu, Softmax, pass};
use typednet_optim::Adam;
use typednet_optim::schedule::Cosine;
use typednet_tensor::{Buffer, Class, Flat, Key, Parallel, Precision};
use typednet_train::{TrainError, Trainer};

type Mnist = Chain<Dense<784, 128, Relu>, Chain<Dense<128, 64, Relu>, Dense<64, 10, Softmax>>>;

fn digits(count: usize) -> Dataset<[u8; 784], Class<10>> {
    mnist::embedded().expect("the embedded digits").train.split_at(count).expect("there are 8,000").0
}

fn trainer(precision: Precision) -> Trainer<Mnist, CrossEntropy, Adam> {
    Trainer::new(Mnist::seeded(3), CrossEntropy, Adam::new(1e-3)).precision(precision).epochs(1).quiet()
}

fn bits(x: &[f32]) -> Vec<u32> {
    x.iter().map(|x| x.to_bits()).collect()
}

/// The weights after an epoch, and the loss over other digits.
fn trained(mut trainer: Trainer<Mnist, CrossEntropy, Adam>, count: usize) -> (Vec<u32>, u64) {
    trainer.fit(&digits(count)).expect("finite numbers");
    let loss = trainer.evaluate(&digits(count + 10)).expect("finite numbers").loss;
    (bits(trainer.model().as_flat()), loss.to_bits())
}

#[test]
fn any_number_of_threads_gives_the_same_bits_and_others_than_f32() {
    for (batch, count) in [(1, 20), (33, 150), (300, 300)] {
        let by = |precision, threads| trained(trainer(precision).batch(batch).threads(threads), count);
        let alone = by(Precision::Bf16Portable, 1);
        for threads in [2, 3] {
            assert!(by(Precision::Bf16Portable, threads) == alone, "batch {batch} on {threads} threads");
        }
        assert!(by(Precision::F32, 1) != alone, "batch {batch}");
    }
}

/// Steps, shards and what is measured, each against the same pass by hand; the model by itself is not rounded.
#[test]
fn every_pass_of_a_trainer_is_rounded_and_no_prediction() {
    let data = digits(64);
    let x: Vec<[f32; 784]> = data.samples().iter().map(|x| x.map(|pixel| f32::from(pixel) / 255.0)).collect();
    let data = Dataset::new(x, data.targets().to_vec()).expect("as many");
    let model = Mnist::seeded(3);
    let inferred = |precision| {
        let mut memory = Buffer::new();
        let memory = memory.grow(pass::inference_need::<Mnist>().of(64));
        let run = PassContext::new(Key::new(0)).on(Parallel::serial_in(precision));
        bits(pass::infer(&*model, data.samples(), memory, run).as_flattened())
    };
    let (of_f32, rounded) = (inferred(Precision::F32), inferred(Precision::Bf16Portable));
    assert_ne!(of_f32, rounded);
    for threads in [1, 2] {
        let mut trainer = trainer(Precision::Bf16Portable).threads(threads);
        let outputs = trainer.outputs(&data).expect("finite numbers");
        assert_eq!(bits(outputs.samples().as_flattened()), rounded, "{threads} threads");
        let one = &data.samples()[0];
        assert_eq!(bits(&trainer.predict(one)), bits(&model.predict(one)));
    }
    let weights = |precision, shards| {
        let mut trainer = trainer(precision).shards(shards);
        trainer.step(data.samples(), data.targets()).expect("finite numbers");
        bits(trainer.model().as_flat())
    };
    for shards in [1, 4] {
        assert_ne!(weights(Precision::F32, shards), weights(Precision::Bf16Portable, shards), "{shards} shards");
    }
    // Another precision after the threads have started.
    let mut changed = trainer(Precision::F32).threads(2);
    changed.evaluate(&data).expect("finite numbers");
    let outputs = changed.precision(Precision::Bf16Portable).outputs(&data).expect("finite numbers");
    assert_eq!(bits(outputs.samples().as_flattened()), rounded);
}

#[test]
fn the_precision_is_a_setting_that_a_checkpoint_keeps() {
    let all = |precision| trainer(precision).settings();
    let of = |precision| all(precision).into_iter().find(|(name, _)| name == "precision").map(|(_, value)| value);
    let says = [Precision::F32, Precision::Bf16, Precision::Bf16Portable].map(of);
    assert_eq!(says, [None, Some("bf16".to_owned()), Some("bf16 portable".to_owned())]);

    let path = std::env::temp_dir().join(format!("typednet-precision-{}.safetensors", std::process::id()));
    let mut saved = trainer(Precision::Bf16Portable);
    saved.fit(&digits(64)).expect("training");
    saved.save_checkpoint(&path).expect("room");
    assert_eq!(trainer(Precision::Bf16Portable).resume(&path), Ok(()));
    for (precision, here) in [(Precision::F32, "not set"), (Precision::Bf16, "bf16")] {
        let error = trainer(precision).resume(&path).expect_err("other bits").to_string();
        let words = format!("precision is {here} here and bf16 portable in the file");
        assert!(error.contains(&words), "{error}");
    }
    std::fs::remove_file(path).expect("the file");
}

/// Where there are no tiles, nothing is trained by something else.
#[test]
fn tiles_that_are_not_there_are_an_error_before_the_first_step() {
    let data = digits(64);
    let mut tiles = trainer(Precision::Bf16);
    if let Err(missing) = Precision::Bf16.check() {
        let refused = Err(TrainError::Precision(missing));
        assert_eq!(tiles.fit(&data).map(|_| ()), refused);
        assert_eq!(tiles.evaluate(&data).map(|_| ()), refused);
        assert_eq!(bits(tiles.model().as_flat()), bits(Mnist::seeded(3).as_flat()));
        assert!(missing.to_string().contains("`Precision::Bf16Portable`"), "{missing}");
        println!("not by tiles: {missing}");
        return;
    }
    tiles.fit(&data).expect("training");
    let mut portable = trainer(Precision::Bf16Portable);
    portable.fit(&data).expect("training");
    let far = tiles.model().as_flat().iter().zip(portable.model().as_flat()).map(|(a, b)| (a - b).abs());
    assert!(far.fold(0.0, f32::max) < 1e-3, "one step of Adam");
}

#[test]
fn only_the_first_epoch_allocates() {
    let data = digits(100);
    let allocations = |epochs| {
        let mut trainer = trainer(Precision::Bf16Portable).batch(33).epochs(epochs);
        measure(|| drop(trainer.fit_validated(&data, &data).expect("training"))).count_total
    };
    allocations(1);
    assert_eq!(allocations(4), allocations(1));
}

/// Percent of the test images that are right after five epochs with a rate that falls to 0.
fn right(data: &Split<mnist::Image, mnist::Label>, precision: Precision, seed: u64) -> f64 {
    let steps = 5 * data.train.len().div_ceil(64) as u64;
    let trainer = Trainer::new(Mnist::seeded(seed), CrossEntropy, Adam::new(1e-3)).batch(64).epochs(5).seed(seed);
    let mut trainer = trainer.schedule(Cosine::new(steps)).precision(precision).quiet();
    trainer.fit(&data.train).expect("finite numbers");
    100.0 * trainer.evaluate(&data.test).expect("finite numbers").accuracy.expect("classes")
}

/// Trains from each of these first weights in both precisions, on two threads, and gives the mean of the differences: bf16 − f32.
fn mean_difference(name: &str, data: &Split<mnist::Image, mnist::Label>, seeds: u64) -> f64 {
    let precisions = [Precision::Bf16Portable, Precision::F32];
    let next = AtomicU64::new(0);
    let work = || {
        let numbers = iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed)).take_while(|i| *i < 2 * seeds);
        numbers.map(|i| (i, right(data, precisions[usize::from(i >= seeds)], i % seeds))).collect::<Vec<_>>()
    };
    let mut all = thread::scope(|scope| {
        let other = scope.spawn(work);
        [work(), other.join().expect("no panic")].concat()
    });
    all.sort_by_key(|(i, _)| *i);
    let (rounded, exact) = all.split_at(seeds as usize);
    assert!(
        rounded.iter().zip(exact).any(|((_, rounded), (_, exact))| rounded.to_bits() != exact.to_bits()),
        "nothing was rounded"
    );
    let mut sums = [0.0; 2];
    for ((seed, rounded), (_, exact)) in rounded.iter().zip(exact) {
        println!("{name}, seed {seed}: f32 {exact:.2} %, bf16 {rounded:.2} %, {:+.2}", rounded - exact);
        sums = [sums[0] + exact, sums[1] + rounded];
    }
    let [exact, rounded] = sums.map(|sum| sum / seeds as f64);
    println!("{name}, mean of {seeds}: f32 {exact:.2} %, bf16 {rounded:.2} %, {:+.3}", rounded - exact);
    rounded - exact
}

/// One training by itself is half a point from the next, whatever rounds it.
#[test]
#[ignore = "trains for a minute: cargo xtask check lessons"]
fn digits_are_learnt_as_well() {
    let digits = mnist::embedded().expect("the embedded digits");
    let difference = mean_difference("digits", &digits, 8);
    assert!(difference.abs() <= 0.2, "{difference:+.3}");
}

/// The claim is over the mean. Of ten first weights (10 in place of 3 below) the differences were −0.25, −0.17, 0.08, 0.04, 0.06, −0.13, −0.18, −0.03, 0.09
/// and 0.13: a mean of −0.04 with a deviation of 0.14, so one alone is beyond 0.2 by chance, and the mean of three has a deviation of 0.08. The rate
/// must fall: where it stays at 10⁻³, six differences had a deviation of 0.35 (0.23, −0.21, −0.50, −0.29, 0.39, −0.30), and three of them say nothing
/// about 0.2.
///
/// It notices coarse faults only. With 2 bits behind the point instead of 7 the mean of these three is −0.38; with 3 bits it is −0.17, and
/// with all 7 rounded towards 0 it is +0.08. What is learnt is as good then, so that the rounding is the right one is held by its bits:
/// `tensor/src/matmul/bf16/round.rs` and the tests beside it.
#[test]
#[ignore = "trains for a minute: cargo xtask check lessons"]
fn clothes_are_learnt_as_well() {
    let folder = env::var_os("TYPEDNET_FASHION").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| "/usr/share/datasets/fashion-mnist".into());
    if !folder.exists() {
        println!("skipped: {} does not exist; set TYPEDNET_FASHION to a folder with the files", folder.display());
        return;
    }
    let clothes = mnist::from_folder(folder).expect("the files of Fashion-MNIST");
    let difference = mean_difference("Fashion-MNIST", &clothes, 3);
    assert!(difference.abs() <= 0.2, "{difference:+.3}");
}
