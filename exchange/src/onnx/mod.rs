//! ONNX files.

mod attention;
mod functions;
mod graph;
mod import;
mod int8;
mod layers;
mod operations;
mod padding;
mod recurrent;
mod steps;
mod value;

use std::any::TypeId;
use std::collections::BTreeMap;
use std::path::Path;

use typednet_formats::protobuf::Message;
use typednet_layers::{AsNetwork, Compact, Layer, LayerInfo};
use typednet_tensor::{Flat, Model};

use crate::supported::{self, Target};
use crate::{ExchangeError, FloatDtype, text};
use graph::Graph;
pub use import::{Import, ImportError, Problem};
use steps::StepsOf;
use value::{Layout, Value};

/// The version of the operators: of 2021, which every runtime of today reads.
const OPSET: u64 = 17;

/// The version of the format that goes with it.
const FORMAT: u64 = 8;

/// What a message of protocol buffers may be long.
const LONGEST: u64 = i32::MAX as u64;

/// How a network is written as an ONNX file.
///
/// The file holds what the network computes in use: dropout and noise are not in it, and normalisations have their running
/// statistics. Its input is called `input`, its output `output`, and parameters as they are here, such as `hidden.weight`. The
/// operators are those of opset 17. The number of samples is free unless [`batch`](Self::batch) fixes it.
///
/// Images are `[batch, height, width, channels]` at both ends, as their types say here, and are turned inside to the channels first
/// that ONNX convolutions have; [`channels_first`](Self::channels_first) has both ends so too.
///
/// Tokens come in as whole numbers of 64 bits.
///
/// Sequences of different lengths, such as `Padded<[Token<65>; 64]>`, are two inputs: `input` has all steps, `[batch, 64]`, and `lengths`,
/// whole numbers of 64 bits, says of each sample how many of them count, `[batch]`. What stands in the others is of no account, be it a
/// token that is not in the vocabulary or NaN. A length below 1 counts as 1, and one above the number of steps as that number. Where the
/// output has steps, those of padding are 0.
///
/// ```
/// use typednet_exchange::Onnx;
/// use typednet_layers::{Chain, Dense, EndPadded, Gru, Last, Network, OnPadded, PaddedEmbedding, Softmax};
///
/// // Padded<[Token<26>; 11]> => Embedding<16> => Gru<32> => Last => Dense<2, Softmax>
/// type State = Chain<OnPadded<Gru<11, 16, 32>>, EndPadded<Last<[f32; 32], 11>>>;
/// type Names = Chain<PaddedEmbedding<11, 26, 16>, Chain<State, Dense<32, 2, Softmax>>>;
/// let file = Onnx::new().bytes(&Names::seeded(1))?;
///
/// // In Python: session.run(None, {"input": letters, "lengths": numpy.array([4, 11, 1])})
/// assert!(file.windows(7).any(|name| name == b"lengths"));
/// # Ok::<(), typednet_exchange::ExchangeError>(())
/// ```
///
/// In metadata stand the network as `network!` has it (`typednet.network`), what tells its architecture from others, and notes.
///
/// ```
/// use typednet_exchange::Onnx;
/// use typednet_layers::{Chain, Dense, Network, Relu, Softmax};
///
/// type Net = Chain<Dense<4, 8, Relu>, Dense<8, 3, Softmax>>;
/// let path = std::env::temp_dir().join("typednet-net.onnx");
/// Onnx::new().note("classes", "setosa, versicolor, virginica").save(&Net::seeded(1), &path)?;
///
/// // In Python: onnxruntime.InferenceSession("…").run(None, {"input": samples})
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), typednet_exchange::ExchangeError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Onnx {
    channels_first: bool,
    batch: Option<usize>,
    single: bool,
    notes: BTreeMap<String, String>,
}

impl Onnx {
    /// Any number of samples, images with their channels last.
    pub fn new() -> Self {
        Self::default()
    }

    /// Arrays of three and more axes, as images are, have their last axis first in the input and in the output.
    #[must_use]
    pub const fn channels_first(mut self) -> Self {
        self.channels_first = true;
        self
    }

    /// The input is always so many samples.
    #[must_use]
    pub const fn batch(mut self, samples: usize) -> Self {
        self.batch = Some(samples);
        self
    }

    /// Numbers have 32 bits, whatever the network's have: ONNX Runtime has no convolutions of numbers of 64 bits, for one.
    #[must_use]
    pub const fn single(mut self) -> Self {
        self.single = true;
        self
    }

