//! A tutor: one training step of the 2-2-1 network of the lectures, with every number on the way (sections 1 and 4).
//!
//! ```text
//! cargo run --release --example tutor
//! cargo run --release --example tutor -- --x 1 --x 0 --target 0 --rate 2 --steps 10
//! ```
//!
//! Each number is computed by the library: z by the layer without its activation, a by its forward pass, δ and the
//! gradients by its backward pass, the update by the optimiser. What the notes call W⁽ˡ⁾ is `n_l × n_{l−1}`: w¹₁₂ leads
//! from input 2 to neuron 1.
#![allow(clippy::needless_range_loop, reason = "i and j are the indices of the notes")]

use std::error::Error;

use lexopt::prelude::*;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use typednet::layers::{Trace, pass};
use typednet::loss::SquaredError;
use typednet::optim::{GradientDescent, State};
use typednet::prelude::*;
use typednet::tensor::{Model, Parallel};

mod common;

use common::picture::{COLOURS, Drawn, FONT, write};

network! {
    /// Two inputs, two hidden neurons, one output; sigmoid everywhere.
    pub struct Network221<f64>: 2 => hidden: Dense<2, Sigmoid> => output: Dense<1, Sigmoid> -> 1
}

network! {
    /// One neuron after the other: x → a₁ → a₂.
    pub struct Chain111<f64>: 1 => first: Dense<1, Sigmoid> => second: Dense<1, Sigmoid> -> 1
}

const HELP: &str = "\
Follow one training step of a small network, number by number.

Usage: tutor [OPTIONS]

Options:
  --x NUMBER       The two inputs, each with its own --x [default: 0.5 and 0.8]
  --target NUMBER  What the output should be, from 0 to 1 [default: 1]
  --rate NUMBER    The learning rate η [default: 0.5]
  --steps N        How many steps to make, up to 1000; the first is shown in full [default: 5]
  -h, --help       Print this
";

/// The settings of the command line, which [`HELP`] explains.
struct Options {
    x: Vec<f64>,
    target: f64,
    rate: f64,
    steps: u32,
}

impl Options {
    /// What the command line says, or nothing if it asks for help only.
    fn read() -> Result<Option<Self>, lexopt::Error> {
        let mut options = Self { x: Vec::new(), target: 1.0, rate: 0.5, steps: 5 };
        let mut args = lexopt::Parser::from_env();
        while let Some(arg) = args.next()? {
            match arg {
                Long("x") => options.x.push(args.value()?.parse_with(finite)?),
                Long("target") => options.target = args.value()?.parse_with(share)?,
                Long("rate") => options.rate = args.value()?.parse_with(positive)?,
                Long("steps") => options.steps = args.value()?.parse_with(steps)?,
                Short('h') | Long("help") => return Ok(None),
                other => return Err(other.unexpected()),
            }
        }
        if options.x.is_empty() {
            options.x = vec![0.5, 0.8];
        }
        Ok(Some(options))
    }
}

fn finite(text: &str) -> Result<f64, &'static str> {
    text.parse().ok().filter(|x: &f64| x.is_finite()).ok_or("it must be a finite number, such as 0.5")
}

fn share(text: &str) -> Result<f64, &'static str> {
    finite(text).ok().filter(|x| (0.0..=1.0).contains(x)).ok_or("it must be a number from 0 to 1")
}

fn positive(text: &str) -> Result<f64, &'static str> {
    finite(text).ok().filter(|x| *x > 0.0).ok_or("it must be a finite number above 0, such as 0.5")
}

fn steps(text: &str) -> Result<u32, &'static str> {
    text.parse().ok().filter(|steps| (1..=1000).contains(steps)).ok_or("it must be a whole number from 1 to 1000")
}

/// The network with the weights of the lectures: W¹ = [[0.2, 0.4], [0.3, 0.1]], b¹ = (0.1, 0.2), W² = [0.6, 0.5], b² = 0.3.
pub fn lecture() -> Model<Network221> {
    let mut model = Network221::zeroed();
    // The library keeps the transpose of the notes' W.
    model.hidden = Dense::new([[0.2, 0.3], [0.4, 0.1]], [0.1, 0.2]);
    model.output = Dense::new([[0.6], [0.5]], [0.3]);
    model
}

