//! The lectures' worked numbers, each test named after its section.

use typednet_layers::loss::{BinaryCrossEntropy, CrossEntropy, LossFor, SquaredError};
use typednet_layers::{Chain, Dense, Linear, Network, PassContext, Relu, Sigmoid, Softmax, Step, Tanh, pass};
use typednet_tensor::{Flat, Key};

#[track_caller]
fn near(found: f64, wanted: f64, tolerance: f64) {
    assert!((found - wanted).abs() <= tolerance, "{found} should be {wanted}");
}

/// The mean loss over a batch and its gradient.
fn gradient<L, Loss>(model: &L, loss: &Loss, x: &[L::In], y: &[Loss::Target], grad: &mut L) -> f64
where
    L: Network<Elem = f64>,
    Loss: LossFor<L::Head, L::Out>,
{
    let mut memory = vec![0.0; pass::training_need::<L>().of(x.len())];
    pass::gradient(model, loss, x, y, grad, &mut memory, PassContext::new(Key::new(0))).0
}

fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

#[test]
fn section_1_the_network_of_the_lectures_has_109_386_parameters() {
    type Mnist = Chain<Dense<784, 128, Relu>, Chain<Dense<128, 64, Relu>, Dense<64, 10, Softmax>>>;
    const { assert!(Mnist::PARAMS == 109_386) };
    // Σ (n_l·n_{l−1} + n_l)
    assert_eq!(Mnist::PARAMS, (128 * 784 + 128) + (64 * 128 + 64) + (10 * 64 + 10));
    assert_eq!(<Mnist as Flat>::LEN, Mnist::PARAMS);
    assert_eq!(size_of::<Mnist>(), 437_544);
}

/// The 2-2-1 network with sigmoids. The notes' W is `n_l × n_{l−1}`; the layer keeps its transpose.
#[test]
fn section_1_the_worked_forward_pass_gives_0_727() {
    fn weight<const I: usize, const O: usize>(notes: [[f64; I]; O]) -> [[f64; O]; I] {
        std::array::from_fn(|i| std::array::from_fn(|o| notes[o][i]))
    }
    let (w1, b1) = (weight([[0.2, 0.4], [0.3, 0.1]]), [0.1, 0.2]);
    let (w2, b2) = (weight([[0.6, 0.5]]), [0.3]);
    let x = [0.5, 0.8];

    let z1 = Dense::<2, 2, Linear, f64>::new(w1, b1).predict(&x);
    near(z1[0], 0.52, 1e-15);
    near(z1[1], 0.43, 1e-15);
    let first = Dense::<2, 2, Sigmoid, f64>::new(w1, b1);
    let a1 = first.predict(&x);
    near(a1[0], 0.627, 0.0005);
    near(a1[1], 0.606, 0.0005);
    near(Dense::<2, 1, Linear, f64>::new(w2, b2).predict(&a1)[0], 0.979, 0.0005);
    let network = Chain { first, rest: Dense::<2, 1, Sigmoid, f64>::new(w2, b2) };
    near(network.predict(&x)[0], 0.727, 0.0005);
}

/// AND and OR by hand-set weights; the step is 1 from 0 on.
#[test]
fn section_1_a_perceptron_is_and_and_or() {
    let inputs = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
    let and = Dense::<2, 1, Step, f64>::new([[1.0], [1.0]], [-2.0]);
    let or = Dense::<2, 1, Step, f64>::new([[1.0], [1.0]], [-1.0]);
    assert_eq!(inputs.map(|x| and.predict(&x)), [[0.0], [0.0], [0.0], [1.0]]);
    assert_eq!(inputs.map(|x| or.predict(&x)), [[0.0], [1.0], [1.0], [1.0]]);
}

