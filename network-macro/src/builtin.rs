//! The layers and activations that `network!` knows: one entry each.
//!
//! A layer that is not here is a type of the user's, and is written as it stands.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::{Ident, Result};

use crate::ast::{Named, Network, Shape, Size, Written};
use crate::constants::Constants;
use crate::hints;

mod around;
mod call;
mod rule;

pub(crate) use around::{Around, branch_name, branch_names};
use call::Call;
pub(crate) use rule::Rule;

/// A layer that the macro knows by name.
pub(crate) struct Builtin {
    name: &'static str,
    /// How it is written.
    usage: &'static str,
    /// Its type and shape after a given input.
    settle: fn(&mut Call<'_>) -> Result<Settled>,
}

/// All of them.
const LAYERS: &[Builtin] = &[
    Builtin { name: "Dense", usage: "Dense<128>` or `Dense<128, Relu>", settle: dense },
    Builtin { name: "Activation", usage: "Activation<Relu>", settle: activation_layer },
    Builtin { name: "Dropout", usage: "Dropout<0.5>", settle: dropout },
    Builtin { name: "TestScaledDropout", usage: "TestScaledDropout<0.5>", settle: dropout },
    Builtin { name: "Noise", usage: "Noise<0.1>", settle: noise },
    Builtin { name: "BatchNorm", usage: "BatchNorm", settle: norm },
    Builtin { name: "LayerNorm", usage: "LayerNorm", settle: norm },
];

/// An activation that the macro knows by name.
struct Function {
    name: &'static str,
    /// The value of its number where none is written; nothing if it has no number.
    number: Option<f64>,
}

const fn plain(name: &'static str) -> Function {
    Function { name, number: None }
}

/// All of them.
const ACTIVATIONS: &[Function] = &[
    plain("Linear"),
    plain("Step"),
    plain("Sigmoid"),
    plain("Tanh"),
    plain("Relu"),
    Function { name: "LeakyRelu", number: Some(0.01) },
    Function { name: "Elu", number: Some(1.0) },
    plain("Gelu"),
    plain("GeluTanh"),
    plain("Silu"),
    plain("Softplus"),
    plain("Softmax"),
    plain("LogSoftmax"),
];

/// The fully connected layer: `Dense<outputs>`, `Dense<outputs, activation>`.
fn dense(call: &mut Call<'_>) -> Result<Settled> {
    let outputs = call.size("the number of outputs")?;
    let activation = call.activation()?.unwrap_or_else(|| call.known("Linear"));
    call.end()?;
    if let Size::Literal(0) = outputs {
        return Err(call.error("a layer needs at least one output"));
    }
    let inputs = call.inputs()?;
    let (name, scalar, size) = (call.known("Dense"), &call.scalar, outputs.argument());
    let ty = quote_spanned!(call.span=> #name<#inputs, #size, #activation, #scalar>);
    let reads = quote_spanned!(call.span=> [#scalar; #inputs]);
    let output = Shape { tokens: call.named.tokens.clone(), sizes: vec![outputs.clone()] };
    Ok(Settled {
        ty,
        output: Some(output),
        sizes: vec![outputs],
        reads: Some(reads),
        own_activation: call.own_activation.take(),
        has_inside: false,
        numbers: std::mem::take(&mut call.numbers),
    })
}

/// An activation alone, which keeps the shape: `Activation<Relu>`.
fn activation_layer(call: &mut Call<'_>) -> Result<Settled> {
    let activation = call.activation()?;
    let activation = activation.ok_or_else(|| call.error("an activation is missing: write `Activation<Relu>`"))?;
    call.end()?;
    Ok(call.keeping_the_shape("ActivationLayer", &activation))
}

/// What leaves out elements and keeps the shape: `Dropout<0.5>`, `TestScaledDropout<0.5>`.
fn dropout(call: &mut Call<'_>) -> Result<Settled> {
    let probability = call.number(Rule::Probability)?;
    call.end()?;
    let name = call.named.name().to_string();
    Ok(call.keeping_the_shape(&name, &probability))
}

/// What adds noise and keeps the shape: `Noise<0.1>`.
fn noise(call: &mut Call<'_>) -> Result<Settled> {
    let deviation = call.number(Rule::Deviation)?;
    call.end()?;
    Ok(call.keeping_the_shape("Noise", &deviation))
}

/// What normalises one row of numbers: `BatchNorm`, `LayerNorm`.
fn norm(call: &mut Call<'_>) -> Result<Settled> {
    call.end()?;
    let inputs = call.inputs()?;
    let (name, scalar) = (call.known(&call.named.name().to_string()), &call.scalar);
    let ty = quote_spanned!(call.span=> #name<#inputs, #scalar>);
    let reads = quote_spanned!(call.span=> [#scalar; #inputs]);
    let output = if let Input::Shape(shape) = &call.input { Some(shape.clone()) } else { None };
    Ok(Settled {
        ty,
        output,
        sizes: Vec::new(),
        reads: Some(reads),
        own_activation: None,
        has_inside: false,
        numbers: Vec::new(),
    })
}

/// What follows from a layer as it is written and from its input.
pub(crate) struct Settled {
    /// The layer's type.
    pub(crate) ty: TokenStream,
    /// What it gives; nothing where only rustc knows.
    pub(crate) output: Option<Shape>,
    /// The sizes that must not be zero.
    pub(crate) sizes: Vec<Size>,
    /// The type that it reads; nothing if that is whatever it is given.
    pub(crate) reads: Option<TokenStream>,
    /// The activation, if it is a type of the user's.
    pub(crate) own_activation: Option<TokenStream>,
    /// Whether there are layers inside, so that only rustc knows what it reads and gives.
    pub(crate) has_inside: bool,
    /// The numbers that rustc computes, and what they must be.
    pub(crate) numbers: Vec<(Rule, TokenStream)>,
}

/// What comes into a layer.
#[derive(Clone)]
pub(crate) enum Input {
    /// A shape that is written in the network.
    Shape(Shape),
    /// The output of a layer that only rustc knows: its type, and an expression for its number of elements.
    Layer { output: TokenStream, width: TokenStream },
    /// Nothing is known, after a mistake.
    Unknown,
}

/// The type and shape of a built-in layer, or nothing if this is none.
pub(crate) fn settle(
    named: &Named,
    description: &str,
    input: Input,
    network: &Network,
    constants: &Constants<'_>,
) -> Option<Result<Settled>> {
    if !named.is_plain() {
        return None;
    }
    let (scalar, library, span) = (network.scalar(), &network.library, named.name().span());
    let mut call = Call {
        named,
        description,
        input,
        scalar,
        library,
        constants,
        span,
        next: 0,
        own_activation: None,
        numbers: Vec::new(),
    };
    if let Some(builtin) = LAYERS.iter().find(|builtin| named.name() == builtin.name) {
        return Some((builtin.settle)(&mut call));
    }
    if !is_activation(named) {
        return hint(named).map(|hint| Err(call.error(hint)));
    }
    let activation = call.function(&Written::Named(named.clone()));
    Some(activation.map(|activation| call.keeping_the_shape("ActivationLayer", &activation)))
}

/// How a layer of this name is written, if it is built in.
pub(crate) fn usage(name: &Ident) -> Option<&'static str> {
    if let Some(around) = Around::named(name) {
        return Some(around.usage());
    }
    LAYERS.iter().find(|builtin| name == builtin.name).map(|builtin| builtin.usage)
}

/// Every name that is built in.
fn names() -> impl Iterator<Item = &'static str> {
    let around = Around::ALL.iter().map(|around| around.name());
    let activations = ACTIVATIONS.iter().map(|function| function.name);
    LAYERS.iter().map(|layer| layer.name).chain(around).chain(activations)
}

/// What to write for a plain name of other libraries.
fn hint(named: &Named) -> Option<String> {
    named.is_plain().then(|| hints::of(&named.name().to_string(), names())).flatten()
}

fn is_activation(named: &Named) -> bool {
    named.is_plain() && ACTIVATIONS.iter().any(|function| named.name() == function.name)
}