/// Everything that one step computes.
pub struct Lesson {
    /// The input.
    pub x: [f64; 2],
    /// What the output should be.
    pub y: f64,
    /// z¹ = W¹x + b¹
    pub z1: [f64; 2],
    /// a¹ = σ(z¹)
    pub a1: [f64; 2],
    /// z² = W²a¹ + b²
    pub z2: f64,
    /// a² = σ(z²), the output.
    pub a2: f64,
    /// L = ½(y − a²)²
    pub loss: f64,
    /// δ² = (a² − y) · a²(1 − a²)
    pub delta2: f64,
    /// δ¹ = (W²)ᵀδ² ⊙ a¹ ⊙ (1 − a¹)
    pub delta1: [f64; 2],
    /// The network before the step.
    pub before: Model<Network221>,
    /// ∂L/∂W and ∂L/∂b, each where its weight or bias stands.
    pub gradient: Model<Network221>,
    /// The network after the step.
    pub after: Model<Network221>,
}

/// One step of gradient descent on ½(y − a²)² at rate η.
pub fn step(model: Model<Network221>, x: [f64; 2], y: f64, rate: f64) -> Lesson {
    let run = Run::new(Key::new(0));
    let [z1] = forward(&Dense::<2, 2, Linear, f64>::new(model.hidden.weight, model.hidden.bias), x);
    let [a1] = forward(&model.hidden, x);
    let [[z2]] = forward(&Dense::<2, 1, Linear, f64>::new(model.output.weight, model.output.bias), a1);
    let [[a2]] = forward(&model.output, a1);

    let mut gradient = Network221::zeroed();
    // ∂L/∂a² goes into the output layer, ∂L/∂a¹ comes out of it and goes into the hidden one.
    let (mut by_a2, mut by_a1) = ([[a2 - y]], [[0.0; 2]]);
    let trace = Trace { x: &[a1], y: &[[a2]], saved: &mut [] };
    model.output.backward(trace, &mut by_a2, Some(&mut by_a1), &mut gradient.output, &mut [], run);
    let trace = Trace { x: &[x], y: &[a1], saved: &mut [] };
    model.hidden.backward(trace, &mut by_a1, None, &mut gradient.hidden, &mut [], run);

    let optimizer = GradientDescent::new(rate);
    let mut after = model.clone();
    let mut state = State::<Network221, _>::new(&optimizer);
    state.step(&optimizer, rate, &mut after, &gradient, Parallel::SERIAL).expect("the rate of the lesson is small");
    // ∂L/∂b = δ
    let (delta2, delta1) = (gradient.output.bias[0], gradient.hidden.bias);
    Lesson { x, y, z1, a1, z2, a2, loss: 0.5 * (y - a2).powi(2), delta2, delta1, before: model, gradient, after }
}

/// The layer's forward pass over one sample.
fn forward<L: Layer<Elem = f64>>(layer: &L, x: L::In) -> [L::Out; 1] {
    let mut y = [L::Out::zeros()];
    layer.forward(&[x], &mut y, &mut [], &mut [], Run::new(Key::new(0)));
    y
}

/// That the δ and the gradients are the notes', and that the pass over the whole network finds the same.
///
/// # Panics
/// If it is not so.
pub fn check(lesson: &Lesson) {
    let Lesson { x, y, a1, a2, delta1, delta2, before, gradient, .. } = lesson;
    let near = |found: f64, wanted: f64| assert!((found - wanted).abs() <= 1e-14 * wanted.abs().max(1.0));
    near(*delta2, (a2 - y) * a2 * (1.0 - a2));
    for j in 0..2 {
        near(delta1[j], before.output.weight[j][0] * delta2 * a1[j] * (1.0 - a1[j]));
        near(gradient.output.weight[j][0], delta2 * a1[j]);
        for i in 0..2 {
            near(gradient.hidden.weight[i][j], delta1[j] * x[i]);
        }
    }
    let mut whole = Network221::zeroed();
    let mut memory = vec![0.0; pass::training_need::<Network221>().of(1)];
    let run = Run::new(Key::new(0));
    pass::gradient(&**before, &SquaredError::Half, &[*x], &[[*y]], &mut *whole, &mut memory, run);
    for (found, wanted) in whole.as_flat().iter().zip(gradient.as_flat()) {
        near(*found, *wanted);
    }
}

