//! Layers without layers inside, as nodes.

use typednet_layers::{Operation, Sliding};
use typednet_tensor::Scalar;

use super::graph::{Attribute, Graph, integer, integers};
use super::layers::At;
use super::value::{Layout, Value};

type Attribution = (&'static str, Attribute<'static>);

impl<T: Scalar> Graph<'_, T> {
    /// A layer of one part.
    pub(super) fn alone(&mut self, at: At<'_>, x: Value) -> Value {
        let output = at.node.output.sizes();
        match at.node.behaviour.operation {
            Operation::OfScale(factor) => Value { name: self.with("Mul", &x.name, factor), ..x },
            Operation::OfDense => self.dense(at, x),
            Operation::OfEmbedding => self.embedding(at, x),
            Operation::OfPositions => self.positions(at, x),
            Operation::OfSinusoidalPositions => self.waves(x),
            Operation::OfSwiGlu => self.gated(at, x),
            Operation::OfAttention { heads, causal, rotary } => self.attention(at, x, heads, [causal, rotary]),
            Operation::OfConvolution { window, groups } => {
                let groups = ("group", Attribute::Integer(integer(groups)));
                self.convolution("Conv", at, x, &sliding(window, x_axes(output), [groups]))
            }
            Operation::OfTransposedConvolution { window, output_pad } => {
                let beyond = ("output_padding", Attribute::Integers(integers(output_pad)));
                self.convolution("ConvTranspose", at, x, &sliding(window, 2, [beyond]))
            }
            Operation::OfMaxPool(window) => self.image("MaxPool", x, &[], &sliding(window, 2, []), output),
            Operation::OfAvgPool(window) => self.average(window, x, output),
            Operation::OfGlobalAvgPool => {
                let axes = if x.layout == Layout::First { [2, 3] } else { [1, 2] };
                self.mean(&x, &axes, output)
            }
            Operation::OfMeanOverSteps if at.is_told => self.mean_of_counted(x, output),
            Operation::OfMeanOverSteps => {
                let x = self.to(x, Layout::Last);
                self.mean(&x, &[1], output)
            }
            Operation::OfBatchNorm { epsilon } => {
                let x = self.to(x, Layout::First);
                let [scale, bias, mean, variance] = [0, 1, 2, 3].map(|param| self.vector(at, param));
                let inputs = [&x.name[..], &scale, &bias, &mean, &variance];
                let name = self.node("BatchNormalization", &inputs, &[("epsilon", Attribute::Number(epsilon))]);
                Value { name, ..x }
            }
            Operation::OfLayerNorm { epsilon } => {
                let x = self.to(x, Layout::Last);
                let [scale, bias] = [0, 1].map(|param| self.vector(at, param));
                let attributes = [("axis", Attribute::Integer(-1)), ("epsilon", Attribute::Number(epsilon))];
                let name = self.node("LayerNormalization", &[&x.name, &scale, &bias], &attributes);
                Value { name, ..x }
            }
            Operation::OfRmsNorm { epsilon } => self.rms_norm(at, x, epsilon),
            Operation::OfGroupNorm { groups, epsilon } => self.group_norm(at, x, groups, epsilon),
            Operation::OfReshape => self.reshape(x, output),
            Operation::OfPad { before } => self.pad(&x, before, output),
            Operation::OfCrop { before } => self.crop(&x, before, output),
            Operation::OfUpsample { factor, bilinear } => self.upsample(x, factor, bilinear, output),
            Operation::OfFirst => self.part(x, 0, output),
            Operation::OfLast if at.is_told => self.last_counted(x, output),
            Operation::OfLast => {
                let last = x.sizes.first().map_or(0, |steps| steps - 1);
                self.part(x, integer(last), output)
            }
            _ => x,
        }
    }

    /// A parameter as one row.
    pub(super) fn vector(&mut self, at: At<'_>, param: usize) -> String {
        let (name, range) = at.param(param);
        let block = self.block;
        self.parameter(&name, &[range.len()], block[range].iter().copied())
    }

    /// A parameter as one axis and the rest.
    pub(super) fn matrix(&mut self, at: At<'_>, param: usize) -> String {
        let (name, range) = at.param(param);
        let (shape, block) = (at.node.params[param].shape, self.block);
        let first = shape.sizes().first().copied().unwrap_or_default();
        let rest = shape.sizes().iter().skip(1).product();
        self.parameter(&name, &[first, rest], block[range].iter().copied())
    }

    fn dense(&mut self, at: At<'_>, x: Value) -> Value {
        let x = self.to(x, Layout::Last);
        let x = self.in_steps(at.start, x);
        let (name, range) = at.param(0);
        let (outputs, block) = (at.node.params[0].fan_out, self.block);
        let sizes = [range.len() / outputs.max(1), outputs];
        let weight = self.weight(at.start, &name, &sizes, 1, block[range].iter().copied());
        let bias = self.vector(at, 1);
        let name = if x.sizes.len() == 1 {
            self.node("Gemm", &[&x.name, &weight, &bias], &[])
        } else {
            let product = self.node("MatMul", &[&x.name, &weight], &[]);
            self.node("Add", &[&product, &bias], &[])
        };
        Value { name, sizes: at.node.output.sizes().to_vec(), layout: Layout::Last }
    }

    /// `[kernel.., a, b]` is `[b, a, kernel..]` there.
    fn convolution(&mut self, operator: &str, at: At<'_>, x: Value, attributes: &[Attribution]) -> Value {
        let x = self.to(x, Layout::First);
        let (name, range) = at.param(0);
        let sizes = at.node.params[0].shape;
        let ([kernel @ .., a, b], block) = (sizes.sizes(), self.block) else { return x };
        let (block, pixels) = (&block[range], kernel.iter().product::<usize>());
        let numbers = (0..*b).flat_map(|b| (0..*a).map(move |a| (a, b)));
        let numbers = numbers.flat_map(|(i, j)| (0..pixels).map(move |pixel| block[(pixel * a + i) * b + j]));
        let shape: Vec<usize> = [*b, *a].into_iter().chain(kernel.iter().copied()).collect();
        let x = self.in_steps(at.start, x);
        let weight = self.weight(at.start, &name, &shape, 0, numbers);
        let bias = (at.node.params.len() > 1).then(|| self.vector(at, 1));
        let parameters: Vec<&str> = [&*weight].into_iter().chain(bias.as_deref()).collect();
        self.image(operator, x, &parameters, attributes, at.node.output.sizes())
    }

    /// An operator on channels first.
    fn image(
        &mut self,
        operator: &str,
        x: Value,
        parameters: &[&str],
        attributes: &[(&str, Attribute<'_>)],
        output: &[usize],
    ) -> Value {
        let x = self.to(x, Layout::First);
        let inputs: Vec<&str> = [&*x.name].into_iter().chain(parameters.iter().copied()).collect();
        let name = self.node(operator, &inputs, attributes);
        Value { name, sizes: output.to_vec(), layout: Layout::First }
    }

    /// In opset 17 the operator has no dilation; then it is a convolution of each channel by itself.
    fn average(&mut self, window: Sliding, x: Value, output: &[usize]) -> Value {
        let channels = output.last().copied().unwrap_or_default();
        if window.dilation == [1, 1] {
            let mut attributes = sliding(window, 2, [("count_include_pad", Attribute::Integer(1))]);
            attributes.retain(|(name, _)| *name != "dilations");
            return self.image("AveragePool", x, &[], &attributes, output);
        }
        let [height, width] = window.kernel;
        let size = 1.0 / (height * width) as f64;
        let weight = self.constant(&[channels, 1, height, width], vec![size; channels * height * width]);
        let attributes = sliding(window, 2, [("group", Attribute::Integer(integer(channels)))]);
        self.image("Conv", x, &[&weight], &attributes, output)
    }

    /// The mean over these axes, which are gone then.
    fn mean(&mut self, x: &Value, axes: &[i64], output: &[usize]) -> Value {
        let attributes = [("axes", Attribute::Integers(axes.to_vec())), ("keepdims", Attribute::Integer(0))];
        let name = self.node("ReduceMean", &[&x.name], &attributes);
        Value { name, sizes: output.to_vec(), layout: Layout::Last }
    }

    fn rms_norm(&mut self, at: At<'_>, x: Value, epsilon: f64) -> Value {
        let x = self.to(x, Layout::Last);
        let square = self.node("Mul", &[&x.name, &x.name], &[]);
        let mean = self.node("ReduceMean", &[&square], &[("axes", Attribute::Integers(vec![-1]))]);
        let sum = self.with("Add", &mean, epsilon);
        let root = self.node("Sqrt", &[&sum], &[]);
        let normalised = self.node("Div", &[&x.name, &root], &[]);
        let scale = self.vector(at, 0);
        Value { name: self.node("Mul", &[&normalised, &scale], &[]), ..x }
    }

    /// Each group as one channel of an instance normalisation, then the factors of the channels.
    fn group_norm(&mut self, at: At<'_>, x: Value, groups: usize, epsilon: f64) -> Value {
        let x = self.to(x, Layout::First);
        let as_groups = self.list(&[0, integer(groups), -1]);
        let in_groups = self.node("Reshape", &[&x.name, &as_groups], &[]);
        let [ones, zeros] = [1.0, 0.0].map(|number| self.constant(&[groups], vec![number; groups]));
        let epsilon = [("epsilon", Attribute::Number(epsilon))];
        let normalised = self.node("InstanceNormalization", &[&in_groups, &ones, &zeros], &epsilon);
        let as_image = self.list(&[vec![0], integers(x.laid_out())].concat());
        let image = self.node("Reshape", &[&normalised, &as_image], &[]);
        let [scale, bias] = [0, 1].map(|param| {
            let (name, range) = at.param(param);
            let block = self.block;
            self.parameter(&name, &[range.len(), 1, 1], block[range].iter().copied())
        });
        let scaled = self.node("Mul", &[&image, &scale], &[]);
        Value { name: self.node("Add", &[&scaled, &bias], &[]), ..x }
    }

    /// The axis of rows, and so of columns behind it.
    fn rows(x: &Value) -> usize {
        if x.layout == Layout::First { 2 } else { 1 }
    }

    fn pad(&mut self, x: &Value, before: [usize; 2], output: &[usize]) -> Value {
        let (rank, rows) = (x.sizes.len() + 1, Self::rows(x));
        let mut pads = vec![0; 2 * rank];
        for axis in 0..2 {
            pads[rows + axis] = before[axis];
            pads[rank + rows + axis] = output[axis] - x.sizes[axis] - before[axis];
        }
        let pads = self.list(&integers(pads));
        Value { name: self.node("Pad", &[&x.name, &pads], &[]), sizes: output.to_vec(), layout: x.layout }
    }

    fn crop(&mut self, x: &Value, before: [usize; 2], output: &[usize]) -> Value {
        let rows = Self::rows(x);
        let ends = [before[0] + output[0], before[1] + output[1]];
        let [starts, ends, axes] = [before, ends, [rows, rows + 1]].map(|numbers| self.list(&integers(numbers)));
        Value {
            name: self.node("Slice", &[&x.name, &starts, &ends, &axes], &[]),
            sizes: output.to_vec(),
            layout: x.layout,
        }
    }

    fn upsample(&mut self, x: Value, factor: [usize; 2], bilinear: bool, output: &[usize]) -> Value {
        let [mode, coordinates] = if bilinear { ["linear", "half_pixel"] } else { ["nearest", "asymmetric"] };
        let attributes = [
            ("mode", Attribute::Text(mode)),
            ("coordinate_transformation_mode", Attribute::Text(coordinates)),
            ("nearest_mode", Attribute::Text("floor")),
        ];
        let scales = self.singles(&[1.0, 1.0, factor[0] as f32, factor[1] as f32]);
        self.image("Resize", x, &["", &scales], &attributes, output)
    }

    /// One of the parts of each sample.
    fn part(&mut self, x: Value, index: i64, output: &[usize]) -> Value {
        let x = self.to(x, Layout::Last);
        let index = self.index(index);
        let name = self.node("Gather", &[&x.name, &index], &[("axis", Attribute::Integer(1))]);
        Value { name, sizes: output.to_vec(), layout: Layout::Last }
    }
}

/// How many axes the pixels of an output have.
const fn x_axes(output: &[usize]) -> usize {
    output.len() - 1
}

/// The settings of a window over so many axes, and others.
fn sliding<const N: usize>(
    window: Sliding,
    axes: usize,
    others: [(&'static str, Attribute<'static>); N],
) -> Vec<Attribution> {
    let Sliding { kernel, stride, pad, dilation, .. } = window;
    let of = |sizes: [usize; 2]| Attribute::Integers(integers(sizes.into_iter().take(axes)));
    let both = pad.into_iter().take(axes);
    let mut attributes = vec![
        ("kernel_shape", of(kernel)),
        ("strides", of(stride)),
        ("pads", Attribute::Integers(integers(both.clone().chain(both)))),
        ("dilations", of(dilation)),
    ];
    attributes.extend(others);
    attributes
}
