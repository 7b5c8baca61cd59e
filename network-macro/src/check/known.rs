//! Layers of the table that have no layers inside: their types and shapes.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Ident, Result};

use super::Resolver;
use super::arguments::{Arguments, known_activation};
use super::incoming::sizes_of;
use super::resolved::{Input, Resolved};
use super::rules::{self, Place};
use super::values::{Value, Values};
use crate::ast::{NamedType, Shape, Size, TypeExpr};
use crate::table::{self, Gives, LayerRow, Reads, Slot};

/// The layer that an activation is where it stands alone.
pub(super) const ALONE: &str = "Activation";

/// What a row makes of its values and of what comes in.
struct Settled<'v> {
    values: &'v Values,
    given: TokenStream,
    /// The sizes of what comes in, if they are known.
    sizes: Option<Vec<Size>>,
    output: Option<Shape>,
    /// The size of each group, or of each head.
    in_group: Option<Size>,
    /// The size of the vocabulary of the tokens that come in.
    vocabulary: Option<Size>,
}

impl Resolver<'_, '_> {
    /// The type and shape of a layer of the table; nothing if this may be a type of the user's.
    pub(super) fn known(&mut self, place: Place<'_>) -> Option<Result<Resolved>> {
        let named = place.named;
        if !named.is_plain() {
            return None;
        }
        let mut arguments = Arguments::new(named, place.description, &self.network.library, self.constants);
        if let Some(row) = LayerRow::named(named.name()) {
            let values = arguments.values(row);
            return Some(values.and_then(|values| self.of_row(&values, arguments, place)));
        }
        if known_activation(named).is_some() {
            let row = LayerRow::all().find(|row| row.name == ALONE)?;
            let activation = arguments.activation(&TypeExpr::NamedType(named.clone()));
            let values = activation.map(|ty| Values { row, values: vec![Value::Tokens(ty)] });
            return Some(values.and_then(|values| self.of_row(&values, arguments, place)));
        }
        table::hint(named.name()).map(|hint| Err(arguments.error(hint)))
    }

