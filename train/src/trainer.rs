//! The trainer: what it is made of, and what it can be asked.

use std::path::Path;

use typednet_data::Source;
use typednet_layers::loss::{Loss, LossFor};
use typednet_layers::{Layer, Network};
use typednet_optim::Optimizer;
use typednet_tensor::{Key, Model};

use crate::batch::{Batch, Targets};
use crate::carry::Carry;
use crate::checkpoint::Keeper;
use crate::engine::Engine;
use crate::position::{Position, Resumed};
use crate::question::{Fits, Trains};
use crate::ranks::Joined;
use crate::shards::{Rows, Spread};
use crate::{Callback, DataMark, History, Interrupt, Progress, Run, TrainError};

/// A model with a loss and an optimiser, and the loop that trains it.
///
/// Each epoch walks once over the data in a new random order, in batches; the last batch of an epoch may be smaller.
/// See the [crate's documentation](crate) for an example.
///
/// The seed decides the order of the samples and what random layers draw; the first weights come with the model.
/// All memory is allocated in the first epoch, none in later ones; only [`gather_ahead`](Trainer::gather_ahead) starts a
/// thread in each.
pub struct Trainer<M: Layer, L: Loss<M::Out>, O> {
    pub(crate) engine: Engine<M, L, O>,
    pub(crate) batch: Batch<M::In, L::Target>,
    pub(crate) history: History,
    pub(crate) batch_size: usize,
    pub(crate) epochs: usize,
    threads: usize,
    /// Whether batches are gathered on a thread of their own.
    pub(crate) ahead: bool,
    /// The key of the order of the samples.
    pub(crate) seed: Key,
    pub(crate) progress: Progress,
    pub(crate) callbacks: Vec<Box<dyn Callback<M>>>,
    /// Where in an epoch the training was stopped.
    pub(crate) position: Option<Position>,
    pub(crate) keeper: Option<Keeper<O>>,
    pub(crate) seed_number: u64,
    /// How many epochs were done when the last call of `fit` began.
    pub(crate) began_after: usize,
    /// What the next call of `fit` has to go on with.
    pub(crate) resumed: Option<Resumed>,
    /// The data that were trained on last.
    pub(crate) data: Option<DataMark>,
    /// Whether the data of a checkpoint are still to be compared with those that are trained on.
    pub(crate) unconfirmed: bool,
    pub(crate) run: Option<Run>,
    pub(crate) interrupt: Option<Interrupt>,
    /// The states that go from batch to batch, where they do.
    pub(crate) carry: Option<Carry<M>>,
    /// How the ranks of this training stand, where it has some.
    pub(crate) joined: Option<Joined<O>>,
}

/// The parts of the seed.
enum Part {
    Steps,
    Order,
}

impl Part {
    /// The key of this part. The trainer's keys are apart from those that first weights are drawn from.
    fn key(self, seed: u64) -> Key {
        Key::new(seed).child(u64::MAX).child(self as u64)
    }
}

impl<M: Layer, L: Loss<M::Out, Target = Y>, O, Y> Trainer<M, L, O> {
    /// A trainer with batches of 64 samples, 10 epochs in a call of [`fit`](Trainer::fit), and seed 0.
    ///
    /// What it gives is a `Trainer<M, L, O>`. That the loss fits the network's last layer and that what comes behind it is an
    /// optimiser is checked by the compiler, which says so once: [`Trains`] tells how.
    // On one line, since rustc shows both lines of a bound that does not stand beside the name of its function.
    #[rustfmt::skip]
    #[allow(clippy::new_ret_no_self, reason = "it is `Self`, by the question of `Trains`")]
    pub fn new(model: Model<M>, loss: L, optimizer: O) -> Y::Trainer<M, L> where L: Fits<M::Head, M::Out>, Y: Trains<O> {
        Y::trainer(model, loss, optimizer)
    }
}

