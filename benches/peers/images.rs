//! typednet's side of `compare.py --work images`: a training step of 64 images, one image and 256 at inference, as one JSON object.
//!
//! ```text
//! cargo run --release -p benches --example peers_images -- --threads 1 --network resnet8
//! cargo run --release -p benches --example peers_images -- --threads 1 --network lenet --epochs 10
//! ```

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/image_networks.rs"]
mod image_networks;

use std::error::Error;
use std::hint::black_box;

use typednet::data::Dataset;
use typednet::layers::{PassContext, pass};
use typednet::prelude::*;
use typednet::tensor::{Buffer, Parallel, ThreadPool, flat_mut, zeroed_samples};

use common::least;
use image_networks::{LeNet, ResNet8};

network! {
    /// The blocks of the first stage, which keep the sizes that they read.
    struct Blocks16: [32, 32, 16]
        => Residual<Conv2d<16, 3, pad = 1, bias = false> => BatchNorm2d<Relu> => Conv2d<16, 3, pad = 1, bias = false> => BatchNorm2d> => Relu
        => Residual<Conv2d<16, 3, pad = 1, bias = false> => BatchNorm2d<Relu> => Conv2d<16, 3, pad = 1, bias = false> => BatchNorm2d> => Relu
        => Residual<Conv2d<16, 3, pad = 1, bias = false> => BatchNorm2d<Relu> => Conv2d<16, 3, pad = 1, bias = false> => BatchNorm2d> => Relu
}

network! {
    /// The blocks of the second stage behind the one that halves the image.
    struct Blocks32: [16, 16, 32]
        => Residual<Conv2d<32, 3, pad = 1, bias = false> => BatchNorm2d<Relu> => Conv2d<32, 3, pad = 1, bias = false> => BatchNorm2d> => Relu
        => Residual<Conv2d<32, 3, pad = 1, bias = false> => BatchNorm2d<Relu> => Conv2d<32, 3, pad = 1, bias = false> => BatchNorm2d> => Relu
}

network! {
    /// The blocks of the third stage behind the one that halves the image.
    struct Blocks64: [8, 8, 64]
        => Residual<Conv2d<64, 3, pad = 1, bias = false> => BatchNorm2d<Relu> => Conv2d<64, 3, pad = 1, bias = false> => BatchNorm2d> => Relu
        => Residual<Conv2d<64, 3, pad = 1, bias = false> => BatchNorm2d<Relu> => Conv2d<64, 3, pad = 1, bias = false> => BatchNorm2d> => Relu
}

network! {
    struct ResNet20: [32, 32, 3]
        => Conv2d<16, 3, pad = 1, bias = false> => BatchNorm2d<Relu>
        => Blocks16
        => Add<main: Conv2d<32, 3, stride = 2, pad = 1, bias = false> => BatchNorm2d<Relu> => Conv2d<32, 3, pad = 1, bias = false> => BatchNorm2d,
               skip: Conv2d<32, 1, stride = 2, bias = false> => BatchNorm2d> => Relu
        => Blocks32
        => Add<main: Conv2d<64, 3, stride = 2, pad = 1, bias = false> => BatchNorm2d<Relu> => Conv2d<64, 3, pad = 1, bias = false> => BatchNorm2d,
               skip: Conv2d<64, 1, stride = 2, bias = false> => BatchNorm2d> => Relu
        => Blocks64
        => GlobalAvgPool => Dense<10, Softmax> -> 10
}

const BATCH: usize = 64;
const MANY: usize = 256;
/// Images of an epoch, as many as MNIST's.
const EPOCH: usize = 60_000;

/// What is asked for.
struct Options {
    threads: usize,
    network: String,
    epochs: usize,
}

