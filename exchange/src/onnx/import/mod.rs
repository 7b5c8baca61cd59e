//! Networks out of ONNX files.
//!
//! A file is read into plain data ([`file`]), whose nodes are walked from the input to the output ([`walk`]). What they give is one of
//! three: a constant, which is computed ([`evaluate`]); a value of the network, which is a [link](links) behind another one and the
//! places of its elements ([`axes`]); or nothing, behind a node that cannot be taken. Then the links are layers in a line ([`layers`]),
//! which are printed ([`text`]).
#![allow(clippy::float_cmp, reason = "a file's numbers are compared with those that exporters write, to the bit")]
#![allow(
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "sizes are below 2^51, and what is negative is refused or clamped before"
)]

mod activations;
mod arithmetic;
mod attention;
mod axes;
mod casts;
mod convolution;
mod dense;
mod ends;
mod error;
mod evaluate;
mod file;
mod image;
mod inputs;
mod layers;
mod links;
mod norms;
mod operators;
mod patterns;
mod rearrange;
mod recurrent;
mod shapes;
mod tensor;
mod text;
mod value;
mod walk;
mod window;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use typednet_formats::{TensorSpec, write_tensors};
use typednet_layers::{Function, Operation};

use crate::FloatDtype;
use axes::Axes;
use ends::{Ends, Side};
pub use error::{ImportError, Problem};
use file::File;
use layers::{Collector, Layer};
use links::{Param, ROOT};
use tensor::Element;
use walk::{Walk, needed};

/// The longest file that is read.
const LONGEST: u64 = i32::MAX as u64;

/// A network that was read from an ONNX file: its line for `network!`, and its weights.
///
/// What other programs write is written out in operators; what they make together is found, and is a layer here: a product and a sum
/// are a dense layer, transpositions are where the channels of an image stand, dropout and casts are nothing. Images are channels
/// last here, and the weights behind a flattened image are put in its order.
///
/// A node that is no layer of this library, or a part of one, is refused with its name, and all such nodes in one error, before
/// anything is written.
///
/// ```
/// use typednet_exchange::{Exchange, Import};
/// use typednet_layers::{Chain, Dense, Network, Relu, Softmax};
///
/// type Net = Chain<Dense<4, 8, Relu>, Dense<8, 3, Softmax>>;
/// let file = Net::seeded(1).to_onnx()?;
///
/// let import = Import::from_bytes(&file)?;
/// assert_eq!(import.line(), "4 => Dense<8, Relu> => Dense<3, Softmax> -> 3");
/// let path = std::env::temp_dir().join("typednet-import.safetensors");
/// import.save_weights(&path)?; // `Net::load` of the printed network reads them
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Import {
    layers: Vec<Layer>,
    input: Vec<usize>,
    /// The size of the vocabulary, where the input is tokens.
    tokens: Option<usize>,
    output: Vec<usize>,
    dtype: FloatDtype,
    /// Who wrote the file, and what is different there.
    notes: Vec<String>,
}

impl Import {
    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read, is no ONNX file, or has nodes that are no layers here, of which all are named.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ImportError> {
        Self::from_bytes(&typednet_formats::read(path, LONGEST)?)
    }

