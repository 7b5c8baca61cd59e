//! Ranks over MPI.

use std::collections::VecDeque;
use std::thread;
use std::time::{Duration, Instant};

use mpi::datatype::Equivalence;
use mpi::environment::Universe;
use mpi::request::scope;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, Destination, Source};
use typednet_train::{Ranks, RanksError, Star};

/// The ranks of an MPI job, started by `mpirun` or `srun`.
///
/// ```no_run
/// use typednet_distributed::Mpi;
/// use typednet_train::Ranks;
///
/// let mut ranks = Mpi::world()?;
/// println!("rank {} of {}", ranks.rank(), ranks.size());
/// ranks.barrier()?;
/// # Ok::<(), typednet_train::RanksError>(())
/// ```
///
/// What MPI has begun to send or to receive cannot be taken back. So where a rank is silent for longer than the
/// [`patience`](Mpi::patience), or ends because of an error of its own, the program is not given an error: the rank that notices says so
/// on its standard error, with the number of the one that it waits for, which may itself wait for another, and ends the job on all
/// hosts (`MPI_Abort`). A rank that is killed ends the
/// job by its launcher, which names it. The newest checkpoint is in the run's folder:
/// [`Checkpoints::newest`](typednet_train::Checkpoints::newest).
pub struct Mpi {
    /// MPI is at an end where this is dropped.
    _universe: Universe,
    rank: usize,
    size: usize,
    patience: Duration,
    /// Messages of a star that came while one was sent.
    come: VecDeque<(usize, Vec<u8>)>,
    /// When each rank was heard last, as one of a star.
    heard: Vec<Instant>,
    /// When the others of a star were told last that this one is there.
    told: Instant,
}

impl Mpi {
    /// All processes of the job.
    ///
    /// # Errors
    /// If MPI was begun already in this process.
    pub fn world() -> Result<Self, RanksError> {
        let Some(universe) = mpi::initialize() else {
            let reason = "MPI was begun already in this process; call `Mpi::world` once".to_owned();
            return Err(RanksError::Start { reason });
        };
        let world = universe.world();
        let number = |number: i32| usize::try_from(number).unwrap_or_default();
        let (rank, size) = (number(world.rank()), number(world.size()));
        let (patience, now) = (Duration::from_mins(1), Instant::now());
        let (come, heard) = (VecDeque::new(), vec![now; size]);
        Ok(Self { _universe: universe, rank, size, patience, come, heard, told: now })
    }

    /// How long a rank waits for another one; a minute unless told otherwise. A step, the validation and a callback of rank 0
    /// must not take longer, nor what a rank of a study does before it calls `run_on`.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }
}

/// The most bytes of one message: MPI counts in 31 bits.
const MOST: usize = 1 << 30;

/// How often it is asked whether a message has come, before it is asked more rarely.
const SPINS: u32 = 1000;

/// Ends the job on all hosts.
fn abort(reason: &str) -> ! {
    eprintln!("{reason}");
    SimpleCommunicator::world().abort(1);
}

impl Ranks for Mpi {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn send_receive(&mut self, partner: usize, send: &[u8], receive: &mut [u8]) -> Result<(), RanksError> {
        let (world, began, patience) = (SimpleCommunicator::world(), Instant::now(), self.patience);
        let other = world.process_at_rank(i32::try_from(partner).unwrap_or(i32::MAX));
        // Of nothing there is one piece too, so that both sides meet.
        let pieces = |len: usize| len.div_ceil(MOST).max(1);
        let at = |place: usize, len: usize| (place * MOST).min(len)..((place + 1) * MOST).min(len);
        let (outward, inward) = (pieces(send.len()), pieces(receive.len()));
        for place in 0..outward.max(inward) {
            let (out, into) = (&send[at(place, send.len())], at(place, receive.len()));
            let into = &mut receive[into];
            scope(|scope| {
                let mut sent = (place < outward).then(|| other.immediate_send(scope, out));
                let mut received = (place < inward).then(|| other.immediate_receive_into(scope, into));
                let mut tries = 0;
                while sent.is_some() || received.is_some() {
                    sent = sent.and_then(|request| request.test().err());
                    received = received.and_then(|request| request.test().err());
                    if began.elapsed() >= patience {
                        abort(&format!(
                            "rank {partner} has not answered for {patience:?}: it hangs, or its machine or the network to it is \
                             gone; if its steps take longer, raise `Mpi::patience` (said by rank {})",
                            self.rank
                        ));
                    }
                    // Ranks that compute need the processor more than one that waits does.
                    tries += 1;
                    if tries < SPINS { thread::yield_now() } else { thread::sleep(Duration::from_micros(20)) }
                }
            });
        }
        Ok(())
    }

