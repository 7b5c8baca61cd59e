//! Products of operands of half the width: what they change, who is told, and what it does to what is learnt.

use allocation_counter::measure;
use typednet_data::{Dataset, mnist};
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

/// Five epochs over the embedded digits from each of eight first weights, with a rate that falls to 0: as many are right in the end. One training
/// by itself is half a point from the next, whatever rounds it.
#[test]
#[ignore = "trains for a minute: cargo xtask check lessons"]
fn digits_are_learnt_as_well() {
    let digits = mnist::embedded().expect("the embedded digits");
    let right = |precision| {
        let of = |seed| {
            let trainer = Trainer::new(Mnist::seeded(seed), CrossEntropy, Adam::new(1e-3)).seed(seed);
            let trainer = trainer.schedule(Cosine::new(5 * 125)).precision(precision).epochs(5).threads(2);
            let mut trainer = trainer.quiet();
            trainer.fit(&digits.train).expect("finite numbers");
            100.0 * trainer.evaluate(&digits.test).expect("finite numbers").accuracy.expect("classes")
        };
        (0..8).map(of).collect::<Vec<_>>()
    };
    let all = [Precision::F32, Precision::Bf16Portable].map(right);
    let [of_f32, rounded] = all.each_ref().map(|all| all.iter().sum::<f64>() / all.len() as f64);
    println!("right of {}: f32 {of_f32:.2} %, bf16 {rounded:.2} %, {all:.2?}", digits.test.len());
    assert!((of_f32 - rounded).abs() <= 0.2, "{all:?}");
}
