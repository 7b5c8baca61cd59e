//! Who computes the shards of a batch, and what they tell each other in a step.

use typednet_layers::LayerInfo;
use typednet_optim::with_gradient;
use typednet_tensor::{Buffer, Parallel, Scalar};

use super::sum::{Place, TreeSum};
use super::{Share, Spread};
use crate::engine::Passed;
use crate::ranks::{self, Ranks, RanksError, Said};

/// The shards of a batch, and the processes that share them where there are several.
pub(crate) struct Team<T> {
    pub(crate) shards: usize,
    pub(crate) ranks: Option<Box<dyn Ranks>>,
    sum: TreeSum<T>,
    /// What another rank sends.
    received: Buffer<T>,
    /// What the ranks tell each other beside the gradient.
    pub(crate) notes: Notes,
}

/// What ranks tell each other in each step, beside the gradient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Notes {
    /// The step that is made, so that ranks which are not at the same one notice.
    pub(crate) step: u64,
    /// Whether some rank was asked to end the training, and by whom.
    pub(crate) asked: u64,
    /// The step of the newest checkpoint, where there is one.
    pub(crate) kept: u64,
    /// Whether a callback looks at the step, and may stop the training: rank 0 says so, since it alone calls them.
    pub(crate) looked: u64,
    /// How many rows the batch has, on all ranks together.
    pub(crate) rows: u64,
    /// A mark of the batch, where each rank was given it by its caller; else 0.
    pub(crate) batch: u64,
}

impl<T: Scalar> Team<T> {
    pub(crate) fn new() -> Self {
        Self { shards: 1, ranks: None, sum: TreeSum::new(), received: Buffer::new(), notes: Notes::default() }
    }

    /// The shards that are computed here.
    pub(crate) fn share(&self) -> Share {
        let (rank, size) = self.ranks.as_ref().map_or((0, 1), |ranks| (ranks.rank(), ranks.size()));
        Share::of(self.shards, rank, size)
    }

    /// Whether this process writes files, shows progress and calls callbacks.
    pub(crate) fn is_first(&self) -> bool {
        self.ranks.as_ref().is_none_or(|ranks| ranks.rank() == 0)
    }

    /// The other processes, where there are some.
    pub(crate) fn others(&mut self) -> Option<&mut dyn Ranks> {
        match &mut self.ranks {
            Some(ranks) if ranks.size() > 1 => Some(&mut **ranks),
            _ => None,
        }
    }

    /// Makes room for gradients of `len` elements and for `outputs` elements of outputs.
    #[inline(never)]
    pub(crate) fn reserve(&mut self, len: usize, outputs: usize) {
        let share = self.share();
        self.sum.reserve(share.shards().len(), len);
        if !share.is_all() {
            self.received.grow(len.max(outputs));
        }
    }

    /// Where the gradient of a shard is to be written: see [`TreeSum::room`].
    pub(crate) fn room<'a>(&'a mut self, place: Place, gradient: &'a mut [T]) -> &'a mut [T] {
        self.sum.room(place, gradient)
    }

    /// Takes in a shard: see [`TreeSum::add`].
    #[inline(never)]
    pub(crate) fn add(
        &mut self,
        place: Place,
        tree: &'static LayerInfo,
        factor: T,
        gradient: &mut [T],
        passed: &mut Passed,
        parallel: Parallel<'_>,
    ) {
        self.sum.add(place, tree, factor, gradient, passed, parallel);
    }

    /// Goes on with the tree over the other ranks: `gradient` and `passed` are the sums over all shards then.
    #[inline(never)]
    pub(crate) fn add_other_ranks(
        &mut self,
        tree: &'static LayerInfo,
        gradient: &mut [T],
        passed: &mut Passed,
    ) -> Result<(), RanksError> {
        let Self { ranks: Some(ranks), received, notes, .. } = self else { return Ok(()) };
        let received = received.grow(gradient.len());
        let (mut said, mut added) = (Some(Said { passed, notes }), Ok(()));
        with_gradient(tree, |run| {
            if added.is_ok() {
                added = ranks::add(&mut **ranks, said.take(), &mut gradient[run], received);
            }
        });
        added?;
        // Where nothing is trained, there is no gradient to go with.
        if said.is_some() { ranks::add(&mut **ranks, said, &mut [], received) } else { Ok(()) }
    }

    /// Brings the outputs for the rows of all other ranks to their places.
    #[inline(never)]
    pub(crate) fn gather_outputs(&mut self, batch: Spread<'_>, outputs: &mut [T]) -> Result<(), RanksError> {
        let shards = self.shards;
        let Some(ranks) = &mut self.ranks else { return Ok(()) };
        let (size, each) = (ranks.size(), outputs.len() / batch.len().max(1));
        ranks::gather(&mut **ranks, outputs, &|rank| Share::of(shards, rank, size).own(batch).start * each)
    }
}
