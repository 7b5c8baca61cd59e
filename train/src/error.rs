//! Why a training run cannot start or go on.

mod not_finite;

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use typednet_data::DataError;
use typednet_layers::loss::TargetError;
use typednet_optim::OptimError;
use typednet_tensor::NoTiles;

use crate::run::hexadecimal;
use crate::{By, CheckpointError, RanksError};
pub use not_finite::{NonFiniteSource, NotFinite};

/// A training run that cannot start or go on.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum TrainError {
    /// The batch size is 0.
    BatchSize,
    /// There is nothing to train or to measure on.
    NoData {
        /// What the data are for: `training`, `validation` or `evaluation`.
        purpose: &'static str,
    },
    /// There are more samples than a row number can name.
    TooManySamples {
        /// How many there are.
        found: usize,
    },
    /// A batch given to [`Trainer::step`](crate::Trainer::step) with more or fewer targets than rows.
    TargetCount {
        /// How many rows there are.
        rows: usize,
        /// How many targets there are.
        targets: usize,
    },
    /// A number of threads that cannot be had.
    Threads {
        /// How many were asked for.
        asked: usize,
        /// Why there are not as many.
        reason: String,
    },
    /// A [precision](crate::Trainer::precision) that this machine does not have.
    Precision(NoTiles),
    /// A step is to be made from the gradients of 0 batches.
    Accumulation,
    /// A batch cannot be cut into so many shards.
    Shards {
        /// How many were asked for.
        asked: usize,
        /// How many rows a batch has.
        rows: usize,
    },
    /// Data in [parts](typednet_data::Parts) that are not as many as the shards which draw from them.
    Parts {
        /// What the data are for: `training` or `validation`.
        purpose: &'static str,
        /// How many parts there are.
        parts: usize,
        /// How many shards a batch has.
        shards: usize,
    },
    /// Data in [parts](typednet_data::Parts) that do not have as many rows as the data.
    PartRows {
        /// What the data are for: `training`, `validation` or `evaluation`.
        purpose: &'static str,
        /// How many rows the data have.
        rows: usize,
        /// How many all parts have.
        parts: usize,
    },
    /// A [part](typednet_data::Parts) of the data cannot be read by this process.
    Part {
        /// The number of the part, and of the shard that draws from it.
        part: usize,
        /// Its file, where that is to blame.
        path: Option<PathBuf>,
        /// What the data's error says.
        message: String,
    },
    /// Processes cannot train together, or not any more.
    Ranks {
        /// Why.
        error: RanksError,
        /// The newest checkpoint that the first of them has written; `None` where there is none.
        checkpoint: Option<PathBuf>,
    },
    /// A hyper-parameter of the optimiser, or of what stands around a step, that is out of its range.
    Optimizer(OptimError),
    /// A metric that cannot be a column of the history.
    MetricName {
        /// Its name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Something follows a metric that is not measured.
    UnknownMetric {
        /// The name that it follows.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// A plateau that waits for a fall of what should rise, or the reverse.
    PlateauDirection {
        /// The metric that it follows.
        name: String,
        /// Whether that should rise.
        rises: bool,
    },
    /// A callback failed.
    Callback {
        /// What it says.
        message: String,
    },
    /// A checkpoint cannot be written.
    Checkpoint(CheckpointError),
    /// A training that was stopped, or that a checkpoint was made of, is to go on with other data.
    OtherData {
        /// The data that it was begun with.
        before: DataMark,
        /// The data now.
        now: DataMark,
    },
    /// A sample holds a value that is not finite.
    Sample {
        /// What the data are for: `training` or `validation`.
        purpose: &'static str,
        /// The number of the first such sample in the data, from 0.
        row: usize,
        /// The place of the value in the sample, from 0.
        element: usize,
        /// The value.
        found: f64,
    },
    /// A target that the loss does not take.
    Target {
        /// What the data are for: `training` or `validation`.
        purpose: &'static str,
        /// The number of the first such row in the data, from 0.
        row: usize,
        /// What the loss takes, and what was found.
        error: TargetError,
    },
    /// States are to be carried from batch to batch, but the data do not go on so.
    NotContiguous {
        /// What the data are for: `training`, `validation` or `evaluation`.
        purpose: &'static str,
        /// The batch size.
        batch: usize,
        /// In batches of how many rows they go on; `None` if in none.
        found: Option<usize>,
    },
    /// A layer normalises over the rows of a batch, or of a shard of it, but there is one row in each.
    OneRow {
        /// The name of the layer.
        layer: String,
        /// How many shards a batch has.
        shards: usize,
    },
    /// The data cannot be cut into parts.
    Data {
        /// What the data's error says.
        message: String,
    },
    /// A loss or a gradient is infinite or not a number, or a weight would be after the step. The model is as it was before
    /// the step, or as it was in the best epoch, where a callback had kept that.
    NotFinite(NotFinite),
    /// The training was asked to end: see [`Interrupt`](crate::Interrupt). The steps until then are kept.
    Interrupted(Interrupted),
}

/// Where a training was ended because it was asked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interrupted {
    /// Who asked.
    pub by: By,
    /// The epoch that is under way or comes next, from 1.
    pub epoch: usize,
    /// How many steps were made since the start of the training.
    pub step: u64,
    /// The checkpoint that was made; `None` where none are kept.
    pub checkpoint: Option<PathBuf>,
}

