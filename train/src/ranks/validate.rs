//! Validation data that several ranks share.

use typednet_layers::Layer;
use typednet_layers::loss::Loss;
use typednet_tensor::{Flat, Scalar, flat, rows, size};

use super::{gather, or};
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
        let (decides, each) = (self.engine.loss.correct(&[], &[]).is_some(), M::Out::LEN);
        let batches = || in_order(parts, data.len(), self.batch_size);
        let mut found = vec![[[0_u8; 8]; 3]; batches().count()];
        let mut outputs = vec![M::Elem::ZERO; if measures { size::product(&[data.len(), each]) } else { 0 }];
        for (place, (part, at)) in batches().enumerate() {
            if parts.map_or(place % size != rank, |_| !own.contains(&part)) {
                continue;
            }
            let (x, targets) = self.batch.in_order(data, at.clone(), self.seed, self.engine.parallel())?;
            let (Passed { loss, terms, correct }, y) = self.engine.evaluate(x, targets, false);
            found[place] = [loss.to_bits(), terms as u64, correct.unwrap_or(0) as u64].map(u64::to_le_bytes);
            if measures {
                outputs[at.start * each..at.end * each].copy_from_slice(flat(y));
            }
        }
        let shards = self.engine.team.shards;
        if let Some(ranks) = self.engine.team.others() {
            or(ranks, found.as_flattened_mut().as_flattened_mut())?;
            if let Some(parts) = parts.filter(|_| measures) {
                let first = |rank| parts.rows(Share::of(shards, rank, size).shards().start).start as usize;
                gather(ranks, &mut outputs, |rank| first(rank) * each)?;
            }
        }
        if measures {
            self.engine.meters.begin_evaluation();
            for (_, at) in batches() {
                let y = rows::<M::Out>(&outputs[at.start * each..at.end * each]);
                self.engine.meters.evaluate(&self.engine.loss, y, self.batch.targets_of(data, at));
            }
        }
        let mut total = Total::default();
        for [loss, terms, correct] in found.into_iter().map(|found| found.map(u64::from_le_bytes)) {
            let correct = decides.then_some(correct as usize);
            total.add(&Passed { loss: f64::from_bits(loss), terms: terms as usize, correct });
        }
        Ok(total.evaluation())
    }
}