/// J(w) = 1/(2m) Σ (zᵢ − w xᵢ)² with z = 2x: at w = 0, J = 1/(2m) Σ zᵢ² and J' = −1/m Σ xᵢ zᵢ.
#[test]
fn section_3_the_least_squares_cost_and_its_slope_at_0() {
    let x = [[0.5], [1.0], [1.5], [2.0]];
    let z = x.map(|[x]| [2.0 * x]);
    let line = Dense::<1, 1, Linear, f64>::new([[0.0]], [0.0]);
    let mut grad = Dense::new([[f64::NAN]], [f64::NAN]);
    let cost = gradient(&line, &SquaredError::Half, &x, &z, &mut grad);
    near(cost, (1.0 + 4.0 + 9.0 + 16.0) / 8.0, 1e-15);
    near(grad.weight[0][0], -(0.5 + 2.0 + 4.5 + 8.0) / 4.0, 1e-15);

    let there = Dense::<1, 1, Linear, f64>::new([[2.0]], [0.0]);
    near(gradient(&there, &SquaredError::Half, &x, &z, &mut grad), 0.0, 0.0);
    near(grad.weight[0][0], 0.0, 0.0);
}

/// δ = (a − y) ⊙ a ⊙ (1 − a).
#[test]
fn section_4_delta_of_squared_error_with_sigmoid() {
    let layer = Dense::<2, 3, Sigmoid, f64>::new([[0.2, -0.4, 0.1], [0.7, 0.3, -0.5]], [0.1, 0.0, -0.2]);
    let (x, y) = ([0.5, 0.8], [1.0, 0.0, 0.5]);
    let mut grad = Dense::new([[0.0; 3]; 2], [0.0; 3]);
    gradient(&layer, &SquaredError::Half, &[x], &[y], &mut grad);
    let a = layer.predict(&x);
    for j in 0..3 {
        let delta = (a[j] - y[j]) * a[j] * (1.0 - a[j]);
        near(grad.bias[j], delta, 1e-15);
        for (weight, x) in grad.weight.iter().zip(x) {
            near(weight[j], delta * x, 1e-15);
        }
    }
}

/// δ = a − y, for softmax with cross-entropy and for sigmoid with binary cross-entropy.
#[test]
fn section_4_delta_of_the_cross_entropies() {
    let (weight, bias, x) = ([[0.2, -0.4, 0.1], [0.7, 0.3, -0.5]], [0.1, 0.0, -0.2], [0.5, 0.8]);
    let layer = Dense::<2, 3, Softmax, f64>::new(weight, bias);
    let mut grad = Dense::new([[0.0; 3]; 2], [0.0; 3]);
    let right = typednet_tensor::Class::new(2).expect("a class");
    let loss = gradient(&layer, &CrossEntropy, &[x], &[right], &mut grad);
    let (a, y) = (layer.predict(&x), right.one_hot::<f64>());
    near(loss, -a[2].ln(), 1e-15);
    for j in 0..3 {
        near(grad.bias[j], a[j] - y[j], 1e-15);
    }

    let layer = Dense::<2, 1, Sigmoid, f64>::new([[0.2], [0.7]], [0.1]);
    let mut grad = Dense::new([[0.0]; 2], [0.0]);
    let loss = gradient(&layer, &BinaryCrossEntropy, &[x], &[[0.0]], &mut grad);
    let [a] = layer.predict(&x);
    near(loss, -(1.0 - a).ln(), 1e-15);
    near(grad.bias[0], a, 1e-15);
    near(grad.weight[1][0], a * 0.8, 1e-15);
}

/// ∂E/∂w₂ = −(T − a₂)·a₂(1 − a₂)·a₁, ∂E/∂b₂ = −(T − a₂)·a₂(1 − a₂), and ∂E/∂w₁ through w₁ → z₁ → a₁ → z₂ → a₂ → E.
#[test]
fn section_4_the_chain_of_three_neurons() {
    let (x, w1, b1, w2, b2, target) = (0.9, 0.15, 0.4, -0.6, 0.9, 0.25);
    let network = Chain {
        first: Dense::<1, 1, Sigmoid, f64>::new([[w1]], [b1]),
        rest: Dense::<1, 1, Sigmoid, f64>::new([[w2]], [b2]),
    };
    let mut grad = Chain { first: Dense::new([[0.0]], [0.0]), rest: Dense::new([[0.0]], [0.0]) };
    gradient(&network, &SquaredError::Half, &[[x]], &[[target]], &mut grad);

    let a1 = sigmoid(w1 * x + b1);
    let a2 = sigmoid(w2 * a1 + b2);
    let by_z2 = -(target - a2) * a2 * (1.0 - a2);
    near(grad.rest.weight[0][0], by_z2 * a1, 1e-16);
    near(grad.rest.bias[0], by_z2, 1e-16);
    let by_z1 = by_z2 * w2 * a1 * (1.0 - a1);
    near(grad.first.weight[0][0], by_z1 * x, 1e-16);
    near(grad.first.bias[0], by_z1, 1e-16);
}

