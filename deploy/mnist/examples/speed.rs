//! What one digit and 256 digits take in Rust, to compare `deploy/c/mnist/examples/speed.c` and `deploy/python/mnist/speed.py` with.

use std::hint::black_box;
use std::time::Instant;

use mnist_network::{FILE, Mnist};
use typednet::prelude::*;

/// The shortest of many times, in nanoseconds.
fn shortest(rounds: usize, calls: usize, mut call: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..rounds {
        let begin = Instant::now();
        (0..calls).for_each(|_| call());
        best = best.min(begin.elapsed().as_nanos() as f64 / calls as f64);
    }
    best
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let model = Mnist::load(FILE)?;
    let x: Vec<[f32; 784]> =
        (0..256).map(|row| std::array::from_fn(|i| ((row * 31 + i * 7) % 256) as f32 / 255.0)).collect();
    let mut y = [0.0; 10];
    let one = shortest(200, 200, || {
        model.predict_into(black_box(&x[0]), &mut y);
        black_box(&y);
    });
    let many = shortest(200, 4, || {
        black_box(model.predict_many(black_box(&x)));
    });
    println!("Rust: one digit {one:.0} ns, 256 digits {:.1} us", many / 1e3);
    Ok(())
}
