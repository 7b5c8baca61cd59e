//! The activations with their derivatives (lecture section 2).
//!
//! ```text
//! cargo run --release --example activations
//! ```

use std::error::Error;

use plotters::prelude::SeriesLabelPosition;
use typednet::layers::{Activation, Keeps};
use typednet::prelude::*;

mod common;

use common::picture::{Chart, Picture};

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
    A::backward(if A::KEEPS == Keeps::Output { &a } else { &z }, &mut slope, 1);
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

/// That the slopes are those of the values, and what the lecture says of their size.
///
/// # Panics
/// If it is not so.
pub fn check(shapes: &[Shape]) {
    for Shape { name, z, a, slope } in shapes {
        for i in 1..z.len() - 1 {
            // Where there is a step or a corner, at 0, no difference quotient is the slope.
            if z[i] != 0.0 {
                let numeric = (a[i + 1] - a[i - 1]) / (z[i + 1] - z[i - 1]);
                let at_the_step = name == "Step" && z[i].abs() < 0.03;
                let at_a_corner = z[i].abs() < 0.03;
                assert!(at_the_step || at_a_corner || (slope[i] - numeric).abs() < 1e-3, "{name} at {}", z[i]);
            }
        }
    }
    let of = |name: &str| shapes.iter().find(|shape| shape.name == name).expect("an activation of this name");
    let largest = |name| of(name).slope.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    assert!((largest("Sigmoid") - 0.25).abs() < 1e-12, "σ' is at most a quarter");
    assert!((largest("Tanh") - 1.0).abs() < 1e-12);
    assert!(of("Relu").slope.iter().all(|slope| *slope == 0.0 || (*slope - 1.0).abs() < 1e-15), "all or nothing");
    assert!(of("LeakyRelu<0.01>").slope.iter().all(|slope| *slope > 0.0), "a leaky ReLU does not die");
    assert!(of("Step").slope.iter().all(|slope| *slope == 0.0), "nothing learns through a step");
    let scores = [1.6, 0.55, 0.98];
    let powers = scores.map(f64::exp);
    for (p, power) in softmax(scores).iter().zip(powers) {
        assert!((p - power / powers.iter().sum::<f64>()).abs() < 1e-12, "softmax is eᶻ/Σeᶻ");
    }
    // What the notes print for these scores, (0.51, 0.18, 0.31), is their plain share z/Σz.
    assert_eq!(shares(scores).map(|p| format!("{p:.2}")), ["0.51", "0.18", "0.31"]);
}

fn main() -> Result<(), Box<dyn Error>> {
    let shapes = shapes();
    check(&shapes);
    println!("{:<16} {:>9} {:>9} {:>9} {:>12}", "", "a(−4)", "a(0)", "a(4)", "largest a'");
    for Shape { name, a, slope, .. } in &shapes {
        let largest = slope.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        println!("{name:<16} {:>9.3} {:>9.3} {:>9.3} {largest:>12.3}", a[0], a[160], a[320]);
    }
    let scores = [1.6, 0.55, 0.98];
    println!("softmax of {scores:?}: {:.2?}; the notes print z/Σz: {:.2?}", softmax(scores), shares(scores));

    let pairs = |x: &[f64], y: &[f64]| x.iter().copied().zip(y.iter().copied()).collect::<Vec<_>>();
    let mut charts: Vec<Chart> = shapes
        .iter()
        .map(|Shape { name, z, a, slope }| {
            Chart::new(name, "z", "a = σ(z), σ'(z)")
                .y_range(-1.2, 2.2)
                .legend(SeriesLabelPosition::UpperLeft)
                .curve("σ", pairs(z, a))
                .curve("σ'", pairs(z, slope))
        })
        .collect();
    let mut slopes = Chart::new("what a layer lets back through", "z", "σ'(z)").legend(SeriesLabelPosition::UpperLeft);
    for shape in &shapes[2..5] {
        slopes = slopes.line(format!("{}'", shape.name), pairs(&shape.z, &shape.slope));
    }
    let mut classes =
        Chart::new("Softmax of (z, 0.55, 0.98)", "z", "probability").legend(SeriesLabelPosition::UpperLeft);
    for class in 0..3 {
        let points = shapes[0].z.iter().map(|z| (*z, softmax([*z, 0.55, 0.98])[class]));
        classes = classes.line(format!("class {}", class + 1), points);
    }
    charts.extend([slopes.y_range(-0.05, 1.5), classes.y_range(0.0, 1.5)]);
    Picture::new("Activations and their derivatives", 4, charts).panel(330, 280).save("activations")
}