/// The gradients by central differences, (L(w + h) − L(w − h))/2h, in the order of the parameters.
pub fn numeric(lesson: &Lesson) -> Vec<f64> {
    let h = 1e-5;
    let loss = |i: usize, h: f64| {
        let mut model = lesson.before.clone();
        model.as_flat_mut()[i] += h;
        0.5 * (lesson.y - model.predict(&lesson.x)[0]).powi(2)
    };
    (0..Network221::PARAMS).map(|i| (loss(i, h) - loss(i, -h)) / (2.0 * h)).collect()
}

/// The gradients of the chain x → z₁ → a₁ → z₂ → a₂ → E = ½(T − a₂)².
pub struct ChainRule {
    /// a₁ = σ(w₁x + b₁) and a₂ = σ(w₂a₁ + b₂).
    pub a: [f64; 2],
    /// By the library: ∂E/∂w₁, ∂E/∂b₁, ∂E/∂w₂, ∂E/∂b₂.
    pub found: [f64; 4],
    /// By the notes' formulas, in the same order.
    pub formula: [f64; 4],
}

/// The chain rule through a 1-1-1 network with these weights and biases (w₁, b₁, w₂, b₂).
pub fn chain_rule(x: f64, [w1, b1, w2, b2]: [f64; 4], target: f64) -> ChainRule {
    let mut model = Chain111::zeroed();
    (model.first, model.second) = (Dense::new([[w1]], [b1]), Dense::new([[w2]], [b2]));
    let mut gradient = Chain111::zeroed();
    let mut memory = vec![0.0; pass::training_need::<Chain111>().of(1)];
    let run = Run::new(Key::new(0));
    pass::gradient(&*model, &SquaredError::Half, &[[x]], &[[target]], &mut *gradient, &mut memory, run);
    let [a1] = model.first.predict(&[x]);
    let [a2] = model.second.predict(&[a1]);
    let by_z2 = -(target - a2) * a2 * (1.0 - a2);
    let by_z1 = by_z2 * w2 * a1 * (1.0 - a1);
    let found =
        [gradient.first.weight[0][0], gradient.first.bias[0], gradient.second.weight[0][0], gradient.second.bias[0]];
    ChainRule { a: [a1, a2], found, formula: [by_z1 * x, by_z1, by_z2 * a1, by_z2] }
}

fn main() -> Result<(), Box<dyn Error>> {
    let Some(options) = Options::read().map_err(|error| format!("{error}; --help names the options"))? else {
        print!("{HELP}");
        return Ok(());
    };
    let x: [f64; 2] = match options.x[..] {
        [x1, x2] => [x1, x2],
        _ => return Err(format!("the network has 2 inputs, found {}: write --x twice", options.x.len()).into()),
    };
    let lesson = step(lecture(), x, options.target, options.rate);
    check(&lesson);
    explain(&lesson, options.rate);
    let picture = draw(&lesson)?;

    println!("\nStep by step, the output goes to the target {}:", options.target);
    let mut model = lesson.before.clone();
    for count in 1..=options.steps {
        let lesson = step(model, x, options.target, options.rate);
        check(&lesson);
        let after = lesson.after.predict(&x)[0];
        println!("  step {count:>2}: output {:.4}, L = {:.6}, after the update {after:.4}", lesson.a2, lesson.loss);
        model = lesson.after;
    }

    let (x, weights, target) = (0.9, [0.15, 0.4, -0.6, 0.9], 0.25);
    let rule = chain_rule(x, weights, target);
    let [w1, b1, w2, b2] = weights;
    let [a1, a2] = rule.a;
    println!(
        "\nThe 1-1-1 chain x = {x}, w₁ = {w1}, b₁ = {b1}, w₂ = {w2}, b₂ = {b2}, T = {target}: a₁ = {a1:.4}, a₂ = {a2:.4}"
    );
    let names = [
        "∂E/∂w₁ = −(T − a₂)·a₂(1 − a₂)·w₂·a₁(1 − a₁)·x",
        "∂E/∂b₁ = −(T − a₂)·a₂(1 − a₂)·w₂·a₁(1 − a₁)",
        "∂E/∂w₂ = −(T − a₂)·a₂(1 − a₂)·a₁",
        "∂E/∂b₂ = −(T − a₂)·a₂(1 − a₂)",
    ];
    for ((name, formula), found) in names.iter().zip(rule.formula).zip(rule.found) {
        println!("  {name:<46} = {formula:>9.6}, backward pass {found:>9.6}");
        assert!((formula - found).abs() < 1e-15, "the backward pass is the chain rule");
    }
    println!();
    write("tutor", &picture)
}

