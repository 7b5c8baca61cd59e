//! Convolutional networks on images of 28×28 grey pixels: `LeNet`, a small network of three convolutions, and `ResNet-8`.
//!
//! ```text
//! cargo run --release --example images
//! cargo run --release --example images -- --data /usr/share/datasets/fashion-mnist --network small --epochs 20 --threads 2
//! cargo run --release --example images -- --data /usr/share/datasets/fashion-mnist --network resnet8 --epochs 20 --threads 2
//! ```
//!
//! Without `--data` it uses the digits inside the program. A tenth of the training images are kept to look at while it trains;
//! the test images are read once, at the end.

use std::error::Error;
use std::path::PathBuf;

use lexopt::prelude::*;
use typednet::data::{Augment, Augmented, mnist};
use typednet::optim::schedule::Cosine;
use typednet::prelude::*;
use typednet::train::Progress;

network! {
    /// 44,426 parameters (`LeCun` et al. 1998, with rectifiers and max-pooling).
    pub struct LeNet: [28, 28, 1]
        => Conv2d<6, 5, Relu> => MaxPool<2> => Conv2d<16, 5, Relu> => MaxPool<2>
        => Flatten => Dense<120, Relu> => Dense<84, Relu> => Dense<10, Softmax> -> 10
}

network! {
    /// Three convolutions, each followed by a normalisation.
    pub struct Small: [28, 28, 1]
        => Conv2d<24, 3, pad = 1, bias = false> => BatchNorm2d<Relu> => MaxPool<2>
        => Conv2d<48, 3, pad = 1, bias = false> => BatchNorm2d<Relu> => MaxPool<2>
        => Conv2d<64, 3, pad = 1, bias = false> => BatchNorm2d<Relu>
        => Flatten => Dropout<0.4> => Dense<10, Softmax> -> 10
}

network! {
    /// Two convolutions around which the signal passes unchanged.
    pub struct Block16: [28, 28, 16]
        => Residual<Conv2d<16, 3, pad = 1, bias = false> => BatchNorm2d<Relu>
                    => Conv2d<16, 3, pad = 1, bias = false> => BatchNorm2d> => Relu -> [28, 28, 16]
}

network! {
    /// Three blocks of two convolutions (He et al. 2016).
    pub struct ResNet8: [28, 28, 1]
        => Conv2d<16, 3, pad = 1, bias = false> => BatchNorm2d<Relu>
        => Block16
        => Add<main: Conv2d<32, 3, stride = 2, pad = 1, bias = false> => BatchNorm2d<Relu>
                     => Conv2d<32, 3, pad = 1, bias = false> => BatchNorm2d,
               skip: Conv2d<32, 1, stride = 2, bias = false> => BatchNorm2d> => Relu
        => Add<main: Conv2d<64, 3, stride = 2, pad = 1, bias = false> => BatchNorm2d<Relu>
                     => Conv2d<64, 3, pad = 1, bias = false> => BatchNorm2d,
               skip: Conv2d<64, 1, stride = 2, bias = false> => BatchNorm2d> => Relu
        => GlobalAvgPool => Dense<10, Softmax> -> 10
}

const _: () = assert!(LeNet::PARAMS == 44_426 && Small::PARAMS < 120_000 && ResNet8::PARAMS < 80_000);

const HELP: &str = "\
Train a convolutional network on images of 28x28 grey pixels.

Usage: images [OPTIONS]

Options:
  --data DIR       A folder with the four files of MNIST or Fashion-MNIST, plain or gzipped
  --network NAME   lenet, small or resnet8 [default: lenet]
  --epochs N       How often to walk over the training data [default: 10]
  --batch N        How many samples a step takes [default: 64]
  --rate NUMBER    The highest learning rate of AdamW, from which it falls along a cosine [default: 0.003]
  --seed N         What the first weights and the order of the samples follow from [default: 0]
  --threads N      How many threads compute [default: 1]
  --quiet          Show no progress while training
  -h, --help       Print this
";

/// The settings of the command line, which [`HELP`] explains.
struct Options {
    data: Option<PathBuf>,
    network: Choice,
    epochs: usize,
    batch: usize,
    rate: f64,
    seed: u64,
    threads: usize,
    quiet: bool,
}

#[derive(Clone, Copy)]
enum Choice {
    LeNet,
    Small,
    ResNet8,
}

