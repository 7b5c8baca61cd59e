//! Activations that are more than one operator of one input.

use typednet_layers::Function;

use super::file::Node;
use super::inputs::Inputs;
use super::links::{Piece, Step};
use super::patterns;
use super::shapes;
use super::value::Computed;
use super::walk::Walk;

/// From here on ln(1 + e^x) is x in numbers of 32 bits.
const LARGE: f64 = 17.0;

impl Walk<'_, '_> {
    pub(super) fn softmax(&mut self, node: &Node<'_>, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let x = inputs.computed(0)?;
        let rank = x.axes.rank();
        let old = self.file.opset < 13;
        let axis = shapes::axis_of(node.integer("axis", if old { 1 } else { -1 }), rank)?;
        // Of all axes from there on, in old versions.
        if old && axis + 1 != rank {
            return Err(format!("it works along all axes from {axis} on"));
        }
        let x = self.rows(x, axis)?;
        let function = if node.operator == "Softmax" { Function::OfSoftmax } else { Function::OfLogSoftmax };
        Ok(self.push(&x, patterns::function(function)))
    }

    pub(super) fn logarithm(&mut self, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let x = inputs.computed(0)?;
        if self.links.activation(x.link) != Some(Function::OfSoftmax) {
            return Err("it is a logarithm of another value than a softmax".to_owned());
        }
        let before = Computed { link: self.links.get(x.link).parent, axes: x.axes.clone() };
        Ok(self.push(&before, patterns::function(Function::OfLogSoftmax)))
    }

    pub(super) fn step(&mut self, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let x = inputs.computed(0)?;
        if inputs.constant(1)?.single() != Some(0.0) {
            return Err("it compares with another number than 0".to_owned());
        }
        Ok(self.push(x, patterns::function(Function::OfStep)))
    }

    /// A softplus that is x itself where that is large.
    pub(super) fn choice(&mut self, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let [which, x, y] = [inputs.computed(0)?, inputs.computed(1)?, inputs.computed(2)?].map(|value| value.link);
        let is_large = matches!(self.links.get(which).step, Step::Piece(Piece::Above(limit)) if limit >= LARGE);
        let is_softplus = self.links.activation(y) == Some(Function::OfSoftplus);
        if is_large && is_softplus && [which, y].iter().all(|link| self.links.get(*link).parent == x) {
            return Ok(inputs.computed(2)?.clone());
        }
        Err("it chooses between two values, which no layer here does".to_owned())
    }

    pub(super) fn hard_sigmoid(&mut self, node: &Node<'_>, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let (alpha, beta) = (node.number("alpha", 0.2), node.number("beta", 0.5));
        if !(patterns::is_near(alpha, 1.0 / 6.0) && patterns::is_near(beta, 0.5)) {
            return Err(format!("it is a hard sigmoid of slope {alpha}, which no layer has"));
        }
        Ok(self.push(inputs.computed(0)?, Step::Piece(Piece::HardSigmoid)))
    }
}
