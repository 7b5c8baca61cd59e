//! A study while it runs: what is left to try, who tries it, and what has come of it.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Builder};
use std::time::Instant;

use typednet_tensor::{Better, Key};
use typednet_train::TrainError;

use crate::log::Log;
use crate::show::Shown;
use crate::{Finished, Outcome, Pruned, Results, Study, Trial, TrialResult, TuneError};

/// What the settings of a trial are drawn with, and the key that is the trial's own.
pub(crate) const fn keys(seed: u64, index: usize) -> [Key; 2] {
    let key = Key::new(seed).child(index as u64);
    [key.child(0), key.child(1)]
}

/// Where threads get trials, and where they bring what has come of them.
pub(crate) trait Desk: Sync {
    /// The next trial with the trials that it knows; waits for one, and is `None` when there is nothing left to do.
    fn take(&self) -> Option<(usize, Vec<Arc<Finished>>)>;

    /// Takes a trial that has ended, or an error that ends the study.
    fn give(&self, trial: Result<Finished, TuneError>);

    /// An objective has panicked: no other thread waits for what it would have given.
    fn panicked(&self);

    /// Whether nobody wants the trials any more that are under way.
    fn ended(&self) -> &Arc<AtomicBool>;
}

/// Runs trials on `threads` threads until none is left; `meanwhile` is what the calling thread does until then.
pub(crate) fn on_threads<F>(
    study: &Study,
    threads: usize,
    desk: &impl Desk,
    objective: &F,
    meanwhile: impl FnOnce(),
) -> Result<(), TuneError>
where
    F: Fn(&Trial) -> TrialResult + Sync,
{
    thread::scope(|scope| {
        let started: Result<Vec<_>, _> =
            (0..threads).map(|_| Builder::new().spawn_scoped(scope, || several(study, desk, objective))).collect();
        let handles = started.map_err(|error| {
            let error = TuneError::Threads { asked: threads, reason: error.to_string() };
            desk.give(Err(error.clone()));
            error
        })?;
        meanwhile();
        // A panic is passed on when all threads have ended.
        let ends: Vec<_> = handles.into_iter().map(thread::ScopedJoinHandle::join).collect();
        ends.into_iter().find_map(Result::err).map_or(Ok(()), |panic| resume_unwind(panic))
    })
}

/// Runs trials until none is left.
pub(crate) fn several<F>(study: &Study, desk: &impl Desk, objective: &F)
where
    F: Fn(&Trial) -> TrialResult,
{
    let _guard = SayPanic(desk);
    while let Some((index, known)) = desk.take() {
        let [sampling, own] = keys(study.seed, index);
        let settings = study.sampler.sample(&study.space, &known, index, sampling);
        let trial = Trial::new((index, own), Arc::clone(&study.space), settings, known, study.pruner.clone())
            .of_study(Arc::clone(desk.ended()));
        let began = Instant::now();
        let said = objective(&trial);
        let seconds = began.elapsed().as_secs_f64();
        if desk.ended().load(Ordering::Relaxed) {
            // It may have been cut short.
            return;
        }
        let (settings, reports, pruned) = trial.into_parts();
        desk.give(outcome(said, pruned).map(|outcome| Finished { index, settings, outcome, reports, seconds }));
    }
}

/// Says that an objective has panicked.
struct SayPanic<'d, D: Desk>(&'d D);

impl<D: Desk> Drop for SayPanic<'_, D> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.panicked();
        }
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
pub(crate) fn message(error: &(dyn Error + Send + Sync)) -> String {
    error.to_string().lines().collect::<Vec<_>>().join(" ")
}

/// A study on the process that has its file.
pub(crate) struct Work<'s> {
    pub(crate) study: &'s Study,
    pub(crate) total: usize,
    board: Mutex<Board>,
    /// A trial has finished or is to be tried again, or the study ends.
    changed: Condvar,
    shown: Shown,
    ended: Arc<AtomicBool>,
}

