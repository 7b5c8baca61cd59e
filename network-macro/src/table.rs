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
mod parameters;

pub(crate) use activations::ACTIVATIONS;
pub(crate) use layers::LAYERS;
pub(crate) use number::NumberRule;
pub(crate) use parameters::{Default, Parameter, ParameterKind};
pub(crate) use typednet_shape_rules as shape_rules;

/// A layer that the macro knows by name.
pub(crate) struct LayerRow {
    /// As it is written.
    pub(crate) name: &'static str,
    /// What the library calls its type, unless an argument says which one it is.
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
    /// What it makes of steps of which only some count.
    pub(crate) over_steps: OverSteps,
    /// What an argument, `groups` or `heads`, divides: that argument, what messages call what is divided, and where it is found.
    pub(crate) grouped: &'static [(&'static str, &'static str, Slot)],
    /// Of a recurrent layer how many rows of its units a state has; of others 0.
    pub(crate) states: usize,
    /// The sizes whose product is the number of its weights.
    pub(crate) weights: &'static [Slot],
    /// What stands in the angle brackets of its type; nothing where that is made of the layers inside.
    pub(crate) slots: &'static [Slot],
}

/// What a layer reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reads {
    /// A shape of these axes.
    Axes(shape_rules::Reads),
    /// The last axis of such a shape, or of any: the type works on that axis, and one `Each` for each axis before it stands
    /// around the type.
    LastAxis(Option<shape_rules::Reads>),
    /// Tokens, alone or in an array of any shape: the type works on one, and one `Each` for each axis stands around it.
    Tokens,
    /// Any shape of numbers.
    Any,
    /// What the layers inside it read.
    AsInside,
    /// Parts, each of which the layers inside it read.
    Parts,
    /// A pair of samples.
    Pair,
}

/// What a layer makes of the steps of a padded sequence.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OverSteps {
    /// It cannot be told which ones count.
    Cannot,
    /// It normalises over all of them, and would over the padding too.
    Mixes,
    /// It gives as many steps, of which as many count.
    Keeps,
    /// It makes one row of those that count.
    Ends,
    /// It keeps them, unless a layer inside it normalises over all of them.
    OnEach,
    /// What the layers inside it do.
    AsInside,
}

/// The shape that a layer gives.
#[derive(Clone, Copy)]
pub(crate) enum Gives {
    /// The shape that it reads.
    Same,
    /// A shape whose sizes follow one by one.
    Axes(&'static [Axis]),
    /// One axis more behind those that it reads, of the size that this argument says.
    Vectors(&'static str),
    /// One axis more behind those that it reads, of the size of their vocabulary: the line gives the vectors that it reads, and they are
    /// multiplied with the table.
    Logits,
    /// All elements in one row.
    Row,
    /// The shape that this argument says.
    Argument(&'static str),
    /// The line gives what the layer reads, and they are added.
    AddedToInput,
    /// All branches give one shape, which is added up.
    Sum,
    /// Branches whose shapes differ in the last axis at most stand side by side along it.
    SideBySide,
    /// As many parts as it reads, each of which the line gives.
    Parts,
    /// The line gives what it reads, and stands there several times.
    Repeated,
    /// The line reads the steps from the last to the first, and gives as many.
    Turned,
    /// Each half is what a line of its own gives of that half.
    Halves,
    /// One half, the first or the second, is what the line gives of it, and the other stays.
    OnHalf(bool),
    /// What the line gives of both halves is added to the first.
    AddedToFirst,
    /// One half of a pair, the first or the second.
    Half(bool),
    /// The states of all steps, and the last one, of a recurrent layer that reads steps and the first state.
    States,
    /// The first half of a pair, whose steps have looked at those of the second.
    Across,
}

/// How one size of what a layer gives follows. The rules find their arguments by the field's names: `kernel`, `stride`, `pad`,
/// `dilation`, `output_pad`, `floor`, `factor`, `border`.
#[derive(Clone, Copy)]
pub(crate) enum Axis {
    /// The input's size along this axis.
    Input(usize),
    /// The argument of this name.
    Argument(&'static str),
    /// A kernel slides over the same axis of the input.
    Convolution,
    /// The other way round: what a kernel could slide over to give this.
    Transposed,
    /// A window slides over it, and drops nothing unless it is told to.
    Pooling,
    /// As many times as large.
    Scaled,
    /// A border at both sides more.
    Padded,
    /// A border at both sides less.
    Cropped,
}

/// What stands in a layer's type.
#[derive(Clone, Copy)]
pub(crate) enum Slot {
    /// The type of what comes in.
    Given,
    /// The type of what it gives.
    Gives,
    /// A size of what comes in; of a layer that works on the last axis, that axis.
    Input(usize),
    /// A size of what it gives.
    Output(usize),
    /// The number of all elements that come in.
    Elements,
    /// The size of the vocabulary of the tokens that come in.
    Vocabulary,
    /// An argument.
    Argument(&'static str),
    /// What an argument says of one axis.
    OnAxis(&'static str, usize),
    /// What is divided first, divided by the argument that divides it: the channels of a group, the width of a head.
    InGroup,
    /// What `causal` and `rotary` say of attention, as a type.
    AttentionMode,
    /// This argument, or 0 where `bias` is `false`.
    Bias(&'static str),
    /// `stride`, `pad` and `dilation`, as far as it has them.
    Strides,
    /// The number type.
    Scalar,
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
        Self::all().find(|row| name == row.name)
    }

    /// All of them.
    pub(crate) fn all() -> impl Iterator<Item = &'static Self> {
        LAYERS.iter().copied().flatten()
    }

    /// Whether layers stand in its angle brackets.
    pub(crate) fn has_layers_inside(&self) -> bool {
        self.arguments.iter().any(|parameter| parameter.kind.is_made_of_layers())
    }

    /// What stands in its angle brackets at the place `index`; behind the end that is what stands there last.
    pub(crate) fn argument(&self, index: usize) -> Option<&'static Parameter> {
        self.arguments.get(index).or(self.arguments.last())
    }

    /// Whether `name` is that of an argument which stands behind the others, with its name.
    pub(crate) fn is_option(&self, name: &Ident) -> bool {
        self.arguments.iter().any(|parameter| !parameter.may_be_nameless && name == parameter.name)
    }
}

impl Reads {
    /// The axes, if they are fixed.
    pub(crate) fn axes(self) -> Option<shape_rules::Reads> {
        match self {
            Self::Axes(axes) | Self::LastAxis(Some(axes)) => Some(axes),
            Self::LastAxis(None) | Self::Tokens | Self::Any | Self::AsInside | Self::Parts | Self::Pair => None,
        }
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
    let layers = LayerRow::all().map(|row| row.name);
    let known = layers.chain(ACTIVATIONS.iter().map(|row| row.name));
    hints::of(&name.to_string(), known)
}
