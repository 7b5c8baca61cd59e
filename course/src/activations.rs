//! The activations with their derivatives (lecture section 2).
//!
//! ```text
//! cargo run --release -p typednet-course --example activations
//! ```

use typednet::layers::{Activation, SavesForBackward};
use typednet::prelude::*;
use typednet_plot::{Chart, Figure};

use crate::{Claims, Failed, Lesson, Notes, say};

/// Section 2.
pub const LESSON: Lesson = Lesson {
    name: "activations",
    title: "The activations and their derivatives",
    section: "2. Activations",
    run: lesson,
};

/// An activation on the line of z.
pub struct Shape {
    /// As it is written in `network!`.
    pub name: String,
    /// z
    pub z: Vec<f64>,
    /// a = σ(z)
    pub a: Vec<f64>,
    /// σ'(z), from the backward pass of the ones.
    pub slope: Vec<f64>,
}

/// An activation that acts on each element by itself, from z = −4 to 4.
pub fn shape<A: Activation<f64>>() -> Shape {
    let z: Vec<f64> = (-160..=160).map(|i| f64::from(i) / 40.0).collect();
    let (mut a, mut slope) = (z.clone(), vec![1.0; z.len()]);
    A::apply(&mut a, 1);
    A::backward(if A::KEEPS == SavesForBackward::Output { &a } else { &z }, &mut slope, 1);
    Shape { name: A::ARG.to_string(), z, a, slope }
}

/// All of them.
pub fn shapes() -> [Shape; 10] {
    [
        shape::<Step>(),
        shape::<Linear>(),
        shape::<Sigmoid>(),
        shape::<Tanh>(),
        shape::<Relu>(),
        shape::<LeakyRelu>(),
        shape::<Elu>(),
        shape::<Softplus>(),
        shape::<Gelu>(),
        shape::<Silu>(),
    ]
}

/// The softmax of three scores.
pub fn softmax(mut scores: [f64; 3]) -> [f64; 3] {
    Softmax::apply(&mut scores, 3);
    scores
}

/// The plain share of each score, z/Σz.
pub fn shares(scores: [f64; 3]) -> [f64; 3] {
    scores.map(|score| score / scores.iter().sum::<f64>())
}

/// The largest distance between a slope and the difference quotient of the values. Where there is a step or a corner, at 0,
/// no difference quotient is the slope.
fn farthest(Shape { z, a, slope, .. }: &Shape) -> f64 {
    let numeric = |i: usize| (a[i + 1] - a[i - 1]) / (z[i + 1] - z[i - 1]);
    let places = (1..z.len() - 1).filter(|i| z[*i].abs() > 0.03);
    places.map(|i| (slope[i] - numeric(i)).abs()).fold(0.0, f64::max)
}

/// That the slopes are those of the values, and what the lecture says of their size.
pub fn check(shapes: &[Shape]) -> Claims {
    let of = |name: &str| shapes.iter().find(|shape| shape.name == name).map_or(&[][..], |shape| &shape.slope);
    let largest = |name| of(name).iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let all = |name, test: fn(f64) -> bool| !of(name).is_empty() && of(name).iter().all(|slope| test(*slope));
    let (sigmoid, tanh) = (largest("Sigmoid"), largest("Tanh"));
    let distance = shapes.iter().map(farthest).fold(0.0, f64::max);
    let powers = SCORES.map(f64::exp);
    let wanted = powers.map(|power| power / powers.iter().sum::<f64>());
    let softmax = softmax(SCORES);
    let error = softmax.iter().zip(wanted).map(|(p, wanted)| (p - wanted).abs()).fold(0.0, f64::max);
    let notes = shares(SCORES).map(|p| format!("{p:.2}"));
    Claims::new()
        .hold(distance < 1e-3, "each derivative is the slope of its activation", format!("at most {distance:.1e} away"))
        .hold((sigmoid - 0.25).abs() < 1e-12, "sigmoid lets back at most a quarter", format!("{sigmoid:.4}"))
        .hold((tanh - 1.0).abs() < 1e-12, "tanh at most all", format!("{tanh:.4}"))
        .hold(all("Relu", |slope| slope == 0.0 || (slope - 1.0).abs() < 1e-15), "ReLU all or nothing", "0 and 1 only")
        .hold(all("LeakyRelu<0.01>", |slope| slope > 0.0), "a leaky ReLU does not die", "its slope is never 0")
        .hold(all("Step", |slope| slope == 0.0), "through a step nothing learns", "its slope is 0 everywhere")
        .hold(error < 1e-12, "softmax is eᶻ/Σeᶻ", format!("{softmax:.2?}"))
        .hold(notes == ["0.51", "0.18", "0.31"], "what the notes print for it is z/Σz", notes.join(", "))
}

/// The scores of the lecture.
const SCORES: [f64; 3] = [1.6, 0.55, 0.98];

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let shapes = shapes();
    notes.claim(check(&shapes));
    say!(notes, "{:<16} {:>9} {:>9} {:>9} {:>12}", "", "a(−4)", "a(0)", "a(4)", "largest a'");
    for Shape { name, a, slope, .. } in &shapes {
        let largest = slope.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        say!(notes, "{name:<16} {:>9.3} {:>9.3} {:>9.3} {largest:>12.3}", a[0], a[160], a[320]);
    }
    say!(notes, "softmax of {SCORES:?}: {:.2?}; the notes print z/Σz: {:.2?}", softmax(SCORES), shares(SCORES));

    let pairs = |x: &[f64], y: &[f64]| x.iter().copied().zip(y.iter().copied()).collect::<Vec<_>>();
    let mut charts: Vec<Chart> = shapes
        .iter()
        .map(|Shape { name, z, a, slope }| {
            let chart = Chart::new(name, "z", "a, a'").y_range(-1.2, 2.2);
            chart.curve("a = σ(z)", pairs(z, a)).curve("a' = σ'(z)", pairs(z, slope))
        })
        .collect();
    let mut slopes = Chart::new("what a layer lets back through", "z", "σ'(z)").from_zero();
    for shape in &shapes[2..5] {
        slopes = slopes.line(format!("{}'", shape.name), pairs(&shape.z, &shape.slope));
    }
    let mut classes = Chart::new("Softmax of (z, 0.55, 0.98)", "z", "probability").from_zero();
    for class in 0..3 {
        let points = shapes[0].z.iter().map(|z| (*z, softmax([*z, 0.55, 0.98])[class]));
        classes = classes.line(format!("class {}", class + 1), points);
    }
    charts.extend([slopes, classes]);
    let figure = Figure::new("Activations and their derivatives", 4, charts).panel(330, 290);
    notes.draw(
        "activations",
        &figure.note(
            "The derivative is what comes back through the layer: at most a quarter with sigmoid, nothing with a step.",
        ),
    )
}
