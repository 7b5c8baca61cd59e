//! Why a network cannot be read from an ONNX file.

use std::{error, fmt};

use typednet_formats::{FileError, one_line};

use super::file::Node;

/// A file that is no network of this library.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ImportError {
    /// A file cannot be read or written.
    File(FileError),
    /// It is no ONNX file, or not all of one.
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// It has what is no layer here. Nothing was written.
    Unsupported {
        /// All of it, in the order of the file.
        problems: Vec<Problem>,
    },
}

/// A node that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its name, or that of what it gives; `None` where it is the file as a whole.
    pub node: Option<String>,
    /// Its operator.
    pub operator: String,
    /// What is not here.
    pub reason: String,
}

/// The longest piece of a name that is shown.
const LONGEST_NAME: usize = 80;

fn short(name: &str) -> String {
    let name = one_line(name).to_string();
    if name.chars().count() <= LONGEST_NAME { name } else { name.chars().take(LONGEST_NAME).chain(['…']).collect() }
}

impl Problem {
    pub(super) fn new(node: &Node<'_>, reason: String) -> Self {
        let name = if node.name.is_empty() { node.outputs.first().copied().unwrap_or_default() } else { node.name };
        Self { node: Some(short(name)), operator: short(node.operator), reason }
    }

    pub(super) const fn whole(reason: String) -> Self {
        Self { node: None, operator: String::new(), reason }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.node {
            Some(node) => write!(f, "{} `{node}`: {}", self.operator, self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

impl From<FileError> for ImportError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Malformed { reason } => write!(f, "it is no whole ONNX file: {reason}"),
            Self::Unsupported { problems } => {
                f.write_str("the file cannot be taken as a network; nothing was written:")?;
                problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

/// As it is displayed: a `main` that gives an error back prints this.
impl fmt::Debug for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for ImportError {}
