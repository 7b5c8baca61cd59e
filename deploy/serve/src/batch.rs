//! The queue of requests, and the thread that computes what is in it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use typednet::layers::pass;
use typednet::prelude::*;
use typednet::tensor::{Buffer, flat, rows};

use crate::metrics::Metrics;
use crate::refusal::Refusal;
use crate::source::{Loaded, Verdict};

/// What was computed for a request.
pub(crate) struct Answer {
    /// The load that has answered.
    pub(crate) model: u64,
    pub(crate) outputs: Vec<f32>,
    /// One for each sample, where there is a guard.
    pub(crate) verdicts: Option<Vec<Verdict>>,
}

/// A request that waits.
struct Job {
    inputs: Vec<f32>,
    /// When it began to wait.
    since: Instant,
    reply: oneshot::Sender<Result<Answer, Refusal>>,
    /// The body's part of the memory of all, until it is computed.
    _memory: OwnedSemaphorePermit,
}

impl Job {
    /// How many samples of `len` numbers it has.
    fn rows(&self, len: usize) -> usize {
        self.inputs.len() / len
    }
}

/// A job with its place in the queue, which is given back when the thread takes the job.
type Placed = (OwnedSemaphorePermit, Job);

/// The place where requests wait. The thread ends when all of its clones are gone and what waits is computed.
#[derive(Clone)]
pub(crate) struct Queue {
    jobs: mpsc::Sender<Placed>,
    places: Arc<Semaphore>,
    /// How many places there are.
    most: usize,
}

impl Queue {
    fn new(most: usize) -> (Self, Waiting) {
        let most = most.clamp(1, Semaphore::MAX_PERMITS);
        let (jobs, waiting) = mpsc::channel();
        (Self { jobs, places: Arc::new(Semaphore::new(most)), most }, Waiting(waiting))
    }

    /// Lets a request wait; what comes is the answer, or nothing if the thread has ended.
    pub(crate) fn push(
        &self,
        inputs: Vec<f32>,
        memory: OwnedSemaphorePermit,
    ) -> Result<oneshot::Receiver<Result<Answer, Refusal>>, Refusal> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| Refusal::busy("too many requests wait: try again"))?;
        let (reply, answer) = oneshot::channel();
        let job = Job { inputs, since: Instant::now(), reply, _memory: memory };
        self.jobs.send((place, job)).map_err(|_| Refusal::busy("the server ends"))?;
        Ok(answer)
    }

    /// How many requests wait.
    pub(crate) fn len(&self) -> usize {
        self.most - self.places.available_permits()
    }
}

/// The end of the queue that is the thread's. Its clock is the system's, which knows parts of a millisecond; that of tokio
/// does not.
struct Waiting(mpsc::Receiver<Placed>);

impl Waiting {
    /// The next job, however long it takes to come; nothing when none can come any more.
    fn next(&self) -> Option<Job> {
        self.0.recv().ok().map(|(_place, job)| job)
    }

    /// The next job, if it comes before the first job of a batch has waited for `delay`.
    fn next_within(&self, delay: Duration, since: Instant) -> Option<Job> {
        // What is there is taken without a look at the clock.
        let next = self.0.try_recv().ok().or_else(|| {
            let left = delay.checked_sub(since.elapsed()).filter(|left| !left.is_zero())?;
            self.0.recv_timeout(left).ok()
        });
        next.map(|(_place, job)| job)
    }
}

/// What the thread works with.
pub(crate) struct Worker<M: Layer> {
    pub(crate) loaded: Arc<ArcSwap<Loaded<M>>>,
    pub(crate) metrics: Arc<Metrics>,
    /// How many samples are computed at once, as long as no request by itself has more.
    pub(crate) most: usize,
    pub(crate) delay: Duration,
}

