//! Why a file of weights or a checkpoint cannot be written or read.

use std::path::Path;
use std::{fmt, io};

use typednet_formats::FileError;

/// A file of weights or a checkpoint that cannot be written, read, or used here.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum CheckpointError {
    /// A file cannot be written or read, or its content is not what was written.
    File(FileError),
    /// The folder of checkpoints cannot be used.
    Folder {
        /// The folder, or the file in it.
        path: String,
        /// What the system says.
        message: String,
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
    /// What is to travel with the weights cannot be kept, or is not in the file as it is wanted.
    Attachment {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There are weights in the file, but no training to go on with.
    NoTraining {
        /// The file.
        path: String,
    },
    /// The training in the file has no checksum, so nothing tells whether it is damaged.
    NoChecksum {
        /// The file.
        path: String,
    },
    /// The state of the training in the file is not one that a training writes.
    State {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A number or text in the state of the training that no training writes there.
    Field {
        /// The file.
        path: String,
        /// Its name, such as `position.taken`.
        field: String,
        /// What it is.
        found: String,
        /// What it must be, in words.
        expected: String,
    },
    /// A weight in the file is infinite or not a number.
    NotFinite {
        /// The file.
        path: String,
        /// The name of the parameter, such as `hidden.weight`.
        name: String,
        /// The element of the parameter, from 0.
        element: usize,
        /// What it is.
        found: String,
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

impl CheckpointError {
    pub(crate) fn folder(path: &Path, error: &io::Error) -> Self {
        Self::Folder { path: path.display().to_string(), message: error.to_string() }
    }
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Folder { path, message } => write!(f, "`{path}`: {message}; choose a folder of your own"),
            Self::OtherNetwork { path, differences, more } => {
                write!(f, "`{path}` holds the weights of another network")?;
                for Difference { name, network, file } in differences {
                    let say = |what: &Option<String>| what.clone().unwrap_or_else(|| "missing".into());
                    write!(f, "; `{name}` is {} in the network and {} in the file", say(network), say(file))?;
                }
                if *more > 0 { write!(f, "; and {more} more") } else { Ok(()) }
            }
            Self::Attachment { path, reason } => write!(f, "`{path}`: {reason}"),
            Self::NoTraining { path } => {
                write!(f, "`{path}` holds weights, but no training to go on with; read it with `load_weights`")
            }
            Self::NoChecksum { path } => write!(
                f,
                "`{path}` has no checksum, so nothing tells whether its training is damaged; use another checkpoint, or \
                 begin a new training with its weights by `load_weights`"
            ),
            Self::State { path, reason } => {
                write!(f, "`{path}` holds no state of a training: {reason}; use another checkpoint")
            }
            Self::Field { path, field, found, expected } => {
                write!(f, "`{path}` says that `{field}` is {found}, but it must be {expected}; use another checkpoint")
            }
            Self::NotFinite { path, name, element, found } => write!(
                f,
                "element {element} of `{name}` in `{path}` is {found}, so the network has no finite answer; use another \
                 file, or read it with `load_weights_with` and `NonFinite::Keep` to look at it"
            ),
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

typednet_tensor::debug_as_display!(CheckpointError);

impl std::error::Error for CheckpointError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            // Its text is the whole text of this error, so the chain goes on behind it.
            Self::File(error) => error.source(),
            _ => None,
        }
    }
}

impl From<FileError> for CheckpointError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}
