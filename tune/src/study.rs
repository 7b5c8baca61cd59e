//! The search itself.

use std::collections::BTreeMap;
use std::error::Error;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Builder};
use std::time::Instant;

use typednet_tensor::{Better, Key};
use typednet_train::{Progress, TrainError};

use crate::log::{Header, Log};
use crate::show::Shown;
use crate::{Finished, Outcome, Pruned, Pruner, Results, Sampler, Space, Trial, TrialResult, TuneError};

/// A search for the parameters with the smallest loss.
///
/// ```
/// use typednet_tune::{MedianPruner, Space, Study, Tpe};
///
/// let space = Space::new().log_uniform("rate", 1e-4, 1.0)?.choice("batch", [8, 16, 32])?;
/// let study = Study::new(space, Tpe::new()).pruner(MedianPruner::new()).trials(40).threads(2).seed(0).quiet();
/// let results = study.run(|trial| {
///     let (rate, batch): (f64, f64) = (trial.get("rate")?, trial.get("batch")?);
///     let loss = (rate.log10() + 2.0).powi(2) + batch / 100.0;
///     for epoch in 1..=5 {
///         trial.report(epoch, loss + 1.0 / epoch as f64)?;
///     }
///     Ok(loss)
/// })?;
/// println!("{results}");
/// assert!(results.best().loss() < Some(0.5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What follows from the seed
/// The settings of a trial follow from the seed, its number, and the results of the trials that it knows. With one thread
/// it knows all before it. With t > 1 threads, trial n knows the trials 0 to n − 2t, and waits until these are finished;
/// so the same seed and number of threads give the same trials, however long each takes, if the objective gives the same
/// losses. [`Random`](crate::Random) and [`Grid`](crate::Grid) without a pruner need to know nothing: they never wait,
/// and their trials are the same for any number of threads.
#[derive(Debug)]
pub struct Study {
    space: Arc<Space>,
    sampler: Box<dyn Sampler>,
    pruner: Option<Arc<dyn Pruner>>,
    trials: Option<usize>,
    threads: usize,
    seed: u64,
    file: Option<PathBuf>,
    progress: Progress,
}

/// How many trials there are where nobody says.
const TRIALS: usize = 50;

impl Study {
    /// A study of 50 trials, or of all points of a grid, on one thread, with seed 0, without pruning or a file.
    pub fn new(space: Space, sampler: impl Sampler + 'static) -> Self {
        Self {
            space: Arc::new(space),
            sampler: Box::new(sampler),
            pruner: None,
            trials: None,
            threads: 1,
            seed: 0,
            file: None,
            progress: Progress::default(),
        }
    }

    /// Ends trials that go badly.
    #[must_use]
    pub fn pruner(self, pruner: impl Pruner + 'static) -> Self {
        Self { pruner: Some(Arc::new(pruner)), ..self }
    }

    /// How many trials there are in the end, those in the [file](Study::file) counted; of a grid, at most its points, and
    /// with [`Tpe`](crate::Tpe) at most those of the [space](Space::points).
    #[must_use]
    pub fn trials(self, trials: usize) -> Self {
        Self { trials: Some(trials), ..self }
    }

