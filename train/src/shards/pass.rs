//! The gradient of a batch: in one piece, or shard by shard.

use typednet_layers::loss::Loss;
use typednet_layers::{Layer, PassContext, pass};
use typednet_optim::with_gradient;
use typednet_tensor::{Buffer, Flat, Scalar, ops, rows, rows_mut, size};

use crate::RanksError;
use crate::batch::Targets;
use crate::engine::{Lent, Passed, StepPass};
use crate::shards::{Place, Spread};

/// A batch that a loss is computed of.
pub(crate) struct Rows<'a, In, Target> {
    /// Its rows, here and elsewhere.
    pub(crate) spread: Spread<'a>,
    /// The samples of the rows that are computed here.
    pub(crate) x: &'a [In],
    /// The targets of these rows, and of all where metrics compare the outputs of other ranks with them.
    pub(crate) targets: Targets<'a, Target>,
}

/// What a pass of training has written beside the gradient of the mean loss.
pub(crate) struct Written<'m, Out> {
    /// The mean loss.
    pub(crate) loss: f64,
    /// How much the batch weighs among those of a step.
    pub(crate) weight: usize,
    /// The outputs for the rows that were computed here.
    pub(crate) outputs: &'m [Out],
}

/// The memory of a pass.
pub(crate) struct Room<'m, T> {
    pub(crate) memory: &'m mut Buffer<T>,
    /// The outputs of a batch that is computed shard by shard.
    pub(crate) outputs: &'m mut Buffer<T>,
}

impl<M: Layer, L: Loss<M::Out>> Lent<'_, M, L> {
    /// The gradient of the mean loss of a batch, and what was found on the way into `passed`.
    pub(crate) fn gradient<'m>(
        self,
        batch: &Rows<'_, M::In, L::Target>,
        passed: &mut Passed,
        room: Room<'m, M::Elem>,
    ) -> Result<Written<'m, M::Out>, RanksError> {
        if !self.team.share().is_whole() {
            return self.in_shards(batch, passed, room);
        }
        let &Rows { x, targets: Targets { own: targets, .. }, .. } = batch;
        let StepPass { model, gradient, run, .. } = self.pass;
        let memory = room.memory.grow(pass::training_need::<M>().of(x.len()));
        let (loss, outputs) = pass::gradient_fitted(model, self.loss, x, targets, gradient, memory, run);
        let terms = self.loss.loss().terms(targets);
        self.meters.train(self.loss, outputs, targets);
        *passed = Passed { loss: loss * terms as f64, terms, correct: self.loss.correct(outputs, targets) };
        Ok(Written { loss, weight: terms, outputs })
    }

    /// As [`gradient`](Self::gradient). A shard gives the gradient of the sum over its terms; the sum over all shards is divided by
    /// all terms, so that it is the mean over the batch however they are spread.
    fn in_shards<'m>(
        self,
        batch: &Rows<'_, M::In, L::Target>,
        passed: &mut Passed,
        Room { memory, outputs }: Room<'m, M::Elem>,
    ) -> Result<Written<'m, M::Out>, RanksError> {
        let Self { pass: StepPass { model, gradient, run, key }, loss, meters, team } = self;
        let (share, tree, nothing) = (team.share(), const { &M::TREE }, loss.correct(&[], &[]));
        let (spread, count) = (batch.spread, batch.spread.len());
        let own = share.own(spread);
        let outputs = outputs.grow(size::product(&[count, M::Out::LEN]));
        for (number, shard) in share.shards().enumerate() {
            let place = Place { shard: number, shards: share.shards().len() };
            let at = share.rows(spread, shard);
            let here = at.start - own.start..at.end - own.start;
            let (x, targets) = (&batch.x[here.clone()], &batch.targets.own[here]);
            let terms = loss.loss().terms(targets);
            *passed = Passed { loss: 0.0, terms, correct: nothing };
            let of_shard = team.room(place, gradient.as_flat_mut());
            if x.is_empty() {
                with_gradient(tree, |run| of_shard[run].fill(M::Elem::ZERO));
            } else {
                let memory = memory.grow(pass::training_need::<M>().of(x.len()));
                let run = PassContext::new(key.child(shard as u64)).on(run.parallel());
                let (mean, y) = pass::gradient_fitted(model, loss, x, targets, M::from_flat_mut(of_shard), memory, run);
                // The mean over no terms is not a number, and their sum is 0.
                passed.loss = if terms == 0 { 0.0 } else { mean * terms as f64 };
                passed.correct = loss.correct(y, targets);
                rows_mut::<M::Out>(outputs)[at].copy_from_slice(y);
                if share.is_all() {
                    meters.train(loss, y, targets);
                }
            }
            let terms = M::Elem::of(terms as f64);
            team.add(place, tree, terms, gradient.as_flat_mut(), passed, run.parallel());
        }
        team.notes.rows = count as u64;
        team.add_other_ranks(tree, gradient.as_flat_mut(), passed)?;
        if !share.is_all() && !meters.is_empty() {
            team.gather_outputs(spread, outputs)?;
            for at in share.all().map(|shard| share.rows(spread, shard)).filter(|at| !at.is_empty()) {
                meters.train(loss, &rows::<M::Out>(outputs)[at.clone()], &batch.targets.all[at]);
            }
        }
        let each = M::Elem::of(1.0 / passed.terms as f64);
        with_gradient(tree, |range| ops::scale_on(each, &mut gradient.as_flat_mut()[range], run.parallel()));
        let mean = passed.loss / passed.terms as f64;
        Ok(Written { loss: mean, weight: passed.terms, outputs: &rows(outputs)[own] })
    }
}
