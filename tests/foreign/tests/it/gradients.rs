//! The backward passes of the layers, alone and as `network!` joins them.

use typednet::layers::{BuildLayer, assert_gradients};
use typednet::prelude::*;
use typednet::tensor::Differentiable;
use typednet_foreign::{Maxout, Scale, ValidConv};

/// Some numbers away from each other.
fn numbers<S: Sample<Elem = f64>>(seed: u64) -> S {
    let mut sample = S::zeros();
    for (n, value) in sample.as_flat_mut().iter_mut().enumerate() {
        *value = Key::new(seed).normal::<f64>(n as u64);
    }
    sample
}

fn check<L: Layer<Elem = f64, In: Differentiable<Elem = f64>>>() {
    for seed in 0..3 {
        let mut layer = L::seeded(seed);
        // Factors of 1 and shifts of 0 would hide mistakes.
        for (n, value) in layer.as_flat_mut().iter_mut().enumerate() {
            *value += 0.3 * Key::new(seed + 100).normal::<f64>(n as u64);
        }
        let rows: Vec<L::In> = (0..3).map(|row| numbers(10 * seed + row)).collect();
        assert_gradients(&*layer, &rows);
    }
}

#[test]
fn of_each_layer() {
    check::<<Scale as BuildLayer<f64, [f64; 5]>>::Layer>();
    check::<<Maxout<4, 3> as BuildLayer<f64, [f64; 5]>>::Layer>();
    check::<<Maxout<2, 1> as BuildLayer<f64, [f64; 1]>>::Layer>();
    check::<<ValidConv<3, 2> as BuildLayer<f64, [[[f64; 5]; 4]; 2], [[[f64; 4]; 3]; 3]>>::Layer>();
}

network! {
    /// One of each, with numbers of either type.
    struct All<T>: [2, 5, 4]
        => ValidConv<3, 2> -> [3, 4, 3]
        => Tanh
        => ValidConv<1, 3> -> [1, 2, 1]
}

network! {
    struct Rows<T, const WIDTH: usize>: 4
        => Scale
        => Residual<Scale => Maxout<4, 2>>
        => Maxout<WIDTH, 2>
        => Scale
        => Add<Scale => Maxout<3, 2>, Maxout<3, 1>>
}

#[test]
fn of_networks() {
    check::<All<f64>>();
    check::<Rows<f64, 3>>();
}
