//! What the tests train, and ranks on threads of one process or in processes of their own.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, thread};

use typednet::data::mnist;
use typednet::loss::{CrossEntropy, Loss};
use typednet::optim::Adam;
use typednet::prelude::*;
use typednet_distributed::{Meeting, Tcp};
use typednet_train::{Callback, CallbackResult, Control, RanksError, StepView};

network! {
    pub(crate) struct Mlp: 784 => hidden: Dense<24, Relu> => BatchNorm => Dropout<0.2> => Dense<10, Softmax> -> 10
}

network! {
    pub(crate) struct LeNet: [28, 28, 1]
        => Conv2d<4, 5, Relu> => MaxPool<2> => Conv2d<6, 5, Relu> => MaxPool<2>
        => Flatten => Dense<16, Relu> => Dense<10, Softmax> -> 10
}

network! {
    pub(crate) struct Rows: [28, 28] => Gru<12> => Last => Dense<10, Softmax> -> 10
}

/// A network of these tests.
pub(crate) trait Digits: Layer<Elem = f32, Out = [f32; 10], Head = Softmax> + Network {}
impl<M: Layer<Elem = f32, Out = [f32; 10], Head = Softmax> + Network> Digits for M {}

pub(crate) type Of<M> = Trainer<M, CrossEntropy, Adam>;
pub(crate) type Images = Dataset<[u8; 784], Class<10>>;

/// Digits to train on, the last batch of 32 with 8 rows, and digits to validate with, in three batches.
pub(crate) fn digits() -> (Images, Images) {
    let (digits, _) = mnist::embedded().expect("the embedded digits").train.split_at(340).expect("there are more");
    digits.split_at(264).expect("two parts")
}

/// A trainer of 8 shards, 9 steps in an epoch.
pub(crate) fn trainer<M: Digits>() -> Of<M> {
    Trainer::new(M::seeded(7), CrossEntropy, Adam::new(2e-3)).batch(32).shards(8).epochs(8).seed(5).quiet()
}

/// Stops the training after a step.
pub(crate) struct StopAfter(pub(crate) u64);

impl<M: Layer> Callback<M> for StopAfter {
    fn every_steps(&self) -> u64 {
        self.0
    }

    fn after_step(&mut self, view: &StepView<'_, M>) -> CallbackResult {
        Ok(if view.step == self.0 { Control::Stop } else { Control::Continue })
    }
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

/// Calls `work` on `size` threads, each as a rank of its own, and gives what they say in the order of ranks.
pub(crate) fn together<R: Send>(size: usize, patience: Duration, work: impl Fn(usize, Tcp) -> R + Sync) -> Vec<R> {
    together_over(|meeting| meeting, size, patience, work)
}

/// What [`together`] is, and once more with ranks that have nothing but TCP; the answers of both.
pub(crate) fn together_both<R: Send>(
    size: usize,
    patience: Duration,
    work: impl Fn(usize, Tcp) -> R + Sync,
) -> [Vec<R>; 2] {
    [|meeting| meeting, Meeting::tcp_only]
        .map(|over: fn(Meeting) -> Meeting| together_over(over, size, patience, &work))
}

fn together_over<R: Send>(
    over: impl Fn(Meeting) -> Meeting + Sync,
    size: usize,
    patience: Duration,
    work: impl Fn(usize, Tcp) -> R + Sync,
) -> Vec<R> {
    let (port, work, over) = (free_port(), &work, &over);
    thread::scope(|scope| {
        let start = |rank| {
            scope.spawn(move || {
                let meeting = over(Meeting::new(rank, size, "127.0.0.1", port).patience(patience));
                let ranks: Result<Tcp, RanksError> = meeting.connect();
                work(rank, ranks.expect("the ranks meet"))
            })
        };
        let ranks: Vec<_> = (0..size).map(start).collect();
        ranks.into_iter().map(|rank| rank.join().expect("no panic")).collect()
    })
}

/// A process that runs one of these tests alone, by its full name, as a rank that finds the others by its environment.
pub(crate) fn process(test: &str, (rank, size): (usize, usize), port: u16) -> Command {
    let mut command = Command::new(env::current_exe().expect("a program"));
    command.args(["--exact", test, "--ignored", "--nocapture"]).stdout(Stdio::null()).stderr(Stdio::piped());
    for (name, value) in [("RANK", rank), ("WORLD_SIZE", size), ("MASTER_PORT", usize::from(port))] {
        command.env(name, value.to_string());
    }
    command.env("MASTER_ADDR", "127.0.0.1");
    command
}

pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// All that a training has made: the weights, and the records but for their times.
#[derive(Debug, PartialEq)]
pub(crate) struct Made {
    pub(crate) steps: u64,
    pub(crate) weights: Vec<u32>,
    history: String,
}

impl Made {
    pub(crate) fn by<M: Digits, L: Loss<[f32; 10]>>(trainer: &Trainer<M, L, Adam>) -> Self {
        let records = trainer.history().records().iter();
        let records: Vec<_> = records.map(|r| (r.epoch, r.training, r.validation, r.learning_rate)).collect();
        Self {
            steps: trainer.steps(),
            weights: trainer.model().as_flat().iter().map(|weight| weight.to_bits()).collect(),
            history: format!("{records:?} {:?}", trainer.history().columns()),
        }
    }
}

/// A folder that goes when the test ends.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("typednet-distributed-{name}-{}", std::process::id()));
        _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}
