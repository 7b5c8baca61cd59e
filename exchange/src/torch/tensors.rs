//! The tensors of a network as a `state_dict` has them.

mod orders;
mod recurrent;

use typednet_layers::{Function, LayerInfo, Operation};
use typednet_tensor::Shape;

use super::elements::{Axis, Elements};
use crate::ExchangeError;
use crate::order::{Order, channels_first, joined, part, usual};
use crate::supported::{self, Target};
use orders::{agree, reshaped, spread, wanted};
use recurrent::FORTH;

/// A tensor of a `state_dict`.
#[derive(Debug)]
pub(super) struct Tensor {
    /// Where its layer stands in the network; empty for the network itself.
    pub(super) layer: String,
    /// The name of the parameter there.
    pub(super) field: String,
    /// Where the module stands in an `nn.Sequential`.
    pub(super) module: String,
    /// Its name in the module.
    pub(super) name: &'static str,
    /// Its elements; `None` for the number of batches that a normalisation has seen, which is not kept here.
    pub(super) elements: Option<Elements>,
}

impl Tensor {
    /// Its name in the network, such as `hidden.weight`.
    pub(super) fn here(&self) -> String {
        dotted(&self.layer, &self.field)
    }
}

/// The tensors of a network, in the order of a `state_dict`.
///
/// # Errors
/// If a layer has no counterpart, or features would have to stand in two orders.
pub(super) fn tensors(tree: &'static LayerInfo) -> Result<Vec<Tensor>, ExchangeError> {
    supported::check(tree, Target::StateDict)?;
    let mut walk = Walk { tensors: Vec::new() };
    let root = Position { layer: String::new(), inside: String::new(), module: String::new(), start: 0 };
    // What comes in has the order that is wanted of it: an image's, or that of a row that becomes one.
    let input = wanted(tree, None).unwrap_or_else(|| usual(tree.input.sizes()));
    if tree.behaviour.operation == Operation::OfSequence && tree.behaviour.each.sizes().is_empty() {
        walk.sequence(tree, &root, &mut 0, &input, None)?;
    } else {
        walk.layer(tree, &Position { module: "0".into(), ..root }, &input, None)?;
    }
    Ok(walk.tensors)
}

/// Layers one after the other without a name of their own.
fn is_plain_sequence(node: &LayerInfo) -> bool {
    node.behaviour.is_sequence && node.behaviour.each.sizes().is_empty()
}

/// How many modules of an `nn.Sequential` a layer is: an activation at its end is one more.
fn modules(node: &LayerInfo) -> usize {
    1 + usize::from(has_activation_behind(node))
}

fn has_activation_behind(node: &LayerInfo) -> bool {
    let is_inside = matches!(node.behaviour.operation, Operation::OfIdentity | Operation::OfRnn);
    !is_inside && node.behaviour.function != Function::OfLinear
}

pub(super) fn dotted(outer: &str, inner: &str) -> String {
    if outer.is_empty() { inner.to_owned() } else { format!("{outer}.{inner}") }
}

/// Where a layer stands.
#[derive(Clone)]
struct Position {
    /// Here.
    layer: String,
    /// In that layer, where it is a part of what is one module there.
    inside: String,
    /// There.
    module: String,
    /// The first of its elements in the flat block.
    start: usize,
}

struct Walk {
    tensors: Vec<Tensor>,
}

impl Walk {
    /// Layers one after the other, whose modules are counted from `module` on.
    fn sequence(
        &mut self,
        node: &LayerInfo,
        at: &Position,
        module: &mut usize,
        input: &Order,
        after: Option<&Order>,
    ) -> Result<Order, ExchangeError> {
        let mut wants = vec![after.cloned()];
        for child in node.children.iter().skip(1).rev() {
            let before = wanted(child.node, wants.last().and_then(Option::as_ref));
            wants.push(before);
        }
        let (mut order, mut start) = (input.clone(), at.start);
        for (child, want) in node.children.iter().zip(wants.iter().rev()) {
            let layer = dotted(&at.layer, child.name);
            order = if is_plain_sequence(child.node) {
                let inner = Position { layer, inside: String::new(), module: at.module.clone(), start };
                self.sequence(child.node, &inner, module, &order, want.as_ref())?
            } else {
                let module_there = dotted(&at.module, &module.to_string());
                let inner = Position { layer, inside: String::new(), module: module_there, start };
                *module += modules(child.node);
                self.layer(child.node, &inner, &order, want.as_ref())?
            };
            start += child.node.len();
        }
        Ok(order)
    }

