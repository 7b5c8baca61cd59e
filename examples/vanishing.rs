//! Gradients that vanish or explode on their way back through a deep network, and the cures (lecture section 9).
//!
//! ```text
//! cargo run --release --example vanishing
//! ```
//!
//! Sixteen hidden layers of 32 neurons. Sigmoid's derivative is at most a quarter, so each layer leaves at most about a
//! quarter of the gradient for the one before it; tanh and `ReLU` do not, and batch normalisation and skip connections
//! mend the sigmoid too. Weights that are too large make the gradient explode; a limit for its norm mends that.

use std::error::Error;

use plotters::prelude::SeriesLabelPosition;
use typednet::data::{DataError, Dataset};
use typednet::layers::{Kind, pass};
use typednet::loss::LossFor;
use typednet::prelude::*;
use typednet::tensor::Model;
use typednet::train::TrainError;

mod common;

use common::picture::{Chart, Picture};

/// Sixteen hidden layers of one kind under the name `$deep`, in four blocks.
macro_rules! deep {
    ($block:ident, $deep:ident: $head:ident, $($layer:tt)*) => {
        network! { /// Four hidden layers.
            pub struct $block: 32 => $($layer)* => $($layer)* => $($layer)* => $($layer)* -> 32 }
        network! {
            /// Sixteen hidden layers.
            pub struct $deep: 32 => $block => $block => $block => $block => Dense<1, $head> -> 1
        }
    };
}

deep!(Sigmoids, DeepSigmoid: Sigmoid, Dense<32, Sigmoid>);
deep!(Tanhs, DeepTanh: Sigmoid, Dense<32, Tanh>);
deep!(Relus, DeepRelu: Sigmoid, Dense<32, Relu>);
deep!(Normalised, DeepNormalised: Sigmoid, Dense<32> => BatchNorm => Sigmoid);
deep!(Skips, DeepSkips: Sigmoid, Residual<Dense<32, Sigmoid>>);
deep!(Exploding, DeepExploding: Linear, Dense<32, Relu>);

/// 32 numbers, and whether the first half of them adds up to more than the second.
pub type Halves = Dataset<[f32; 32], [f32; 1]>;

/// 256 samples of numbers from −1 to 1.
///
/// # Errors
/// If there were no samples.
pub fn data() -> Result<Halves, DataError> {
    let key = Key::new(9);
    let x: Vec<[f32; 32]> =
        (0..256).map(|row| std::array::from_fn(|i| 2.0 * key.uniform::<f32>(row * 32 + i as u64) - 1.0)).collect();
    let larger = |x: &[f32; 32]| x[..16].iter().sum::<f32>() > x[16..].iter().sum();
    let y: Vec<[f32; 1]> = x.iter().map(|x| [f32::from(u8::from(larger(x)))]).collect();
    Dataset::new(x, y)
}

/// ‖∂L/∂W⁽ˡ⁾‖ of each hidden layer, the first layer first.
pub fn norms<M, L>(model: &M, loss: &L, data: &Halves) -> Vec<f64>
where
    M: Layer<In = [f32; 32], Out = [f32; 1], Elem = f32>,
    L: LossFor<M::Head, [f32; 1], Target = [f32; 1]>,
{
    let mut gradient = M::zeroed();
    let mut memory = vec![0.0; pass::training_need::<M>().of(data.len())];
    let run = Run::new(Key::new(0));
    pass::gradient(model, loss, data.samples(), data.targets(), &mut *gradient, &mut memory, run);
    let mut norms = Vec::new();
    const { &M::TREE }.visit(&mut |place| {
        if place.param.kind == Kind::Weight {
            let squares = gradient.as_flat()[place.range()].iter().map(|g| f64::from(*g).powi(2));
            norms.push(squares.sum::<f64>().sqrt());
        }
    });
    // The last is the output layer.
    norms.pop();
    norms
}

/// How much smaller the gradient gets from a layer to the one before it, on average: above 1 it vanishes.
pub fn shrinkage(norms: &[f64]) -> f64 {
    (norms[norms.len() - 1] / norms[0]).powf(1.0 / (norms.len() - 1) as f64)
}

