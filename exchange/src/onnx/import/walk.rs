//! The walk over the nodes of a file, from the input to the output.

use std::collections::{HashMap, HashSet};

use typednet_layers::{Function, Operation};

use super::axes::{Axes, BATCH};
use super::ends::Side;
use super::evaluate::{Budget, evaluate};
use super::file::{End, File, MOST_AXES, MOST_ELEMENTS, Node};
use super::inputs::Inputs;
use super::links::{Links, Piece, ROOT, Step};
use super::patterns;
use super::tensor::{Element, Tensor};
use super::value::{Computed, Value};
use super::{Problem, ends, operators, shapes};

/// The state of the walk.
pub(super) struct Walk<'f, 'a> {
    pub(super) file: &'f File<'a>,
    values: HashMap<&'a str, Value<'a>>,
    /// Whether the input is whole numbers.
    pub(super) reads_whole: bool,
    pub(super) links: Links,
    pub(super) problems: Vec<Problem>,
    budget: Budget,
    /// The links that give the value of another in other sizes.
    reshapes: HashMap<(usize, Vec<usize>), usize>,
    /// The first node that was refused.
    pub(super) refused: Option<usize>,
    /// How many numbers the layers may have.
    limit: usize,
    /// The node whose turn it is.
    pub(super) at: usize,
}

/// What a node gives, or why it cannot be taken.
pub(super) type Given<'a> = Result<Vec<Value<'a>>, String>;

/// Constants that may be computed in a file of no length.
const BASE_BUDGET: usize = 1 << 20;

/// Constants that may be computed of a file of so many bytes.
pub(super) const fn budget(len: usize) -> usize {
    len.saturating_add(BASE_BUDGET)
}

/// The nodes from which the output follows.
pub(super) fn needed(file: &File<'_>, output: &str) -> HashSet<usize> {
    let makers: HashMap<&str, usize> =
        file.nodes.iter().enumerate().flat_map(|(at, node)| node.outputs.iter().map(move |name| (*name, at))).collect();
    let (mut needed, mut open) = (HashSet::new(), vec![output]);
    while let Some(name) = open.pop() {
        let Some(&at) = makers.get(name) else { continue };
        if needed.insert(at) {
            open.extend(&file.nodes[at].inputs);
        }
    }
    needed
}

impl<'f, 'a> Walk<'f, 'a> {
    /// A walk that begins with an input of these axes, whose sizes here are `sizes`.
    pub(super) fn new(file: &'f File<'a>, input: &End<'a>, axes: Axes, sizes: Vec<usize>, len: usize) -> Self {
        let mut values: HashMap<&str, Value<'a>> =
            file.tensors.iter().map(|(name, tensor)| (*name, Value::Constant(tensor.clone()))).collect();
        values.insert(input.name, Value::Computed(Computed { link: ROOT, axes }));
        let (limit, budget) = (budget(len), Budget(budget(len)));
        Self {
            file,
            values,
            reads_whole: input.element.is_some_and(Element::is_whole),
            links: Links::new(sizes),
            problems: Vec::new(),
            budget,
            limit,
            reshapes: HashMap::new(),
            refused: None,
            at: 0,
        }
    }

    /// What the file calls `output`, or `None` where that cannot be taken.
    pub(super) fn run(&mut self, output: &str, needed: &HashSet<usize>) -> Option<Computed> {
        let file = self.file;
        for (at, node) in file.nodes.iter().enumerate().filter(|(at, _)| needed.contains(at)) {
            self.at = at;
            let given = self.node(node).and_then(sound);
            let given = given.unwrap_or_else(|reason| {
                self.refused.get_or_insert(at);
                self.problems.push(Problem::new(node, reason));
                Vec::new()
            });
            let given = given.into_iter().chain(std::iter::repeat(Value::Nothing));
            // Each weight is there without and with a bias.
            if self.links.numbers() / 4 > self.limit {
                let reason = "its weights are used in so many places that they are more than the file";
                self.problems.push(Problem::new(node, reason.to_owned()));
                return None;
            }
            for (name, value) in node.outputs.iter().zip(given).filter(|(name, _)| !name.is_empty()) {
                self.values.insert(name, value);
            }
        }
        match self.values.get(output) {
            Some(Value::Computed(value)) => Some(value.clone()),
            Some(Value::Nothing) => None,
            _ => {
                let reason = format!("the output `{output}` does not depend on the input");
                self.problems.push(Problem::whole(reason));
                None
            }
        }
    }