/// What all threads share.
struct Board {
    finished: BTreeMap<usize, Arc<Finished>>,
    /// No trial below is left to begin, but for those to be tried again.
    next: usize,
    /// Trials that other ranks try.
    away: BTreeSet<usize>,
    /// Trials of ranks that are gone.
    again: BTreeSet<usize>,
    /// The ranks that are gone and have tried a trial, for each.
    deaths: BTreeMap<usize, Vec<usize>>,
    /// What is known of the ranks that are gone.
    lost: Vec<String>,
    /// Why the study ends early.
    end: Option<TuneError>,
    /// An objective has panicked.
    panicked: bool,
    log: Option<Log>,
    torn: bool,
}

/// What there is to do.
enum Next {
    Trial(usize, Vec<Arc<Finished>>),
    /// Nothing, until something changes.
    Wait,
    Nothing,
}

/// What ranks are told at the end: trials, whether a line of the file was cut off, and what is known of the ranks that are gone.
type Told = (Vec<Arc<Finished>>, bool, Vec<String>);

/// So many ranks may be lost while they try one trial. Then the trial is at fault, such as by the memory that it takes.
const DEADLY: usize = 3;

impl<'s> Work<'s> {
    /// A study of which `finished` trials were in its file.
    pub(crate) fn new(study: &'s Study, total: usize, file: Option<(Log, bool)>, finished: Vec<Finished>) -> Self {
        let (log, torn) = file.map_or((None, false), |(log, torn)| (Some(log), torn));
        let shown = Shown::new(study.progress, total, finished.len(), torn);
        let finished = finished.into_iter().map(|trial| (trial.index, Arc::new(trial))).collect();
        let board = Board {
            finished,
            next: 0,
            away: BTreeSet::new(),
            again: BTreeSet::new(),
            deaths: BTreeMap::new(),
            lost: Vec::new(),
            end: None,
            panicked: false,
            log,
            torn,
        };
        Self { study, total, board: Mutex::new(board), changed: Condvar::new(), shown, ended: Arc::default() }
    }

    /// What has come of it.
    pub(crate) fn results(self) -> Result<Results, TuneError> {
        let board = self.board.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = board.end {
            return Err(error);
        }
        let trials: Vec<Finished> = board.finished.into_values().map(Arc::unwrap_or_clone).collect();
        Results::new(Arc::clone(&self.study.space), trials, self.study.seed, (board.torn, board.lost))
    }

    fn next(&self, board: &mut Board) -> Next {
        if board.panicked || board.end.is_some() {
            return Next::Nothing;
        }
        let again = board.again.pop_first();
        while again.is_none() && board.finished.contains_key(&board.next) {
            board.next += 1;
        }
        let index = again.unwrap_or(board.next);
        if index >= self.total {
            // What other ranks try may come back.
            return if board.away.is_empty() { Next::Nothing } else { Next::Wait };
        }
        let known: Vec<Arc<Finished>> =
            (0..self.study.known(index)).map_while(|index| board.finished.get(&index).cloned()).collect();
        if known.len() < self.study.known(index) {
            return Next::Wait;
        }
        if again.is_none() {
            board.next += 1;
        }
        Next::Trial(index, known)
    }

    /// The next trial and the trials that it knows, for another rank; `None` if there is none now.
    pub(crate) fn take_away(&self) -> Option<(usize, Vec<Arc<Finished>>)> {
        let mut board = self.lock();
        let Next::Trial(index, known) = self.next(&mut board) else { return None };
        board.away.insert(index);
        Some((index, known))
    }

    /// Takes a trial that another rank has finished.
    pub(crate) fn bring_back(&self, trial: Finished) {
        self.lock().away.remove(&trial.index);
        self.give(Ok(trial));
    }