const INDEX: [&str; 2] = ["₁", "₂"];

fn explain(lesson: &Lesson, rate: f64) {
    let Lesson { x, y, z1, a1, z2, a2, loss, delta2, delta1, before, gradient, after } = lesson;
    println!("x = ({}, {}), y = {y}, η = {rate}\n\nForward", x[0], x[1]);
    for j in 0..2 {
        let n = INDEX[j];
        let [w1, w2] = before.hidden.weight.map(|row| row[j]);
        println!(
            "  z¹{n} = w¹{n}₁x₁ + w¹{n}₂x₂ + b¹{n} = {w1}·{} + {w2}·{} + {} = {:.4}",
            x[0], x[1], before.hidden.bias[j], z1[j]
        );
        println!("  a¹{n} = σ(z¹{n}) = {:.4}", a1[j]);
    }
    let [[w1], [w2]] = before.output.weight;
    println!(
        "  z²  = w²₁a¹₁ + w²₂a¹₂ + b² = {w1}·{:.4} + {w2}·{:.4} + {} = {z2:.4}",
        a1[0], a1[1], before.output.bias[0]
    );
    println!("  a²  = σ(z²) = {a2:.4}, the output\n  L   = ½(y − a²)² = ½({y} − {a2:.4})² = {loss:.6}");
    println!("\nBackward");
    println!("  δ²  = (a² − y)·a²(1 − a²) = ({a2:.4} − {y})·{a2:.4}·{:.4} = {delta2:.6}", 1.0 - a2);
    for j in 0..2 {
        let n = INDEX[j];
        println!(
            "  δ¹{n} = w²{n}·δ²·a¹{n}(1 − a¹{n}) = {}·{delta2:.6}·{:.4}·{:.4} = {:.6}",
            before.output.weight[j][0],
            a1[j],
            1.0 - a1[j],
            delta1[j]
        );
    }
    println!("\nGradients and update, w ← w − η·∂L/∂w");
    let line = |name: String, how: String, gradient: f64, before: f64, after: f64| {
        println!("  ∂L/∂{name:<5} = {how:<7} = {gradient:>9.6}    {name:<5} {before:.4} → {after:.4}");
    };
    for j in 0..2 {
        let (n, how) = (INDEX[j], format!("δ²·a¹{}", INDEX[j]));
        let (was, is) = (before.output.weight[j][0], after.output.weight[j][0]);
        line(format!("w²{n}"), how, gradient.output.weight[j][0], was, is);
    }
    line("b²".into(), "δ²".into(), gradient.output.bias[0], before.output.bias[0], after.output.bias[0]);
    for j in 0..2 {
        let n = INDEX[j];
        for (i, m) in INDEX.iter().enumerate() {
            let (was, is) = (before.hidden.weight[i][j], after.hidden.weight[i][j]);
            line(format!("w¹{n}{m}"), format!("δ¹{n}·x{m}"), gradient.hidden.weight[i][j], was, is);
        }
        let (was, is) = (before.hidden.bias[j], after.hidden.bias[j]);
        line(format!("b¹{n}"), format!("δ¹{n}"), gradient.hidden.bias[j], was, is);
    }
    println!("\nNow the output is {:.4}.", after.predict(x)[0]);
}

