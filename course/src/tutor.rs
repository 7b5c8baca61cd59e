//! A tutor: one training step of the 2-2-1 network of the lectures, with every number on the way (sections 1 and 4).
//!
//! ```text
//! cargo run --release -p typednet-course --example tutor
//! cargo run --release -p typednet-course --example tutor -- --x 1 --x 0 --target 0 --rate 2 --steps 10
//! ```
//!
//! Each number is computed by the library: z by the layer without its activation, a by its forward pass, δ and the
//! gradients by its backward pass, the update by the optimiser. What the notes call W⁽ˡ⁾ is `n_l × n_{l−1}`: w¹₁₂ leads
//! from input 2 to neuron 1.
#![allow(clippy::needless_range_loop, reason = "i and j are the indices of the notes")]

use typednet::layers::{Trace, pass};
use typednet::loss::SquaredError;
use typednet::optim::{GradientDescent, State};
use typednet::prelude::*;
use typednet::tensor::{Model, Parallel};

use crate::{Claims, Failed, Lesson, Notes, say};

pub mod diagram;

/// The lesson: Sections 3 and 4 of the lectures.
pub const LESSON: Lesson = Lesson {
    name: "tutor",
    title: "The tutor: one training step, number by number",
    section: "3 and 4. Losses and backpropagation",
    run: lesson,
};

network! {
    /// Two inputs, two hidden neurons, one output; sigmoid everywhere.
    pub struct Network221<f64>: 2 => hidden: Dense<2, Sigmoid> => output: Dense<1, Sigmoid> -> 1
}

