//! The loop over epochs and batches.

use std::time::Instant;
use std::{iter, mem};

use typednet_data::Source;
use typednet_layers::Layer;
use typednet_layers::loss::Loss;
use typednet_tensor::Better;

use crate::batch::Batch;
use crate::confusion::share;
use crate::engine::{Engine, Passed};
use crate::objective::{ACCURACY, LOSS};
use crate::progress::Reporter;
use crate::question::Data;
use crate::{
    CallbackResult, Control, EpochView, Evaluation, History, Interrupt, Interrupted, NotFinite, Objective, Record,
    RunView, TrainError, Trainer, callback,
};

/// Where in an epoch a training stands between two steps.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Position {
    /// How many samples the epoch has.
    pub(crate) samples: usize,
    /// How many samples of the epoch's order were taken.
    pub(crate) taken: usize,
    pub(crate) total: Total,
    /// How long it took until here.
    pub(crate) seconds: f64,
}

/// An epoch under way.
struct Walk<'a> {
    epoch: usize,
    start: Instant,
    position: Position,
    reporter: &'a Reporter,
    with_callbacks: bool,
}

impl Walk<'_> {
    /// How long the epoch has taken until here, with what it took before it was stopped.
    fn seconds(&self) -> f64 {
        self.position.seconds + self.start.elapsed().as_secs_f64()
    }
}

/// What a checkpoint tells of the call of `fit` that it was made in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Resumed {
    /// How many epochs were done when it began.
    pub(crate) began_after: usize,
    /// Whether a callback says that there is nothing left to train.
    pub(crate) finished: Control,
}

impl<M: Layer, L: Loss<M::Out>, O> Trainer<M, L, O> {
    /// Trains for the set number of epochs, or until a callback ends it, and gives the history of all epochs so far. A
    /// second call goes on where the first ended; so does one after a callback has stopped within an epoch.
    ///
    /// # Errors
    /// If the batch size is 0, the data are empty, a sample holds a value that is not finite, the loss does not
    /// [take](Loss::check_target) a target, the optimiser or something else cannot work with its hyper-parameters, a
    /// callback fails, a folder for checkpoints cannot be written to, the training is [asked to end](Trainer::stop_on), or a
    /// loss, a gradient or a weight after a step is not finite; then the model is as it was before that step, to the bit, or
    /// as it was in the best epoch where a callback has kept that.
    pub fn fit(&mut self, train: &dyn Data<M::In, L::Target>) -> Result<History, TrainError> {
        self.train(train, None)
    }

    /// As [`fit`](Trainer::fit), and measures loss and accuracy over `validation` after each epoch.
    ///
    /// # Errors
    /// As [`fit`](Trainer::fit).
    pub fn fit_validated(
        &mut self,
        train: &dyn Data<M::In, L::Target>,
        validation: &dyn Data<M::In, L::Target>,
    ) -> Result<History, TrainError> {
        self.train(train, Some(validation))
    }

    fn train(
        &mut self,
        train: &dyn Data<M::In, L::Target>,
        validation: Option<&dyn Data<M::In, L::Target>>,
    ) -> Result<History, TrainError> {
        let mut error = match self.train_epochs(train, validation) {
            Ok(()) => return Ok(self.history.clone()),
            Err(error) => error,
        };
        for callback in &mut self.callbacks {
            // The error that is there already says more.
            _ = callback.failed(&error);
        }
        match &mut error {
            TrainError::NotFinite(NotFinite { put_back, .. }) => *put_back = self.put_best_back(),
            // Whatever the program makes of it, who has asked is told.
            TrainError::Interrupted(interrupted) => Reporter::new(self.progress, 0).say(&interrupted.to_string()),
            _ => {}
        }
        Err(error)
    }

    fn train_epochs(
        &mut self,
        train: &dyn Data<M::In, L::Target>,
        validation: Option<&dyn Data<M::In, L::Target>>,
    ) -> Result<(), TrainError> {
        self.check(train, "training")?;
        self.prepare_metrics()?;
        if let Some(validation) = validation {
            self.check(validation, "validation")?;
            self.look(validation, "validation")?;
        }
        let said = self.admit(train, true)?;
        self.history.reserve(self.epochs);
        let reporter = Reporter::new(self.progress, train.len().div_ceil(self.batch_size));
        let resumed = self.resumed.take();
        if let Some(said) = said {
            reporter.say(&said);
        }
        if resumed.is_none() {
            self.callbacks.iter_mut().for_each(|callback| callback.start());
        }
        let done = Resumed { began_after: self.next_epoch() - 1, finished: Control::Continue };
        let Resumed { began_after, mut finished } = resumed.unwrap_or(done);
        self.began_after = began_after;
        let last = began_after.saturating_add(self.epochs);
        if resumed.is_some() && (finished == Control::Stop || self.next_epoch() > last) {
            reporter.say(&format!("nothing is left to train: {} epochs are done", self.next_epoch() - 1));
        }
        let said = self.tell_run().map_err(|error| TrainError::callback(&*error))?;
        finished = if said == Control::Stop { Control::Stop } else { finished };
        while finished == Control::Continue && self.next_epoch() <= last {
            self.stop_if_asked()?;
            reporter.begin(self.next_epoch(), last);
            let Some(mut record) = self.train_epoch(train, &reporter, true)? else {
                return self.pause();
            };
            if let Some(validation) = validation {
                record.validation = Some(self.evaluate(validation)?);
            }
            self.take_in(record);
            reporter.done(&self.history, last);
            finished = self.after_epoch(&record).map_err(|error| TrainError::callback(&*error))?;
            self.keep_epoch(record.epoch)?;
        }
        for callback in &mut self.callbacks {
            if let Some(weights) = callback.end() {
                self.engine.put(weights);
            }
            if let Some(said) = callback.said() {
                reporter.say(&said);
            }
        }
        Ok(())
    }

