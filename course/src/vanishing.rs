//! Gradients that vanish or explode on their way back through a deep network, and the cures (lecture section 9).
//!
//! ```text
//! cargo run --release -p typednet-course --example vanishing
//! ```
//!
//! Sixteen hidden layers of 32 neurons. Sigmoid's derivative is at most a quarter, so each layer leaves at most about a
//! quarter of the gradient for the one before it; tanh and `ReLU` do not, and batch normalisation and skip connections
//! mend the sigmoid too. Weights that are too large make the gradient explode; a limit for its norm mends that.

use typednet::data::{DataError, Dataset};
use typednet::layers::{ParamKind, pass};
use typednet::loss::LossFor;
use typednet::prelude::*;
use typednet::tensor::Model;
use typednet::train::TrainError;
use typednet_plot::{Chart, Figure, numbered};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: Section 9 of the lectures.
pub const LESSON: Lesson = Lesson {
    name: "vanishing",
    title: "Vanishing and exploding gradients",
    section: "9. Watching a training run",
    run: lesson,
};

/// Sixteen hidden layers of one kind under the name `$deep`, in four blocks.
macro_rules! deep {
    ($block:ident, $deep:ident: $($layer:tt)*) => {
        network! { /// Four hidden layers.
            pub struct $block: 32 => $($layer)* => $($layer)* => $($layer)* => $($layer)* -> 32 }
        network! {
            /// Sixteen hidden layers.
            pub struct $deep: 32 => $block => $block => $block => $block => Dense<1, Sigmoid> -> 1
        }
    };
}

