//! Layers over the steps from the last to the first.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::{Ident, Result};

use super::around::{Inside, known};
use super::resolved::Input;
use super::rules::Place;
use super::{Check, Resolver, incoming};
use crate::ast::{self, Shape, Size};
use crate::table::shape_rules;

impl Resolver<'_, '_> {
    /// How many steps come in, and what comes in. Where only rustc knows it, the first layer inside says how many axes it has.
    pub(super) fn steps(&mut self, lines: &[ast::Line], place: Place<'_>) -> Result<(Option<Size>, Input)> {
        let shape = match &self.given {
            // Tokens and pairs are refused before.
            Input::Unknown | Input::Tokens(..) | Input::Pair(_) => return Ok((None, Input::Unknown)),
            Input::Shape(shape) => shape.clone(),
            Input::Layer { output, .. } => {
                let first = lines.first().and_then(|line| line.layers.first());
                let reads = match first.and_then(incoming::rank_of) {
                    Some(2) => shape_rules::Reads::Sequence,
                    Some(3) => shape_rules::Reads::Image,
                    _ => {
                        let message = "what it reads is known to rustc only: write the shape behind the layer before it, as \
                                       in `Encoder -> [28, 64]`";
                        return Err(place.error(message));
                    }
                };
                self.as_shape(&output.clone(), reads, place)?
            }
        };
        match &*shape.sizes {
            [steps, _, ..] => Ok((Some(steps.clone()), Input::Shape(shape))),
            _ => Err(place.error(format!("it reads steps, such as [28, 64], but one row of {shape} comes in"))),
        }
    }

    /// The line must give as many steps as it reads.
    pub(super) fn reverse(
        &mut self,
        steps: &Size,
        inside: Inside,
        place: Place<'_>,
    ) -> Option<(TokenStream, Option<Shape>)> {
        let span = place.span();
        let (name, library) = (Ident::new("Reverse", span), self.network.library.path(span));
        let (size, chain) = (steps.argument(), inside.chain);
        let ty = quote_spanned!(span=> #library::#name<#size, #chain>);
        let Some(given) = known(&inside.gives) else { return Some((ty, None)) };
        let mut declared = given.clone();
        *declared.sizes.first_mut()? = steps.clone();
        match given.equals(&declared) {
            Some(true) if given.sizes.len() > 1 => {}
            None if given.sizes.len() > 1 => {
                if !self.depends_on_parameters(&given) && !self.depends_on_parameters(&declared) {
                    let (what, whose) =
                        (place.description.to_owned(), "a reverse gives as many steps as it reads,".to_owned());
                    self.checks.push(Check::Sizes { what, given: given.clone(), whose, declared, span });
                }
            }
            _ => {
                let message = format!("the layers in it give {given}, but it reads {steps} steps and gives as many");
                self.context.push(place.error(message));
                return None;
            }
        }
        Some((ty, Some(given)))
    }
}