impl Options {
    fn parse() -> Result<Self, String> {
        let mut options = Self { threads: 1, network: "lenet".to_owned(), epochs: 0 };
        let mut words = std::env::args().skip(1);
        while let Some(flag) = words.next() {
            let word = words.next().unwrap_or_default();
            let number = || word.parse::<usize>().map_err(|_| format!("{flag} needs a number, found `{word}`"));
            match flag.as_str() {
                "--threads" => options.threads = number()?.max(1),
                "--epochs" => options.epochs = number()?,
                "--network" => options.network = word,
                _ => return Err(format!("{flag} is none of --threads --network --epochs")),
            }
        }
        Ok(options)
    }
}

/// Images of random numbers from 0 to 1 and random labels.
fn data<S: Sample<Elem = f32>>(count: usize) -> (Vec<S>, Vec<Class<10>>) {
    let (pixels, of_label) = (Key::new(1), Key::new(2));
    let mut images = zeroed_samples::<S>(count);
    for (at, pixel) in flat_mut(&mut images).iter_mut().enumerate() {
        *pixel = pixels.uniform(at as u64);
    }
    let labels = (0..count).map(|row| Class::new(of_label.below(row as u64, 10) as usize).expect("below 10")).collect();
    (images, labels)
}

/// A training step.
fn step<M>(threads: usize) -> f64
where
    M: Layer<In: Sample<Elem = f32>, Out = [f32; 10], Elem = f32, Head = Softmax>,
{
    let (images, labels) = data::<M::In>(BATCH);
    let mut trainer = Trainer::new(M::seeded(0), CrossEntropy, Adam::new(1e-3)).batch(BATCH).threads(threads);
    least(4, || {
        trainer.step(&images, &labels).expect("finite numbers");
    })
}

/// One image and 256 of them through `LeNet`.
fn inference(threads: usize) -> Result<[f64; 2], Box<dyn Error>> {
    let model = LeNet::seeded(0);
    let (images, _) = data::<<LeNet as Layer>::In>(MANY);
    let one = least(1, || {
        black_box(model.predict(black_box(&images[0])));
    });
    let pool = if threads > 1 { Some(ThreadPool::new(threads)?) } else { None };
    let run = PassContext::new(Key::new(0)).on(pool.as_ref().map_or(Parallel::SERIAL, ThreadPool::parallel));
    let mut memory = Buffer::new();
    let memory = memory.grow(pass::inference_need::<LeNet>().of(MANY));
    let many = least(1, || {
        black_box(pass::infer(&*model, black_box(&images), memory, run));
    });
    Ok([one, many])
}

/// Seconds of all `epochs` over as many images as MNIST has, shuffled in each.
fn epochs(count: usize, threads: usize) -> Result<f64, Box<dyn Error>> {
    let (images, labels) = data::<<LeNet as Layer>::In>(EPOCH);
    let data = Dataset::new(images, labels)?;
    let mut trainer = Trainer::new(LeNet::seeded(0), CrossEntropy, Adam::new(1e-3))
        .batch(BATCH)
        .epochs(count)
        .threads(threads)
        .quiet();
    Ok(trainer.fit(&data)?.records().iter().map(|record| record.seconds).sum())
}

fn main() -> Result<(), Box<dyn Error>> {
    let Options { threads, network, epochs: count } = Options::parse()?;
    let (step, parameters) = match network.as_str() {
        "lenet" => (step::<LeNet>(threads), LeNet::PARAMS),
        "resnet8" => (step::<ResNet8>(threads), ResNet8::PARAMS),
        "resnet20" => (step::<ResNet20>(threads), ResNet20::PARAMS),
        _ => return Err(format!("{network} is none of lenet resnet8 resnet20").into()),
    };
    let version = format!("{}, lane {}", env!("CARGO_PKG_VERSION"), typednet::tensor::simd::lane().name());
    print!(r#"{{"version": "{version}", "step": {step:.3}, "parameters": {parameters}"#);
    if network == "lenet" {
        let [one, many] = inference(threads)?;
        print!(r#", "one": {one:.3}, "many": {many:.3}"#);
        if count > 0 {
            print!(r#", "epochs": {:.4}"#, epochs(count, threads)?);
        }
    }
    println!("}}");
    Ok(())
}
