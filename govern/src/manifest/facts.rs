//! The facts that a manifest is made of.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};
use typednet_data::Content;
use typednet_formats::Sha256;
use typednet_layers::{AsNetwork, Layer, LayerInfo};
use typednet_tensor::{Scalar, simd};

/// The SHA-256 of a model's weights, as 64 hexadecimal digits: two models with one hash are equal to the bit.
///
/// Hashed are the lines `typednet weights 1`, the scalar and the number of elements, each with a line feed at its end,
/// then all elements in the order of the model's block as little-endian numbers.
pub fn weights_hash<M: Layer<Elem: Content>>(model: &impl AsNetwork<Network = M>) -> String {
    let elements = model.as_network().as_flat();
    let mut state = Sha256::new();
    state.update(format!("typednet weights 1\n{}\n{}\n", M::Elem::NAME, elements.len()));
    M::Elem::hash(elements, &mut |bytes| state.update(bytes));
    state.finish().to_string()
}

/// A setting or a result: a whole number, a number or a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A whole number.
    Integer(u64),
    /// A finite number.
    Number(f64),
    /// Anything else.
    Text(String),
}

impl Value {
    /// A text that may be a whole number.
    pub(super) fn of_text(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Text(text.to_owned()), Self::Integer)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(f),
            Self::Number(number) => write!(f, "{number:?}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl From<f64> for Value {
    /// JSON has no infinity and no NaN: they become texts.
    fn from(number: f64) -> Self {
        if number.is_finite() { Self::Number(number) } else { Self::Text(number.to_string()) }
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Integer(number)
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Integer(number as u64)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A part of the data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataFacts {
    /// How many samples it has.
    pub rows: usize,
    /// The hash of their content, see [`ContentHash`](typednet_data::ContentHash).
    pub sha256: String,
}

/// The shape of a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkFacts {
    /// The type's name.
    pub name: String,
    /// The scalar, `f32` or `f64`.
    pub scalar: String,
    /// The shape of an input, such as `[784]`.
    pub input: String,
    /// The shape of an output.
    pub output: String,
    /// The number of trained parameters.
    pub parameters: usize,
    /// The innermost layers, in order.
    pub layers: Vec<LayerFacts>,
}

/// A layer that has no layers inside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerFacts {
    /// The name as in files of weights, such as `hidden` or `first`; empty where the network is one layer.
    pub name: String,
    /// The type as in `network!`, such as `Dense<128, Relu>`.
    pub layer: String,
    /// The shape of its output.
    pub output: String,
    /// The number of its trained parameters.
    pub parameters: usize,
}

impl NetworkFacts {
    pub(crate) fn of<M: Layer>() -> Self {
        let tree = const { &M::TREE };
        let mut layers = Vec::new();
        collect(tree, "", &mut layers);
        Self {
            name: tree.name.to_owned(),
            scalar: M::Elem::NAME.to_owned(),
            input: tree.input.to_string(),
            output: tree.output.to_string(),
            parameters: tree.params(),
            layers,
        }
    }
}

fn collect(node: &LayerInfo, path: &str, layers: &mut Vec<LayerFacts>) {
    if node.children.is_empty() {
        let [name, layer, output] = [path.to_owned(), node.to_string(), node.output.to_string()];
        layers.push(LayerFacts { name, layer, output, parameters: node.params() });
    }
    for child in node.children {
        let dot = if path.is_empty() { "" } else { "." };
        collect(child.node, &format!("{path}{dot}{}", child.name), layers);
    }
}

/// What computes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Program {
    pub(super) crates: BTreeMap<String, String>,
    pub(super) compiler: String,
    pub(super) target: String,
    pub(super) optimisation: String,
    pub(super) lane: String,
}

impl Program {
    /// This one.
    pub(super) fn present() -> Self {
        Self {
            crates: BTreeMap::from([("typednet".to_owned(), env!("CARGO_PKG_VERSION").to_owned())]),
            compiler: env!("TYPEDNET_RUSTC").to_owned(),
            target: env!("TYPEDNET_TARGET").to_owned(),
            optimisation: env!("TYPEDNET_OPTIMISATION").to_owned(),
            lane: simd::lane().name().to_owned(),
        }
    }
}

/// The state of a program's source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Git {
    pub(super) revision: String,
    /// Whether files differ from the revision.
    pub(super) dirty: bool,
}

impl Git {
    /// What git says about a folder; `None` where there is no git or no revision.
    pub(super) fn of(folder: &Path) -> Option<Self> {
        let git = |args: &[&str]| {
            let output = Command::new("git").arg("-C").arg(folder).args(args).output().ok()?;
            output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        };
        let revision = git(&["rev-parse", "--verify", "HEAD"])?;
        let dirty = git(&["--no-optional-locks", "status", "--porcelain"]).is_none_or(|changes| !changes.is_empty());
        Some(Self { revision, dirty })
    }
}