    fn node(&mut self, node: &Node<'a>) -> Given<'a> {
        if !operators::is_known(node) {
            return Err(operators::refusal(node));
        }
        if let Some(name) = operators::misread(node) {
            return Err(format!("its attribute `{name}` is of another kind than ONNX says"));
        }
        let mut inputs = Vec::with_capacity(node.inputs.len());
        for name in &node.inputs {
            match self.values.get(name) {
                _ if name.is_empty() => inputs.push(None),
                Some(Value::Nothing) => return Ok(Vec::new()),
                Some(Value::Constant(Tensor { element: element @ Element::Other(_), .. })) => {
                    return Err(format!(
                        "it reads `{name}`, whose numbers are of {}, which no layer has",
                        element.name()
                    ));
                }
                Some(value) => inputs.push(Some(value.clone())),
                None => return Err(format!("it reads `{name}`, which nothing before it gives")),
            }
        }
        let constants: Option<Vec<Option<&Tensor<'a>>>> = inputs
            .iter()
            .map(|input| match input {
                None => Some(None),
                Some(Value::Constant(tensor)) => Some(Some(tensor)),
                Some(_) => None,
            })
            .collect();
        if let Some(constants) = constants
            && let Some(given) = evaluate(node, &constants, &mut self.budget)
        {
            return Ok(given?.into_iter().map(Value::Constant).collect());
        }
        self.computed(node, &Inputs(inputs))
    }

    fn computed(&mut self, node: &Node<'a>, inputs: &Inputs<'a>) -> Given<'a> {
        let one = |computed: Computed| Ok(vec![Value::Computed(computed)]);
        let alone = |function: Function| patterns::function(function);
        match node.operator {
            "Identity" => one(inputs.computed(0)?.clone()),
            "Dropout" => one(Self::dropout(inputs)?),
            "Cast" => one(self.cast(inputs, Element::of(node.integer("to", 0).cast_unsigned()))?),
            "CastLike" => {
                let element = match inputs.0.get(1) {
                    Some(Some(Value::Constant(like))) => like.element,
                    // Whole numbers are what comes in, or was made such by a cast.
                    Some(Some(Value::Computed(like))) if self.is_whole(like) => Element::I64,
                    _ => Element::F64,
                };
                one(self.cast(inputs, element)?)
            }
            "Shape" => Ok(vec![Value::Constant(shapes::shape(node, &inputs.computed(0)?.axes.sizes()))]),
            "Size" => {
                let sizes = inputs.computed(0)?.axes.sizes();
                Ok(vec![Value::Constant(Tensor::new(
                    vec![],
                    Element::I64,
                    vec![sizes.iter().product::<usize>() as f64],
                ))])
            }
            "Reshape" | "Flatten" | "Squeeze" | "Unsqueeze" | "Transpose" => one(Self::rearranged(node, inputs)?),
            "Gather" => one(self.gather(node, inputs)?),
            "Slice" => one(self.slice(node, inputs)?),
            "Split" => self.split(node, inputs),
            "MatMul" => one(self.product(inputs)?),
            "Gemm" => one(self.gemm(node, inputs)?),
            "Add" | "Sum" => one(self.arithmetic(patterns::Sum::Add, inputs)?),
            "Sub" => one(self.arithmetic(patterns::Sum::Sub, inputs)?),
            "Mul" => one(self.arithmetic(patterns::Sum::Mul, inputs)?),
            "Div" => one(self.arithmetic(patterns::Sum::Div, inputs)?),
            "Pow" => one(self.power(inputs)?),
            "Neg" => one(self.piece(inputs, Piece::Times(-1.0))?),
            "Sqrt" => one(self.piece(inputs, Piece::Root)?),
            "Reciprocal" => one(self.piece(inputs, Piece::Inverse)?),
            "Erf" => one(self.piece(inputs, Piece::Erf)?),
            "Erfc" => one(self.piece(inputs, Piece::Erfc)?),
            "Concat" => one(self.concat(node, inputs)?),
            "Scaler" => one(self.scaler(node, inputs)?),
            "Conv" => one(self.convolution(node, inputs)?),
            "ConvTranspose" => one(self.transposed_convolution(node, inputs)?),
            "MaxPool" | "AveragePool" => one(self.pool(node, inputs)?),
            "GlobalAveragePool" | "ReduceMean" => one(self.mean(node, inputs)?),
            "Pad" => one(self.pad(node, inputs)?),
            "Resize" | "Upsample" => one(self.resize(node, inputs)?),
            "BatchNormalization" => one(self.batch_norm(node, inputs)?),
            "LayerNormalization" | "RMSNormalization" => one(self.row_norm(node, inputs)?),
            "InstanceNormalization" | "GroupNormalization" => one(self.group_norm(node, inputs)?),
            "LSTM" | "GRU" | "RNN" => self.recurrent(node, inputs),
            "Softmax" | "LogSoftmax" => one(self.softmax(node, inputs)?),
            "Log" => one(self.logarithm(inputs)?),
            "GreaterOrEqual" => one(self.step(inputs)?),
            "Greater" => {
                let limit = inputs.constant(1)?.single().ok_or("it compares with several numbers")?;
                one(self.piece(inputs, Piece::Above(limit))?)
            }
            "Where" => one(self.choice(inputs)?),
            "HardSigmoid" => one(self.hard_sigmoid(node, inputs)?),
            _ => {
                let Some(function) = operators::activation(node) else {
                    return Err("it reads what the network computes, and is known for constants only".to_owned());
                };
                one(self.push(inputs.computed(0)?, alone(function)))
            }
        }
    }

