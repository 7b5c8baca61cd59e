//! Products with matrices.

use typednet_layers::{Function, Operation};

use super::file::Node;
use super::inputs::Inputs;
use super::links::{Param, Piece, Step};
use super::tensor::Tensor;
use super::value::{Computed, Value};
use super::walk::{Walk, shown};

impl Walk<'_, '_> {
    pub(super) fn product(&mut self, inputs: &Inputs<'_>) -> Result<Computed, String> {
        match &inputs.0[..] {
            [Some(Value::Computed(x)), Some(Value::Constant(_))] => {
                self.matrix(x, inputs.constant(1)?, [false, false], 1.0)
            }
            [Some(Value::Computed(x)), Some(Value::Computed(y))] => self.attention_product(x, y),
            _ => Err("it multiplies a constant by what the network computes, and not the other way round".to_owned()),
        }
    }

    pub(super) fn gemm(&mut self, node: &Node<'_>, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let x = inputs.computed(0)?;
        if x.axes.rank() != 2 {
            return Err(format!("it reads {}, which is no matrix", shown(&x.axes)));
        }
        let (alpha, beta) = (node.number("alpha", 1.0), node.number("beta", 1.0));
        let turned = ["transA", "transB"].map(|name| node.integer(name, 0) != 0);
        let given = self.matrix(x, inputs.constant(1)?, turned, alpha)?;
        let Some(bias) = inputs.maybe(2)? else { return Ok(given) };
        let outputs = given.axes.size(1);
        let scaled: Vec<f64> = bias.numbers().iter().map(|x| if beta == 1.0 { *x } else { x * beta }).collect();
        let numbers = match scaled[..] {
            [number] => vec![number; outputs],
            _ if scaled.len() == outputs && bias.sizes.last() == Some(&outputs) => scaled,
            _ => return Err(format!("its bias has the sizes {:?}", bias.sizes)),
        };
        let Step::Layer { operation: Operation::OfDense, params, .. } = &self.links.get(given.link).step else {
            return self.out_bias(&given, numbers);
        };
        let mut params = params.clone();
        params.push(Param { name: "bias", sizes: vec![outputs], numbers });
        self.instead(&given, params)
    }

    /// x·W along the last axis.
    fn matrix(
        &mut self,
        x: &Computed,
        matrix: &Tensor<'_>,
        turned: [bool; 2],
        factor: f64,
    ) -> Result<Computed, String> {
        let axis = x.axes.rank().checked_sub(1).ok_or("it multiplies a single number")?;
        let [rows, columns] = matrix.sizes[..] else {
            return Err(format!("it multiplies by an array of {:?}", matrix.sizes));
        };
        let (inputs, outputs) = if turned[1] { (columns, rows) } else { (rows, columns) };
        if matrix.len() == 0 {
            return Err("its matrix is empty".to_owned());
        }
        if turned[0] || x.axes.has_batch(axis) {
            return Err("it multiplies along the samples".to_owned());
        }
        if inputs != x.axes.size(axis) {
            return Err(format!("it multiplies {} by a matrix of {inputs} inputs", shown(&x.axes)));
        }
        let wrong = || {
            format!(
                "it multiplies along the last axis of {}, which is not the last one of a sample here",
                shown(&x.axes)
            )
        };
        let order = x.axes.features(axis).ok_or_else(wrong)?;
        let mut numbers = vec![0.0; matrix.len()];
        for (place, to) in order.iter().enumerate() {
            for output in 0..outputs {
                let number = matrix.get(if turned[1] { output * inputs + place } else { place * outputs + output });
                numbers[to * outputs + output] = if factor == 1.0 { number } else { number * factor };
            }
        }
        let x = self.rows(x, axis)?;
        let weight = Param { name: "weight", sizes: vec![inputs, outputs], numbers };
        let mut sizes = self.links.get(x.link).sizes.clone();
        if let Some(last) = sizes.last_mut() {
            *last = outputs;
        }
        let axes = x.axes.with_features(axis, outputs);
        match self.links.get(x.link).step {
            Step::Piece(Piece::Shares(_)) => return self.attention_output(&x, weight, axes),
            Step::Piece(Piece::Gate(ends)) => {
                if let Some(step) = self.opened(ends, &weight) {
                    return Ok(self.push_to(&x, step, sizes, axes).behind_parent(self, x.link));
                }
            }
            _ => {}
        }
        let step = Step::Layer { operation: Operation::OfDense, function: Function::OfLinear, params: vec![weight] };
        Ok(self.push_to(&x, step, sizes, axes))
    }

    /// (silu(x·W) ⊙ x·V)·U
    fn opened(&self, ends: [usize; 2], down: &Param) -> Option<Step> {
        let [[gate], [up]] = [self.links.dense(ends[0])?, self.links.dense(ends[1])?] else { return None };
        // The layer gives what it reads, and both products are as wide.
        if gate.sizes[0] != down.sizes[1] || gate.sizes != up.sizes {
            return None;
        }
        let named = |name, param: &Param| Param { name, ..param.clone() };
        let params = vec![named("gate", gate), named("up", up), named("down", down)];
        Some(Step::Layer { operation: Operation::OfSwiGlu, function: Function::OfLinear, params })
    }
}

impl Computed {
    /// The last step behind what stands before `link`, whose piece is a part of it.
    fn behind_parent(self, walk: &mut Walk<'_, '_>, link: usize) -> Self {
        let (step, sizes) = (walk.links.get(self.link).step.clone(), walk.links.get(self.link).sizes.clone());
        let parent = Self { link: walk.links.get(link).parent, axes: self.axes.clone() };
        walk.push_to(&parent, step, sizes, self.axes)
    }
}
