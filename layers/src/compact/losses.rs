//! What a network loses by its form of one byte, layer by layer.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use typednet_tensor::{Flat, Model, Sample};

use super::{Compact, with_zeros};
use crate::ParamKind;

/// How large an error is beside what it is an error of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Noise {
    /// The sum of the squares of the exact numbers.
    pub signal: f64,
    /// The sum of the squares of the differences from them.
    pub noise: f64,
}

impl Noise {
    /// 10·log₁₀(`signal` / `noise`), infinite where there is no error: 40 dB are differences of a hundredth, and 6 dB more are one
    /// bit more.
    pub fn decibels(&self) -> f64 {
        if self.noise > 0.0 { 10.0 * num_traits::Float::log10(self.signal / self.noise) } else { f64::INFINITY }
    }

    /// Adds `found` in place of `exact`.
    fn add(&mut self, exact: f64, found: f64) {
        self.signal += exact * exact;
        self.noise += (exact - found) * (exact - found);
    }
}

impl fmt::Display for Noise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.noise > 0.0 { f.pad(&alloc::format!("{:.1} dB", self.decibels())) } else { f.pad("exact") }
    }
}

/// What becomes of the numbers that a layer reads.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct InputLoss {
    /// What their steps lose, beside the numbers that the layer reads in its form.
    pub noise: Noise,
    /// How many are beyond the range, and count as its end.
    pub clipped: u64,
    /// How many there are.
    pub count: u64,
}

/// What a layer loses.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerLoss {
    /// Where it stands in the network.
    pub path: String,
    /// The layer.
    pub layer: String,
    /// The error of its weights.
    pub weights: Noise,
    /// Of a layer whose products are computed in integers, the error of what it reads; of a table that is the output's weight too, that
    /// of what is multiplied with it.
    pub inputs: Option<InputLoss>,
    /// The error of what it gives, with what all layers before it have lost.
    pub outputs: Noise,
}

/// What a network loses by its form of one byte for some samples: of each layer with weights the error of those, of what it reads and
/// of what it gives. From [`Network::losses`](crate::Network::losses), whose documentation has an example; printed, it is a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Losses {
    /// The layers with weights, from the first to the last.
    pub layers: Vec<LayerLoss>,
    /// The error of what the network gives.
    pub outputs: Noise,
}

impl fmt::Display for Losses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |layer: &LayerLoss| alloc::format!("{} {}", layer.path, layer.layer);
        let width = self.layers.iter().map(|layer| name(layer).chars().count()).max().unwrap_or(0).max("network".len());
        writeln!(f, "{:width$}  {:>9} {:>9} {:>9} {:>9}", "layer", "weights", "inputs", "clipped", "outputs")?;
        for layer in &self.layers {
            write!(f, "{:width$}  {:>9} ", name(layer), layer.weights)?;
            match &layer.inputs {
                Some(InputLoss { noise, clipped, count }) => {
                    let share = 100.0 * *clipped as f64 / (*count).max(1) as f64;
                    write!(f, "{noise:>9} {:>9} ", alloc::format!("{share:.2} %"))?;
                }
                None => write!(f, "{:>9} {:>9} ", "f32", "")?,
            }
            writeln!(f, "{:>9}", layer.outputs)?;
        }
        write!(f, "{:width$}  {:>9} {:>9} {:>9} {:>9}", "network", "", "", "", self.outputs)
    }
}

/// Sums for each layer without layers inside, in the order of the network's tree.
#[derive(Default)]
pub struct Walk {
    next: usize,
    sums: Vec<(Option<InputLoss>, Noise)>,
}

impl Walk {
    /// The place of the next layer, to come back to.
    pub(super) fn place(&self) -> usize {
        self.next
    }

    /// Comes back, since the layers from there on are used again.
    pub(super) fn back_to(&mut self, place: usize) {
        self.next = place;
    }

    /// The next layer has given `y` and, in its form, `in_form`; of what it read there, `steps` says the steps, if it makes some.
    pub(super) fn layer<Y: Sample<Elem = f32>>(&mut self, y: [&Y; 2], read: Option<(&[f32], [f32; 2])>) {
        self.numbers(y.map(Flat::as_flat), read);
    }

    /// As [`layer`](Self::layer), of those numbers that count.
    pub(super) fn numbers(&mut self, y: [&[f32]; 2], read: Option<(&[f32], [f32; 2])>) {
        let place = self.next;
        if self.sums.len() == place {
            self.sums.push((None, Noise::default()));
        }
        self.next += 1;
        add(&mut self.sums[place].1, y);
        if let Some((x, steps)) = read {
            self.reads(place, x, steps);
        }
    }

    /// The layer at `place` reads `x` in its form, in steps of which 1/s and q₀ are said.
    pub(super) fn reads(&mut self, place: usize, x: &[f32], [inverse, zero]: [f32; 2]) {
        let loss = self.sums[place].0.get_or_insert_default();
        for x in x {
            let place = x * inverse + zero;
            let step = num_traits::Float::round(place.clamp(0.0, 255.0));
            let found = if inverse > 0.0 { (step - zero) / inverse } else { 0.0 };
            loss.noise.add(f64::from(*x), f64::from(found));
            loss.clipped += u64::from(!(-0.5..=255.5).contains(&place));
            loss.count += 1;
        }
    }
}

/// Adds the error of what a form gives.
fn add(noise: &mut Noise, [y, in_form]: [&[f32]; 2]) {
    for (exact, found) in y.iter().zip(in_form) {
        noise.add(f64::from(*exact), f64::from(*found));
    }
}

/// As [`Network::losses`](crate::Network::losses).
pub(crate) fn losses<L: Compact>(net: &L, form: &L::Int8, samples: &[L::In]) -> Losses {
    let (mut walk, mut outputs) = (Walk::default(), Noise::default());
    // How many steps count is no number.
    let numbers = L::Out::LEN - usize::from(L::Out::SHAPE.is_padded());
    with_zeros(|y: &mut L::Out| {
        with_zeros(|in_form: &mut L::Out| {
            for x in samples {
                walk.back_to(0);
                net.compare(form, [x, x], [&mut *y, &mut *in_form], &mut walk);
                add(&mut outputs, [&*y, &*in_form].map(|y| &y.as_flat()[..numbers]));
            }
        });
    });
    let mut restored = Model::<L>::zeroed();
    net.restore(form, &mut restored);
    let mut sums = walk.sums.into_iter();
    let mut layers = Vec::new();
    let weights = [net.as_flat(), restored.as_flat()];
    L::TREE.visit_leaves(&mut |path, node, place| {
        let found = sums.next();
        assert!(found.is_some() || samples.is_empty(), "{path} was not compared with its form");
        let (inputs, outputs) = found.unwrap_or_default();
        let (mut noise, mut end, mut has_weights) = (Noise::default(), place, false);
        for param in node.params {
            let range = end..end + param.shape.len();
            end = range.end;
            if param.kind == ParamKind::Weight {
                has_weights = true;
                for (exact, found) in weights[0][range.clone()].iter().zip(&weights[1][range]) {
                    noise.add(f64::from(*exact), f64::from(*found));
                }
            }
        }
        if has_weights {
            let (path, layer) = (path.to_string(), node.to_string());
            layers.push(LayerLoss { path, layer, weights: noise, inputs, outputs });
        }
    });
    assert!(sums.next().is_none(), "more layers were compared with their forms than the network has");
    Losses { layers, outputs }
}
