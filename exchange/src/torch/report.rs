//! What was read.

use std::fmt;

/// Which tensor of a file went where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// What was read, in the order of the network.
    pub loaded: Vec<Arrival>,
    /// The parameters of the network that are as they were.
    pub kept: Vec<String>,
    /// The tensors of the file that were not read.
    pub unused: Vec<String>,
    /// Whether the file says that it was written of a network with the same layers, settings and activations included; `None`
    /// where it does not say, as another program's does not.
    pub same_architecture: Option<bool>,
}

/// A tensor that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Its name in the file.
    pub file: String,
    /// Its type there.
    pub dtype: &'static str,
    /// Its sizes there.
    pub shape: Vec<usize>,
    /// The parameter that it became, such as `hidden.weight`.
    pub network: String,
}

impl fmt::Display for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, dtype, shape, network } = self;
        write!(f, "`{file}` {dtype} {shape:?} -> `{network}`")
    }
}

/// A line for each tensor.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for arrival in &self.loaded {
            writeln!(f, "{arrival}")?;
        }
        for name in &self.kept {
            writeln!(f, "`{name}` is as it was")?;
        }
        for name in &self.unused {
            writeln!(f, "`{name}` of the file was not read")?;
        }
        if self.same_architecture == Some(false) {
            writeln!(f, "the file was written of a network with other layers")?;
        }
        Ok(())
    }
}
