//! Batches that one thread gathers while another trains on those before.

use std::sync::mpsc;
use std::thread;

use crate::epoch_order::EpochOrder;
use crate::{Control, TrainError};

/// How many batches are gathered ahead.
pub(crate) const SLOTS: usize = 2;

/// Which batches are walked over: those of up to `size` samples, from place `from` of the order to its end.
#[derive(Clone, Copy)]
pub(crate) struct Batches<'a> {
    pub(crate) order: &'a EpochOrder,
    pub(crate) from: usize,
    pub(crate) size: usize,
}

/// What trains on the batch of a slot.
type Train<'a> = &'a mut dyn FnMut(usize, &[u32]) -> Result<Control, TrainError>;

/// Calls `train` with the slot and the rows of each batch, in order, once another thread has called `fill` with them; ends early with
/// what is not [`Control::Continue`].
///
/// A slot, which is a number below [`SLOTS`], is in one hand at a time. What is in it is the affair of both functions, so that this is
/// compiled once for all kinds of samples.
pub(crate) fn ahead(
    batches: Batches<'_>,
    fill: &(dyn Fn(usize, &[u32]) + Sync),
    train: Train<'_>,
) -> Result<Control, TrainError> {
    let batches = || batches.order.batches(batches.from, batches.size);
    thread::scope(|scope| {
        // An end of the training drops its ends of both channels, and the gatherer ends at the next call.
        let (full, to_train) = mpsc::sync_channel(SLOTS);
        let (empty, to_fill) = mpsc::sync_channel(SLOTS);
        scope.spawn(move || {
            for rows in batches() {
                let Ok(slot) = to_fill.recv() else { return };
                fill(slot, rows);
                if full.send(slot).is_err() {
                    return;
                }
            }
        });
        for slot in 0..SLOTS {
            _ = empty.send(slot);
        }
        for rows in batches() {
            // Without a batch, the source has panicked, and so does the scope.
            let Ok(slot) = to_train.recv() else { break };
            let said = train(slot, rows)?;
            if said != Control::Continue {
                return Ok(said);
            }
            // The gatherer is done where nobody takes it.
            _ = empty.send(slot);
        }
        Ok(Control::Continue)
    })
}
