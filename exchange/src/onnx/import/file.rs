//! An ONNX file as plain data: the messages that a network needs, checked, and nothing else.

use std::collections::HashMap;

use typednet_formats::protobuf::{Damaged, Field, fields, varints};

use super::tensor::{Data, Element, Tensor, product};

/// The most nodes that a file may have.
pub(super) const MOST_NODES: usize = 1 << 16;

/// The most tensors that a file may have.
pub(super) const MOST_TENSORS: usize = 1 << 16;

/// The most axes that an array may have.
pub(super) const MOST_AXES: usize = 12;

/// The most elements that one sample may have.
pub(super) const MOST_ELEMENTS: usize = 1 << 40;

/// A text of other bytes than UTF-8, which no attribute has that is read here.
const UNKNOWN: &str = "\u{FFFD}";

/// A `ModelProto`.
#[derive(Debug, Default)]
pub(super) struct File<'a> {
    /// Who wrote it.
    pub(super) producer: &'a str,
    /// The version of the operators without a domain.
    pub(super) opset: u64,
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) tensors: HashMap<&'a str, Tensor<'a>>,
    pub(super) inputs: Vec<End<'a>>,
    pub(super) outputs: Vec<End<'a>>,
}

/// A `NodeProto`.
#[derive(Debug, Default)]
pub(super) struct Node<'a> {
    pub(super) name: &'a str,
    pub(super) operator: &'a str,
    /// Empty or `ai.onnx` for ONNX's own.
    pub(super) domain: &'a str,
    pub(super) inputs: Vec<&'a str>,
    pub(super) outputs: Vec<&'a str>,
    pub(super) attributes: HashMap<&'a str, Attribute<'a>>,
}

