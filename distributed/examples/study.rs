//! A search for the learning rate and the batch size of a network for handwritten digits, by any number of processes, with the same trials.
//!
//! ```text
//! cargo run --release -p typednet-distributed --example study
//! srun --ntasks 8 --no-kill --kill-on-bad-exit=0 target/release/examples/study
//! mpirun -n 4 target/release/examples/study --mpi          (built with --features mpi)
//! ```
//!
//! Rank 0 shows the search, prints the table, and keeps the trials in the file.
//!
//! `--file PATH` (goes on from there), `--trials N` (16), `--concurrent N` (8), `--epochs N` of a trial (2), `--patience SECONDS`

use std::error::Error;
use std::time::Duration;

use typednet::data::mnist;
use typednet::loss::CrossEntropy;
use typednet::optim::Adam;
use typednet::prelude::*;
use typednet::tune::{MedianPruner, Space, Study, Tpe};
use typednet_distributed::Meeting;
use typednet_train::{RanksError, Star};

network! {
    /// The network of the lectures, smaller.
    pub struct Mlp: 784 => Dense<32, Relu> => Dense<10, Softmax> -> 10
}

/// The settings of the command line.
struct Options {
    file: Option<String>,
    trials: usize,
    concurrent: usize,
    epochs: usize,
    patience: u64,
    mpi: bool,
}

impl Options {
    fn read() -> Result<Self, Box<dyn Error>> {
        let mut options = Self { file: None, trials: 16, concurrent: 8, epochs: 2, patience: 60, mpi: false };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("`{word}` wants a value behind it"));
            match word.as_str() {
                "--file" => options.file = Some(value()?),
                "--trials" => options.trials = value()?.parse()?,
                "--concurrent" => options.concurrent = value()?.parse()?,
                "--epochs" => options.epochs = value()?.parse()?,
                "--patience" => options.patience = value()?.parse()?,
                "--mpi" => options.mpi = true,
                _ => return Err(format!("`{word}` is no option; the first lines of this example list them").into()),
            }
        }
        Ok(options)
    }

    /// The processes that search together.
    fn star(&self) -> Result<Box<dyn Star>, RanksError> {
        let patience = Duration::from_secs(self.patience);
        if !self.mpi {
            return Ok(Box::new(Meeting::from_env()?.patience(patience).star()?));
        }
        #[cfg(feature = "mpi")]
        return Ok(Box::new(typednet_distributed::Mpi::world()?.patience(patience)));
        #[cfg(not(feature = "mpi"))]
        Err(RanksError::Start { reason: "this program was built without MPI: add `--features mpi`".to_owned() })
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::read()?;
    let digits = mnist::embedded()?;
    let star = options.star()?;
    let rank = star.rank();
    let space = Space::new().log_uniform("rate", 1e-4, 1e-1)?.choice("batch", [16, 32, 64])?;
    let pruner = MedianPruner::new().warm_up(1);
    let mut study =
        Study::new(space, Tpe::new()).pruner(pruner).trials(options.trials).concurrent(options.concurrent).seed(1);
    if let Some(file) = &options.file {
        study = study.file(file);
    }
    let results = study.run_on(star, |trial| {
        let mut trainer = Trainer::new(Mlp::seeded(trial.seed()), CrossEntropy, Adam::new(trial.get("rate")?))
            .batch(trial.get("batch")?)
            .epochs(options.epochs)
            .callback(trial.watch())
            .quiet();
        let history = trainer.fit_validated(&digits.train, &digits.test)?;
        Ok(history.best().and_then(|epoch| epoch.validation).map_or(f64::NAN, |found| found.loss))
    })?;
    if rank == 0 {
        print!("{results}");
    }
    Ok(())
}
