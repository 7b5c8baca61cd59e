//! Products of integers: numbers that are quantised and dequantised again ("QDQ"), which runtimes compute as integers.

use typednet_tensor::Scalar;

use super::graph::{Attribute, Graph, integer};
use super::steps::Steps;
use super::value::Value;

impl<T: Scalar> Graph<'_, T> {
    /// `x` in the steps of the layer that begins at `place`, if it has any: of a tied embedding those of what its table is multiplied with.
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