    /// Writes a text into the metadata of the file, such as the names of the classes.
    #[must_use]
    pub fn note(mut self, key: impl Into<String>, text: impl Into<String>) -> Self {
        self.notes.insert(key.into(), text.into());
        self
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// If layers have no counterpart, of which all are named, or the file would be longer than 2 GiB.
    pub fn bytes(&self, model: &impl AsNetwork) -> Result<Vec<u8>, ExchangeError> {
        self.write(model.as_network(), StepsOf::new())
    }

    /// Writes the file. At any moment there is the old file or the new one under `path`.
    ///
    /// # Errors
    /// As [`bytes`](Self::bytes), and if the file cannot be written.
    pub fn save(&self, model: &impl AsNetwork, path: impl AsRef<Path>) -> Result<(), ExchangeError> {
        Ok(typednet_formats::write(path, self.bytes(model)?)?)
    }

    /// The bytes of the file of the network's form of one byte, which was made of `model`.
    ///
    /// Dense layers and convolutions stand there as integers in the field's way: what they read is quantised and dequantised again
    /// by a `QuantizeLinear` and a `DequantizeLinear` of bytes without a sign, and their weights are bytes with a sign behind a
    /// `DequantizeLinear` with a factor for each output ("QDQ"). Weights of other layers are the numbers that the form computes with.
    /// A runtime may compute products of integers or of the dequantised numbers; the sums are of the same terms, and differ from the
    /// form's as far as sums of `f32` are rounded. A number between two steps may so become the other one in a later layer.
    ///
    /// On x86 processors without VNNI, ONNX Runtime adds products of bytes in 16 bits, which is not enough for all of them: an output of a small
    /// `LeNet` was 1.92 there in place of 1.40. A session with `session.disable_quant_qdq` set to `1` computes with the dequantised numbers.
    ///
    /// ```
    /// use typednet_exchange::Onnx;
    /// use typednet_layers::{Chain, Compact, Dense, Network, Relu, Softmax};
    ///
    /// type Net = Chain<Dense<4, 8, Relu>, Dense<8, 3, Softmax>>;
    /// let net = Net::seeded(1);
    /// let form = net.to_int8(&[[0.5, -1.0, 2.0, 0.0], [1.0, 1.0, -2.0, 0.5]]);
    /// let file = Onnx::new().int8_bytes(&net, &form)?;
    /// assert!(file.windows(14).any(|text| text == b"QuantizeLinear"));
    /// # Ok::<(), typednet_exchange::ExchangeError>(())
    /// ```
    ///
    /// # Errors
    /// As [`bytes`](Self::bytes).
    pub fn int8_bytes<N: AsNetwork<Network: Compact>>(
        &self,
        model: &N,
        form: &<N::Network as Compact>::Int8,
    ) -> Result<Vec<u8>, ExchangeError> {
        let mut restored = Model::<N::Network>::zeroed();
        model.as_network().restore(form, &mut restored);
        self.write(&*restored, steps::steps_of::<N::Network>(form))
    }

    /// Writes the file of [`int8_bytes`](Self::int8_bytes). At any moment there is the old file or the new one under `path`.
    ///
    /// # Errors
    /// As [`int8_bytes`](Self::int8_bytes), and if the file cannot be written.
    pub fn save_int8<N: AsNetwork<Network: Compact>>(
        &self,
        model: &N,
        form: &<N::Network as Compact>::Int8,
        path: impl AsRef<Path>,
    ) -> Result<(), ExchangeError> {
        Ok(typednet_formats::write(path, self.int8_bytes(model, form)?)?)
    }

    fn write<L: Layer>(&self, model: &L, steps: StepsOf) -> Result<Vec<u8>, ExchangeError> {
        let tree = const { &L::TREE };
        supported::check(tree, Target::Onnx)?;
        let too_long = |bytes| ExchangeError::TooLong { bytes, limit: LONGEST };
        let dtype = if self.single { FloatDtype::F32 } else { FloatDtype::native::<L::Elem>() };
        let parameters = tree.len() as u64 * dtype.size() as u64;
        if parameters > LONGEST {
            return Err(too_long(parameters));
        }
        let mut graph = Graph::<L::Elem>::new(model.as_flat(), dtype);
        graph.steps = steps;
        if tree.input.is_padded() {
            graph.padding.steps = tree.input.sizes()[0];
        }
        let [input, output] = [&tree.input, &tree.output].map(|shape| {
            let layout = if self.channels_first && shape.sizes().len() >= 3 { Layout::First } else { Layout::Last };
            Value { name: String::new(), sizes: shape.sizes().to_vec(), layout }
        });
        let input = Value { name: "input".into(), ..input };
        let given = graph.network(tree, input.clone());
        let given = graph.to(given, output.layout);
        graph.output(&given);
        let ends = [input, Value { name: "output".into(), ..output }];
        // Tokens are whole numbers; all else is made of the network's numbers.
        let tokens = TypeId::of::<<L::In as Flat>::Elem>() != TypeId::of::<L::Elem>();
        let graph = graph.finish(tree.name, &ends, self.batch, tokens);
        let bytes = self.model(tree, &graph).into_bytes();
        if bytes.len() as u64 > LONGEST { Err(too_long(bytes.len() as u64)) } else { Ok(bytes) }
    }

    /// A `ModelProto`.
    fn model(&self, tree: &LayerInfo, graph: &Message) -> Message {
        let own = [
            ("typednet.network".to_owned(), text::network(tree)),
            ("typednet.architecture".to_owned(), text::architecture(tree)),
        ];
        let notes = self.notes.clone().into_iter().chain(own);
        let model = Message::default()
            .integer(1, FORMAT)
            .text(2, "typednet")
            .message(7, graph)
            .message(8, &Message::default().text(1, "").integer(2, OPSET));
        notes.fold(model, |model, (key, text)| model.message(14, &Message::default().text(1, &key).text(2, &text)))
    }
}