deep!(Sigmoids, DeepSigmoid: Dense<32, Sigmoid>);
deep!(Tanhs, DeepTanh: Dense<32, Tanh>);
deep!(Relus, DeepRelu: Dense<32, Relu>);
deep!(Normalised, DeepNormalised: Dense<32> => BatchNorm => Sigmoid);
deep!(Skips, DeepSkips: Residual<Dense<32, Sigmoid>>);

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
    let run = PassContext::new(Key::new(0));
    pass::gradient(model, loss, data.samples(), data.targets(), &mut *gradient, &mut memory, run);
    let mut norms = Vec::new();
    const { &M::TREE }.visit(&mut |place| {
        if place.kind == ParamKind::Weight {
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
pub fn check_vanishing([sigmoid, cured @ ..]: &[(&str, Vec<f64>); 5]) -> Claims {
    let claims = Claims::new().hold(
        shrinkage(&sigmoid.1) >= 4.0,
        "on its way back sigmoid's gradient shrinks at least fourfold in each layer on average",
        format!("divided by {:.2}", shrinkage(&sigmoid.1)),
    );
    cured.iter().fold(claims, |claims, (name, norms)| {
        let says = format!("that of {name} does not");
        claims.hold((0.6..1.6).contains(&shrinkage(norms)), says, format!("divided by {:.2}", shrinkage(norms)))
    })
}

/// What half of the targets are, so that guessing has a loss of ln 2.
const GUESSING: f64 = std::f64::consts::LN_2;

/// How long the network whose gradient explodes is trained.
const EPOCHS: usize = 100;

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
    /// The share of the samples that it then decides rightly.
    pub accuracy: f64,
}

/// The `ReLU` network with weights from N(0, 0.35), where He would take N(0, 0.25).
pub fn too_large() -> Model<DeepRelu> {
    let mut model = DeepRelu::zeroed();
    model.initialise_with(Init::Normal(0.35), 0);
    model
}

/// Binary cross-entropy and gradient descent at 0.02, without and with a limit for the gradient's norm.
///
/// # Errors
/// If the training without a limit stays finite, or the other does not.
pub fn explosion(data: &Halves) -> Result<Explosion, Failed> {
    let trainer =
        || Trainer::new(too_large(), BinaryCrossEntropy, GradientDescent::new(2e-2)).batch(32).epochs(EPOCHS).quiet();
    let norms = norms(&*too_large(), &BinaryCrossEntropy, data);
    let mut large = DeepTanh::zeroed();
    large.initialise_with(Init::Normal(1.0), 0);
    let tanh = self::norms(&*large, &BinaryCrossEntropy, data);
    let without = trainer().fit(data).err().ok_or("the training without a limit should not stay finite")?;
    let mut trainer = trainer().clip_norm(1.0);
    let clipped = trainer.fit(data)?.records().iter().map(|record| record.training.loss).collect();
    let accuracy = trainer.evaluate(data)?.accuracy.unwrap_or(0.0);
    Ok(Explosion { norms, tanh, without, clipped, accuracy })
}

/// Without a limit the training ends in numbers that are not finite, with one it learns: better than guessing.
pub fn check_explosion(explosion: &Explosion, [_, _, relu, ..]: &[(&str, Vec<f64>); 5]) -> Claims {
    let Explosion { norms, tanh, without, clipped, accuracy } = explosion;
    let (first, last) = (clipped.first().copied().unwrap_or(f64::NAN), clipped.last().copied().unwrap_or(f64::NAN));
    Claims::new()
        .hold(
            norms[0] > 1e2 * relu.1[0],
            "with weights from N(0, 0.35) ReLU's gradient is more than a hundred times that with He's",
            format!("{:.1e} and {:.1e} at layer 1", norms[0], relu.1[0]),
        )
        .hold(
            shrinkage(tanh) < 0.75,
            "with N(0, 1) tanh's grows on its way back",
            format!("times {:.2} in each layer", 1.0 / shrinkage(tanh)),
        )
        .hold(
            matches!(without, TrainError::NotFinite(_)),
            "trained like that it ends in numbers that are not finite, and the error says where",
            without,
        )
        .hold(
            last < 0.5 * GUESSING && *accuracy > 0.9,
            format!(
                "with the gradient's norm at most 1 it learns: less than half of the loss of guessing, {GUESSING:.2}"
            ),
            format!("the loss goes from {first:.1} to {last:.3}, {:.1} % are right", 100.0 * accuracy),
        )
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let data = data()?;
    let networks = networks(&data);
    notes.claim(check_vanishing(&networks));
    say!(notes, "‖∂L/∂W⁽ˡ⁾‖ of 16 hidden layers of 32 neurons, before any training");
    say!(notes, "  {:<20} {:>9} {:>9} {:>9}   from a layer to the one before it", "", "layer 1", "layer 8", "layer 16");
    let points = |norms: &[f64]| numbered(norms.iter().copied()).collect::<Vec<_>>();
    let norm = "gradient norm ‖∂L/∂W⁽ˡ⁾‖";
    let mut chart = Chart::new("vanishing, and its cures", "layer l", norm).whole_x().log_y();
    for (name, norms) in &networks {
        let (first, eighth, last, shrinks) = (norms[0], norms[7], norms[15], shrinkage(norms));
        say!(notes, "  {name:<20} {first:>9.1e} {eighth:>9.1e} {last:>9.1e}   divided by {shrinks:.2}");
        chart = chart.line(*name, points(norms));
    }

    let explosion = explosion(&data)?;
    notes.claim(check_explosion(&explosion, &networks));
    let Explosion { norms, tanh, without, clipped, accuracy } = &explosion;
    for (name, norms) in [("tanh with N(0, 1)", tanh), ("ReLU with N(0, 0.35)", norms)] {
        let (first, eighth, last) = (norms[0], norms[7], norms[15]);
        say!(notes, "  {name:<20} {first:>9.1e} {eighth:>9.1e} {last:>9.1e}   divided by {:.2}", shrinkage(norms));
    }
    let (first, last) = (clipped[0], clipped[clipped.len() - 1]);
    say!(notes, "Training the last one:\n  without a limit: {without}");
    say!(
        notes,
        "  with the gradient's norm at most 1: the loss goes from {first:.3} to {last:.3}; guessing has {GUESSING:.3}"
    );

    let explodes = Chart::new("exploding", "layer l", norm)
        .whole_x()
        .log_y()
        .style(2)
        .line(networks[2].0, points(&networks[2].1))
        .line("tanh with N(0, 1)", points(tanh))
        .line("ReLU with N(0, 0.35)", points(norms));
    let cured = Chart::new("ReLU with N(0, 0.35), trained", "epoch", "training loss (binary cross-entropy)")
        .whole_x()
        .log_y()
        .style(4)
        .line(format!("gradient's norm at most 1: {:.0} % right", 100.0 * accuracy), points(clipped))
        .level("guessing, ln 2", GUESSING);
    let figure = Figure::new("Gradients by depth: 16 hidden layers of 32 neurons", 3, [chart, explodes, cured]);
    let note = "The gradient goes from layer 16 back to layer 1: sigmoid loses it, weights that are too large blow it up, and a \
                limit for its norm lets such a network learn.";
    notes.draw("vanishing", &figure.panel(460, 420).note(note))
}