/// The gradients of the five networks, each with the weights that its activation asks for: the geometric mean over ten
/// seeds.
pub fn networks(data: &Halves) -> [(&'static str, Vec<f64>); 5] {
    fn over_seeds<M: Layer<In = [f32; 32], Out = [f32; 1], Elem = f32, Head = Sigmoid>>(data: &Halves) -> Vec<f64> {
        let seeds: Vec<Vec<f64>> = (0..10).map(|seed| norms(&*M::seeded(seed), &BinaryCrossEntropy, data)).collect();
        (0..16).map(|l| (seeds.iter().map(|norms| norms[l].ln()).sum::<f64>() / 10.0).exp()).collect()
    }
    [
        ("sigmoid", over_seeds::<DeepSigmoid>(data)),
        ("tanh", over_seeds::<DeepTanh>(data)),
        ("ReLU with He", over_seeds::<DeepRelu>(data)),
        ("sigmoid, batch norm", over_seeds::<DeepNormalised>(data)),
        ("sigmoid, skips", over_seeds::<DeepSkips>(data)),
    ]
}

/// Sigmoid's gradient shrinks at least fourfold per layer, those of the others do not.
///
/// # Panics
/// If it is not so.
pub fn check_vanishing([sigmoid, tanh, relu, normalised, skips]: &[(&str, Vec<f64>); 5]) {
    assert!(shrinkage(&sigmoid.1) >= 4.0, "sigmoid: {:?}", sigmoid.1);
    for (name, norms) in [tanh, relu, normalised, skips] {
        assert!((0.6..1.6).contains(&shrinkage(norms)), "{name}: {norms:?}");
    }
}

/// Two trainings of one network whose first weights are too large.
pub struct Explosion {
    /// The gradients of its layers, before any training.
    pub norms: Vec<f64>,
    /// Those of the tanh network with weights from N(0, 1).
    pub tanh: Vec<f64>,
    /// How the training without a limit ended.
    pub without: TrainError,
    /// The loss of each epoch with a limit of 1.
    pub clipped: Vec<f64>,
}

/// The `ReLU` network with weights from N(0, 0.35), where He would take N(0, 0.25).
pub fn too_large() -> Model<DeepExploding> {
    let mut model = DeepExploding::zeroed();
    model.initialise_with(Init::Normal(0.35), 0);
    model
}

/// Squared error and gradient descent at 0.01, without and with a limit for the gradient's norm.
///
/// # Errors
/// If the training without a limit stays finite, or the other does not.
pub fn explosion(data: &Halves) -> Result<Explosion, Box<dyn Error>> {
    let trainer =
        || Trainer::new(too_large(), SquaredError::Half, GradientDescent::new(1e-2)).batch(32).epochs(40).quiet();
    let norms = norms(&*too_large(), &SquaredError::Half, data);
    let mut large = DeepTanh::zeroed();
    large.initialise_with(Init::Normal(1.0), 0);
    let tanh = self::norms(&*large, &BinaryCrossEntropy, data);
    let without = trainer().fit(data).err().ok_or("the training without a limit should not stay finite")?;
    let clipped = trainer().clip_norm(1.0).fit(data)?;
    let clipped = clipped.records().iter().map(|record| record.training.loss).collect();
    Ok(Explosion { norms, tanh, without, clipped })
}

/// Without a limit the training ends in numbers that are not finite, with one the loss falls.
///
/// # Panics
/// If it is not so.
pub fn check_explosion(explosion: &Explosion, [_, _, relu, ..]: &[(&str, Vec<f64>); 5]) {
    assert!(explosion.norms[0] > 1e2 * relu.1[0], "{:?}", explosion.norms);
    assert!(shrinkage(&explosion.tanh) < 0.75, "larger and larger on the way back: {:?}", explosion.tanh);
    assert!(matches!(explosion.without, TrainError::NotFinite(_)), "{}", explosion.without);
    let (first, last) = (explosion.clipped[0], explosion.clipped[explosion.clipped.len() - 1]);
    assert!(last < 1e-2 * first, "from {first} to {last}");
}

fn main() -> Result<(), Box<dyn Error>> {
    let data = data()?;
    let networks = networks(&data);
    check_vanishing(&networks);
    println!("‖∂L/∂W⁽ˡ⁾‖ of 16 hidden layers of 32 neurons, before any training");
    println!("  {:<20} {:>9} {:>9} {:>9}   from a layer to the one before it", "", "layer 1", "layer 8", "layer 16");
    let numbered = |norms: &[f64]| norms.iter().enumerate().map(|(i, g)| (i as f64 + 1.0, *g)).collect::<Vec<_>>();
    let mut chart = Chart::new("vanishing, and its cures", "layer l", "gradient norm ‖∂L/∂W⁽ˡ⁾‖").log_y();
    for (name, norms) in &networks {
        println!(
            "  {name:<20} {:>9.1e} {:>9.1e} {:>9.1e}   divided by {:.2}",
            norms[0],
            norms[7],
            norms[15],
            shrinkage(norms)
        );
        chart = chart.line(*name, numbered(norms));
    }

    let explosion = explosion(&data)?;
    check_explosion(&explosion, &networks);
    let Explosion { norms, tanh, without, clipped } = &explosion;
    for (name, norms) in [("tanh with N(0, 1)", tanh), ("ReLU with N(0, 0.35)", norms)] {
        let (first, eighth, last) = (norms[0], norms[7], norms[15]);
        println!("  {name:<20} {first:>9.1e} {eighth:>9.1e} {last:>9.1e}   divided by {:.2}", shrinkage(norms));
    }
    println!("Training the last one:\n  without a limit: {without}");
    println!(
        "  with the gradient's norm at most 1: the loss goes from {:.3} to {:.3}",
        clipped[0],
        clipped[clipped.len() - 1]
    );

    let explodes = Chart::new("exploding", "layer l", "gradient norm ‖∂L/∂W⁽ˡ⁾‖").log_y();
    let explodes = explodes
        .y_range(1e-4, 3e4)
        .style(2)
        .line(networks[2].0, numbered(&networks[2].1))
        .line("tanh with N(0, 1)", numbered(tanh))
        .line("ReLU with N(0, 0.35)", numbered(norms));
    let cured = Chart::new("N(0, 0.35) with the gradient's norm at most 1", "epoch", "training loss").log_y();
    let cured = cured.style(3).line("", numbered(clipped));
    let charts =
        [chart.legend(SeriesLabelPosition::LowerRight), explodes.legend(SeriesLabelPosition::LowerLeft), cured];
    Picture::new("Gradients by depth: 16 hidden layers of 32 neurons", 3, charts).panel(440, 400).save("vanishing")
}
