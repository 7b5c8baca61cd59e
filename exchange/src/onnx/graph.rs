//! The nodes and tensors of a file.

use std::collections::BTreeMap;

use typednet_formats::protobuf::Message;
use typednet_tensor::Scalar;

use super::padding::{LENGTHS, Padding};
use super::steps::StepsOf;
use super::value::{Layout, Value};
use crate::FloatDtype;

/// A `GraphProto` that is being written.
pub(super) struct Graph<'a, T> {
    /// The parameters of the network.
    pub(super) block: &'a [T],
    /// Of numbers of 64 bits, or of 32.
    dtype: FloatDtype,
    /// The steps of the layers whose products are of integers.
    pub(super) steps: StepsOf,
    /// The tables of embeddings, by the places of their layers.
    pub(super) tables: BTreeMap<usize, String>,
    /// How many steps count.
    pub(super) padding: Padding,
    nodes: Vec<Message>,
    tensors: Vec<Message>,
    count: usize,
}

/// A setting of a node.
pub(super) enum Attribute<'a> {
    Integer(i64),
    Number(f64),
    Text(&'a str),
    Integers(Vec<i64>),
    Numbers(Vec<f64>),
    Texts(Vec<&'a str>),
}

impl Attribute<'_> {
    /// An `AttributeProto`.
    fn message(&self, name: &str) -> Message {
        let named = Message::default().text(1, name);
        match self {
            Self::Number(x) => named.float(2, *x as f32).integer(20, 1),
            Self::Integer(x) => named.integer(3, x.cast_unsigned()).integer(20, 2),
            Self::Text(text) => named.text(4, text).integer(20, 3),
            Self::Numbers(xs) => xs.iter().fold(named, |named, x| named.float(7, *x as f32)).integer(20, 6),
            Self::Integers(xs) => xs.iter().fold(named, |named, x| named.integer(8, x.cast_unsigned())).integer(20, 7),
            Self::Texts(texts) => texts.iter().fold(named, |named, text| named.text(9, text)).integer(20, 8),
        }
    }
}

/// A size as ONNX counts it.
pub(super) const fn integer(size: usize) -> i64 {
    size.cast_signed() as i64
}

/// Sizes as ONNX counts them.
pub(super) fn integers(sizes: impl IntoIterator<Item = usize>) -> Vec<i64> {
    sizes.into_iter().map(integer).collect()
}

// ONNX's numbers for types of elements.
const FLOAT: u64 = 1;
const UINT8: u64 = 2;
const INT8: u64 = 3;
const INT64: u64 = 7;
const DOUBLE: u64 = 11;

impl<'a, T: Scalar> Graph<'a, T> {
    pub(super) fn new(block: &'a [T], dtype: FloatDtype) -> Self {
        let (steps, tables, padding) = (StepsOf::new(), BTreeMap::new(), Padding::default());
        Self { block, dtype, steps, tables, padding, nodes: Vec::new(), tensors: Vec::new(), count: 0 }
    }

    /// ONNX's number for the type of the network's numbers.
    pub(super) fn element(&self) -> u64 {
        if self.dtype == FloatDtype::F64 { DOUBLE } else { FLOAT }
    }

