//! Why a file of weights or a checkpoint cannot be written or read.

use std::fmt;

use typednet_formats::FileError;

/// A file of weights or a checkpoint that cannot be written, read, or used here.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CheckpointError {
    /// A file cannot be written.
    File(FileError),
    /// The system refuses to read.
    Io {
        /// The file.
        path: String,
        /// What the system says.
        message: String,
    },
    /// The file is no whole safetensors file.
    Malformed {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The file is of another length than it says.
    Length {
        /// The file.
        path: String,
        /// How many bytes it says.
        expected: u64,
        /// How many it has.
        found: u64,
    },
    /// The weights are those of another network.
    OtherNetwork {
        /// The file.
        path: String,
        /// The first parameters that differ.
        differences: Vec<Difference>,
        /// How many more there are.
        more: usize,
    },
    /// There are weights in the file, but no training to go on with.
    NoTraining {
        /// The file.
        path: String,
    },
    /// The training in the file had other settings, so that it could not end with the same bits.
    OtherSettings {
        /// The file.
        path: String,
        /// The settings that differ.
        differences: Vec<SettingDifference>,
    },
    /// The folder of a run holds another one.
    OtherRun {
        /// The folder.
        path: String,
        /// The name of the run that was to go on there.
        run: String,
    },
    /// The training in the file was begun with other first weights.
    OtherFirstWeights {
        /// The file.
        path: String,
        /// The name of the run that it is of.
        run: String,
    },
    /// Batches wait for others to make a step with; a checkpoint is made between steps.
    Waiting {
        /// How many.
        batches: usize,
    },
}

/// A parameter that is not the same in the network and in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its name, such as `hidden.weight`.
    pub name: String,
    /// Its scalar and sizes in the network, such as `f32 [784, 128]`; `None` if the network has none of this name.
    pub network: Option<String>,
    /// Its scalar and sizes in the file; `None` if the file has none of this name.
    pub file: Option<String>,
}

/// A setting that is not the same here and in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingDifference {
    /// The setting, such as `batch size`.
    pub name: String,
    /// Its value here.
    pub here: String,
    /// Its value in the file.
    pub file: String,
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Io { path, message } => write!(f, "`{path}`: {message}"),
            Self::Malformed { path, reason } => {
                write!(f, "`{path}` is no whole safetensors file: {reason}; use another checkpoint")
            }
            Self::Length { path, expected, found } => {
                write!(f, "`{path}` has {found} bytes, but says that it has {expected}; use another checkpoint")
            }
            Self::OtherNetwork { path, differences, more } => {
                write!(f, "`{path}` holds the weights of another network")?;
                for Difference { name, network, file } in differences {
                    let say = |what: &Option<String>| what.clone().unwrap_or_else(|| "missing".into());
                    write!(f, "; `{name}` is {} in the network and {} in the file", say(network), say(file))?;
                }
                if *more > 0 { write!(f, "; and {more} more") } else { Ok(()) }
            }
            Self::NoTraining { path } => {
                write!(f, "`{path}` holds weights, but no training to go on with; read it with `load_weights`")
            }
            Self::OtherSettings { path, differences } => {
                write!(f, "`{path}` is of a training with other settings")?;
                for SettingDifference { name, here, file } in differences {
                    write!(f, "; {name} is {here} here and {file} in the file")?;
                }
                write!(f, "; make them equal, or begin a new training with its weights by `load_weights`")
            }
            Self::OtherRun { path, run } => {
                write!(f, "`{path}` holds another run than {run}, whose checkpoints were to be written there; ")?;
                write!(f, "choose another folder, or move it away")
            }
            Self::OtherFirstWeights { path, run } => {
                write!(
                    f,
                    "`{path}` is of the run {run}, which was begun with other first weights; give the trainer those "
                )?;
                write!(
                    f,
                    "that it began with (the same seed or file), or a zeroed model to take the run over, or leave "
                )?;
                write!(f, "`resume` out to begin a new run")
            }
            Self::Waiting { batches } => {
                write!(
                    f,
                    "{batches} batches wait for others to make a step with, but a checkpoint is made between steps"
                )
            }
        }
    }
}

impl std::error::Error for CheckpointError {}

impl From<FileError> for CheckpointError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}
