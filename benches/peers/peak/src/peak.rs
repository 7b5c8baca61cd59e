//! The most float32 operations in a second: sums in registers, none of which waits for another.

use std::hint::black_box;
use std::thread;
use std::time::Instant;

use crate::instructions::Set;

const REPEATS: usize = 100_000;

/// The best of many short runs and of several counts of registers, summed over threads that run at the same time.
pub fn flops(set: Set, threads: usize) -> f64 {
    let together = || -> f64 {
        thread::scope(|scope| {
            let runs = (0..threads).map(|_| scope.spawn(move || one(set))).collect::<Vec<_>>();
            runs.into_iter().map(|run| run.join().expect("it does not panic")).sum()
        })
    };
    (0..20).map(|_| together()).fold(0.0, f64::max)
}

/// The best count of registers on this thread. Two units that take four or five cycles for a sum want eight to ten; more
/// than the set has (16 or 32) would be stored and loaded.
fn one(set: Set) -> f64 {
    [run::<8>, run::<10>, run::<12>, run::<20>, run::<24>].into_iter().map(|run| run(set)).fold(0.0, f64::max)
}

fn run<const SUMS: usize>(set: Set) -> f64 {
    let start = Instant::now();
    black_box(set.multiply_add::<SUMS>(REPEATS));
    (2 * REPEATS * set.width() * SUMS) as f64 / start.elapsed().as_secs_f64()
}
