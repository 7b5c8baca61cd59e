//! Sequences of different lengths as nodes: what asks how many steps of each sample count.
//!
//! A graph has one count for each sample, as it has one input: whatever reads padded steps gives as many.

use std::collections::BTreeMap;

use typednet_layers::{LayerInfo, Operation};
use typednet_tensor::Scalar;

use super::graph::{Attribute, Graph, integer};
use super::value::{Layout, Value};

/// The name of the input that says how many steps of each sample count.
pub(super) const LENGTHS: &str = "lengths";

/// How many steps count, as the graph has it; each node is written where it is first asked for.
#[derive(Default)]
pub(super) struct Padding {
    /// The most steps of a sample; 0 where nothing is padded.
    pub(super) steps: usize,
    /// What came in, from 1 to the most.
    lengths: Option<String>,
    /// Whether each step counts, with these axes of size 1 put into `[batch, steps]`.
    masks: BTreeMap<Vec<i64>, String>,
}

/// Whether what the layer gives are still the steps that it reads, not something made of all of them.
pub(super) fn keeps_steps(node: &LayerInfo) -> bool {
    let makes_a_row = matches!(node.behaviour.operation, Operation::OfLast | Operation::OfMeanOverSteps);
    !node.behaviour.each.sizes().is_empty()
        || (!makes_a_row && node.children.iter().all(|child| keeps_steps(child.node)))
}

impl<T: Scalar> Graph<'_, T> {
    /// A sample has at least one step that counts and at most all, whatever comes in: as a `Padded` has.
    fn lengths(&mut self) -> String {
        if let Some(name) = &self.padding.lengths {
            return name.clone();
        }
        let [least, most] = [1, integer(self.padding.steps)].map(|number| self.index(number));
        let name = self.node("Clip", &[LENGTHS, &least, &most], &[]);
        self.padding.lengths.insert(name).clone()
    }

    /// Whether each step counts: `[batch, steps]`, with these axes of size 1 put in.
    fn mask(&mut self, axes: &[i64]) -> String {
        if let Some(name) = self.padding.masks.get(axes) {
            return name.clone();
        }
        let name = if axes.is_empty() {
            let lengths = self.column();
            let steps = self.list(&(0..integer(self.padding.steps)).collect::<Vec<_>>());
            self.node("Less", &[&steps, &lengths], &[])
        } else {
            let (mask, axes) = (self.mask(&[]), self.list(axes));
            self.node("Unsqueeze", &[&mask, &axes], &[])
        };
        self.padding.masks.insert(axes.to_vec(), name.clone());
        name
    }

    /// The lengths as `[batch, 1]`.
    fn column(&mut self) -> String {
        let (lengths, axis) = (self.lengths(), self.list(&[1]));
        self.node("Unsqueeze", &[&lengths, &axis], &[])
    }

    /// The steps that count, and 0 for the others, whatever they hold: a product with the mask would keep what is not a number.
    pub(super) fn cleared(&mut self, x: Value) -> Value {
        let zero = self.constant(&[], [0.0]);
        self.with_padding(x, &zero)
    }

    /// The tokens that count, and the first of the vocabulary for the others, which need not be in it.
    pub(super) fn cleared_tokens(&mut self, x: Value) -> Value {
        let zero = self.index(0);
        self.with_padding(x, &zero)
    }

    fn with_padding(&mut self, x: Value, number: &str) -> Value {
        let x = self.to(x, Layout::Last);
        let axes: Vec<i64> = (1..x.sizes.len()).map(|axis| 1 + integer(axis)).collect();
        let mask = self.mask(&axes);
        Value { name: self.node("Where", &[&mask, &x.name, number], &[]), ..x }
    }

    /// The scores of queries with keys, `[batch, heads, queries, keys]`, without those of keys that are padding.
    pub(super) fn without_padded_keys(&mut self, scores: &str) -> String {
        let (mask, hidden) = (self.mask(&[1, 2]), self.constant(&[], [f64::NEG_INFINITY]));
        self.node("Where", &[&mask, scores, &hidden], &[])
    }

    /// The steps that count from the last to the first; the others stay where they are.
    pub(super) fn turn_counted(&mut self, x: Value) -> Value {
        let (x, lengths) = (self.to(x, Layout::Last), self.lengths());
        let axes = [("batch_axis", Attribute::Integer(0)), ("time_axis", Attribute::Integer(1))];
        Value { name: self.node("ReverseSequence", &[&x.name, &lengths], &axes), ..x }
    }

    /// The last step that counts of each sample.
    pub(super) fn last_counted(&mut self, x: Value, output: &[usize]) -> Value {
        let x = self.to(x, Layout::Last);
        let (lengths, one) = (self.column(), self.index(1));
        let places = self.node("Sub", &[&lengths, &one], &[]);
        let name = self.node("GatherND", &[&x.name, &places], &[("batch_dims", Attribute::Integer(1))]);
        Value { name, sizes: output.to_vec(), layout: Layout::Last }
    }

    /// The mean of the steps that count.
    pub(super) fn mean_of_counted(&mut self, x: Value, output: &[usize]) -> Value {
        let (x, axis) = (self.cleared(x), self.list(&[1]));
        let sum = self.node("ReduceSum", &[&x.name, &axis], &[("keepdims", Attribute::Integer(0))]);
        let (lengths, element) = (self.column(), self.element().cast_signed());
        let count = self.node("Cast", &[&lengths], &[("to", Attribute::Integer(element))]);
        let name = self.node("Div", &[&sum, &count], &[]);
        Value { name, sizes: output.to_vec(), layout: Layout::Last }
    }
}
