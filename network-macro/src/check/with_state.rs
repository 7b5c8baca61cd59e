//! Recurrent layers whose first state comes in beside the steps.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::Ident;

use super::pairs::{Made, text};
use super::resolved::{Half, Input};
use super::rules::Place;
use super::{Check, Resolver, padded};
use crate::ast::{Layer, Shape, Size, TypeExpr};
use crate::table::LayerRow;

impl Resolver<'_, '_> {
    /// A recurrent layer from the second half on, over the first.
    pub(super) fn with_state(
        &mut self,
        row: &'static LayerRow,
        at: (usize, &Layer),
        halves: &[Half; 2],
        place: Place<'_>,
    ) -> Option<Made> {
        let line = self.line(row, place)?;
        let recurrent = match &*line.layers {
            [TypeExpr::NamedType(named)] => padded::row_of(named).filter(|row| row.states > 0),
            _ => None,
        };
        let Some(recurrent) = recurrent else {
            let message = format!("it has one layer in it, an `Rnn`, `Lstm` or `Gru`, but here is `{line}`");
            self.context.push(place.error(message));
            return None;
        };
        let steps = self.steps_of(&halves[0], "first", place).map_err(|error| self.context.push(error)).ok()?;
        let (inside, given) = self.on_line(at, &line, Input::Shape(steps), false)?;
        let units = match &given.input {
            Input::Shape(Shape { sizes, .. }) => sizes.last()?.clone(),
            _ => return None,
        };
        let count = (recurrent.states > 1).then_some(Size::Literal(recurrent.states));
        let state = Shape { sizes: count.into_iter().chain([units]).collect(), tokens: place.named.tokens.clone() };
        let given = Half { is_padded: halves[0].is_padded, ..given };
        let (span, chain) = (place.span(), inside.chain);
        let (name, library) = (Ident::new(row.ty, span), self.network.library.path(span));
        let ty = if given.is_padded {
            let (reads, gives) = (self.half(&halves[0], span)?, self.half(&given, span)?);
            quote_spanned!(span=> #library::#name<#chain, #reads, #gives>)
        } else {
            quote_spanned!(span=> #library::#name<#chain>)
        };
        self.is_state(&chain, &state, &halves[1], place)?;
        Some((ty, Input::Pair(Box::new([given, Half { input: Input::Shape(state), is_padded: false }])), false))
    }

    /// The rule that the second half is a state.
    fn is_state(&mut self, ty: &TokenStream, state: &Shape, second: &Half, place: Place<'_>) -> Option<()> {
        let span = place.span();
        let equal = match &second.input {
            Input::Shape(found) if !second.is_padded => found.equals(state),
            Input::Layer { .. } if !second.is_padded => None,
            _ => Some(false),
        };
        match (equal, &second.input) {
            (Some(true), _) => {}
            (Some(false), _) => {
                let (found, parts) = (text(second), if state.sizes.len() > 1 { ", h and c" } else { "" });
                let message = format!("its state is {state}{parts}, but the second half of what comes in is {found}");
                self.context.push(place.error(message));
                return None;
            }
            (None, Input::Shape(found)) if !self.depends_on_parameters(found) && !self.depends_on_parameters(state) => {
                let (what, state, found) = (place.description.to_owned(), state.clone(), found.clone());
                self.checks.push(Check::State { what, state, found, span });
            }
            _ => {
                let (state, found) = (self.array(&Input::Shape(state.clone()), span)?, self.half(second, span)?);
                let found = self.unless_wrong(&found, &state);
                self.checks.push(Check::IsState { state, found, ty: ty.clone(), span });
            }
        }
        Some(())
    }
}
