//! A training in a file, and back.

use std::fmt::Debug;
use std::path::Path;

use typednet_data::Attached;
use typednet_formats::Sha256;
use typednet_layers::Layer;
use typednet_layers::loss::Loss;
use typednet_optim::MovingAverage;
use typednet_optim::schedule::{Plateau, PlateauState};
use typednet_tensor::{Model, Precision, Scalar};

use super::archive::{Archive, NonFinite, Section, write};
use super::check::{BadField, Known};
use super::enter::network;
use super::meta::{Exact, Format, Meta, PlateauMeta, differences, hash};
use super::weights::AVERAGE;
use super::{CheckpointError, Checkpoints, Keeper};
use crate::around::Clock;
use crate::position::Resumed;
use crate::{Control, Objective, Record, Run, TrainError, Trainer};

/// The version of the entry in the header.
const FORMAT: u32 = 2;

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

/// Numbers that keep their bits.
fn exact(states: Vec<Option<Vec<f64>>>) -> Vec<Option<Vec<Exact>>> {
    states.into_iter().map(|state| Some(state?.into_iter().map(Exact).collect())).collect()
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
        let moments =
            (0..self.engine.state.moments().len()).map(|index| archive.read::<M>(&moment(index), NonFinite::Refuse));
        let moments = moments.collect::<Result<Vec<_>, _>>()?;
        let average = meta.average_updates.filter(|count| *count > 0);
        let average = average.map(|_| archive.read::<M>(AVERAGE, NonFinite::Refuse)).transpose()?;
        let mut of_callbacks = Vec::new();
        for index in 0..self.callbacks.len() {
            let prefix = of_callback(index);
            let weights = archive.has(&prefix).then(|| archive.read::<M>(&prefix, NonFinite::Refuse));
            of_callbacks.push(weights.transpose()?);
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
        let states = meta.metrics.into_iter().map(|state| Some(state?.into_iter().map(|Exact(x)| x).collect()));
        let (states, before) = (states.collect::<Vec<Option<Vec<f64>>>>(), engine.meters.states());
        if let Err(place) = engine.meters.restore(&states) {
            // It is as it was: these are states that the same metrics have given.
            _ = engine.meters.restore(&before);
            let found = format!("{} numbers", states[place].as_ref().map_or(0, Vec::len));
            let (field, expected) = (format!("metrics[{place}]"), "what the metric of this place remembers".to_owned());
            return Err(CheckpointError::Field { path, field, found, expected });
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
        if let (Some(plateau), Some(state)) = (&mut engine.around.plateau, meta.plateau) {
            *plateau = plateau.with_state(state.into());
        }
        self.position = meta.position.map(Into::into);
        if let Some(carry) = &mut self.carry {
            carry.training.0 = meta.carried.iter().map(|Exact(x)| M::Elem::of(*x)).collect();
        }
        self.history = meta.history.into_iter().map(Record::from).collect();
        self.history.set_columns(engine.meters.names());
        for column in &meta.columns {
            self.history.set_values(&column.name, column.values());
        }
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
        let not_read =
            |error: serde_json::Error| CheckpointError::State { path: path.clone(), reason: error.to_string() };
        let Format { format } = serde_json::from_str(state).map_err(not_read)?;
        if format != u64::from(FORMAT) {
            let (field, found, expected) = ("format".into(), format.to_string(), FORMAT.to_string());
            return Err(CheckpointError::Field { path, field, found, expected });
        }
        let meta: Meta = serde_json::from_str(state).map_err(not_read)?;
        let with_network = |settings: &[(String, String)], network: String| {
            let network = ("network".to_owned(), network);
            settings.iter().cloned().chain([network]).collect::<Vec<_>>()
        };
        let here = with_network(&self.described(describe), network::<M>());
        let differences = differences(&here, &with_network(&meta.settings, meta.network.clone()));
        if !differences.is_empty() {
            return Err(CheckpointError::OtherSettings { path, differences });
        }
        let another = |run: &&Run| self.steps() == 0 && !self.is_blank() && !self.would_begin(run);
        if let Some(run) = meta.run.as_ref().filter(another) {
            return Err(CheckpointError::OtherFirstWeights { path, run: run.name() });
        }
        let around = &self.engine.around;
        let known = Known {
            seed: self.seed_number,
            batch_size: self.batch_size,
            shards: self.engine.team.shards,
            has_average: around.average.is_some(),
            has_plateau: around.plateau.is_some(),
            metrics: self.engine.meters.names().map(|(name, _)| name.to_owned()).collect(),
            carried: self.carry.as_ref().map_or(0, |carry| carry.width * self.batch_size),
        };
        match meta.check(&known) {
            Ok(()) => Ok(meta),
            Err(BadField { field, found, expected }) => Err(CheckpointError::Field { path, field, found, expected }),
        }
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
        let meta = self.meta(describe);
        let block = |prefix: String, block| Section { prefix, block };
        let mut sections: Vec<Section<'_, M>> = vec![block(String::new(), &*engine.model)];
        sections.extend(engine.state.moments().iter().enumerate().map(|(index, m)| block(moment(index), &**m)));
        sections.extend(self.average_begun().map(|average| block(AVERAGE.into(), average)));
        let of_callbacks = self.callbacks.iter().enumerate();
        sections.extend(of_callbacks.filter_map(|(index, c)| Some(block(of_callback(index), c.weights()?))));
        let meta = serde_json::to_string(&meta)
            .map_err(|error| CheckpointError::State { path: path.display().to_string(), reason: error.to_string() })?;
        write(path, &sections, Some(meta), &Attached::new())
    }

    /// The average of the weights, where one is kept and begun.
    fn average_begun(&self) -> Option<&M> {
        self.engine.around.average.as_ref().filter(|average| average.count() > 0).map(MovingAverage::model)
    }

    /// The state of the training between two steps, beside its blocks of parameters.
    pub(crate) fn meta(&self, describe: fn(&O) -> String) -> Meta {
        let (engine, around) = (&self.engine, &self.engine.around);
        let settings = self.described(describe);
        Meta {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").into(),
            network: network::<M>(),
            run: self.run.clone(),
            data: self.data,
            epoch: self.next_epoch() - 1,
            step: engine.state.count(),
            seed: self.seed_number,
            batch_size: self.batch_size,
            settings_hash: hash(&settings),
            settings,
            began_after: self.began_after,
            learning_rate: Exact(engine.learning_rate),
            average_updates: around.average.as_ref().map(MovingAverage::count),
            plateau: around.plateau.as_ref().map(|plateau| plateau.state().into()),
            position: self.position.map(Into::into),
            history: self.history.records().iter().map(Into::into).collect(),
            columns: self.history.columns().iter().map(Into::into).collect(),
            metrics: if self.position.is_some() { exact(engine.meters.states()) } else { Vec::new() },
            carried: self.position.map_or_else(Vec::new, |_| self.carried()),
        }
    }

    /// The states that go on to the next batch.
    fn carried(&self) -> Vec<Exact> {
        let states = self.carry.iter().flat_map(|carry| &carry.training.0);
        states.map(|x| Exact(x.to_f64_exact())).collect()
    }

    /// Everything that the bits of a training follow from, beside data, model and epochs.
    pub(crate) fn described(&self, describe: fn(&O) -> String) -> Vec<(String, String)> {
        let around = &self.engine.around;
        let mut settings = vec![
            ("loss".to_owned(), std::any::type_name::<L>().to_owned()),
            ("optimiser".to_owned(), describe(&self.engine.optimizer)),
            ("seed".to_owned(), self.seed_number.to_string()),
            ("batch size".to_owned(), self.batch_size.to_string()),
            ("scalar".to_owned(), M::Elem::NAME.to_owned()),
        ];
        let mut add = |name: &str, value: Option<String>| {
            settings.extend(value.map(|value| (name.to_owned(), value)));
        };
        let of_clock = |clock: &Clock| {
            let factors: Vec<u8> = clock.fingerprint().collect();
            format!("{}, {:.16}", clock.unit(), Sha256::of(factors).to_string())
        };
        let mut of_loss = String::new();
        // A text takes everything.
        _ = self.engine.loss.loss().settings(&mut of_loss);
        add("settings of the loss", (!of_loss.is_empty()).then_some(of_loss));
        add("schedule", around.clock.as_ref().map(of_clock));
        let fresh = |plateau: &Plateau| plateau.with_state(Plateau::new().state());
        add("plateau", around.plateau.as_ref().map(|plateau| format!("{:?}", fresh(plateau))));
        add("penalty", around.penalty.as_ref().map(|penalty| format!("{penalty:?}")));
        add("groups", around.groups.as_ref().map(|groups| format!("{groups:?}")));
        add("limit of the norm", around.clips[0].map(|clip| format!("{clip:?}")));
        add("limit of the values", around.clips[1].map(|clip| format!("{clip:?}")));
        let shards = self.engine.team.shards;
        add("shards", (shards != 1).then(|| shards.to_string()));
        let precision = self.engine.precision;
        add("precision", (precision != Precision::F32).then(|| precision.to_string()));
        add("batches of a step", (around.blocks != 1).then(|| around.blocks.to_string()));
        add("average", around.average_decay.map(|decay| decay.to_string()));
        let metrics = self.engine.meters.names().map(|(name, _)| name).collect::<Vec<_>>().join(", ");
        add("metrics", (!metrics.is_empty()).then_some(metrics));
        let followed = around.plateau.is_some() && around.plateau_by != Objective::Loss;
        add("plateau of", followed.then(|| around.plateau_by.name().to_owned()));
        add("gradient transforms", (!around.transforms.is_empty()).then(|| around.transforms.len().to_string()));
        add("carried states", self.carry.as_ref().map(|carry| format!("{} numbers a row", carry.width)));
        add("callbacks", (!self.callbacks.is_empty()).then(|| self.callbacks.len().to_string()));
        settings
    }
}

impl From<PlateauState> for PlateauMeta {
    fn from(PlateauState { factor, best, bad_epochs, cooling }: PlateauState) -> Self {
        Self { factor: Exact(factor), best: best.map(Exact), bad_epochs, cooling }
    }
}

impl From<PlateauMeta> for PlateauState {
    fn from(PlateauMeta { factor: Exact(factor), best, bad_epochs, cooling }: PlateauMeta) -> Self {
        Self { factor, best: best.map(|Exact(best)| best), bad_epochs, cooling }
    }
}
