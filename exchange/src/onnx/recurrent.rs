//! Recurrent layers as nodes, and steps from the last to the first.

use typednet_layers::Operation;
use typednet_tensor::Scalar;

use super::graph::{Attribute, Graph, integer};
use super::layers::At;
use super::value::{Layout, Value};
use crate::recurrent_activation::activation;

impl<T: Scalar> Graph<'_, T> {
    /// ONNX has the steps outermost, an axis for directions, a row for each unit, and gates in an order of its own.
    pub(super) fn recurrent(&mut self, at: At<'_>, x: Value) -> Value {
        let (operator, gates): (_, &[usize]) = match at.node.behaviour.operation {
            Operation::OfLstm => ("LSTM", &[0, 3, 1, 2]),
            Operation::OfGru => ("GRU", &[1, 0, 2]),
            _ => ("RNN", &[0]),
        };
        let units = at.node.output.sizes().last().copied().unwrap_or_default();
        let mut attributes = vec![("hidden_size", Attribute::Integer(integer(units)))];
        match operator {
            "GRU" => attributes.push(("linear_before_reset", Attribute::Integer(1))),
            "RNN" => {
                let (name, number) = activation(at.node.behaviour.function).unwrap_or(("Tanh", None));
                attributes.push(("activations", Attribute::Texts(vec![name])));
                attributes.extend(number.map(|number| ("activation_alpha", Attribute::Numbers(vec![number]))));
            }
            _ => {}
        }
        let weights = [0, 1].map(|param| self.gates(at, param, gates, units));
        let bias = self.biases(at, gates, units);
        let x = self.to(x, Layout::Last);
        let swap =
            |graph: &mut Self, x: &str| graph.node("Transpose", &[x], &[("perm", Attribute::Integers(vec![1, 0, 2]))]);
        let steps = swap(self, &x.name);
        let [input, state] = &weights;
        let y = self.node(operator, &[&steps, input, state, &bias], &attributes);
        let direction = self.list(&[1]);
        let y = self.node("Squeeze", &[&y, &direction], &[]);
        let name = swap(self, &y);
        Value { name, sizes: at.node.output.sizes().to_vec(), layout: Layout::Last }
    }

    /// `[inputs][gate][unit]` as `[1][gate·unit][inputs]`.
    fn gates(&mut self, at: At<'_>, param: usize, gates: &[usize], units: usize) -> String {
        let ((name, range), block) = (at.param(param), self.block);
        let (rows, block) = (gates.len() * units, &block[range]);
        let inputs = block.len() / rows.max(1);
        let numbers = gates.iter().flat_map(|gate| (0..units).map(move |unit| gate * units + unit));
        let numbers = numbers.flat_map(|row| (0..inputs).map(move |input| block[input * rows + row]));
        self.parameter(&name, &[1, rows, inputs], numbers)
    }

    /// The biases of the input, then those of the state.
    fn biases(&mut self, at: At<'_>, gates: &[usize], units: usize) -> String {
        let ((name, range), block) = (at.param(2), self.block);
        let first = &block[range];
        let second = at.node.params.get(3).map(|_| &block[at.param(3).1]);
        let of_input = gates.iter().flat_map(|gate| first[gate * units..][..units].iter().copied());
        // Those of the last gate, where there are any.
        let none = vec![T::ZERO; first.len() - second.map_or(0, <[T]>::len)];
        let of_state = none.into_iter().chain(second.into_iter().flatten().copied());
        self.parameter(&name, &[1, 2 * first.len()], of_input.chain(of_state))
    }

    /// The steps from the last to the first.
    pub(super) fn turn_steps(&mut self, at: At<'_>, x: Value) -> Value {
        if at.is_told {
            return self.turn_counted(x);
        }
        let x = self.to(x, Layout::Last);
        let [start, end, axis, step] = [-1, i64::MIN, 1, -1].map(|number| self.list(&[number]));
        Value { name: self.node("Slice", &[&x.name, &start, &end, &axis, &step], &[]), ..x }
    }
}
