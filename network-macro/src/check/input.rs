//! The input of a network: that its arrays can be.

use proc_macro2::Span;
use syn::Error;

use super::resolved::Input;
use super::{Resolver, first_span, incoming};
use crate::ast::{Expression, Scalar, SecondHalf, Shape, Size};
use crate::limits;

impl Resolver<'_, '_> {
    /// What the network reads, both halves where it is a pair.
    pub(super) fn check_inputs(&mut self) {
        let (network, constants) = (self.network, self.constants);
        let size = |size: &Size| match size {
            Size::Expression(Expression { written, .. }) => constants.size(written),
            Size::Literal(_) => size.clone(),
        };
        if let Some(shape) = &network.input {
            self.check_input(&constants.shape(shape), network.vocabulary.as_ref().map(size));
        }
        if let Some(SecondHalf { shape, vocabulary, is_padded }) = &network.second {
            let check = |line: &mut Self| line.check_input(&constants.shape(shape), vocabulary.as_ref().map(size));
            self.beside(check, *is_padded);
            self.check_beside(first_span(&shape.tokens));
        }
    }

    /// Tokens have the size of an `f32`, and stand beside tokens and such numbers only.
    fn check_beside(&mut self, span: Span) {
        let Input::Pair(halves) = &self.given else { return };
        let are_tokens = halves.each_ref().map(|half| matches!(half.input, Input::Tokens(..)));
        let number = match &self.network.scalar {
            Scalar::Concrete(name) | Scalar::Parameter(name) => name.to_string(),
        };
        if number == "f32" || are_tokens[0] == are_tokens[1] {
            return;
        }
        let message = format!(
            "tokens stand beside numbers `f32` only, and those of this network are `{number}`: leave out `<{number}>`, or let \
             both halves be tokens"
        );
        self.context.push(Error::new(span, message));
        self.given = Input::Unknown;
    }

    /// No size of the input is 0.
    fn check_input(&mut self, shape: &Shape, vocabulary: Option<Size>) {
        let text = vocabulary.as_ref().map_or_else(|| shape.to_string(), |size| incoming::text_of(shape, size));
        let what = format!("the input `{text}`");
        if matches!(vocabulary, Some(Size::Literal(0))) {
            self.context.error(&shape.tokens, format!("{what}: a vocabulary has at least one entry"));
            return;
        }
        for size in shape.sizes.iter().chain(&vocabulary) {
            match size {
                Size::Literal(0) => {
                    self.context.error(&shape.tokens, format!("{what} has no elements: a size is 0"));
                    return;
                }
                Size::Literal(_) => {}
                Size::Expression(Expression { written, value }) => {
                    let span = first_span(written);
                    self.not_zero(what.clone(), value, span);
                }
            }
        }
        if !limits::fits(&shape.sizes) {
            self.context.error(&shape.tokens, format!("{what} has more elements than memory can hold"));
            return;
        }
        if shape.sizes.len() > 1 {
            let span = first_span(&shape.tokens);
            self.fits(what, shape.sizes.clone(), span);
        }
        self.given = match vocabulary {
            Some(vocabulary) => Input::Tokens(shape.clone(), vocabulary),
            None => Input::Shape(shape.clone()),
        };
    }
}
