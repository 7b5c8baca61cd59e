//! typednet's side of `compare.py --work sequences`: steps of recurrent networks and of a small transformer, one sequence through them
//! and one character of a stream, as one JSON object of microseconds.
//!
//! ```text
//! cargo run --release -p benches --example peers_sequences -- --threads 1 --work gpt
//! ```

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/sequence_networks.rs"]
mod sequence_networks;

use std::error::Error;
use std::hint::black_box;

use common::{images, labels, least, lines, scaled};
use typednet::layers::{PassContext, Stream, Streaming, pass};
use typednet::loss::PerStep;
use typednet::prelude::*;
use typednet::tensor::{Buffer, Parallel, ThreadPool, flat, rows};

use sequence_networks::{ByGru, ByLstm, Characters, GPT_LINES, Gpt, LINES, Line, PICTURES, Picture};

fn pictures(count: usize) -> Vec<Picture> {
    rows(flat(&scaled(&images(count)))).to_vec()
}

/// A training step over pictures, and its parameters.
fn by_rows<M>(threads: usize) -> (f64, usize)
where
    M: Layer<In = Picture, Out = [f32; 10], Elem = f32, Head = Softmax>,
{
    let (x, targets) = (pictures(PICTURES), labels(PICTURES));
    let mut trainer = Trainer::new(M::seeded(0), CrossEntropy, Adam::new(1e-3)).batch(PICTURES).threads(threads);
    let step = least(4, || {
        trainer.step(&x, &targets).expect("finite numbers");
    });
    (step, M::PARAMS)
}

/// A training step over lines, of which each character is to tell the next.
fn by_lines<M>(count: usize, threads: usize) -> (f64, usize)
where
    M: Layer<In = Line, Out = [[f32; 65]; 64], Elem = f32, Head = Softmax>,
{
    let x: Vec<Line> = lines(count, 1).collect();
    let targets: Vec<[Class<65>; 64]> = lines(count, 2).map(|line| line.map(Class::from)).collect();
    let mut trainer = Trainer::new(M::seeded(0), PerStep(CrossEntropy), AdamW::new(1e-3)).batch(count).threads(threads);
    let step = least(4, || {
        trainer.step(&x, &targets).expect("finite numbers");
    });
    (step, M::PARAMS)
}

/// One picture through the LSTM.
fn one_picture() -> f64 {
    let (model, one) = (ByLstm::seeded(0), pictures(1)[0]);
    least(2, || {
        black_box(model.lstm.predict(black_box(&one)));
    })
}

/// One line through the transformer.
fn one_line(threads: usize) -> Result<f64, Box<dyn Error>> {
    let (model, x): (_, Vec<Line>) = (Gpt::seeded(0), lines(1, 1).collect());
    let pool = if threads > 1 { Some(ThreadPool::new(threads)?) } else { None };
    let run = PassContext::new(Key::new(0)).on(pool.as_ref().map_or(Parallel::SERIAL, ThreadPool::parallel));
    let mut memory = Buffer::new();
    let memory = memory.grow(pass::inference_need::<Gpt>().of(1));
    Ok(least(2, || {
        black_box(pass::infer(&*model, black_box(&x), memory, run));
    }))
}

/// One of 64 characters of a stream, in the mean, since each looks back at all before it.
fn one_character() -> f64 {
    let (model, x): (_, Vec<Line>) = (Gpt::seeded(0), lines(1, 1).collect());
    let mut stream = Box::new(Stream::<Gpt>::new());
    let line = least(2, || {
        stream.restart();
        for token in black_box(&x[0]) {
            black_box(model.step(&mut stream, token));
        }
    });
    line / x[0].len() as f64
}

fn main() -> Result<(), Box<dyn Error>> {
    let (mut threads, mut work) = (1, "lstm".to_owned());
    let mut words = std::env::args().skip(1);
    while let Some(flag) = words.next() {
        let word = words.next().unwrap_or_default();
        match flag.as_str() {
            "--threads" => threads = word.parse().map_err(|_| format!("{flag} needs a number, found `{word}`"))?,
            "--work" => work = word,
            _ => return Err(format!("{flag} is none of --threads --work").into()),
        }
    }
    let (time, parameters) = match work.as_str() {
        "lstm" => by_rows::<ByLstm>(threads),
        "gru" => by_rows::<ByGru>(threads),
        "characters" => by_lines::<Characters>(LINES, threads),
        "gpt" => by_lines::<Gpt>(GPT_LINES, threads),
        "picture" => (one_picture(), 0),
        "line" => (one_line(threads)?, 0),
        "character" => (one_character(), 0),
        _ => return Err(format!("{work} is none of lstm gru characters gpt picture line character").into()),
    };
    let version = format!("{}, lane {}", env!("CARGO_PKG_VERSION"), typednet::tensor::simd::lane().name());
    println!(r#"{{"version": "{version}", "time": {time:.3}, "parameters": {parameters}}}"#);
    Ok(())
}
