//! Layers of transformers as nodes.

use typednet_layers::Function;
use typednet_tensor::Scalar;

use super::graph::{Attribute, Graph, integer};
use super::layers::At;
use super::value::{Layout, Value};

/// What the lengths of waves go up to.
const LONGEST: f64 = 10_000.0;

/// What is added to a column of a step of so many columns.
pub(super) fn wave(step: usize, column: usize, width: usize) -> f64 {
    let even = column / 2 * 2;
    let angle = step as f64 * LONGEST.powf(-(even as f64) / width as f64);
    if column == even { angle.sin() } else { angle.cos() }
}

/// By how much columns p and p + w/2 of a step are turned, where a head has w columns.
pub(super) fn angle(step: usize, p: usize, width: usize) -> f64 {
    step as f64 * LONGEST.powf(-2.0 * p as f64 / width as f64)
}

impl<T: Scalar> Graph<'_, T> {
    /// The rows of a table.
    pub(super) fn embedding(&mut self, at: At<'_>, x: Value) -> Value {
        let x = if at.is_told { self.cleared_tokens(x) } else { x };
        let ((name, range), block) = (at.param(0), self.block);
        let sizes = at.node.params[0].shape;
        let table = self.weight(at.start, &name, sizes.sizes(), 0, block[range].iter().copied());
        let name = self.node("Gather", &[&table, &x.name], &[]);
        self.tables.insert(at.start, table);
        Value { name, sizes: at.node.output.sizes().to_vec(), layout: Layout::Last }
    }

    /// A row for each step, added.
    pub(super) fn positions(&mut self, at: At<'_>, x: Value) -> Value {
        let x = self.to(x, Layout::Last);
        let rows = self.matrix(at, 0);
        Value { name: self.node("Add", &[&x.name, &rows], &[]), ..x }
    }

    /// Sines and cosines, added.
    pub(super) fn waves(&mut self, x: Value) -> Value {
        let x = self.to(x, Layout::Last);
        let [steps, width] = [0, 1].map(|axis| x.sizes[axis]);
        let numbers = (0..steps).flat_map(|step| (0..width).map(move |column| wave(step, column, width)));
        let rows = self.constant(&[steps, width], numbers);
        Value { name: self.node("Add", &[&x.name, &rows], &[]), ..x }
    }

    /// (silu(x·W) ⊙ x·V)·U
    pub(super) fn gated(&mut self, at: At<'_>, x: Value) -> Value {
        let x = self.to(x, Layout::Last);
        let [gate, up, down] = [0, 1, 2].map(|param| self.matrix(at, param));
        let z = Value { name: self.node("MatMul", &[&x.name, &gate], &[]), ..x.clone() };
        let opened = self.activate(Function::OfSilu, z);
        let raised = self.node("MatMul", &[&x.name, &up], &[]);
        let hidden = self.node("Mul", &[&opened.name, &raised], &[]);
        Value { name: self.node("MatMul", &[&hidden, &down], &[]), ..x }
    }

    /// Queries, keys and values of all heads at once, as `[heads][steps][width]` of each sample.
    ///
    /// Padding has no share in a sum, and is 0 there, since 0 times what is not a number would be none.
    pub(super) fn attention(&mut self, at: At<'_>, x: Value, heads: usize, [causal, rotary]: [bool; 2]) -> Value {
        let x = if at.is_told { self.cleared(x) } else { self.to(x, Layout::Last) };
        let [steps, columns] = [0, 1].map(|axis| x.sizes[axis]);
        let width = columns / heads.max(1);
        let [weight, out_weight] = [0, 2].map(|param| self.matrix(at, param));
        let [bias, out_bias] = [1, 3].map(|param| self.vector(at, param));

        let product = self.node("MatMul", &[&x.name, &weight], &[]);
        let all = self.node("Add", &[&product, &bias], &[]);
        let cut = self.list(&[-1, integer(steps), 3, integer(heads), integer(width)]);
        let all = self.node("Reshape", &[&all, &cut], &[]);
        let all = self.transposed(&all, [2, 0, 3, 1, 4]);
        let [queries, keys, values] = [0, 1, 2].map(|which| {
            let which = self.index(which);
            self.node("Gather", &[&all, &which], &[])
        });
        let [queries, keys] =
            if rotary { [queries, keys].map(|x| self.rotated(&x, steps, width)) } else { [queries, keys] };

        let keys = self.transposed(&keys, [0, 1, 3, 2]);
        let scores = self.node("MatMul", &[&queries, &keys], &[]);
        let mut scores = self.with("Mul", &scores, 1.0 / (width as f64).sqrt());
        if causal {
            let hidden = |step: usize, seen: usize| if seen > step { f64::NEG_INFINITY } else { 0.0 };
            let numbers = (0..steps).flat_map(|step| (0..steps).map(move |seen| hidden(step, seen)));
            let mask = self.constant(&[steps, steps], numbers);
            scores = self.node("Add", &[&scores, &mask], &[]);
        } else if at.is_told {
            // What is causal sees no padding from a step that counts: it stands behind all that do.
            scores = self.without_padded_keys(&scores);
        }
        let shares = self.node("Softmax", &[&scores], &[("axis", Attribute::Integer(-1))]);
        let sums = self.node("MatMul", &[&shares, &values], &[]);
        let beside = self.transposed(&sums, [0, 2, 1, 3]);
        let rows = self.list(&[-1, integer(steps), integer(columns)]);
        let rows = self.node("Reshape", &[&beside, &rows], &[]);
        let product = self.node("MatMul", &[&rows, &out_weight], &[]);
        Value { name: self.node("Add", &[&product, &out_bias], &[]), ..x }
    }

    fn transposed<const N: usize>(&mut self, x: &str, axes: [i64; N]) -> String {
        self.node("Transpose", &[x], &[("perm", Attribute::Integers(axes.to_vec()))])
    }

    /// (a, b), the halves of each row, as (a·cos − b·sin, b·cos + a·sin).
    fn rotated(&mut self, x: &str, steps: usize, width: usize) -> String {
        let half = width / 2;
        let angles: Vec<f64> = (0..steps).flat_map(|step| (0..half).map(move |p| angle(step, p, width))).collect();
        let sin = self.constant(&[steps, half], angles.iter().map(|angle| angle.sin()));
        let cos = self.constant(&[steps, half], angles.iter().map(|angle| angle.cos()));
        let axis = self.list(&[3]);
        let [a, b] = [[0, half], [half, width]].map(|ends| {
            let [start, end] = ends.map(|end| self.list(&[integer(end)]));
            self.node("Slice", &[x, &start, &end, &axis], &[])
        });
        let [a_cos, a_sin, b_cos, b_sin] =
            [[&a, &cos], [&a, &sin], [&b, &cos], [&b, &sin]].map(|[x, y]| self.node("Mul", &[x, y], &[]));
        let first = self.node("Sub", &[&a_cos, &b_sin], &[]);
        let second = self.node("Add", &[&b_cos, &a_sin], &[]);
        self.node("Concat", &[&first, &second], &[("axis", Attribute::Integer(3))])
    }
}
