//! What comes into a layer, with the axes that it reads.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::{Ident, Result};

use super::resolved::Input;
use super::rules::Place;
use super::{Check, Resolver};
use crate::ast::{Shape, Size, TypeExpr, mentions};
use crate::table::shape_rules::{self, wrong_rank};
use crate::table::{LayerRow, Reads};

impl Resolver<'_, '_> {
    /// The type of a step of what the network reads, before its first layer, or gives, behind its last one; nothing where only
    /// rustc knows.
    pub(super) fn step(&self) -> Option<TokenStream> {
        let step_of = |shape: &Shape| {
            let (_, step) = shape.sizes.split_first()?;
            Some(Shape { sizes: step.to_vec(), tokens: shape.tokens.clone() })
        };
        let step = match &self.given {
            Input::Shape(shape) => Input::Shape(step_of(shape)?),
            Input::Tokens(shape, vocabulary) => Input::Tokens(step_of(shape)?, vocabulary.clone()),
            Input::Layer { .. } | Input::Pair(_) | Input::Unknown => return None,
        };
        self.array(&step, Span::mixed_site())
    }

    /// What comes in, with as many axes as the row reads.
    pub(super) fn incoming(&mut self, row: &LayerRow, place: Place<'_>) -> Result<Input> {
        match (row.reads, &self.given) {
            (Reads::Tokens, Input::Tokens(..) | Input::Unknown) => Ok(self.given.clone()),
            (Reads::Tokens, Input::Shape(shape)) => Err(place
                .error(format!("it reads tokens, such as [Token<65>; 64], but {shape} comes in, which is numbers"))),
            (Reads::Tokens, Input::Layer { .. }) => {
                Err(place.error("it reads tokens, such as [Token<65>; 64], but what a layer gives is numbers"))
            }
            (_, Input::Tokens(shape, vocabulary)) => {
                let text = text_of(shape, vocabulary);
                Err(place.error(format!("it reads numbers, but {text} comes in: write `Embedding<64> =>` before it")))
            }
            (Reads::Axes(reads) | Reads::LastAxis(Some(reads)), Input::Shape(shape)) => {
                if shape.sizes.len() == reads.rank() {
                    return Ok(self.given.clone());
                }
                let elements = shape.elements();
                let complaint = wrong_rank(reads, &shape.to_string(), shape.sizes.len(), elements);
                let other = over_more_axes(row, shape.sizes.len());
                let batch = self.batch(shape, reads);
                Err(place.error(format!("{}{other}{batch}", complaint.as_str())))
            }
            (Reads::Axes(shape_rules::Reads::Row) | Reads::LastAxis(Some(shape_rules::Reads::Row) | None), given) => {
                if let Input::Layer { width, .. } = given {
                    self.can_be_computed(width, place)?;
                }
                Ok(self.given.clone())
            }
            (Reads::Axes(reads) | Reads::LastAxis(Some(reads)), Input::Layer { output, .. }) => {
                self.as_shape(&output.clone(), reads, place).map(Input::Shape)
            }
            (_, given) => Ok(given.clone()),
        }
    }

    /// A word about an input that has one axis more than is read.
    fn batch(&self, shape: &Shape, reads: shape_rules::Reads) -> String {
        let input = self.network.input.as_ref().filter(|_| self.from.is_none());
        let is_input = input.is_some_and(|input| input.sizes.len() == shape.sizes.len());
        match shape.sizes.split_first() {
            Some((first, others)) if is_input && others.len() == reads.rank() => {
                let others = Shape { sizes: others.to_vec(), tokens: TokenStream::new() };
                format!("; if {first} is the size of a batch, it is no part of the shape: write `{others}`")
            }
            _ => String::new(),
        }
    }

    /// A type that only rustc knows, as a shape of the axes that are read, whose sizes rustc reads off.
    pub(super) fn as_shape(&mut self, ty: &TokenStream, reads: shape_rules::Reads, place: Place<'_>) -> Result<Shape> {
        let ty = self.with_f32(ty);
        self.can_be_computed(&ty, place)?;
        let (span, rank) = (place.span(), reads.rank());
        // How many axes it has is const data, and no question about its type.
        let check = Check::Rank { what: place.description.to_owned(), reads, given: ty.clone(), span };
        let (guard, library) = (check.call(&self.network.library), self.network.library.path(span));
        let (mut sizes, mut has_constants) = (Vec::<Size>::new(), false);
        for (axis, name) in reads.axes().iter().enumerate() {
            let value = quote_spanned!(span=> #library::check::axis::<#ty>(#rank, #axis));
            let (size, is_constant) = self.constants.computed(name, &value, sizes.last(), Some(&guard));
            has_constants = is_constant;
            sizes.push(size);
        }
        if !has_constants {
            self.checks.push(check);
        }
        Ok(Shape { sizes, tokens: place.named.tokens.clone() })
    }

    /// Fails where a size of what comes in depends on the struct's own parameters.
    fn can_be_computed(&self, size: &TokenStream, place: Place<'_>) -> Result<()> {
        let Some(parameter) = self.sizes().iter().find(|parameter| mentions(size, parameter)) else { return Ok(()) };
        let before = self.from.and_then(|from| self.network.layers[from].kind.as_ref());
        let before = before.map_or_else(String::new, ToString::to_string);
        let row = LayerRow::named(place.named.name());
        let example = match row.and_then(|row| row.reads.axes()) {
            Some(shape_rules::Reads::Image) => "[14, 14, 16]",
            Some(shape_rules::Reads::Sequence) => "[64, 16]",
            Some(shape_rules::Reads::Row) | None => "32",
        };
        let kind = place.named;
        Err(place.error(format!(
            "what it reads depends on the parameter `{parameter}`, which Rust cannot compute with: write the size in between, as \
             in `{before} -> {example} => {kind}`",
        )))
    }
}

/// The layer that does the same over more axes, if there is one.
fn over_more_axes(row: &LayerRow, rank: usize) -> String {
    let name = format!("{}{}d", row.name, rank.saturating_sub(1));
    let other = Ident::new(&name, Span::call_site());
    LayerRow::named(&other).map_or_else(String::new, |other| format!(", or `{}` in its place", other.name))
}

/// How many axes a layer as it is written reads, if that is fixed.
pub(super) fn rank_of(kind: &TypeExpr) -> Option<usize> {
    let TypeExpr::NamedType(named) = kind else { return None };
    let row = named.is_plain().then(|| LayerRow::named(named.name())).flatten()?;
    row.reads.axes().map(shape_rules::Reads::rank)
}

/// Tokens as they are written: `[Token<65>; 64]`.
pub(super) fn text_of(shape: &Shape, vocabulary: &Size) -> String {
    let token = format!("Token<{vocabulary}>");
    shape.sizes.iter().rev().fold(token, |inner, size| format!("[{inner}; {size}]"))
}

/// The sizes of what comes in; of a layer that only rustc knows, its number of elements as the one size of a row.
pub(super) fn sizes_of(input: &Input) -> Option<Vec<Size>> {
    match input {
        Input::Shape(shape) | Input::Tokens(shape, _) => Some(shape.sizes.clone()),
        Input::Layer { width, .. } => Some(vec![Size::Expression(crate::ast::Expression::written(width.clone()))]),
        Input::Pair(_) | Input::Unknown => None,
    }
}
