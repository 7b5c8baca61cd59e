//! Sequences are shared by threads.

use std::sync::Mutex;

use typednet_layers::loss::SquaredError;
use typednet_layers::{Gru, Lstm, Rnn, Tanh};
use typednet_tensor::{Key, Parallel, Pool};

use super::super::subject::{Table, subject};

/// A pool that notes into how many parts work is cut.
struct Noting(Mutex<Vec<usize>>);

// SAFETY: every part runs once, before `run` returns.
unsafe impl Pool for Noting {
    fn threads(&self) -> usize {
        2
    }

    fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
        self.0.lock().unwrap().push(parts);
        (0..parts).rev().for_each(part);
    }
}

/// The steps are one after the other, so what is cut is the batch: once for each pass, and then the products of all steps.
#[test]
fn all_steps_of_a_part_of_the_sequences_are_one_piece() {
    static POOL: Noting = Noting(Mutex::new(vec![]));
    let layers: Table<f32> = vec![
        subject::<Rnn<9, 8, 32, Tanh>, _>(SquaredError::Mean),
        subject::<Lstm<9, 8, 32>, _>(SquaredError::Mean),
        subject::<Gru<9, 8, 32>, _>(SquaredError::Mean),
    ];
    for mut layer in layers {
        layer.draw(64, Key::new(0));
        layer.forward();
        let serial = layer.y().to_vec();
        layer.on(Parallel::on(&POOL));
        POOL.0.lock().unwrap().clear();
        layer.forward();
        assert_eq!(POOL.0.lock().unwrap().len(), 1, "{}, forward", layer.name());
        assert!(layer.y() == serial, "{}", layer.name());
        layer.gradient_with_input();
        // Forward, back through time, and at least one of the products over all steps.
        assert!(POOL.0.lock().unwrap().len() > 3, "{}, a step", layer.name());
    }
}
