//! A study on several processes: rank 0 has the file and gives out trials, the others try them.
//!
//! Rank 0 says which trial is to be tried, and brings to each rank, before a trial, those that it knows: a prefix of the study,
//! of which the rank has some already. Settings, and what a pruner says, follow from these, so a rank finds them by itself, as a
//! thread does.

mod first;
mod worker;

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use typednet_train::RanksError;

use crate::TuneError;
use crate::line::Line;
use crate::log::Header;

pub(crate) use first::lead;
pub(crate) use worker::follow;

/// How long a rank listens before it looks what its own threads have done.
const LISTEN: Duration = Duration::from_millis(5);

/// What a rank says to rank 0.
#[derive(Serialize, Deserialize)]
enum ToFirst {
    /// What it has been started for, and how many trials it can try at a time.
    Hello { study: Terms, room: usize },
    /// A trial has ended.
    Finished(Line),
    /// The study ends.
    End(Cause),
}

/// What rank 0 says to a rank.
#[derive(Serialize, Deserialize)]
enum FromFirst {
    /// This trial is to be tried; what it knows, but for what was told before.
    Begin { trial: usize, news: Vec<Line> },
    /// All trials have ended; those that were not told before.
    Done { news: Vec<Line>, torn: bool, lost: Vec<String> },
    /// The study ends.
    End(Cause),
}

/// Why a study ends before its trials have.
#[derive(Serialize, Deserialize)]
enum Cause {
    /// A training was asked to end, which said so.
    Interrupted(String),
    /// This rank has ended it.
    Rank { rank: usize, reason: String },
}

/// What must be the same on all ranks.
#[derive(Serialize, Deserialize)]
struct Terms {
    header: Header,
    total: usize,
    concurrent: usize,
}

impl Terms {
    /// The first difference from those of rank 0: what differs, what it is there, and what it is here.
    fn difference(&self, first: &Self) -> Option<[String; 3]> {
        let numbers = [
            ("the number of trials", first.total, self.total),
            ("how many are concurrent", first.concurrent, self.concurrent),
        ];
        let number = numbers.into_iter().find(|(_, first, here)| first != here);
        let number = number.map(|(what, first, here)| [what.to_owned(), first.to_string(), here.to_string()]);
        first.header.difference(&self.header).or(number)
    }
}

impl Cause {
    /// What the other ranks hear of an error of rank `rank`.
    fn of(rank: usize, error: &TuneError) -> Self {
        let ended = || format!("has ended the study: {}", crate::work::message(error));
        match error {
            TuneError::Interrupted { message } => Self::Interrupted(message.clone()),
            TuneError::Ranks { error: RanksError::Lost { rank, reason } } => {
                Self::Rank { rank: *rank, reason: reason.clone() }
            }
            _ => Self::Rank { rank, reason: ended() },
        }
    }

    fn into_error(self) -> TuneError {
        match self {
            Self::Interrupted(message) => TuneError::Interrupted { message },
            Self::Rank { rank, reason } => RanksError::Lost { rank, reason }.into(),
        }
    }
}

fn to_bytes(of: &impl Serialize) -> Result<Vec<u8>, RanksError> {
    serde_json::to_vec(of).map_err(|error| RanksError::Start { reason: format!("no message can be made: {error}") })
}

fn from_bytes<T: DeserializeOwned>(rank: usize, bytes: &[u8]) -> Result<T, RanksError> {
    serde_json::from_slice(bytes).map_err(|error| out_of_step(rank, error.to_string()))
}

/// A rank has said what cannot be.
fn out_of_step(rank: usize, found: String) -> RanksError {
    RanksError::OutOfStep { rank, expected: "a message of a study of this version of the library".to_owned(), found }
}
