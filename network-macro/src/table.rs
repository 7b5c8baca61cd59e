//! The layers and activations that `network!` knows: one row each.
//!
//! Parser, checker, messages and the documentation's table read nothing but the row. A layer that is not here is a type of
//! the user's, and is written as it stands.

use syn::Ident;

mod activations;
#[cfg(all(test, not(typednet_macro_library)))]
mod documentation;
mod hints;
mod layers;
mod number;

pub(crate) use activations::ACTIVATIONS;
pub(crate) use layers::LAYERS;
pub(crate) use number::NumberRule;

/// A layer that the macro knows by name.
pub(crate) struct LayerRow {
    /// As it is written.
    pub(crate) name: &'static str,
    /// What the library calls its type.
    pub(crate) ty: &'static str,
    /// How it is written, with values.
    pub(crate) usage: &'static str,
    /// What it is, for the documentation; the name of the type stands between two `|`.
    #[cfg_attr(
        any(not(test), typednet_macro_library),
        expect(dead_code, reason = "the documentation is made by a test")
    )]
    pub(crate) about: &'static str,
    /// What stands in its angle brackets.
    pub(crate) arguments: &'static [Parameter],
    pub(crate) reads: Reads,
    pub(crate) gives: Gives,
}

/// What a layer may be told in its angle brackets, in this order or by name.
pub(crate) struct Parameter {
    /// Its name in `name = value`.
    pub(crate) name: &'static str,
    /// What messages call it.
    pub(crate) what: &'static str,
    pub(crate) kind: ParameterKind,
}

/// What an argument is.
#[derive(Clone, Copy)]
pub(crate) enum ParameterKind {
    /// A whole number of at least one.
    Size {
        /// What a message says of 0.
        zero: &'static str,
    },
    /// A number that keeps a rule, given by its bits.
    Number(NumberRule),
    /// An activation, and the one that stands where none is written, if it may be left out.
    Activation(Option<&'static str>),
    /// Layers with `=>` between them.
    Line,
    /// Two or more such lines with `,` between them, each with a label or without one.
    Branches,
}

/// What a layer reads, which decides what its type begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reads {
    /// One row of numbers: `Type<size of the row, arguments, number type>`.
    Row,
    /// Any shape: `Type<sample, arguments>`.
    Any,
    /// What the layers inside it read: `Type<layers>`.
    AsInside,
}

/// The shape that a layer gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gives {
    /// The shape that it reads.
    Same,
    /// A row as long as the argument of this number says.
    RowOf(usize),
    /// The line gives what the layer reads, and they are added.
    AddedToInput,
    /// All branches give one shape, which is added up.
    Sum,
    /// Each branch gives a row, and they stand side by side.
    SideBySide,
}

/// An activation that the macro knows by name.
pub(crate) struct ActivationRow {
    pub(crate) name: &'static str,
    /// The value of its number where none is written; nothing if it has no number.
    pub(crate) number: Option<f64>,
}

impl LayerRow {
    /// The layer of this name.
    pub(crate) fn named(name: &Ident) -> Option<&'static Self> {
        LAYERS.iter().find(|row| name == row.name)
    }

    /// What stands in its angle brackets at the place `index`; behind the end that is what stands there last.
    pub(crate) fn argument(&self, index: usize) -> Option<&'static Parameter> {
        self.arguments.get(index).or(self.arguments.last())
    }
}

impl ParameterKind {
    /// Whether it is made of layers.
    pub(crate) fn is_made_of_layers(self) -> bool {
        matches!(self, Self::Line | Self::Branches)
    }
}

impl ActivationRow {
    /// The activation of this name.
    pub(crate) fn named(name: &Ident) -> Option<&'static Self> {
        ACTIVATIONS.iter().find(|row| name == row.name)
    }
}

/// How a layer of this name is written, if it is in the table.
pub(crate) fn usage(name: &Ident) -> Option<&'static str> {
    LayerRow::named(name).map(|row| row.usage)
}

/// What to write for a plain name that is in neither table; nothing where it may well be the user's own.
pub(crate) fn hint(name: &Ident) -> Option<String> {
    let layers = LAYERS.iter().map(|row| row.name);
    let known = layers.chain(ACTIVATIONS.iter().map(|row| row.name));
    hints::of(&name.to_string(), known)
}
