//! Layers of types that only rustc knows.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::resolved::Input;
use super::{Check, CheckedLayer, Own, Resolver};
use crate::ast::{Layer, Scalar, mentions};
use crate::foreign::{Foreign, unless_wrong};
use crate::limits;

impl Resolver<'_, '_> {
    /// The layer that the user's type `ty` is or stands for; rustc says whether it is one that fits.
    pub(super) fn foreign(&mut self, index: usize, layer: &Layer, ty: TokenStream) -> Option<CheckedLayer> {
        let (scalar, span) = (self.network.scalar(), layer.span());
        let declared = layer.output.as_ref().map(|shape| shape.array(&scalar, span));
        let Some(given) = self.array(&self.given, span) else {
            self.leave(index, layer);
            return None;
        };
        // It reads padded steps as such, and says itself what it gives.
        let given = self.as_padded(given);
        self.is_padded = false;
        self.spelt =
            if matches!(self.given, Input::Shape(_) | Input::Tokens(..) | Input::Pair(_)) { 1 } else { self.spelt + 1 };
        if self.network.item.is_none() && self.spelt > limits::SPELT_OUT {
            let message = format!(
                "{}: as a type a network has at most {} layers in a row whose sizes only rustc knows: write `-> shape` \
                 behind the one before it, or `network! {{ struct Name: … }}`",
                layer.description(index),
                limits::SPELT_OUT
            );
            self.context.error(&layer.tokens, message);
            self.leave(index, layer);
            return None;
        }
        let place = (self.foreign.len() + 1, self.generic_place);
        let foreign =
            Foreign::new(self.network, place, &self.foreign, ty, given, declared.clone(), self.from.is_none(), span);
        let name = foreign.name();
        let of = |name: &TokenStream, what: &str| {
            let what = Ident::new(what, span);
            quote_spanned!(span=> #name::#what)
        };
        let (whole, output) = (of(&name, "Layer"), of(&name, "Gives"));
        if foreign.is_generic() {
            self.checks.push(Check::Is { yes: foreign.question() });
            self.generic_place = Some(foreign.place());
            if let Some(message) = self.one_number(index, layer) {
                self.checks.push(Check::AnyNumber { message, kind: foreign.kind_name(), span });
            }
        }
        // Its sizes are the same for all number types, and with one of them Rust can compute.
        let sized = self.with_f32(&name);
        self.checks.push(Check::Complaint { complaint: of(&sized, "COMPLAINT"), span });
        self.from = Some(index);
        self.from_own = true;
        self.names_own = self.names_own.max(Some(Own::Layer));
        self.given = match (&layer.output, declared) {
            (Some(shape), Some(declared)) => {
                let gives = self.unless_wrong(&output, &declared);
                self.checks.push(Check::Gives { declared, gives, ty: whole.clone(), span });
                Input::Shape(shape.clone())
            }
            _ => Input::Layer { output: output.clone(), width: of(&sized, "WIDTH") },
        };
        self.foreign.push(foreign);
        let ty = if layer.is_frozen { self.frozen(&whole, span) } else { whole };
        Some(CheckedLayer::to_be_asked((index, layer), ty, output, true, span))
    }

    /// What to say if the layer computes with one number type, and the network with any.
    fn one_number(&self, index: usize, layer: &Layer) -> Option<String> {
        let (Scalar::Parameter(scalar), Some(kind)) = (&self.network.scalar, &layer.kind) else { return None };
        if mentions(&kind.to_token_stream(), scalar) {
            return None;
        }
        let description = layer.description(index);
        Some(format!(
            "{description} computes with one number type, the network with any `{scalar}`: write `{kind}<{scalar}>`"
        ))
    }

    /// After a mistake in a layer, what comes behind it reads what is declared.
    pub(super) fn leave(&mut self, index: usize, layer: &Layer) {
        self.given = layer.output.clone().map_or(Input::Unknown, Input::Shape);
        self.from = Some(index);
    }

    /// `given` in a question that names the struct's parameters: behind a layer with a mistake the question is one that has
    /// an answer.
    pub(super) fn unless_wrong(&self, given: &TokenStream, other: &TokenStream) -> TokenStream {
        match self.generic_place {
            Some(place) if self.is_generic(given) || self.is_generic(other) => {
                unless_wrong(self.network, place, given, other)
            }
            _ => given.clone(),
        }
    }

    /// What comes in, as a type; nothing where that is not known.
    pub(super) fn array(&self, input: &Input, span: Span) -> Option<TokenStream> {
        match input {
            Input::Shape(shape) => Some(shape.array(&self.network.scalar(), span)),
            Input::Tokens(shape, vocabulary) => {
                let (library, vocabulary) = (self.network.library.path(span), vocabulary.argument());
                Some(shape.array(&quote_spanned!(span=> #library::Token<#vocabulary>), span))
            }
            Input::Layer { output, .. } => Some(output.clone()),
            Input::Pair(halves) => self.pair(halves, span),
            Input::Unknown => None,
        }
    }
}
