//! No pass allocates.

use allocation_counter::measure;
use typednet_layers::{Gru, Layer, Lstm, Network, Rnn, Tanh};
use typednet_tensor::Key;

use super::cases::table;

#[test]
fn no_pass_allocates() {
    // The first use of a lane reads an environment variable, which allocates.
    let _ = typednet_tensor::simd::lane();
    for mut subject in table::<f32>() {
        for rows in [1, 7, 64] {
            let name = format!("{} over {rows} rows", subject.name());
            subject.draw(rows, Key::new(0));
            let passes = measure(|| {
                subject.gradient();
                subject.gradient_with_input();
                subject.forward();
                subject.infer();
                subject.predict();
                subject.evaluate();
            });
            assert_eq!(passes.count_total, 0, "{name}");
        }
    }
}

/// A batch copies the weights of recurrent layers together, and has memory for that. A single sequence has not: else it would not be
/// computed on the stack, and a microcontroller would hold the weights in RAM.
#[test]
fn one_sequence_takes_no_memory_for_weights() {
    fn check<L: Layer<In = [[f32; 28]; 28], Out = [[f32; 128]; 28], Elem = f32>>(in_a_step: usize) {
        let (model, x) = (L::seeded(0), [[0.5; 28]; 28]);
        let _ = typednet_tensor::simd::lane();
        assert_eq!(
            measure(|| {
                let _ = std::hint::black_box(model.predict(&x));
            })
            .count_total,
            0,
            "{}",
            L::TREE
        );
        // The numbers of a step, each rounded up to a cache line.
        assert!(L::INFER.of(1) <= in_a_step + 3 * 16, "{}: {} elements", L::TREE, L::INFER.of(1));
        assert!(L::INFER.of(2) >= L::LEN, "{}: the copies have room", L::TREE);
    }
    check::<Lstm<28, 28, 128>>(5 * 128);
    check::<Gru<28, 28, 128>>(6 * 128);
    check::<Rnn<28, 28, 128, Tanh>>(128);
}

#[test]
fn the_counter_counts() {
    assert_eq!(measure(|| drop(std::hint::black_box(vec![0_u8; 100]))).count_total, 1);
}
