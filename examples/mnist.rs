//! The network of the lectures, 784 → 128 → 64 → 10, trained on handwritten digits.
//!
//! ```text
//! cargo run --release --example mnist
//! cargo run --release --example mnist -- --augment --epochs 60 --batch 32 --rate 0.002
//! cargo run --release --example mnist -- --data /usr/share/datasets/fashion-mnist --epochs 5
//! ```
//!
//! Without `--data` it uses the digits inside the program: 8,000 to train on, 2,000 to test on. Without any setting it
//! ends with an error if it reads fewer than 94 % of the test digits.

use std::error::Error;
use std::path::PathBuf;

use lexopt::prelude::*;
use typednet::data::{Augment, Augmented, mnist};
use typednet::loss::CrossEntropy;
use typednet::optim::Adam;
use typednet::optim::schedule::Cosine;
use typednet::prelude::*;
use typednet::train::Progress;

network! {
    /// Handwritten digits: 28×28 pixels in, one probability for each of ten classes out.
    pub struct Mnist: 784 => hidden: Dense<128, Relu> => Dense<64, Relu> => head: Dense<10, Softmax> -> 10
}

const _: () = assert!(Mnist::PARAMS == 109_386);

const HELP: &str = "\
Train the 109,386-parameter network of the lectures on handwritten digits.

Usage: mnist [OPTIONS]

Options:
  --data DIR      A folder with the four files of MNIST or Fashion-MNIST, plain or gzipped
  --epochs N      How often to walk over the training data [default: 10]
  --batch N       How many samples a step takes [default: 64]
  --rate NUMBER   Adam's learning rate [default: 0.001]
  --seed N        What the first weights and the order of the samples follow from [default: 0]
  --augment       Shift, turn, scale and shear the images anew in every epoch, ahead of the step that needs them, and
                  lower the learning rate along a cosine
  --threads N     How many threads compute [default: 1]
  --picture FILE  Where to write the loss curve [default: target/mnist-loss.svg]
  --quiet         Show no progress while training
  -h, --help      Print this
";

/// The settings of the command line, which [`HELP`] explains.
struct Options {
    data: Option<PathBuf>,
    epochs: usize,
    batch: usize,
    rate: f64,
    seed: u64,
    augment: bool,
    threads: usize,
    picture: PathBuf,
    quiet: bool,
}

impl Options {
    /// What the lectures use.
    fn new() -> Self {
        let picture = "target/mnist-loss.svg".into();
        let (epochs, batch, rate, seed, threads) = (10, 64, 0.001, 0, 1);
        Self { data: None, epochs, batch, rate, seed, augment: false, threads, picture, quiet: false }
    }

    /// What the command line says, or nothing if it asks for help only.
    fn read() -> Result<Option<Self>, lexopt::Error> {
        let mut options = Self::new();
        let mut args = lexopt::Parser::from_env();
        while let Some(arg) = args.next()? {
            match arg {
                Long("data") => options.data = Some(args.value()?.into()),
                Long("epochs") => options.epochs = args.value()?.parse_with(count)?,
                Long("batch") => options.batch = args.value()?.parse_with(count)?,
                Long("rate") => options.rate = args.value()?.parse_with(rate)?,
                Long("seed") => options.seed = args.value()?.parse()?,
                Long("augment") => options.augment = true,
                Long("threads") => options.threads = args.value()?.parse_with(count)?,
                Long("picture") => options.picture = args.value()?.into(),
                Long("quiet") => options.quiet = true,
                Short('h') | Long("help") => return Ok(None),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Some(options))
    }
}

fn count(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|&count| count > 0).ok_or("it must be a whole number above 0, such as 10")
}

fn rate(text: &str) -> Result<f64, &'static str> {
    let rate = text.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0);
    rate.ok_or("it must be a finite number above 0, such as 0.001")
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
    if let Err(error) = run(&options) {
        eprintln!("error: {error}");
        std::process::exit(1);
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let digits = match &options.data {
        Some(folder) => mnist::from_folder(folder)?,
        None => mnist::embedded()?,
    };
    println!("{}", Mnist::summary());
    println!("{} samples to train on, {} to test on\n", digits.train.len(), digits.test.len());

    let mut trainer = Trainer::new(Mnist::seeded(options.seed), CrossEntropy, Adam::new(options.rate))
        .batch(options.batch)
        .epochs(options.epochs)
        .seed(options.seed)
        .threads(options.threads)
        .progress(if options.quiet { Progress::None } else { Progress::Auto });
    let history = if options.augment {
        let changes = Augment::<28, 28, 1>::new().shift(0.08).rotate(12.0).scale(0.9, 1.1).shear(8.0);
        if options.threads == 1 {
            trainer = trainer.gather_ahead();
        }
        trainer = trainer.schedule_by_epoch(Cosine::new(options.epochs as u64));
        trainer.fit_validated(&Augmented::new(digits.train, changes)?, &digits.test)?
    } else {
        trainer.fit_validated(&digits.train, &digits.test)?
    };

    let names = if is_fashion(options) { &mnist::FASHION } else { &mnist::DIGITS };
    let confusion = trainer.confusion(&digits.test)?;
    println!("{}", confusion.named(names));
    println!("most confused:");
    for mistake in confusion.most_confused(5) {
        let [truth, predicted] = [mistake.truth, mistake.predicted].map(|class| names[class.index()]);
        println!("  {truth} taken for {predicted}: {} times", mistake.count);
    }
    if let (Some(accuracy), Some(seconds)) = (confusion.accuracy(), history.median_seconds()) {
        println!("\ntest accuracy {:.2} %", 100.0 * accuracy);
        println!("{seconds:.3} s per epoch (median), {:.2} s for all {}", history.seconds(), history.records().len());
    }

    if let Some(folder) = options.picture.parent() {
        std::fs::create_dir_all(folder)?;
    }
    history.write_svg(&options.picture).map_err(|error| format!("{}: {error}", options.picture.display()))?;
    println!("loss curve in {}", options.picture.display());
    match confusion.accuracy() {
        Some(accuracy) if options.is_lectures() => check(accuracy),
        _ => Ok(()),
    }
}

/// The share of the embedded test digits that the network of the lectures reads rightly after ten epochs.
const CLAIM: f64 = 0.94;

/// The claim of the course.
///
/// # Errors
/// If it is not so.
fn check(accuracy: f64) -> Result<(), Box<dyn Error>> {
    if accuracy >= CLAIM {
        return Ok(());
    }
    Err(format!("at least {:.0} % should be right, but {:.2} % are", 100.0 * CLAIM, 100.0 * accuracy).into())
}

impl Options {
    /// Whether the training is the one of which the course claims something: the embedded digits, ten epochs of 64 in a
    /// step at a rate of 0.001, from any seed.
    #[allow(clippy::float_cmp, reason = "the default is that number to the bit")]
    fn is_lectures(&self) -> bool {
        self.data.is_none() && !self.augment && self.epochs == 10 && self.batch == 64 && self.rate == 0.001
    }
}

/// The files do not say what they hold, but the folder's name does.
fn is_fashion(options: &Options) -> bool {
    options.data.as_ref().is_some_and(|folder| folder.to_string_lossy().to_lowercase().contains("fashion"))
}
