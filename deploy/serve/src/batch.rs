//! The queue of requests, and the thread that computes what is in it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::{Instant, timeout_at};
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
    reply: oneshot::Sender<Result<Answer, Refusal>>,
    /// The body's part of the memory of all, until it is computed.
    _memory: OwnedSemaphorePermit,
}

/// The place where requests wait. The thread ends when all of its clones are gone and what waits is computed.
#[derive(Clone)]
pub(crate) struct Queue(mpsc::Sender<Job>);

impl Queue {
    /// Lets a request wait; what comes is the answer, or nothing if the thread has ended.
    pub(crate) fn push(
        &self,
        inputs: Vec<f32>,
        memory: OwnedSemaphorePermit,
    ) -> Result<oneshot::Receiver<Result<Answer, Refusal>>, Refusal> {
        let (reply, answer) = oneshot::channel();
        self.0.try_send(Job { inputs, reply, _memory: memory }).map_err(|error| match error {
            TrySendError::Full(_) => Refusal::busy("too many requests wait: try again"),
            TrySendError::Closed(_) => Refusal::busy("the server ends"),
        })?;
        Ok(answer)
    }

    /// How many requests wait.
    pub(crate) fn len(&self) -> usize {
        self.0.max_capacity() - self.0.capacity()
    }
}

/// What the thread works with.
pub(crate) struct Worker<M: Layer> {
    pub(crate) loaded: Arc<ArcSwap<Loaded<M>>>,
    pub(crate) metrics: Arc<Metrics>,
    /// How many samples are computed at once, as long as no request has more.
    pub(crate) most: usize,
    pub(crate) delay: Duration,
}

impl<M: Layer<Elem = f32, In: Sample<Elem = f32>>> Worker<M> {
    /// Starts the thread.
    pub(crate) fn start(self, waiting: usize) -> std::io::Result<Queue> {
        let (sender, receiver) = mpsc::channel(waiting.max(1));
        let clock = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let thread = std::thread::Builder::new().name("batches".into());
        thread.spawn(move || clock.block_on(self.run(receiver)))?;
        Ok(Queue(sender))
    }

    async fn run(self, mut queue: mpsc::Receiver<Job>) {
        let mut jobs = Vec::new();
        let (mut inputs, mut memory) = (Vec::new(), Buffer::new());
        while let Some(first) = queue.recv().await {
            let until = Instant::now() + self.delay;
            let mut count = gather(first, M::In::LEN, &mut jobs);
            while count < self.most {
                // What is there is taken without a look at the clock.
                let next = match queue.try_recv() {
                    Ok(next) => Some(next),
                    Err(_) => timeout_at(until, queue.recv()).await.ok().flatten(),
                };
                let Some(next) = next else { break };
                count += gather(next, M::In::LEN, &mut jobs);
            }
            if jobs.is_empty() {
                continue;
            }
            self.metrics.batch(count);
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

/// Takes a job along, unless nobody waits for it any more: how many samples of `len` numbers it has.
fn gather(job: Job, len: usize, to: &mut Vec<Job>) -> usize {
    if job.reply.is_closed() {
        return 0;
    }
    let count = job.inputs.len() / len;
    to.push(job);
    count
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
    for Job { inputs: own, reply, _memory } in jobs.drain(..) {
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
    use tokio::sync::Semaphore;

    use super::*;

    #[test]
    fn a_queue_that_is_full_refuses_and_one_without_a_thread_says_so() {
        let (sender, mut receiver) = mpsc::channel(2);
        let (queue, memory) = (Queue(sender), Arc::new(Semaphore::new(10)));
        let push = || queue.push(vec![0.5], Arc::clone(&memory).try_acquire_owned().expect("a permit"));
        let waiting = [push(), push()];
        assert!(waiting.iter().all(Result::is_ok));
        let refused = push().map(|_| ());
        assert_eq!(refused, Err(Refusal::busy("too many requests wait: try again")));
        assert_eq!((queue.len(), memory.available_permits()), (2, 8));
        // What waits takes its part of the memory; what was refused gave it back.
        drop(receiver.try_recv().expect("a job"));
        assert_eq!((queue.len(), memory.available_permits()), (1, 9));
        drop(receiver);
        assert_eq!(push().map(|_| ()).map_err(|refusal| refusal.status), Err(StatusCode::SERVICE_UNAVAILABLE));
    }

    #[test]
    fn a_job_that_nobody_waits_for_is_not_computed() {
        let memory = Arc::new(Semaphore::new(2));
        let job = || {
            let (reply, answer) = oneshot::channel();
            let memory = Arc::clone(&memory).try_acquire_owned().expect("a permit");
            (Job { inputs: vec![0.5; 6], reply, _memory: memory }, answer)
        };
        let ((gone, answer), (waiting, _answer)) = (job(), job());
        drop(answer);
        let mut jobs = Vec::new();
        assert_eq!((gather(gone, 3, &mut jobs), jobs.len()), (0, 0));
        assert_eq!((gather(waiting, 3, &mut jobs), jobs.len()), (2, 1));
    }
}
