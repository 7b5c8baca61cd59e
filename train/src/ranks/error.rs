//! Why processes cannot train together, or not any more.

use std::fmt;

/// Processes that cannot train together, or not any more.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RanksError {
    /// The ranks cannot share the shards.
    Shards {
        /// How many ranks there are.
        ranks: usize,
        /// How many shards a batch has.
        shards: usize,
    },
    /// The ranks cannot be found, or not be spoken to.
    Start {
        /// What is wrong.
        reason: String,
    },
    /// A rank is gone, does not answer, or has ended the training.
    Lost {
        /// Its number.
        rank: usize,
        /// What is known of it, such as `has closed its connection`.
        reason: String,
    },
    /// A rank is at another place of the program.
    OutOfStep {
        /// Its number.
        rank: usize,
        /// What was expected from it.
        expected: String,
        /// What came.
        found: String,
    },
    /// A rank has another program, other data or other settings than rank 0.
    Differ {
        /// Its number; of several, the lowest.
        rank: usize,
        /// In what it differs.
        differences: Vec<RankDifference>,
    },
    /// A step of one's own over several ranks.
    OwnStep,
    /// States that are carried from batch to batch over several ranks.
    CarriedStates,
}

/// What is not the same on a rank as on rank 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankDifference {
    /// Its name, such as `batch size`.
    pub name: String,
    /// What it is on rank 0.
    pub first: String,
    /// What it is on the rank that differs.
    pub other: String,
}

impl fmt::Display for RanksError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shards { ranks, shards: 1 } => write!(
                f,
                "{ranks} ranks cannot share a batch that is one piece: cut it with `Trainer::shards`, such as into 8 shards for \
                 1, 2, 4 or 8 ranks"
            ),
            Self::Shards { ranks, shards } => {
                write!(f, "{ranks} ranks cannot share {shards} shards, but their number must be a power of two that ")?;
                write!(f, "divides that of the shards; start 1")?;
                let fitting: Vec<usize> = (1..=shards.ilog2()).map(|digit| 1 << digit).collect();
                for (place, ranks) in fitting.iter().enumerate() {
                    write!(f, "{} {ranks}", if place + 1 == fitting.len() { " or" } else { "," })?;
                }
                Ok(())
            }
            Self::Start { reason } => f.write_str(reason),
            Self::Lost { rank, reason } => write!(f, "rank {rank} {reason}"),
            Self::OutOfStep { rank, expected, found } => write!(
                f,
                "rank {rank} is at another place of the program: expected {expected}, found {found}; all ranks must call the \
                 same methods of the trainer in the same order"
            ),
            Self::Differ { rank, differences } => {
                write!(f, "rank {rank} does not train the same as rank 0")?;
                for RankDifference { name, first, other } in differences {
                    write!(f, "; {name} is {first} on rank 0 and {other} on rank {rank}")?;
                }
                write!(f, "; start the same program with the same settings and data on all of them")
            }
            Self::CarriedStates => f.write_str(
                "states that are carried from batch to batch stay in one process: train without `Trainer::ranks`, or without \
                 `Trainer::carry_states`",
            ),
            Self::OwnStep => f.write_str(
                "a step of one's own cannot be shared by several ranks, since nothing tells how to cut it into shards; use \
                 `Trainer::fit`, `Trainer::epoch` or `Trainer::step`",
            ),
        }
    }
}

typednet_tensor::debug_as_display!(RanksError);

impl std::error::Error for RanksError {}