    /// A step that leaves the sizes as they are.
    pub(super) fn push(&mut self, x: &Computed, step: Step) -> Computed {
        let sizes = self.links.get(x.link).sizes.clone();
        self.push_to(x, step, sizes, x.axes.clone())
    }

    /// A step that gives these sizes, which stand in the file so.
    pub(super) fn push_to(&mut self, x: &Computed, step: Step, sizes: Vec<usize>, axes: Axes) -> Computed {
        Computed { link: self.links.push(x.link, step, sizes, self.at), axes }
    }

    fn piece(&mut self, inputs: &Inputs<'_>, piece: Piece) -> Result<Computed, String> {
        Ok(self.push(inputs.computed(0)?, Step::Piece(piece)))
    }

    /// The value in these sizes here.
    pub(super) fn shaped(&mut self, x: &Computed, sizes: &[usize]) -> Computed {
        if self.links.get(x.link).sizes == sizes {
            return x.clone();
        }
        // Branches that begin with the same one have it in common.
        if let Some(link) = self.reshapes.get(&(x.link, sizes.to_vec())) {
            return Computed { link: *link, axes: x.axes.clone() };
        }
        let step = Step::Layer { operation: Operation::OfReshape, function: Function::OfLinear, params: Vec::new() };
        let shaped = self.push_to(x, step, sizes.to_vec(), x.axes.clone());
        self.reshapes.insert((x.link, sizes.to_vec()), shaped.link);
        shaped
    }

    /// How many of our axes are beside the samples in the file, and so are parts of which each goes through a layer.
    pub(super) fn outer(&self, x: &Computed) -> usize {
        let sizes = &self.links.get(x.link).sizes;
        let batch = (0..x.axes.rank()).find(|axis| x.axes.has_batch(*axis)).map_or(1, |axis| x.axes.size(axis));
        let each = batch / x.axes.batch().max(1);
        let products = sizes.iter().scan(1_usize, |product, size| {
            *product = product.saturating_mul(*size);
            Some(*product)
        });
        if each == 1 { 0 } else { products.take_while(|product| *product <= each).count() }
    }

