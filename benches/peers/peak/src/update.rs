//! The bytes in a second of a pass that reads four arrays and writes three of them, as an optimiser with two moments does.

use std::thread;
use std::time::Instant;

use crate::instructions::Set;

/// The sizes of the four arrays together: half of a first cache of 32 KiB, half of a second one of 1 MiB, those of the
/// network with 109,386 parameters, a quarter of a third cache of 32 MiB, and memory.
pub const SIZES: [usize; 5] = [16 << 10, 512 << 10, 4 * 4 * 109_386, 8 << 20, 256 << 20];

/// The best of many passes, summed over threads, each of which has its share of the arrays.
pub fn bytes_per_second(set: Set, threads: usize, bytes: usize) -> f64 {
    let share = bytes / threads;
    thread::scope(|scope| {
        let runs = (0..threads).map(|_| scope.spawn(move || one(set, share))).collect::<Vec<_>>();
        runs.into_iter().map(|run| run.join().expect("it does not panic")).sum()
    })
}

/// Numbers in a cache line, at whose start the arrays begin.
const LINE: usize = 16;

fn one(set: Set, bytes: usize) -> f64 {
    let len = (bytes / 16).next_multiple_of(LINE);
    let [mut weights, mut first, mut second, mut gradient] = [1.0, 1.0, 1.0, 1e-3].map(|value| vec![value; len + LINE]);
    let [weights, first, second, gradient] = [&mut weights, &mut first, &mut second, &mut gradient].map(|all| {
        let at = all.as_ptr().align_offset(4 * LINE);
        &mut all[at..at + len]
    });
    // A tenth of a second or more of each size.
    let (passes, repeats) = (20, (50_000_000 / bytes).max(1));
    let pass = || {
        let start = Instant::now();
        for _ in 0..repeats {
            set.update([&mut *weights, &mut *first, &mut *second], gradient);
        }
        start.elapsed().as_secs_f64() / repeats as f64
    };
    let seconds = std::iter::repeat_with(pass).take(passes).fold(f64::MAX, f64::min);
    (7 * 4 * len) as f64 / seconds
}
