use super::*;
use crate::{
    ActivationLayer, Add, Chain, Concat, Dense, Dropout, Each, Frozen, Network, Noise, Relu, Repeat, Residual, Softmax,
    bits,
};
use typednet_tensor::{Key, flat};

const N: usize = 5;

type Pointwise = Each<N, Dense<3, 3, Relu, f64>>;
type Branches = Concat<
    Add<Pointwise, Residual<Frozen<Pointwise>>>,
    Chain<Pointwise, Each<N, Dense<3, 2, Relu, f64>>>,
    [[f64; 5]; N],
>;
type Quiet = Chain<Dropout<[[f64; 5]; N], { bits(0.5) }>, Noise<[[f64; 5]; N], { bits(0.1) }>>;
type Net =
    Chain<Chain<Repeat<3, Residual<Pointwise>>, Branches>, Chain<Quiet, ActivationLayer<[[f64; 5]; N], Softmax>>>;

#[test]
fn steps_are_those_of_the_whole_sequence() {
    let model = Net::seeded(1);
    let key = Key::new(2);
    let x: [[f64; 3]; N] = core::array::from_fn(|t| core::array::from_fn(|c| key.normal((3 * t + c) as u64)));
    let whole = model.predict(&x);
    let mut stream = Stream::<Net>::new();
    for (t, (x, y)) in x.iter().zip(&whole).enumerate() {
        assert_eq!(stream.taken(), t);
        assert_eq!(model.step(&mut stream, x).map(f64::to_bits), y.map(f64::to_bits), "step {t}");
    }
    assert!(flat(&whole).iter().all(|y| *y > 0.0));
    assert!(whole[0].iter().zip(whole[1]).any(|(a, b)| (a - b).abs() > 1e-3));
}

/// Reads its state, and takes two steps.
#[repr(C)]
struct Sums {
    elements: [f64; 0],
}

typednet_tensor::impl_flat! { [] Sums: f64 { elements: [f64; 0], } }

impl Layer for Sums {
    type In = [f64; 2];
    type Out = [f64; 2];
    type Head = crate::Linear;
    const TREE: crate::LayerInfo = ActivationLayer::<[f64; 2], Relu>::TREE;
    fn predict_into(&self, x: &[f64; 2], y: &mut [f64; 2]) {
        *y = [x[0], x[0] + x[1]];
    }
    fn forward(&self, _: &[Self::In], _: &mut [Self::Out], _: &mut [f64], _: &mut [f64], _: crate::PassContext<'_>) {
        unreachable!("it is not trained");
    }
    fn backward(
        &self,
        _: crate::Trace<'_, Self>,
        _: &mut [Self::Out],
        _: Option<&mut [Self::In]>,
        _: &mut Self,
        _: &mut [f64],
        _: crate::PassContext<'_>,
    ) {
        unreachable!("it is not trained");
    }
}

impl Streaming for Sums {
    type StepIn = f64;
    type StepOut = f64;
    type State = f64;
    const LONGEST: usize = 2;
    fn step_into(&self, state: &mut f64, at: usize, x: &f64, y: &mut f64) {
        assert!(at < 2);
        *state += x;
        *y = *state;
    }
}

type Twice = Chain<Repeat<2, Residual<Sums>>, Frozen<Sums>>;

#[test]
fn every_layer_has_a_state_of_its_own() {
    let model = Twice::zeroed();
    let mut stream = Stream::<Twice>::new();
    // x + Σx, and again, and the sum of that: 3 gives 6, 12, 12, and 1 gives 1 + 4, 5 + 11, 12 + 16.
    assert_eq!(model.step(&mut stream, &3.0).to_bits(), 12_f64.to_bits());
    let fork = stream.clone();
    assert_eq!(model.step(&mut stream, &1.0).to_bits(), 28_f64.to_bits());
    assert_eq!(model.step(&mut { fork }, &1.0).to_bits(), 28_f64.to_bits());
    assert_eq!(model.predict(&[3.0, 1.0]).map(f64::to_bits), [12_f64, 28.0].map(f64::to_bits));
    stream.restart();
    assert_eq!((stream.taken(), stream.state.as_flat()), (0, &[0.0; 3][..]));
    assert_eq!(model.step(&mut stream, &3.0).to_bits(), 12_f64.to_bits());
    assert_eq!(Twice::LONGEST, 2);
}

#[test]
#[should_panic(expected = "the stream has taken 2 steps, and the network takes no more")]
fn no_more_steps_than_the_shortest_layer_takes() {
    let model = Twice::zeroed();
    let mut stream = Stream::<Twice>::new();
    for _ in 0..3 {
        model.step(&mut stream, &0.0);
    }
}
