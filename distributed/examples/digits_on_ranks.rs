//! The network of the lectures, trained on handwritten digits by any number of processes, with the same weights to the bit.
//!
//! ```text
//! cargo run --release -p typednet-distributed --example digits_on_ranks
//! torchrun --no-python --nproc-per-node 4 target/release/examples/digits_on_ranks
//! srun --ntasks 8 target/release/examples/digits_on_ranks
//! mpirun -n 4 target/release/examples/digits_on_ranks --mpi          (built with --features mpi)
//! ```
//!
//! Rank 0 prints a hash of the weights at the end. Where SIGTERM or Ctrl-C has ended the training after a step, the program ends with code 75,
//! which says that it can go on later.
//!
//! `--network mlp|lenet|gru`, `--batch N`, `--steps N` (50), `--shards N` (8), `--threads N`, `--checkpoints FOLDER` (goes on from there),
//! `--patience SECONDS`, `--tcp` (ranks of one machine use TCP too), `--time` (prints the microseconds of a step, in the mean and in the best epoch), `--cut FOLDER` (writes the digits as eight files `part-0` to `part-7`,
//! and ends), `--parts FOLDER` (reads those; a rank needs the files of its own shards only), `--file FILE` (reads one file of all of them,
//! which `cat` makes)

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use typednet::data::{OnDisk, Parts, mnist};
use typednet::loss::CrossEntropy;
use typednet::optim::Adam;
use typednet::prelude::*;
use typednet_distributed::Meeting;
use typednet_train::{
    Callback, CallbackResult, Checkpoints, Control, Data, Interrupt, Progress, Ranks, RanksError, StepView, TrainError,
};

network! {
    /// The network of the lectures.
    pub struct Mlp: 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10, Softmax> -> 10
}

network! {
    /// `LeNet`-5.
    pub struct LeNet: [28, 28, 1]
        => Conv2d<6, 5, Relu> => MaxPool<2> => Conv2d<16, 5, Relu> => MaxPool<2>
        => Flatten => Dense<120, Relu> => Dense<84, Relu> => Dense<10, Softmax> -> 10
}

network! {
    /// An image as a sequence of its rows.
    pub struct Rows: [28, 28] => Gru<32> => Last => Dense<10, Softmax> -> 10
}

/// How many shards a batch has, where nothing else is said, and the digits parts.
const SHARDS: usize = 8;

/// The settings of the command line.
struct Options {
    network: String,
    batch: usize,
    steps: u64,
    shards: usize,
    threads: usize,
    checkpoints: Option<String>,
    patience: u64,
    mpi: bool,
    tcp: bool,
    time: bool,
    cut: Option<String>,
    parts: Option<String>,
    file: Option<String>,
}

impl Options {
    fn read() -> Result<Self, Box<dyn Error>> {
        let mut options = Self {
            network: "mlp".to_owned(),
            batch: 64,
            steps: 50,
            shards: SHARDS,
            threads: 1,
            checkpoints: None,
            patience: 60,
            mpi: false,
            tcp: false,
            time: false,
            cut: None,
            parts: None,
            file: None,
        };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("`{word}` wants a value behind it"));
            match word.as_str() {
                "--network" => options.network = value()?,
                "--batch" => options.batch = value()?.parse()?,
                "--steps" => options.steps = value()?.parse()?,
                "--shards" => options.shards = value()?.parse()?,
                "--threads" => options.threads = value()?.parse()?,
                "--checkpoints" => options.checkpoints = Some(value()?),
                "--patience" => options.patience = value()?.parse()?,
                "--mpi" => options.mpi = true,
                "--tcp" => options.tcp = true,
                "--time" => options.time = true,
                "--cut" => options.cut = Some(value()?),
                "--parts" => options.parts = Some(value()?),
                "--file" => options.file = Some(value()?),
                _ => return Err(format!("`{word}` is no option; the first lines of this example list them").into()),
            }
        }
        Ok(options)
    }

    /// The processes that train together.
    fn ranks(&self) -> Result<Box<dyn Ranks>, RanksError> {
        let patience = Duration::from_secs(self.patience);
        if !self.mpi {
            let meeting = Meeting::from_env()?.patience(patience);
            let meeting = if self.tcp { meeting.tcp_only() } else { meeting };
            return Ok(Box::new(meeting.connect()?));
        }
        #[cfg(feature = "mpi")]
        return Ok(Box::new(typednet_distributed::Mpi::world()?.patience(patience)));
        #[cfg(not(feature = "mpi"))]
        Err(RanksError::Start { reason: "this program was built without MPI: add `--features mpi`".to_owned() })
    }
}

/// Ends the training after a step.
struct StopAfter(u64);

impl<M: Layer> Callback<M> for StopAfter {
    fn every_steps(&self) -> u64 {
        self.0
    }

    fn after_step(&mut self, view: &StepView<'_, M>) -> CallbackResult {
        Ok(if view.step == self.0 { Control::Stop } else { Control::Continue })
    }
}

