//! The same network with sigmoid, tanh and `ReLU` in its hidden layer: how fast each learns two moons (labs 1 and 2).
//!
//! ```text
//! cargo run --release -p typednet-course --example activation_swap
//! ```

use typednet::prelude::*;
use typednet::tensor::Model;
use typednet_plot::{Chart, Figure, Shades, numbered};

use crate::moons::{Moons, moons};
use crate::{Claims, Failed, Lesson, Notes, say};

/// Labs 1 and 2.
pub const LESSON: Lesson = Lesson {
    name: "activation_swap",
    title: "Labs 1 and 2: sigmoid, tanh and ReLU in the hidden layer",
    section: "12. Lab exercises",
    run: lesson,
};

network! {
    /// The class of a point by sigmoids.
    pub struct WithSigmoid: 2 => Dense<16, Sigmoid> => Dense<1, Sigmoid> -> 1
}

network! {
    /// The class of a point by hyperbolic tangents.
    pub struct WithTanh: 2 => Dense<16, Tanh> => Dense<1, Sigmoid> -> 1
}

network! {
    /// The class of a point by rectified linear units.
    pub struct WithRelu: 2 => Dense<16, Relu> => Dense<1, Sigmoid> -> 1
}

/// How long each is trained.
pub const EPOCHS: usize = 150;

/// The seeds over which each is averaged.
pub const SEEDS: u64 = 5;

/// The loss that counts as learned.
pub const LEARNED: f64 = 0.1;

/// What became of one of the three networks.
pub struct Run<M> {
    /// The name of the activation.
    pub name: &'static str,
    /// The mean training loss of each epoch, over the seeds.
    pub losses: Vec<f64>,
    /// The share of new points that it decides rightly, over the seeds.
    pub accuracy: f64,
    /// The network of the first seed.
    pub model: Model<M>,
}

impl<M> Run<M> {
    /// The first epoch whose loss is at most [`LEARNED`].
    pub fn learned_in(&self) -> Option<usize> {
        self.losses.iter().position(|loss| *loss <= LEARNED).map(|epoch| epoch + 1)
    }
}

/// 300 points to train on, and 300 others.
///
/// # Errors
/// If there were no points.
pub fn data() -> Result<(Moons, Moons), Failed> {
    Ok((moons(300, 0.15, 1)?, moons(300, 0.15, 2)?))
}

/// Trains a network for each seed with momentum, at the same rate for all activations.
///
/// # Errors
/// If a loss does not stay finite.
pub fn train<M>(name: &'static str, train: &Moons, test: &Moons) -> Result<Run<M>, Failed>
where
    M: Layer<In = [f32; 2], Out = [f32; 1], Elem = f32, Head = Sigmoid>,
{
    let (mut losses, mut accuracy, mut models) = (vec![0.0; EPOCHS], 0.0, Vec::new());
    for seed in 0..SEEDS {
        let optimizer = Momentum::new(0.05, 0.9);
        let mut trainer =
            Trainer::new(M::seeded(seed), BinaryCrossEntropy, optimizer).batch(32).epochs(EPOCHS).seed(seed).quiet();
        let history = trainer.fit(train)?;
        for (sum, record) in losses.iter_mut().zip(history.records()) {
            *sum += record.training.loss / SEEDS as f64;
        }
        accuracy += trainer.evaluate(test)?.accuracy.unwrap_or(0.0) / SEEDS as f64;
        models.push(trainer.into_model());
    }
    Ok(Run { name, losses, accuracy, model: models.swap_remove(0) })
}

/// `ReLU` and tanh learn the moons in less than half of the epochs that sigmoid takes.
pub fn check(sigmoid: &Run<WithSigmoid>, tanh: &Run<WithTanh>, relu: &Run<WithRelu>) -> Claims {
    let slow = sigmoid.learned_in().unwrap_or(EPOCHS + 1);
    let fast = [tanh.learned_in(), relu.learned_in()];
    let name = |epochs: Option<usize>| epochs.map_or("never".into(), |epoch| format!("epoch {epoch}"));
    let sigmoids = sigmoid.learned_in().map_or(format!("not in {EPOCHS} epochs"), |epoch| format!("epoch {epoch}"));
    Claims::new()
        .hold(
            fast.iter().all(|fast| fast.is_some_and(|fast| 2 * fast < slow)),
            format!("tanh and ReLU reach a loss of {LEARNED} in less than half of the epochs that sigmoid takes"),
            format!("tanh {}, ReLU {}, sigmoid {sigmoids}", name(fast[0]), name(fast[1])),
        )
        .hold(
            tanh.accuracy > 0.97 && relu.accuracy > 0.97,
            "and decide more than 97 % of new points rightly",
            format!("{:.1} % and {:.1} %", 100.0 * tanh.accuracy, 100.0 * relu.accuracy),
        )
}

fn plane<M>(run: &Run<M>, data: &Moons) -> Chart
where
    M: Layer<In = [f32; 2], Out = [f32; 1], Elem = f32>,
{
    let of = |class: f32| {
        let points = data.iter().filter(move |(_, [y])| (y - class).abs() < 0.5);
        points.map(|([x, y], _)| (f64::from(*x), f64::from(*y))).collect::<Vec<_>>()
    };
    Chart::new(format!("{}: output after {EPOCHS} epochs", run.name), "x₁", "x₂")
        .plane(60, ((-2.2, 2.2), (-1.5, 1.8)), Shades::Diverging, |x, y| {
            2.0 * f64::from(run.model.predict(&[x as f32, y as f32])[0]) - 1.0
        })
        .colours("output", Shades::Diverging, "0", "1")
        .points("class 0", of(0.0))
        .points("class 1", of(1.0))
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let (training, test) = data()?;
    let sigmoid = train::<WithSigmoid>("sigmoid", &training, &test)?;
    let tanh = train::<WithTanh>("tanh", &training, &test)?;
    let relu = train::<WithRelu>("ReLU", &training, &test)?;
    notes.claim(check(&sigmoid, &tanh, &relu));

    say!(notes, "two moons, 2 → 16 → 1, momentum at 0.05, mean over {SEEDS} seeds");
    let mut chart = Chart::new("training loss by hidden activation", "epoch", "binary cross-entropy").whole_x().log_y();
    for (name, losses, learned, accuracy) in [
        (sigmoid.name, &sigmoid.losses, sigmoid.learned_in(), sigmoid.accuracy),
        (tanh.name, &tanh.losses, tanh.learned_in(), tanh.accuracy),
        (relu.name, &relu.losses, relu.learned_in(), relu.accuracy),
    ] {
        let when = learned.map_or(format!("not in {EPOCHS} epochs"), |epoch| format!("in epoch {epoch}"));
        let right = 100.0 * accuracy;
        say!(notes, "  {name:<8} loss at most {LEARNED} {when:<18} {right:.1} % of new points right");
        chart = chart.line(name, numbered(losses.iter().copied()));
    }
    let charts =
        [chart.level("learned", LEARNED), plane(&sigmoid, &training), plane(&tanh, &training), plane(&relu, &training)];
    let figure = Figure::new("Sigmoid, tanh and ReLU in the hidden layer", 2, charts).panel(520, 380);
    notes.draw(
        "activation-swap",
        &figure
            .note("The same network and rate: sigmoid is still at a straight line where the others follow the moons."),
    )
}
