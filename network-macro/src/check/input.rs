//! The input of a network: that its array can be.

use super::resolved::Input;
use super::{Resolver, first_span, incoming};
use crate::ast::{Expression, Shape, Size};
use crate::limits;

impl Resolver<'_, '_> {
    /// No size of the input is 0.
    pub(super) fn check_input(&mut self, shape: &Shape, vocabulary: Option<Size>) {
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