    /// Tells the callbacks which run it is, and how far.
    fn tell_run(&mut self) -> CallbackResult {
        let epochs = self.next_epoch() - 1;
        let Self { run, engine, callbacks, .. } = self;
        let Some(run) = run else { return Ok(Control::Continue) };
        let view = RunView { run, step: engine.state.count(), epochs };
        callback::call(callbacks, |callback| callback.run(&view))
    }

    /// A call ends within an epoch.
    fn pause(&mut self) -> Result<(), TrainError> {
        let said = callback::call(&mut self.callbacks, |callback| callback.pause());
        said.map_or_else(|error| Err(TrainError::callback(&*error)), |_| Ok(()))
    }

    /// Ends the call with a checkpoint, if it was asked to end.
    fn stop_if_asked(&mut self) -> Result<(), TrainError> {
        let Some(by) = self.interrupt.as_ref().and_then(Interrupt::asked) else { return Ok(()) };
        let step = self.steps();
        let checkpoint = self.keeper.as_ref().map(|keeper| keeper.path(step));
        // One that is there already tells of the call of `fit` that made the step.
        if checkpoint.as_ref().is_some_and(|path| !path.exists()) {
            self.keep_step()?;
        }
        self.pause()?;
        Err(TrainError::Interrupted(Interrupted { by, epoch: self.next_epoch(), step, checkpoint }))
    }

    /// Trains for one epoch, and adds its record to the history; for a loop of one's own over the epochs. It shows
    /// nothing and calls no callbacks.
    ///
    /// # Errors
    /// As [`fit`](Trainer::fit).
    pub fn epoch<S>(&mut self, train: &S) -> Result<Record, TrainError>
    where
        S: Source<M::In, L::Target> + ?Sized,
    {
        self.check(train, "training")?;
        self.prepare_metrics()?;
        if self.data.is_none() || self.position.is_some() || self.unconfirmed {
            self.admit(train, false)?;
        }
        loop {
            // Without callbacks, nothing stops it before its end.
            if let Some(record) = self.train_epoch(train, &Reporter::Silent, false)? {
                self.take_in(record);
                return Ok(record);
            }
        }
    }

    /// Trains from where the last call was stopped to the end of the epoch; `None` if a callback stopped it before.
    fn train_epoch<S>(
        &mut self,
        train: &S,
        reporter: &Reporter,
        with_callbacks: bool,
    ) -> Result<Option<Record>, TrainError>
    where
        S: Source<M::In, L::Target> + ?Sized,
    {
        let start = Instant::now();
        let epoch = self.next_epoch();
        let key = self.seed.child(epoch as u64);
        self.reserve(train)?;
        self.batch.shuffle(train.len(), key);
        let before = Position { samples: train.len(), ..Position::default() };
        if self.position.is_none() {
            self.engine.meters.begin_training();
        }
        let position = self.position.take().unwrap_or(before);
        let mut walk = Walk { epoch, start, position, reporter, with_callbacks };
        // The batch is lent out, so that the rest of the trainer is free for the steps.
        let mut batch = mem::replace(&mut self.batch, Batch::new());
        let size = self.batch_size;
        let walked = if self.ahead {
            batch
                .ahead(train, walk.position.taken, size, key, |rows, x, targets| self.walk(&mut walk, rows, x, targets))
        } else {
            loop {
                if walk.position.taken == train.len() {
                    break Ok(Control::Continue);
                }
                let (rows, x, targets) = batch.shuffled(train, walk.position.taken, size, key, self.engine.parallel());
                match self.walk(&mut walk, rows, x, targets) {
                    Ok(Control::Continue) => {}
                    ended => break ended,
                }
            }
        };
        self.batch = batch;
        if walked? == Control::Stop {
            return Ok(None);
        }
        let Position { total, .. } = walk.position;
        let learning_rate = self.engine.learning_rate;
        let seconds = walk.seconds();
        Ok(Some(Record { epoch, training: total.evaluation(), validation: None, learning_rate, seconds }))
    }