/// What tells data from others: how many samples there are, and a hash of their values and targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataMark {
    /// How many samples there are.
    pub samples: usize,
    /// The hash. It is not made to withstand deceit.
    #[serde(with = "hexadecimal")]
    pub hash: u64,
}

/// As in `300 samples of mark 1f0c93d2a4b5e677`.
impl fmt::Display for DataMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} samples of mark {:016x}", self.samples, self.hash)
    }
}

impl fmt::Display for TrainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BatchSize => write!(f, "the batch size is 0, but a step needs at least 1 sample"),
            Self::NoData { purpose } => write!(f, "the {purpose} data are empty, but at least 1 sample is needed"),
            Self::TooManySamples { found } => {
                write!(f, "there are {found} samples, but an epoch can have at most {}", u32::MAX)
            }
            Self::TargetCount { rows, targets } => {
                write!(f, "the batch has {rows} rows and {targets} targets, but each row needs one target")
            }
            Self::Threads { asked, reason } => write!(f, "{asked} threads cannot be had: {reason}"),
            Self::Precision(missing) => missing.fmt(f),
            Self::Accumulation => write!(f, "a step is to be made from 0 batches, but it needs at least 1"),
            Self::Shards { asked, rows } => {
                let most = 1_usize << rows.max(&1).ilog2();
                write!(
                    f,
                    "a batch of {rows} rows is to be cut into {asked} shards, but their number must be a power of two "
                )?;
                write!(f, "from 1 to {most}")
            }
            Self::Parts { purpose, parts, shards } => {
                write!(
                    f,
                    "each shard of a batch draws from a part of its own, but there are {shards} shards and {parts} "
                )?;
                write!(f, "parts of the {purpose} data; ")?;
                if parts.is_power_of_two() {
                    write!(f, "call `Trainer::shards({parts})`, or ")?;
                }
                write!(f, "cut the data into as many parts as shards")
            }
            Self::PartRows { purpose, rows, parts } => write!(
                f,
                "the {purpose} data have {rows} rows and their parts {parts}; each row must be in one part: `Parts::even` cuts as \
                 many rows as it is told"
            ),
            Self::Ranks { error, checkpoint } => {
                write!(f, "{error}")?;
                match checkpoint {
                    Some(path) => write!(f, "; the training goes on from `{}` by `Trainer::resume`", path.display()),
                    None => Ok(()),
                }
            }
            Self::MetricName { name, reason } => write!(f, "a metric is called {name:?}, but {reason}"),
            Self::UnknownMetric { name, known } => write!(
                f,
                "`{name}` is followed, but not measured: measured are `{}`; give the trainer the metric with `Trainer::metric`",
                known.join("`, `")
            ),
            Self::PlateauDirection { name, rises } => {
                let (better, advice) = if *rises { ("higher", "add") } else { ("lower", "leave out") };
                write!(
                    f,
                    "the plateau follows `{name}`, which is better the {better} it is: {advice} `Plateau::rising`"
                )
            }
            Self::Optimizer(error) => error.fmt(f),
            Self::Callback { message } => write!(f, "a callback ended the training: {message}"),
            Self::Checkpoint(error) => error.fmt(f),
            Self::OtherData { before, now } => {
                write!(
                    f,
                    "the training was begun with {before}, but there are {now} now; go on with the same data, or "
                )?;
                write!(f, "begin a new training, with its weights by `load_weights` if they are to be kept")
            }
            Self::Sample { purpose, row, element, found } => {
                write!(f, "element {element} of sample {row} of the {purpose} data is {found}, but a network reads ")?;
                write!(f, "finite numbers; clean the data, or fill the gap")
            }
            Self::Target { purpose, row, error } => write!(f, "target {row} of the {purpose} data: {error}"),
            Self::NotContiguous { purpose, batch, found: Some(rows) } => write!(
                f,
                "states are carried from batch to batch, and the {purpose} data go on so in batches of {rows} rows, but the batch \
                 size is {batch}; call `Trainer::batch({rows})`"
            ),
            Self::NotContiguous { purpose, batch: _, found: None } => write!(
                f,
                "states are carried from batch to batch, but the {purpose} data do not go on from batch to batch: take such as \
                 `text::Contiguous`, or a source whose `contiguous_rows` says so"
            ),
            Self::OneRow { layer, shards } => {
                let (of, each, least) = match shards {
                    1 => ("batch", "batch", 2),
                    _ => ("shard", "shard of a batch", 2 * shards),
                };
                write!(f, "`{layer}` normalises over the rows of a {of}, but each {each} has 1 row, so that nothing ")?;
                write!(f, "before it would be trained; choose a batch size of at least {least}, or `LayerNorm`")
            }
            Self::Part { message, .. } | Self::Data { message } => f.write_str(message),
            Self::NotFinite(error) => error.fmt(f),
            Self::Interrupted(error) => error.fmt(f),
        }
    }
}