network! {
    /// One neuron after the other: x → a₁ → a₂.
    pub struct Chain111<f64>: 1 => first: Dense<1, Sigmoid> => second: Dense<1, Sigmoid> -> 1
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
pub struct OneStep {
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
///
/// # Panics
/// If the rate is so large that a weight is not finite after the step.
pub fn step(model: Model<Network221>, x: [f64; 2], y: f64, rate: f64) -> OneStep {
    let run = PassContext::new(Key::new(0));
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
    OneStep { x, y, z1, a1, z2, a2, loss: 0.5 * (y - a2).powi(2), delta2, delta1, before: model, gradient, after }
}

/// The layer's forward pass over one sample.
fn forward<L: Layer<Elem = f64>>(layer: &L, x: L::In) -> [L::Out; 1] {
    let mut y = [L::Out::zeros()];
    layer.forward(&[x], &mut y, &mut [], &mut [], PassContext::new(Key::new(0)));
    y
}

/// That the δ and the gradients are the notes', and that the pass over the whole network and central differences find the
/// same.
pub fn check(lesson: &OneStep) -> Claims {
    let OneStep { x, y, a1, a2, delta1, delta2, before, gradient, .. } = lesson;
    let off = |found: f64, wanted: f64| (found - wanted).abs() / wanted.abs().max(1.0);
    let mut by_delta = off(*delta2, (a2 - y) * a2 * (1.0 - a2));
    let mut by_weight = 0.0_f64;
    for j in 0..2 {
        by_delta = by_delta.max(off(delta1[j], before.output.weight[j][0] * delta2 * a1[j] * (1.0 - a1[j])));
        by_weight = by_weight.max(off(gradient.output.weight[j][0], delta2 * a1[j]));
        for i in 0..2 {
            by_weight = by_weight.max(off(gradient.hidden.weight[i][j], delta1[j] * x[i]));
        }
    }
    let mut whole = Network221::zeroed();
    let mut memory = vec![0.0; pass::training_need::<Network221>().of(1)];
    let run = PassContext::new(Key::new(0));
    pass::gradient(&**before, &SquaredError::Half, &[*x], &[[*y]], &mut *whole, &mut memory, run);
    let farthest = |others: &[f64]| {
        others.iter().zip(gradient.as_flat()).map(|(found, wanted)| off(*found, *wanted)).fold(0.0, f64::max)
    };
    let (of_pass, of_differences) = (farthest(whole.as_flat()), farthest(&numeric(lesson)));
    let text = |distance: f64| format!("at most {distance:.0e} away");
    Claims::new()
        .hold(
            by_delta <= 1e-14,
            "the layers' backward passes give δ² = (a² − y)·a²(1 − a²) and δ¹ = (W²)ᵀδ² ⊙ a¹ ⊙ (1 − a¹)",
            text(by_delta),
        )
        .hold(by_weight <= 1e-14, "and ∂L/∂W = δaᵀ, ∂L/∂b = δ", text(by_weight))
        .hold(of_pass <= 1e-14, "the pass over the whole network gives the same", text(of_pass))
        .hold(of_differences < 1e-9, "and so do central differences", text(of_differences))
}

/// The gradients by central differences, (L(w + h) − L(w − h))/2h, in the order of the parameters.
pub fn numeric(lesson: &OneStep) -> Vec<f64> {
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
    let run = PassContext::new(Key::new(0));
    pass::gradient(&*model, &SquaredError::Half, &[[x]], &[[target]], &mut *gradient, &mut memory, run);
    let [a1] = model.first.predict(&[x]);
    let [a2] = model.second.predict(&[a1]);
    let by_z2 = -(target - a2) * a2 * (1.0 - a2);
    let by_z1 = by_z2 * w2 * a1 * (1.0 - a1);
    let found =
        [gradient.first.weight[0][0], gradient.first.bias[0], gradient.second.weight[0][0], gradient.second.bias[0]];
    ChainRule { a: [a1, a2], found, formula: [by_z1 * x, by_z1, by_z2 * a1, by_z2] }
}

/// The chain rule of the lecture: the gradients of the 1-1-1 chain are what its formulas say.
fn check_chain(rule: &ChainRule) -> Claims {
    let pairs = rule.found.iter().zip(rule.formula);
    let farthest = pairs.map(|(found, formula)| (found - formula).abs()).fold(0.0, f64::max);
    Claims::new().hold(
        farthest < 1e-15,
        "the backward pass of the 1-1-1 chain is the chain rule",
        format!("at most {farthest:.0e} away"),
    )
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    tell(notes, [0.5, 0.8], 1.0, 0.5, 5)
}

/// Explains a step from the weights of the lecture, and makes so many.
///
/// # Errors
/// If the picture cannot be written.
pub fn tell(notes: &mut Notes, x: [f64; 2], target: f64, rate: f64, steps: u32) -> Result<(), Failed> {
    let lesson = step(lecture(), x, target, rate);
    notes.claim(check(&lesson));
    explain(notes, &lesson, rate);
    notes.keep("tutor", &diagram::draw(&lesson, true), diagram::draw(&lesson, false))?;

    say!(notes, "\nStep by step, the output goes to the target {target}:");
    let mut model = lesson.before.clone();
    for count in 1..=steps {
        let lesson = step(model, x, target, rate);
        let after = lesson.after.predict(&x)[0];
        say!(notes, "  step {count:>2}: output {:.4}, L = {:.6}, after the update {after:.4}", lesson.a2, lesson.loss);
        model = lesson.after;
    }

    let (x, weights, target) = (0.9, [0.15, 0.4, -0.6, 0.9], 0.25);
    let rule = chain_rule(x, weights, target);
    notes.claim(check_chain(&rule));
    let [w1, b1, w2, b2] = weights;
    let [a1, a2] = rule.a;
    say!(
        notes,
        "\nThe 1-1-1 chain x = {x}, w₁ = {w1}, b₁ = {b1}, w₂ = {w2}, b₂ = {b2}, T = {target}: a₁ = {a1:.4}, a₂ = {a2:.4}"
    );
    let names = [
        "∂E/∂w₁ = −(T − a₂)·a₂(1 − a₂)·w₂·a₁(1 − a₁)·x",
        "∂E/∂b₁ = −(T − a₂)·a₂(1 − a₂)·w₂·a₁(1 − a₁)",
        "∂E/∂w₂ = −(T − a₂)·a₂(1 − a₂)·a₁",
        "∂E/∂b₂ = −(T − a₂)·a₂(1 − a₂)",
    ];
    for ((name, formula), found) in names.iter().zip(rule.formula).zip(rule.found) {
        say!(notes, "  {name:<46} = {formula:>9.6}, backward pass {found:>9.6}");
    }
    Ok(())
}

pub(crate) const INDEX: [&str; 2] = ["₁", "₂"];

fn explain(notes: &mut Notes, lesson: &OneStep, rate: f64) {
    let OneStep { x, y, z1, a1, z2, a2, loss, delta2, delta1, before, gradient, after } = lesson;
    say!(notes, "x = ({}, {}), y = {y}, η = {rate}\n\nForward", x[0], x[1]);
    for j in 0..2 {
        let n = INDEX[j];
        let [w1, w2] = before.hidden.weight.map(|row| row[j]);
        say!(
            notes,
            "  z¹{n} = w¹{n}₁x₁ + w¹{n}₂x₂ + b¹{n} = {w1}·{} + {w2}·{} + {} = {:.4}",
            x[0],
            x[1],
            before.hidden.bias[j],
            z1[j]
        );
        say!(notes, "  a¹{n} = σ(z¹{n}) = {:.4}", a1[j]);
    }
    let [[w1], [w2]] = before.output.weight;
    say!(
        notes,
        "  z²  = w²₁a¹₁ + w²₂a¹₂ + b² = {w1}·{:.4} + {w2}·{:.4} + {} = {z2:.4}",
        a1[0],
        a1[1],
        before.output.bias[0]
    );
    say!(notes, "  a²  = σ(z²) = {a2:.4}, the output\n  L   = ½(y − a²)² = ½({y} − {a2:.4})² = {loss:.6}");
    say!(notes, "\nBackward");
    say!(notes, "  δ²  = (a² − y)·a²(1 − a²) = ({a2:.4} − {y})·{a2:.4}·{:.4} = {delta2:.6}", 1.0 - a2);
    for j in 0..2 {
        let n = INDEX[j];
        say!(
            notes,
            "  δ¹{n} = w²{n}·δ²·a¹{n}(1 − a¹{n}) = {}·{delta2:.6}·{:.4}·{:.4} = {:.6}",
            before.output.weight[j][0],
            a1[j],
            1.0 - a1[j],
            delta1[j]
        );
    }
    say!(notes, "\nGradients and update, w ← w − η·∂L/∂w");
    let mut line = |name: String, how: String, gradient: f64, before: f64, after: f64| {
        say!(notes, "  ∂L/∂{name:<5} = {how:<7} = {gradient:>9.6}    {name:<5} {before:.4} → {after:.4}");
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
    say!(notes, "\nNow the output is {:.4}.", after.predict(x)[0]);
}
