//! The state of a training on its way from rank 0 to the others.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use typednet_layers::loss::Loss;
use typednet_layers::{Layer, Network};
use typednet_tensor::{Model, Scalar, fill_from_le_bytes, with_le_bytes};

use super::join::{from_bytes, to_bytes};
use super::{Joined, Ranks, RanksError, broadcast, or};
use crate::checkpoint::{Loaded, Meta};
use crate::position::Resumed;
use crate::{Control, TrainError, Trainer};

/// Where a training stands, as rank 0 tells it.
#[derive(Serialize, Deserialize)]
struct Standing {
    meta: Meta,
    /// Where checkpoints are written.
    folder: Option<PathBuf>,
    began_after: usize,
    /// Whether nothing is left to train.
    finished: bool,
    /// How many batches wait for a step. All ranks have the sum of their gradients.
    waiting: usize,
    /// The step of the newest checkpoint, where there is one.
    kept: u64,
}

impl<M: Layer, L: Loss<M::Out>, O> Trainer<M, L, O> {
    /// Agrees on what is trained and takes rank 0's state over, if that was not done since either could change.
    pub(crate) fn meet(&mut self) -> Result<(), TrainError> {
        let Some(Joined { met, agreed, .. }) = self.joined else { return Ok(()) };
        if !met || !agreed {
            self.agree(None, None)?;
        }
        if met {
            return Ok(());
        }
        let mut resumed = Resumed { began_after: self.began_after, finished: Control::Continue };
        self.share_state(&mut resumed)
    }

    /// Takes the state of rank 0 over: weights, moments, averages, the place in the epoch, the history, and what a call of
    /// `fit` goes on with.
    pub(crate) fn share_state(&mut self, resumed: &mut Resumed) -> Result<(), TrainError> {
        let Some(describe) = self.joined.as_ref().map(|joined| joined.describe) else { return Ok(()) };
        let Some(is_first) = self.engine.team.others().map(|ranks| ranks.rank() == 0) else { return Ok(()) };
        let mut told = Vec::new();
        if is_first {
            let folder = self.keeper.as_ref().map(|keeper| keeper.folder().to_owned());
            let (began_after, finished) = (resumed.began_after, resumed.finished == Control::Stop);
            // One that is elsewhere, as after `resume` with a file from another folder, is not this run's.
            let kept = self.engine.team.notes.kept;
            let is_there = self.checkpoint_after(kept).is_some_and(|path| path.exists());
            let (waiting, kept) = (self.engine.around.waiting(), if is_there { kept } else { 0 });
            self.engine.team.notes.kept = kept;
            let meta = self.meta(describe);
            told = Standing { meta, folder, began_after, finished, waiting, kept }.to_bytes()?;
        }
        let moments = self.engine.state.moments().len();
        let engine = &mut self.engine;
        let Some(ranks) = engine.team.others() else { return Ok(()) };
        broadcast(ranks, 0, &mut told)?;
        if is_first {
            send(ranks, engine.model.as_flat())?;
            for moment in engine.state.moments() {
                send(ranks, moment.as_flat())?;
            }
            if let Some(average) = engine.around.average.as_ref().filter(|average| average.count() > 0) {
                send(ranks, average.model().as_flat())?;
            }
        } else {
            let Standing { meta, folder, began_after, finished, waiting, kept } = Standing::from_bytes(&told)?;
            engine.team.notes.kept = kept;
            let (here, around) = (engine.around.waiting(), &mut engine.around);
            if waiting != 0 && waiting != here {
                return Err(out_of_step(here, waiting, "batches that wait for a step").into());
            }
            // It was made by all ranks together.
            let waits = if waiting == 0 { None } else { around.accumulation.take() };
            let Some(ranks) = engine.team.others() else { return Ok(()) };
            let model = receive_model(ranks)?;
            let mut received = Vec::new();
            for _ in 0..moments {
                received.push(receive_model(ranks)?);
            }
            let average = if meta.has_average() { Some(receive_model(ranks)?) } else { None };
            let data = self.data;
            let taken = self.take_over(Loaded { model, moments: received, average }, meta, "rank 0".to_owned());
            if waits.is_some() {
                self.engine.around.accumulation = waits;
            }
            taken?;
            (self.data, self.unconfirmed, self.began_after) = (data, false, began_after);
            let finished = if finished { Control::Stop } else { Control::Continue };
            *resumed = Resumed { began_after, finished };
            if let Some(joined) = &mut self.joined {
                joined.folder = folder;
            }
        }
        if let Some(joined) = &mut self.joined {
            joined.met = true;
        }
        Ok(())
    }

    /// Where rank 0 has put other weights in the place of the model's, the others do so too; `epoch` says which epoch they are of.
    pub(crate) fn share_put(&mut self, epoch: &mut Option<usize>) -> Result<(), TrainError> {
        let Some(ranks) = self.engine.team.others() else { return Ok(()) };
        let is_first = ranks.rank() == 0;
        let mut of = match epoch {
            Some(epoch) if is_first => (*epoch as u64 + 1).to_le_bytes(),
            _ => [0; 8],
        };
        or(ranks, &mut of)?;
        let Some(of) = u64::from_le_bytes(of).checked_sub(1) else { return Ok(()) };
        *epoch = Some(of as usize);
        if is_first {
            let mut bytes = bytes_of(self.engine.in_use().as_flat());
            if let Some(ranks) = self.engine.team.others() {
                broadcast(ranks, 0, &mut bytes)?;
            }
        } else {
            let weights: Model<M> = receive_model(ranks)?;
            self.engine.put(&weights);
        }
        Ok(())
    }
}

impl Standing {
    fn to_bytes(&self) -> Result<Vec<u8>, RanksError> {
        to_bytes(self)
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, RanksError> {
        from_bytes(bytes)
    }
}

/// The error of a rank that has another number of `what` than the first.
fn out_of_step(expected: usize, found: usize, what: &str) -> RanksError {
    let say = |count: usize| format!("{count} {what}");
    RanksError::OutOfStep { rank: 0, expected: say(expected), found: say(found) }
}

#[inline(never)]
pub(crate) fn bytes_of<T: Scalar>(block: &[T]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(size_of_val(block));
    let Ok(()) = with_le_bytes(block, |piece| {
        bytes.extend_from_slice(piece);
        Ok::<(), std::convert::Infallible>(())
    });
    bytes
}

/// Sends a block from rank 0.
#[inline(never)]
pub(crate) fn send<T: Scalar>(ranks: &mut dyn Ranks, block: &[T]) -> Result<(), RanksError> {
    broadcast(ranks, 0, &mut bytes_of(block))
}

/// Receives the block that rank 0 sends.
#[inline(never)]
pub(crate) fn receive<T: Scalar>(ranks: &mut dyn Ranks, block: &mut [T]) -> Result<(), RanksError> {
    let mut bytes = Vec::new();
    broadcast(ranks, 0, &mut bytes)?;
    let mut rest = &bytes[..];
    if size_of_val(block) != bytes.len() {
        return Err(out_of_step(size_of_val(block), bytes.len(), "bytes of weights"));
    }
    fill_from_le_bytes(block, |to| {
        let (here, behind) = rest.split_at(to.len());
        to.copy_from_slice(here);
        rest = behind;
        Ok(())
    })
}

/// The model that rank 0 sends.
fn receive_model<M: Layer>(ranks: &mut dyn Ranks) -> Result<Model<M>, RanksError> {
    let mut block = M::zeroed();
    receive(ranks, block.as_flat_mut())?;
    Ok(block)
}