impl Options {
    /// What the command line says, or nothing if it asks for help only.
    fn read() -> Result<Option<Self>, lexopt::Error> {
        let mut options = Self {
            data: None,
            network: Choice::LeNet,
            epochs: 10,
            batch: 64,
            rate: 0.003,
            seed: 0,
            threads: 1,
            quiet: false,
        };
        let mut args = lexopt::Parser::from_env();
        while let Some(arg) = args.next()? {
            match arg {
                Long("data") => options.data = Some(args.value()?.into()),
                Long("network") => options.network = args.value()?.parse_with(network)?,
                Long("epochs") => options.epochs = args.value()?.parse_with(count)?,
                Long("batch") => options.batch = args.value()?.parse_with(count)?,
                Long("rate") => options.rate = args.value()?.parse_with(rate)?,
                Long("seed") => options.seed = args.value()?.parse()?,
                Long("threads") => options.threads = args.value()?.parse_with(count)?,
                Long("quiet") => options.quiet = true,
                Short('h') | Long("help") => return Ok(None),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Some(options))
    }
}

fn network(text: &str) -> Result<Choice, &'static str> {
    match text {
        "lenet" => Ok(Choice::LeNet),
        "small" => Ok(Choice::Small),
        "resnet8" => Ok(Choice::ResNet8),
        _ => Err("it must be lenet, small or resnet8"),
    }
}

fn count(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|&count| count > 0).ok_or("it must be a whole number above 0, such as 10")
}

fn rate(text: &str) -> Result<f64, &'static str> {
    let rate = text.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0);
    rate.ok_or("it must be a finite number above 0, such as 0.003")
}

fn main() {
    let options = match Options::read() {
        Ok(Some(options)) => options,
        Ok(None) => return print!("{HELP}"),
        Err(error) => {
            eprintln!("error: {error}; --help names the options");
            std::process::exit(2);
        }
    };
    let done = match options.network {
        Choice::LeNet => run(&options, LeNet::seeded(options.seed)),
        Choice::Small => run(&options, Small::seeded(options.seed)),
        Choice::ResNet8 => run(&options, ResNet8::seeded(options.seed)),
    };
    if let Err(error) = done {
        eprintln!("error: {error}");
        std::process::exit(1);
    }
}

type Grey = [[[f32; 1]; 28]; 28];

fn run<M>(options: &Options, model: Model<M>) -> Result<(), Box<dyn Error>>
where
    M: Layer<In = Grey, Out = [f32; 10], Elem = f32, Head = Softmax>,
{
    let (images, is_fashion) = match &options.data {
        Some(folder) => (mnist::from_folder(folder)?, folder.to_string_lossy().to_lowercase().contains("fashion")),
        None => (mnist::embedded()?, false),
    };
    let images = images.reshape::<Image<28, 28, 1>>();
    let (all, kept) = (images.train.len(), images.train.len() / 10);
    let (train, validation) = images.train.split_at(all - kept)?;
    println!("{}", M::summary());
    println!("{} images to train on, {kept} to look at, {} to test on\n", train.len(), images.test.len());

    let changes = Augment::<28, 28, 1>::new().shift(0.08);
    let changes =
        if is_fashion { changes.flip_horizontal(0.5) } else { changes.rotate(12.0).scale(0.9, 1.1).shear(8.0) };
    let mut trainer = Trainer::new(model, CrossEntropy, AdamW::new(options.rate).weight_decay(0.01))
        .batch(options.batch)
        .epochs(options.epochs)
        .seed(options.seed)
        .threads(options.threads)
        .schedule_by_epoch(Cosine::new(options.epochs as u64))
        .progress(if options.quiet { Progress::None } else { Progress::Auto });
    let history = trainer.fit_validated(&Augmented::new(train, changes)?, &validation)?;

    let confusion = trainer.confusion(&images.test)?;
    println!("{}", confusion.named(if is_fashion { &mnist::FASHION } else { &mnist::DIGITS }));
    if let (Some(accuracy), Some(seconds)) = (confusion.accuracy(), history.median_seconds()) {
        println!("\ntest accuracy {:.2} %", 100.0 * accuracy);
        println!("{seconds:.3} s per epoch (median), {:.2} s for all {}", history.seconds(), history.records().len());
    }
    Ok(())
}
