//! Branches that stand side by side.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Ident;

use super::around::{Inside, known, rest};
use super::resolved::Input;
use super::rules::Place;
use super::{Check, Resolver};
use crate::ast::{Expression, Layer, Shape, Size};
use crate::table::shape_rules;

impl Resolver<'_, '_> {
    /// The branches of a concat must give shapes that differ in the last axis at most, which becomes the sum of theirs.
    pub(super) fn concat(
        &mut self,
        layer: &Layer,
        branches: &[Inside],
        names: &[Ident],
        place: Place<'_>,
    ) -> Option<(TokenStream, Option<Shape>)> {
        let (span, scalar) = (layer.span(), self.network.scalar());
        let rank = branches.iter().find_map(|branch| known(&branch.gives)).map_or(1, |shape| shape.sizes.len());
        let shapes: Option<Vec<_>> = branches.iter().map(|branch| self.branch_shape(branch, rank, place)).collect();
        let shapes = shapes?;
        let (first, first_shape) = (branches.first()?, shapes.first()?);
        for (other, shape) in branches.iter().zip(&shapes).skip(1) {
            self.side_by_side((first, first_shape), (other, shape), place)?;
        }
        let mut branches = branches.iter().zip(names).zip(&shapes).rev();
        let ((last, name), shape) = branches.next()?;
        let (mut ty, mut name, mut width) = (last.chain.clone(), name, shape.sizes.last()?.clone());
        let (rest, concat, library) = (rest(), Ident::new("Concat", span), self.network.library.path(span));
        let mut left = branches.len();
        let mut whole = first_shape.clone();
        for ((branch, left_name), shape) in branches {
            left -= 1;
            width = self.sum(layer, (shape.sizes.last()?, &width), left == 0, place.description)?;
            *whole.sizes.last_mut()? = width.clone();
            let out = whole.array(&scalar, span);
            let (labels, first) = (self.labels.of([left_name, name], *name == rest, span), &branch.chain);
            ty = quote_spanned!(span=> #library::#concat<#first, #ty, #out, #labels>);
            name = &rest;
        }
        Some((ty, Some(Shape { sizes: whole.sizes, tokens: layer.tokens.clone() })))
    }

    /// What a branch of a concat gives; where only rustc knows, it has as many axes as the others, or is a row.
    fn branch_shape(&mut self, branch: &Inside, rank: usize, place: Place<'_>) -> Option<Shape> {
        let span = place.span();
        match &branch.gives {
            // No branch gives tokens, and none reads pairs.
            Input::Unknown | Input::Tokens(..) | Input::Pair(_) => None,
            Input::Shape(shape) => Some(shape.clone()),
            Input::Layer { output, .. } if rank == 2 || rank == 3 => {
                let reads = if rank == 2 { shape_rules::Reads::Sequence } else { shape_rules::Reads::Image };
                self.as_shape(output, reads, place).map_err(|error| self.context.push(error)).ok()
            }
            Input::Layer { output, width } => {
                let scalar = self.network.scalar();
                let row = quote_spanned!(span=> [#scalar; 1]);
                let (gives, ty) = (self.unless_wrong(output, &row), branch.chain.clone());
                self.checks.push(Check::Row { gives, ty, span });
                let width = Size::Expression(Expression::written(width.clone()));
                Some(Shape { sizes: vec![width], tokens: place.named.tokens.clone() })
            }
        }
    }

    /// The rule that two branches can stand side by side.
    fn side_by_side(
        &mut self,
        (first, a): (&Inside, &Shape),
        (other, b): (&Inside, &Shape),
        place: Place<'_>,
    ) -> Option<()> {
        let plane = |shape: &Shape| Shape { sizes: shape.sizes[1..].to_vec(), tokens: shape.tokens.clone() };
        let mut turned = [a.clone(), b.clone()];
        for shape in &mut turned {
            shape.sizes.rotate_right(1);
        }
        if a.sizes.len() == b.sizes.len() && plane(&turned[0]).equals(&plane(&turned[1])) == Some(true) {
            return Some(());
        }
        let (first, other) = (&first.text, &other.text);
        let literals = |shape: &Shape| shape.sizes.iter().map(Size::literal).collect::<Option<Vec<_>>>();
        if let (Some(a), Some(b)) = (literals(a), literals(b)) {
            let complaint = shape_rules::side_by_side((first, &a), (other, &b)).err()?;
            self.context.push(place.error(complaint.as_str()));
            return None;
        }
        let sizes = |shape: &Shape| {
            let sizes = shape.sizes.iter().map(Size::expression);
            quote!(&[#(#sizes),*])
        };
        let (a, b) = (sizes(a), sizes(b));
        self.ask(&quote!(side_by_side((#first, #a), (#other, #b))), place);
        Some(())
    }

    /// The sum of two widths. Rust cannot compute it from the struct's parameters: then it is what is declared behind
    /// the layer.
    pub(super) fn sum(&self, layer: &Layer, (a, b): (&Size, &Size), is_whole: bool, description: &str) -> Option<Size> {
        if let (Size::Literal(a), Size::Literal(b)) = (a, b) {
            let sum = a.checked_add(*b);
            if sum.is_none() {
                self.context.error(&layer.tokens, format!("{description}: `{a} + {b}` is too large for a size"));
            }
            return sum.map(Size::Literal);
        }
        let written = {
            let (a, b) = (written(a), written(b));
            quote!(#a + #b)
        };
        let term = |size: &Size| {
            let size = size.expression();
            if size.clone().into_iter().count() > 1 { quote!((#size)) } else { size }
        };
        let (a, b) = (term(a), term(b));
        let sum = quote!(#a + #b);
        let Some(parameter) = self.sizes().iter().find(|parameter| crate::ast::mentions(&sum, parameter)) else {
            return Some(Size::Expression(Expression { written, value: self.constants.size(&sum).expression() }));
        };
        if let (true, Some([.., declared])) = (is_whole, layer.output.as_ref().map(|output| &*output.sizes)) {
            return Some(declared.clone());
        }
        let advice =
            if is_whole { "write the size behind it, as in `… -> 48`" } else { "let only its first branch do so" };
        let message = format!(
            "{description}: what it gives depends on the parameter `{parameter}`, which Rust cannot compute with: {advice}"
        );
        self.context.error(&layer.tokens, message);
        None
    }
}

/// The size as the user wrote it.
fn written(size: &Size) -> TokenStream {
    match size {
        Size::Literal(_) => size.expression(),
        Size::Expression(expression) => expression.written.clone(),
    }
}
