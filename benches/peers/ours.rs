//! typednet's side of `compare.py`: the time of an epoch or of an inference, as one JSON object.
//!
//! ```text
//! cargo run --release -p benches --example peers_ours -- --threads 1 --batch 64
//! cargo run --release -p benches --example peers_ours -- --threads 1 --infer
//! ```

mod work;

use std::error::Error;
use std::hint::black_box;

use typednet::data::Dataset;
use typednet::layers::{PassContext, pass};
use typednet::prelude::*;
use typednet::tensor::{Buffer, Parallel, ThreadPool};

use work::{Options, TEST_BATCH};

network! {
    /// The network of the lectures, with 109,386 parameters.
    pub struct Mnist: 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10, Softmax> -> 10
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse()?;
    let version = format!("{}, lane {}", env!("CARGO_PKG_VERSION"), typednet::tensor::simd::lane().name());
    if options.infer { infer(options.threads, &version) } else { train(&options, &version) }
}

fn train(options: &Options, version: &str) -> Result<(), Box<dyn Error>> {
    let (images, labels) = work::data(options.samples);
    let labels = labels.into_iter().map(|label| Class::new(label.into())).collect::<Result<Vec<_>, _>>()?;
    let seen = images.len().min(work::TEST_IMAGES);
    let seen = Dataset::new(images[..seen].to_vec(), labels[..seen].to_vec())?;
    let data = Dataset::new(images, labels)?;

    let mut trainer = Trainer::new(Mnist::seeded(0), CrossEntropy, Adam::new(1e-3))
        .batch(options.batch)
        .epochs(options.epochs)
        .threads(options.threads)
        .quiet();
    let history = trainer.fit(&data)?;
    let epoch = history.records().iter().map(|record| record.seconds).fold(f64::INFINITY, f64::min);
    work::print_training(version, epoch, trainer.evaluate(&seen)?.loss);
    Ok(())
}

fn infer(threads: usize, version: &str) -> Result<(), Box<dyn Error>> {
    let model = Mnist::seeded(0);
    let images = work::test_images();
    let one = work::median_microseconds(|| model.predict(black_box(&images[0])));

    let pool = if threads > 1 { Some(ThreadPool::new(threads)?) } else { None };
    let run = PassContext::new(Key::new(0)).on(pool.as_ref().map_or(Parallel::SERIAL, ThreadPool::parallel));
    let mut memory = Buffer::new();
    let memory = memory.grow(pass::inference_need::<Mnist>().of(TEST_BATCH));
    let many = work::best_milliseconds(|| {
        for x in images.chunks(TEST_BATCH) {
            black_box(pass::infer(&*model, black_box(x), memory, run));
        }
    });
    work::print_inference(version, one, many);
    Ok(())
}