impl TrainError {
    /// A callback's error, in words: it need not be one that can be compared.
    pub(crate) fn callback(error: &(dyn std::error::Error + Send + Sync)) -> Self {
        Self::Callback { message: error.to_string() }
    }
}

typednet_tensor::debug_as_display!(TrainError);

impl std::error::Error for TrainError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Optimizer(error) => Some(error),
            Self::Checkpoint(error) => Some(error),
            Self::Precision(missing) => Some(missing),
            Self::Target { error, .. } => Some(error),
            _ => None,
        }
    }
}

impl From<OptimError> for TrainError {
    fn from(error: OptimError) -> Self {
        Self::Optimizer(error)
    }
}

impl From<RanksError> for TrainError {
    fn from(error: RanksError) -> Self {
        Self::Ranks { error, checkpoint: None }
    }
}

impl From<CheckpointError> for TrainError {
    fn from(error: CheckpointError) -> Self {
        Self::Checkpoint(error)
    }
}

impl From<DataError> for TrainError {
    fn from(error: DataError) -> Self {
        let message = error.to_string();
        let DataError::Part { part, error, .. } = error else { return Self::Data { message } };
        let path = if let DataError::In { path, .. } = *error { Some(path) } else { None };
        Self::Part { part, path, message }
    }
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { by, epoch, step, checkpoint } = self;
        write!(f, "the training was ended by {by} after step {step}, in epoch {epoch}; ")?;
        match checkpoint {
            Some(path) => write!(f, "it goes on from `{}` by `Trainer::resume`", path.display()),
            None => write!(f, "nothing was written, as `Trainer::checkpoints` was not asked for any"),
        }
    }
}
