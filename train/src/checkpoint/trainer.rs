//! A training in a file, and back.

use std::fmt::Debug;
use std::path::Path;

use typednet_data::Attached;
use typednet_layers::Layer;
use typednet_layers::loss::Loss;
use typednet_optim::MovingAverage;
use typednet_tensor::{Model, Scalar};

use super::archive::{Archive, NonFinite, Section, write};
use super::check::Known;
use super::described::Described;
use super::enter::network;
use super::meta::{Exact, Facts, Meta};
use super::read::Here;
use super::weights::AVERAGE;
use super::{CheckpointError, Checkpoints, Keeper};
use crate::position::Resumed;
use crate::{Control, Run, TrainError, Trainer};

fn moment(index: usize) -> String {
    format!("moment.{}/", index + 1)
}

fn of_callback(index: usize) -> String {
    format!("callback.{}/", index + 1)
}

impl<M: Layer, L: Loss<M::Out>, O: Debug> Trainer<M, L, O> {
    /// [`fit`](Trainer::fit) writes checkpoints, from which [`resume`](Trainer::resume) goes on. A folder that cannot be
    /// written to is an error before the first step.
    #[must_use]
    pub fn checkpoints(mut self, checkpoints: Checkpoints) -> Self {
        self.keeper = Some(Keeper { checkpoints, describe, open: None });
        self
    }

    /// Writes the training as it is between two steps to a safetensors file: weights, moments, averages, the place in the
    /// epoch, the history and the settings.
    ///
    /// # Errors
    /// If batches wait for others to make a step with, or the file cannot be written.
    pub fn save_checkpoint(&self, path: impl AsRef<Path>) -> Result<(), CheckpointError> {
        self.save(path.as_ref(), describe)
    }

    /// Everything that the bits of a training follow from beside data and first weights, as names and values, for logs and
    /// manifests: loss, optimiser, seed, batch size, scalar, epochs, and what else was set.
    ///
    /// A schedule stands there as a hash of its factors, callbacks as their number.
    pub fn settings(&self) -> Vec<(String, String)> {
        let mut settings = self.described(describe);
        settings.push(("epochs".to_owned(), self.epochs.to_string()));
        settings
    }

    /// Goes on from a checkpoint. The next call of [`fit`](Trainer::fit) with the same data trains what was left of the
    /// call that the checkpoint was made in, and ends with the same bits as if that had not been stopped.
    ///
    /// The trainer must have the settings, the callbacks and, unless its model is zeroed, the first weights of the one that
    /// wrote it; only epochs, threads and how the training is shown may differ. On an error it is as it was. From here on it
    /// trains the same [`run`](Trainer::run).
    ///
    /// [`Checkpoints::resume`] finds the checkpoint by itself. To go on from a chosen one:
    ///
    /// ```
    /// use typednet_data::Dataset;
    /// use typednet_layers::{Dense, Linear, Network, loss::SquaredError};
    /// use typednet_optim::Adam;
    /// use typednet_train::{Checkpoints, Trainer};
    ///
    /// let folder = std::env::temp_dir().join(format!("typednet-resume-{}", std::process::id()));
    /// let data = Dataset::new([[0.0_f32], [1.0], [2.0]], [[1.0_f32], [3.0], [5.0]])?;
    /// let trainer = || Trainer::new(Dense::<1, 1, Linear>::seeded(0), SquaredError::Mean, Adam::new(0.1)).batch(2).quiet();
    /// let mut whole = trainer().epochs(20);
    /// whole.fit(&data)?;
    ///
    /// trainer().epochs(12).checkpoints(Checkpoints::new(&folder)).fit(&data)?;
    /// let mut resumed = trainer().epochs(20);
    /// let newest = Checkpoints::newest(&folder)?.expect("twelve epochs were saved");
    /// resumed.resume(newest)?;
    /// resumed.fit(&data)?;
    /// assert_eq!(resumed.model().weight, whole.model().weight);
    /// # std::fs::remove_dir_all(folder)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the file cannot be read, is not whole, holds another network or no training, or one with other settings
    /// or first weights.
    pub fn resume(&mut self, path: impl AsRef<Path>) -> Result<(), CheckpointError> {
        self.restore(path.as_ref(), describe)
    }
}

pub(crate) fn describe<O: Debug>(optimizer: &O) -> String {
    format!("{optimizer:?}")
}

/// The blocks of parameters of a training that is taken over.
pub(crate) struct Loaded<M> {
    pub(crate) model: Model<M>,
    pub(crate) moments: Vec<Model<M>>,
    /// The average of the weights.
    pub(crate) average: Option<Model<M>>,
}

