//! What stands in the angle brackets of a layer.

use super::NumberRule;

/// What a layer may be told in its angle brackets.
pub(crate) struct Parameter {
    /// Its name in `name = value`.
    pub(crate) name: &'static str,
    /// What messages call it.
    pub(crate) what: &'static str,
    pub(crate) kind: ParameterKind,
    /// Whether it may stand without its name, at its place among those that may.
    pub(crate) may_be_nameless: bool,
}

/// What an argument is.
#[derive(Clone, Copy)]
pub(crate) enum ParameterKind {
    /// A whole number of at least one.
    Size {
        /// What a message says of 0.
        zero: &'static str,
    },
    /// A whole number for each axis, of which there are so many: `3` for all of them, or `[3, 5]`.
    PerAxis { axes: usize, default: Option<Default> },
    /// `true` or `false`, and what it is where neither is written; the name alone of one that is `false` then is `true`.
    Flag(bool),
    /// One of these names; the first where none is written.
    Mode(&'static [&'static str]),
    /// One of these names, each of which is a type of the library; the first where none is written.
    Kind(&'static [(&'static str, &'static str)]),
    /// A whole shape.
    Shape,
    /// A number that keeps a rule, given by its bits.
    Number(NumberRule),
    /// An activation, and the one that stands where none is written, if it may be left out.
    Activation(Option<&'static str>),
    /// Layers with `=>` between them.
    Line,
    /// Two or more such lines with `,` between them, each with a label or without one.
    Branches,
}

/// What stands where nothing is written.
#[derive(Clone, Copy)]
pub(crate) enum Default {
    /// This number.
    Number(usize),
    /// What this argument says.
    As(&'static str),
}

impl Parameter {
    /// One that may stand without its name.
    pub(crate) const fn new(name: &'static str, what: &'static str, kind: ParameterKind) -> Self {
        Self { name, what, kind, may_be_nameless: true }
    }

    /// One that is always named.
    pub(crate) const fn named(name: &'static str, what: &'static str, kind: ParameterKind) -> Self {
        Self { may_be_nameless: false, ..Self::new(name, what, kind) }
    }
}

impl ParameterKind {
    /// Whether it is made of layers.
    pub(crate) fn is_made_of_layers(self) -> bool {
        matches!(self, Self::Line | Self::Branches)
    }
}
