//! The search itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use typednet_train::{Progress, Star};

use crate::log::{Contents, Header, Log};
use crate::ranks;
use crate::work::{Work, on_threads, several};
use crate::{Pruner, Results, Sampler, Space, Trial, TrialResult, TuneError};

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
/// The settings of a trial follow from the seed, its number, and the results of the trials that it knows. Where one trial runs at a
/// time, it knows all before it. Where c > 1 trials are [`concurrent`](Study::concurrent), trial n knows the trials 0 to n − 2c, and waits
/// until these are finished; so the same seed and c give the same trials, however long each takes and on however many threads and
/// [ranks](Study::run_on), if the objective gives the same losses. Unless it is said, c is the number of threads.
/// [`Random`](crate::Random) and [`Grid`](crate::Grid) without a pruner need to know nothing: they never wait, and their trials are the same
/// for any c.
#[derive(Debug)]
pub struct Study {
    pub(crate) space: Arc<Space>,
    pub(crate) sampler: Box<dyn Sampler>,
    pub(crate) pruner: Option<Arc<dyn Pruner>>,
    trials: Option<usize>,
    pub(crate) threads: usize,
    concurrent: Option<usize>,
    pub(crate) seed: u64,
    file: Option<PathBuf>,
    pub(crate) progress: Progress,
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
            concurrent: None,
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

    /// How many trials run side by side on this process.
    ///
    /// A trainer inside a trial should then compute on one thread, which is what it does unless told otherwise.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Self { threads, ..self }
    }

    /// How many trials may be under way at a time, whoever tries them; as many as there are [threads](Study::threads), unless it is
    /// said.
    ///
    /// It is a setting of the study, as the batch size is one of a training: where trials learn from each other, it decides what each
    /// knows, and so what is tried. Said once, at least as large as the threads of all ranks together that there may be some day, it
    /// makes the study the same on any number of them.
    #[must_use]
    pub fn concurrent(self, trials: usize) -> Self {
        Self { concurrent: Some(trials), ..self }
    }

    /// What all random choices follow from.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Keeps each finished trial in a file, one line of JSON each, and goes on from what is there.
    ///
    /// A study that was stopped and goes on so has the trials of one that was not. With another space, seed, sampler, pruner or, where trials
    /// learn from each other, another number of [`concurrent`](Study::concurrent) ones the file is refused.
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
        let total = self.check(1)?;
        let work = self.begin(total)?;
        match self.threads.min(total) {
            1 => several(self, &work, &objective),
            threads => on_threads(self, threads, &work, &objective, || ())?,
        }
        work.results()
    }

    /// Runs the trials on several processes, all of which run the same program with the same study: rank 0 has the
    /// [file](Study::file) and shows the search, and shares the trials out; each rank, rank 0 among them, tries as many at a
    /// time as it has [`threads`](Study::threads). All get the same results.
    ///
    /// The trials are those of [`run`](Study::run) with the same number of [`concurrent`](Study::concurrent) ones, and so is the file, but for
    /// the seconds and the order in which trials have ended. A trial of a rank that is gone is tried again by another one, and
    /// [`Results::lost`] says which is gone; rank 0 cannot be spared, but the study goes on from its file.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use typednet_train::{RanksError, Star};
    /// # struct Alone;
    /// # impl Star for Alone {
    /// #     fn rank(&self) -> usize { 0 }
    /// #     fn size(&self) -> usize { 1 }
    /// #     fn send(&mut self, _: usize, _: &[u8]) -> Result<(), RanksError> { Ok(()) }
    /// #     fn receive(&mut self, _: Duration) -> Result<Option<(usize, Vec<u8>)>, RanksError> { Ok(None) }
    /// # }
    /// use typednet_tune::{Space, Study, Tpe};
    ///
    /// # let star = Alone;
    /// // `let star = Meeting::from_env()?.star()?;` with the crate typednet-distributed
    /// let space = Space::new().log_uniform("rate", 1e-4, 1.0)?;
    /// let study = Study::new(space, Tpe::new()).trials(30).concurrent(8).quiet();
    /// let results = study.run_on(star, |trial| Ok(trial.get::<f64>("rate")?.log10().abs()))?;
    /// assert_eq!(results.trials().len(), 30);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`run`](Study::run); if more ranks are to share the trials than are concurrent, a rank has another study, rank 0 is gone,
    /// or three ranks were lost while they tried one trial. What ends the study on one rank ends it on all.
    ///
    /// # Panics
    /// If an objective panics; the other ranks have an error then.
    pub fn run_on<F>(&self, mut star: impl Star, objective: F) -> Result<Results, TuneError>
    where
        F: Fn(&Trial) -> TrialResult + Sync,
    {
        let (rank, size) = (star.rank(), star.size());
        let total = self.check(size)?;
        if size == 1 {
            return self.run(objective);
        }
        if rank > 0 {
            return ranks::follow(self, total, &mut star, &objective);
        }
        let work = self.begin(total)?;
        on_threads(self, self.threads, &work, &objective, || ranks::lead(&work, &mut star))?;
        work.results()
    }

    /// The study with what is in its file.
    fn begin(&self, total: usize) -> Result<Work<'_>, TuneError> {
        let Some(path) = &self.file else { return Ok(Work::new(self, total, None, Vec::new())) };
        let (log, Contents { trials, torn }) = Log::open(path, &self.header())?;
        Ok(Work::new(self, total, Some((log, torn)), trials))
    }

    /// The number of trials, if `ranks` processes can share them.
    fn check(&self, ranks: usize) -> Result<usize, TuneError> {
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
        if self.concurrent == Some(0) {
            return refuse("the number of concurrent trials", "at least 1");
        }
        if ranks > 1 && self.learns() && ranks > self.at_a_time() {
            return Err(TuneError::TooManyRanks { ranks, concurrent: self.at_a_time() });
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

    pub(crate) fn header(&self) -> Header {
        Header {
            seed: self.seed,
            sampler: format!("{:?}", self.sampler),
            pruner: self.pruner.as_ref().map(|pruner| format!("{pruner:?}")),
            concurrent: self.learns().then(|| self.at_a_time()),
            space: Space::clone(&self.space),
        }
    }

    /// How many trials may be under way at a time.
    pub(crate) fn at_a_time(&self) -> usize {
        self.concurrent.unwrap_or(self.threads)
    }

    /// Whether a trial depends on others.
    fn learns(&self) -> bool {
        self.sampler.learns() || self.pruner.is_some()
    }

    /// How many trials, from the first, trial `index` knows.
    pub(crate) fn known(&self, index: usize) -> usize {
        match self.at_a_time() {
            _ if !self.learns() => 0,
            1 => index,
            concurrent => (index + 1).saturating_sub(concurrent.saturating_mul(2)),
        }
    }
}