impl<M: Layer, L: Loss<M::Out>, O> Trainer<M, L, O> {
    /// [`resume`](Trainer::resume), with the optimiser's settings in words.
    pub(crate) fn restore(&mut self, path: &Path, describe: fn(&O) -> String) -> Result<(), CheckpointError> {
        let mut archive = Archive::open(path)?;
        let model = archive.read::<M>("", NonFinite::Refuse)?;
        let path = archive.path();
        let Some(state) = archive.state() else {
            return Err(CheckpointError::NoTraining { path });
        };
        if !archive.is_checked() {
            return Err(CheckpointError::NoChecksum { path });
        }
        let meta = self.read_state(state, path, describe)?;
        let mut moments = Vec::new();
        for index in 0..self.engine.state.moments().len() {
            moments.push(archive.read::<M>(&moment(index), NonFinite::Refuse)?);
        }
        let average = if meta.has_average() { Some(archive.read::<M>(AVERAGE, NonFinite::Refuse)?) } else { None };
        let mut of_callbacks = Vec::new();
        for index in 0..self.callbacks.len() {
            let prefix = of_callback(index);
            let is_there = archive.has(&prefix);
            of_callbacks.push(if is_there { Some(archive.read::<M>(&prefix, NonFinite::Refuse)?) } else { None });
        }

        let began_after = meta.began_after;
        self.take_over(Loaded { model, moments, average }, meta, archive.path())?;
        let mut finished = Control::Continue;
        let history = self.history.since(began_after);
        for (callback, weights) in self.callbacks.iter_mut().zip(of_callbacks) {
            if callback.resume(&history, weights.as_deref()) == Control::Stop {
                finished = Control::Stop;
            }
        }
        self.resumed = Some(Resumed { began_after, finished });
        self.engine.team.notes.kept = self.engine.state.count();
        Ok(())
    }

    /// Puts another trainer's state in the place of this one's, but for the callbacks; `path` says where it is from.
    pub(crate) fn take_over(&mut self, loaded: Loaded<M>, meta: Meta, path: String) -> Result<(), CheckpointError> {
        let Loaded { model, moments, average } = loaded;
        let engine = &mut self.engine;
        let (states, before) = (meta.metric_states(), engine.meters.states());
        if let Err(place) = engine.meters.restore(&states) {
            // It is as it was: these are states that the same metrics have given.
            _ = engine.meters.restore(&before);
            return Err(bad_metric(path, place, states[place].as_ref().map_or(0, Vec::len)));
        }
        engine.model = model;
        for (kept, moment) in engine.state.restore(meta.step).iter_mut().zip(moments) {
            *kept = moment;
        }
        engine.learning_rate = meta.learning_rate.0;
        engine.around.forget();
        if let (Some(kept), Some(count), Some(average)) = (&mut engine.around.average, meta.average_updates, average) {
            kept.restore(count).as_flat_mut().copy_from_slice(average.as_flat());
        }
        if let Some(carry) = &mut self.carry {
            carry.training.0 = meta.carried.iter().map(|Exact(x)| M::Elem::of(*x)).collect();
        }
        self.history = meta.measured(engine.meters.names());
        meta.put_plateau(&mut engine.around.options);
        self.position = meta.position.map(Into::into);
        (self.data, self.unconfirmed) = (meta.data, true);
        if self.run != meta.run {
            self.run = meta.run;
            // The checkpoints of another run have another folder.
            if let Some(keeper) = &mut self.keeper {
                keeper.open = None;
            }
        }
        Ok(())
    }

    /// The state of a training that this trainer can go on with.
    fn read_state(&self, state: &str, path: String, describe: fn(&O) -> String) -> Result<Meta, CheckpointError> {
        let around = &self.engine.around;
        let known = Known {
            seed: self.seed_number,
            batch_size: self.batch_size,
            shards: self.engine.team.shards,
            has_average: around.average.is_some(),
            has_plateau: around.options.plateau.is_some(),
            metrics: self.engine.meters.names(),
            carried: self.carry.as_ref().map_or(0, |carry| carry.width * self.batch_size),
        };
        let another = |run: &Run| self.steps() == 0 && !self.is_blank() && !self.would_begin(run);
        let here = Here { network: network(const { &M::TREE }), settings: self.described(describe), another: &another };
        here.read(state, path, &known)
    }

    /// The checkpoint after a step within an epoch, if there is to be one. Of several ranks, the first writes them.
    pub(crate) fn keep_step(&mut self) -> Result<(), TrainError> {
        let Some(keeper) = self.keeper.as_ref().filter(|_| self.engine.team.is_first()) else { return Ok(()) };
        let step = self.engine.state.count();
        self.keep(keeper, &keeper.path(step))?;
        self.engine.team.notes.kept = step;
        Ok(())
    }