/// An `AttributeProto`.
#[derive(Debug)]
pub(super) enum Attribute<'a> {
    Integer(i64),
    Number(f64),
    Text(&'a str),
    Tensor(Tensor<'a>),
    Integers(Vec<i64>),
    Numbers(Vec<f64>),
    Texts(Vec<&'a str>),
    /// A graph or another thing that no operator here has.
    Other,
}

/// What a graph reads or gives.
#[derive(Debug, Default)]
pub(super) struct End<'a> {
    pub(super) name: &'a str,
    /// None where it is no tensor.
    pub(super) element: Option<Element>,
    /// An axis without a size is `None`.
    pub(super) sizes: Vec<Option<usize>>,
}

/// What is wrong with a file, in words.
pub(super) type Malformed = String;

fn damaged(error: Damaged) -> Malformed {
    error.to_string()
}

fn text(bytes: &[u8]) -> Result<&str, Malformed> {
    std::str::from_utf8(bytes).map_err(|_| "a name is no UTF-8 text".to_owned())
}

/// Hands each field of a message to `each`.
fn read<'a>(bytes: &'a [u8], mut each: impl FnMut(u32, Field<'a>) -> Result<(), Malformed>) -> Result<(), Malformed> {
    fields(bytes).try_for_each(|field| field.map_err(damaged).and_then(|(number, field)| each(number, field)))
}

impl<'a> File<'a> {
    /// # Errors
    /// If the bytes are no model, or it has more of something than the limits here say.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let (mut file, mut graph) = (Self::default(), None);
        read(bytes, |number, field| {
            match (number, field) {
                (2, Field::Bytes(name)) => file.producer = text(name)?,
                (7, Field::Bytes(message)) => graph = Some(message),
                (8, Field::Bytes(message)) => {
                    let (mut domain, mut version) = (&b""[..], 0);
                    read(message, |number, field| {
                        match (number, field) {
                            (1, Field::Bytes(name)) => domain = name,
                            (2, Field::Integer(number)) => version = number,
                            _ => {}
                        }
                        Ok(())
                    })?;
                    if domain.is_empty() || domain == b"ai.onnx" {
                        file.opset = version;
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        let Some(graph) = graph else { return Err("it has no graph".to_owned()) };
        if file.opset == 0 {
            return Err("it does not say of which version its operators are".to_owned());
        }
        file.graph(graph)?;
        Ok(file)
    }

    fn graph(&mut self, graph: &'a [u8]) -> Result<(), Malformed> {
        let most = |what: &str, most: usize| format!("it has more than {most} {what}");
        read(graph, |number, field| {
            match (number, field) {
                (1, Field::Bytes(message)) => {
                    self.nodes.push(Node::parse(message)?);
                    if self.nodes.len() > MOST_NODES {
                        return Err(most("nodes", MOST_NODES));
                    }
                }
                (5, Field::Bytes(message)) => {
                    let (name, tensor) = tensor(message)?;
                    if self.tensors.insert(name, tensor).is_some() {
                        return Err(format!("two tensors are called `{name}`"));
                    }
                    if self.tensors.len() > MOST_TENSORS {
                        return Err(most("tensors", MOST_TENSORS));
                    }
                }
                (11, Field::Bytes(message)) => self.inputs.push(End::parse(message)?),
                (12, Field::Bytes(message)) => self.outputs.push(End::parse(message)?),
                (15, Field::Bytes(_)) => return Err("it has a sparse tensor".to_owned()),
                _ => {}
            }
            Ok(())
        })?;
        // Old files name parameters among the inputs.
        self.inputs.retain(|input| !self.tensors.contains_key(input.name));
        Ok(())
    }
}

impl<'a> Node<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut node = Self::default();
        read(bytes, |number, field| {
            match (number, field) {
                (1, Field::Bytes(name)) => node.inputs.push(text(name)?),
                (2, Field::Bytes(name)) => node.outputs.push(text(name)?),
                (3, Field::Bytes(name)) => node.name = text(name)?,
                (4, Field::Bytes(name)) => node.operator = text(name)?,
                (5, Field::Bytes(message)) => {
                    let (name, attribute) = attribute(message)?;
                    node.attributes.insert(name, attribute);
                }
                (7, Field::Bytes(name)) => node.domain = text(name)?,
                _ => {}
            }
            Ok(())
        })?;
        Ok(node)
    }
}

fn attribute(bytes: &[u8]) -> Result<(&str, Attribute<'_>), Malformed> {
    let (mut name, mut found) = ("", Attribute::Other);
    let (mut integers, mut numbers, mut texts) = (Vec::new(), Vec::new(), Vec::new());
    let mut kind = 0;
    read(bytes, |number, field| {
        match (number, field) {
            (1, Field::Bytes(bytes)) => name = text(bytes)?,
            (2, Field::Four(bytes)) => found = Attribute::Number(f64::from(f32::from_le_bytes(bytes))),
            (3, Field::Integer(number)) => found = Attribute::Integer(number.cast_signed()),
            (4, Field::Bytes(bytes)) => found = Attribute::Text(text(bytes).unwrap_or(UNKNOWN)),
            (5, Field::Bytes(message)) => found = Attribute::Tensor(tensor(message)?.1),
            (7, Field::Four(bytes)) => numbers.push(f64::from(f32::from_le_bytes(bytes))),
            (7, Field::Bytes(bytes)) => {
                numbers.extend(bytes.as_chunks().0.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes))));
            }
            (8, Field::Integer(number)) => integers.push(number.cast_signed()),
            (8, Field::Bytes(bytes)) => {
                for number in varints(bytes) {
                    integers.push(number.map_err(damaged)?.cast_signed());
                }
            }
            (9, Field::Bytes(bytes)) => texts.push(text(bytes).unwrap_or(UNKNOWN)),
            (20, Field::Integer(number)) => kind = number,
            _ => {}
        }
        Ok(())
    })?;
    // A list without elements is told by its kind alone, and so is a number that is 0 and not written.
    let found = match (kind, found) {
        // Files of the first version say no kind.
        (0, Attribute::Other) if !numbers.is_empty() => Attribute::Numbers(numbers),
        (0, Attribute::Other) if !integers.is_empty() => Attribute::Integers(integers),
        (0, Attribute::Other) if !texts.is_empty() => Attribute::Texts(texts),
        (1, Attribute::Other) => Attribute::Number(0.0),
        (2, Attribute::Other) => Attribute::Integer(0),
        (3, Attribute::Other) => Attribute::Text(""),
        (6, _) => Attribute::Numbers(numbers),
        (7, _) => Attribute::Integers(integers),
        (8, _) => Attribute::Texts(texts),
        (_, found) => found,
    };
    Ok((name, found))
}

