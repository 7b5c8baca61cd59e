//! A training takes as much memory as `training_bytes` says.

use allocation_counter::measure;
use typednet_layers::loss::CrossEntropy;
use typednet_layers::{Chain, Conv2d, Dense, Flatten, Layer, Linear, MaxPool, Network, Relu, Softmax, Strides, pass};
use typednet_optim::{GradientDescent, Momentum, Optimizer};
use typednet_tensor::{Class, Flat, Key, Sample, zeroed_samples};
use typednet_train::Trainer;

type Halves = Strides<2, 2>;
type First = Conv2d<28, 28, 1, 6, 5, 5, 1, 6, 24, 24, Strides, Relu>;
type Second = Conv2d<12, 12, 6, 16, 5, 5, 6, 16, 8, 8, Strides, Relu>;
type Body<Rest> = Chain<
    First,
    Chain<MaxPool<24, 24, 6, 2, 2, 12, 12, Halves>, Chain<Second, Chain<MaxPool<8, 8, 16, 2, 2, 4, 4, Halves>, Rest>>>,
>;
type LeNet = Body<
    Chain<
        Flatten<[[[f32; 16]; 4]; 4], 256>,
        Chain<Dense<256, 120, Relu>, Chain<Dense<120, 84, Relu>, Dense<84, 10, Softmax>>>,
    >,
>;
type Wide = Chain<Dense<300, 500, Relu>, Dense<500, 10, Softmax>>;

/// The most bytes that a trainer holds while it makes two steps of `rows` rows, beside the data.
fn most<M: Layer<In: Sample<Elem = f32>, Out = [f32; 10], Elem = f32, Head = Softmax>, O: Optimizer>(
    rows: usize,
    optimizer: O,
) -> usize {
    let mut x = zeroed_samples::<M::In>(rows);
    for (row, x) in x.iter_mut().enumerate() {
        x.as_flat_mut().fill(Key::new(0).uniform(row as u64));
    }
    let targets = vec![Class::<10>::default(); rows];
    // The first step may read the environment, to choose the lane.
    let _ = Dense::<1, 1, Linear>::seeded(0).predict(&[1.0]);
    let found = measure(|| {
        let mut trainer = Trainer::new(M::seeded(0), CrossEntropy, optimizer).batch(rows);
        for _ in 0..2 {
            trainer.step(&x, &targets).expect("finite numbers");
        }
    });
    usize::try_from(found.bytes_max).expect("bytes in memory")
}

/// Within a tenth, for a network of images and one of rows, and with what an optimiser remembers beside it.
fn check<M: Layer<In: Sample<Elem = f32>, Out = [f32; 10], Elem = f32, Head = Softmax>>(name: &str, rows: usize) {
    let said = pass::training_bytes::<M>(rows);
    let holds = |found: usize, said: usize| found.abs_diff(said) * 10 <= said;
    let found = most::<M, _>(rows, GradientDescent::new(0.01));
    assert!(holds(found, said), "{name}, {rows} rows: {found} bytes where {said} were said");
    let block = M::LEN * size_of::<f32>();
    let found = most::<M, _>(rows, Momentum::new(0.01, 0.9));
    assert!(holds(found, said + block), "{name}, {rows} rows, momentum: {found} bytes, not {}", said + block);
}

#[test]
fn a_training_takes_the_bytes_that_it_says() {
    for rows in [8, 64, 256] {
        check::<LeNet>("LeNet", rows);
        check::<Wide>("rows", rows);
    }
}