    /// One step of an epoch, and whether a callback stops the epoch after it.
    fn walk(
        &mut self,
        walk: &mut Walk<'_>,
        rows: &[u32],
        x: &[M::In],
        targets: &[L::Target],
    ) -> Result<Control, TrainError> {
        let complete = walk.position.taken + x.len() == walk.position.samples;
        let callbacks = if walk.with_callbacks { &mut self.callbacks[..] } else { &mut [] };
        let step = self.engine.step(x, targets, walk.epoch, complete, callbacks);
        let in_row = |row| rows[row] as usize;
        let stepped = step.map_err(|what| self.engine.not_finite(walk.epoch, what.in_row(in_row)))?;
        walk.position.taken += x.len();
        walk.position.total.add(&stepped.passed);
        walk.reporter.step(|| walk.position.total.evaluation().loss);
        let keep = walk.with_callbacks && self.keeps_step();
        let asked = walk.with_callbacks && self.is_asked();
        if keep || asked || !matches!(stepped.said, Ok(Control::Continue)) {
            self.position = Some(Position { seconds: walk.seconds(), ..walk.position });
            if keep {
                self.keep_step()?;
            }
            if stepped.said.map_err(|error| TrainError::callback(&*error))? == Control::Stop {
                return Ok(Control::Stop);
            }
            self.stop_if_asked()?;
            self.position = None;
        }
        Ok(Control::Continue)
    }

    /// Whether the training was asked to end, and can: no batch waits for others to make a step with.
    fn is_asked(&self) -> bool {
        self.interrupt.as_ref().is_some_and(|interrupt| interrupt.asked().is_some())
            && self.engine.around.waiting() == 0
    }

    /// Whether there is to be a checkpoint after the step that was just made.
    fn keeps_step(&self) -> bool {
        let every = self.keeper.as_ref().map_or(0, |keeper| keeper.checkpoints.every_steps);
        self.engine.state.count().is_multiple_of(every) && self.engine.around.waiting() == 0
    }

    /// Gives the history the columns of the metrics, and asks whether everything that is followed is measured.
    fn prepare_metrics(&mut self) -> Result<(), TrainError> {
        let Self { engine, history, callbacks, keeper, .. } = self;
        let Engine { meters, around, loss, .. } = engine;
        meters.check()?;
        if !history.has_columns(meters.names()) {
            history.set_columns(meters.names());
        }
        let decides = loss.correct(&[], &[]).is_some();
        // Nothing is allocated where all is well: an epoch of one's own loop begins here too.
        let of_loss = || iter::once((LOSS, Better::Lower)).chain(decides.then_some((ACCURACY, Better::Higher)));
        let known = || of_loss().chain(meters.names());
        let find = |objective: &Objective| {
            known().find(|(name, _)| *name == objective.name()).ok_or_else(|| TrainError::UnknownMetric {
                name: objective.name().to_owned(),
                known: known().map(|(name, _)| name.to_owned()).collect(),
            })
        };
        let of_callbacks = callbacks.iter().filter_map(|callback| callback.follows());
        let of_checkpoints = keeper.as_ref().and_then(|keeper| keeper.checkpoints.best.as_ref());
        of_callbacks.chain(of_checkpoints).try_for_each(|objective| find(objective).map(|_| ()))?;
        if let Some(plateau) = &around.plateau {
            let (name, better) = find(&around.plateau_by)?;
            let rises = better == Better::Higher;
            // A plateau of the loss may wait for a rise, as it always could.
            if around.plateau_by != Objective::Loss && plateau.is_rising() != rises {
                return Err(TrainError::PlateauDirection { name: name.to_owned(), rises });
            }
        }
        Ok(())
    }

    /// Adds the record of an epoch to the history and to whatever depends on it.
    fn take_in(&mut self, record: Record) {
        let values = self.engine.meters.values(record.validation.is_some());
        self.history.push_measured(record, values);
        self.engine.around.observe(&self.history);
    }

    fn after_epoch(&mut self, record: &Record) -> CallbackResult {
        let Self { engine, history, callbacks, .. } = self;
        let view = EpochView { history, model: engine.in_use(), step: engine.state.count(), record };
        callback::call(callbacks, |callback| callback.epoch(&view))
    }
}

/// The sums over the batches of an epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Total {
    pub(crate) loss: f64,
    pub(crate) correct: u64,
    pub(crate) terms: u64,
    pub(crate) decides: bool,
}

impl Total {
    pub(crate) fn add(&mut self, passed: &Passed) {
        self.loss += passed.loss;
        self.correct += passed.correct.unwrap_or(0) as u64;
        self.terms += passed.terms as u64;
        self.decides = passed.correct.is_some();
    }

    /// The means over all terms: a smaller last batch weighs less.
    pub(crate) fn evaluation(&self) -> Evaluation {
        let accuracy = if self.decides { share(self.correct, self.terms) } else { None };
        Evaluation { loss: self.loss / self.terms as f64, accuracy }
    }
}
