//! What the other ranks do: they try what rank 0 gives them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use typednet_train::{RanksError, Star};

use super::{Cause, FromFirst, LISTEN, Terms, ToFirst, from_bytes, out_of_step, to_bytes};
use crate::line::Line;
use crate::work::{Desk, on_threads};
use crate::{Finished, Results, Study, Trial, TrialResult, TuneError};

/// Tries what rank 0 gives, and takes the results from it.
pub(crate) fn follow<F>(study: &Study, total: usize, star: &mut dyn Star, objective: &F) -> Result<Results, TuneError>
where
    F: Fn(&Trial) -> TrialResult + Sync,
{
    let rank = star.rank();
    let bench = Bench { rank, study, board: Mutex::default(), changed: Condvar::new(), ended: Arc::default() };
    let mut end = Ok((false, Vec::new()));
    on_threads(study, study.threads, &bench, objective, || {
        end = bench.follow(total, star);
        // What is still tried is of no use to anybody.
        bench.ended.store(true, Ordering::Relaxed);
        bench.lock().is_over = true;
        bench.changed.notify_all();
    })?;
    let Board { finished, error, .. } = bench.board.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (torn, lost) = error.map_or(end, Err)?;
    let trials = finished.into_values().map(Arc::unwrap_or_clone).collect();
    Results::new(Arc::clone(&study.space), trials, study.seed, (torn, lost))
}

/// What this rank tries.
struct Bench<'s> {
    rank: usize,
    study: &'s Study,
    board: Mutex<Board>,
    /// There is a trial, or nothing will come any more.
    changed: Condvar,
    ended: Arc<AtomicBool>,
}

#[derive(Default)]
struct Board {
    /// What rank 0 has told.
    finished: BTreeMap<usize, Arc<Finished>>,
    /// Trials that no thread has taken.
    waiting: VecDeque<usize>,
    /// What rank 0 is to hear.
    made: Vec<ToFirst>,
    /// Why this rank ends the study.
    error: Option<TuneError>,
    is_over: bool,
}

impl Bench<'_> {
    /// Speaks with rank 0 until that ends the study.
    fn follow(&self, total: usize, star: &mut dyn Star) -> Result<(bool, Vec<String>), TuneError> {
        let study = self.study;
        let terms = Terms { header: study.header(), total, concurrent: study.at_a_time() };
        self.lock().made.push(ToFirst::Hello { study: terms, room: study.threads });
        loop {
            let made = std::mem::take(&mut self.lock().made);
            for message in made {
                star.send(0, &to_bytes(&message)?)?;
            }
            let Some((_, bytes)) = star.receive(LISTEN)? else { continue };
            match from_bytes(0, &bytes)? {
                FromFirst::Begin { trial, news } => {
                    self.learn(news)?;
                    self.lock().waiting.push_back(trial);
                    self.changed.notify_one();
                }
                FromFirst::Done { news, torn, lost } => {
                    self.learn(news)?;
                    return Ok((torn, lost));
                }
                FromFirst::End(cause) => return Err(cause.into_error()),
            }
        }
    }

    fn learn(&self, news: Vec<Line>) -> Result<(), RanksError> {
        let mut board = self.lock();
        for line in news {
            let trial = line.finished(&self.study.space).map_err(|reason| out_of_step(0, reason))?;
            board.finished.insert(trial.index, Arc::new(trial));
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk for Bench<'_> {
    fn take(&self) -> Option<(usize, Vec<Arc<Finished>>)> {
        let mut board = self.lock();
        loop {
            if board.is_over {
                return None;
            }
            if let Some(index) = board.waiting.pop_front() {
                let known = board.finished.range(..self.study.known(index));
                return Some((index, known.map(|(_, trial)| Arc::clone(trial)).collect()));
            }
            board = self.changed.wait(board).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn give(&self, trial: Result<Finished, TuneError>) {
        let mut board = self.lock();
        match trial {
            Ok(trial) => board.made.push(ToFirst::Finished(Line::of(&self.study.space, &trial))),
            Err(error) => {
                board.made.push(ToFirst::End(Cause::of(self.rank, &error)));
                board.error.get_or_insert(error);
                board.is_over = true;
            }
        }
        drop(board);
        self.changed.notify_all();
    }

    fn panicked(&self) {
        let reason = "has panicked in a trial".to_owned();
        let mut board = self.lock();
        board.made.push(ToFirst::End(Cause::Rank { rank: self.rank, reason }));
        board.is_over = true;
        drop(board);
        self.changed.notify_all();
    }

    fn ended(&self) -> &Arc<AtomicBool> {
        &self.ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Outcome, Space, Tpe};

    /// One that comes late, since the rank that had it is gone, knows no more than it would have known in time.
    #[test]
    fn a_trial_knows_what_it_knows_wherever_it_is_tried() {
        let space = Space::new().integer("x", 0, 9).expect("a space");
        let study = Study::new(space, Tpe::new()).concurrent(2).quiet();
        let bench =
            Bench { rank: 1, study: &study, board: Mutex::default(), changed: Condvar::new(), ended: Arc::default() };
        let trial = |index| {
            let (settings, outcome) = (vec![crate::Setting::Integer(3)], Outcome::Complete { loss: 1.0 });
            Line::of(&study.space, &Finished { index, settings, outcome, reports: Vec::new(), seconds: 0.0 })
        };
        bench.learn((0..20).map(trial).collect()).expect("trials");
        bench.lock().waiting.extend([23, 8]);
        for index in [23, 8] {
            let (found, known) = bench.take().expect("a trial");
            let known: Vec<usize> = known.iter().map(|trial| trial.index).collect();
            assert_eq!((found, known), (index, (0..index - 3).collect()));
        }
        bench.lock().is_over = true;
        assert!(bench.take().is_none());
    }
}
