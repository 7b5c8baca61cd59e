//! What rank 0 does: it gives out trials, and takes what comes of them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use typednet_train::{RanksError, Star};

use super::{Cause, FromFirst, LISTEN, Terms, ToFirst, from_bytes, out_of_step, to_bytes};
use crate::line::Line;
use crate::work::{Desk, Work};
use crate::{Finished, TuneError};

/// Another rank, as it is seen here.
struct Worker {
    rank: usize,
    /// How many trials it can try at a time; none before it has said so.
    room: usize,
    /// The trials that it tries.
    trials: BTreeSet<usize>,
    /// So many trials, from the first, it has been told.
    told: usize,
    is_gone: bool,
}

/// Shares out the trials until all have ended, or the study does, and tells the others so.
pub(crate) fn lead(work: &Work<'_>, star: &mut dyn Star) {
    let workers = (1..star.size()).map(|rank| {
        let trials = BTreeSet::new();
        Worker { rank, room: 0, trials, told: 0, is_gone: false }
    });
    First { work, workers: workers.collect() }.lead(star);
}

struct First<'w, 's> {
    work: &'w Work<'s>,
    workers: Vec<Worker>,
}

impl First<'_, '_> {
    fn lead(&mut self, star: &mut dyn Star) {
        while !self.work.is_over() {
            match star.receive(LISTEN) {
                Ok(None) => {}
                Ok(Some((rank, bytes))) => {
                    if let Err(error) = self.hear(rank, &bytes) {
                        self.lose(rank, &error);
                    }
                }
                Err(error) => self.lose_by(&error),
            }
            self.give_out(star);
        }
        self.say_end(star);
    }

    fn hear(&mut self, rank: usize, bytes: &[u8]) -> Result<(), RanksError> {
        let (work, total) = (self.work, self.work.total);
        let Some(worker) = self.workers.iter_mut().find(|worker| worker.rank == rank && !worker.is_gone) else {
            return Ok(());
        };
        match from_bytes(rank, bytes)? {
            ToFirst::Hello { study, room } => {
                let own = Terms { header: work.study.header(), total, concurrent: work.study.at_a_time() };
                match study.difference(&own) {
                    None => worker.room = room,
                    Some([what, first, other]) => {
                        work.give(Err(TuneError::OtherRank { rank, what, first, other }));
                    }
                }
            }
            ToFirst::Finished(line) => {
                let trial = line.finished(&work.study.space).map_err(|reason| out_of_step(rank, reason))?;
                if !worker.trials.remove(&trial.index) {
                    return Err(out_of_step(rank, format!("trial {}, which it was not to try", trial.index)));
                }
                work.bring_back(trial);
            }
            ToFirst::End(cause) => work.give(Err(cause.into_error())),
        }
        Ok(())
    }

    /// Gives each rank as many trials as it can try, as far as there are any.
    fn give_out(&mut self, star: &mut dyn Star) {
        for place in 0..self.workers.len() {
            while self.workers[place].has_room() {
                let Some((trial, known)) = self.work.take_away() else { return };
                let worker = &mut self.workers[place];
                worker.trials.insert(trial);
                let news = self.work.lines(known.get(worker.told..).unwrap_or_default());
                worker.told = worker.told.max(known.len());
                let rank = worker.rank;
                let sent = to_bytes(&FromFirst::Begin { trial, news }).and_then(|bytes| star.send(rank, &bytes));
                if let Err(error) = sent {
                    self.lose(rank, &error);
                }
            }
        }
    }

    /// A rank that an error names is gone.
    fn lose_by(&mut self, error: &RanksError) {
        match error {
            RanksError::Lost { rank, .. } | RanksError::OutOfStep { rank, .. } => self.lose(*rank, error),
            _ => self.work.give(Err(error.clone().into())),
        }
    }

    fn lose(&mut self, rank: usize, error: &RanksError) {
        let Some(worker) = self.workers.iter_mut().find(|worker| worker.rank == rank && !worker.is_gone) else {
            return;
        };
        worker.is_gone = true;
        self.work.lose(rank, &error.to_string(), &std::mem::take(&mut worker.trials));
    }

    fn say_end(&self, star: &mut dyn Star) {
        // If all trials have ended, none is under way.
        self.work.ended().store(true, Ordering::Relaxed);
        for worker in self.workers.iter().filter(|worker| !worker.is_gone) {
            let message = match self.work.end(worker.told) {
                Ok((news, torn, lost)) => FromFirst::Done { news: self.work.lines(&news), torn, lost },
                Err(Some(error)) => FromFirst::End(Cause::of(0, &error)),
                Err(None) => {
                    let reason = "has panicked in a trial".to_owned();
                    FromFirst::End(Cause::Rank { rank: 0, reason })
                }
            };
            // Who is gone does not listen.
            _ = to_bytes(&message).and_then(|bytes| star.send(worker.rank, &bytes));
        }
    }
}

impl Worker {
    fn has_room(&self) -> bool {
        !self.is_gone && self.trials.len() < self.room
    }
}

impl Work<'_> {
    fn lines(&self, trials: &[Arc<Finished>]) -> Vec<Line> {
        trials.iter().map(|trial| Line::of(&self.study.space, trial)).collect()
    }
}
