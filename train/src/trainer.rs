//! The loop over epochs and batches.

use std::time::Instant;

use typednet_data::Source;
use typednet_layers::loss::LossFor;
use typednet_layers::{Layer, Network};
use typednet_optim::Optimizer;
use typednet_tensor::{Class, Key, Model, Scalar};

use crate::batch::Batch;
use crate::engine::{Engine, Passed};
use crate::metrics::share;
use crate::progress::Reporter;
use crate::{Confusion, Evaluation, History, Progress, Record, TrainError};

/// A model with a loss and an optimiser, and the loop that trains it.
///
/// Each epoch walks once over the data in a new random order, in batches; the last batch of an epoch may be smaller.
/// See the [crate's documentation](crate) for an example.
///
/// The seed decides the order of the samples and what random layers draw; the first weights come with the model.
/// All memory is allocated in the first epoch, none in later ones.
pub struct Trainer<M: Layer, L: LossFor<M::Head, M::Out>, O> {
    engine: Engine<M, L, O>,
    batch: Batch<M::In, L::Target>,
    history: History,
    batch_size: usize,
    epochs: usize,
    threads: usize,
    seed: Key,
    progress: Progress,
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

impl<M: Layer, L: LossFor<M::Head, M::Out>, O: Optimizer> Trainer<M, L, O> {
    /// A trainer with batches of 64 samples, 10 epochs in a call of [`fit`](Trainer::fit), and seed 0.
    ///
    /// That the loss fits the network's last layer is checked by the compiler.
    pub fn new(model: Model<M>, loss: L, optimizer: O) -> Self {
        Self {
            engine: Engine::new(model, loss, optimizer, Part::Steps.key(0)),
            batch: Batch::new(),
            history: History::new(),
            batch_size: 64,
            epochs: 10,
            threads: 1,
            seed: Part::Order.key(0),
            progress: Progress::default(),
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

    /// What all random choices of the training follow from.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.engine.key = Part::Steps.key(seed);
        Self { seed: Part::Order.key(seed), ..self }
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

    /// Trains for the set number of epochs, and gives the history of all epochs so far. A second call goes on where
    /// the first ended.
    ///
    /// # Errors
    /// If the batch size is 0, the data are empty, the optimiser cannot work with its hyper-parameters, or a loss or
    /// gradient is not finite; then the model is as it was before that step.
    pub fn fit<S>(&mut self, train: &S) -> Result<History, TrainError>
    where
        S: Source<M::In, L::Target> + ?Sized,
    {
        self.run(train, None::<&S>)
    }

    /// As [`fit`](Trainer::fit), and measures loss and accuracy over `validation` after each epoch.
    ///
    /// # Errors
    /// As [`fit`](Trainer::fit).
    pub fn fit_validated<S, V>(&mut self, train: &S, validation: &V) -> Result<History, TrainError>
    where
        S: Source<M::In, L::Target> + ?Sized,
        V: Source<M::In, L::Target> + ?Sized,
    {
        self.run(train, Some(validation))
    }

    fn run<S, V>(&mut self, train: &S, validation: Option<&V>) -> Result<History, TrainError>
    where
        S: Source<M::In, L::Target> + ?Sized,
        V: Source<M::In, L::Target> + ?Sized,
    {
        self.check(train, "training")?;
        if let Some(validation) = validation {
            self.check(validation, "validation")?;
        }
        self.history.reserve(self.epochs);
        let reporter = Reporter::new(self.progress, train.len().div_ceil(self.batch_size));
        let last = self.history.records().len() + self.epochs;
        for _ in 0..self.epochs {
            reporter.begin(self.next_epoch(), last);
            let mut record = self.train_epoch(train, &reporter)?;
            if let Some(validation) = validation {
                record.validation = Some(self.evaluate(validation)?);
            }
            self.history.push(record);
            reporter.done(&record, last);
        }
        Ok(self.history.clone())
    }

    /// Trains for one epoch, and adds its record to the history; for a loop of one's own over the epochs. It shows
    /// nothing.
    ///
    /// # Errors
    /// As [`fit`](Trainer::fit).
    pub fn epoch<S>(&mut self, train: &S) -> Result<Record, TrainError>
    where
        S: Source<M::In, L::Target> + ?Sized,
    {
        self.check(train, "training")?;
        let record = self.train_epoch(train, &Reporter::Silent)?;
        self.history.push(record);
        Ok(record)
    }

    fn train_epoch<S>(&mut self, train: &S, reporter: &Reporter) -> Result<Record, TrainError>
    where
        S: Source<M::In, L::Target> + ?Sized,
    {
        let start = Instant::now();
        let epoch = self.next_epoch();
        let key = self.seed.child(epoch as u64);
        self.reserve(train)?;
        self.batch.shuffle(train.len(), key);
        let learning_rate = self.engine.learning_rate();
        let mut total = Total::default();
        for from in (0..train.len()).step_by(self.batch_size) {
            let (rows, x, targets) = self.batch.shuffled(train, from, self.batch_size, key, self.engine.parallel());
            let step = self.engine.step(x, targets);
            let passed = step.map_err(|what| self.engine.not_finite(epoch, what.in_row(|row| rows[row] as usize)))?;
            total.add(&passed, x.len());
            reporter.step(|| total.evaluation().loss);
        }
        let seconds = start.elapsed().as_secs_f64();
        Ok(Record { epoch, training: total.evaluation(), validation: None, learning_rate, seconds })
    }

    /// One step on a batch of one's own; gives the mean loss of the batch before the step.
    ///
    /// # Errors
    /// If there is no row or not one target for each, the optimiser cannot work with its hyper-parameters, or the loss
    /// or gradient is not finite; then the model is as it was.
    pub fn step(&mut self, x: &[M::In], targets: &[L::Target]) -> Result<f64, TrainError> {
        if x.len() != targets.len() {
            return Err(TrainError::TargetCount { rows: x.len(), targets: targets.len() });
        }
        if x.is_empty() {
            return Err(TrainError::BatchSize);
        }
        self.engine.optimizer.check()?;
        self.start_threads()?;
        let epoch = self.next_epoch();
        let step = self.engine.step(x, targets);
        let passed = step.map_err(|what| self.engine.not_finite(epoch, what))?;
        Ok(passed.loss / x.len() as f64)
    }

    /// Loss and accuracy over data, without training.
    ///
    /// # Errors
    /// If the batch size is 0 or the data are empty.
    pub fn evaluate<S>(&mut self, data: &S) -> Result<Evaluation, TrainError>
    where
        S: Source<M::In, L::Target> + ?Sized,
    {
        let mut total = Total::default();
        self.visit(data, |passed, targets, _| total.add(&passed, targets.len()))?;
        Ok(total.evaluation())
    }

    /// Calls `visit` for each batch of the data in order, without training.
    fn visit<S>(&mut self, data: &S, mut visit: impl FnMut(Passed, &[L::Target], &[M::Out])) -> Result<(), TrainError>
    where
        S: Source<M::In, L::Target> + ?Sized,
    {
        self.check(data, "evaluation")?;
        self.reserve(data)?;
        for from in (0..data.len()).step_by(self.batch_size) {
            let (x, targets) = self.batch.in_order(data, from, self.batch_size, self.seed, self.engine.parallel());
            let (passed, y) = self.engine.evaluate(x, targets);
            visit(passed, targets, y);
        }
        Ok(())
    }

    /// The output for one sample.
    pub fn predict(&self, x: &M::In) -> M::Out {
        self.engine.model.predict(x)
    }

    /// The records of all epochs so far.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The model as it is now.
    pub fn model(&self) -> &M {
        &self.engine.model
    }

    /// The model, to be changed between epochs.
    pub fn model_mut(&mut self) -> &mut M {
        &mut self.engine.model
    }

    /// The optimiser, to be changed between epochs; its moments are kept.
    pub fn optimizer_mut(&mut self) -> &mut O {
        &mut self.engine.optimizer
    }

    /// Gives the model back.
    pub fn into_model(self) -> Model<M> {
        self.engine.model
    }

    fn next_epoch(&self) -> usize {
        self.history.last().map_or(0, |record| record.epoch) + 1
    }

    /// Makes all buffers as large as batches of `data` need them.
    fn reserve<S>(&mut self, data: &S) -> Result<(), TrainError>
    where
        S: Source<M::In, L::Target> + ?Sized,
    {
        self.start_threads()?;
        let rows = self.batch_size.min(data.len());
        self.batch.reserve(data, rows)?;
        self.engine.reserve(rows);
        Ok(())
    }

    fn start_threads(&mut self) -> Result<(), TrainError> {
        let threads = self.threads;
        if threads == 0 {
            return Err(TrainError::Threads { asked: 0, reason: "at least one thread must compute".into() });
        }
        let started = self.engine.use_threads(threads);
        started.map_err(|error| TrainError::Threads { asked: threads, reason: error.to_string() })
    }

    /// What can be known to be wrong before anything is computed.
    fn check<S>(&self, data: &S, purpose: &'static str) -> Result<(), TrainError>
    where
        S: Source<M::In, L::Target> + ?Sized,
    {
        if self.batch_size == 0 {
            return Err(TrainError::BatchSize);
        }
        if data.is_empty() {
            return Err(TrainError::NoData { purpose });
        }
        self.engine.optimizer.check()?;
        Ok(())
    }
}

impl<M, T, L, O, const N: usize> Trainer<M, L, O>
where
    M: Layer<Out = [T; N], Elem = T>,
    T: Scalar,
    L: LossFor<M::Head, [T; N], Target = Class<N>>,
    O: Optimizer,
{
    /// Which classes the network takes for which, over data.
    ///
    /// # Errors
    /// As [`evaluate`](Trainer::evaluate).
    pub fn confusion<S>(&mut self, data: &S) -> Result<Confusion<N>, TrainError>
    where
        S: Source<M::In, Class<N>> + ?Sized,
    {
        let mut confusion = Confusion::new();
        self.visit(data, |_, targets, y| {
            confusion.extend(targets.iter().zip(y).map(|(&target, y)| (target, Class::of_largest(y))));
        })?;
        Ok(confusion)
    }
}

/// The sums over the batches of an epoch.
#[derive(Default)]
struct Total {
    loss: f64,
    hits: u64,
    rows: u64,
    decides: bool,
}

impl Total {
    fn add(&mut self, passed: &Passed, rows: usize) {
        self.loss += passed.loss;
        self.hits += passed.hits.unwrap_or(0) as u64;
        self.rows += rows as u64;
        self.decides = passed.hits.is_some();
    }

    /// The means over all rows: a smaller last batch weighs less.
    fn evaluation(&self) -> Evaluation {
        let accuracy = if self.decides { share(self.hits, self.rows) } else { None };
        Evaluation { loss: self.loss / self.rows as f64, accuracy }
    }
}
