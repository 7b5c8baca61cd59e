//! Layers behind a padded input: which can be told how many steps count, and what stands around their types.

use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::{Error, Ident, Result};

use super::Resolver;
use super::arguments::is_option;
use super::known::ALONE;
use super::resolved::{Input, Resolved};
use crate::ast::{Argument, Layer, Line, NamedType, Shape, Size, TypeExpr};
use crate::table::{self, ACTIVATIONS, LayerRow, OverSteps};

/// What a layer makes of padded steps.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    /// As many steps, still padded.
    Steps,
    /// One row of those that count.
    Row,
}

impl Resolver<'_, '_> {
    /// What the layer of the table makes of the padded steps that come in; nothing where it is a type of the user's, which reads
    /// them as they are, or cannot be told which ones count.
    pub(super) fn over_padded(&self, layer: &Layer, description: &str) -> Option<Gives> {
        let Some(TypeExpr::NamedType(named)) = &layer.kind else { return None };
        let answer = of(named)?;
        answer.map_err(|reason| self.refuse(layer, description, &reason)).ok()
    }

    /// Whether the layer is one of the table, and so must be one that can be told.
    pub(super) fn is_of_the_table(layer: &Layer) -> bool {
        matches!(&layer.kind, Some(TypeExpr::NamedType(named)) if row_of(named).is_some())
    }

    fn refuse(&self, layer: &Layer, description: &str, reason: &str) {
        let given = match &self.given {
            Input::Shape(shape) => shape.to_string(),
            Input::Tokens(shape, vocabulary) => super::incoming::text_of(shape, vocabulary),
            Input::Layer { .. } | Input::Pair(_) | Input::Unknown => "sequences".into(),
        };
        let message = format!("{description}: {reason} in Padded<{given}>: {CAN}");
        self.context.push(Error::new_spanned(&layer.tokens, message));
    }