/// The network with its numbers: on the neurons what goes forward, with δ what comes back; on the edges the weights with
/// their gradients.
///
/// # Errors
/// If it cannot be drawn.
pub fn draw(lesson: &Lesson) -> Result<String, Box<dyn Error>> {
    const INPUTS: [(i32, i32); 2] = [(100, 150), (100, 430)];
    const HIDDEN: [(i32, i32); 2] = [(500, 150), (500, 430)];
    const OUTPUT: (i32, i32) = (860, 290);
    let Lesson { x, y, z1, a1, z2, a2, loss, delta1, delta2, before, gradient, .. } = lesson;
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (1000, 580)).into_drawing_area();
        area.fill(&WHITE)?;
        let text = |at: (i32, i32), size: i32, colour: RGBColor, text: String| -> Drawn {
            let style = TextStyle::from((FONT, size)).color(&colour).pos(Pos::new(HPos::Center, VPos::Center));
            Ok(area.draw(&Text::new(text, at, style))?)
        };
        let edge = |from: (i32, i32), to: (i32, i32), share: f64, name: String, weight: f64, slope: f64| -> Drawn {
            area.draw(&PathElement::new(vec![from, to], RGBColor(0x88, 0x88, 0x88).stroke_width(2)))?;
            let along = |a: i32, b: i32| (f64::from(a) + share * f64::from(b - a)).round() as i32;
            let (x, y) = (along(from.0, to.0), along(from.1, to.1));
            area.draw(&Rectangle::new([(x - 72, y - 20), (x + 72, y + 20)], WHITE.filled()))?;
            text((x, y - 9), 15, COLOURS[0], format!("{name} = {weight:.2}"))?;
            text((x, y + 10), 15, COLOURS[1], format!("∂L/∂{name} = {slope:.4}"))
        };
        for j in 0..2 {
            for i in 0..2 {
                let name = format!("w¹{}{}", INDEX[j], INDEX[i]);
                let (weight, slope) = (before.hidden.weight[i][j], gradient.hidden.weight[i][j]);
                edge(INPUTS[i], HIDDEN[j], if i == j { 0.5 } else { 0.31 }, name, weight, slope)?;
            }
            let (weight, slope) = (before.output.weight[j][0], gradient.output.weight[j][0]);
            edge(HIDDEN[j], OUTPUT, 0.55, format!("w²{}", INDEX[j]), weight, slope)?;
        }
        let neuron = |(x, y): (i32, i32), name: String, value: f64, below: [String; 3]| -> Drawn {
            area.draw(&Circle::new((x, y), 42, WHITE.filled()))?;
            area.draw(&Circle::new((x, y), 42, BLACK.stroke_width(2)))?;
            text((x, y - 11), 16, BLACK, name)?;
            text((x, y + 11), 18, BLACK, format!("{value:.4}"))?;
            for ((line, below), colour) in (0..).zip(below).zip([BLACK, COLOURS[0], COLOURS[1]]) {
                text((x, y + 56 + 19 * line), 15, colour, below)?;
            }
            Ok(())
        };
        for i in 0..2 {
            neuron(INPUTS[i], format!("x{}", INDEX[i]), x[i], [const { String::new() }; 3])?;
            let (z, bias) =
                (format!("z¹{} = {:.4}", INDEX[i], z1[i]), format!("b¹{} = {:.2}", INDEX[i], before.hidden.bias[i]));
            let delta = format!("δ¹{0} = ∂L/∂b¹{0} = {1:.4}", INDEX[i], delta1[i]);
            neuron(HIDDEN[i], format!("a¹{}", INDEX[i]), a1[i], [z, bias, delta])?;
        }
        let below = [
            format!("z² = {z2:.4}"),
            format!("b² = {:.2}", before.output.bias[0]),
            format!("δ² = ∂L/∂b² = {delta2:.4}"),
        ];
        neuron(OUTPUT, "a²".into(), *a2, below)?;
        text((860, 205), 16, BLACK, format!("target y = {y}, L = {loss:.4}"))?;
        text((500, 30), 20, BLACK, "One step of the 2-2-1 network, sigmoid everywhere".into())?;
        text((500, 58), 15, COLOURS[0], "blue: weights and biases, the way forward".into())?;
        text((500, 80), 15, COLOURS[1], "vermilion: δ and gradients, the way back".into())?;
        area.present()?;
    }
    Ok(svg)
}