    /// A layer of a branch: a module by the branch's name, or an `nn.Sequential` where it is several.
    fn branch(
        &mut self,
        node: &LayerInfo,
        at: Position,
        input: &Order,
        after: Option<&Order>,
    ) -> Result<Order, ExchangeError> {
        if is_plain_sequence(node) {
            self.sequence(node, &at, &mut 0, input, after)
        } else if has_activation_behind(node) {
            let module = dotted(&at.module, "0");
            self.layer(node, &Position { module, ..at }, input, after)
        } else {
            self.layer(node, &at, input, after)
        }
    }

    /// Any layer; gives the order of what it gives.
    fn layer(
        &mut self,
        node: &LayerInfo,
        at: &Position,
        input: &Order,
        after: Option<&Order>,
    ) -> Result<Order, ExchangeError> {
        let ([_, output], is_whole) = (part(node), node.behaviour.each.sizes().is_empty());
        let kept = || input.clone();
        match node.behaviour.operation {
            Operation::OfSequence
            | Operation::OfResidual
            | Operation::OfAdd
            | Operation::OfConcat
            | Operation::OfReverse
            | Operation::OfTiedEmbedding
                if !is_whole =>
            {
                self.each(node, at, input)
            }
            Operation::OfReverse => {
                let child = &node.children[0];
                self.branch(child.node, at.inner(child.name, 0), input, after)
            }
            Operation::OfRnn | Operation::OfLstm | Operation::OfGru => Ok(self.recurrent(node, at, &FORTH)),
            Operation::OfSequence => self.sequence(node, at, &mut 0, input, after),
            Operation::OfResidual => self.residual(node, at, input),
            Operation::OfAdd => self.add(node, at, input, after),
            Operation::OfConcat => self.concat(node, at, input),
            Operation::OfTiedEmbedding => self.tied(node, at),
            Operation::OfDense => {
                let [inputs, outputs] = sizes(&node.params[0].shape);
                let whole = |order: Order| if is_whole { order } else { None };
                let (read, given) = (whole(kept()), whole(after.cloned().flatten()));
                let rows = Axis { size: outputs, stride: 1, order: given.clone() };
                let columns = Axis { size: inputs, stride: outputs, order: read };
                self.put(node, at, 0, "weight", vec![rows, columns]);
                self.vector(node, at, 1, "bias", &given);
                Ok(if is_whole { given } else { spread(node, input) })
            }
            Operation::OfConvolution { .. } | Operation::OfTransposedConvolution { .. } => {
                self.put(node, at, 0, "weight", turned(&node.params[0].shape));
                if node.params.len() > 1 {
                    self.vector(node, at, 1, "bias", &None);
                }
                Ok(if is_whole { channels_first(output) } else { usual(node.output.sizes()) })
            }
            Operation::OfEmbedding | Operation::OfPositions => {
                self.matrix(node, at, 0, "weight", [0, 1]);
                Ok(usual(node.output.sizes()))
            }
            Operation::OfSwiGlu => {
                for (param, name) in ["gate_proj.weight", "up_proj.weight", "down_proj.weight"].into_iter().enumerate()
                {
                    self.matrix(node, at, param, name, [1, 0]);
                }
                Ok(if is_whole { None } else { spread(node, input) })
            }
            Operation::OfAttention { .. } => {
                self.matrix(node, at, 0, "in_proj_weight", [1, 0]);
                self.vector(node, at, 1, "in_proj_bias", &None);
                self.matrix(node, at, 2, "out_proj.weight", [1, 0]);
                self.vector(node, at, 3, "out_proj.bias", &None);
                Ok(usual(node.output.sizes()))
            }
            Operation::OfBatchNorm { .. } => {
                let order = if is_whole { kept() } else { None };
                for (param, name) in ["weight", "bias", "running_mean", "running_var"].into_iter().enumerate() {
                    self.vector(node, at, param, name, &order);
                }
                self.tensor(node, at, 0, "num_batches_tracked", None);
                Ok(kept())
            }
            Operation::OfLayerNorm { .. } | Operation::OfRmsNorm { .. } | Operation::OfGroupNorm { .. } => {
                let order = if is_whole && output.len() == 1 { kept() } else { None };
                for (param, name) in ["weight", "bias"].into_iter().enumerate().take(node.params.len()) {
                    self.vector(node, at, param, name, &order);
                }
                Ok(kept())
            }
            Operation::OfReshape => reshaped(node, at, input, is_whole),
            Operation::OfIdentity | Operation::OfScale(_) => Ok(kept()),
            // What gives an image gives its channels first, and what gives a row its elements as they are.
            _ => Ok(usual(node.output.sizes())),
        }
    }

