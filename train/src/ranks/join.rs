//! A trainer that is one of several: what it agrees on with the others before and between the steps.

use std::fmt::Debug;
use std::path::{Path, PathBuf};

use typednet_layers::Layer;
use typednet_layers::loss::Loss;
use typednet_tensor::{matmul, simd};

use super::{RankDifference, Ranks, RanksError, broadcast, or};
use crate::checkpoint::{describe, differences, network, step_path};
use crate::look::Looked;
use crate::{By, Control, TrainError, Trainer};

/// How the ranks of a training stand.
pub(crate) struct Joined<O> {
    /// The optimiser's settings in words.
    pub(super) describe: fn(&O) -> String,
    /// Whether they have agreed on what they train, and have it from rank 0.
    pub(super) met: bool,
    /// Whether they have compared their settings since these could be changed.
    pub(crate) agreed: bool,
    /// Where the first of them writes checkpoints.
    pub(super) folder: Option<PathBuf>,
}

impl<M: Layer, L: Loss<M::Out>, O: Debug> Trainer<M, L, O> {
    /// This process trains together with others, each its [shards](Trainer::shards) of every batch. The bits are those of one
    /// process with as many shards: of weights, history and checkpoints, for any number of ranks and
    /// [threads](Trainer::threads).
    ///
    /// All ranks run the same program: the same trainer, the same data, the same calls. Before the first step they compare network,
    /// settings, data and instructions, and one that differs is named in the error that all of them give. The weights, and the
    /// state of a training that goes on, come from rank 0.
    ///
    /// - Rank 0 writes checkpoints, shows progress and calls the [callbacks](Trainer::callback); the others are told what these
    ///   say. What a callback sees of a batch are the rows of rank 0, which may have none of a batch of fewer rows than shards. What
    ///   callbacks keep, such as the [best model](Trainer::best_model), is on rank 0 alone.
    /// - Each rank gathers the rows of its shards only, so of data in [parts](typednet_data::Parts) it needs its own. Validation data are
    ///   shared out by batches or parts; where there are [metrics](Trainer::metric), each rank measures all of whole data.
    /// - [`evaluate`](Trainer::evaluate), [`outputs`](Trainer::outputs) and [`confusion`](Trainer::confusion) are no affair of
    ///   the others: any rank may call them.
    /// - What was changed by hand since the last step, by [`model_mut`](Trainer::model_mut) or
    ///   [`put_best_back`](Trainer::put_best_back) on all ranks, is taken from rank 0 before the next one;
    ///   [settings](Trainer::optimizer_mut) are compared again.
    /// - A [request to end](Trainer::stop_on) made to any of them ends all after the same step, and when rank 0 has written its
    ///   checkpoint.
    /// - A checkpoint goes on with any number of ranks.
    /// - An error of one rank, or its death, is an error on all, with its number and the newest checkpoint.
    ///
    /// The crate `typednet-distributed` has ranks over TCP, started by hand, by `torchrun` or by Slurm, and over MPI.
    #[must_use]
    pub fn ranks(mut self, ranks: impl Ranks + 'static) -> Self {
        self.engine.team.ranks = Some(Box::new(ranks));
        self.joined = Some(Joined { describe, met: false, agreed: false, folder: None });
        self
    }
}

impl<M: Layer, L: Loss<M::Out>, O> Trainer<M, L, O> {
    /// Asks whether all ranks train the same.
    pub(crate) fn agree(&mut self, training: Option<&Looked>, validation: Option<&Looked>) -> Result<(), TrainError> {
        let Some(describe) = self.joined.as_ref().map(|joined| joined.describe) else { return Ok(()) };
        let own = Own {
            settings: self.described(describe),
            network: network(const { &M::TREE }),
            epochs: self.epochs,
            training,
            validation,
        };
        let Some(ranks) = self.engine.team.others() else { return Ok(()) };
        own.compare(ranks)?;
        if let Some(joined) = &mut self.joined {
            joined.agreed = true;
        }
        Ok(())
    }

    /// The ranks have no longer one state, and take rank 0's over before the next step.
    pub(crate) fn part(&mut self) {
        if let Some(joined) = &mut self.joined {
            joined.met = false;
        }
    }

    /// What rank 0's callbacks say, for all.
    pub(crate) fn agreed(&mut self, said: Control) -> Result<Control, TrainError> {
        let Some(ranks) = self.engine.team.others() else { return Ok(said) };
        let mut stop = [u8::from(said == Control::Stop)];
        or(ranks, &mut stop)?;
        Ok(if stop == [0] { Control::Continue } else { Control::Stop })
    }

    /// Who has asked any of the ranks to end the training.
    pub(crate) fn asked(&mut self) -> Result<Option<By>, TrainError> {
        let here = self.asked_here();
        let Some(ranks) = self.engine.team.others() else { return Ok(here) };
        let mut by = [By::bit(here)];
        or(ranks, &mut by)?;
        Ok(By::highest(by[0]))
    }