    /// How many trials run side by side.
    ///
    /// A trainer inside a trial should then compute on one thread, which is what it does unless told otherwise.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Self { threads, ..self }
    }

    /// What all random choices follow from.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Keeps each finished trial in a file, one line of JSON each, and goes on from what is there.
    ///
    /// A study that was stopped and goes on so has the trials of one that was not, if the number of threads is the same.
    /// More [`trials`](Study::trials) may be asked for than before. A last line that is cut off is left out, and the
    /// results [say so](Results::was_torn). The file is locked while the study runs.
    #[must_use]
    pub fn file(self, path: impl AsRef<Path>) -> Self {
        Self { file: Some(path.as_ref().to_owned()), ..self }
    }

    /// How the search is shown, on the standard error stream.
    #[must_use]
    pub fn progress(self, progress: Progress) -> Self {
        Self { progress, ..self }
    }

    /// Shows nothing: [`Progress::None`].
    #[must_use]
    pub fn quiet(self) -> Self {
        self.progress(Progress::None)
    }

    /// Runs the trials. `objective` tries the settings of one and gives its loss; see [`TrialResult`] for its errors.
    ///
    /// # Errors
    /// If the study cannot begin with these settings or this file, an objective gives a [`TuneError`], the file cannot be
    /// written, or no trial ends with a loss.
    ///
    /// # Panics
    /// If an objective panics; the trials finished before are in the file.
    pub fn run<F>(&self, objective: F) -> Result<Results, TuneError>
    where
        F: Fn(&Trial) -> TrialResult + Sync,
    {
        let total = self.check()?;
        let mut board =
            Board { finished: BTreeMap::new(), next: 0, end: None, panicked: false, log: None, torn: false };
        if let Some(path) = &self.file {
            let (log, contents) = Log::open(path, &self.header())?;
            (board.log, board.torn) = (Some(log), contents.torn);
            board.finished.extend(contents.trials.into_iter().map(|trial| (trial.index, Arc::new(trial))));
        }
        let shown = Shown::new(self.progress, total, board.finished.len(), board.torn);
        let work = Work { study: self, total, board: Mutex::new(board), changed: Condvar::new(), shown };
        work.all(&objective)?;

        let board = work.board.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = board.end {
            return Err(error);
        }
        let trials: Vec<Finished> = board.finished.into_values().map(Arc::unwrap_or_clone).collect();
        Results::new(Arc::clone(&self.space), trials, self.seed, board.torn)
    }

    /// The number of trials.
    fn check(&self) -> Result<usize, TuneError> {
        let refuse = |name, expected| Err(TuneError::Setting { name, found: 0.0, expected });
        if self.space.parameters().is_empty() {
            return Err(TuneError::NoParameters);
        }
        if self.threads == 0 {
            return refuse("the number of threads", "at least 1");
        }
        if self.trials == Some(0) {
            return refuse("the number of trials", "at least 1");
        }
        self.sampler.check(&self.space)?;
        self.pruner.as_ref().map_or(Ok(()), |pruner| pruner.check())?;
        let limit = self.sampler.limit(&self.space)?;
        Ok(match (self.trials, limit) {
            (Some(trials), limit) => trials.min(limit.unwrap_or(trials)),
            // A grid is tried as a whole.
            (None, Some(limit)) if !self.sampler.learns() => limit,
            (None, limit) => limit.unwrap_or(TRIALS).min(TRIALS),
        })
    }

    fn header(&self) -> Header {
        Header {
            seed: self.seed,
            sampler: format!("{:?}", self.sampler),
            pruner: self.pruner.as_ref().map(|pruner| format!("{pruner:?}")),
            space: Space::clone(&self.space),
        }
    }

    /// How many trials, from the first, trial `index` knows.
    fn known(&self, index: usize) -> usize {
        let learns = self.sampler.learns() || self.pruner.is_some();
        match self.threads {
            _ if !learns => 0,
            1 => index,
            threads => (index + 1).saturating_sub(threads.saturating_mul(2)),
        }
    }
}

/// What the settings of a trial are drawn with, and the key that is the trial's own.
pub(crate) const fn keys(seed: u64, index: usize) -> [Key; 2] {
    let key = Key::new(seed).child(index as u64);
    [key.child(0), key.child(1)]
}

/// A study while it runs.
struct Work<'s> {
    study: &'s Study,
    total: usize,
    board: Mutex<Board>,
    /// A trial has finished, or the study ends.
    changed: Condvar,
    shown: Shown,
}

/// What all threads share.
struct Board {
    finished: BTreeMap<usize, Arc<Finished>>,
    /// No trial below is left to begin.
    next: usize,
    /// Why the study ends early.
    end: Option<TuneError>,
    /// An objective has panicked.
    panicked: bool,
    log: Option<Log>,
    torn: bool,
}

