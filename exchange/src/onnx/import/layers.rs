//! The network that was found: layers in a line, some with layers inside.

use std::collections::HashSet;

use typednet_layers::{Function, Operation};

use super::Problem;
use super::file::File;
use super::links::{Join, Links, Param, Piece, Step};
use super::patterns::EPSILON;

/// The most layers that a network may have.
const MOST_LAYERS: usize = 1 << 14;

/// How deep layers may stand within layers.
const MOST_NESTED: usize = 64;

/// A layer of the library, as it will be printed.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    pub(super) operation: Operation,
    pub(super) function: Function,
    pub(super) params: Vec<Param>,
    /// What a sample is before it and behind it.
    pub(super) input: Vec<usize>,
    pub(super) output: Vec<usize>,
    /// Branches, or the one line inside.
    pub(super) children: Vec<Vec<Self>>,
    /// How many axes of the input are parts of which each goes through it, where the sizes do not say it.
    pub(super) parts: usize,
    /// Whether a normalisation keeps its statistics.
    pub(super) frozen: bool,
    /// Whether it is a mark between layers over turned steps.
    turned: bool,
    /// The node of the file.
    pub(super) node: usize,
}

impl Layer {
    fn new(operation: Operation, function: Function, input: &[usize], output: &[usize], node: usize) -> Self {
        let (input, output) = (input.to_vec(), output.to_vec());
        Self {
            operation,
            function,
            params: vec![],
            input,
            output,
            children: vec![],
            parts: 0,
            frozen: false,
            turned: false,
            node,
        }
    }
}

/// Reads the links.
pub(super) struct Collector<'f, 'a> {
    pub(super) file: &'f File<'a>,
    pub(super) links: &'f Links,
    used: HashSet<usize>,
    /// How many features may still get factors and summands.
    budget: usize,
    count: usize,
    pub(super) problems: Vec<Problem>,
}

impl<'f, 'a> Collector<'f, 'a> {
    pub(super) fn new(file: &'f File<'a>, links: &'f Links, budget: usize) -> Self {
        Self { file, links, used: HashSet::new(), budget, count: 0, problems: Vec::new() }
    }