    /// Layers over each part of what comes in, which do not see how the parts stand to each other.
    fn each(&mut self, node: &LayerInfo, at: &Position, input: &Order) -> Result<Order, ExchangeError> {
        let [read, given] = part(node).map(Shape::new);
        let mut behaviour = node.behaviour;
        behaviour.each = Shape::SCALAR;
        let inner = LayerInfo { input: read, output: given, behaviour, ..*node };
        let expected = usual(given.sizes());
        let found = self.layer(&inner, at, &usual(read.sizes()), Some(&expected))?;
        agree(at, &found, &expected, "each part that it gives is a row with the channels of an image last")?;
        Ok(spread(node, input))
    }

    /// x is added, so what is inside gives the order of x.
    fn residual(&mut self, node: &LayerInfo, at: &Position, input: &Order) -> Result<Order, ExchangeError> {
        let child = &node.children[0];
        let found = self.branch(child.node, at.inner(child.name, 0), input, Some(input))?;
        agree(at, &found, input, "what is inside gives other features than those that come in")?;
        Ok(found)
    }

    /// Both branches give one order: that which is wanted, or that of a branch which cannot choose.
    fn add(
        &mut self,
        node: &LayerInfo,
        at: &Position,
        input: &Order,
        after: Option<&Order>,
    ) -> Result<Order, ExchangeError> {
        let [a, b] = [&node.children[0], &node.children[1]];
        let begin = self.tensors.len();
        let mut wanted = after.cloned();
        for attempt in 0..2 {
            self.tensors.truncate(begin);
            let first = self.branch(a.node, at.inner(a.name, 0), input, wanted.as_ref())?;
            let second = self.branch(b.node, at.inner(b.name, a.node.len()), input, Some(&first))?;
            if first == second {
                return Ok(first);
            }
            if attempt == 1 {
                agree(at, &first, &second, "its branches give features in different orders")?;
            }
            wanted = Some(second);
        }
        Ok(wanted.flatten())
    }

    /// One table, under the embedding's name, the layers that read its rows, and the bias of the head whose weight the table is.
    fn tied(&mut self, node: &LayerInfo, at: &Position) -> Result<Order, ExchangeError> {
        let [table, inner] = [&node.children[0], &node.children[1]];
        let own = node.params.iter().map(|param| param.shape.len()).sum();
        let rows = self.layer(table.node, &at.inner(table.name, own), &None, None)?;
        let found = self.branch(inner.node, at.inner(inner.name, own + table.node.len()), &rows, Some(&rows))?;
        agree(at, &found, &rows, "what is inside gives other features than those of the table")?;
        if own > 0 {
            self.vector(node, at, 0, "head.bias", &None);
        }
        Ok(usual(node.output.sizes()))
    }

