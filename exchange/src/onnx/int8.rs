//! Products of integers: numbers that are quantised and dequantised again ("QDQ"), which runtimes compute as integers.

use std::collections::BTreeMap;

use typednet_layers::Compact;
use typednet_tensor::Scalar;

use super::graph::{Attribute, Graph, integer};
use super::value::Value;

/// The steps of a layer's input and of the weights that lead to each of its outputs.
#[derive(Clone, Debug)]
pub(super) struct Steps {
    /// The width of a step of the input.
    input: f32,
    /// The step that stands for 0.
    zero: u8,
    weights: Vec<f32>,
}

/// Of each layer that has some, by the first of its elements in the flat block.
pub(super) type StepsOf = BTreeMap<usize, Steps>;

/// The steps of `form`.
pub(super) fn steps_of<L: Compact>(form: &L::Int8) -> StepsOf {
    let mut places = Vec::new();
    L::TREE.visit_leaves(&mut |_, _, place| places.push(place));
    let (mut places, mut all) = (places.into_iter(), StepsOf::new());
    L::steps(form, &mut |steps| {
        let place = places.next().expect("steps of no more layers than the network has");
        if let Some(steps) = steps {
            let weights = (0..steps.scale.len()).map(|o| steps.width(o)).collect();
            // Where every input counts as 0, so do all weights.
            let input = if steps.inverse > 0.0 { 1.0 / steps.inverse } else { 1.0 };
            all.insert(place, Steps { input, zero: steps.zero_step(), weights });
        }
    });
    assert!(places.next().is_none(), "each layer says its steps, or that it has none");
    all
}

impl<T: Scalar> Graph<'_, T> {
    /// `x` in the steps of the layer that begins at `place`, if it has any.
    pub(super) fn in_steps(&mut self, place: usize, x: Value) -> Value {
        let Some(Steps { input, zero, .. }) = self.steps.get(&place).cloned() else { return x };
        let (width, zero) = (self.constant(&[], [f64::from(input)]), self.byte(zero));
        let bytes = self.node("QuantizeLinear", &[&x.name, &width, &zero], &[]);
        Value { name: self.node("DequantizeLinear", &[&bytes, &width, &zero], &[]), ..x }
    }

    /// The weights of the layer that begins at `place`, whose outputs are along `axis`: as integers where it has steps.
    pub(super) fn weight(
        &mut self,
        place: usize,
        name: &str,
        sizes: &[usize],
        axis: usize,
        numbers: impl Iterator<Item = T>,
    ) -> String {
        let Some(Steps { weights, .. }) = self.steps.get(&place).cloned() else {
            return self.parameter(name, sizes, numbers);
        };
        let inner: usize = sizes[axis + 1..].iter().product();
        let bytes = numbers.enumerate().map(|(i, w)| {
            let width = f64::from(weights[i / inner % weights.len()]);
            // A width that is none makes all weights NaN, which the factor does.
            if width > 0.0 { (w.to_f64_exact() / width).round() as i8 } else { 0 }
        });
        let bytes = self.bytes(&format!("{name}_quantized"), sizes, bytes);
        let widths = self.constant(&[weights.len()], weights.iter().map(|width| f64::from(*width)));
        let axis = [("axis", Attribute::Integer(integer(axis)))];
        self.node("DequantizeLinear", &[&bytes, &widths], &axis)
    }
}
