//! Why a network cannot be written for another program, or read from its file.

use std::{error, fmt};

use typednet_formats::FileError;

/// A network that another program cannot be given, or a file that is not one of this network.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ExchangeError {
    /// A file cannot be written or read, or is not whole.
    File(FileError),
    /// Layers that have no counterpart there.
    Unsupported {
        /// What they cannot be written as, such as `ONNX`.
        target: &'static str,
        /// Every one of them: its path and its type, such as `l3: Maxout<4>`.
        layers: Vec<String>,
    },
    /// Rows whose features stand in one order here and in another there, where no order of weights mends it.
    FeatureOrder {
        /// The layer that needs another order.
        layer: String,
        /// What it gets, and what it needs.
        reason: String,
    },
    /// The tensors of the file are not those of the network. Nothing was changed.
    OtherNetwork {
        /// The file.
        path: String,
        /// All that differ.
        differences: Vec<Difference>,
    },
    /// The tensors of the file are not those of the network, whose names no other program gives. Nothing was changed.
    OtherTensors {
        /// The file.
        path: String,
        /// All that differ.
        differences: Vec<Difference>,
    },
    /// A name that is to be changed is no layer of the network.
    NoLayer {
        /// The name.
        name: String,
        /// The layers that there are.
        layers: Vec<String>,
    },
    /// The names given in order are not as many as there are layers with parameters.
    OtherCount {
        /// How many names were given.
        names: usize,
        /// The layers with parameters, in order.
        layers: Vec<String>,
    },
    /// Two tensors would have one name.
    SameName {
        /// The name.
        name: String,
    },
    /// A weight in the file is infinite or not a number, or becomes so in the network's type. Nothing was changed.
    NotFinite {
        /// The file.
        path: String,
        /// The tensor.
        name: String,
        /// What it is.
        found: String,
    },
    /// A weight is beyond the largest number of the type that it is to be written in.
    TooLarge {
        /// The tensor.
        name: String,
        /// The weight.
        found: String,
        /// The type, such as `f16`.
        dtype: &'static str,
    },
    /// The file would be larger than its format allows.
    TooLong {
        /// How many bytes it would have.
        bytes: u64,
        /// How many it may have.
        limit: u64,
    },
}

/// A tensor that is not the same in the network and in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its name in the file.
    pub name: String,
    /// The parameter of the network and the sizes that it has there, such as `hidden.weight [128, 784]`; `None` if the network
    /// has none of this name.
    pub network: Option<String>,
    /// Its type and sizes in the file; `None` if the file has none of this name.
    pub file: Option<String>,
}

impl From<FileError> for ExchangeError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

impl fmt::Display for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Unsupported { target, layers } => write!(
                f,
                "{} cannot be written as {target}: {}; take other layers, or say with `Behaviour::computing` what a layer of your \
                 own computes",
                if layers.len() == 1 { "1 layer".to_owned() } else { format!("{} layers", layers.len()) },
                layers.join(", ")
            ),
            Self::FeatureOrder { layer, reason } => write!(
                f,
                "`{layer}` cannot be given another order of features: {reason}; PyTorch has the channels of an image first, and only \
                 a dense layer or a normalisation between can turn them"
            ),
            Self::OtherNetwork { path, differences } => {
                differ(f, path, differences)?;
                write!(
                    f,
                    "; give the names of the file with `Torch::renamed` or `Torch::in_order`, or load a part with `Torch::only`"
                )
            }
            Self::OtherTensors { path, differences } => {
                differ(f, path, differences)?;
                write!(f, "; choose the file of this network, or save it anew")
            }
            Self::NoLayer { name, layers } => {
                write!(f, "`{name}` is no layer of the network, whose layers are {}", quoted(layers))
            }
            Self::OtherCount { names, layers } => write!(
                f,
                "{names} names were given, but {} layers have parameters: {}; give one name for each",
                layers.len(),
                quoted(layers)
            ),
            Self::SameName { name } => {
                write!(f, "two tensors would have the name `{name}`; give their layers different names")
            }
            Self::NotFinite { path, name, found } => write!(
                f,
                "`{path}` holds a weight in `{name}` that is {found} here, but a network's weights are finite; take another file"
            ),
            Self::TooLarge { name, found, dtype } => write!(
                f,
                "`{name}` holds a weight of {found}, which is beyond the numbers of {dtype}; write it as f32 or bf16"
            ),
            Self::TooLong { bytes, limit } => write!(
                f,
                "the file would have {bytes} bytes, but its format allows {limit}; write the weights as safetensors"
            ),
        }
    }
}

/// A sentence of all that differs.
fn differ(f: &mut fmt::Formatter<'_>, path: &str, differences: &[Difference]) -> fmt::Result {
    write!(f, "`{path}` holds the weights of another network")?;
    for Difference { name, network, file } in differences {
        let say = |what: &Option<String>| what.clone().unwrap_or_else(|| "missing".into());
        write!(f, "; `{name}` is {} in the network and {} in the file", say(network), say(file))?;
    }
    Ok(())
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// As it is displayed: a `main` that gives an error back prints this.
impl fmt::Debug for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for ExchangeError {}