fn train<M>(
    options: &Options,
    train: &dyn Data<M::In, Class<10>>,
    test: &dyn Data<M::In, Class<10>>,
) -> Result<(), Box<dyn Error>>
where
    M: Layer<Elem = f32, Out = [f32; 10], Head = Softmax> + Network,
{
    let ranks = options.ranks()?;
    let (rank, size) = (ranks.rank(), ranks.size());
    let steps_of_an_epoch = train.len().div_ceil(options.batch.max(1));
    let epochs = options.steps.div_ceil(steps_of_an_epoch as u64) as usize;
    let mut trainer = Trainer::new(M::seeded(0), CrossEntropy, Adam::new(1e-3))
        .batch(options.batch)
        .shards(options.shards)
        .ranks(ranks)
        .threads(options.threads)
        .epochs(epochs)
        .callback(StopAfter(options.steps))
        .stop_on(Interrupt::on_signals()?)
        .progress(if options.time { Progress::None } else { Progress::default() });
    if let Some(folder) = &options.checkpoints {
        trainer = trainer.checkpoints(Checkpoints::new(folder).every_steps(10).last(2).resume());
    }
    let began = Instant::now();
    let history = trainer.fit(train)?;
    let seconds = began.elapsed().as_secs_f64();
    // The last epoch may have been stopped.
    let whole = history.records().iter().take(options.steps as usize / steps_of_an_epoch);
    let best = whole.map(|record| record.seconds).fold(f64::INFINITY, f64::min);
    if rank == 0 {
        // FNV-1a.
        let bytes = trainer.model().as_flat().iter().flat_map(|weight| weight.to_bits().to_le_bytes());
        let hash =
            bytes.fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
        let accuracy = trainer.evaluate(test)?.accuracy.unwrap_or(0.0);
        println!("{} steps on {size} ranks: weights {hash:016x}, accuracy {accuracy:.4}", trainer.steps());
        if options.time {
            let mean = seconds * 1e6 / trainer.steps() as f64;
            println!("{mean:.1} µs a step, {:.1} in the best epoch", best * 1e6 / steps_of_an_epoch as f64);
        }
    }
    Ok(())
}

type Digits<X> = Dataset<X, Class<10>>;

/// Writes the pixels of the digits as a file for each shard.
fn cut(folder: &Path, digits: &Digits<[u8; 784]>) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let parts = Parts::even(digits.len(), SHARDS)?;
    for part in 0..SHARDS {
        let rows = parts.rows(part);
        let pixels = digits.samples()[rows.start as usize..rows.end as usize].as_flattened();
        fs::write(folder.join(format!("part-{part}")), pixels)?;
    }
    Ok(())
}

/// The digits as samples `X`: those of a file for each shard or of one file, where the options say so.
fn from_files<X: Sample<Elem = u8>>(
    options: &Options,
    targets: &[Class<10>],
) -> Result<Option<OnDisk<X, Class<10>>>, Box<dyn Error>> {
    if let Some(file) = &options.file {
        return Ok(Some(OnDisk::records(file, 0, targets.to_vec())?));
    }
    let Some(folder) = options.parts.as_deref().map(Path::new) else { return Ok(None) };
    let parts = Parts::even(targets.len(), SHARDS)?;
    let files = (0..SHARDS).map(|part| {
        let rows = parts.rows(part);
        (folder.join(format!("part-{part}")), targets[rows.start as usize..rows.end as usize].to_vec())
    });
    Ok(Some(OnDisk::record_parts(0, files)?))
}

/// Trains on the digits, from memory or from files.
fn train_on<M, X>(options: &Options, digits: &Digits<X>, test: &Digits<X>) -> Result<(), Box<dyn Error>>
where
    M: Layer<Elem = f32, Out = [f32; 10], Head = Softmax> + Network,
    X: Sample<Elem = u8>,
    Digits<X>: Data<M::In, Class<10>>,
    OnDisk<X, Class<10>>: Data<M::In, Class<10>>,
{
    match from_files::<X>(options, digits.targets())? {
        Some(files) => train::<M>(options, &files, test),
        None => train::<M>(options, digits, test),
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let options = Options::read()?;
    let Split { train, test } = mnist::embedded()?;
    if let Some(folder) = &options.cut {
        return cut(Path::new(folder), &train);
    }
    match options.network.as_str() {
        "mlp" => train_on::<Mlp, _>(&options, &train, &test),
        "lenet" => train_on::<LeNet, [[[u8; 1]; 28]; 28]>(&options, &train.reshape(), &test.reshape()),
        "gru" => train_on::<Rows, [[u8; 28]; 28]>(&options, &train.reshape(), &test.reshape()),
        other => Err(format!("`{other}` is no network of this example; use mlp, lenet or gru").into()),
    }
}

/// What a program ends with that can go on later: `EX_TEMPFAIL`.
const LATER: u8 = 75;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    match run() {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) if matches!(error.downcast_ref(), Some(TrainError::Interrupted(_))) => {
            eprintln!("{error}");
            Ok(ExitCode::from(LATER))
        }
        Err(error) => Err(error),
    }
}
