//! Why a search cannot start or go on.

use std::fmt;

use typednet_train::RanksError;

/// A search that cannot start or go on.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum TuneError {
    /// A range whose bounds are not finite, too far apart, or in the wrong order.
    Range {
        /// The parameter.
        name: String,
        /// The lower bound.
        low: f64,
        /// The upper bound.
        high: f64,
    },
    /// A logarithmic range that begins at 0 or below.
    LogRange {
        /// The parameter.
        name: String,
        /// The lower bound.
        low: f64,
    },
    /// A choice that cannot be made.
    Choice {
        /// The parameter.
        name: String,
        /// What is wrong with the list.
        reason: String,
    },
    /// Two parameters have one name.
    Duplicate {
        /// The name.
        name: String,
    },
    /// The space has no parameters.
    NoParameters,
    /// A trial is asked for a parameter that the space does not have.
    Unknown {
        /// What was asked for.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// A trial is asked for a parameter as something that it is not.
    WrongType {
        /// The parameter.
        name: String,
        /// What was asked for, in words.
        expected: &'static str,
        /// What it is set to, in words.
        found: String,
    },
    /// A setting of the study, the sampler or the pruner that is out of its range.
    Setting {
        /// The setting.
        name: &'static str,
        /// Its value.
        found: f64,
        /// What it must be, in words.
        expected: &'static str,
    },
    /// A grid with more points than can be counted.
    GridTooLarge,
    /// A thread that the system does not give.
    Threads {
        /// How many were asked for.
        asked: usize,
        /// What the system says.
        reason: String,
    },
    /// The system refuses to read or write the study's file.
    Io {
        /// The file.
        path: String,
        /// What the system says.
        message: String,
    },
    /// Another program works with the study's file.
    InUse {
        /// The file.
        path: String,
    },
    /// A line of the study's file that is not one of a study.
    Malformed {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A line of the study's file whose content is not the one that was written: its checksum is that of another content.
    Damaged {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
    },
    /// The file is that of a study with another space, seed, sampler or pruner, or of another number of
    /// [concurrent](crate::Study::concurrent) trials.
    OtherStudy {
        /// The file.
        path: String,
        /// What differs, such as `parameter 2` or `seed`.
        what: String,
        /// What it is here.
        here: String,
        /// What it is in the file.
        file: String,
    },
    /// A training was [asked to end](typednet_train::Interrupt), and so is the study. The trial counts as not begun.
    Interrupted {
        /// What the training said.
        message: String,
    },
    /// More ranks than trials may be under way at a time.
    TooManyRanks {
        /// How many ranks there are.
        ranks: usize,
        /// How many trials are [concurrent](crate::Study::concurrent).
        concurrent: usize,
    },
    /// A rank was started with another study than rank 0.
    OtherRank {
        /// Its number.
        rank: usize,
        /// What differs, such as `parameter 2` or `the seed`.
        what: String,
        /// What it is on rank 0.
        first: String,
        /// What it is on that rank.
        other: String,
    },
    /// Several ranks were lost while they tried one trial.
    Deadly {
        /// The trial.
        trial: usize,
        /// The ranks.
        ranks: Vec<usize>,
    },
    /// A rank is gone without which the study cannot go on, or has ended it.
    Ranks {
        /// What is known of it.
        error: RanksError,
    },
    /// No trial ended with a loss.
    AllFailed {
        /// How many there were.
        trials: usize,
        /// What the first of them said.
        first: String,
    },
}

impl fmt::Display for TuneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Range { name, low, high } => {
                write!(f, "parameter `{name}` ranges from {low} to {high}, but both bounds must be finite and ")?;
                write!(f, "the lower one first")
            }
            Self::LogRange { name, low } => {
                write!(f, "parameter `{name}` is logarithmic and begins at {low}, but it must begin above 0; ")?;
                write!(f, "raise the lower bound or use a uniform range")
            }
            Self::Choice { name, reason } => write!(f, "parameter `{name}` cannot be chosen: {reason}"),
            Self::Duplicate { name } => {
                write!(f, "there are two parameters called `{name}`; give one of them another name")
            }
            Self::NoParameters => write!(f, "the space has no parameters, so there is nothing to search for; add one"),
            Self::Unknown { name, known } => {
                write!(f, "there is no parameter `{name}`; the space has `{}`", known.join("`, `"))
            }
            Self::WrongType { name, expected, found } => {
                write!(f, "parameter `{name}` is {found}, but {expected} was asked for")
            }
            Self::Setting { name, found, expected } => write!(f, "{name} is {found}, but it must be {expected}"),
            Self::GridTooLarge => {
                write!(f, "the grid has more points than can be counted; take fewer for each parameter")
            }
            Self::Threads { asked, reason } => write!(f, "{asked} threads cannot be had: {reason}"),
            Self::Io { path, message } => write!(f, "`{path}`: {message}"),
            Self::InUse { path } => {
                write!(f, "`{path}` is in use by another study; wait for its end or use another file")
            }
            Self::Malformed { path, line, reason } => {
                write!(f, "line {line} of `{path}` is not one of a study: {reason}; mend the line or use another file")
            }
            Self::Damaged { path, line: 1 } => write!(
                f,
                "line 1 of `{path}`, which says what study it is, is damaged: its content is not the one that its checksum \
                 was made of; take another copy of the file or use another one"
            ),
            Self::Damaged { path, line } => write!(
                f,
                "line {line} of `{path}` is damaged: its content is not the one that its checksum was made of; take the \
                 line out, and its trial is run again, or take another copy of the file"
            ),
            Self::OtherStudy { path, what, here, file } => {
                write!(f, "`{path}` is of another study: {what} is {here} here and {file} in the file; ")?;
                write!(f, "make them equal or use another file")
            }
            Self::Interrupted { message } => {
                write!(
                    f,
                    "{message}; the study ended with it, and goes on with this trial from its file, where it has one"
                )
            }
            Self::TooManyRanks { ranks, concurrent } => write!(
                f,
                "{ranks} ranks cannot share {concurrent} concurrent trials, since each trial learns from those before: say \
                 how many may be under way at a time with `Study::concurrent`, at least as many as ranks, and the same \
                 number on any number of ranks for the same trials"
            ),
            Self::OtherRank { rank, what, first, other } => write!(
                f,
                "rank {rank} has another study than rank 0: {what} is {first} on rank 0 and {other} on rank {rank}; start the \
                 same program with the same settings on all of them"
            ),
            Self::Deadly { trial, ranks } => {
                let ranks: Vec<String> = ranks.iter().map(ToString::to_string).collect();
                write!(f, "ranks {} were lost while they tried trial {trial}, which may take more ", ranks.join(", "))?;
                write!(f, "memory than there is; the other trials are in the study's file, where it has one")
            }
            Self::Ranks { error } => write!(f, "{error}; the study goes on from its file, where it has one"),
            Self::AllFailed { trials, first } => {
                write!(f, "none of {trials} trials ended with a loss; the first said: {first}")
            }
        }
    }
}

typednet_tensor::debug_as_display!(TuneError);

impl std::error::Error for TuneError {}

impl From<RanksError> for TuneError {
    fn from(error: RanksError) -> Self {
        Self::Ranks { error }
    }
}
