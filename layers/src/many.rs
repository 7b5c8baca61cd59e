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
    serial(x, need, infer)
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
    if rows >= x.len() {
        return serial(x, need, infer);
    }
    let (here, elsewhere) = x.split_at(rows);
    std::thread::scope(|scope| {
        let others: Vec<_> = elsewhere
            .chunks(rows)
            .map(|x| (x, std::thread::Builder::new().spawn_scoped(scope, move || serial(x, need, infer))))
            .collect();
        let mut outputs = Vec::with_capacity(x.len());
        outputs.append(&mut serial(here, need, infer));
        for (x, other) in others {
            let mut other = match other {
                Ok(other) => other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                // The system has no more threads to give.
                Err(_) => serial(x, need, infer),
            };
            outputs.append(&mut other);
        }
        outputs
    })
}

/// The outputs for all of `x`, block by block.
fn serial<X, Y: Differentiable, T: Scalar>(x: &[X], need: WorkspaceSize, infer: &impl Infer<X, Y, T>) -> Vec<Y> {
    let mut memory = Buffer::new();
    let memory = memory.grow(need.of(BLOCK.min(x.len())));
    let mut outputs = zeroed_samples(x.len());
    for (x, y) in x.chunks(BLOCK).zip(outputs.chunks_mut(BLOCK)) {
        infer(x, y, memory);
    }
    outputs
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
