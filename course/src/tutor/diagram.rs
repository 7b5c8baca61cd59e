//! The network of the tutor with its numbers, as a picture.
#![allow(clippy::needless_range_loop, reason = "i and j are the indices of the notes")]

use maud::{Markup, PreEscaped, html};

use super::{INDEX, OneStep};

type Place = (i32, i32);

const INPUTS: [Place; 2] = [(100, 150), (100, 430)];
const HIDDEN: [Place; 2] = [(500, 150), (500, 430)];
const OUTPUT: Place = (860, 290);

/// The classes of the texts: what goes forward is blue, what comes back vermilion.
const FORWARD: &str = "f0";
const BACK: &str = "f1";
const INK: &str = "text";

/// The network with its numbers: on the neurons what goes forward, with δ what comes back; on the edges the weights with
/// their gradients. A file has its own rules for colours.
pub fn draw(lesson: &OneStep, is_file: bool) -> String {
    let OneStep { x, y, z1, a1, z2, a2, loss, delta1, delta2, before, gradient, .. } = lesson;
    let mut edges = Vec::new();
    for j in 0..2 {
        for i in 0..2 {
            let name = format!("w¹{}{}", INDEX[j], INDEX[i]);
            let (weight, slope) = (before.hidden.weight[i][j], gradient.hidden.weight[i][j]);
            edges.push(edge(INPUTS[i], HIDDEN[j], if i == j { 0.5 } else { 0.31 }, &name, weight, slope));
        }
        let (weight, slope) = (before.output.weight[j][0], gradient.output.weight[j][0]);
        edges.push(edge(HIDDEN[j], OUTPUT, 0.55, &format!("w²{}", INDEX[j]), weight, slope));
    }
    let hidden = |j: usize| {
        let n = INDEX[j];
        let below = [
            format!("z¹{n} = {:.4}", z1[j]),
            format!("b¹{n} = {:.2}", before.hidden.bias[j]),
            format!("δ¹{n} = ∂L/∂b¹{n} = {:.4}", delta1[j]),
        ];
        neuron(HIDDEN[j], &format!("a¹{n}"), a1[j], &below)
    };
    let output =
        [format!("z² = {z2:.4}"), format!("b² = {:.2}", before.output.bias[0]), format!("δ² = ∂L/∂b² = {delta2:.4}")];
    html! {
        svg class="tn-plot" role="img" xmlns="http://www.w3.org/2000/svg" width="1000" height="580" viewBox="0 0 1000 580" {
            title { "One step of the 2-2-1 network" }
            @if is_file { style { (PreEscaped(typednet_plot::style())) } }
            rect.ground width="1000" height="580" {}
            @for edge in edges { (edge) }
            @for i in 0..2 { (neuron(INPUTS[i], &format!("x{}", INDEX[i]), x[i], &[])) (hidden(i)) }
            (neuron(OUTPUT, "a²", *a2, &output))
            (text((860, 205), 16, INK, &format!("target y = {y}, L = {loss:.4}")))
            (text((500, 30), 20, INK, "One step of the 2-2-1 network, sigmoid everywhere"))
            (text((500, 58), 15, FORWARD, "blue: weights and biases, the way forward"))
            (text((500, 80), 15, BACK, "vermilion: δ and gradients, the way back"))
        }
    }
    .into_string()
        + "\n"
}

/// A text in the middle of its place.
fn text((x, y): Place, size: i32, class: &str, content: &str) -> Markup {
    html! { text class=(class) x=(x) y=(y + size / 3) font-size=(size) text-anchor="middle" { (content) } }
}

/// A weight with its gradient, at a share of the way.
fn edge(from: Place, to: Place, share: f64, name: &str, weight: f64, slope: f64) -> Markup {
    let along = |a: i32, b: i32| (f64::from(a) + share * f64::from(b - a)).round() as i32;
    let (x, y) = (along(from.0, to.0), along(from.1, to.1));
    html! {
        line.axis x1=(from.0) y1=(from.1) x2=(to.0) y2=(to.1) {}
        rect.ground x=(x - 76) y=(y - 20) width="152" height="40" {}
        (text((x, y - 9), 15, FORWARD, &format!("{name} = {weight:.2}")))
        (text((x, y + 10), 15, BACK, &format!("∂L/∂{name} = {slope:.4}")))
    }
}

/// A neuron with its activation, and what belongs to it below.
fn neuron((x, y): Place, name: &str, value: f64, below: &[String]) -> Markup {
    html! {
        circle.ground cx=(x) cy=(y) r="42" {}
        circle.axis cx=(x) cy=(y) r="42" {}
        (text((x, y - 11), 16, INK, name))
        (text((x, y + 11), 18, INK, &format!("{value:.4}")))
        @for ((line, below), class) in (0..).zip(below).zip([INK, FORWARD, BACK]) {
            (text((x, y + 56 + 19 * line), 15, class, below))
        }
    }
}
