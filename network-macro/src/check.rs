//! Shapes resolved and checked: each rule that a network must keep, as far as the macro can see.
//!
//! What only rustc can see is left to it as a [`Check`].

use std::ops::ControlFlow;

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Ident;

use crate::ast::{Expression, Layer, Network, Scalar, Shape, Size, TypeExpr, mentions, replace};
use crate::constants::Constants;
use crate::context::Context;
use crate::foreign::Foreign;
use crate::labels::Labels;
use crate::names::Library;

mod arguments;
mod around;
mod branches;
mod checked;
mod concat;
mod extent;
mod foreign;
mod incoming;
mod input;
mod known;
mod padded;
mod pairs;
mod resolved;
mod reverse;
mod rules;
mod tied;
mod values;
mod with_state;

pub(crate) use checked::{Check, Checked, CheckedLayer, Own};
use resolved::{Input, Resolved};
use rules::Place;

/// Settles the layers one after the other; nothing comes back after a mistake.
pub(crate) fn network<'a>(network: &'a Network, context: &Context) -> Option<Checked<'a>> {
    check_labels(network, context);
    let (constants, labels) = (Constants::new(network), Labels::new(network));
    let mut line = Resolver {
        network,
        context,
        constants: &constants,
        labels: &labels,
        checks: Vec::new(),
        foreign: Vec::new(),
        generic_place: None,
        spelt: 0,
        given: Input::Unknown,
        from: None,
        beside: None,
        from_own: false,
        names_own: None,
        is_padded: network.is_padded,
        is_within_pair: false,
    };
    line.check_inputs();
    let input = line.array(&line.given, Span::mixed_site()).map(|array| line.as_padded(array));
    let reads = line.step();
    let layers: Vec<_> = network
        .layers
        .iter()
        .enumerate()
        .map(|(index, layer)| {
            let output = layer.output.as_ref().map(|shape| constants.shape(shape));
            line.layer(index, &Layer { output, ..layer.clone() })
        })
        .collect();
    let steps = reads.zip(line.step()).map(<[_; 2]>::from);
    let Resolver { checks, foreign, names_own, .. } = line;
    if !context.is_clean() {
        return None;
    }
    Some(Checked {
        network,
        input: input?,
        layers: layers.into_iter().collect::<Option<_>>()?,
        checks,
        foreign,
        names_own,
        steps,
        constants,
        labels,
    })
}

/// Each layer has a name of its own; in the type form there is no place for one.
fn check_labels(network: &Network, context: &Context) {
    let mut seen: Vec<Ident> = Vec::new();
    for (index, layer) in network.layers.iter().enumerate() {
        if let (None, Some(label)) = (&network.item, &layer.label) {
            let message = "a label is the name of a struct's field: write `network! { struct Name: … }` to have labels";
            context.error(label, message);
        }
        if let (None, Some(doc)) = (&network.item, layer.docs.first()) {
            let message = "a doc comment belongs to a struct's field: write `network! { struct Name: … }` to have some";
            context.error(doc, message);
        }
        let field = layer.field(index);
        if let Some(first) = seen.iter().position(|other| *other == field) {
            let at = layer.label.as_ref().or(network.layers[first].label.as_ref());
            let hint = if layer.label.is_some() { "" } else { " (a layer without a label is called by its number)" };
            let message = format!("layers {} and {} are both called `{field}`{hint}", first + 1, index + 1);
            context.error(at, message);
        }
        seen.push(field);
    }
}

/// What a layer turned out to be.
enum Found {
    /// One of the table.
    Known(Resolved),
    /// A type of the user's.
    Foreign(TokenStream),
}

/// The walk along the layers.
struct Resolver<'n, 'a> {
    network: &'n Network,
    context: &'a Context,
    constants: &'a Constants<'a>,
    labels: &'a Labels<'a>,
    checks: Vec<Check>,
    /// The types that only rustc knows.
    foreign: Vec<Foreign<'n>>,
    /// The last of them that depends on the struct's parameters.
    generic_place: Option<usize>,
    /// How many of them are in what comes in, where they are spelt out.
    spelt: usize,
    /// What the next layer reads.
    given: Input,
    /// The layer that gives it; nothing for the network's input.
    from: Option<usize>,
    /// The size that was computed for the axis before, if rustc did so: a mistake in it is none in the next one.
    beside: Option<Size>,
    /// Whether that is a layer of the user's, whose output has a type that only rustc knows.
    from_own: bool,
    /// What of the user's own types is in it.
    names_own: Option<Own>,
    /// Whether only the first steps of it may count.
    is_padded: bool,
    /// Whether the layers are within one that reads a pair, behind which sequences are as padded as in it.
    is_within_pair: bool,
}