    /// The value as rows of the features of this axis.
    pub(super) fn rows(&mut self, x: &Computed, axis: usize) -> Result<Computed, String> {
        if !x.axes.has_features(axis) {
            return Err(format!(
                "it works along axis {axis} of {}, which is not the last one of a sample here",
                shown(&x.axes)
            ));
        }
        let (size, sample) = (x.axes.size(axis), x.axes.sample());
        let sizes = &self.links.get(x.link).sizes;
        if sizes.last() == Some(&size) {
            return Ok(x.clone());
        }
        let sizes = if size == sample { vec![size] } else { vec![sample / size.max(1), size] };
        Ok(self.shaped(x, &sizes))
    }
}

/// What a node gives, if it can be computed with.
fn sound(given: Vec<Value<'_>>) -> Given<'_> {
    let is_sound = |value: &Value<'_>| match value {
        Value::Computed(value) => {
            let sizes = value.axes.sizes();
            sizes.len() <= MOST_AXES && !sizes.contains(&0) && value.axes.sample() <= MOST_ELEMENTS
        }
        _ => true,
    };
    let other = given.iter().find_map(|value| match value {
        Value::Constant(Tensor { element: element @ Element::Other(_), .. }) => Some(element),
        _ => None,
    });
    if let Some(element) = other {
        return Err(format!("it gives numbers of {}, which no layer has", element.name()));
    }
    if given.iter().all(is_sound) {
        Ok(given)
    } else {
        Err("it gives an array that is empty or larger than any".to_owned())
    }
}

/// Sizes as they stand in the file, with the samples as `N`.
pub(super) fn shown(axes: &Axes) -> String {
    let size = |size: usize| match size {
        BATCH => "N".to_owned(),
        size if size % BATCH == 0 => format!("{}N", size / BATCH),
        size => size.to_string(),
    };
    format!("[{}]", axes.sizes().into_iter().map(size).collect::<Vec<_>>().join(", "))
}

impl Walk<'_, '_> {
    /// The last link, which gives what the file does: in its order, or an image with its channels last.
    pub(super) fn finished(&mut self, end: &Computed) -> Result<(usize, Side), String> {
        let axes = &end.axes;
        let batch = axes
            .batch_axis()
            .ok_or_else(|| format!("it gives {}, where samples are no axis of their own", shown(axes)))?;
        let rest: Vec<usize> = (0..axes.rank()).filter(|axis| *axis != batch).collect();
        let ordered = |rest: &[usize]| axes.transposed(&[&[batch], rest].concat()).filter(Axes::is_plain);
        let there = ends::without(&axes.sizes(), batch);
        let here = self.links.get(end.link).sizes.clone();
        // An image of one channel is in both orders.
        let last: Vec<usize> = rest.iter().skip(1).chain(rest.first()).copied().collect();
        if ordered(&last).is_some_and(|axes| axes.sizes()[1..] == here) {
            let is_turned = rest != last && there != here || ordered(&rest).is_none();
            return Ok((end.link, Side { there, here, is_turned }));
        }
        let sizes: Vec<usize> = match (ordered(&rest), rest.split_first()) {
            (Some(axes), _) => axes.sizes()[1..].to_vec(),
            (None, Some((first, others))) if ordered(&[others, &[*first]].concat()).is_some() => {
                return Ok((end.link, Side { there, here, is_turned: true }));
            }
            _ => {
                return Err(format!(
                    "it gives {}, whose elements are in another order than here; end the network before they are put in a row",
                    shown(axes)
                ));
            }
        };
        let link = if sizes.is_empty() { end.link } else { self.shaped(end, &sizes).link };
        Ok((link, Side { there, here: self.links.get(link).sizes.clone(), is_turned: false }))
    }
}
