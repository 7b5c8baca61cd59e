//! What is looked at before a training.

use std::iter;

use typednet_data::{Parts, Source};
use typednet_layers::Layer;
use typednet_layers::loss::Loss;
use typednet_tensor::Better;

use crate::around::Options;
use crate::engine::Engine;
use crate::metric::check_names;
use crate::objective::{ACCURACY, LOSS};
use crate::shards::Team;
use crate::{Objective, RanksError, TrainError, Trainer};

impl<M: Layer, L: Loss<M::Out>, O> Trainer<M, L, O> {
    /// What can be known to be wrong before anything is computed.
    pub(crate) fn check<S>(&self, data: &S, purpose: &'static str) -> Result<(), TrainError>
    where
        S: Source<M::In, L::Target> + ?Sized,
    {
        if self.batch_size == 0 {
            return Err(TrainError::BatchSize);
        }
        if data.is_empty() {
            return Err(TrainError::NoData { purpose });
        }
        if let Some(parts) = data.parts().map(Parts::len).filter(|rows| *rows != data.len()) {
            return Err(TrainError::PartRows { purpose, rows: data.len(), parts });
        }
        self.check_carry(data, purpose)?;
        self.check_settings()
    }

    /// As [`check`](Self::check), and whether each shard has a part to draw from, where the data are in parts.
    pub(crate) fn check_to_train<S>(&self, data: &S, purpose: &'static str) -> Result<(), TrainError>
    where
        S: Source<M::In, L::Target> + ?Sized,
    {
        self.check(data, purpose)?;
        let shards = self.engine.team.shards;
        match data.parts().map(Parts::count) {
            Some(parts) if parts != shards => Err(TrainError::Parts { purpose, parts, shards }),
            _ => Ok(()),
        }
    }

    /// Gives the history the columns of the metrics, and asks whether everything that is followed is measured.
    pub(crate) fn prepare_metrics(&mut self) -> Result<(), TrainError> {
        let Self { engine, history, callbacks, keeper, .. } = self;
        let Engine { meters, around, loss, .. } = engine;
        check_names(meters.names())?;
        if !history.has_columns(meters.names()) {
            history.set_columns(meters.names());
        }
        let known = Objectives { decides: loss.correct(&[], &[]).is_some(), metrics: meters.names() };
        for callback in callbacks {
            callback.follows().map_or(Ok(()), |objective| known.check(objective))?;
        }
        if let Some(keeper) = keeper {
            keeper.checkpoints.best.as_ref().map_or(Ok(()), |objective| known.check(objective))?;
        }
        known.check_plateau(&around.options)
    }

    pub(crate) fn check_settings(&self) -> Result<(), TrainError> {
        let Team { shards, ranks, .. } = &self.engine.team;
        if !shards.is_power_of_two() || *shards > self.batch_size.max(1) {
            return Err(TrainError::Shards { asked: *shards, rows: self.batch_size });
        }
        let ranks = ranks.as_ref().map_or(1, |ranks| ranks.size());
        if !ranks.is_power_of_two() || ranks > *shards {
            return Err(RanksError::Shards { ranks, shards: *shards }.into());
        }
        self.engine.precision.check().map_err(TrainError::Precision)?;
        (self.engine.rule.check)(&self.engine.optimizer)?;
        self.engine.around.check()
    }

    /// Whether states can go from batch to batch of the data, where they are to.
    fn check_carry<D>(&self, data: &D, purpose: &'static str) -> Result<(), TrainError>
    where
        D: Source<M::In, L::Target> + ?Sized,
    {
        if self.carry.is_none() {
            return Ok(());
        }
        if self.engine.team.ranks.as_ref().is_some_and(|ranks| ranks.size() > 1) {
            return Err(RanksError::CarriedStates.into());
        }
        match data.contiguous_rows() {
            Some(rows) if rows == self.batch_size => Ok(()),
            found => Err(TrainError::NotContiguous { purpose, batch: self.batch_size, found }),
        }
    }
}

/// What a training can be followed by.
struct Objectives<'a> {
    /// Whether there is an accuracy.
    decides: bool,
    metrics: &'a [(String, Better)],
}

impl Objectives<'_> {
    /// The names, with what is better. Nothing is allocated, since an epoch of one's own loop begins here too.
    fn all(&self) -> impl Iterator<Item = (&str, Better)> {
        let accuracy = self.decides.then_some((ACCURACY, Better::Higher));
        let metrics = self.metrics.iter().map(|(name, better)| (&name[..], *better));
        iter::once((LOSS, Better::Lower)).chain(accuracy).chain(metrics)
    }

    fn find(&self, objective: &Objective) -> Result<Better, TrainError> {
        let found = self.all().find(|(name, _)| *name == objective.name());
        found.map(|(_, better)| better).ok_or_else(|| TrainError::UnknownMetric {
            name: objective.name().to_owned(),
            known: self.all().map(|(name, _)| name.to_owned()).collect(),
        })
    }

    fn check(&self, objective: &Objective) -> Result<(), TrainError> {
        self.find(objective).map(|_| ())
    }

    fn check_plateau(&self, options: &Options) -> Result<(), TrainError> {
        let Options { plateau: Some(plateau), plateau_by, .. } = options else { return Ok(()) };
        let rises = self.find(plateau_by)? == Better::Higher;
        // A plateau of the loss may wait for a rise, as it always could.
        if *plateau_by != Objective::Loss && plateau.is_rising() != rises {
            return Err(TrainError::PlateauDirection { name: plateau_by.name().to_owned(), rises });
        }
        Ok(())
    }
}
