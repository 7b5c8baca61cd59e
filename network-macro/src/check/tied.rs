//! The layers between an embedding and its table as the weight of the output.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::{Ident, Result};

use super::arguments::Arguments;
use super::around::Inside;
use super::incoming::text_of;
use super::resolved::Input;
use super::rules::Place;
use super::{Check, Resolver};
use crate::ast::{Layer, Shape, Size};
use crate::table::LayerRow;

/// What a tied embedding is made of: nothing after a mistake before it.
pub(super) struct Tied {
    /// The number of tokens, and the size of their vocabulary.
    tokens: Option<[Size; 2]>,
    /// The numbers of each token.
    width: Size,
    /// Whether there is a bias.
    has_bias: bool,
    /// The layer as it is written, for carets.
    written: TokenStream,
}

impl Tied {
    fn shape(&self, width: Size) -> Option<Shape> {
        let [count, _] = self.tokens.clone()?;
        Some(Shape { sizes: vec![count, width], tokens: self.written.clone() })
    }

    /// What the layers inside read: one vector for each token.
    pub(super) fn reads(&self) -> Input {
        self.shape(self.width.clone()).map_or(Input::Unknown, Input::Shape)
    }

    /// The sizes that must not be zero, and those whose product is the number of its weights.
    pub(super) fn sizes_and_weights(&self) -> (Vec<Size>, Vec<Size>) {
        let vocabulary = self.tokens.iter().map(|[_, vocabulary]| vocabulary.clone());
        (vec![self.width.clone()], vocabulary.chain([self.width.clone()]).collect())
    }
}

impl Resolver<'_, '_> {
    /// The texts that come in, and the width that stands first in the angle brackets.
    pub(super) fn texts(&mut self, row: &'static LayerRow, place: Place<'_>) -> Result<Tied> {
        let mut arguments = Arguments::new(place.named, place.description, &self.network.library, self.constants);
        let Some(width) = arguments.count(row)? else {
            return Err(place.error(format!("the width is missing: write `{}`", row.usage)));
        };
        let has_bias = arguments.is_set(row, "bias")?;
        let tokens = match self.incoming(row, place)? {
            Input::Tokens(shape, vocabulary) => {
                let [count] = &*shape.sizes else {
                    let text = text_of(&shape, &vocabulary);
                    return Err(place.error(format!("it reads texts, such as [Token<65>; 64], but {text} comes in")));
                };
                Some([count.clone(), vocabulary])
            }
            _ => None,
        };
        Ok(Tied { tokens, width, has_bias, written: place.named.tokens.clone() })
    }

    /// The line must end with the vectors that it begins with.
    pub(super) fn tied(
        &mut self,
        tied: &Tied,
        layer: &Layer,
        inside: Inside,
        place: Place<'_>,
    ) -> Option<(TokenStream, Option<Shape>)> {
        let (span, chain, gives) = (place.span(), inside.chain, inside.gives);
        let [count, vocabulary] = tied.tokens.as_ref()?;
        let (name, library) = (Ident::new("TiedEmbedding", span), self.network.library.path(span));
        let (scalar, sizes) = (self.network.scalar(), [count, vocabulary, &tied.width].map(Size::argument));
        let bias = tied.has_bias.then(|| vocabulary.argument()).into_iter();
        let ty = quote_spanned!(span=> #library::#name<#(#sizes),*, #chain, #scalar #(, #bias)*>);
        let reads = tied.reads();
        let is_tied = |line: &Self| {
            let reads = line.array(&reads, span)?;
            let gives = line.unless_wrong(&line.array(&gives, span)?, &reads);
            Some(Check::IsTied { reads, gives, ty: ty.clone(), span })
        };
        let what = format!("{}: `{}` in it", place.description, inside.text);
        let whose = "what is multiplied with its table is".to_owned();
        self.are_equal(layer, (what, &gives), (whose, &reads), &is_tied)?;
        Some((ty, tied.shape(vocabulary.clone())))
    }
}
