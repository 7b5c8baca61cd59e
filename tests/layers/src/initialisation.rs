//! How networks start (lecture section 5).

use typednet_layers::loss::SquaredError;
use typednet_layers::{
    Chain, Dense, Elu, Gelu, Init, LeakyRelu, Linear, Network, PassContext, Relu, Sigmoid, Softmax, Tanh, pass,
};
use typednet_tensor::{Flat, Key};

type Small = Chain<Dense<2, 4, Sigmoid, f64>, Dense<4, 1, Sigmoid, f64>>;

const X: [[f64; 2]; 3] = [[0.5, 0.8], [-0.2, 0.1], [0.9, -0.7]];
const Y: [[f64; 1]; 3] = [[1.0], [0.0], [1.0]];

/// The gradient of ½(a − y)² over the batch, and one step of plain gradient descent along it.
fn step(network: &mut Small, gradient: &mut Small) {
    let mut memory = vec![0.0; pass::training_need::<Small>().of(X.len())];
    let _ = pass::gradient(network, &SquaredError::Half, &X, &Y, gradient, &mut memory, PassContext::new(Key::new(0)));
    for (weight, gradient) in network.as_flat_mut().iter_mut().zip(gradient.as_flat()) {
        *weight -= 0.5 * gradient;
    }
}

/// Zeros: all hidden neurons get the same gradient in every step, so they stay one neuron for ever.
#[test]
fn section_5_zeros_fail_by_symmetry() {
    let neurons_are_equal = |network: &Small| {
        let first = &network.first;
        first.weight.iter().all(|row| row.iter().all(|weight| weight.to_bits() == row[0].to_bits()))
            && network.rest.weight.iter().all(|row| row[0].to_bits() == network.rest.weight[0][0].to_bits())
    };
    let (mut network, mut gradient) = (Small::zeroed(), Small::zeroed());
    network.initialise_with(Init::Zeros, 1);
    for _ in 0..20 {
        step(&mut network, &mut gradient);
        assert!(neurons_are_equal(&gradient));
        assert!(neurons_are_equal(&network));
    }
    assert!(network.first.weight[0][0] != 0.0, "the neurons have moved, but together");

    network.initialise(1);
    step(&mut network, &mut gradient);
    assert!(!neurons_are_equal(&gradient), "random weights break the symmetry");
}

/// N(0, 1) saturates a wide sigmoid layer, N(0, 0.01) leaves its outputs at ½, Xavier does neither.
#[test]
fn section_5_too_strong_and_too_weak() {
    type Wide = Dense<1000, 100, Sigmoid, f64>;
    let x: [f64; 1000] = std::array::from_fn(|i| Key::new(1).normal(i as u64));
    let spread = |init| {
        let mut layer = Wide::zeroed();
        layer.initialise_with(init, 2);
        layer.predict(&x).iter().map(|a| (a - 0.5).abs()).sum::<f64>() / 100.0
    };
    // The deviation of z is √1000·σ: 32, 0.32 and 1.3.
    assert!(spread(Init::Normal(1.0)) > 0.45);
    assert!(spread(Init::Normal(0.01)) < 0.1);
    assert!((0.1..0.4).contains(&spread(Init::XavierNormal)));
}

/// He for the ReLU family, Xavier for the rest, and biases 0.
#[test]
fn section_5_chosen_by_activation() {
    fn deviation<L: Network<Elem = f64>>() -> f64 {
        let layer = L::seeded(5);
        let (weights, biases) = layer.as_flat().split_at(300 * 100);
        assert!(biases.iter().all(|bias| *bias == 0.0));
        (weights.iter().map(|weight| weight * weight).sum::<f64>() / weights.len() as f64).sqrt()
    }
    let (he, xavier) = ((2_f64 / 300.0).sqrt(), (2_f64 / 400.0).sqrt());
    let near = |found: f64, wanted: f64| assert!((found / wanted - 1.0).abs() < 0.03, "{found}, not {wanted}");
    near(deviation::<Dense<300, 100, Relu, f64>>(), he);
    near(deviation::<Dense<300, 100, LeakyRelu, f64>>(), he);
    near(deviation::<Dense<300, 100, Elu, f64>>(), he);
    near(deviation::<Dense<300, 100, Gelu, f64>>(), he);
    near(deviation::<Dense<300, 100, Sigmoid, f64>>(), xavier);
    near(deviation::<Dense<300, 100, Tanh, f64>>(), xavier);
    near(deviation::<Dense<300, 100, Linear, f64>>(), xavier);
    near(deviation::<Dense<300, 100, Softmax, f64>>(), xavier);
}

#[test]
fn a_seed_names_a_network() {
    type Twins = Chain<Dense<4, 4, Relu>, Dense<4, 4, Relu>>;
    type Net = Chain<Dense<5, 7, Relu>, Dense<7, 3, Softmax>>;
    let bits = |seed| Net::seeded(seed).as_flat().iter().map(|weight| weight.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(1), bits(1));
    assert_ne!(bits(1), bits(2));
    // Layers draw from streams of their own.
    let twins = Twins::seeded(1);
    assert_ne!(twins.first.weight, twins.rest.weight);
}