    /// A rank is gone, with these trials.
    pub(crate) fn lose(&self, rank: usize, reason: &str, trials: &BTreeSet<usize>) {
        let mut board = self.lock();
        let mut said = reason.to_owned();
        for trial in trials {
            board.away.remove(trial);
            board.again.insert(*trial);
            let deaths = board.deaths.entry(*trial).or_default();
            deaths.push(rank);
            if deaths.len() >= DEADLY {
                let error = TuneError::Deadly { trial: *trial, ranks: deaths.clone() };
                board.end.get_or_insert(error);
            }
        }
        if let Some(first) = trials.first() {
            let others = if trials.len() == 1 { String::new() } else { format!(" and {} others", trials.len() - 1) };
            said = format!("{said}; trial {first}{others} is tried again");
        }
        self.shown.say(&said);
        board.lost.push(said);
        drop(board);
        self.changed.notify_all();
    }

    /// Whether all trials have ended, or the study does.
    pub(crate) fn is_over(&self) -> bool {
        let board = self.lock();
        board.panicked || board.end.is_some() || board.finished.range(..self.total).count() == self.total
    }

    /// What has come of it, but for the first `from` trials, which were told before; or why the study ends.
    pub(crate) fn end(&self, from: usize) -> Result<Told, Option<TuneError>> {
        let board = self.lock();
        match &board.end {
            None if !board.panicked => {
                Ok((board.finished.values().skip(from).cloned().collect(), board.torn, board.lost.clone()))
            }
            end => Err(end.clone()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Board> {
        // A thread that panicked has left the board whole: it is changed in single steps.
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk for Work<'_> {
    fn take(&self) -> Option<(usize, Vec<Arc<Finished>>)> {
        let mut board = self.lock();
        loop {
            match self.next(&mut board) {
                Next::Trial(index, known) => return Some((index, known)),
                Next::Wait => board = self.changed.wait(board).unwrap_or_else(PoisonError::into_inner),
                Next::Nothing => return None,
            }
        }
    }

    fn give(&self, trial: Result<Finished, TuneError>) {
        let mut board = self.lock();
        match trial {
            Ok(trial) => {
                if let Some(Err(error)) = board.log.as_mut().map(|log| log.append(&self.study.space, &trial)) {
                    board.end.get_or_insert(error);
                }
                let trial = Arc::new(trial);
                board.finished.insert(trial.index, Arc::clone(&trial));
                let best = board.finished.values().filter_map(|trial| Some((trial.loss()?, trial.index)));
                let best = Better::Lower.first_of(best, |(loss, _)| *loss);
                self.shown.done(&self.study.space, &trial, best);
            }
            Err(error) => _ = board.end.get_or_insert(error),
        }
        drop(board);
        self.changed.notify_all();
    }

    fn panicked(&self) {
        self.lock().panicked = true;
        self.changed.notify_all();
    }

    fn ended(&self) -> &Arc<AtomicBool> {
        &self.ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Random, Space};

    #[test]
    fn a_trial_is_tried_again_until_it_has_ended_three_ranks() {
        let space = Space::new().uniform("x", 0.0, 1.0).expect("a space");
        let study = Study::new(space, Random::new()).trials(2).quiet();
        let work = Work::new(&study, 2, None, Vec::new());
        let next = || work.take_away().map(|(index, _)| index);
        assert_eq!([next(), next(), next()], [Some(0), Some(1), None]);
        work.lose(4, "rank 4 is gone", &BTreeSet::from([0, 1]));
        assert_eq!([next(), next(), next()], [Some(0), Some(1), None]);
        work.lose(2, "rank 2 is gone", &BTreeSet::from([1]));
        // This thread would wait for what another rank may lose.
        assert!(matches!(work.next(&mut work.lock()), Next::Trial(1, _)));
        work.lock().away.insert(1);
        assert!(matches!(work.next(&mut work.lock()), Next::Wait) && !work.is_over());
        work.lose(7, "rank 7 is gone", &BTreeSet::from([1]));
        assert!(work.is_over() && next().is_none());
        let error = work.results().expect_err("it is at fault");
        assert_eq!(error, TuneError::Deadly { trial: 1, ranks: vec![4, 2, 7] });
        assert!(error.to_string().starts_with("ranks 4, 2, 7 were lost while they tried trial 1, which may take more"));
    }
}
