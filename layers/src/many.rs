//! The outputs for many samples, in memory of its own and on all processors.

use alloc::vec::Vec;

use typednet_tensor::{Buffer, Differentiable, Key, Scalar, zeroed_samples};

use crate::{Layer, Network, PassContext, WorkspaceSize};

/// How many rows are computed at once. It does not depend on the number of threads, so neither do the bits.
const BLOCK: usize = 256;

/// The outputs for all of `x`, in order.
pub(crate) fn predict_many<L: Layer>(model: &L, x: &[L::In]) -> Vec<L::Out> {
    in_blocks(x, L::PARAMS, L::INFER, |x, y, scratch| model.infer(x, y, scratch, PassContext::new(Key::new(0))))
}

/// The outputs for all of `x`, in order, of which `infer` computes some rows with working memory of the size `need`; a row takes
/// about `cost` products.
pub(crate) fn in_blocks<X, Y, T>(
    x: &[X],
    cost: usize,
    need: WorkspaceSize,
    infer: impl Fn(&[X], &mut [Y], &mut [T]) + Sync,
) -> Vec<Y>
where
    X: Sync,
    Y: Differentiable,
    T: Scalar,
{
    on_threads(x, need, &infer, threads(cost, x.len()))
}

/// How many threads are worth starting.
#[cfg(feature = "std")]
fn threads(cost: usize, rows: usize) -> usize {
    /// Products of weight and input that take about ten times as long as to start a thread.
    const WORTH: usize = 1 << 23;
    match (cost.saturating_mul(rows) / WORTH).min(rows.div_ceil(BLOCK)) {
        0 | 1 => 1,
        most => std::thread::available_parallelism().map_or(1, |processors| processors.get().min(most)),
    }
}

/// Without std there is one.
#[cfg(not(feature = "std"))]
fn threads(_cost: usize, _rows: usize) -> usize {
    1
}

/// What computes some rows in working memory.
trait Infer<X, Y, T>: Fn(&[X], &mut [Y], &mut [T]) + Sync {}

impl<X, Y, T, F: Fn(&[X], &mut [Y], &mut [T]) + Sync> Infer<X, Y, T> for F {}

#[cfg(not(feature = "std"))]
fn on_threads<X: Sync, Y: Differentiable, T: Scalar>(
    x: &[X],
    need: WorkspaceSize,
    infer: &impl Infer<X, Y, T>,
    _threads: usize,
) -> Vec<Y> {
    let mut outputs = zeroed_samples(x.len());
    serial(x, &mut outputs, need, infer);
    outputs
}

/// As [`serial`], with whole blocks for each of `threads`; the calling thread computes the first of them.
#[cfg(feature = "std")]
fn on_threads<X: Sync, Y: Differentiable, T: Scalar>(
    x: &[X],
    need: WorkspaceSize,
    infer: &impl Infer<X, Y, T>,
    threads: usize,
) -> Vec<Y> {
    let rows = x.len().div_ceil(BLOCK).div_ceil(threads.max(1)) * BLOCK;
    let mut outputs = zeroed_samples(x.len());
    if rows >= x.len() {
        serial(x, &mut outputs, need, infer);
        return outputs;
    }
    let parts = x.chunks(rows).zip(outputs.chunks_mut(rows));
    let tasks: Vec<_> =
        parts.map(|(x, y)| Task::new(Some(alloc::boxed::Box::new(move || serial(x, y, need, infer))))).collect();
    at_once(&tasks);
    // They borrow the outputs.
    drop(tasks);
    outputs
}

/// What a thread does, once.
#[cfg(feature = "std")]
type Task<'a> = std::sync::Mutex<Option<alloc::boxed::Box<dyn FnOnce() + Send + 'a>>>;

/// Runs all tasks at once, the first of them on the calling thread: compiled once, and not for each network.
#[cfg(feature = "std")]
fn at_once(tasks: &[Task<'_>]) {
    let run = |task: &Task<'_>| {
        if let Some(task) = task.lock().ok().and_then(|mut task| task.take()) {
            task();
        }
    };
    let Some((here, elsewhere)) = tasks.split_first() else { return };
    std::thread::scope(|scope| {
        let others: Vec<_> = elsewhere
            .iter()
            .map(|task| (task, std::thread::Builder::new().spawn_scoped(scope, move || run(task))))
            .collect();
        run(here);
        for (task, other) in others {
            match other {
                Ok(other) => other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                // The system has no more threads to give.
                Err(_) => run(task),
            }
        }
    });
}

/// The outputs `y` for all of `x`, block by block.
fn serial<X, Y: Differentiable, T: Scalar>(x: &[X], y: &mut [Y], need: WorkspaceSize, infer: &impl Infer<X, Y, T>) {
    let mut memory = Buffer::new();
    let memory = memory.grow(need.of(BLOCK.min(x.len())));
    for (x, y) in x.chunks(BLOCK).zip(y.chunks_mut(BLOCK)) {
        infer(x, y, memory);
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;
    use crate::{BatchNorm, Chain, Dense, Dropout, Relu, Softmax, bits};

    type Thinned = Dropout<[f32; 16], { bits(0.5) }>;
    type Net = Chain<Dense<3, 16, Relu>, Chain<BatchNorm<16>, Chain<Thinned, Dense<16, 4, Softmax>>>>;

    fn of_net(model: &Net, x: &[[f32; 3]], threads: usize) -> Vec<[f32; 4]> {
        let infer = |x: &[[f32; 3]], y: &mut [[f32; 4]], scratch: &mut [f32]| {
            model.infer(x, y, scratch, PassContext::new(Key::new(0)));
        };
        on_threads(x, Net::INFER, &infer, threads)
    }

    fn samples(count: usize) -> Vec<[f32; 3]> {
        let key = Key::new(5);
        (0..count).map(|row| core::array::from_fn(|i| key.normal((3 * row + i) as u64))).collect()
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits() {
        let model = Net::seeded(1);
        for count in [0, 1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 3] {
            let x = samples(count);
            let bits = |threads| -> Vec<[u32; 4]> {
                of_net(&model, &x, threads).iter().map(|y| y.map(f32::to_bits)).collect()
            };
            let alone = bits(1);
            assert_eq!(alone.len(), count);
            for threads in [0, 2, 3, 7] {
                assert!(bits(threads) == alone, "{count} rows on {threads} threads");
            }
        }
    }

    #[test]
    fn every_row_is_what_the_network_says_of_it() {
        let model = Net::seeded(1);
        let x = samples(3 * BLOCK + 7);
        for (x, y) in x.iter().zip(of_net(&model, &x, 3)) {
            for (one, many) in model.predict(x).iter().zip(y) {
                assert!((one - many).abs() < 1e-6, "{one} is not {many}");
            }
        }
    }

    #[test]
    fn a_thread_is_started_only_where_that_is_worth_it() {
        assert_eq!(threads(100, 100_000), 1);
        assert_eq!(threads(usize::MAX, 1), 1);
        assert_eq!(threads(usize::MAX, BLOCK), 1);
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        assert_eq!(threads(1 << 20, 64 * BLOCK), processors.min(64));
    }
}