    /// Reads the bytes of a file.
    ///
    /// Takes memory of a few times their length.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ImportError> {
        let file = File::parse(bytes).map_err(|reason| ImportError::Malformed { reason })?;
        let whole = |reason: String| ImportError::Unsupported { problems: vec![Problem::whole(reason)] };
        let ends = Ends::of(&file).map_err(whole)?;
        let (sizes, batch) = ends::samples(ends.input).map_err(whole)?;
        let needed = needed(&file, ends.output);
        ends.check_type(&file, &needed).map_err(whole)?;
        let sample = ends::without(&sizes, batch);
        let attempt = |channels_first: bool| {
            let axes = Axes::input(&sizes, batch, channels_first);
            let mut here = sample.clone();
            if channels_first {
                here.rotate_left(1);
            }
            let mut walk = Walk::new(&file, ends.input, axes, here.clone(), bytes.len());
            let end = walk.run(ends.output, &needed);
            let mut problems = std::mem::take(&mut walk.problems);
            let mut layers = Vec::new();
            let mut output = Side { there: Vec::new(), here: Vec::new(), is_turned: false };
            if let Some(end) = end.filter(|_| problems.is_empty()) {
                match walk.finished(&end) {
                    Ok((end, side)) => {
                        let mut collector = Collector::new(&file, &walk.links, walk::budget(bytes.len()));
                        layers = collector.line(ROOT, end, 0);
                        problems = collector.problems;
                        output = side;
                    }
                    Err(reason) => problems.push(Problem::whole(reason)),
                }
            }
            let input = Side { there: sample.clone(), here, is_turned: channels_first };
            Attempt { problems, refused: walk.refused, layers, input, output }
        };
        let mut best = attempt(false);
        // Where an image comes in channels first, it is one with its channels last here.
        if sizes.len() > 2 {
            let other = attempt(true);
            // Few refusals, the first of them late, and few layers.
            let rank =
                |attempt: &Attempt| (attempt.problems.len(), std::cmp::Reverse(attempt.refused), attempt.layers.len());
            if rank(&other) < rank(&best) {
                best = other;
            }
        }
        let Attempt { problems, layers, input, output, .. } = best;
        if !problems.is_empty() {
            return Err(ImportError::Unsupported { problems });
        }
        let reads_whole = ends.input.element.is_some_and(Element::is_whole);
        let tokens = ends::vocabulary(&layers, reads_whole).map_err(whole)?;
        if layers.is_empty() {
            return Err(whole("it computes nothing".to_owned()));
        }
        let import = Self {
            notes: ends::notes(&file, &ends, &sizes, [&input, &output], tokens.is_some()),
            layers,
            input: input.here,
            output: output.here,
            dtype: if ends.is_double(tokens.is_some()) { FloatDtype::F64 } else { FloatDtype::F32 },
            tokens,
        };
        import.check_numbers()?;
        Ok(import)
    }

    /// Every weight has to be a number that the network's type has.
    fn check_numbers(&self) -> Result<(), ImportError> {
        let mut problems = Vec::new();
        text::params(&self.layers, &mut |name, param| {
            let is_finite =
                |x: &f64| if self.dtype == FloatDtype::F64 { x.is_finite() } else { (*x as f32).is_finite() };
            if let Some(at) = param.numbers.iter().position(|x| !is_finite(x)) {
                problems.push(Problem::whole(format!(
                    "element {at} of the weights that become `{name}` is {}",
                    param.numbers[at]
                )));
            }
        });
        if problems.is_empty() { Ok(()) } else { Err(ImportError::Unsupported { problems }) }
    }

    fn input_text(&self) -> String {
        match self.tokens {
            None => text::sizes(&self.input),
            Some(size) => {
                self.input.iter().rev().fold(format!("Token<{size}>"), |inner, len| format!("[{inner}; {len}]"))
            }
        }
    }

    /// The network in one line, such as `784 => Dense<128, Relu> => Dense<10, Softmax> -> 10`.
    pub fn line(&self) -> String {
        format!("{} => {} -> {}", self.input_text(), text::line(&self.layers), text::sizes(&self.output))
    }

    /// The network as an item that can be checked in: `network!` with a struct of this name, and what is to be known of it.
    pub fn item(&self, name: &str) -> String {
        let scalar = if self.dtype == FloatDtype::F64 { "<f64>" } else { "" };
        let notes = self.notes.iter().fold(String::new(), |mut text, note| {
            _ = writeln!(text, "    /// {note}");
            text
        });
        let (input, lines, output) = (self.input_text(), text::lines(&self.layers), text::sizes(&self.output));
        format!("network! {{\n{notes}    pub struct {name}{scalar}: {input}{lines}\n        -> {output}\n}}\n")
    }

    /// The names, sizes and numbers of all parameters, in the order in which they stand in the network.
    pub fn parameters(&self) -> Vec<(String, Vec<usize>, Vec<f64>)> {
        let mut all = Vec::new();
        text::params(&self.layers, &mut |name, param| all.push((name, param.sizes.clone(), param.numbers.clone())));
        all
    }

    /// What the layers compute, each before the layers inside it.
    pub fn operations(&self) -> Vec<(Operation, Function)> {
        let (mut all, mut open): (Vec<_>, Vec<&Layer>) = (Vec::new(), self.layers.iter().rev().collect());
        while let Some(layer) = open.pop() {
            all.push((layer.operation, layer.function));
            open.extend(layer.children.iter().rev().flat_map(|line| line.iter().rev()));
        }
        all
    }

    /// Writes the weights as a safetensors file that the printed network loads.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save_weights(&self, path: impl AsRef<Path>) -> Result<(), ImportError> {
        let (mut specs, mut params): (Vec<TensorSpec>, Vec<&Param>) = (Vec::new(), Vec::new());
        text::params(&self.layers, &mut |name, param| {
            specs.push(TensorSpec { name, dtype: self.dtype.stored(), shape: param.sizes.clone() });
            params.push(param);
        });
        let metadata = BTreeMap::from([("typednet.network".to_owned(), self.line())]);
        write_tensors(path, &specs, &metadata, |place, write| {
            let mut bytes = Vec::with_capacity(CHUNK * self.dtype.size());
            for numbers in params[place].numbers.chunks(CHUNK) {
                bytes.clear();
                for x in numbers {
                    self.dtype.put(*x, &mut bytes);
                }
                write(&bytes)?;
            }
            Ok(())
        })?;
        Ok(())
    }
}

/// What came of a walk.
struct Attempt {
    problems: Vec<Problem>,
    /// The first node that was refused.
    refused: Option<usize>,
    layers: Vec<Layer>,
    input: Side,
    output: Side,
}

/// Numbers that are written at once.
const CHUNK: usize = 1 << 12;
