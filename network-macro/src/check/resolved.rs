//! A resolved layer: what follows from it as it is written and from what comes in.

use proc_macro2::TokenStream;

use crate::ast::{Shape, Size};
use crate::table::NumberRule;

/// A layer with its type.
pub(super) struct Resolved {
    /// The layer's type.
    pub(super) ty: TokenStream,
    /// What it gives; nothing where only rustc knows.
    pub(super) output: Option<Shape>,
    /// The sizes that must not be zero.
    pub(super) sizes: Vec<Size>,
    /// The sizes whose product is the number of its weights.
    pub(super) weights: Vec<Size>,
    /// Whether what it reads has a fixed number of axes, so that only that can be wrong behind a layer that only rustc knows.
    pub(super) reads_a_row: bool,
    /// The type that it reads; nothing if that is whatever it is given.
    pub(super) reads: Option<TokenStream>,
    /// The activation, if it is a type of the user's.
    pub(super) own_activation: Option<TokenStream>,
    /// Whether there are layers inside, so that only rustc knows what it reads and gives.
    pub(super) has_inside: bool,
    /// The numbers that rustc computes, and what they must be.
    pub(super) numbers: Vec<(NumberRule, TokenStream)>,
}

/// What comes into a layer.
#[derive(Clone)]
pub(super) enum Input {
    /// A shape that is written in the network.
    Shape(Shape),
    /// An array of such a shape of tokens, or a token; and the size of their vocabulary.
    Tokens(Shape, Size),
    /// The output of a layer that only rustc knows: its type, and an expression for its number of elements.
    Layer { output: TokenStream, width: TokenStream },
    /// A pair of samples.
    Pair(Box<[Half; 2]>),
    /// Nothing is known, after a mistake.
    Unknown,
}

/// One half of a pair.
#[derive(Clone)]
pub(super) struct Half {
    pub(super) input: Input,
    /// Whether only its first steps may count.
    pub(super) is_padded: bool,
}

impl Resolved {
    /// A layer of which only the type is known.
    pub(super) fn of_type(ty: TokenStream) -> Self {
        Self {
            ty,
            output: None,
            sizes: Vec::new(),
            weights: Vec::new(),
            reads_a_row: false,
            reads: None,
            own_activation: None,
            has_inside: false,
            numbers: Vec::new(),
        }
    }
}