impl<M: Layer<Elem = f32, In: Sample<Elem = f32>>> Worker<M> {
    /// Starts the thread.
    pub(crate) fn start(self, most_waiting: usize) -> std::io::Result<Queue> {
        let (queue, waiting) = Queue::new(most_waiting);
        std::thread::Builder::new().name("batches".into()).spawn(move || self.run(&waiting))?;
        Ok(queue)
    }

    fn run(self, waiting: &Waiting) {
        let (mut jobs, mut too_much) = (Vec::new(), None);
        let (mut inputs, mut memory) = (Vec::new(), Buffer::new());
        while let Some(first) = too_much.take().or_else(|| waiting.next()) {
            too_much = gather(first, waiting, (M::In::LEN, self.most, self.delay), &mut jobs);
            if jobs.is_empty() {
                continue;
            }
            self.metrics.batch(jobs.iter().map(|job| job.rows(M::In::LEN)).sum());
            let loaded = self.loaded.load_full();
            let work = AssertUnwindSafe(|| answer_all(&loaded, &mut jobs, &mut inputs, &mut memory));
            if catch_unwind(work).is_err() {
                // Those that have no answer yet learn it by their channel, which closes.
                tracing::error!(requests = jobs.len(), "a batch has panicked");
                (inputs, memory) = (Vec::new(), Buffer::new());
            }
            jobs.clear();
        }
    }
}

/// Takes along the first job and those that come within `delay` of it, as long as they have at most `most` samples of `len`
/// numbers together: what is left is the job that would have been too much, which begins the next batch. A job for which
/// nobody waits any more is let go.
fn gather(
    first: Job,
    waiting: &Waiting,
    (len, most, delay): (usize, usize, Duration),
    to: &mut Vec<Job>,
) -> Option<Job> {
    let (since, mut count) = (first.since, 0);
    let mut next = Some(first);
    while let Some(job) = next {
        if !job.reply.is_closed() {
            let rows = job.rows(len);
            if count > 0 && count + rows > most {
                return Some(job);
            }
            count += rows;
            to.push(job);
        }
        next = if count < most { waiting.next_within(delay, since) } else { None };
    }
    None
}

