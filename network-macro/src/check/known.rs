//! Layers of the table that have no layers inside: their types and shapes.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Result;

use super::Resolver;
use super::arguments::{Arguments, Value, known_activation};
use super::resolved::{Input, Resolved};
use crate::ast::{NamedType, Shape, Size, TypeExpr};
use crate::table::{self, Gives, LayerRow, Reads};

/// The layer that an activation is where it stands alone.
const ALONE: &str = "Activation";

impl Resolver<'_, '_> {
    /// The type and shape of a layer of the table after `input`; nothing if this may be a type of the user's.
    pub(super) fn known(&self, named: &NamedType, description: &str, input: &Input) -> Option<Result<Resolved>> {
        if !named.is_plain() {
            return None;
        }
        let mut arguments = Arguments::new(named, description, &self.network.library, self.constants);
        if let Some(row) = LayerRow::named(named.name()) {
            let values = arguments.values(row);
            return Some(values.and_then(|values| self.of_row(row, &values, arguments, input)));
        }
        if known_activation(named).is_some() {
            let row = table::LAYERS.iter().find(|row| row.name == ALONE)?;
            let activation = arguments.activation(&TypeExpr::NamedType(named.clone()));
            return Some(activation.and_then(|ty| self.of_row(row, &[Value::Other(ty)], arguments, input)));
        }
        table::hint(named.name()).map(|hint| Err(arguments.error(hint)))
    }

    /// What follows from a row, its values and what comes in.
    fn of_row(&self, row: &LayerRow, values: &[Value], arguments: Arguments<'_>, input: &Input) -> Result<Resolved> {
        let (scalar, span, ty) = (self.network.scalar(), arguments.span(), arguments.known(row.ty));
        let given = values.iter().map(Value::tokens);
        let (ty, reads) = match row.reads {
            Reads::Row => {
                let inputs = row_of(input, &arguments)?;
                let ty = quote_spanned!(span=> #ty<#inputs, #(#given,)* #scalar>);
                (ty, Some(quote_spanned!(span=> [#scalar; #inputs])))
            }
            Reads::Any | Reads::AsInside => {
                let sample = sample_of(input, &scalar, span);
                (quote_spanned!(span=> #ty<#sample, #(#given),*>), None)
            }
        };
        let output = match (row.gives, input) {
            (Gives::RowOf(place), _) => {
                let size = values.get(place).and_then(Value::size);
                size.map(|size| Shape { tokens: arguments.named.tokens.clone(), sizes: vec![size.clone()] })
            }
            (_, Input::Shape(shape)) => Some(shape.clone()),
            (_, Input::Layer { .. } | Input::Unknown) => None,
        };
        let sizes = values.iter().filter_map(Value::size).cloned().collect();
        let Arguments { own_activation, numbers, .. } = arguments;
        Ok(Resolved { ty, output, sizes, reads, own_activation, has_inside: false, numbers })
    }
}

impl Value {
    fn size(&self) -> Option<&Size> {
        if let Self::Size(size) = self { Some(size) } else { None }
    }
}

/// The size of the one row of numbers that comes in.
fn row_of(input: &Input, arguments: &Arguments<'_>) -> Result<TokenStream> {
    match input {
        Input::Shape(shape) => match &*shape.sizes {
            [inputs] => Ok(inputs.argument()),
            sizes => {
                let elements = shape.elements().map_or_else(String::new, |n| format!(" (here {n})"));
                let batch = match sizes {
                    [rows, row] => {
                        format!("; if {rows} is the size of a batch, it is no part of the shape: write `{row}`")
                    }
                    _ => String::new(),
                };
                let message =
                    format!("it reads one row of numbers{elements}, but it is given the shape {shape}{batch}");
                Err(arguments.error(message))
            }
        },
        Input::Layer { width, .. } => Ok(quote!({ #width })),
        Input::Unknown => Ok(quote!(0)),
    }
}

/// The type of what comes in.
fn sample_of(input: &Input, scalar: &TokenStream, span: Span) -> TokenStream {
    match input {
        Input::Shape(shape) => shape.array(scalar, span),
        Input::Layer { output, .. } => output.clone(),
        Input::Unknown => quote!(()),
    }
}

/// Whether rustc has to know the size of what comes in before it knows the layer's type.
pub(super) fn needs_the_width(kind: &TypeExpr) -> bool {
    let TypeExpr::NamedType(named) = kind else { return false };
    let row = named.is_plain().then(|| LayerRow::named(named.name())).flatten();
    row.is_some_and(|row| row.reads == Reads::Row)
}

/// Whether layers stand in the row's angle brackets.
pub(super) fn row_with_layers_inside(kind: &TypeExpr) -> Option<&'static LayerRow> {
    let TypeExpr::NamedType(named) = kind else { return None };
    let row = named.is_plain().then(|| LayerRow::named(named.name())).flatten();
    row.filter(|row| row.arguments.iter().any(|parameter| parameter.kind.is_made_of_layers()))
}