impl Resolver<'_, '_> {
    fn layer(&mut self, index: usize, layer: &Layer) -> Option<CheckedLayer> {
        let description = layer.description(index);
        if let ControlFlow::Break(of_pair) = self.over_pair(index, layer, &description) {
            return of_pair;
        }
        // The layers inside one that is told which steps count need not know of it here.
        let padded = if self.is_padded && Self::is_of_the_table(layer) {
            self.is_padded = false;
            let gives = self.over_padded(layer, &description);
            if gives.is_none() {
                self.leave(index, layer);
                return None;
            }
            gives
        } else {
            None
        };
        let found = match layer.kind.as_ref() {
            Some(TypeExpr::NamedType(named)) => {
                let place = Place { named, description: &description, declared: layer.output.as_ref() };
                match known::row_with_layers_inside(named) {
                    Some(row) => self.around(row, (index, layer), place).map(Found::Known),
                    None => self.settle(place),
                }
            }
            Some(kind) => Some(Found::Foreign(self.constants.ty(kind))),
            None => None,
        };
        match found {
            Some(Found::Known(resolved)) => self.known_layer((index, layer), resolved, padded, &description),
            Some(Found::Foreign(ty)) => self.foreign(index, layer, ty),
            None => {
                self.leave(index, layer);
                None
            }
        }
    }

    /// A layer of the table.
    fn known_layer(
        &mut self,
        (index, layer): (usize, &Layer),
        mut resolved: Resolved,
        padded: Option<padded::Gives>,
        description: &str,
    ) -> Option<CheckedLayer> {
        let span = layer.span();
        if let Some(gives) = padded {
            let is_end = index + 1 == self.network.layers.len() && !self.is_within_pair;
            let padded = self.pad(layer, gives, &mut resolved, is_end, description);
            if let Err(error) = padded {
                self.context.push(error);
                self.leave(index, layer);
                return None;
            }
        }
        if layer.is_frozen {
            resolved.ty = self.frozen(&resolved.ty, span);
        }
        for size in &resolved.sizes {
            let Size::Expression(Expression { value, .. }) = size else { continue };
            // Where more than a row is given, the layer itself asks for more: then the size is wrong at its root.
            let is_row = resolved.output.as_ref().is_none_or(|output| output.sizes.len() == 1);
            let check = Check::NotZero { what: description.to_owned(), size: value.clone(), span };
            if is_row || self.is_generic(value) || !self.constants.guard(&check.call(&self.network.library)) {
                self.checks.push(check);
            }
        }
        if !self.has_a_type(layer, &resolved, description) {
            self.from = Some(index);
            return None;
        }
        for (rule, value) in &resolved.numbers {
            self.checks.push(Check::Number { what: description.to_owned(), rule: *rule, value: value.clone(), span });
        }
        let yes = self.yes(&resolved, span);
        let is_unknown = matches!(self.given, Input::Layer { .. });
        let fits_by_type = !resolved.has_inside && (!self.from_own || is_unknown && resolved.reads.is_none());
        if let (Some(reads), true) = (&resolved.reads, is_unknown) {
            self.ask_what_it_reads(reads.clone(), &resolved, span);
        }
        let output = self.output(index, layer, &resolved, yes.as_ref(), description);
        let output = self.as_padded(output);
        self.from_own |= resolved.has_inside;
        let text = layer.kind.as_ref().map_or_else(String::new, ToString::to_string);
        let (field, ty) = (layer.field(index), resolved.ty);
        let checked = match &yes {
            Some(yes) => own(&self.network.library, &ty, Some(yes), "Itself", field.span()),
            None => ty.clone(),
        };
        let (docs, cast) = (layer.docs.clone(), !fits_by_type);
        Some(CheckedLayer { field, ty, checked, yes, output, docs, text, cast, is_own: false, span })
    }