    /// What follows from a row, its values and what comes in.
    fn of_row(&mut self, values: &Values, arguments: Arguments<'_>, place: Place<'_>) -> Result<Resolved> {
        let row = values.row;
        let (scalar, span, library) = (self.network.scalar(), place.span(), self.network.library.path(place.span()));
        let given = self.incoming(row, place)?;
        let is_read_off = matches!((&given, &self.given), (Input::Shape(_), Input::Layer { .. }));
        let mut in_group = None;
        let sizes = sizes_of(&given);
        for (by, what, slot) in row.grouped {
            let counted = self.size(*slot, &Settled::of_sizes(values, sizes.clone()));
            if let (Some(count), Some(groups)) = (counted, values.on_axis(by, 0)) {
                let division = match *by {
                    "heads" if values.is_set("rotary") => &rules::ROTARY_HEADS,
                    "heads" => &rules::HEADS,
                    _ => &rules::GROUPED,
                };
                let size = self.in_group(division, what, [count, groups], place)?;
                in_group = in_group.or(Some(size));
            }
        }
        let output = self.gives(values, &given, place)?;
        let array = self.array(&given, span).unwrap_or_else(|| quote!(()));
        let outer = match (row.reads, &sizes) {
            (Reads::LastAxis(_), Some(sizes)) => sizes[..sizes.len() - 1].to_vec(),
            (Reads::Tokens, Some(sizes)) => sizes.clone(),
            _ => Vec::new(),
        };
        let sizes = sizes.map(|sizes| sizes[outer.len()..].to_vec());
        let vocabulary = if let Input::Tokens(_, vocabulary) = &given { Some(vocabulary.clone()) } else { None };
        let settled = Settled { values, given: array.clone(), sizes, output, in_group, vocabulary };
        let slots: Vec<_> = row.slots.iter().map(|slot| self.slot(*slot, &settled, place)).collect();
        let ty = arguments.known(values.ty());
        let ty = quote_spanned!(span=> #ty<#(#slots),*>);
        let ty = outer.iter().rev().fold(ty, |ty, size| {
            let size = size.argument();
            quote_spanned!(span=> #library::Each<#size, #ty>)
        });
        let reads = match (row.reads, &given) {
            (Reads::Any, _) | (_, Input::Pair(_) | Input::Unknown) => None,
            (_, Input::Shape(_) | Input::Tokens(..)) => Some(array),
            (_, Input::Layer { width, .. }) => {
                // Braces of the macro's own place, so that no lint calls them unnecessary.
                let width = quote!({ #width });
                Some(quote_spanned!(span=> [#scalar; #width]))
            }
        };
        let weights = row.weights.iter().filter_map(|slot| self.size(*slot, &settled)).collect();
        let sizes =
            row.arguments.iter().filter(|parameter| matches!(parameter.kind, table::ParameterKind::Size { .. }));
        let sizes = sizes.filter_map(|parameter| values.on_axis(parameter.name, 0)).collect();
        let reads_a_row = matches!(row.reads, Reads::Axes(_) | Reads::LastAxis(Some(_)));
        if is_read_off {
            self.given = given;
        }
        let Arguments { own_activation, numbers, .. } = arguments;
        let Settled { output, .. } = settled;
        Ok(Resolved { ty, output, sizes, weights, reads, reads_a_row, own_activation, has_inside: false, numbers })
    }

    /// The shape that the layer gives; nothing where only rustc knows.
    fn gives(&mut self, values: &Values, given: &Input, place: Place<'_>) -> Result<Option<Shape>> {
        let sizes = sizes_of(given);
        let tokens = place.named.tokens.clone();
        match values.row.gives {
            Gives::Axes(axes) => {
                let mut all = Vec::new();
                for (axis, rule) in axes.iter().enumerate() {
                    all.push(self.along((axis, *rule), (values, sizes.as_deref()), place)?);
                }
                let all: Option<Vec<_>> = all.into_iter().collect();
                Ok(all.map(|sizes| Shape { sizes, tokens }))
            }
            Gives::Vectors(name) => {
                let (Some(mut sizes), Some(width)) = (sizes, values.on_axis(name, 0)) else { return Ok(None) };
                sizes.push(width);
                Ok(Some(Shape { sizes, tokens }))
            }
            Gives::Row => {
                let Some(sizes) = sizes else { return Ok(None) };
                let size = self.elements(&sizes, place)?;
                Ok(Some(Shape { sizes: vec![size], tokens }))
            }
            Gives::Argument(name) => {
                let Some(shape) = values.shape(name) else { return Ok(None) };
                if let Some(sizes) = sizes {
                    let elements = self.elements(&sizes, Place { declared: None, ..place })?;
                    return self.reshape(&elements, shape, place).map(Some);
                }
                Ok(Some(shape))
            }
            _ => match given {
                Input::Shape(shape) => Ok(Some(shape.clone())),
                Input::Tokens(..) | Input::Layer { .. } | Input::Pair(_) | Input::Unknown => Ok(None),
            },
        }
    }

    /// What stands in the type.
    fn slot(&self, slot: Slot, settled: &Settled<'_>, place: Place<'_>) -> TokenStream {
        let (scalar, span) = (self.network.scalar(), place.span());
        match slot {
            Slot::Given => settled.given.clone(),
            Slot::Gives => settled.output.as_ref().map_or_else(|| quote!(()), |shape| shape.array(&scalar, span)),
            Slot::Argument(name) => settled.values.tokens(name),
            Slot::Strides => {
                let library = self.network.library.path(span);
                let sizes = [("stride", 1), ("pad", 0), ("dilation", 1)].map(|(name, default)| {
                    let on = |axis| {
                        let size = settled.values.on_axis(name, axis);
                        // A row of one axis has no second: it is the default.
                        let is_one_axis = settled.values.row.reads.axes().is_some_and(|reads| reads.rank() < 3);
                        let size = size.filter(|_| axis == 0 || !is_one_axis);
                        size.unwrap_or(Size::Literal(default)).argument()
                    };
                    let (first, second) = (on(0), on(1));
                    quote!(#first, #second)
                });
                let name = Ident::new("Strides", span);
                quote_spanned!(span=> #library::#name<#(#sizes),*>)
            }
            Slot::AttentionMode => {
                let library = self.network.library.path(span);
                let [mode, rotary] = [if settled.values.is_set("causal") { "Causal" } else { "Full" }, "Rotary"];
                let [mode, rotary] = [mode, rotary].map(|name| Ident::new(name, span));
                let mode = quote_spanned!(span=> #library::#mode);
                if settled.values.is_set("rotary") { quote_spanned!(span=> #library::#rotary<#mode>) } else { mode }
            }
            Slot::Scalar => scalar,
            _ => self.size(slot, settled).map_or_else(|| quote!(0), |size| size.argument()),
        }
    }

    /// A size in the type; nothing where it is not known.
    #[expect(clippy::unused_self, reason = "it stands beside `slot`")]
    fn size(&self, slot: Slot, settled: &Settled<'_>) -> Option<Size> {
        match slot {
            Slot::Input(axis) => settled.sizes.as_ref()?.get(axis).cloned(),
            Slot::Output(axis) => settled.output.as_ref()?.sizes.get(axis).cloned(),
            Slot::Elements => settled.output.as_ref()?.sizes.first().cloned(),
            Slot::Argument(name) => settled.values.on_axis(name, 0),
            Slot::OnAxis(name, axis) => settled.values.on_axis(name, axis),
            Slot::InGroup => settled.in_group.clone(),
            Slot::Vocabulary => settled.vocabulary.clone(),
            Slot::Bias(name) if settled.values.is_set("bias") => settled.values.on_axis(name, 0),
            Slot::Bias(_) => Some(Size::Literal(0)),
            Slot::Given | Slot::Gives | Slot::Strides | Slot::AttentionMode | Slot::Scalar => None,
        }
    }
}

impl<'v> Settled<'v> {
    /// Where no more is known than the sizes that come in.
    fn of_sizes(values: &'v Values, sizes: Option<Vec<Size>>) -> Self {
        Self { values, given: TokenStream::new(), sizes, output: None, in_group: None, vocabulary: None }
    }
}

/// Whether layers stand in the row's angle brackets.
pub(super) fn row_with_layers_inside(named: &NamedType) -> Option<&'static LayerRow> {
    let row = named.is_plain().then(|| LayerRow::named(named.name())).flatten();
    row.filter(|row| row.has_layers_inside())
}
