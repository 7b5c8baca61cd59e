//! What the first weights do to a deep network: the activations of each layer as histograms (lecture section 5).
//!
//! ```text
//! cargo run --release -p typednet-course --example initialisation
//! ```
//!
//! Ten layers of 128 neurons, 256 random inputs, nothing trained. With weights of 0 nothing gets through, N(0, 1)
//! saturates, N(0, 0.01) fades away, Xavier keeps the spread with tanh, and He with ReLU, where Xavier does not.

use typednet::layers::Activation;
use typednet::prelude::*;
use typednet_plot::{Chart, Figure, number};

use crate::{Claims, Failed, Lesson, Notes, say};

/// Section 5.
pub const LESSON: Lesson = Lesson {
    name: "initialisation",
    title: "What the first weights do to a deep network",
    section: "5. Initialisation",
    run: lesson,
};

/// Neurons in a layer.
pub const WIDTH: usize = 128;

/// Layers.
pub const DEPTH: usize = 10;

const ROWS: usize = 256;

/// The activations of each layer, one list per layer, for normal inputs and weights from `init`.
pub fn activations<A: Activation<f32>>(init: Init) -> Vec<Vec<f32>> {
    let key = Key::new(5);
    let mut x: Vec<[f32; WIDTH]> =
        (0..ROWS).map(|row| std::array::from_fn(|i| key.normal((row * WIDTH + i) as u64))).collect();
    let mut layer = Dense::<WIDTH, WIDTH, A>::zeroed();
    let mut all = Vec::new();
    for depth in 0..DEPTH {
        layer.initialise_with(init, depth as u64);
        let mut y = vec![[0.0; WIDTH]; ROWS];
        layer.infer(&x, &mut y, &mut [], PassContext::new(key));
        all.push(y.as_flattened().to_vec());
        x = y;
    }
    all
}

/// A way to begin, and the activations it leads to.
pub struct Start {
    /// Its name, with that of the activation.
    pub name: &'static str,
    /// What the histogram shows.
    pub range: (f64, f64),
    /// The activations of each layer.
    pub layers: Vec<Vec<f32>>,
}

/// All that are compared.
pub fn starts() -> [Start; 6] {
    let tanh = |name, init| Start { name, range: (-1.0, 1.0), layers: activations::<Tanh>(init) };
    let relu = |name, init| Start { name, range: (0.0, 3.0), layers: activations::<Relu>(init) };
    [
        tanh("zeros, tanh", Init::Zeros),
        tanh("N(0, 1), tanh", Init::Normal(1.0)),
        tanh("N(0, 0.01), tanh", Init::Normal(0.01)),
        tanh("Xavier, tanh", Init::XavierNormal),
        relu("Xavier, ReLU", Init::XavierNormal),
        relu("He, ReLU", Init::HeNormal),
    ]
}

/// √(mean a²)
pub fn root_mean_square(a: &[f32]) -> f64 {
    (a.iter().map(|a| f64::from(*a).powi(2)).sum::<f64>() / a.len() as f64).sqrt()
}

/// The share of neurons at the flat ends of tanh, |a| > 0.95.
pub fn saturated(a: &[f32]) -> f64 {
    a.iter().filter(|a| a.abs() > 0.95).count() as f64 / a.len() as f64
}

/// What the lecture says of each.
pub fn check([zeros, one, small, xavier, xavier_relu, he]: &[Start; 6]) -> Claims {
    let size = |start: &Start, layer: usize| root_mean_square(&start.layers[layer]);
    let last = |start: &Start| size(start, DEPTH - 1);
    let kept = |start: &Start| last(start) / size(start, 0);
    let least = |start: &Start| start.layers.iter().map(|layer| saturated(layer)).fold(1.0, f64::min);
    let most = |start: &Start| start.layers.iter().map(|layer| saturated(layer)).fold(0.0, f64::max);
    let percent = |share: f64| format!("{:.0} % of the neurons are saturated", 100.0 * share);
    let share = |start: &Start| format!("layer 10 has {} of the size of layer 1", number(kept(start)));
    Claims::new()
        .hold(zeros.layers.iter().flatten().all(|a| *a == 0.0), "zeros let nothing through", "every activation is 0")
        .hold(least(one) > 0.7, "N(0, 1) saturates every layer", format!("at least {}", percent(least(one))))
        .hold(
            small.layers.windows(2).all(|pair| root_mean_square(&pair[1]) < 0.2 * root_mean_square(&pair[0]))
                && last(small) < 1e-8,
            "N(0, 0.01) fades away, to a fifth or less in each layer",
            format!("√(mean a²) is {} at layer 10", number(last(small))),
        )
        .hold(
            most(xavier) < 0.1 && kept(xavier) > 0.3,
            "Xavier keeps the spread with tanh and does not saturate",
            format!("{}; at most {}", share(xavier), percent(most(xavier))),
        )
        .hold(
            kept(xavier_relu) < 0.1,
            "with ReLU Xavier does not: half of its variance is lost in each layer",
            share(xavier_relu),
        )
        .hold((0.5..2.0).contains(&kept(he)), "He keeps it with ReLU", share(he))
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let starts = starts();
    notes.claim(check(&starts));
    say!(notes, "{DEPTH} layers of {WIDTH} neurons: √(mean a²) by layer");
    let mut charts = Vec::new();
    for Start { name, range, layers } in &starts {
        let sizes: Vec<String> = layers.iter().map(|layer| format!("{:.1e}", root_mean_square(layer))).collect();
        say!(notes, "  {name:<17} {}", sizes.join("  "));
        for depth in [1, 4, 10] {
            let a = &layers[depth - 1];
            let axis = format!("activation a, √(mean a²) = {}", number(root_mean_square(a)));
            let chart = Chart::new(format!("{name}: layer {depth}"), axis, "share (cut at 0.3)");
            charts.push(chart.x_range(range.0, range.1).y_range(0.0, 0.3).histogram("", a, 40, *range));
        }
    }
    let figure = Figure::new("Activations by depth, before any training", 3, charts).panel(370, 240);
    notes.draw(
        "initialisation",
        &figure.note("From left to right deeper into the network: a good start has the same histogram in each layer."),
    )
}
