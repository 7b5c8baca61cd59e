//! Prints the peak of this processor in float32 operations per second, as one JSON object.
//!
//! Sums in registers, each waiting for nobody, take one fused multiply-add after the other; nothing is loaded or
//! stored. The best of several widths and counts of registers, of many short runs, is the peak.
//!
//! By itself: `cd benches/peers/peak && cargo run --release -- --threads 1`

use std::hint::black_box;
use std::thread;
use std::time::Instant;

const REPEATS: usize = 100_000;

fn main() {
    let mut words = std::env::args().skip_while(|word| word != "--threads").skip(1);
    let threads = words.next().and_then(|word| word.parse().ok()).unwrap_or(1).max(1);
    let best = (0..20).map(|_| together(threads)).fold(0.0, f64::max);
    println!(r#"{{"flops": {best}}}"#);
}

/// The sum over threads that run at the same time.
fn together(threads: usize) -> f64 {
    thread::scope(|scope| {
        let runs = (0..threads).map(|_| scope.spawn(one)).collect::<Vec<_>>();
        runs.into_iter().map(|run| run.join().unwrap_or(0.0)).sum()
    })
}

/// The best of the forms on this thread.
fn one() -> f64 {
    [flops::<8, 10>(), flops::<8, 12>(), flops::<16, 10>(), flops::<16, 12>(), flops::<16, 20>()]
        .into_iter()
        .fold(0.0, f64::max)
}

/// `SUMS` registers of `WIDTH` numbers.
#[inline(never)]
fn flops<const WIDTH: usize, const SUMS: usize>() -> f64 {
    let factor: [f32; WIDTH] = black_box([0.999; WIDTH]);
    let term: [f32; WIDTH] = black_box([0.001; WIDTH]);
    let mut sums = black_box([[1.0_f32; WIDTH]; SUMS]);
    let start = Instant::now();
    for _ in 0..REPEATS {
        for sum in &mut sums {
            for ((sum, factor), term) in sum.iter_mut().zip(&factor).zip(&term) {
                *sum = sum.mul_add(*factor, *term);
            }
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    black_box(sums);
    (2 * REPEATS * WIDTH * SUMS) as f64 / seconds
}