    /// Tells the others of an error that they cannot know of, and completes it by what is known here.
    pub(crate) fn leave(&mut self, error: TrainError) -> TrainError {
        let checkpoint = match self.engine.team.notes.kept {
            0 => None,
            // One that was removed since is no help; that of a machine whose files are not seen here may be there.
            step => {
                self.checkpoint_after(step).filter(|path| path.exists() || !path.parent().is_some_and(Path::is_dir))
            }
        };
        let Some(ranks) = self.engine.team.others() else { return error };
        end(ranks, error, checkpoint)
    }

    /// The path of the checkpoint after `step` steps.
    pub(crate) fn checkpoint_after(&self, step: u64) -> Option<PathBuf> {
        if self.engine.team.is_first() {
            return self.keeper.as_ref().map(|keeper| keeper.path(step));
        }
        Some(step_path(self.joined.as_ref()?.folder.as_ref()?, step))
    }
}

/// What a rank is about to train, to be compared with what the others are.
struct Own<'a> {
    settings: Vec<(String, String)>,
    network: String,
    epochs: usize,
    training: Option<&'a Looked>,
    validation: Option<&'a Looked>,
}

impl Own<'_> {
    /// Everything that must be the same, as names and values.
    fn list(self) -> Vec<(String, String)> {
        let mark = |looked: Option<&Looked>| looked.map_or_else(|| "none".to_owned(), ToString::to_string);
        let mut own = self.settings;
        own.extend(
            [
                ("version", env!("CARGO_PKG_VERSION").to_owned()),
                ("network", self.network),
                ("epochs", self.epochs.to_string()),
                ("training data", mark(self.training)),
                ("validation data", mark(self.validation)),
                // Other instructions give other bits: `TYPEDNET_LANE` makes machines alike.
                ("TYPEDNET_LANE", simd::lane().name().to_owned()),
                ("TYPEDNET_MATMUL", format!("{:?}", matmul::backend())),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        own
    }

    /// # Errors
    /// Of all ranks, if one of them differs from the first.
    fn compare(self, ranks: &mut dyn Ranks) -> Result<(), RanksError> {
        let (own, rank) = (self.list(), ranks.rank());
        let mut first = if rank == 0 { to_bytes(&own)? } else { Vec::new() };
        broadcast(ranks, 0, &mut first)?;
        let mut found = differences(&own, &from_bytes::<Vec<(String, String)>>(&first)?);
        // The mark of data is taken batch by batch.
        if found.iter().any(|one| one.name == "batch size") {
            found.retain(|one| !one.name.ends_with(" data"));
        }
        let mut differ = vec![0_u8; ranks.size()];
        differ[rank] = u8::from(!found.is_empty());
        or(ranks, &mut differ)?;
        let Some(rank) = differ.iter().position(|differs| *differs != 0) else { return Ok(()) };
        let found: Vec<[String; 3]> = found.into_iter().map(|one| [one.name, one.file, one.here]).collect();
        let mut told = if ranks.rank() == rank { to_bytes(&found)? } else { Vec::new() };
        broadcast(ranks, rank, &mut told)?;
        let told = from_bytes::<Vec<[String; 3]>>(&told)?.into_iter();
        let differences = told.map(|[name, first, other]| RankDifference { name, first, other }).collect();
        Err(RanksError::Differ { rank, differences })
    }
}

/// Tells the others of an error that they cannot know of, and adds the newest checkpoint to one of ranks.
fn end(ranks: &mut dyn Ranks, error: TrainError, checkpoint: Option<PathBuf>) -> TrainError {
    let (rank, ended) = (ranks.rank(), |error: &dyn std::fmt::Display| format!("has ended the training: {error}"));
    match error {
        // All ranks have the same numbers, were told who has asked, and know who differs.
        TrainError::NotFinite(_)
        | TrainError::Interrupted(_)
        | TrainError::Ranks { error: RanksError::Differ { .. }, .. } => error,
        TrainError::Ranks { error, .. } => {
            match &error {
                RanksError::Lost { rank, reason } => ranks.end(*rank, reason),
                other => ranks.end(rank, &ended(other)),
            }
            TrainError::Ranks { error, checkpoint }
        }
        other => {
            ranks.end(rank, &ended(&other));
            other
        }
    }
}

/// What ranks tell each other in words, as JSON.
pub(super) fn to_bytes(of: &impl serde::Serialize) -> Result<Vec<u8>, RanksError> {
    serde_json::to_vec(of).map_err(|error| RanksError::Start { reason: format!("no message can be made: {error}") })
}

pub(super) fn from_bytes<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, RanksError> {
    let expected = || "a message of this version of the library".to_owned();
    serde_json::from_slice(bytes).map_err(|error| RanksError::OutOfStep {
        rank: 0,
        expected: expected(),
        found: error.to_string(),
    })
}