impl Work<'_> {
    fn all<F>(&self, objective: &F) -> Result<(), TuneError>
    where
        F: Fn(&Trial) -> TrialResult + Sync,
    {
        let threads = self.study.threads.min(self.total);
        if threads == 1 {
            self.several(objective);
            return Ok(());
        }
        thread::scope(|scope| {
            let started: Result<Vec<_>, _> =
                (0..threads).map(|_| Builder::new().spawn_scoped(scope, || self.several(objective))).collect();
            let handles = started.map_err(|error| {
                let error = TuneError::Threads { asked: self.study.threads, reason: error.to_string() };
                self.end(error.clone());
                error
            })?;
            // A panic is passed on when all threads have ended.
            let ends: Vec<_> = handles.into_iter().map(thread::ScopedJoinHandle::join).collect();
            ends.into_iter().find_map(Result::err).map_or(Ok(()), |panic| resume_unwind(panic))
        })
    }

    /// Runs trials until none is left.
    fn several<F>(&self, objective: &F)
    where
        F: Fn(&Trial) -> TrialResult,
    {
        let _guard = EndOnPanic(self);
        while let Some((index, known)) = self.take() {
            let study = self.study;
            let [sampling, own] = keys(study.seed, index);
            let settings = study.sampler.sample(&study.space, &known, index, sampling);
            let trial = Trial::new((index, own), Arc::clone(&study.space), settings, known, study.pruner.clone());
            let began = Instant::now();
            let said = objective(&trial);
            let seconds = began.elapsed().as_secs_f64();
            let (settings, reports, pruned) = trial.into_parts();
            match outcome(said, pruned) {
                Ok(outcome) => self.finish(Finished { index, settings, outcome, reports, seconds }),
                Err(error) => self.end(error),
            }
        }
    }

    /// The next trial with the trials that it knows, once these are finished; `None` if there is nothing left to do.
    fn take(&self) -> Option<(usize, Vec<Arc<Finished>>)> {
        let mut board = self.lock();
        while board.finished.contains_key(&board.next) {
            board.next += 1;
        }
        loop {
            let index = board.next;
            if board.panicked || board.end.is_some() || index >= self.total {
                return None;
            }
            let known: Vec<Arc<Finished>> =
                (0..self.study.known(index)).map_while(|index| board.finished.get(&index).cloned()).collect();
            if known.len() == self.study.known(index) {
                board.next += 1;
                return Some((index, known));
            }
            board = self.changed.wait(board).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn finish(&self, trial: Finished) {
        let mut board = self.lock();
        if let Some(Err(error)) = board.log.as_mut().map(|log| log.append(&self.study.space, &trial)) {
            board.end.get_or_insert(error);
        }
        let trial = Arc::new(trial);
        board.finished.insert(trial.index, Arc::clone(&trial));
        let best = board.finished.values().filter_map(|trial| Some((trial.loss()?, trial.index)));
        let best = Better::Lower.first_of(best, |(loss, _)| *loss);
        self.shown.done(&self.study.space, &trial, best);
        drop(board);
        self.changed.notify_all();
    }

    fn end(&self, error: TuneError) {
        self.lock().end.get_or_insert(error);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Board> {
        // A thread that panicked has left the board whole: it is changed in single steps.
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a trial has ended, by what its objective said.
fn outcome(said: TrialResult, pruned: bool) -> Result<Outcome, TuneError> {
    let error = match said {
        Ok(_) if pruned => return Ok(Outcome::Pruned),
        Ok(loss) if loss.is_finite() => return Ok(Outcome::Complete { loss }),
        Ok(loss) => return Ok(Outcome::Failed { message: format!("the loss is {loss}, which is not finite") }),
        Err(error) => error,
    };
    if let Some(TrainError::Interrupted(_)) = error.downcast_ref() {
        return Err(TuneError::Interrupted { message: message(&*error) });
    }
    match error.downcast::<TuneError>() {
        Ok(error) => Err(*error),
        Err(error) if pruned || error.is::<Pruned>() => Ok(Outcome::Pruned),
        Err(error) => Ok(Outcome::Failed { message: message(&*error) }),
    }
}

/// What an error says, on one line.
fn message(error: &(dyn Error + Send + Sync)) -> String {
    error.to_string().lines().collect::<Vec<_>>().join(" ")
}

/// Keeps the other threads from waiting for a trial that never ends.
struct EndOnPanic<'w, 's>(&'w Work<'s>);

impl Drop for EndOnPanic<'_, '_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.lock().panicked = true;
            self.0.changed.notify_all();
        }
    }
}
