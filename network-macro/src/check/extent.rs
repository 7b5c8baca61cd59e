//! Whether arrays of such sizes can be: of the input, of what a layer gives, and of its weights.

use proc_macro2::Span;

use super::resolved::{Input, Resolved};
use super::{Check, Resolver};
use crate::ast::{Layer, Size, mentions};
use crate::limits;

impl Resolver<'_, '_> {
    /// Asks rustc whether an array of these sizes can be, if it knows them and the macro does not.
    pub(super) fn fits(&mut self, what: String, sizes: Vec<Size>, span: Span) {
        let is_parameter = |size: &Size| self.sizes().iter().any(|parameter| mentions(&size.expression(), parameter));
        let is_known = sizes.iter().all(|size| matches!(size, Size::Literal(_)));
        if is_known || sizes.iter().any(is_parameter) {
            return;
        }
        let check = Check::Fits { what, sizes, span };
        // Types of such sizes give errors of their own, but not where a size is known to be a mistake.
        if !self.constants.guard(&check.call(&self.network.library)) {
            self.checks.push(check);
        }
    }

    /// Whether arrays of what the layer gives and of its weights can be, as far as their sizes are known.
    pub(super) fn has_a_type(&mut self, layer: &Layer, resolved: &Resolved, description: &str) -> bool {
        let (span, weights) = (layer.span(), &resolved.weights);
        if !limits::fits(weights) {
            let sizes: Vec<_> = weights.iter().map(ToString::to_string).collect();
            let what = format!("its weights, {}, have", sizes.join(" by "));
            self.context.error(&layer.tokens, format!("{description}: {what} more elements than memory can hold"));
            return false;
        }
        // What only rustc knows has a type already.
        if !weights.is_empty() && matches!(self.given, Input::Shape(_) | Input::Tokens(..)) {
            self.fits(description.to_owned(), weights.clone(), span);
        }
        let Some(output) = &resolved.output else { return true };
        // A row is no larger than the weights that give it.
        if output.sizes.len() == 1 && !weights.is_empty() {
            return true;
        }
        if !limits::fits(&output.sizes) {
            let message = format!("{description}: its output {output} has more elements than memory can hold");
            self.context.error(&layer.tokens, message);
            return false;
        }
        let is_given = matches!(&self.given, Input::Shape(given) if given.equals(output) == Some(true));
        if output.sizes.len() > 1 && !is_given {
            self.fits(description.to_owned(), output.sizes.clone(), span);
        }
        true
    }
}
