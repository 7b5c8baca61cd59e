//! Networks that `network!` makes compute, bit for bit, what the same layers in a `Chain` compute.

use typednet::layers::{ActivationLayer, Chain, Gradient, LeakyRelu, bits, pass};
use typednet::loss::{LossFor, SquaredError};
use typednet::prelude::*;
use typednet::tensor::Differentiable;

network! {
    /// Handwritten digits.
    pub struct Mnist: 784 => hidden: Dense<128, Relu> => Dense<64, Relu> => head: Dense<10, Softmax> -> 10
}

const _: () = assert!(Mnist::PARAMS == 109_386);

const INPUTS: usize = 3;
const CLASSES: usize = 2;

network!(struct Encoder<f64>: INPUTS => Dense<7, Tanh> => Dense<{ INPUTS + 2 }>);
network!(struct Joined<f64>: 3 => Encoder => Activation<LeakyRelu<0.2>> => Dense<CLASSES, Softmax> -> 2);
network!(struct Generic<T, const WIDTH: usize>: 3 => Dense<WIDTH, Gelu> => Dense<2> -> 2);
network!(struct Within<T, const WIDTH: usize>: 3 => Generic<T, WIDTH> => Generic2<T, WIDTH> -> 4 => Dense<2, Tanh>);
network!(struct Generic2<T, const WIDTH: usize>: 2 => Dense<WIDTH> => Dense<4, Sigmoid>);
network!(struct One<f64>: 3 => Dense<2, Softmax>);
network!(struct Image<f64>: [1, 2, 3] => Relu => curve: Elu<1> -> [1, 2, 3]);

type EncoderChain = Chain<Dense<3, 7, Tanh, f64>, Dense<7, 5, Linear, f64>>;
type JoinedChain =
    Chain<EncoderChain, Chain<ActivationLayer<[f64; 5], LeakyRelu<{ bits(0.2) }>>, Dense<5, 2, Softmax, f64>>>;
type GenericChain = network!(f64: 3 => Dense<9, Gelu> => Dense<2>);
type WithinChain = network!(f64: 3 => Dense<9, Gelu> => Dense<2> => Dense<9> => Dense<4, Sigmoid> => Dense<2, Tanh>);
type OneChain = network!(f64: INPUTS => One -> CLASSES);
type ImageChain = network!(f64: [1, 2, 3] => Relu => Elu<1.0>);

/// Both networks have the same parameters in the same order; then everything they compute is the same.
fn same_results<A, B, Loss>(loss: &Loss, rows: usize)
where
    A: Layer<Elem = f64, In: Differentiable<Elem = f64>>,
    B: Layer<Elem = f64, In = A::In, Out = A::Out, Head = A::Head>,
    Loss: LossFor<A::Head, A::Out, Target = A::Out>,
{
    assert_eq!(A::LEN, B::LEN);
    let mut a = A::zeroed();
    let mut b = B::zeroed();
    for (i, (a, b)) in a.as_flat_mut().iter_mut().zip(b.as_flat_mut()).enumerate() {
        *a = ((i * 37 + 11) % 101) as f64 / 101.0 - 0.5;
        *b = *a;
    }
    let mut x = vec![A::In::zeros(); rows];
    for (i, x) in typednet::tensor::flat_mut(&mut x).iter_mut().enumerate() {
        *x = ((i * 29 + 5) % 17) as f64 / 8.0 - 1.0;
    }
    let targets = vec![A::Out::zeros(); rows];
    let run = PassContext::new(Key::new(1));

    let (mut grad_a, mut grad_b) = (A::zeroed(), B::zeroed());
    let mut memory_a = vec![0.0; pass::training_need::<A>().of(rows)];
    let mut memory_b = vec![0.0; pass::training_need::<B>().of(rows)];
    let (loss_a, y_a) = pass::gradient(&*a, loss, &x, &targets, &mut *grad_a, &mut memory_a, run);
    let (loss_b, y_b) = pass::gradient(&*b, loss, &x, &targets, &mut *grad_b, &mut memory_b, run);
    assert_eq!(loss_a.to_bits(), loss_b.to_bits());
    assert_eq!(typednet::tensor::flat(y_a), typednet::tensor::flat(y_b));
    assert_eq!(grad_a.as_flat(), grad_b.as_flat());
    assert!(A::LEN == 0 || grad_a.as_flat().iter().any(|g| g.abs() > 1e-9));

    let mut memory_a = vec![0.0; pass::inference_need::<A>().of(rows)];
    let mut memory_b = vec![0.0; pass::inference_need::<B>().of(rows)];
    let y_a = pass::infer(&*a, &x, &mut memory_a, run);
    let y_b = pass::infer(&*b, &x, &mut memory_b, run);
    assert_eq!(typednet::tensor::flat(y_a), typednet::tensor::flat(y_b));
    assert_eq!(a.predict(&x[0]).as_flat(), b.predict(&x[0]).as_flat());

    // The gradient of the input, which the first layer gives when it is asked.
    let mut dx_a = vec![A::In::zeros(); rows];
    let mut dx_b = dx_a.clone();
    input_gradient(&*a, &x, &mut dx_a, run);
    input_gradient(&*b, &x, &mut dx_b, run);
    assert_eq!(typednet::tensor::flat(&dx_a), typednet::tensor::flat(&dx_b));
    assert!(typednet::tensor::flat(&dx_a).iter().any(|d| *d != 0.0));
}

fn input_gradient<L: Layer<Elem = f64>>(model: &L, x: &[L::In], dx: &mut [Gradient<L::In>], run: PassContext<'_>) {
    let mut memory = vec![0.0; pass::training_need::<L>().of(x.len())];
    let upstream = |y: &[L::Out], dy: &mut [L::Out]| dy.copy_from_slice(y);
    pass::vjp(model, x, upstream, &mut L::zeroed(), Some(dx), &mut memory, run);
}

#[test]
fn a_network_and_a_chain_compute_the_same() {
    for rows in [1, 2, 5] {
        same_results::<Joined, JoinedChain, _>(&SquaredError::Half, rows);
        same_results::<Generic<f64, 9>, GenericChain, _>(&SquaredError::Mean, rows);
        same_results::<Within<f64, 9>, WithinChain, _>(&SquaredError::Mean, rows);
        same_results::<One, OneChain, _>(&SquaredError::Mean, rows);
        same_results::<Image, ImageChain, _>(&SquaredError::Mean, rows);
    }
}

#[test]
fn the_tree_has_the_labels() {
    let names: Vec<_> = Mnist::TREE.children.iter().map(|child| child.name).collect();
    assert_eq!(names, ["hidden", "l2", "head"]);
    assert_eq!(Mnist::TREE.to_string(), "Mnist");
    assert_eq!(Generic::<f32, 9>::TREE.to_string(), "Generic<9>");
    let mut places = Vec::new();
    const { &Joined::TREE }.visit(&mut |place| places.push(place.to_string()));
    assert_eq!(places, ["l1.l1.weight", "l1.l1.bias", "l1.l2.weight", "l1.l2.bias", "l3.weight", "l3.bias"]);
}

#[test]
fn sizes_follow_from_the_line() {
    assert_eq!(Mnist::LEN, Mnist::PARAMS);
    assert_eq!(size_of::<Mnist>(), 4 * Mnist::PARAMS);
    assert_eq!(Generic::<f32, 9>::PARAMS, 3 * 9 + 9 + 9 * 2 + 2);
    assert_eq!(Image::PARAMS, 0);
    let model = Mnist::seeded(0);
    let _: &[[f32; 64]; 128] = &model.l2.weight;
}