    fn concat(&mut self, node: &LayerInfo, at: &Position, input: &Order) -> Result<Order, ExchangeError> {
        let [a, b] = [&node.children[0], &node.children[1]];
        if self.both_directions(a, b, at) {
            return Ok(usual(node.output.sizes()));
        }
        let first = self.branch(a.node, at.inner(a.name, 0), input, None)?;
        let second = self.branch(b.node, at.inner(b.name, a.node.len()), input, None)?;
        let whole = node.output.sizes();
        if whole.len() == 1 {
            return Ok(joined(&first, &second, [a.node.output.len(), b.node.output.len()]));
        }
        let turned = channels_first(whole);
        if whole.len() >= 3 || first.is_none() && second.is_none() {
            return Ok(usual(whole));
        }
        let is_turned = |order: &Order, node: &LayerInfo| *order == channels_first(node.output.sizes());
        if is_turned(&first, a.node) && is_turned(&second, b.node) {
            return Ok(turned);
        }
        agree(at, &first, &second, "its branches give features in different orders")?;
        Ok(turned)
    }

    /// A parameter of one axis and the rest, in this order there.
    fn matrix(&mut self, node: &LayerInfo, at: &Position, param: usize, name: &'static str, order: [usize; 2]) {
        let shape = &node.params[param].shape;
        let first = shape.sizes().first().copied().unwrap_or_default();
        let rest: usize = shape.sizes().iter().skip(1).product();
        let axes = [[first, rest], [rest, 1]].map(|[size, stride]| Axis { size, stride, order: None });
        let [outer, inner] = axes;
        self.put(node, at, param, name, if order == [0, 1] { vec![outer, inner] } else { vec![inner, outer] });
    }

    /// A parameter with one number for each feature.
    fn vector(&mut self, node: &LayerInfo, at: &Position, param: usize, name: &'static str, order: &Order) {
        let axis = Axis { size: node.params[param].shape.len(), stride: 1, order: order.clone() };
        self.put(node, at, param, name, vec![axis]);
    }

    fn put(&mut self, node: &LayerInfo, at: &Position, param: usize, name: &'static str, axes: Vec<Axis>) {
        let before: usize = node.params[..param].iter().map(|param| param.shape.len()).sum();
        self.tensor(node, at, param, name, Some(Elements { start: at.start + before, axes, shared: 0 }));
    }

    fn tensor(
        &mut self,
        node: &LayerInfo,
        at: &Position,
        param: usize,
        name: &'static str,
        elements: Option<Elements>,
    ) {
        let field = dotted(&at.inside, if elements.is_some() { node.params[param].name } else { name });
        self.tensors.push(Tensor { layer: at.layer.clone(), field, module: at.module.clone(), name, elements });
    }
}

impl Position {
    /// The layer in the field `name`, `offset` elements behind the first.
    fn inner(&self, name: &str, offset: usize) -> Self {
        Self {
            layer: dotted(&self.layer, name),
            inside: String::new(),
            module: dotted(&self.module, name),
            start: self.start + offset,
        }
    }

    /// A part of this layer, which is in the same module.
    fn part(&self, inside: String, offset: usize) -> Self {
        Self { inside, start: self.start + offset, ..self.clone() }
    }
}

fn sizes<const N: usize>(shape: &Shape) -> [usize; N] {
    let mut sizes = [0; N];
    sizes.iter_mut().zip(shape.sizes()).for_each(|(to, from)| *to = *from);
    sizes
}

/// `[kernel.., a, b]` as `[b, a, kernel..]`.
fn turned(shape: &Shape) -> Vec<Axis> {
    let sizes = shape.sizes();
    let axis = |axis: usize| Axis { size: sizes[axis], stride: sizes[axis + 1..].iter().product(), order: None };
    let kernel = sizes.len() - 2;
    [kernel + 1, kernel].into_iter().chain(0..kernel).map(axis).collect()
}
