//! Errors of governance.

use std::fmt;

use typednet_formats::FileError;

use crate::Difference;

/// A question about a model that cannot be answered.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum GovernError {
    /// A file cannot be written or read, or its content is not what was written.
    File(FileError),
    /// Samples could not be read.
    Data {
        /// What the [source](typednet_data::Source::take_error) says.
        reason: String,
    },
    /// A file holds numbers that do not fit together.
    Malformed {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The present program or data are not those of a manifest, so the run would not end with the same bits.
    OtherRun {
        /// All differences, those that decide about the bits first.
        differences: Vec<Difference>,
    },
    /// A manifest has no such setting.
    NoSetting {
        /// What was asked for.
        name: String,
        /// Why it cannot be had: it is missing or of another kind.
        reason: String,
    },
    /// Fields of a model card are empty.
    MissingFields {
        /// Their names, all of them.
        fields: Vec<&'static str>,
    },
    /// A number that is out of its range.
    OutOfRange {
        /// What it is for.
        name: &'static str,
        /// What was found.
        found: f64,
        /// What is expected, in words.
        expected: &'static str,
    },
    /// No threshold gives the accuracy that is wished for.
    NotReached {
        /// The accuracy that is wished for, from 0 to 1.
        wished: f64,
        /// The best accuracy of at least [`Curve::FEWEST`](crate::Curve::FEWEST) decisions.
        best: f64,
        /// The share of the cases that would then be decided.
        coverage: f64,
    },
    /// There are too few samples.
    TooFew {
        /// What they are for.
        purpose: &'static str,
        /// How many there are.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
    /// A value is infinite or not a number.
    NotFinite {
        /// What the value is: a feature, a logit.
        what: &'static str,
        /// The sample, from 0.
        row: usize,
        /// The feature or class, from 0.
        column: usize,
    },
    /// The logits of the validation data are no better than equal probabilities, so no temperature helps.
    WorseThanChance,
    /// A target that is no class.
    Target {
        /// The sample, from 0.
        row: usize,
        /// What was found.
        found: f64,
    },
    /// What was saved belongs to another network or other weights.
    OtherModel {
        /// What differs, in words.
        reason: String,
    },
    /// The network computes something else in training than in use, so its backward pass does not tell about its use.
    DiffersInTraining {
        /// The network.
        network: String,
    },
    /// A picture cannot be drawn.
    Picture {
        /// Why.
        reason: String,
    },
}

impl fmt::Display for GovernError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Data { reason } => f.write_str(reason),
            Self::Malformed { path, reason } => write!(f, "`{path}` cannot be used: {reason}"),
            Self::OtherRun { differences } => {
                write!(f, "this run would not end with the bits of the manifest")?;
                differences.iter().try_for_each(|difference| write!(f, "; {difference}"))
            }
            Self::NoSetting { name, reason } => write!(f, "setting `{name}`: {reason}"),
            Self::MissingFields { fields } => {
                write!(
                    f,
                    "the model card lacks {}; fill them, since a reader must not have to guess",
                    fields.join(", ")
                )
            }
            Self::OutOfRange { name, found, expected } => write!(f, "{name} is {found}, but it must be {expected}"),
            Self::NotReached { wished, best, coverage } => write!(
                f,
                "no threshold gives an accuracy of {:.2} %: the best is {:.2} %, with {:.1} % of the cases decided; \
                 wish for less, or train a better network",
                100.0 * wished,
                100.0 * best,
                100.0 * coverage
            ),
            Self::TooFew { purpose, found, needed } => {
                write!(f, "there are {found} samples for {purpose}, but at least {needed} are needed")
            }
            Self::NotFinite { what, row, column } => {
                write!(f, "{what} {column} of sample {row} is not finite; clean the data, or fill the gap")
            }
            Self::WorseThanChance => write!(
                f,
                "the network's scores say less about the validation data than equal probabilities would; \
                 check that the targets belong to the samples, or train it"
            ),
            Self::Target { row, found } => write!(f, "the target of sample {row} is {found}, but 0 or 1 is expected"),
            Self::OtherModel { reason } => write!(f, "this was made for another model: {reason}"),
            Self::DiffersInTraining { network } => write!(
                f,
                "{network} computes something else in training than in use (dropout, batch normalisation), so its \
                 gradient is not that of its use; copy the weights into a network without these layers"
            ),
            Self::Picture { reason } => write!(f, "the picture cannot be drawn: {reason}"),
        }
    }
}

typednet_tensor::debug_as_display!(GovernError);

impl std::error::Error for GovernError {}

impl From<FileError> for GovernError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}
