//! The loop over epochs and batches.

use std::mem;
use std::time::Instant;

use typednet_data::{Parts, Source};
use typednet_layers::Layer;
use typednet_layers::loss::Loss;

use crate::batch::{Batch, Cut, Targets};
use crate::callback::Callbacks;
use crate::epoch_order::steps;
use crate::position::{Position, Resumed};
use crate::progress::Reporter;
use crate::question::Data;
use crate::shards::{Rows, Spread};
use crate::{
    By, CallbackResult, Control, EpochView, History, Interrupt, Interrupted, NotFinite, Record, RunView, TrainError,
    Trainer, callback,
};

/// An epoch under way.
struct Walk<'a> {
    epoch: usize,
    start: Instant,
    position: Position,
    reporter: &'a Reporter,
    /// The parts that the data are in, where they are.
    parts: Option<&'a Parts>,
    with_callbacks: bool,
}

impl Walk<'_> {
    /// How long the epoch has taken until here, with what it took before it was stopped.
    fn seconds(&self) -> f64 {
        self.position.seconds + self.start.elapsed().as_secs_f64()
    }
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
            Err(error) => self.leave(error),
        };
        for callback in self.called() {
            // The error that is there already says more.
            _ = callback.failed(&error);
        }
        match &mut error {
            TrainError::NotFinite(NotFinite { put_back, .. }) => {
                *put_back = self.put_best_back();
                // The error that is there already says more.
                _ = self.share_put(put_back);
            }
            // Whatever the program makes of it, who has asked is told.
            TrainError::Interrupted(interrupted) => self.reporter(0).say(&interrupted.to_string()),
            _ => {}
        }
        Err(error)
    }

    fn train_epochs(
        &mut self,
        train: &dyn Data<M::In, L::Target>,
        validation: Option<&dyn Data<M::In, L::Target>>,
    ) -> Result<(), TrainError> {
        self.check_to_train(train, "training")?;
        self.prepare_metrics()?;
        let mut validated = None;
        if let Some(validation) = validation {
            self.check_to_train(validation, "validation")?;
            validated = Some(self.look(validation, "validation")?);
        }
        let said = self.admit(train, validated.as_ref(), true)?;
        self.history.reserve(self.epochs);
        let reporter = self.reporter(steps(train.parts(), train.len(), self.batch_size));
        let resumed = self.resumed.take();
        if let Some(said) = said {
            reporter.say(&said);
        }
        if resumed.is_none() {
            self.called().iter_mut().for_each(|callback| callback.start());
        }
        let done = Resumed { began_after: self.next_epoch() - 1, finished: Control::Continue };
        let mut going_on = resumed.unwrap_or(done);
        self.share_state(&mut going_on)?;
        let Resumed { began_after, mut finished } = going_on;
        self.began_after = began_after;
        let last = began_after.saturating_add(self.epochs);
        if resumed.is_some() && (finished == Control::Stop || self.next_epoch() > last) {
            reporter.say(&format!("nothing is left to train: {} epochs are done", self.next_epoch() - 1));
        }
        let said = self.tell_run().map_err(|error| TrainError::callback(&*error))?;
        let said = self.agreed(said)?;
        finished = if said == Control::Stop { Control::Stop } else { finished };
        while finished == Control::Continue && self.next_epoch() <= last {
            self.stop_if_asked()?;
            reporter.begin(self.next_epoch(), last);
            let Some(mut record) = self.train_epoch(train, &reporter, true)? else {
                return self.pause();
            };
            if let Some(validation) = validation {
                record.validation = Some(self.validate(validation)?);
            }
            self.take_in(record);
            reporter.done(&self.history, last);
            let said = self.after_epoch(&record).map_err(|error| TrainError::callback(&*error))?;
            self.keep_epoch(record.epoch)?;
            finished = self.agreed(said)?;
        }
        let mut was_put = None;
        let Self { callbacks, engine, .. } = self;
        for callback in if engine.team.is_first() { &mut callbacks[..] } else { &mut [] } {
            if let Some(weights) = callback.end() {
                engine.put(weights);
                was_put = Some(0);
            }
            if let Some(said) = callback.said() {
                reporter.say(&said);
            }
        }
        self.share_put(&mut was_put)
    }

    /// Tells the callbacks which run it is, and how far.
    fn tell_run(&mut self) -> CallbackResult {
        let epochs = self.next_epoch() - 1;
        let Self { run, engine, callbacks, .. } = self;
        let Some(run) = run else { return Ok(Control::Continue) };
        let view = RunView { run, step: engine.state.count(), epochs };
        let callbacks = if engine.team.is_first() { &mut callbacks[..] } else { &mut [] };
        callback::call(callbacks, &mut |callback| callback.run(&view))
    }

    /// The callbacks that are called here: of several ranks, the first calls its own.
    fn called(&mut self) -> &mut Callbacks<M> {
        if self.engine.team.is_first() { &mut self.callbacks } else { &mut [] }
    }

    /// What shows epochs of `steps` steps: of several ranks, the first shows them.
    fn reporter(&self, steps: usize) -> Reporter {
        if self.engine.team.is_first() { Reporter::new(self.progress, steps) } else { Reporter::Silent }
    }

    /// A call ends within an epoch.
    fn pause(&mut self) -> Result<(), TrainError> {
        let said = callback::call(self.called(), &mut |callback| callback.pause());
        _ = said.map_err(|error| TrainError::callback(&*error))?;
        // What rank 0 writes is written before a launcher sees the others end; or they hear why it is not.
        if let Some(ranks) = self.engine.team.others() {
            ranks.barrier()?;
        }
        Ok(())
    }

    /// Ends the call with a checkpoint, if it was asked to end.
    fn stop_if_asked(&mut self) -> Result<(), TrainError> {
        let Some(by) = self.asked()? else { return Ok(()) };
        self.end_as_asked(by)
    }

    /// Who has asked this process to end the training.
    pub(crate) fn asked_here(&self) -> Option<By> {
        self.interrupt.as_ref().and_then(Interrupt::asked)
    }

    /// Ends the call with a checkpoint, for who has asked.
    fn end_as_asked(&mut self, by: By) -> Result<(), TrainError> {
        let step = self.steps();
        let checkpoint = self.checkpoint_after(step);
        // One that is there already tells of the call of `fit` that made the step.
        if self.engine.team.is_first() && checkpoint.as_ref().is_some_and(|path| !path.exists()) {
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
        self.epoch_of(train).map_err(|error| self.leave(error))
    }

    fn epoch_of<S>(&mut self, train: &S) -> Result<Record, TrainError>
    where
        S: Source<M::In, L::Target> + ?Sized,
    {
        self.check_to_train(train, "training")?;
        self.prepare_metrics()?;
        if self.data.is_none() || self.position.is_some() || self.unconfirmed {
            self.admit(train, None, false)?;
            let mut resumed = Resumed { began_after: self.began_after, finished: Control::Continue };
            self.share_state(&mut resumed)?;
            self.began_after = resumed.began_after;
        } else {
            self.meet()?;
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
        let before = Position { samples: train.len(), ..Position::default() };
        if self.position.is_none() {
            self.engine.meters.begin_training();
        }
        let position = self.position.take().unwrap_or(before);
        let parts = train.parts();
        self.begin_order((parts, train.len()), key, position.taken);
        let mut walk = Walk { epoch, start, position, reporter, parts, with_callbacks };
        // The batch is lent out, so that the rest of the trainer is free for the steps.
        let mut batch = mem::replace(&mut self.batch, Batch::new());
        let size = self.batch_size;
        let share = self.engine.team.share();
        let cut = Cut { share, parts, all_targets: !share.is_all() && !self.engine.meters.is_empty() };
        let walked = if self.ahead {
            batch.ahead(train, walk.position.taken, size, (key, cut), |rows, x, targets| {
                self.walk(&mut walk, rows, x, targets)
            })
        } else {
            loop {
                if walk.position.taken == train.len() {
                    break Ok(Control::Continue);
                }
                let gathered = batch.shuffled(train, walk.position.taken, size, key, cut, self.engine.parallel());
                match gathered.and_then(|(rows, x, targets)| self.walk(&mut walk, rows, x, targets)) {
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
        x: &mut [M::In],
        targets: Targets<'_, L::Target>,
    ) -> Result<Control, TrainError> {
        if let Some(carry) = &mut self.carry {
            carry.put(x, true);
        }
        let x = &*x;
        let complete = walk.position.taken + rows.len() == walk.position.samples;
        let is_first = self.engine.team.is_first();
        let next = self.steps() + 1;
        let several = !self.engine.team.share().is_all();
        self.engine.team.notes.asked = self.asked_here().map_or(0, |by| by as u64);
        let callbacks = if walk.with_callbacks && is_first { &mut self.callbacks[..] } else { &mut [] };
        let looks = several && callbacks.iter().any(|callback| next.is_multiple_of(callback.every_steps()));
        self.engine.team.notes.looked = u64::from(looks);
        let batch = Rows { spread: Spread::of(walk.parts, rows), x, targets };
        let own = self.engine.team.share().own(batch.spread);
        let step = self.engine.step(&batch, walk.epoch, complete, callbacks, self.carry.as_mut());
        let stepped = step.map_err(|why| self.engine.no_step(walk.epoch, why, |row| rows[own.start + row] as usize))?;
        // The first rank's callbacks may have stopped the training in this step. It has said in the step whether they looked: how
        // often they do can follow from what they have seen, so that the other ranks' own do not know.
        let may_stop = several && self.engine.team.notes.looked != 0;
        walk.position.taken += rows.len();
        walk.position.total.add(&stepped.passed);
        walk.reporter.step(|| walk.position.total.evaluation().loss);
        let between = self.engine.around.waiting() == 0;
        let keep = walk.with_callbacks && self.keeps_step();
        // Ranks have told each other in the step, and end after the same one.
        let asked = if several { By::of(self.engine.team.notes.asked) } else { self.asked_here() };
        let asked = asked.filter(|_| walk.with_callbacks && between);
        if keep || asked.is_some() || may_stop || !matches!(stepped.said, Ok(Control::Continue)) {
            self.position = Some(Position { seconds: walk.seconds(), ..walk.position });
            if keep {
                self.keep_step()?;
            }
            let said = stepped.said.map_err(|error| TrainError::callback(&*error))?;
            if (if may_stop { self.agreed(said)? } else { said }) == Control::Stop {
                return Ok(Control::Stop);
            }
            asked.map_or(Ok(()), |by| self.end_as_asked(by))?;
            self.position = None;
        }
        Ok(Control::Continue)
    }

    /// Whether there is to be a checkpoint after the step that was just made.
    fn keeps_step(&self) -> bool {
        let every = self.keeper.as_ref().map_or(0, |keeper| keeper.checkpoints.every_steps);
        self.engine.state.count().is_multiple_of(every) && self.engine.around.waiting() == 0
    }

    /// Adds the record of an epoch to the history and to whatever depends on it.
    fn take_in(&mut self, record: Record) {
        let mut values = self.engine.meters.values(record.validation.is_some());
        self.history.push_measured(record, &mut values);
        self.engine.around.options.observe(&self.history);
    }

    fn after_epoch(&mut self, record: &Record) -> CallbackResult {
        let Self { engine, history, callbacks, .. } = self;
        let view = EpochView { history, model: engine.in_use(), step: engine.state.count(), record };
        let callbacks = if engine.team.is_first() { &mut callbacks[..] } else { &mut [] };
        callback::call(callbacks, &mut |callback| callback.epoch(&view))
    }
}
