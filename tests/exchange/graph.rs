//! ONNX graphs that are made by hand.

use typednet::formats::protobuf::Message;

/// ONNX's numbers of types.
pub(crate) const FLOAT: u64 = 1;
pub(crate) const UINT8: u64 = 2;
pub(crate) const INT16: u64 = 5;
pub(crate) const INT64: u64 = 7;
pub(crate) const BOOL: u64 = 9;
pub(crate) const UINT32: u64 = 12;

/// A graph from `x` to `y`.
#[derive(Clone, Default)]
pub(crate) struct Graph {
    graph: Message,
    opset: u64,
}

/// An input or output; an axis of 0 has no size.
fn end(name: &str, element: u64, sizes: &[u64]) -> Message {
    let shape = sizes.iter().fold(Message::default(), |shape, size| {
        let axis = Message::default();
        shape.message(1, &if *size == 0 { axis.text(2, "N") } else { axis.integer(1, *size) })
    });
    let tensor = Message::default().integer(1, element).message(2, &shape);
    Message::default().text(1, name).message(2, &Message::default().message(1, &tensor))
}

pub(crate) fn tensor(name: &str, element: u64, sizes: &[u64], raw: &[u8]) -> Message {
    let sized = sizes.iter().fold(Message::default(), |tensor, size| tensor.integer(1, *size));
    sized.integer(2, element).text(8, name).blob(9, raw)
}

/// An attribute that is a whole number.
pub(crate) fn integer(name: &str, number: i64) -> Message {
    Message::default().text(1, name).integer(3, number.cast_unsigned()).integer(20, 2)
}

/// A list of whole numbers, of which no kind is said.
pub(crate) fn list(name: &str, numbers: &[i64]) -> Message {
    numbers.iter().fold(Message::default().text(1, name), |list, number| list.integer(8, number.cast_unsigned()))
}

pub(crate) fn integers(name: &str, numbers: &[i64]) -> Message {
    list(name, numbers).integer(20, 7)
}

pub(crate) fn text(name: &str, text: &str) -> Message {
    Message::default().text(1, name).text(4, text).integer(20, 3)
}

impl Graph {
    /// A graph that reads samples of these sizes.
    pub(crate) fn of(sizes: &[u64]) -> Self {
        Self::reads(FLOAT, sizes)
    }

    /// The same where what is read is of another type.
    pub(crate) fn reads(element: u64, sizes: &[u64]) -> Self {
        Self { graph: Message::default().message(11, &end("x", element, &[&[0], sizes].concat())), opset: 17 }
    }

    pub(crate) fn opset(self, opset: u64) -> Self {
        Self { opset, ..self }
    }

    fn field(self, field: u32, message: &Message) -> Self {
        Self { graph: self.graph.message(field, message), ..self }
    }

    /// A node that is called what it gives.
    pub(crate) fn node(self, operator: &str, inputs: &str, outputs: &str, attributes: &[Message]) -> Self {
        let names =
            |node, field, names: &str| names.split(' ').fold(node, |node: Message, name| node.text(field, name));
        let node = names(names(Message::default(), 1, inputs), 2, outputs);
        let node = node.text(3, outputs).text(4, operator);
        self.field(1, &attributes.iter().fold(node, |node, attribute| node.message(5, attribute)))
    }

    pub(crate) fn tensor(self, name: &str, element: u64, sizes: &[u64], raw: &[u8]) -> Self {
        self.field(5, &tensor(name, element, sizes, raw))
    }

    /// A parameter whose numbers are 1, 2 and so on, in quarters.
    pub(crate) fn weight(self, name: &str, sizes: &[u64]) -> Self {
        let len: u64 = sizes.iter().product();
        let raw: Vec<u8> = (0..len).flat_map(|at| ((at + 1) as f32 / 4.0).to_le_bytes()).collect();
        self.tensor(name, FLOAT, sizes, &raw)
    }

    pub(crate) fn number(self, name: &str, number: f32) -> Self {
        self.tensor(name, FLOAT, &[], &number.to_le_bytes())
    }

    /// A list of whole numbers.
    pub(crate) fn list(self, name: &str, numbers: &[i64]) -> Self {
        let raw: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.tensor(name, INT64, &[numbers.len() as u64], &raw)
    }

    pub(crate) fn gives(self, name: &str, element: u64) -> Self {
        self.field(12, &end(name, element, &[0]))
    }

    pub(crate) fn bytes(self) -> Vec<u8> {
        let version = Message::default().integer(2, self.opset);
        Message::default().message(7, &self.graph).message(8, &version).into_bytes()
    }

    /// The file, which gives `y`.
    pub(crate) fn file(self) -> Vec<u8> {
        self.gives("y", FLOAT).bytes()
    }
}