fn tensor(bytes: &[u8]) -> Result<(&str, Tensor<'_>), Malformed> {
    let (mut name, mut sizes, mut element) = ("", Vec::new(), Element::Other(0));
    let (mut data, mut numbers, mut outside): (Option<&[u8]>, Vec<f64>, _) = (None, Vec::new(), false);
    let mut typed = 0;
    let mut size = |number: u64| -> Result<(), Malformed> {
        let size = usize::try_from(number).ok().filter(|size| *size <= MOST_ELEMENTS);
        sizes.push(size.ok_or_else(|| format!("a tensor has a size of more than {MOST_ELEMENTS}"))?);
        if sizes.len() > MOST_AXES { Err(format!("a tensor has more than {MOST_AXES} axes")) } else { Ok(()) }
    };
    read(bytes, |number, field| {
        match (number, field) {
            (1, Field::Integer(number)) => size(number)?,
            (1, Field::Bytes(bytes)) => varints(bytes).try_for_each(|number| size(number.map_err(damaged)?))?,
            (2, Field::Integer(number)) => element = Element::of(number),
            (4, Field::Four(bytes)) => numbers.push(f64::from(f32::from_le_bytes(bytes))),
            (10, Field::Eight(bytes)) => numbers.push(f64::from_le_bytes(bytes)),
            (4, Field::Bytes(bytes)) => (data, typed) = (Some(bytes), 4),
            (9, Field::Bytes(bytes)) => data = Some(bytes),
            (10, Field::Bytes(bytes)) => (data, typed) = (Some(bytes), 8),
            (5 | 7, Field::Integer(number)) => numbers.push(number.cast_signed() as f64),
            (5 | 7, Field::Bytes(bytes)) => {
                for number in varints(bytes) {
                    numbers.push(number.map_err(damaged)?.cast_signed() as f64);
                }
            }
            (8, Field::Bytes(bytes)) => name = text(bytes)?,
            (13, _) | (14, Field::Integer(1)) => outside = true,
            _ => {}
        }
        Ok(())
    })?;
    if outside {
        return Err(format!(
            "the numbers of the tensor `{name}` are in another file; write it with all in one, such as with `external_data=False`"
        ));
    }
    let bytes = element.size();
    let Some(len) = product(&sizes) else {
        return Err(format!("the tensor `{name}` has more elements than can be counted"));
    };
    let is_whole = match (data, element) {
        (_, Element::Other(_)) => true,
        (Some(data), _) => {
            len.checked_mul(bytes) == Some(data.len()) && numbers.is_empty() && [0, bytes].contains(&typed)
        }
        (None, _) => numbers.len() == len,
    };
    if !is_whole {
        let found = data.map_or(numbers.len(), |data| data.len() / bytes.max(1));
        return Err(format!("the tensor `{name}` of {sizes:?} has {found} numbers"));
    }
    // Halves stand in the field of whole numbers as their bits.
    let half = |bits: &f64| Element::take_bits(element, *bits as u16);
    let data = match data {
        Some(data) => Data::Raw(data),
        None if matches!(element, Element::F16 | Element::Bf16) => Data::Numbers(numbers.iter().map(half).collect()),
        None => Data::Numbers(numbers.into()),
    };
    Ok((name, Tensor { sizes, element, data }))
}

impl<'a> End<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let (mut end, mut shape) = (Self::default(), None);
        let message = |field: Field<'a>, number: u32, wanted: u32| match field {
            Field::Bytes(bytes) if number == wanted => Some(bytes),
            _ => None,
        };
        let mut ty = None;
        read(bytes, |number, field| {
            if let Some(bytes) = message(field, number, 1) {
                end.name = text(bytes)?;
            }
            ty = message(field, number, 2).or(ty);
            Ok(())
        })?;
        let mut tensor = None;
        read(ty.unwrap_or_default(), |number, field| {
            tensor = message(field, number, 1).or(tensor);
            Ok(())
        })?;
        read(tensor.unwrap_or_default(), |number, field| {
            if let (1, Field::Integer(number)) = (number, field) {
                end.element = Some(Element::of(number));
            }
            shape = message(field, number, 2).or(shape);
            Ok(())
        })?;
        read(shape.unwrap_or_default(), |number, field| {
            let Some(axis) = message(field, number, 1) else { return Ok(()) };
            let mut size = None;
            read(axis, |number, field| {
                if let (1, Field::Integer(number)) = (number, field) {
                    // Writers of old say 0 of an axis without a size.
                    size = usize::try_from(number).ok().filter(|size| (1..=MOST_ELEMENTS).contains(size));
                }
                Ok(())
            })?;
            end.sizes.push(size);
            if end.sizes.len() > MOST_AXES {
                return Err(format!("`{}` has more than {MOST_AXES} axes", end.name));
            }
            Ok(())
        })?;
        Ok(end)
    }
}

impl Element {
    /// A number of 16 bits.
    fn take_bits(self, bits: u16) -> f64 {
        Tensor { sizes: vec![], element: self, data: Data::Raw(&bits.to_le_bytes()) }.get(0)
    }
}

impl Node<'_> {
    pub(super) fn integer(&self, name: &str, other: i64) -> i64 {
        if let Some(Attribute::Integer(number)) = self.attributes.get(name) { *number } else { other }
    }

    pub(super) fn number(&self, name: &str, other: f64) -> f64 {
        if let Some(Attribute::Number(number)) = self.attributes.get(name) { *number } else { other }
    }

    pub(super) fn text(&self, name: &str) -> &str {
        if let Some(Attribute::Text(text)) = self.attributes.get(name) { text } else { "" }
    }

    pub(super) fn integers(&self, name: &str) -> Option<&[i64]> {
        if let Some(Attribute::Integers(numbers)) = self.attributes.get(name) { Some(numbers) } else { None }
    }

    pub(super) fn numbers(&self, name: &str) -> &[f64] {
        if let Some(Attribute::Numbers(numbers)) = self.attributes.get(name) { numbers } else { &[] }
    }

    pub(super) fn texts(&self, name: &str) -> &[&str] {
        if let Some(Attribute::Texts(texts)) = self.attributes.get(name) { texts } else { &[] }
    }

    /// Whether it is an operator of ONNX itself.
    pub(super) fn is_standard(&self) -> bool {
        self.domain.is_empty() || self.domain == "ai.onnx"
    }
}