    /// A node with one output, whose name it gives.
    pub(super) fn node(&mut self, operator: &str, inputs: &[&str], attributes: &[(&str, Attribute<'_>)]) -> String {
        self.count += 1;
        let name = format!("{operator}_{}", self.count);
        self.node_to(operator, inputs, attributes, &name);
        name
    }

    fn node_to(&mut self, operator: &str, inputs: &[&str], attributes: &[(&str, Attribute<'_>)], output: &str) {
        let node = inputs.iter().fold(Message::default(), |node, input| node.text(1, input));
        let node = node.text(2, output).text(3, output).text(4, operator);
        let with = |node: Message, (name, attribute): &(&str, Attribute<'_>)| node.message(5, &attribute.message(name));
        self.nodes.push(attributes.iter().fold(node, with));
    }

    /// The value is what the network gives.
    pub(super) fn output(&mut self, value: &Value) {
        self.node_to("Identity", &[&value.name], &[], "output");
    }

    /// A tensor of numbers under a name.
    pub(super) fn parameter(&mut self, name: &str, sizes: &[usize], numbers: impl Iterator<Item = T>) -> String {
        let mut bytes = Vec::new();
        numbers.for_each(|x| self.dtype.put(x.to_f64_exact(), &mut bytes));
        self.tensor(name, sizes, self.element(), &bytes)
    }

    /// A tensor of numbers that are no parameters.
    pub(super) fn constant(&mut self, sizes: &[usize], numbers: impl IntoIterator<Item = f64>) -> String {
        self.count += 1;
        self.parameter(&format!("constant_{}", self.count), sizes, numbers.into_iter().map(T::of))
    }

    /// A list of whole numbers.
    pub(super) fn list(&mut self, numbers: &[i64]) -> String {
        self.count += 1;
        let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
        self.tensor(&format!("sizes_{}", self.count), &[numbers.len()], INT64, &bytes)
    }

    /// One whole number.
    pub(super) fn index(&mut self, number: i64) -> String {
        self.count += 1;
        self.tensor(&format!("index_{}", self.count), &[], INT64, &number.to_le_bytes())
    }

    /// Numbers of 32 bits, whatever the network's are.
    pub(super) fn singles(&mut self, numbers: &[f32]) -> String {
        self.count += 1;
        let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
        self.tensor(&format!("factors_{}", self.count), &[numbers.len()], FLOAT, &bytes)
    }

    /// Whole numbers of 8 bits.
    pub(super) fn bytes(&mut self, name: &str, sizes: &[usize], numbers: impl Iterator<Item = i8>) -> String {
        let bytes: Vec<u8> = numbers.map(i8::cast_unsigned).collect();
        self.tensor(name, sizes, INT8, &bytes)
    }

    /// One whole number of 8 bits without a sign.
    pub(super) fn byte(&mut self, number: u8) -> String {
        self.count += 1;
        self.tensor(&format!("zero_{}", self.count), &[], UINT8, &[number])
    }

    /// A `TensorProto`.
    fn tensor(&mut self, name: &str, sizes: &[usize], element: u64, bytes: &[u8]) -> String {
        let tensor = sizes.iter().fold(Message::default(), |tensor, size| tensor.integer(1, *size as u64));
        self.tensors.push(tensor.integer(2, element).text(8, name).blob(9, bytes));
        name.to_owned()
    }

    /// The value with its channels in that place.
    pub(super) fn to(&mut self, value: Value, layout: Layout) -> Value {
        let rank = value.sizes.len();
        if value.layout == layout || rank < 2 {
            return Value { layout, ..value };
        }
        let axes: Vec<usize> = match layout {
            Layout::First => [0, rank].into_iter().chain(1..rank).collect(),
            Layout::Last => [0].into_iter().chain(2..=rank).chain([1]).collect(),
        };
        let name = self.node("Transpose", &[&value.name], &[("perm", Attribute::Integers(integers(axes)))]);
        Value { name, layout, ..value }
    }

    /// The same elements as samples of these sizes, of which there may be others as many.
    pub(super) fn reshape(&mut self, value: Value, sizes: &[usize]) -> Value {
        let value = self.to(value, Layout::Last);
        let shape = self.list(&[vec![-1], integers(sizes.iter().copied())].concat());
        let name = self.node("Reshape", &[&value.name, &shape], &[]);
        Value { name, sizes: sizes.to_vec(), layout: Layout::Last }
    }

    /// The whole graph from `input`, and `lengths` where it is padded, to `output`.
    pub(super) fn finish(
        self,
        name: &str,
        [input, output]: &[Value; 2],
        batch: Option<usize>,
        tokens: bool,
    ) -> Message {
        let end = |name: &str, sizes: &[usize], element: u64| {
            let free = Message::default().text(2, "batch");
            let samples = batch.map_or(free, |samples| Message::default().integer(1, samples as u64));
            let sizes = sizes.iter().map(|size| Message::default().integer(1, *size as u64));
            let axes = [samples].into_iter().chain(sizes);
            let shape = axes.fold(Message::default(), |shape, axis| shape.message(1, &axis));
            let tensor = Message::default().integer(1, element).message(2, &shape);
            Message::default().text(1, name).message(2, &Message::default().message(1, &tensor))
        };
        let graph = self.nodes.iter().fold(Message::default(), |graph, node| graph.message(1, node)).text(2, name);
        let graph = self.tensors.iter().fold(graph, |graph, tensor| graph.message(5, tensor));
        let (element, is_padded) = (self.element(), self.padding.steps > 0);
        let of = |value: &Value, element: u64| end(&value.name, &value.laid_out(), element);
        let graph = graph.message(11, &of(input, if tokens { INT64 } else { element }));
        let graph = if is_padded { graph.message(11, &end(LENGTHS, &[], INT64)) } else { graph };
        graph.message(12, &of(output, element))
    }
}