/// a = f(W x + b)
fn forward<const I: usize, const O: usize, A>(layer: &Dense<I, O, A, f64>, x: &[f64], f: fn(f64) -> f64) -> Vec<f64> {
    let z = |o: usize| layer.bias[o] + x.iter().zip(&layer.weight).map(|(x, weight)| x * weight[o]).sum::<f64>();
    (0..O).map(|o| f(z(o))).collect()
}

/// Wᵀδ in the notes' layout.
fn back<const I: usize, const O: usize, A>(layer: &Dense<I, O, A, f64>, delta: &[f64]) -> Vec<f64> {
    layer.weight.iter().map(|weight| weight.iter().zip(delta).map(|(weight, delta)| weight * delta).sum()).collect()
}

/// ∂L/∂W = δ aᵀ and ∂L/∂b = δ.
fn check<const I: usize, const O: usize, A>(grad: &Dense<I, O, A, f64>, delta: &[f64], before: &[f64]) {
    for (o, delta) in delta.iter().enumerate() {
        near(grad.bias[o], *delta, 1e-16);
        for (weight, a) in grad.weight.iter().zip(before) {
            near(weight[o], delta * a, 1e-16);
        }
    }
}

/// δ⁽ᴸ⁾ = ∂L/∂a ⊙ σ'(z), δ⁽ˡ⁾ = (W⁽ˡ⁺¹⁾)ᵀδ⁽ˡ⁺¹⁾ ⊙ σ'(z⁽ˡ⁾), ∂L/∂W⁽ˡ⁾ = δ⁽ˡ⁾(a⁽ˡ⁻¹⁾)ᵀ, ∂L/∂b⁽ˡ⁾ = δ⁽ˡ⁾, in plain loops.
#[test]
fn section_4_backpropagation_through_four_layers() {
    type Four = Chain<
        Dense<3, 5, Sigmoid, f64>,
        Chain<Dense<5, 4, Tanh, f64>, Chain<Dense<4, 3, Relu, f64>, Dense<3, 2, Sigmoid, f64>>>,
    >;
    let network = Four::seeded(3);
    let (x, y) = ([0.5, -0.3, 0.8], [1.0, 0.0]);
    let mut grad = Four::zeroed();
    gradient(&*network, &SquaredError::Half, &[x], &[y], &mut *grad);

    let hadamard = |left: Vec<f64>, right: Vec<f64>| left.iter().zip(right).map(|(l, r)| l * r).collect::<Vec<_>>();

    let (l1, l2, l3, l4) = (&network.first, &network.rest.first, &network.rest.rest.first, &network.rest.rest.rest);
    let a1 = forward(l1, &x, sigmoid);
    let a2 = forward(l2, &a1, f64::tanh);
    let a3 = forward(l3, &a2, |z| z.max(0.0));
    let a4 = forward(l4, &a3, sigmoid);

    let delta4 = hadamard(a4.iter().zip(y).map(|(a, y)| a - y).collect(), a4.iter().map(|a| a * (1.0 - a)).collect());
    let delta3 = hadamard(back(l4, &delta4), a3.iter().map(|a| f64::from(u8::from(*a > 0.0))).collect());
    let delta2 = hadamard(back(l3, &delta3), a2.iter().map(|a| 1.0 - a * a).collect());
    let delta1 = hadamard(back(l2, &delta2), a1.iter().map(|a| a * (1.0 - a)).collect());

    check(&grad.rest.rest.rest, &delta4, &a3);
    check(&grad.rest.rest.first, &delta3, &a2);
    check(&grad.rest.first, &delta2, &a1);
    check(&grad.first, &delta1, &x);
    assert!(a3.iter().any(|a| *a > 0.0) && delta1.iter().any(|delta| delta.abs() > 1e-6), "something flows back");
}
