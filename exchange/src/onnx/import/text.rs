//! The network as it stands in `network!`, and the names of its parameters.

use std::fmt::Write as _;

use typednet_layers::{Function, Operation, Sliding};

use super::layers::Layer;
use super::links::Param;

/// Sizes as they are written: `784` or `[28, 28, 1]`.
pub(super) fn sizes(sizes: &[usize]) -> String {
    match sizes {
        [size] => size.to_string(),
        sizes => format!("{sizes:?}"),
    }
}

fn pair([a, b]: [usize; 2]) -> String {
    if a == b { a.to_string() } else { format!("[{a}, {b}]") }
}

/// The activation by its name.
fn activation(function: Function) -> String {
    match function {
        Function::OfRelu => "Relu".into(),
        Function::OfLeakyRelu(slope) => format!("LeakyRelu<{slope:?}>"),
        Function::OfElu(scale) => format!("Elu<{scale:?}>"),
        Function::OfGelu => "Gelu".into(),
        Function::OfGeluTanh => "GeluTanh".into(),
        Function::OfHardSwish => "HardSwish".into(),
        Function::OfSigmoid => "Sigmoid".into(),
        Function::OfSilu => "Silu".into(),
        Function::OfSoftplus => "Softplus".into(),
        Function::OfStep => "Step".into(),
        Function::OfTanh => "Tanh".into(),
        Function::OfSoftmax => "Softmax".into(),
        Function::OfLogSoftmax => "LogSoftmax".into(),
        _ => "Linear".into(),
    }
}

/// `Name`, or with what is not empty in angle brackets.
fn named(name: &str, args: &[String]) -> String {
    let args: Vec<&str> = args.iter().map(String::as_str).filter(|arg| !arg.is_empty()).collect();
    if args.is_empty() { name.to_owned() } else { format!("{name}<{}>", args.join(", ")) }
}

/// An argument by its name, where it is not what it is without.
fn other(name: &str, value: [usize; 2], usual: [usize; 2], axes: usize) -> String {
    match (value == usual, axes) {
        (true, _) => String::new(),
        (_, 1) => format!("{name} = {}", value[0]),
        _ => format!("{name} = {}", pair(value)),
    }
}

/// The activation as an argument.
fn with(function: Function) -> String {
    if function == Function::OfLinear { String::new() } else { activation(function) }
}

fn window(size: Sliding, usual: [usize; 2], axes: usize) -> [String; 3] {
    // A sequence has one column, whose steps are 1.
    let usual = if axes == 1 { [1, size.stride[1]] } else { usual };
    [
        other("stride", size.stride, usual, axes),
        other("pad", size.pad, [0, if axes == 1 { size.pad[1] } else { 0 }], axes),
        other("dilation", size.dilation, [1, if axes == 1 { size.dilation[1] } else { 1 }], axes),
    ]
}

impl Layer {
    /// How many axes the layer itself reads; all others are parts of which each goes through it.
    fn rank(&self) -> usize {
        let axes = self.input.len();
        match self.operation {
            Operation::OfDense | Operation::OfSwiGlu => 1,
            Operation::OfBatchNorm { .. } if self.frozen && axes < 3 => 1,
            Operation::OfBatchNorm { .. } => axes.min(3),
            Operation::OfConvolution { .. } => self.params[0].sizes.len() - 1,
            Operation::OfTransposedConvolution { .. }
            | Operation::OfMaxPool(_)
            | Operation::OfAvgPool(_)
            | Operation::OfGlobalAvgPool
            | Operation::OfGroupNorm { .. }
            | Operation::OfPad { .. }
            | Operation::OfCrop { .. }
            | Operation::OfUpsample { .. } => 3,
            Operation::OfRnn
            | Operation::OfLstm
            | Operation::OfGru
            | Operation::OfAttention { .. }
            | Operation::OfPositions
            | Operation::OfSinusoidalPositions
            | Operation::OfMeanOverSteps => 2,
            Operation::OfLast => axes - self.parts,
            _ => axes,
        }
    }

    /// The layer as it is written.
    pub(super) fn text(&self) -> String {
        let own = self.own();
        let outer = self.input.len().saturating_sub(self.rank());
        format!("{}{own}{}", "Each<".repeat(outer), ">".repeat(outer))
    }

