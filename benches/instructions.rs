//! The work whose instructions `cargo xtask check instructions` counts: `instructions step|predict TIMES`.
//!
//! Everything but the repeated work is the same for any number of times, so the difference of two counts is the work's.

use std::hint::black_box;
use std::process::ExitCode;

use typednet::prelude::*;

network! {
    /// The network of the lectures, with 109,386 parameters.
    pub struct Mnist: 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10, Softmax> -> 10
}

const BATCH: usize = 64;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (work, times) = (args.next(), args.next().and_then(|times| times.parse::<usize>().ok()));
    let (Some(work), Some(times)) = (work, times) else {
        eprintln!("usage: instructions step|predict TIMES");
        return ExitCode::from(2);
    };
    let x: Vec<[f32; 784]> =
        (0..BATCH as u64).map(|row| std::array::from_fn(|i| Key::new(row).uniform(i as u64))).collect();
    let targets: Vec<Class<10>> = Class::all().cycle().take(BATCH).collect();
    let mut trainer = Trainer::new(Mnist::seeded(0), CrossEntropy, Adam::new(1e-3)).batch(BATCH);
    // The first step allocates.
    trainer.step(&x, &targets).expect("finite numbers");
    match work.as_str() {
        "step" => (0..times).for_each(|_| {
            trainer.step(black_box(&x), &targets).expect("finite numbers");
        }),
        "predict" => (0..times).for_each(|_| {
            black_box(trainer.predict(black_box(&x[0])));
        }),
        other => {
            eprintln!("`{other}` is neither `step` nor `predict`");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
