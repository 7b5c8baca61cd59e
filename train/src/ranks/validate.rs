//! Validation data that several ranks share.

use std::ops::Range;

use typednet_layers::Layer;
use typednet_layers::loss::Loss;
use typednet_tensor::{Flat, Scalar, flat, rows, size};

use super::{Ranks, RanksError, gather, or};
use crate::engine::Passed;
use crate::epoch_order::in_order;
use crate::position::Total;
use crate::question::Data;
use crate::shards::Share;
use crate::{Evaluation, TrainError, Trainer};

impl<M: Layer, L: Loss<M::Out>, O> Trainer<M, L, O> {
    /// Loss and accuracy over the validation data; several ranks measure some of the batches each, of data in parts those of their shards' parts,
    /// and all add up what was found in the order of the batches.
    ///
    /// Metrics need every output. With them each rank measures all of whole data, and of data in parts it is sent the outputs for those of the
    /// others, so that it holds the outputs for all rows.
    pub(crate) fn validate(&mut self, data: &dyn Data<M::In, L::Target>) -> Result<Evaluation, TrainError> {
        let (parts, measures) = (data.parts(), !self.engine.meters.is_empty());
        let (rank, size) = match self.engine.team.others() {
            Some(ranks) if !measures || parts.is_some() => (ranks.rank(), ranks.size()),
            _ => return self.evaluate(data),
        };
        self.reserve(data)?;
        let own = self.engine.team.share().shards();
        let each = M::Out::LEN;
        let batches: Vec<(usize, Range<usize>)> = in_order(parts, data.len(), self.batch_size).collect();
        let mut found = Found::new(batches.len(), self.engine.loss.correct(&[], &[]).is_some());
        let mut outputs = vec![M::Elem::ZERO; if measures { size::product(&[data.len(), each]) } else { 0 }];
        for (place, (part, at)) in batches.iter().enumerate() {
            let is_own = if parts.is_some() { own.contains(part) } else { place % size == rank };
            if !is_own {
                continue;
            }
            let (x, targets) = self.batch.in_order(data, at.clone(), self.seed, self.engine.parallel())?;
            let (passed, y) = self.engine.evaluate(x, targets, false);
            found.keep(place, &passed);
            if measures {
                outputs[at.start * each..at.end * each].copy_from_slice(flat(y));
            }
        }
        let shards = self.engine.team.shards;
        if let Some(ranks) = self.engine.team.others() {
            found.share(ranks)?;
            if let Some(parts) = parts.filter(|_| measures) {
                let first = |rank| parts.rows(Share::of(shards, rank, size).shards().start).start as usize;
                gather(ranks, &mut outputs, &|rank| first(rank) * each)?;
            }
        }
        if measures {
            self.engine.meters.begin_evaluation();
            for (_, at) in batches {
                let y = rows::<M::Out>(&outputs[at.start * each..at.end * each]);
                self.engine.meters.evaluate(&self.engine.loss, y, self.batch.targets_of(data, at, self.seed));
            }
        }
        Ok(found.evaluation())
    }
}

/// What was found of each batch: the bytes of the loss, of the terms, and of how many were decided as the target says. Those of
/// other ranks are 0 until they are shared.
struct Found {
    batches: Vec<[[u8; 8]; 3]>,
    /// Whether the network decides.
    decides: bool,
}

impl Found {
    fn new(batches: usize, decides: bool) -> Self {
        Self { batches: vec![[[0; 8]; 3]; batches], decides }
    }

    fn keep(&mut self, place: usize, Passed { loss, terms, correct }: &Passed) {
        self.batches[place] = [loss.to_bits(), *terms as u64, correct.unwrap_or(0) as u64].map(u64::to_le_bytes);
    }

    fn share(&mut self, ranks: &mut dyn Ranks) -> Result<(), RanksError> {
        or(ranks, self.batches.as_flattened_mut().as_flattened_mut())
    }

    /// The sums in the order of the batches.
    fn evaluation(&self) -> Evaluation {
        let mut total = Total::default();
        for [loss, terms, correct] in self.batches.iter().map(|found| found.map(u64::from_le_bytes)) {
            let correct = self.decides.then_some(correct as usize);
            total.add(&Passed { loss: f64::from_bits(loss), terms: terms as usize, correct });
        }
        total.evaluation()
    }
}