    /// The question whether the user's own type is an activation. Where it depends on the struct's parameters it cannot
    /// stand in a size; then it is asked apart.
    fn yes(&mut self, resolved: &Resolved, span: Span) -> Option<TokenStream> {
        let (ty, scalar) = (resolved.own_activation.as_ref()?, self.network.scalar());
        self.names_own = Some(Own::Activation);
        let library = self.network.library.path_in_block(span);
        let yes = quote_spanned!(span=> <#ty as #library::IsActivation<#scalar>>::YES);
        if self.is_generic(&yes) || self.is_generic(&resolved.ty) {
            self.checks.push(Check::Is { yes });
            return None;
        }
        Some(yes)
    }

    /// Whether the tokens contain one of the struct's parameters.
    fn is_generic(&self, tokens: &TokenStream) -> bool {
        self.network.parameters().any(|parameter| mentions(tokens, parameter))
    }

    /// The layer of the table, or the user's type.
    fn settle(&mut self, place: Place<'_>) -> Option<Found> {
        if let Some(resolved) = self.known(place) {
            return resolved.map_err(|error| self.context.push(error)).ok().map(Found::Known);
        }
        let kind = TypeExpr::NamedType(place.named.clone());
        if let Some(argument) = kind.assigned() {
            let message = "only the library's layers have arguments with names; a type of yours takes them in order";
            self.context.error(argument, format!("{}: {message}", place.description));
            return None;
        }
        Some(Found::Foreign(self.constants.ty(&kind)))
    }

    /// The layer `ty` in a form that is not trained.
    fn frozen(&self, ty: &TokenStream, span: Span) -> TokenStream {
        let library = self.network.library.path(span);
        quote_spanned!(span=> #library::Frozen<#ty>)
    }

    /// The type of what the layer gives, which becomes what the next one reads.
    fn output(
        &mut self,
        index: usize,
        layer: &Layer,
        resolved: &Resolved,
        yes: Option<&TokenStream>,
        description: &str,
    ) -> TokenStream {
        let scalar = self.network.scalar();
        let (ty, span) = (&resolved.ty, layer.span());
        let output = match &resolved.output {
            Some(shape) => shape.array(&scalar, span),
            None => own(&self.network.library, ty, yes, "Gives", span),
        };
        self.from = Some(index);
        self.from_own = resolved.output.is_none();
        self.given = match (&resolved.output, &layer.output) {
            (Some(given), Some(declared)) => {
                self.check_declared((index, layer), (ty, &output), given, declared, description);
                Input::Shape(given.clone())
            }
            (Some(given), None) => Input::Shape(given.clone()),
            (None, Some(declared)) => {
                let declared_array = declared.array(&scalar, span);
                let gives = self.unless_wrong(&output, &declared_array);
                self.checks.push(Check::Gives { declared: declared_array, gives, ty: ty.clone(), span });
                Input::Shape(declared.clone())
            }
            (None, None) if matches!(self.given, Input::Unknown) => Input::Unknown,
            (None, None) => {
                let width = own(&self.network.library, &self.with_f32(ty), yes, "WIDTH", span);
                Input::Layer { output: output.clone(), width }
            }
        };
        output
    }

    /// `-> shape` behind a layer says what it gives.
    fn check_declared(
        &mut self,
        (index, layer): (usize, &Layer),
        (ty, gives): (&TokenStream, &TokenStream),
        given: &Shape,
        declared: &Shape,
        description: &str,
    ) {
        let is_end = index + 1 == self.network.layers.len();
        let whose = if is_end { "the network is declared to give" } else { "it is declared to give" };
        let span = layer.span();
        match given.equals(declared) {
            Some(true) => {}
            Some(false) => {
                self.context.error(&layer.tokens, format!("{description} gives {given}, but {whose} {declared}"));
            }
            None if self.depends_on_parameters(given) || self.depends_on_parameters(declared) => {
                let declared = declared.array(&self.network.scalar(), span);
                let gives = self.unless_wrong(gives, &declared);
                self.checks.push(Check::Gives { declared, gives, ty: ty.clone(), span });
            }
            None => {
                let (given, declared, whose) = (given.clone(), declared.clone(), whose.to_owned());
                self.checks.push(Check::Sizes { what: description.to_owned(), given, whose, declared, span });
            }
        }
    }

    fn ask_what_it_reads(&mut self, reads: TokenStream, resolved: &Resolved, span: Span) {
        let Some(given) = self.array(&self.given, span) else { return };
        let (given, ty) = (self.unless_wrong(&given, &reads), resolved.ty.clone());
        self.checks.push(if resolved.reads_a_row {
            Check::ReadsRow { given, ty, span }
        } else {
            Check::Reads { given, reads, ty, span }
        });
    }

    fn not_zero(&mut self, what: String, size: &TokenStream, span: Span) {
        self.checks.push(Check::NotZero { what, size: size.clone(), span });
    }

    fn sizes(&self) -> &[Ident] {
        self.network.sizes()
    }

    fn depends_on_parameters(&self, shape: &Shape) -> bool {
        self.sizes().iter().any(|parameter| shape.sizes.iter().any(|size| mentions(&size.expression(), parameter)))
    }

    /// A type with `f32` for the struct's number type: its sizes are the same, and Rust can compute with them.
    fn with_f32(&self, ty: &TokenStream) -> TokenStream {
        match &self.network.scalar {
            Scalar::Parameter(parameter) => {
                let library = self.network.library.path(parameter.span());
                replace(ty, parameter, &quote_spanned!(parameter.span()=> #library::f32))
            }
            Scalar::Concrete(_) => ty.clone(),
        }
    }
}

/// What the layer `ty` gives, in which an activation of the user's may stand.
fn own(library: &Library, ty: &TokenStream, yes: Option<&TokenStream>, what: &str, span: Span) -> TokenStream {
    let what = Ident::new(what, span);
    let yes = yes.map_or_else(|| quote_spanned!(span=> 0), |yes| library.block(yes));
    let library = library.path(span);
    quote_spanned!(span=> <#ty as #library::LayerOf<#yes>>::#what)
}

fn first_span(tokens: &TokenStream) -> Span {
    tokens.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span())
}
