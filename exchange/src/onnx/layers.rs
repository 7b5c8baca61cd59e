//! The walk over the tree.

use typednet_layers::{LayerInfo, Operation};
use typednet_tensor::{Scalar, Shape};

use super::graph::{Attribute, Graph, integer};
use super::padding::keeps_steps;
use super::value::{Layout, Value};
use crate::order::part;

/// A layer and where it stands.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) node: &'a LayerInfo,
    /// Its name here.
    pub(super) path: &'a str,
    /// The first of its elements in the flat block.
    pub(super) start: usize,
    /// Whether what it reads are steps of which only the first count: it is padded, or stands in what is.
    pub(super) is_told: bool,
}

impl At<'_> {
    /// The name of a parameter, and its elements in the flat block.
    pub(super) fn param(&self, index: usize) -> (String, std::ops::Range<usize>) {
        let before: usize = self.node.params[..index].iter().map(|param| param.shape.len()).sum();
        let (param, start) = (&self.node.params[index], self.start + before);
        (dotted(self.path, param.name), start..start + param.shape.len())
    }
}

fn dotted(outer: &str, inner: &str) -> String {
    if outer.is_empty() { inner.to_owned() } else { format!("{outer}.{inner}") }
}

/// Whether the operation is done along the last axis of an array of any rank, or to each element.
const fn is_along_rows(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::OfIdentity
            | Operation::OfScale(_)
            | Operation::OfDense
            | Operation::OfEmbedding
            | Operation::OfSwiGlu
            | Operation::OfBatchNorm { .. }
            | Operation::OfLayerNorm { .. }
            | Operation::OfRmsNorm { .. }
    )
}

impl<T: Scalar> Graph<'_, T> {
    /// What the network gives for `x`.
    pub(super) fn network(&mut self, tree: &LayerInfo, x: Value) -> Value {
        let y = self.layer(At { node: tree, path: "", start: 0, is_told: false }, x);
        if tree.output.is_padded() { self.cleared(y) } else { y }
    }

    /// Padding is set to 0 where it leaves the layers that know of it; between them none looks at it.
    fn layer(&mut self, at: At<'_>, x: Value) -> Value {
        let is_padded = at.node.behaviour.padded;
        let y = self.parts(At { is_told: at.is_told || is_padded, ..at }, x);
        if is_padded && !at.node.output.is_padded() && keeps_steps(at.node) { self.cleared(y) } else { y }
    }

    fn parts(&mut self, at: At<'_>, x: Value) -> Value {
        let LayerInfo { behaviour, output, .. } = at.node;
        let axes = behaviour.each.sizes();
        if axes.is_empty() || is_along_rows(behaviour.operation) {
            let y = self.operation(at, x);
            let is_inside = behaviour.operation == Operation::OfRnn;
            return if is_inside { y } else { self.activate(behaviour.function, y) };
        }
        // The parts of all samples as samples of their own, in which nothing is padding.
        let [read, given] = part(at.node).map(Shape::new);
        let mut behaviour = *behaviour;
        behaviour.each = Shape::SCALAR;
        let inner = LayerInfo { input: read, output: given, behaviour, ..*at.node };
        let parts = self.reshape(x, read.sizes());
        let y = self.parts(At { node: &inner, is_told: false, ..at }, parts);
        self.reshape(y, output.sizes())
    }

    /// The layers inside, each with what it reads.
    fn child(&mut self, at: At<'_>, index: usize, x: Value) -> Value {
        let own: usize = at.node.params.iter().map(|param| param.shape.len()).sum();
        let before: usize = at.node.children[..index].iter().map(|child| child.node.len()).sum();
        let child = &at.node.children[index];
        let path = dotted(at.path, child.name);
        self.layer(At { node: child.node, path: &path, start: at.start + own + before, ..at }, x)
    }

    /// The products with the rows of the embedding's table, which is in the graph already, and the bias, if there is one.
    fn logits(&mut self, at: At<'_>, x: Value) -> Value {
        let own: usize = at.node.params.iter().map(|param| param.shape.len()).sum();
        let place = at.start + own;
        let x = self.to(x, Layout::Last);
        let x = self.in_steps(place, x);
        let table = self.tables[&place].clone();
        let weight = self.node("Transpose", &[&table], &[("perm", Attribute::Integers(vec![1, 0]))]);
        let mut name = self.node("MatMul", &[&x.name, &weight], &[]);
        if own > 0 {
            let bias = self.vector(at, 0);
            name = self.node("Add", &[&name, &bias], &[]);
        }
        Value { name, sizes: at.node.output.sizes().to_vec(), layout: Layout::Last }
    }

    fn operation(&mut self, at: At<'_>, x: Value) -> Value {
        match at.node.behaviour.operation {
            Operation::OfSequence => {
                let mut value = x;
                for index in 0..at.node.children.len() {
                    value = self.child(at, index, value);
                }
                value
            }
            Operation::OfResidual => {
                let y = self.child(at, 0, x.clone());
                self.join("Add", [x, y], None)
            }
            Operation::OfAdd => {
                let branches = [self.child(at, 0, x.clone()), self.child(at, 1, x)];
                self.join("Add", branches, None)
            }
            Operation::OfConcat => {
                let branches = [self.child(at, 0, x.clone()), self.child(at, 1, x)];
                self.join("Concat", branches, Some(at.node.output.sizes()))
            }
            Operation::OfReverse => {
                let turned = self.turn_steps(at, x);
                let y = self.child(at, 0, turned);
                self.turn_steps(at, y)
            }
            Operation::OfTiedEmbedding => {
                let vectors = self.child(at, 0, x);
                let vectors = self.child(at, 1, vectors);
                self.logits(at, vectors)
            }
            Operation::OfRnn | Operation::OfLstm | Operation::OfGru => self.recurrent(at, x),
            _ => self.alone(at, x),
        }
    }

    /// Two values of one layout; `along` the channels where that is said.
    fn join(&mut self, operator: &str, [a, b]: [Value; 2], along: Option<&[usize]>) -> Value {
        // Where they differ, as they are here.
        let layout = if a.layout == b.layout { a.layout } else { Layout::Last };
        let (a, b) = (self.to(a, layout), self.to(b, layout));
        let sizes = along.map_or_else(|| a.sizes.clone(), <[usize]>::to_vec);
        let attributes: &[_] = match along {
            Some(_) => &[("axis", Attribute::Integer(integer(a.channels())))],
            None => &[],
        };
        let name = self.node(operator, &[&a.name, &b.name], attributes);
        Value { name, sizes, layout }
    }
}