    fn refuse(&mut self, node: usize, reason: &str) {
        let problem = match self.file.nodes.get(node) {
            Some(node) => Problem::new(node, reason.to_owned()),
            None => Problem::whole(reason.to_owned()),
        };
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// The layers from behind `start` to `end`.
    pub(super) fn line(&mut self, start: usize, end: usize, depth: usize) -> Vec<Layer> {
        let mut layers = Vec::new();
        if depth > MOST_NESTED {
            self.refuse(usize::MAX, &format!("branches stand within branches more than {MOST_NESTED} times"));
            return layers;
        }
        for link in self.links.links(start, end) {
            self.count += 1;
            if self.count > MOST_LAYERS {
                self.refuse(usize::MAX, &format!("it has more than {MOST_LAYERS} layers"));
                return layers;
            }
            self.layer(link, &mut layers, depth);
        }
        tidy(self.turned(layers))
    }

    fn layer(&mut self, at: usize, layers: &mut Vec<Layer>, depth: usize) {
        let links = self.links;
        let link = links.get(at);
        let input = &links.get(link.parent).sizes;
        let new = |operation, function| Layer::new(operation, function, input, &link.sizes, link.node);
        match &link.step {
            Step::Input => {}
            Step::Layer { operation, function, params } => {
                if !params.is_empty() && !self.used.insert(at) {
                    let reason = "its weights are used in several places, and each layer here has its own";
                    return self.refuse(link.node, reason);
                }
                layers.push(Layer { params: complete(*operation, params, &link.sizes), ..new(*operation, *function) });
            }
            Step::End { is_last, parts } => {
                if !is_last {
                    self.refuse(
                        link.node,
                        "it takes the first step, and there is a layer for the last and for the mean only",
                    );
                }
                layers.push(Layer { parts: *parts, ..new(Operation::OfLast, Function::OfLinear) });
            }
            Step::Piece(Piece::Turned) => {
                layers.push(Layer { turned: true, ..new(Operation::OfReverse, Function::OfLinear) });
            }
            Step::Piece(piece) => {
                let len = link.sizes.last().copied().unwrap_or(1);
                let Some(affine) = (len <= self.budget).then(|| affine(piece, len)).flatten() else {
                    let reason = if *piece == Piece::Whole {
                        "it cuts off what is behind the point, which is known for the input of an embedding only"
                    } else {
                        "it is a part of no layer that is known in this form, such as a normalisation or a GELU"
                    };
                    return self.refuse(link.node, reason);
                };
                self.budget -= len;
                let params = [("scale", 1), ("bias", 2), ("running_mean", 0)].map(|(name, which)| Param {
                    name,
                    sizes: vec![affine[which].len()],
                    numbers: affine[which].clone(),
                });
                let is_next = layers.last().is_some_and(|last| last.frozen);
                if let Some(last) = layers.last_mut().filter(|_| is_next) {
                    follow(&mut last.params, &affine);
                } else {
                    let mut layer = new(Operation::OfBatchNorm { epsilon: EPSILON }, Function::OfLinear);
                    let numbers = vec![1.0 - EPSILON; len];
                    layer.params = params.to_vec();
                    layer.params.push(Param { name: "running_variance", sizes: vec![len], numbers });
                    layer.frozen = true;
                    layers.push(layer);
                }
            }
            Step::Join(join, ends) => {
                let mut branches = ends.map(|end| self.line(link.parent, end, depth + 1));
                let operation = match join {
                    Join::Concat => {
                        for (branch, end) in branches.iter_mut().zip(ends).filter(|(branch, _)| branch.is_empty()) {
                            let sizes = &links.get(*end).sizes;
                            branch.push(Layer::new(Operation::OfIdentity, Function::OfLinear, sizes, sizes, link.node));
                        }
                        Operation::OfConcat
                    }
                    Join::Add if branches.iter().all(Vec::is_empty) => {
                        return self.refuse(link.node, "it adds a value to itself");
                    }
                    Join::Add if branches.iter().any(Vec::is_empty) => {
                        let inner = branches.into_iter().find(|branch| !branch.is_empty());
                        layers.push(Layer {
                            children: inner.into_iter().collect(),
                            ..new(Operation::OfResidual, Function::OfLinear)
                        });
                        return;
                    }
                    Join::Add => Operation::OfAdd,
                };
                layers.push(Layer { children: branches.into(), ..new(operation, Function::OfLinear) });
            }
        }
    }

    /// Layers between two turns as one layer.
    fn turned(&mut self, layers: Vec<Layer>) -> Vec<Layer> {
        let mut found: Vec<Layer> = Vec::with_capacity(layers.len());
        for mut layer in layers {
            let open = found.iter().rposition(|layer| layer.turned);
            match open.filter(|_| layer.turned) {
                Some(open) => {
                    let inner: Vec<Layer> = found.drain(open + 1..).collect();
                    found.pop();
                    if let Some(first) = inner.first() {
                        layer.input.clone_from(&first.input);
                        layer.turned = false;
                        layer.children = vec![tidy(inner)];
                        found.push(layer);
                    }
                }
                None => found.push(layer),
            }
        }
        if let Some(open) = found.iter().find(|layer| layer.turned) {
            self.refuse(
                open.node,
                "it turns the steps of a sequence, which here are turned back behind the layers that need it",
            );
        }
        found
    }
}

/// The parameters with those that the file does not have.
fn complete(operation: Operation, params: &[Param], sizes: &[usize]) -> Vec<Param> {
    let mut params = params.to_vec();
    let zeros = |name, len| Param { name, sizes: vec![len], numbers: vec![0.0; len] };
    let last = sizes.last().copied().unwrap_or(1);
    match operation {
        Operation::OfDense if params.len() == 1 => params.push(zeros("bias", last)),
        Operation::OfAttention { .. } if params.len() == 3 => params.push(zeros("out_bias", last)),
        _ => {}
    }
    params
}

/// Mean, scale and shift of each feature.
fn affine(piece: &Piece, len: usize) -> Option<[Vec<f64>; 3]> {
    let all = |number: f64| vec![number; len];
    match piece {
        Piece::Times(factor) => Some([all(0.0), all(*factor), all(0.0)]),
        Piece::Plus(number) => Some([all(0.0), all(1.0), all(*number)]),
        Piece::Affine { mean, scale, shift } => Some([mean.clone(), scale.clone(), shift.clone()]),
        _ => None,
    }
}

/// The scale, shift and mean of one normalisation with another one behind it.
fn follow(params: &mut [Param], [mean, scale, shift]: &[Vec<f64>; 3]) {
    for at in 0..mean.len() {
        params[0].numbers[at] *= scale[at];
        params[1].numbers[at] = (params[1].numbers[at] - mean[at]) * scale[at] + shift[at];
    }
}

/// Activations in the layers that have one, and no reshapes that the next one undoes.
fn tidy(layers: Vec<Layer>) -> Vec<Layer> {
    let mut tidy: Vec<Layer> = Vec::with_capacity(layers.len());
    for layer in layers {
        if let Some(last) = tidy.last_mut() {
            let takes = matches!(
                last.operation,
                Operation::OfDense
                    | Operation::OfConvolution { .. }
                    | Operation::OfTransposedConvolution { .. }
                    | Operation::OfBatchNorm { .. }
            );
            if layer.operation == Operation::OfIdentity && takes && last.function == Function::OfLinear {
                last.function = layer.function;
                continue;
            }
            if layer.operation == Operation::OfReshape && last.operation == Operation::OfReshape {
                last.output = layer.output;
                if last.input == last.output {
                    tidy.pop();
                }
                continue;
            }
        }
        tidy.push(layer);
    }
    tidy
}
