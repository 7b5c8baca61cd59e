//! A training that is watched: what happens in each layer, said in words and shown on a page.
//!
//! ```text
//! cargo run --release --features watch --example watch
//! cargo run --release --features watch --example watch -- --ill
//! tensorboard --logdir target/watch/tensorboard
//! ```
//!
//! It trains on the digits inside the program. With `--ill` it trains a stack of ten sigmoid layers, whose gradients vanish.

use std::error::Error;
use std::path::{Path, PathBuf};

use lexopt::prelude::*;
use typednet::data::mnist::{self, Image, Label};
use typednet::loss::CrossEntropy;
use typednet::optim::Optimizer;
use typednet::prelude::*;
use typednet::tensor::Model;
use typednet::train::{Progress, TrainError};
use typednet::watch::{
    CsvFile, Finding, JsonLines, Log, PictureShape, Problem, Report, Severity, TensorBoard, worst_mistakes,
};

network! {
    /// The network of the lectures.
    pub struct Healthy: 784 => hidden: Dense<128, Relu> => Dense<64, Relu> => head: Dense<10, Softmax> -> 10
}

network! {
    /// Ten layers of sigmoid: each takes at least three quarters of the gradient that reaches it.
    pub struct Ill: 784
        => Dense<32, Sigmoid> => Dense<32, Sigmoid> => Dense<32, Sigmoid> => Dense<32, Sigmoid> => Dense<32, Sigmoid>
        => Dense<32, Sigmoid> => Dense<32, Sigmoid> => Dense<32, Sigmoid> => Dense<32, Sigmoid> => Dense<32, Sigmoid>
        => head: Dense<10, Softmax> -> 10
}

const HELP: &str = "\
Train on handwritten digits and watch what happens in each layer.

Usage: watch [OPTIONS]

Options:
  --ill        Train a deep stack of sigmoid layers, which cannot learn
  --epochs N   How often to walk over the training data [default: 8]
  --every N    Measure every so many steps [default: 50]
  --seed N     What the first weights and the order of the samples follow from [default: 0]
  --out DIR    The folder that everything is written to [default: target/watch]
  --quiet      Show no progress while training
  -h, --help   Print this
";

/// The settings of the command line, which [`HELP`] explains.
struct Options {
    ill: bool,
    epochs: usize,
    every: u64,
    seed: u64,
    out: PathBuf,
    quiet: bool,
}

impl Options {
    /// What the command line says, or nothing if it asks for help only.
    fn read() -> Result<Option<Self>, lexopt::Error> {
        let out = "target/watch".into();
        let mut options = Self { ill: false, epochs: 8, every: 50, seed: 0, out, quiet: false };
        let mut args = lexopt::Parser::from_env();
        while let Some(arg) = args.next()? {
            match arg {
                Long("ill") => options.ill = true,
                Long("epochs") => options.epochs = args.value()?.parse_with(epochs)?,
                Long("every") => options.every = args.value()?.parse()?,
                Long("seed") => options.seed = args.value()?.parse()?,
                Long("out") => options.out = args.value()?.into(),
                Long("quiet") => options.quiet = true,
                Short('h') | Long("help") => return Ok(None),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Some(options))
    }
}

fn epochs(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|&epochs| epochs > 0).ok_or("it must be a whole number above 0, such as 8")
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
    let done = if options.ill {
        run(&options, Ill::seeded(options.seed), GradientDescent::new(0.1))
    } else {
        run(&options, Healthy::seeded(options.seed), Adam::new(0.001))
    };
    if let Err(error) = done {
        eprintln!("error: {error}");
        std::process::exit(1);
    }
}