    fn own(&self) -> String {
        let last = self.output.last().copied().unwrap_or(1);
        match self.operation {
            Operation::OfIdentity => activation(self.function),
            Operation::OfDense => named("Dense", &[last.to_string(), with(self.function)]),
            Operation::OfEmbedding => named("Embedding", &[last.to_string()]),
            Operation::OfConvolution { window: size, groups } => {
                let axes = self.params[0].sizes.len() - 2;
                let kernel = if axes == 1 { size.kernel[0].to_string() } else { pair(size.kernel) };
                let groups = if groups == 1 { String::new() } else { format!("groups = {groups}") };
                let [stride, pad, dilation] = window(size, [1, 1], axes);
                let name = if axes == 1 { "Conv1d" } else { "Conv2d" };
                named(
                    name,
                    &[last.to_string(), kernel, with(self.function), stride, pad, dilation, groups, self.bias()],
                )
            }
            Operation::OfTransposedConvolution { window: size, output_pad } => {
                let [stride, pad, _] = window(size, [1, 1], 2);
                let beyond = other("output_pad", output_pad, [0, 0], 2);
                let args = [last.to_string(), pair(size.kernel), with(self.function), stride, pad, beyond, self.bias()];
                named("ConvTranspose2d", &args)
            }
            Operation::OfMaxPool(size) => self.pool("MaxPool", size),
            Operation::OfAvgPool(size) => self.pool("AvgPool", size),
            Operation::OfGlobalAvgPool => "GlobalAvgPool".into(),
            Operation::OfBatchNorm { .. } => {
                let frozen = if self.frozen { "Frozen" } else { "" };
                let axes = ["", "", "1d", "2d"][self.rank()];
                named(&format!("{frozen}BatchNorm{axes}"), &[with(self.function)])
            }
            Operation::OfLayerNorm { .. } => "LayerNorm".into(),
            Operation::OfRmsNorm { .. } => "RmsNorm".into(),
            Operation::OfGroupNorm { groups, .. } => format!("GroupNorm<{groups}>"),
            Operation::OfReshape if self.output.len() == 1 => "Flatten".into(),
            Operation::OfReshape => format!("Reshape<{:?}>", self.output),
            Operation::OfPad { before } => format!("Pad<{}>", pair(before)),
            Operation::OfCrop { before } => format!("Crop<{}>", pair(before)),
            Operation::OfUpsample { factor, bilinear } => {
                named("Upsample", &[pair(factor), if bilinear { "Bilinear".into() } else { String::new() }])
            }
            Operation::OfLast => "Last".into(),
            Operation::OfMeanOverSteps => "MeanOverSteps".into(),
            Operation::OfRnn => {
                let function =
                    if self.function == Function::OfTanh { String::new() } else { activation(self.function) };
                named("Rnn", &[last.to_string(), function])
            }
            Operation::OfLstm => named("Lstm", &[last.to_string()]),
            Operation::OfGru => named("Gru", &[last.to_string()]),
            Operation::OfAttention { heads, causal, rotary } => {
                let flag = |name: &str, is: bool| if is { format!("{name} = true") } else { String::new() };
                named("Attention", &[format!("heads = {heads}"), flag("causal", causal), flag("rotary", rotary)])
            }
            Operation::OfPositions => "Positions".into(),
            Operation::OfSinusoidalPositions => "Positions<Sinusoidal>".into(),
            Operation::OfSwiGlu => format!("SwiGlu<{}>", self.params[0].sizes[1]),
            Operation::OfResidual => format!("Residual<{}>", self.inside(0)),
            Operation::OfReverse => format!("Reverse<{}>", self.inside(0)),
            Operation::OfAdd => format!("Add<left: {}, right: {}>", self.inside(0), self.inside(1)),
            Operation::OfConcat => format!("Concat<left: {}, right: {}>", self.inside(0), self.inside(1)),
            other => format!("{other:?}"),
        }
    }

    fn bias(&self) -> String {
        if self.params.len() == 1 { "bias = false".into() } else { String::new() }
    }

    fn pool(&self, name: &str, size: Sliding) -> String {
        let [stride, pad, _] = window(size, size.kernel, 2);
        let outer = self.input.len() - 3;
        let left =
            |axis: usize| (self.input[outer + axis] + 2 * size.pad[axis] - size.kernel[axis]) % size.stride[axis];
        let floor = if left(0) + left(1) > 0 { "floor = true".into() } else { String::new() };
        named(name, &[pair(size.kernel), stride, pad, floor])
    }

    fn inside(&self, child: usize) -> String {
        self.children.get(child).map_or_else(String::new, |layers| line(layers))
    }
}

/// Layers one after the other.
pub(super) fn line(layers: &[Layer]) -> String {
    layers.iter().map(Layer::text).collect::<Vec<_>>().join(" => ")
}

/// The layers with a line for each, within the macro.
pub(super) fn lines(layers: &[Layer]) -> String {
    layers.iter().fold(String::new(), |mut text, layer| {
        _ = write!(text, "\n        => {}", layer.text());
        text
    })
}