/// Computes all jobs at once and answers each.
fn answer_all<M>(loaded: &Loaded<M>, jobs: &mut Vec<Job>, inputs: &mut Vec<f32>, memory: &mut Buffer<f32>)
where
    M: Layer<Elem = f32, In: Sample<Elem = f32>>,
{
    inputs.clear();
    for job in &*jobs {
        inputs.extend_from_slice(&job.inputs);
    }
    let inputs: &[M::In] = rows(inputs);
    let memory = memory.grow(pass::inference_need::<M>().of(inputs.len()));
    let outputs = pass::infer(&*loaded.model, inputs, memory, PassContext::new(Key::new(0)));
    let mut judge = loaded.judge.as_ref().map(|judge| judge.lock().unwrap_or_else(|poisoned| poisoned.into_inner()));
    let mut from = 0;
    for Job { inputs: own, reply, .. } in jobs.drain(..) {
        let rows = from..from + own.len() / M::In::LEN;
        from = rows.end;
        let given = flat(&outputs[rows.clone()]);
        let answer = if given.iter().all(|y| y.is_finite()) {
            let verdicts = judge.as_mut().map(|judge| inputs[rows].iter().map(|x| judge(&loaded.model, x)).collect());
            Ok(Answer { model: loaded.number, outputs: given.to_vec(), verdicts })
        } else {
            let text = "the network gives no finite numbers for such inputs";
            Err(Refusal::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, text))
        };
        // Whoever has gone needs no answer.
        let _ = reply.send(answer);
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    /// A job of that many samples of 3 numbers, and who waits for it.
    fn push(queue: &Queue, rows: usize) -> Result<oneshot::Receiver<Result<Answer, Refusal>>, Refusal> {
        queue.push(vec![0.5; 3 * rows], Arc::new(Semaphore::new(1)).try_acquire_owned().expect("a permit"))
    }

    #[test]
    fn a_queue_that_is_full_refuses_and_one_without_a_thread_says_so() {
        let ((queue, waiting), memory) = (Queue::new(2), Arc::new(Semaphore::new(10)));
        let push = || queue.push(vec![0.5], Arc::clone(&memory).try_acquire_owned().expect("a permit"));
        let both = [push(), push()];
        assert!(both.iter().all(Result::is_ok));
        let refused = push().map(|_| ());
        assert_eq!(refused, Err(Refusal::busy("too many requests wait: try again")));
        assert_eq!((queue.len(), memory.available_permits()), (2, 8));
        // What waits takes its part of the memory; what was refused gave it back.
        let job = waiting.next().expect("a job");
        assert_eq!((queue.len(), memory.available_permits()), (1, 8));
        drop(job);
        assert_eq!((queue.len(), memory.available_permits()), (1, 9));
        drop(waiting);
        assert_eq!(push().map(|_| ()).map_err(|refusal| refusal.status), Err(StatusCode::SERVICE_UNAVAILABLE));
    }

    #[test]
    fn a_queue_may_be_as_long_as_a_number_can_say() {
        let (queue, _waiting) = Queue::new(usize::MAX);
        let _answer = push(&queue, 1).expect("a place");
        assert_eq!(queue.len(), 1);
    }

    /// The numbers of samples of the jobs of each batch.
    fn batches(most: usize, rows: &[usize]) -> Vec<Vec<usize>> {
        let (queue, waiting) = Queue::new(100);
        let _answers: Vec<_> = rows.iter().map(|rows| push(&queue, *rows).expect("a place")).collect();
        drop(queue);
        let (mut batches, mut too_much) = (Vec::new(), None);
        while let Some(first) = too_much.take().or_else(|| waiting.next()) {
            let mut jobs = Vec::new();
            too_much = gather(first, &waiting, (3, most, Duration::ZERO), &mut jobs);
            batches.push(jobs.iter().map(|job| job.rows(3)).collect());
        }
        batches
    }

    #[test]
    fn a_batch_has_no_more_samples_than_it_may_unless_one_request_has() {
        assert_eq!(batches(8, &[1, 3, 5, 2, 1, 8, 8, 1]), [vec![1, 3], vec![5, 2, 1], vec![8], vec![8], vec![1]]);
        assert_eq!(batches(8, &[9, 1, 20, 20]), [vec![9], vec![1], vec![20], vec![20]]);
        assert_eq!(batches(1, &[1, 1, 1]), [[1], [1], [1]]);
    }

    #[test]
    fn a_job_that_nobody_waits_for_is_not_computed() {
        let (queue, waiting) = Queue::new(100);
        for rows in [9, 1] {
            drop(push(&queue, rows).expect("a place"));
        }
        let _answer = push(&queue, 2).expect("a place");
        let mut jobs = Vec::new();
        let first = waiting.next().expect("a job");
        assert!(gather(first, &waiting, (3, 8, Duration::ZERO), &mut jobs).is_none());
        assert_eq!(jobs.iter().map(|job| job.rows(3)).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn a_request_waits_for_others_as_long_as_is_said_and_not_a_whole_millisecond() {
        // The shortest of some is not longer because the machine has other things to do.
        let shortest = |delay: Duration| {
            let waits = (0..30).map(|_| {
                let (queue, waiting) = Queue::new(100);
                let begin = Instant::now();
                let _answer = push(&queue, 1).expect("a place");
                let mut jobs = Vec::new();
                assert!(gather(waiting.next().expect("a job"), &waiting, (3, 8, delay), &mut jobs).is_none());
                begin.elapsed()
            });
            waits.min().expect("some waits")
        };
        assert!(shortest(Duration::ZERO) < Duration::from_micros(200));
        let half = shortest(Duration::from_micros(500));
        assert!((Duration::from_micros(500)..Duration::from_micros(900)).contains(&half), "{half:?}");
    }
}