    /// The checkpoints after an epoch.
    pub(crate) fn keep_epoch(&mut self, epoch: usize) -> Result<(), TrainError> {
        let Some(keeper) = self.keeper.as_ref().filter(|_| self.engine.team.is_first()) else { return Ok(()) };
        if keeper.checkpoints.is_best(&self.history) {
            self.keep(keeper, &keeper.best_path())?;
        }
        if epoch.is_multiple_of(keeper.checkpoints.every_epochs) { self.keep_step() } else { Ok(()) }
    }

    fn keep(&self, keeper: &Keeper<O>, path: &Path) -> Result<(), TrainError> {
        self.save(path, keeper.describe)?;
        Ok(keeper.checkpoints.tidy(keeper.folder(), self.engine.state.count())?)
    }

    fn save(&self, path: &Path, describe: fn(&O) -> String) -> Result<(), CheckpointError> {
        let engine = &self.engine;
        if engine.around.waiting() > 0 {
            return Err(CheckpointError::Waiting { batches: engine.around.waiting() });
        }
        let meta = self.meta(describe).to_json(path)?;
        let mut sections = vec![Section { prefix: String::new(), block: engine.model.as_flat() }];
        for (index, block) in engine.state.moments().iter().enumerate() {
            sections.push(Section { prefix: moment(index), block: block.as_flat() });
        }
        if let Some(average) = self.average_begun() {
            sections.push(Section { prefix: AVERAGE.to_owned(), block: average.as_flat() });
        }
        for (index, callback) in self.callbacks.iter().enumerate() {
            if let Some(weights) = callback.weights() {
                sections.push(Section { prefix: of_callback(index), block: weights.as_flat() });
            }
        }
        write(path, const { &M::TREE }, &sections, Some(meta), &Attached::new())
    }

    /// The average of the weights, where one is kept and begun.
    fn average_begun(&self) -> Option<&M> {
        self.engine.around.average.as_ref().filter(|average| average.count() > 0).map(MovingAverage::model)
    }

    /// The state of the training between two steps, beside its blocks of parameters.
    pub(crate) fn meta(&self, describe: fn(&O) -> String) -> Meta {
        let (engine, around) = (&self.engine, &self.engine.around);
        Meta::of(Facts {
            network: network(const { &M::TREE }),
            settings: self.described(describe),
            run: self.run.as_ref(),
            data: self.data,
            epoch: self.next_epoch() - 1,
            step: engine.state.count(),
            seed: self.seed_number,
            batch_size: self.batch_size,
            began_after: self.began_after,
            learning_rate: engine.learning_rate,
            average_updates: around.average.as_ref().map(MovingAverage::count),
            plateau: around.options.plateau.as_ref(),
            position: self.position,
            history: &self.history,
            metrics: if self.position.is_some() { engine.meters.states() } else { Vec::new() },
            carried: if self.position.is_some() { self.carried() } else { Vec::new() },
        })
    }

    /// The states that go on to the next batch.
    fn carried(&self) -> Vec<Exact> {
        let Some(carry) = &self.carry else { return Vec::new() };
        carry.training.0.iter().map(|x| Exact(x.to_f64_exact())).collect()
    }

    /// Everything that the bits of a training follow from, beside data, model and epochs.
    pub(crate) fn described(&self, describe: fn(&O) -> String) -> Vec<(String, String)> {
        let (engine, around) = (&self.engine, &self.engine.around);
        let mut of_loss = String::new();
        // A text takes everything.
        _ = engine.loss.loss().settings(&mut of_loss);
        let described = Described {
            loss: std::any::type_name::<L>(),
            of_loss,
            optimizer: describe(&engine.optimizer),
            seed: self.seed_number,
            batch_size: self.batch_size,
            scalar: M::Elem::NAME,
            options: &around.options,
            groups: around.groups.as_ref().map(|groups| format!("{groups:?}")),
            shards: engine.team.shards,
            precision: engine.precision,
            metrics: engine.meters.names(),
            transforms: around.transforms.len(),
            carried: self.carry.as_ref().map(|carry| carry.width),
            callbacks: self.callbacks.len(),
        };
        described.settings()
    }
}

/// The error of a state that is none of the metric at `place`.
fn bad_metric(path: String, place: usize, len: usize) -> CheckpointError {
    let (field, expected) = (format!("metrics[{place}]"), "what the metric of this place remembers".to_owned());
    CheckpointError::Field { path, field, found: format!("{len} numbers"), expected }
}