/// Hands each parameter with its name in the struct to `each`, in the order of the flat block.
pub(super) fn params<'a>(layers: &'a [Layer], each: &mut dyn FnMut(String, &'a Param)) {
    for (place, layer) in layers.iter().enumerate() {
        of_layer(layer, &format!("l{}", place + 1), each);
    }
}

fn of_layer<'a>(layer: &'a Layer, path: &str, each: &mut dyn FnMut(String, &'a Param)) {
    for param in &layer.params {
        each(format!("{path}.{}", param.name), param);
    }
    for (child, layers) in layer.children.iter().enumerate() {
        let branches = matches!(layer.operation, Operation::OfAdd | Operation::OfConcat);
        let name = if branches { ["left", "right"][child.min(1)] } else { "inner" };
        of_chain(layers, &format!("{path}.{name}"), each);
    }
}

/// Layers in a type are one and the rest.
fn of_chain<'a>(layers: &'a [Layer], path: &str, each: &mut dyn FnMut(String, &'a Param)) {
    let mut path = path.to_owned();
    for (place, layer) in layers.iter().enumerate() {
        if place + 1 == layers.len() {
            of_layer(layer, &path, each);
        } else {
            of_layer(layer, &format!("{path}.first"), each);
            path.push_str(".rest");
        }
    }
}

#[cfg(test)]
mod tests {
    use typednet_layers::{Chain, Each, Gru, Last, Lstm, MeanOverSteps, Network, Reverse};

    use super::{named, other, pair, sizes};
    use crate::{Exchange, Import};

    #[test]
    fn layers_over_parts_stand_within_each() {
        type Means = Chain<Each<5, Gru<4, 2, 3>>, Each<5, MeanOverSteps<4, 3>>>;
        type Ends = Chain<Each<5, Lstm<4, 2, 3>>, Each<5, Last<[f32; 3], 4>>>;
        let line = |file: Vec<u8>| Import::from_bytes(&file).expect("our own file").line();
        let read = |file: Result<Vec<u8>, _>| line(file.expect("layers with counterparts"));
        assert_eq!(read(Means::seeded(0).to_onnx()), "[5, 4, 2] => Each<Gru<3>> => Each<MeanOverSteps> -> [5, 3]");
        assert_eq!(read(Ends::seeded(0).to_onnx()), "[5, 4, 2] => Each<Lstm<3>> => Each<Last> -> [5, 3]");
    }

    /// Sizes alone do not say which of two axes is that of the steps.
    #[test]
    fn the_last_of_each_is_not_the_last_of_all() {
        type Inner = Each<4, Last<[f32; 4], 4>>;
        type Both = Each<4, Each<4, Last<[f32; 4], 4>>>;
        type Outer = Last<[[f32; 4]; 4], 4>;
        let line = |file: Vec<u8>| Import::from_bytes(&file).expect("our own file").line();
        let (inner, outer) = (Inner::seeded(0).to_onnx(), Outer::seeded(0).to_onnx());
        assert_eq!(line(inner.expect("a counterpart")), "[4, 4, 4] => Each<Last> -> [4, 4]");
        assert_eq!(line(outer.expect("a counterpart")), "[4, 4, 4] => Last -> [4, 4]");
        let both = Both::seeded(0).to_onnx().expect("a counterpart");
        assert_eq!(line(both), "[4, 4, 4, 4] => Each<Each<Last>> -> [4, 4, 4]");
    }

    /// `Reverse` around `Each` turns the parts, not the steps in them.
    #[test]
    fn steps_that_are_turned_in_parts_are_refused() {
        type Turned = Each<5, Reverse<4, Gru<4, 2, 3>>>;
        let file = Turned::seeded(0).to_onnx().expect("layers with counterparts");
        let error = Import::from_bytes(&file).expect_err("no layer").to_string();
        assert!(error.contains("within parts of a sample"), "{error}");
    }

    #[test]
    fn arguments_stand_where_they_are_not_usual() {
        assert_eq!([sizes(&[7]), sizes(&[2, 3])], ["7", "[2, 3]"]);
        assert_eq!([pair([2, 2]), pair([2, 3])], ["2", "[2, 3]"]);
        assert_eq!(named("Dense", &["3".into(), String::new(), "Relu".into()]), "Dense<3, Relu>");
        assert_eq!(named("Last", &[String::new()]), "Last");
        assert_eq!(other("pad", [0, 0], [0, 0], 2), "");
        assert_eq!([other("pad", [1, 1], [0, 0], 2), other("pad", [1, 0], [0, 0], 1)], ["pad = 1", "pad = 1"]);
    }
}