    fn end(&mut self, lost: usize, reason: &str) {
        if self.size > 1 {
            abort(&format!("rank {lost} {reason}"));
        }
    }
}

/// What messages of a star are known by, so that none is taken for one of [`Ranks`].
const STAR: i32 = 1;

/// What is known by this says that a rank of a star is there, and no more.
const STILL_HERE: i32 = 2;

/// How often a rank of a star says that it is there, at least.
const TICK: Duration = Duration::from_secs(1);

impl Mpi {
    /// Takes in a message of a star, if one has come.
    fn take_in(&mut self) -> bool {
        let Some((from, bytes)) = self.probe(STAR) else { return false };
        self.come.push_back((from, bytes));
        true
    }

    /// A message that has come, and from whom.
    fn probe(&mut self, tag: i32) -> Option<(usize, Vec<u8>)> {
        let (message, status) = SimpleCommunicator::world().any_process().immediate_matched_probe_with_tag(tag)?;
        let from = usize::try_from(status.source_rank()).unwrap_or_default();
        let mut bytes = vec![0; usize::try_from(status.count(u8::equivalent_datatype())).unwrap_or_default()];
        message.matched_receive_into(&mut bytes[..]);
        self.heard[from] = Instant::now();
        Some((from, bytes))
    }

    /// Sends a message, and takes in those that come meanwhile: two that send to each other would wait for ever.
    fn deliver(&mut self, to: usize, message: &[u8], tag: i32) {
        let (world, began) = (SimpleCommunicator::world(), Instant::now());
        let other = world.process_at_rank(i32::try_from(to).unwrap_or(i32::MAX));
        scope(|scope| {
            let mut sent = Some(other.immediate_send_with_tag(scope, message, tag));
            loop {
                sent = sent.and_then(|request| request.test().err());
                if sent.is_none() {
                    return;
                }
                if began.elapsed() >= self.patience {
                    self.abort_for(to);
                }
                if !self.take_in() {
                    thread::yield_now();
                }
            }
        });
    }

    /// Says that this rank is there, and looks whether those that it hears are.
    fn keep_in_touch(&mut self) {
        while self.probe(STILL_HERE).is_some() {}
        let others = if self.rank == 0 { 1..self.size } else { 0..1 };
        if self.told.elapsed() >= TICK.min(self.patience / 4) {
            self.told = Instant::now();
            others.clone().for_each(|rank| self.deliver(rank, &[], STILL_HERE));
        }
        if let Some(rank) = others.into_iter().find(|rank| self.heard[*rank].elapsed() >= self.patience) {
            self.abort_for(rank);
        }
    }

    /// Ends the job, since a rank of a star is silent.
    fn abort_for(&self, rank: usize) -> ! {
        abort(&format!(
            "rank {rank} has not answered for {:?}: it hangs, or its machine or the network to it is gone (said by rank {})",
            self.patience, self.rank
        ))
    }
}

/// A rank that is killed ends the job by its launcher, since MPI goes on with all processes or with none: a study goes on from its file.
/// So does one that hangs, when it has been silent for the [patience](Mpi::patience): rank 0 hears all others, and they hear rank 0.
impl Star for Mpi {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.size
    }

    fn send(&mut self, to: usize, message: &[u8]) -> Result<(), RanksError> {
        if to >= self.size || message.len() > MOST {
            let reason = format!(
                "cannot be sent {} bytes: there are {} ranks, and at most {MOST} bytes",
                message.len(),
                self.size
            );
            return Err(RanksError::Lost { rank: to, reason });
        }
        self.deliver(to, message, STAR);
        Ok(())
    }

    fn receive(&mut self, within: Duration) -> Result<Option<(usize, Vec<u8>)>, RanksError> {
        let began = Instant::now();
        loop {
            while self.take_in() {}
            self.keep_in_touch();
            match self.come.pop_front() {
                Some(message) => return Ok(Some(message)),
                None if began.elapsed() >= within => return Ok(None),
                None => thread::sleep(Duration::from_millis(1)),
            }
        }
    }
}
