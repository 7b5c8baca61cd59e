//! The outputs for many samples, in memory of its own and on all processors.

use alloc::vec::Vec;

use typednet_tensor::{Buffer, Key};

use crate::{Layer, Network, PassContext, pass};

/// How many rows are computed at once. It does not depend on the number of threads, so neither do the bits.
const BLOCK: usize = 256;

/// The outputs for all of `x`, in order.
pub(crate) fn predict_many<L: Layer>(model: &L, x: &[L::In]) -> Vec<L::Out> {
    on_threads(model, x, threads(L::PARAMS, x.len()))
}

/// How many threads are worth starting.
#[cfg(feature = "std")]
fn threads(params: usize, rows: usize) -> usize {
    /// Products of weight and input that take about ten times as long as to start a thread.
    const WORTH: usize = 1 << 23;
    match (params.saturating_mul(rows) / WORTH).min(rows.div_ceil(BLOCK)) {
        0 | 1 => 1,
        most => std::thread::available_parallelism().map_or(1, |processors| processors.get().min(most)),
    }
}

/// Without std there is one.
#[cfg(not(feature = "std"))]
fn threads(_params: usize, _rows: usize) -> usize {
    1
}

#[cfg(not(feature = "std"))]
fn on_threads<L: Layer>(model: &L, x: &[L::In], _threads: usize) -> Vec<L::Out> {
    serial(model, x)
}

/// As [`serial`], with whole blocks for each of `threads`; the calling thread computes the first of them.
#[cfg(feature = "std")]
fn on_threads<L: Layer>(model: &L, x: &[L::In], threads: usize) -> Vec<L::Out> {
    let rows = x.len().div_ceil(BLOCK).div_ceil(threads.max(1)) * BLOCK;
    if rows >= x.len() {
        return serial(model, x);
    }
    let (here, elsewhere) = x.split_at(rows);
    std::thread::scope(|scope| {
        let others: Vec<_> = elsewhere
            .chunks(rows)
            .map(|x| (x, std::thread::Builder::new().spawn_scoped(scope, move || serial(model, x))))
            .collect();
        let mut outputs = Vec::with_capacity(x.len());
        outputs.append(&mut serial(model, here));
        for (x, other) in others {
            let mut other = match other {
                Ok(other) => other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
                // The system has no more threads to give.
                Err(_) => serial(model, x),
            };
            outputs.append(&mut other);
        }
        outputs
    })
}

/// The outputs for all of `x`, block by block.
fn serial<L: Layer>(model: &L, x: &[L::In]) -> Vec<L::Out> {
    let mut memory = Buffer::new();
    let memory = memory.grow(pass::inference_need::<L>().of(BLOCK.min(x.len())));
    let mut outputs = Vec::with_capacity(x.len());
    for x in x.chunks(BLOCK) {
        outputs.extend_from_slice(pass::infer(model, x, memory, PassContext::new(Key::new(0))));
    }
    outputs
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;
    use crate::{BatchNorm, Chain, Dense, Dropout, Relu, Softmax, bits};

    type Thinned = Dropout<[f32; 16], { bits(0.5) }>;
    type Net = Chain<Dense<3, 16, Relu>, Chain<BatchNorm<16>, Chain<Thinned, Dense<16, 4, Softmax>>>>;

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
                on_threads(&*model, &x, threads).iter().map(|y| y.map(f32::to_bits)).collect()
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
        for (x, y) in x.iter().zip(on_threads(&*model, &x, 3)) {
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