    /// The layer as it reads padded steps: its type, and that of what it gives.
    pub(super) fn pad(
        &mut self,
        layer: &Layer,
        gives: Gives,
        resolved: &mut Resolved,
        is_end: bool,
        description: &str,
    ) -> Result<()> {
        let (span, library) = (layer.span(), self.network.library.path(layer.span()));
        let ty = &resolved.ty;
        if let Input::Tokens(shape, vocabulary) = &self.given {
            self.is_padded = true;
            let fail = |message: &str| Err(Error::new_spanned(&layer.tokens, format!("{description}: {message}")));
            let row = if let Some(TypeExpr::NamedType(named)) = &layer.kind { row_of(named) } else { None };
            resolved.ty = match (row.map(|row| row.gives), resolved.output.as_ref(), &*shape.sizes) {
                (Some(table::Gives::Logits), ..) => {
                    let name = Ident::new("PaddedTiedEmbedding", span);
                    quote_spanned!(span=> #library::#name<#ty>)
                }
                // One `Each` for every axis is what stands around an embedding elsewhere.
                (Some(table::Gives::Vectors(_)), Some(Shape { sizes, .. }), [count]) => {
                    let (name, scalar) = (Ident::new("PaddedEmbedding", span), self.network.scalar());
                    let width = sizes.last().map(Size::argument);
                    let (count, vocabulary) = (count.argument(), vocabulary.argument());
                    quote_spanned!(span=> #library::#name<#count, #vocabulary, #width, #scalar>)
                }
                (Some(table::Gives::Vectors(_)), ..) => {
                    return fail("padded are texts of one axis, such as Padded<[Token<65>; 64]>");
                }
                _ => return fail("it cannot be told which tokens are padding: write `Embedding<64> =>` before it"),
            };
            return Ok(());
        }
        self.is_padded = gives == Gives::Steps && !is_end;
        let name = Ident::new(if self.is_padded { "OnPadded" } else { "EndPadded" }, span);
        resolved.ty = quote_spanned!(span=> #library::#name<#ty>);
        Ok(())
    }

    /// The type of padded steps where `array` is that of all of them, as long as they are padded.
    pub(super) fn as_padded(&self, array: TokenStream) -> TokenStream {
        if !self.is_padded {
            return array;
        }
        let span = proc_macro2::Span::mixed_site();
        let library = self.network.library.path(span);
        quote_spanned!(span=> #library::Padded<#array>)
    }
}

/// What can be told.
const CAN: &str = "write `Embedding`, `TiedEmbedding`, recurrent layers, `Attention`, `Each<…>` and what stands around these, until `Last` or \
                   `MeanOverSteps` makes one row of the steps that count";

/// The row of the table; that of an activation alone, if it is one.
pub(super) fn row_of(named: &NamedType) -> Option<&'static LayerRow> {
    let name = named.is_plain().then(|| named.name())?;
    let alone = || LayerRow::all().find(|row| row.name == ALONE);
    let is_activation = ACTIVATIONS.iter().any(|row| name == row.name);
    LayerRow::named(name).or_else(|| is_activation.then(alone).flatten())
}

/// What the layer makes of padded steps, or why it cannot; nothing where it is none of the table.
fn of(named: &NamedType) -> Option<std::result::Result<Gives, String>> {
    let row = row_of(named)?;
    Some(match row.over_steps {
        OverSteps::Keeps => Ok(Gives::Steps),
        OverSteps::Ends => Ok(Gives::Row),
        OverSteps::Cannot => Err("it cannot be told which steps count".into()),
        OverSteps::Mixes => Err("it normalises over the padding".into()),
        OverSteps::OnEach => each_does_not_mix(named).map(|()| Gives::Steps),
        OverSteps::AsInside => as_inside(named),
    })
}

/// The lines inside all give steps, or all one row.
fn as_inside(named: &NamedType) -> std::result::Result<Gives, String> {
    let mut all = None;
    for line in lines(named) {
        let gives = of_line(&line)?;
        if all.is_some_and(|before| before != gives) {
            return Err("one of its branches makes a row and another does not".into());
        }
        all = Some(gives);
    }
    // What has no lines is refused elsewhere.
    Ok(all.unwrap_or(Gives::Steps))
}

fn of_line(line: &Line) -> std::result::Result<Gives, String> {
    let mut gives = Gives::Steps;
    for layer in &line.layers {
        if gives == Gives::Row {
            return Err(format!("`{layer}` in it stands behind what makes one row"));
        }
        let TypeExpr::NamedType(named) = layer else {
            return Err(format!("`{layer}` in it cannot be told which steps count"));
        };
        gives = match of(named) {
            // Of layers within layers, the innermost is named.
            Some(answer) => answer.map_err(|reason| match reason.strip_prefix("it ") {
                Some(reason) => format!("`{layer}` in it {reason}"),
                None => reason,
            })?,
            None => return Err(format!("`{layer}` in it cannot be told which steps count")),
        };
    }
    Ok(gives)
}

/// No layer on each step normalises over all of them.
fn each_does_not_mix(named: &NamedType) -> std::result::Result<(), String> {
    for layer in lines(named).iter().flat_map(|line| &line.layers) {
        let TypeExpr::NamedType(inside) = layer else { continue };
        if let Some(row) = row_of(inside) {
            if row.over_steps == OverSteps::Mixes {
                return Err(format!("`{layer}` in it normalises over the padding"));
            }
            if row.has_layers_inside() {
                each_does_not_mix(inside)?;
            }
        }
    }
    Ok(())
}

fn lines(named: &NamedType) -> Vec<Line> {
    let Some(row) = LayerRow::named(named.name()).filter(|row| row.has_layers_inside()) else { return Vec::new() };
    let is_layers = |argument: &&Argument| {
        !matches!(argument, Argument::Number(_) | Argument::Block(_)) && !is_option(row, argument)
    };
    let first = row.arguments.iter().take_while(|parameter| !parameter.kind.is_made_of_layers()).count();
    let inside = named.arguments().get(first..).unwrap_or_default();
    inside.iter().filter(is_layers).filter_map(Argument::line).collect()
}