fn run<M, O: Optimizer>(options: &Options, model: Model<M>, optimizer: O) -> Result<(), Box<dyn Error>>
where
    M: Layer<In = [f32; 784], Out = [f32; 10], Elem = f32, Head = Softmax>,
{
    let Split { train, test } = mnist::embedded()?;
    println!("{}", M::summary());

    let out = &options.out;
    let monitor = Monitor::new()
        .every(options.every)
        .sink(JsonLines::create(out.join("log.jsonl"))?)
        .sink(CsvFile::create(out.join("log.csv"))?)
        .sink(TensorBoard::create(run_folder(out, options.ill))?);
    let mut trainer = Trainer::new(model, CrossEntropy, optimizer)
        .epochs(options.epochs)
        .seed(options.seed)
        .progress(if options.quiet { Progress::None } else { Progress::Auto })
        .callback(monitor.clone());
    match trainer.fit_validated(&train, &test) {
        Ok(_) => {}
        // The report says why.
        Err(error @ TrainError::NotFinite(_)) => monitor.failed(&error)?,
        Err(error) => return Err(error.into()),
    }

    let confusion = trainer.confusion(&test)?;
    let shape = PictureShape::grey(28, 28).range(0.0, 1.0);
    let mistakes = worst_mistakes(trainer.model(), &CrossEntropy, &test, &mnist::DIGITS, shape, 18)?;
    monitor.show_mistakes(&mistakes)?;

    let log = monitor.log();
    let findings = log.findings.clone();
    print_layers(&log);
    print_findings(&log);
    let page = out.join("report.html");
    Report::new(if options.ill { "Ten layers of sigmoid" } else { "Handwritten digits" }, log)
        .fact("data", format!("{}, {} to test on", samples(&train), test.len()))
        .fact("network", M::TREE.to_string())
        .confusion(&confusion, &mnist::DIGITS)
        .mistakes(mistakes)
        .write(&page)?;
    println!("\nthe report is in {}", page.display());
    println!("log.jsonl, log.csv and tensorboard/ are beside it");
    claim(options.ill, &findings)
}

/// The stack of sigmoids has gradients that shrink; the healthy network can be trained.
fn claim(ill: bool, findings: &[Finding]) -> Result<(), Box<dyn Error>> {
    let has = |problem| findings.iter().any(|finding| finding.problem == problem);
    if ill && !has(Problem::ShrinkingGradient) {
        return Err(
            "ten layers of sigmoid should make the gradient shrink fourfold in each, but it was not found".into()
        );
    }
    if !ill && findings.iter().any(|finding| finding.severity == Severity::Error) {
        return Err("the network of the lectures should learn, but something was found that keeps it from that".into());
    }
    Ok(())
}

fn samples(data: &Dataset<Image, Label>) -> String {
    format!("{} handwritten digits to train on", data.len())
}

/// Each run has a folder of its own, so that `TensorBoard` shows them side by side.
fn run_folder(out: &Path, ill: bool) -> PathBuf {
    out.join("tensorboard").join(if ill { "ill" } else { "healthy" })
}

/// What was measured last.
fn print_layers(log: &Log) {
    let Some(last) = log.measurements.last() else { return };
    println!("step {}:", last.step);
    println!(
        "{:<10}{:>12}{:>12}{:>16}{:>12}{:>10}",
        "layer", "gradient", "weights", "update/weights", "deviation", "dead"
    );
    for (layer, measured) in log.layers.iter().zip(&last.layers) {
        let numbers = measured.numbers();
        let number = |name: &str| numbers.iter().find(|(other, _)| *other == name).and_then(|(_, value)| *value);
        let scientific = |name| number(name).map_or_else(|| "-".into(), |value| format!("{value:.1e}"));
        let dead = number("dead").map_or_else(|| "-".into(), |share| format!("{:.1} %", 100.0 * share));
        println!(
            "{:<10}{:>12}{:>12}{:>16}{:>12}{dead:>10}",
            layer.name,
            scientific("gradient_norm"),
            scientific("weight_norm"),
            scientific("update_ratio"),
            scientific("activation_deviation"),
        );
    }
}

fn print_findings(log: &Log) {
    if log.findings.is_empty() {
        println!("\nnothing was found to be wrong");
        return;
    }
    println!("\nfindings:");
    for finding in &log.findings {
        println!("- {finding}");
    }
}