impl<M: Layer, L: Loss<M::Out>, O> Trainer<M, L, O> {
    pub(crate) fn made(model: Model<M>, loss: L, optimizer: O) -> Self
    where
        L: LossFor<M::Head, M::Out>,
        O: Optimizer,
    {
        Self {
            engine: Engine::new(model, loss, optimizer, Part::Steps.key(0)),
            batch: Batch::new(),
            history: History::new(),
            batch_size: 64,
            epochs: 10,
            threads: 1,
            ahead: false,
            seed: Part::Order.key(0),
            progress: Progress::default(),
            callbacks: Vec::new(),
            position: None,
            keeper: None,
            seed_number: 0,
            began_after: 0,
            resumed: None,
            data: None,
            unconfirmed: false,
            run: None,
            interrupt: None,
            carry: None,
            joined: None,
        }
    }

    /// How many samples a step takes.
    #[must_use]
    pub fn batch(self, size: usize) -> Self {
        Self { batch_size: size, ..self }
    }

    /// How many epochs a call of [`fit`](Trainer::fit) trains.
    #[must_use]
    pub fn epochs(self, epochs: usize) -> Self {
        Self { epochs, ..self }
    }

    /// How many threads compute; 1 unless told otherwise.
    ///
    /// The result has the same bits for any number. A piece of work that is too small to share stays on one thread, so
    /// more threads help where network and batch are large. They wait for work between the calls of this trainer, asleep.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Self { threads, ..self }
    }

    /// Each batch is cut into `shards` shards of consecutive rows, and the gradient of the batch is the sum of theirs; 1 unless told
    /// otherwise.
    ///
    /// It is what makes a training independent of who computes it: several [ranks](Trainer::ranks) share the shards, and the bits
    /// are those of one process with as many shards. So the number stays with the training, in its [settings](Trainer::settings)
    /// and checkpoints, as the batch size does. It is a power of two, and at most the batch size; 8 is a good one where the
    /// number of machines is not known yet.
    ///
    /// The gradients are added by a binary tree over the shards' numbers, which is not the order of a batch in one piece: 1
    /// and 2 shards give other bits. A layer that looks at a batch as a whole, such as
    /// [`BatchNorm`](typednet_layers::BatchNorm), sees each shard by itself, and layers that draw random numbers draw others for
    /// each. A step takes the memory of the largest shard instead of the whole batch's, and one more gradient for each
    /// doubling. Of data in [parts](typednet_data::Parts), which must be as many, each shard has rows of its own part.
    ///
    /// ```
    /// use typednet_data::Dataset;
    /// use typednet_layers::{Dense, Linear, Network, loss::SquaredError};
    /// use typednet_optim::GradientDescent;
    /// use typednet_train::Trainer;
    ///
    /// let line = Dataset::new([[0.0_f32], [1.0], [2.0], [3.0]], [[1.0_f32], [3.0], [5.0], [7.0]])?;
    /// let mut trainer = Trainer::new(Dense::<1, 1, Linear>::seeded(0), SquaredError::Mean, GradientDescent::new(0.1))
    ///     .batch(4)
    ///     .shards(4)
    ///     .epochs(200)
    ///     .quiet();
    /// trainer.fit(&line)?;
    /// assert!((trainer.predict(&[4.0])[0] - 9.0).abs() < 0.01);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn shards(mut self, shards: usize) -> Self {
        self.engine.team.shards = shards;
        self
    }

    /// How many [threads](Trainer::threads) compute.
    pub fn thread_count(&self) -> usize {
        self.threads
    }

    /// Gathers each batch of [`fit`](Trainer::fit) on a thread of its own while the one before it is trained on.
    ///
    /// For data that take long to gather, such as augmented images, on a machine with a processor to spare: the epoch
    /// takes as long as the slower of both. Without it, [`threads`](Trainer::threads) share the gathering too, which
    /// is the faster where they are as many as there are processors. It costs the memory of two more batches and a
    /// thread's start in each epoch; the result has the same bits.
    ///
    /// An epoch of 8,192 digits in batches of 64 through 784-128-64-10 takes 40.4 ms; with affine augmentation 54.0 ms, and
    /// 40.6 ms if that is done ahead. On two threads it takes 24.4 ms, with augmentation 32.3 ms, ahead 35.0 ms (two cores of
    /// an AMD EPYC, Zen 4; `cargo bench -p benches --bench epoch -- augmented`).
    #[must_use]
    pub fn gather_ahead(self) -> Self {
        Self { ahead: true, ..self }
    }

    /// What all random choices of the training follow from.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.engine.key = Part::Steps.key(seed);
        Self { seed: Part::Order.key(seed), seed_number: seed, ..self }
    }

    /// How the training is shown.
    #[must_use]
    pub fn progress(self, progress: Progress) -> Self {
        Self { progress, ..self }
    }

    /// Shows nothing while it trains: [`Progress::None`].
    #[must_use]
    pub fn quiet(self) -> Self {
        self.progress(Progress::None)
    }

    /// One step on a batch of one's own; gives the mean loss of the batch before the step. It calls no callbacks.
    ///
    /// Where a step is made of [several batches](Trainer::accumulate), the weights change with the last of them. Several
    /// [ranks](Trainer::ranks) are given the same batch, which they compare, and each computes its shards.
    ///
    /// # Errors
    /// If there is no row or not one target for each, there is one row and a layer normalises over rows, the optimiser cannot
    /// work with its hyper-parameters, or the loss, the gradient or a weight after the step is not finite; then the model is
    /// as it was.
    pub fn step(&mut self, x: &[M::In], targets: &[L::Target]) -> Result<f64, TrainError> {
        self.step_on(x, targets).map_err(|error| self.leave(error))
    }

    fn step_on(&mut self, x: &[M::In], targets: &[L::Target]) -> Result<f64, TrainError> {
        if x.len() != targets.len() {
            return Err(TrainError::TargetCount { rows: x.len(), targets: targets.len() });
        }
        if x.is_empty() {
            return Err(TrainError::BatchSize);
        }
        self.check_rows(x.len())?;
        self.check_terms(targets)?;
        self.check_settings()?;
        self.start_threads()?;
        self.meet()?;
        self.begin_run(None);
        let epoch = self.next_epoch();
        self.engine.team.notes.batch = self.mark_of(x, targets);
        let spread = Spread::Even(x.len());
        let own = self.engine.team.share().own(spread);
        let from = own.start;
        let batch = Rows { spread, x: &x[own.clone()], targets: Targets { own: &targets[own], all: &[] } };
        self.engine.reserve(x.len());
        // What is measured is what `fit` trains on.
        let meters = std::mem::take(&mut self.engine.meters);
        let step = self.engine.step(&batch, epoch, false, &mut [], None);
        self.engine.meters = meters;
        self.engine.team.notes.batch = 0;
        let stepped = step.map_err(|why| self.engine.no_step(epoch, why, |row| from + row))?;
        Ok(stepped.passed.loss / stepped.passed.terms as f64)
    }

    /// Whether something of a batch counts, so that there is a mean.
    fn check_terms(&self, targets: &[L::Target]) -> Result<(), TrainError> {
        let loss = self.engine.loss.loss();
        if loss.terms(targets) > 0 {
            return Ok(());
        }
        let wrong = |(row, target)| {
            let error = loss.check_target(target).err()?;
            Some(TrainError::Target { purpose: "batch", row, error })
        };
        targets.iter().enumerate().find_map(wrong).map_or(Ok(()), Err)
    }

    /// The output for one sample.
    pub fn predict(&self, x: &M::In /* one sample; `model().predict_many` takes a slice of them */) -> M::Out {
        self.model().predict(x)
    }

    /// The number of steps made since the start of the training.
    pub fn steps(&self) -> u64 {
        self.engine.state.count()
    }

    /// The records of all epochs so far.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The model as it is used and measured: the [average](Trainer::average) of the weights where one is kept, else
    /// the weights after the last step.
    pub fn model(&self) -> &M {
        self.engine.in_use()
    }

    /// The model as it is after the last step, whether or not an average is kept.
    pub fn last_model(&self) -> &M {
        &self.engine.model
    }

    /// The model of the best epoch so far, where a callback keeps it, as [`EarlyStopping`](crate::EarlyStopping) does (with
    /// the largest patience it does nothing else). It can be had however a training ends: also after an error, and after a
    /// stop within an epoch. Of several [ranks](Trainer::ranks), rank 0 has it; elsewhere it is `None`.
    pub fn best_model(&self) -> Option<&M> {
        Some(self.best()?.1)
    }

    /// Puts the [best model](Trainer::best_model) in the place of the present one, where there is one, and says which epoch it
    /// is of. Of several [ranks](Trainer::ranks), all call it: rank 0 puts it back and says so, and the others get the weights
    /// before the next step.
    pub fn put_best_back(&mut self) -> Option<usize> {
        self.part();
        let Self { callbacks, engine, .. } = self;
        let (epoch, weights) = callbacks.iter().find_map(|callback| callback.best())?;
        engine.put(weights);
        Some(epoch)
    }

    fn best(&self) -> Option<(usize, &M)> {
        self.callbacks.iter().find_map(|callback| callback.best())
    }

    /// What tells this training from others; `None` before its first step.
    pub fn run(&self) -> Option<&Run> {
        self.run.as_ref()
    }

    /// The folder of this run's checkpoints, once [`fit`](Trainer::fit) has made it.
    pub fn checkpoint_folder(&self) -> Option<&Path> {
        Some(&self.keeper.as_ref()?.open.as_ref()?.path)
    }

    /// The model that is trained, to be changed between epochs. Of several [ranks](Trainer::ranks), all call it, and rank 0's
    /// change counts.
    pub fn model_mut(&mut self) -> &mut M {
        self.part();
        self.engine.state.weights_changed();
        &mut self.engine.model
    }

    /// The optimiser, to be changed between epochs; its moments are kept. Of several [ranks](Trainer::ranks), all change it alike.
    pub fn optimizer_mut(&mut self) -> &mut O {
        if let Some(joined) = &mut self.joined {
            joined.agreed = false;
        }
        &mut self.engine.optimizer
    }

    /// Gives [`model`](Trainer::model) back.
    pub fn into_model(self) -> Model<M> {
        let Engine { mut model, around, .. } = self.engine;
        if let Some(mut average) = around.average.filter(|average| average.count() > 0) {
            average.swap(&mut model);
        }
        model
    }

    pub(crate) fn next_epoch(&self) -> usize {
        self.history.last().map_or(0, |record| record.epoch) + 1
    }

    /// Makes all buffers as large as batches of `data` need them.
    pub(crate) fn reserve<S>(&mut self, data: &S) -> Result<(), TrainError>
    where
        S: Source<M::In, L::Target> + ?Sized,
    {
        self.start_threads()?;
        // Where data are in parts, a shard may have more of a small epoch than an even share.
        let most = data.parts().map_or(data.len(), |parts| parts.longest().saturating_mul(parts.count()));
        let rows = self.batch_size.min(most);
        self.batch.reserve(data, rows)?;
        self.engine.reserve(rows);
        Ok(())
    }

    pub(crate) fn start_threads(&mut self) -> Result<(), TrainError> {
        let threads = self.threads;
        if threads == 0 {
            return Err(TrainError::Threads { asked: 0, reason: "at least one thread must compute".into() });
        }
        let started = self.engine.use_threads(threads);
        started.map_err(|error| TrainError::Threads { asked: threads, reason: error.to_string() })
    }
}
